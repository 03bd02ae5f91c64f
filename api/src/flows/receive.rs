//! A bank's message: proven and read in one step, kept, and only then answered, in the sender's own words.

use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use connectors::banks::{self, Opened, Reason};
use connectors::fault::{Drift, Refusal};
use connectors::inbound::Inbound;
use connectors::notice::{self, Assurance};
use connectors::query::OrderQuery;
use connectors::reply::{Outcome, Reply};
use entities::Error;
use entities::codes::Month;
use entities::ids::{ConnectionId, ConnectionKeyId};
use entities::inbox::{self, Content, Direction, Event, Message, Notice, Refused, TransactionStatus};
use entities::money::Vnd;
use entities::text;
use entities::time::Timestamp;
use ring::digest::{SHA256, digest};

use super::desk::Desk;
use super::{billing, order_check};
use crate::hub::Hub;

/// Seconds after which a sender that heard "unavailable" or "too many" should come again.
const RETRY_AFTER_SECONDS: u32 = 2;
/// Seconds after which the sender of a paused connection should come again: a pause is lifted by a person.
const PAUSED_RETRY_AFTER_SECONDS: u32 = 60;
/// Characters of a transfer text that are kept: more than any bank transmits.
const MAX_TEXT_CHARS: usize = 1_000;

/// Before the digest that names a message which tells no id.
pub(super) const WHOLE_BY_CONTENT: &str = "sha256:";
/// Before the digest that names one transaction of several which tells no id.
const ROW_BY_CONTENT: &str = "row-sha256:";

/// The raw request behind an [`Inbound`], for keeping.
#[derive(Clone, Copy)]
pub struct Raw<'r> {
    /// The method in capitals.
    pub method: &'r str,
    /// The path behind the connection.
    pub tail: &'r str,
    /// The raw query string.
    pub query: &'r str,
    /// The headers.
    pub headers: &'r [(&'r str, &'r [u8])],
    /// The raw body.
    pub body: &'r [u8],
}

/// The path by which a sender's messages come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// `/webhooks`.
    Webhooks,
    /// `/billing`, for banks that speak the hub's own protocol.
    Billing,
}

impl Door {
    /// The door of a connector.
    #[must_use]
    pub fn of(bank: &str) -> Self {
        if bank == banks::bill::SLUG { Self::Billing } else { Self::Webhooks }
    }

    /// The path of a connection behind it.
    #[must_use]
    pub fn path(self, connection: impl Display) -> String {
        match self {
            Self::Webhooks => format!("/webhooks/{connection}"),
            Self::Billing => format!("/billing/{connection}"),
        }
    }
}

/// One message on its way.
pub(super) struct Arrival<'r> {
    door: Door,
    pub(super) connection: ConnectionId,
    pub(super) raw: Raw<'r>,
    /// The address from which it came.
    from: IpAddr,
    pub(super) now: Timestamp,
    /// When it came, by a clock that nobody sets.
    arrived: Instant,
}

/// Receives one message that came from the address `from`; none when there is no such connection behind this door.
///
/// # Errors
/// Only when the connection could not be looked up; everything later is worded for the sender.
pub async fn receive(
    hub: &Hub,
    (door, id): (Door, ConnectionId),
    raw: Raw<'_>,
    from: IpAddr,
    now: Timestamp,
) -> Result<Option<Reply>, Error> {
    let arrival = Arrival { door, connection: id, raw, from, now, arrived: Instant::now() };
    let per_second = hub.config.number("LIENTHONG_WEBHOOK_REQUESTS_PER_SECOND");
    let Some(mut desk) = hub.desks.of(&hub.db, id, per_second, now).await? else { return Ok(None) };
    if desk.door != door {
        return Ok(None);
    }
    let inbound = Inbound::new(raw.method, raw.tail, raw.query, raw.headers, raw.body);
    let outcome = match turned_away(hub, &desk, &arrival).await {
        Some(outcome) => outcome,
        None => {
            let mut opened = desk.open(&inbound, now);
            if matches!(opened, Err(Refusal::BadProof))
                && let Some(newer) = hub.desks.after(&hub.db, id, per_second, arrival.arrived, now).await?
                && !Arc::ptr_eq(&newer, &desk)
            {
                desk = newer;
                opened = desk.open(&inbound, now);
            }
            carried_out(hub, &desk, &arrival, opened).await
        }
    };
    count(&outcome);
    Ok(Some(signed(hub, desk.bank.answer(&inbound, &outcome), now).await))
}

/// The answer with the hub's own signature, where its sender checks that. What was done is done: when no key can be had, the
/// answer goes without, and whoever wants a signature asks again.
async fn signed(hub: &Hub, mut reply: Reply, now: Timestamp) -> Reply {
    let Some(text) = reply.to_sign.take() else { return reply };
    let sign = async {
        let version = hub.memory.version(&hub.db, now).await?;
        hub.memory.keys(&hub.db, version, now).await?.sign(&text)
    };
    match sign.await {
        Ok((key, signature)) => reply.headers.extend(banks::bill::signed_by_hub(&key.to_string(), &signature)),
        Err(error) => tracing::error!(cause = %error, "an answer could not be signed"),
    }
    reply
}

/// What is decided before anything is proven. A stranger's address comes first, so that strangers spend no one's budget; their
/// messages are counted and not kept, so that they push nobody's out.
async fn turned_away(hub: &Hub, desk: &Desk, arrival: &Arrival<'_>) -> Option<Outcome> {
    let (id, now) = (arrival.connection, arrival.now);
    let limits = &desk.limits;
    if !limits.addresses.is_empty() && !limits.addresses.hold(arrival.from) {
        let refusal = Refusal::WrongAddress;
        metrics::counter!("webhook_refused_total", "reason" => refusal.code()).increment(1);
        hub.tallies.not_taken(id, refusal.code(), now);
        return Some(Outcome::Refused(refusal));
    }
    if desk.rate.check().is_err() {
        hub.tallies.not_taken(id, "TOO_MANY", now);
        return Some(Outcome::TooMany { retry_after_s: RETRY_AFTER_SECONDS });
    }
    if desk.paused {
        hub.tallies.not_taken(id, "PAUSED", now);
        return Some(Outcome::Unavailable { retry_after_s: PAUSED_RETRY_AFTER_SECONDS });
    }
    let most = limits.body_bytes.and_then(|most| usize::try_from(most).ok());
    if most.is_some_and(|most| arrival.raw.body.len() > most) {
        return Some(refuse(hub, arrival, Refusal::TooLarge).await);
    }
    None
}

async fn refuse(hub: &Hub, arrival: &Arrival<'_>, refusal: Refusal) -> Outcome {
    tracing::warn!(connection = %arrival.connection, reason = refusal.code(), "a message was refused");
    hub.tallies.not_taken(arrival.connection, refusal.code(), arrival.now);
    // Whoever is refused at the counter gives the money back: there is nothing to replay, and a day's file is large.
    let kept = match arrival.door {
        Door::Webhooks => arrival.raw,
        Door::Billing => Raw { body: b"", ..arrival.raw },
    };
    let refused = Refused {
        connection: arrival.connection,
        reason: refusal.code(),
        raw: &written(kept),
        bytes: arrival.raw.body.len(),
        address: arrival.from,
    };
    hub.refusals.keep(&hub.db, refused, arrival.now).await;
    Outcome::Refused(refusal)
}

async fn carried_out(
    hub: &Hub,
    desk: &Desk,
    arrival: &Arrival<'_>,
    opened: Result<(Opened, Vec<ConnectionKeyId>), Refusal>,
) -> Outcome {
    let (id, raw, now) = (arrival.connection, arrival.raw, arrival.now);
    let opened = match opened {
        Ok((opened, keys)) => {
            keys.into_iter().for_each(|key| hub.tallies.proved(key, now));
            opened
        }
        Err(refusal) => return refuse(hub, arrival, refusal).await,
    };
    let events = match opened {
        Opened::Notices(notices) => notices.into_iter().map(|notice| event(notice, now)).collect(),
        Opened::Several { notices, unreadable } => several(notices, &unreadable, raw, now),
        Opened::Unreadable(reason) => vec![parked(&reason, raw)],
        Opened::Probe => {
            hub.tallies.heard(id, now);
            return Outcome::Kept;
        }
        Opened::TokenRequest(query) => {
            hub.tallies.heard(id, now);
            return Outcome::Token(query);
        }
        Opened::Bill(call) => return billing::carried_out(hub, desk, arrival, &call).await,
        Opened::OrderCheck(query) => {
            hub.tallies.heard(id, now);
            return order(hub, id, &query, now).await;
        }
    };
    match hub.group.keep(Message { connection: id, raw: written(raw), received_at: now, events }).await {
        Ok(Ok(kept)) => {
            if kept == inbox::Kept::Conflict {
                tracing::warn!(connection = %id, "an event id came again with other content; it is quarantined");
            }
            hub.tallies.kept(id, now);
            hub.settlement.notify_one();
            return Outcome::Kept;
        }
        Ok(Err(error)) => tracing::error!(connection = %id, cause = %error, "a message could not be kept"),
        Err(_) => {}
    }
    hub.tallies.not_taken(id, "UNAVAILABLE", now);
    unavailable()
}

async fn order(hub: &Hub, id: ConnectionId, query: &OrderQuery, now: Timestamp) -> Outcome {
    let looked_up = order_check::state(&hub.db, id, query, now).await;
    looked_up.map_or_else(
        |error| {
            tracing::error!(connection = %id, cause = %error, "an order could not be looked up");
            unavailable()
        },
        Outcome::Order,
    )
}

pub(super) fn unavailable() -> Outcome {
    Outcome::Unavailable { retry_after_s: RETRY_AFTER_SECONDS }
}

fn count(outcome: &Outcome) {
    let word = match outcome {
        Outcome::Kept => "kept",
        Outcome::Refused(_) => "refused",
        Outcome::Order(_) => "order_check",
        Outcome::Token(_) => "token_request",
        Outcome::Bill(_) => "bill",
        Outcome::Unavailable { .. } => "unavailable",
        Outcome::TooMany { .. } => "too_many",
    };
    metrics::counter!("webhook_messages_total", "outcome" => word).increment(1);
}

/// The join: wire values become the ledger's. Money whose sender tells no time came when it was received; its digest knows
/// nothing of that, so a re-send is the same event.
pub(super) fn event(notice: notice::Notice, received_at: Timestamp) -> Event {
    let digest = notice.digest();
    let tidy = |text: Option<String>| text.map(|text| text::nfc(&text, MAX_TEXT_CHARS).unwrap_or(text));
    let content = Notice {
        transaction_id: notice.transaction_id,
        status: status(notice.status),
        amount: Vnd::new(notice.amount_vnd),
        direction: match notice.direction {
            notice::Direction::In => Direction::Credit,
            notice::Direction::Out => Direction::Debit,
        },
        account: notice.account,
        virtual_account: notice.virtual_account,
        reference: notice.reference,
        order_reference: notice.order_reference,
        content: tidy(notice.content),
        payer_name: tidy(notice.payer_name),
        method: notice.method.map(ToOwned::to_owned),
        bank_reference: notice.bank_reference,
        occurred_at: notice.occurred_at.unwrap_or(received_at.micros()),
        signed: notice.assurance == Assurance::High,
    };
    let content = match drift(&content) {
        None => Content::Notice(Box::new(content)),
        Some(drift) => Content::Unreadable { reason: drift.code(), detail: drift.to_string() },
    };
    Event { event_id: notice.event_id, digest, content }
}

/// What the ledger's sums cannot hold, though the sender's scheme can say it: it waits for a person, and never fails the
/// settling of its school's month.
fn drift(notice: &Notice) -> Option<Drift> {
    if notice.amount > Vnd::LARGEST {
        return Some(Drift::Amount);
    }
    Month::of(notice.booked_on()).err().map(|_| Drift::Time)
}

const fn status(status: notice::Status) -> TransactionStatus {
    match status {
        notice::Status::Waiting => TransactionStatus::Waiting,
        notice::Status::Failed => TransactionStatus::Failed,
        notice::Status::Suspicious => TransactionStatus::Suspicious,
        notice::Status::Settled => TransactionStatus::Settled,
        notice::Status::Reversed => TransactionStatus::Reversed,
        notice::Status::Refunded => TransactionStatus::Refunded,
    }
}

/// The events of a message with several transactions: first what could be read.
pub(super) fn several(
    notices: Vec<notice::Notice>,
    unreadable: &[Reason],
    raw: Raw<'_>,
    received_at: Timestamp,
) -> Vec<Event> {
    let read = notices.into_iter().map(|notice| event(notice, received_at));
    read.chain(unreadable.iter().map(|reason| parked(reason, raw))).collect()
}

/// What was proven and could not be read: it is known by its own id where that could be read, else by its content, which is
/// that of the one transaction where a message has several.
fn parked(reason: &Reason, raw: Raw<'_>) -> Event {
    let (front, bytes) = match reason.row_sha256 {
        Some(row) => (ROW_BY_CONTENT, row),
        None => {
            let mut content = raw.query.as_bytes().to_vec();
            content.push(0);
            content.extend_from_slice(raw.body);
            let mut bytes = [0; 32];
            bytes.copy_from_slice(digest(&SHA256, &content).as_ref());
            (WHOLE_BY_CONTENT, bytes)
        }
    };
    let event_id = reason.event_id.clone().unwrap_or_else(|| format!("{front}{}", hex::encode(bytes)));
    Event {
        event_id,
        digest: bytes,
        content: Content::Unreadable { reason: reason.drift.code(), detail: reason.to_string() },
    }
}

/// The request as text with its body behind an empty line, as it is kept and replayed.
pub(super) fn written(raw: Raw<'_>) -> Vec<u8> {
    let mut bytes = format!("{} {}?{}\r\n", raw.method, raw.tail, raw.query).into_bytes();
    for (name, value) in raw.headers {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(raw.body);
    bytes
}
