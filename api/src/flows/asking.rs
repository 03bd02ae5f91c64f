//! Asking senders what they know. What they tell and no message had told is kept like a message, settled like one, and named:
//! nothing is missed in silence.

mod orders;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use connectors::Secret;
use connectors::banks::{self, Credentials, Reason};
use connectors::courier::{Answer, Courier};
use connectors::listing::{self, Access, Listing, Question, Span, Told};
use entities::connections::{self, Asked, Due};
use entities::ids::ConnectionId;
use entities::inbox::{Content, Event, Message};
use entities::reach::Reach;
use entities::time::Timestamp;
use entities::{Error, Refusal, bank_accounts};
use ring::digest::{SHA256, digest};
use tokio::sync::watch;

use super::receive::event;
use crate::hub::Hub;

/// Seconds that are asked for again each time: banks book late, and clocks differ.
const OVERLAP_SECONDS: i64 = 600;
/// Seconds that are asked for again once an hour: some senders list a transaction a day after it happened.
const LATE_SECONDS: i64 = 2 * 86_400;
const HOUR_SECONDS: i64 = 3_600;
/// Seconds that are asked for when a sender never answered before.
const FIRST_SPAN_SECONDS: i64 = 86_400;
/// Seconds after which a sender that failed is asked again.
const FAILED_PAUSE_SECONDS: i64 = 300;
/// Between two questions to one sender; the strictest allows two in a second.
const PAUSE: Duration = Duration::from_millis(550);
/// Pages of one account in one round, at most.
const MAX_PAGES: usize = 50;
/// Transactions kept as one message, at most.
const MAX_TOGETHER: usize = 200;

/// How senders are asked.
pub struct Asking {
    /// Carries the questions.
    pub courier: Courier,
    /// Seconds between two rounds of one sender.
    pub interval_seconds: i64,
    /// Seconds that a message has before it counts as missing.
    pub grace_seconds: i64,
    /// Turns true when the hub drains: a round ends behind the question that is on its way.
    pub stopping: watch::Receiver<bool>,
}

/// Checks the address of an interface that is not where the sender's documentation says: asking must not reach into our own
/// network, but a demo's own machine.
///
/// # Errors
/// `CANNOT_BE_ASKED`, `BAD_URL`, `BAD_SECRET`.
pub fn checked(
    (bank, extra): (&str, &BTreeMap<String, String>),
    token: &str,
    url: Option<&str>,
    is_demo: bool,
) -> Result<(), Refusal> {
    let info = banks::info(bank).ok().filter(|info| info.listing.is_some() || info.orders.is_some());
    let info = info.ok_or_else(|| {
        let (en, vi) = ("This sender has no interface for questions.", "Bên gửi này không có giao diện để hỏi.");
        Refusal::new("CANNOT_BE_ASKED", en, vi).at("connectionId")
    })?;
    let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    let is_fit = |url: &str| url.starts_with("https://") || is_demo && local.iter().any(|front| url.starts_with(front));
    if url.is_some_and(|url| !is_fit(url) || url.ends_with('/') || url.contains(['?', '#', '@', ' '])) {
        let (en, vi) = (
            "An address is of the scheme https and ends without a slash; it has no query and no name in it.",
            "Địa chỉ dùng giao thức https, không kết thúc bằng dấu gạch chéo, không có tham số hay tên người dùng.",
        );
        return Err(Refusal::new("BAD_URL", en, vi).at("url"));
    }
    let access = Access { token: Secret::new(token), base_url: url.map(ToOwned::to_owned) };
    if let Some(make) = info.listing {
        make(&access).map(drop).map_err(super::connect::refused)?;
    }
    if let Some(make) = info.orders {
        // The connection's own keys were tried when they were given; any key stands for them here.
        let keys = vec![access.token.clone()];
        let credentials = Credentials { connection: String::new(), keys, extra: extra.clone() };
        make(&credentials, &access).map(drop).map_err(super::connect::refused)?;
    }
    Ok(())
}

/// Asks the sender that is due longest; whether there was one.
///
/// # Errors
/// The ledger's. That a sender does not answer is no error: it is written down.
pub async fn ask_next(hub: &Hub, asking: &Asking, now: Timestamp) -> Result<bool, Error> {
    let Some(due) = connections::take_due(&hub.db, now).await? else { return Ok(false) };
    let id = due.connection.id;
    let by_order = banks::info(&due.connection.bank).is_ok_and(|info| info.orders.is_some());
    let asked =
        if by_order { orders::round(hub, asking, &due, now).await? } else { round(hub, asking, &due, now).await? };
    let pause = match asked {
        Asked::Until(_) => asking.interval_seconds,
        Asked::Failed(reason) => {
            tracing::warn!(connection = %id, reason, "a sender could not be asked");
            FAILED_PAUSE_SECONDS.max(asking.interval_seconds)
        }
    };
    connections::asked(&hub.db, id, asked, now.plus_seconds(pause), now).await?;
    Ok(true)
}

/// Every question of one round.
async fn round(hub: &Hub, asking: &Asking, due: &Due, now: Timestamp) -> Result<Asked, Error> {
    let access = Access { token: Secret::new(due.token.clone()), base_url: due.base_url.clone() };
    let make = banks::info(&due.connection.bank).ok().and_then(|info| info.listing);
    let Some(Ok(listing)) = make.map(|make| make(&access)) else { return Ok(Asked::Failed("CANNOT_BE_ASKED")) };
    let to = now.plus_seconds(-asking.grace_seconds);
    let from =
        due.asked_until.map_or(now.plus_seconds(-FIRST_SPAN_SECONDS), |until| until.plus_seconds(-OVERLAP_SECONDS));
    let accounts = accounts(hub, due, now).await?;
    if let Err(code) = ask(hub, asking, (due, listing.as_ref()), &accounts, (from, to), now).await? {
        return Ok(Asked::Failed(code));
    }
    let late = to.plus_seconds(-LATE_SECONDS);
    if late < from && due.asked_until.is_some_and(|until| turns_hour(until, to)) {
        match ask(hub, asking, (due, listing.as_ref()), &accounts, (late, from), now).await? {
            // What is new is known; two days of a large sender must not keep it from being asked on.
            Ok(()) | Err("TOO_MANY_PAGES") => {}
            Err(code) => return Ok(Asked::Failed(code)),
        }
    }
    Ok(Asked::Until(to))
}

/// Whether an hour ends between two moments. A round that failed leaves the first where it was, so that no hour is left out.
const fn turns_hour(until: Timestamp, to: Timestamp) -> bool {
    until.seconds().div_euclid(HOUR_SECONDS) != to.seconds().div_euclid(HOUR_SECONDS)
}

/// Asks for what happened between two moments, page by page, and keeps what no message had told; or the stable code of why not.
async fn ask(
    hub: &Hub,
    asking: &Asking,
    (due, listing): (&Due, &dyn Listing),
    accounts: &[String],
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Result<(), &'static str>, Error> {
    let questions = if listing.names_account() { accounts.len() } else { 1 };
    for account in accounts.iter().take(questions) {
        let span = Span { account, from: from.micros(), to: to.micros() };
        let mut page = None;
        for _ in 0..MAX_PAGES {
            if *asking.stopping.borrow() {
                return Ok(Err("INTERRUPTED"));
            }
            let told = match told(asking, listing, &span, page.as_deref()).await {
                Ok(told) => told,
                Err(code) => return Ok(Err(code)),
            };
            page = told.next.clone();
            take_up(hub, due, told, (accounts, to), now).await?;
            if page.is_none() {
                break;
            }
        }
        if page.is_some() {
            return Ok(Err("TOO_MANY_PAGES"));
        }
    }
    Ok(Ok(()))
}

/// One question and its answer, or the stable code of what went wrong.
async fn told(
    asking: &Asking,
    listing: &dyn Listing,
    span: &Span<'_>,
    page: Option<&str>,
) -> Result<Told, &'static str> {
    let question = listing.question(span, page).map_err(connectors::fault::Drift::code)?;
    let answer = answered(asking, question).await?;
    tokio::time::sleep(PAUSE).await;
    failure(answer.status).map_or(Ok(()), Err)?;
    listing.read(&answer.body, page).map_err(connectors::fault::Drift::code)
}

/// What a sender answers to a question, whatever its status; or the stable code of why there is no answer.
async fn answered(asking: &Asking, question: Question) -> Result<Answer, &'static str> {
    let headers: Vec<_> = question.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = match question.body {
        None => asking.courier.get(&question.url, &headers).await,
        Some(body) => asking.courier.post(&question.url, &headers, body).await,
    };
    answer.map_err(|_| "NO_ANSWER")
}

/// Why an answer of this status tells nothing; none for a good one.
const fn failure(status: u16) -> Option<&'static str> {
    match status {
        200 => None,
        401 | 403 => Some("NOT_ALLOWED"),
        429 => Some("TOO_MANY"),
        _ => Some("BAD_STATUS"),
    }
}

/// The numbers of the accounts for which the connection speaks. Whatever else a key lists is nobody's business here.
async fn accounts(hub: &Hub, due: &Due, now: Timestamp) -> Result<Vec<String>, Error> {
    #[expect(clippy::disallowed_methods, reason = "the hub asks by itself; the connection's accounts are its reach")]
    let reach = Reach::system(entities::reach::Reason::Settlement, now.vietnam_day());
    let id = due.connection.id;
    let own = connections::accounts_of(&hub.db, &reach, &[id]).await?.remove(&id).unwrap_or_default();
    let numbers = bank_accounts::numbers(&hub.db, &reach, &own).await?;
    let mut numbers: Vec<String> = numbers.into_values().map(|number| number.as_str().to_owned()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Keeps what no message had told, as a message of its own; a statement younger than the grace waits for its message.
async fn take_up(
    hub: &Hub,
    due: &Due,
    told: Told,
    (accounts, to): (&[String], Timestamp),
    now: Timestamp,
) -> Result<(), Error> {
    let id = due.connection.id;
    let is_own = |account: &Option<String>| account.as_ref().is_some_and(|account| accounts.contains(account));
    let is_ripe = |at: Option<i64>| at.is_none_or(|at| at <= to.micros());
    let notices: Vec<_> =
        told.notices.into_iter().filter(|notice| is_own(&notice.account) && is_ripe(notice.occurred_at)).collect();
    let unreadable: Vec<_> = told.unreadable.iter().map(parked).collect();
    let named = notices.iter().map(|notice| &notice.transaction_id).chain(unreadable.iter().map(|(id, _)| id));
    let named: Vec<String> = named.cloned().collect();
    let untold: HashSet<String> = connections::untold(&hub.db, id, &named).await?;
    let read = notices.into_iter().filter(|notice| untold.contains(&notice.transaction_id)).map(|notice| {
        let text = notice.canonical();
        (text, event(notice, now))
    });
    let unread =
        unreadable.into_iter().filter(|(id, _)| untold.contains(id)).map(|(id, event)| (id.into_bytes(), event));
    keep(hub, id, read.chain(unread).collect(), now).await
}

/// Keeps what no message had told, with the text of each, and names it.
async fn keep(hub: &Hub, id: ConnectionId, mut found: Vec<(Vec<u8>, Event)>, now: Timestamp) -> Result<(), Error> {
    if found.is_empty() {
        return Ok(());
    }
    tracing::warn!(connection = %id, transactions = found.len(), "a sender told what no message had told");
    metrics::counter!("listed_untold_total").increment(u64::try_from(found.len()).unwrap_or(0));
    while !found.is_empty() {
        let (texts, events): (Vec<_>, Vec<_>) = found.drain(..found.len().min(MAX_TOGETHER)).unzip();
        let raw = [b"LISTED ?\r\n\r\n".to_vec(), texts.join(&b'\n')].concat();
        let message = Message { connection: id, raw, received_at: now, events };
        match hub.group.keep(message).await {
            Ok(kept) => drop(kept?),
            Err(_) => return Err(Error::Unavailable("the inbox takes no more for now".into())),
        }
    }
    hub.settlement.notify_one();
    Ok(())
}

/// A transaction of a list that could not be read, with its id, or the digest of its row where it tells none.
fn parked(reason: &Reason) -> (String, Event) {
    let by_content = || format!("sha256:{}", hex::encode(reason.row_sha256.unwrap_or_default()));
    let transaction = reason.transaction_id.clone().unwrap_or_else(by_content);
    let event_id = listing::event_id(&transaction);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, format!("{event_id} {reason}").as_bytes()).as_ref());
    let content = Content::Unreadable { reason: reason.drift.code(), detail: reason.to_string() };
    (transaction, Event { event_id, digest: bytes, content })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use entities::time::Timestamp;

    use super::{checked, turns_hour};

    #[test]
    fn what_is_late_is_asked_for_once_an_hour() {
        let turns = |until, to| turns_hour(Timestamp::from_seconds(until), Timestamp::from_seconds(to));
        assert!(!turns(7_200, 7_260) && !turns(7_200, 10_799));
        assert!(turns(7_199, 7_200) && turns(7_200, 10_800) && turns(7_200, 90_000));
    }

    #[test]
    fn only_a_senders_own_host_is_asked() {
        let none = BTreeMap::new();
        let code = |bank, url, is_demo| checked((bank, &none), "token", url, is_demo).err().map(|refusal| refusal.code);
        assert_eq!(code("sepay", None, false), None);
        assert_eq!(code("casso", Some("https://oauth.example"), false), None);
        assert_eq!(code("sepay", Some("http://127.0.0.1:9000"), true), None);
        for bad in ["http://127.0.0.1:9000", "ftp://x", "https://x/", "https://x?y", "https://me@x", "http://10.0.0.1"]
        {
            assert_eq!(code("sepay", Some(bad), false), Some("BAD_URL"), "{bad}");
        }
        assert_eq!(code("sepay", Some("http://10.0.0.1"), true), Some("BAD_URL"));
        assert_eq!(code("vnpay", None, true), Some("CANNOT_BE_ASKED"));
        let spaced = checked(("sepay", &none), "a b", None, true);
        assert_eq!(spaced.err().map(|refusal| refusal.code), Some("BAD_SECRET"));
        assert_eq!(code("payos", None, false), Some("BAD_SECRET"), "it needs two names");
        assert_eq!(code("momo", None, false), Some("BAD_EXTRA"), "without its partner code");
        let app: BTreeMap<String, String> = [("appId".to_owned(), "2553".to_owned())].into();
        assert!(checked(("zalopay", &app), "key1", None, false).is_ok());
        assert!(checked(("zalopay", &app), "key1", Some("http://10.0.0.1"), true).is_err());
    }
}
