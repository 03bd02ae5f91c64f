//! Connecting a bank: what an operator says is checked against what the sender needs, before anything is kept.

use std::collections::BTreeMap;

use connectors::Secret;
use connectors::banks::{self, BankInfo, Credentials};
use connectors::fault::ConfigFault;
use entities::codes::AccountNumber;
use entities::connections::{self, Connection, NewConnection};
use entities::ids::{BankAccountId, ClientId, ConnectionId};
use entities::reach::Reach;
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, bank_accounts, transaction};

/// Characters of a connection's name at most.
const MAX_NAME_CHARS: usize = 100;
/// Seconds for which an old key is valid beside the new one when nobody says otherwise: a day, to change it at the sender.
pub const OVERLAP_SECONDS: i64 = 86_400;
/// Seconds for which an old key may be valid at most: thirty days. A key that is to be changed is not to be trusted longer.
pub const MAX_OVERLAP_SECONDS: i64 = 30 * 86_400;

/// What an operator says of a new connection.
pub struct Asked {
    /// The slug of its connector.
    pub bank: String,
    /// Its name, unique in the hub.
    pub name: String,
    /// The key that the provider issued; none lets the hub make one, where that is left to us.
    pub secret: Option<String>,
    /// Settings of the connector that are no secrets.
    pub extra: BTreeMap<String, String>,
    /// The client whose connection it is: a bank partner sees its own.
    pub client: Option<ClientId>,
}

/// A connection, and its key when the hub made it: to be shown once.
pub struct Made {
    /// The connection.
    pub connection: Connection,
    /// The key that the hub made; none when it was given.
    pub secret: Option<String>,
}

/// Checks what was asked and makes the key where the hub is to make it.
///
/// # Errors
/// `UNKNOWN_BANK`, `BAD_NAME`, `SECRET_NEEDED`, `BAD_SECRET`, `BAD_EXTRA`, `ONE_ACCOUNT_NEEDED`.
pub fn prepare(asked: &Asked, accounts: Vec<BankAccountId>) -> Result<(NewConnection, Option<String>), Refusal> {
    let info = banks::info(&asked.bank).map_err(refused)?;
    let chars = asked.name.chars().count();
    if chars == 0 || chars > MAX_NAME_CHARS || asked.name.chars().any(char::is_control) {
        let en = format!("A connection's name has 1 to {MAX_NAME_CHARS} characters.");
        return Err(Refusal::new("BAD_NAME", en, format!("Tên kết nối có từ 1 đến {MAX_NAME_CHARS} ký tự.")).at("name"));
    }
    if !info.names_account && accounts.len() != 1 {
        let en = format!("Messages of {} name no account, so its connection has exactly one.", info.name);
        let vi = format!("Thông báo của {} không nêu tài khoản nên kết nối phải có đúng một tài khoản.", info.name);
        return Err(Refusal::new("ONE_ACCOUNT_NEEDED", en, vi).at("accounts"));
    }
    let (key, made) = key(info, asked.secret.as_deref(), &asked.extra)?;
    let new = NewConnection {
        bank: asked.bank.clone(),
        name: asked.name.clone(),
        key: key.into_bytes(),
        extra: asked.extra.clone(),
        accounts,
        client: asked.client,
    };
    Ok((new, made))
}

/// Makes a connection that speaks for the accounts with these full numbers.
///
/// # Errors
/// As [`prepare`]; `UNKNOWN_ACCOUNT`, `AMBIGUOUS_ACCOUNT`, `NAME_TAKEN`.
pub async fn create(db: &Db, reach: &Reach, asked: &Asked, numbers: &[String], now: Timestamp) -> Result<Made, Error> {
    let (new, secret) = prepare(asked, accounts(db, reach, numbers, "accounts").await?)?;
    let connection = transaction!(db, |tx| connections::create(tx, &new, reach.actor(), now).await)?;
    Ok(Made { connection, secret })
}

/// Gives a connection another key. The old one stays valid for `overlap_seconds`, so that the sender can be changed meanwhile;
/// with none it ends at once, as when it has leaked.
///
/// # Errors
/// `NOT_FOUND`, `SECRET_NEEDED`, `BAD_SECRET`, `BAD_OVERLAP`.
pub async fn rotate(
    db: &Db,
    reach: &Reach,
    id: ConnectionId,
    secret: Option<&str>,
    overlap_seconds: i64,
    now: Timestamp,
) -> Result<Made, Error> {
    if !(0..=MAX_OVERLAP_SECONDS).contains(&overlap_seconds) {
        let en = format!("An old key stays valid for 0 to {MAX_OVERLAP_SECONDS} seconds.");
        let vi = format!("Khóa cũ còn hiệu lực từ 0 đến {MAX_OVERLAP_SECONDS} giây.");
        return Err(Refusal::new("BAD_OVERLAP", en, vi).at("overlapSeconds").into());
    }
    let before = found(db, reach, id).await?;
    let (key, secret) = key(banks::info(&before.bank).map_err(refused)?, secret, &before.extra)?;
    transaction!(db, |tx| connections::rotate(tx, id, key.as_bytes(), overlap_seconds, reach.actor(), now).await)?;
    Ok(Made { connection: found(db, reach, id).await?, secret })
}

/// A connection in reach.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn found(db: &Db, reach: &Reach, id: ConnectionId) -> Result<Connection, Error> {
    let found = connections::by_word(db, reach, &id.to_string()).await?;
    found.ok_or_else(|| Refusal::not_found("Connection").into())
}

/// The key to keep, and the same to show when the hub made it. The connector tries key and settings before they are kept.
fn key(
    info: &BankInfo,
    given: Option<&str>,
    extra: &BTreeMap<String, String>,
) -> Result<(String, Option<String>), Refusal> {
    let (key, made) = match (given, info.generate_key) {
        (Some(given), _) => (given.to_owned(), None),
        (None, Some(generate)) => {
            let key = generate().map_err(refused)?;
            (key.clone(), Some(key))
        }
        (None, None) => {
            let en = format!("{} issues the key: give it as the secret.", info.name);
            let vi = format!("Khóa do {} cấp: hãy nhập khóa đó.", info.name);
            return Err(Refusal::new("SECRET_NEEDED", en, vi).at("secret"));
        }
    };
    if let Some(name) = extra.keys().find(|name| info.extras.iter().all(|known| known.name != name.as_str())) {
        let known: Vec<&str> = info.extras.iter().map(|known| known.name).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let en = format!("{} knows no setting {name}; its settings: {known}.", info.name);
        let vi = format!("{} không có thiết lập {name}; các thiết lập: {known}.", info.name);
        return Err(Refusal::new("BAD_EXTRA", en, vi).at("extra"));
    }
    let credentials =
        Credentials { connection: String::new(), keys: vec![Secret::new(key.as_str())], extra: extra.clone() };
    banks::connect(info.slug, &credentials).map_err(refused)?;
    Ok((key, made))
}

/// The known, open accounts with these full numbers, which stand in the field of this name.
pub(super) async fn accounts(
    db: &Db,
    reach: &Reach,
    numbers: &[String],
    field: &'static str,
) -> Result<Vec<BankAccountId>, Error> {
    let refuse = |code, en: String, vi: String| Error::from(Refusal::new(code, en, vi).at(field));
    let parse = |number: &String| {
        AccountNumber::parse(number).map_err(|error| refuse("UNKNOWN_ACCOUNT", error.message, error.message_vi))
    };
    let parsed = numbers.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let found = bank_accounts::of_numbers(db, reach, &parsed).await?;
    let mut ids = Vec::with_capacity(parsed.len());
    for number in &parsed {
        // The number itself is not repeated: a refusal may stand in a log.
        match found.get(number).map(Vec::as_slice) {
            Some([one]) if !ids.contains(&one.id) => ids.push(one.id),
            Some([_]) => {}
            Some(_) => {
                return Err(refuse(
                    "AMBIGUOUS_ACCOUNT",
                    "Two banks have an account of this number; connect it at the other bank first.".to_owned(),
                    "Hai ngân hàng có cùng số tài khoản này.".to_owned(),
                ));
            }
            None => {
                return Err(refuse(
                    "UNKNOWN_ACCOUNT",
                    format!("Account {} of the list is not a known, open one.", ids.len() + 1),
                    format!("Tài khoản thứ {} không có trong hệ thống hoặc đã đóng.", ids.len() + 1),
                ));
            }
        }
    }
    Ok(ids)
}

pub(super) fn refused(fault: ConfigFault) -> Refusal {
    let (code, field, vi) = match &fault {
        ConfigFault::UnknownBank(_) => ("UNKNOWN_BANK", "bank", "Không có bộ kết nối mang tên này."),
        ConfigFault::MissingExtra(_) | ConfigFault::BadExtra { .. } => {
            ("BAD_EXTRA", "extra", "Thiếu thiết lập hoặc thiết lập không hợp lệ.")
        }
        _ => ("BAD_SECRET", "secret", "Khóa không dùng được."),
    };
    Refusal::new(code, format!("{fault}."), vi).at(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(bank: &str, secret: Option<&str>, extra: &[(&str, &str)]) -> Asked {
        Asked {
            bank: bank.to_owned(),
            name: "thử".to_owned(),
            secret: secret.map(str::to_owned),
            extra: extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            client: None,
        }
    }

    fn some_accounts(count: usize) -> Vec<BankAccountId> {
        (0..count).map(|_| BankAccountId::new(Timestamp::from_micros(0))).collect()
    }

    #[test]
    fn what_a_sender_needs_is_asked_for() {
        let code = |asked: Asked, accounts| prepare(&asked, some_accounts(accounts)).err().map(|refusal| refusal.code);
        let terminal = [("tmnCode", "MAUTMN01")];
        assert_eq!(code(asked("vnpay", Some("k"), &terminal), 1), None);
        assert_eq!(code(asked("vnpay", Some("k"), &terminal), 2), Some("ONE_ACCOUNT_NEEDED"));
        assert_eq!(code(asked("vnpay", None, &terminal), 1), Some("SECRET_NEEDED"));
        assert_eq!(code(asked("vnpay", Some("k"), &[]), 1), Some("BAD_EXTRA"));
        assert_eq!(code(asked("sepay", Some("k"), &[("auth", "hmac"), ("more", "x")]), 2), Some("BAD_EXTRA"));
        assert_eq!(code(asked("sepay", Some("k"), &[("auth", "none")]), 2), Some("BAD_EXTRA"));
        assert_eq!(code(asked("nobank", Some("k"), &[]), 1), Some("UNKNOWN_BANK"));
        assert_eq!(code(asked("standard_webhooks", Some("not a key"), &[]), 1), Some("BAD_SECRET"));
        assert_eq!(code(Asked { name: String::new(), ..asked("standard_webhooks", None, &[]) }, 1), Some("BAD_NAME"));
    }

    #[test]
    fn a_key_is_made_where_it_is_left_to_us_and_differs_each_time() {
        let made = || prepare(&asked("standard_webhooks", None, &[]), some_accounts(1)).unwrap();
        let ((first, shown), (_, other)) = (made(), made());
        assert_eq!(Some(first.key), shown.clone().map(String::into_bytes));
        assert_ne!(shown, other);
        let given = prepare(&asked("sepay", Some("issued"), &[("auth", "hmac")]), some_accounts(1)).unwrap();
        assert_eq!(given.1, None);
    }
}
