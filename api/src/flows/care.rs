//! Looking after connections that stand: pausing them, ending keys, and saying what they may send and for whom they speak.

use connectors::banks;
use entities::codes::{AccountNumber, Kind};
use entities::connections::{self, Alteration, Connection, Limits};
use entities::ids::{BankAccountId, ConnectionId};
use entities::networks::Networks;
use entities::reach::Reach;
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, transaction};

use super::asking;
use super::connect::{accounts, found, refused};
use crate::config::Config;

/// Accounts added or removed at once, at most.
const MAX_NUMBERS: usize = 500;

/// What an operator wants changed; what is none stays as it is.
#[derive(Clone, Default, Debug)]
pub struct Wanted {
    /// Networks from which messages may come; an empty list allows every address.
    pub addresses: Option<Vec<String>>,
    /// Bytes of a body; 0 takes the hub's own limit again.
    pub body_bytes: Option<i64>,
    /// Messages in one second; 0 takes the hub's own limit again.
    pub messages_per_second: Option<i64>,
    /// Full numbers of accounts to speak for as well.
    pub add: Vec<String>,
    /// Full numbers of accounts to speak for no longer.
    pub remove: Vec<String>,
}

/// The hub's own limits, beyond which no connection goes.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Bytes of a body.
    pub body_bytes: u64,
    /// Messages of one connection in one second.
    pub messages_per_second: u64,
}

impl Caps {
    /// Those in force.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            body_bytes: config.number("LIENTHONG_WEBHOOK_BODY_BYTES"),
            messages_per_second: config.number("LIENTHONG_WEBHOOK_REQUESTS_PER_SECOND"),
        }
    }

    /// What is in force for a connection: bytes of a body, and messages in one second.
    #[must_use]
    pub fn for_limits(self, limits: &Limits) -> (u64, u64) {
        let least =
            |own: Option<i64>, cap: u64| own.and_then(|own| u64::try_from(own).ok()).map_or(cap, |own| own.min(cap));
        (least(limits.body_bytes, self.body_bytes), least(limits.messages_per_second, self.messages_per_second))
    }
}

/// Lets the hub ask a connection's sender what it knows.
///
/// # Errors
/// `NOT_FOUND`, `CANNOT_BE_ASKED`, `BAD_URL`, `BAD_SECRET`.
pub async fn set_listing(
    db: &Db,
    reach: &Reach,
    id: ConnectionId,
    token: &str,
    url: Option<&str>,
    now: Timestamp,
) -> Result<Connection, Error> {
    let before = found(db, reach, id).await?;
    asking::checked((before.bank.as_str(), &before.extra), token, url, db.kind() == Kind::Demo)?;
    transaction!(db, |tx| connections::set_listing(tx, id, token.as_bytes(), url, reach.actor(), now).await)?;
    found(db, reach, id).await
}

/// Asks a connection's sender no more.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn drop_listing(db: &Db, reach: &Reach, id: ConnectionId, now: Timestamp) -> Result<Connection, Error> {
    found(db, reach, id).await?;
    transaction!(db, |tx| connections::drop_listing(tx, id, reach.actor(), now).await)?;
    found(db, reach, id).await
}

/// Changes limits and accounts of a connection; a change takes effect within five seconds in every process.
///
/// # Errors
/// `NOT_FOUND`, `BAD_NETWORK`, `BAD_LIMIT`, and those of the accounts.
pub async fn update(
    db: &Db,
    reach: &Reach,
    id: ConnectionId,
    wanted: &Wanted,
    caps: Caps,
    now: Timestamp,
) -> Result<Connection, Error> {
    let before = found(db, reach, id).await?;
    let info = banks::info(&before.bank).map_err(refused)?;
    if wanted.add.len() > MAX_NUMBERS || wanted.remove.len() > MAX_NUMBERS {
        let en = format!("At most {MAX_NUMBERS} accounts at once.");
        return Err(Refusal::new("TOO_MANY_ROWS", en, format!("Nhiều nhất {MAX_NUMBERS} tài khoản một lần.")).into());
    }
    let alteration = Alteration {
        add: accounts(db, reach, &wanted.add, "addAccounts").await?,
        remove: connected(db, reach, id, &wanted.remove).await?,
        one_account: !info.names_account,
        ..limits(wanted, caps)?
    };
    transaction!(db, |tx| connections::alter(tx, id, &alteration, reach.actor(), now).await)?;
    found(db, reach, id).await
}

/// Pauses a connection, or lets it work again.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn pause(
    db: &Db,
    reach: &Reach,
    id: ConnectionId,
    is_pause: bool,
    now: Timestamp,
) -> Result<Connection, Error> {
    found(db, reach, id).await?;
    transaction!(db, |tx| {
        match is_pause {
            true => connections::pause(tx, id, reach.actor(), now).await,
            false => connections::resume(tx, id, reach.actor(), now).await,
        }
    })?;
    found(db, reach, id).await
}

/// Ends every key of a connection but the newest, at once.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn retire_keys(db: &Db, reach: &Reach, id: ConnectionId, now: Timestamp) -> Result<Connection, Error> {
    found(db, reach, id).await?;
    transaction!(db, |tx| connections::retire_keys(tx, id, reach.actor(), now).await)?;
    found(db, reach, id).await
}

fn limits(wanted: &Wanted, caps: Caps) -> Result<Alteration, Refusal> {
    let addresses = wanted.addresses.as_deref().map(Networks::parse).transpose();
    Ok(Alteration {
        addresses: addresses.map_err(|refusal| refusal.at("allowedAddresses"))?,
        body_bytes: limit(wanted.body_bytes, caps.body_bytes, "bodyBytes")?,
        messages_per_second: limit(wanted.messages_per_second, caps.messages_per_second, "messagesPerSecond")?,
        ..Alteration::default()
    })
}

fn limit(wanted: Option<i64>, cap: u64, field: &'static str) -> Result<Option<Option<i64>>, Refusal> {
    match wanted {
        None => Ok(None),
        Some(0) => Ok(Some(None)),
        Some(number) if u64::try_from(number).is_ok_and(|number| number <= cap) => Ok(Some(Some(number))),
        Some(_) => {
            let en = format!("The limit is 1 to {cap}, which is the hub's own, or 0 for the hub's own.");
            let vi = format!("Giới hạn từ 1 đến {cap} (giới hạn của hệ thống), hoặc 0 để dùng giới hạn của hệ thống.");
            Err(Refusal::new("BAD_LIMIT", en, vi).at(field))
        }
    }
}

/// The accounts of a connection with these full numbers; closed ones can be taken away, too.
async fn connected(db: &Db, reach: &Reach, id: ConnectionId, numbers: &[String]) -> Result<Vec<BankAccountId>, Error> {
    let parsed: Result<Vec<AccountNumber>, _> = numbers.iter().map(|number| AccountNumber::parse(number)).collect();
    let found = match parsed {
        Ok(numbers) => connections::accounts_numbered(db, reach, id, &numbers).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| {
        let en = "The connection does not speak for one of these accounts.";
        let vi = "Kết nối không phụ trách một trong các tài khoản này.";
        Refusal::new("ACCOUNT_NOT_CONNECTED", en, vi).at("removeAccounts").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPS: Caps = Caps { body_bytes: 1_000, messages_per_second: 50 };

    fn asked(addresses: Option<&[&str]>, body_bytes: Option<i64>) -> Result<Alteration, &'static str> {
        let addresses = addresses.map(|list| list.iter().map(|text| (*text).to_owned()).collect());
        let wanted = Wanted { addresses, body_bytes, ..Wanted::default() };
        limits(&wanted, CAPS).map_err(|refusal| refusal.code)
    }

    #[test]
    fn what_is_not_named_stays_and_zero_gives_the_hubs_own() {
        assert_eq!(asked(None, None).unwrap().body_bytes, None);
        assert_eq!(asked(None, Some(0)).unwrap().body_bytes, Some(None));
        assert_eq!(asked(None, Some(1_000)).unwrap().body_bytes, Some(Some(1_000)));
        assert_eq!(asked(Some(&["203.0.113.9/24"]), None).unwrap().addresses.unwrap().to_string(), "203.0.113.0/24");
        assert!(asked(Some(&[]), None).unwrap().addresses.unwrap().is_empty());
        assert!(asked(None, None).unwrap().addresses.is_none());
    }

    #[test]
    fn a_limit_beyond_the_hubs_own_is_refused() {
        assert_eq!(asked(None, Some(1_001)).unwrap_err(), "BAD_LIMIT");
        assert_eq!(asked(None, Some(-1)).unwrap_err(), "BAD_LIMIT");
        assert_eq!(asked(Some(&["nowhere"]), None).unwrap_err(), "BAD_NETWORK");
    }
}
