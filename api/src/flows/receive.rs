//! A bank's message: proven and read in one step, kept, and only then answered, in the sender's own words.

use connectors::banks::{Opened, Reason};
use connectors::fault::Drift;
use connectors::inbound::Inbound;
use connectors::notice::{self, Assurance};
use connectors::reply::{Outcome, Reply};
use entities::Error;
use entities::codes::Month;
use entities::ids::ConnectionId;
use entities::inbox::{self, Content, Direction, Event, Message, Notice, TransactionStatus};
use entities::money::Vnd;
use entities::text;
use entities::time::Timestamp;
use ring::digest::{SHA256, digest};

use super::desk::Desk;
use super::order_check;
use crate::hub::Hub;

/// Seconds after which a sender that heard "unavailable" or "too many" should come again.
const RETRY_AFTER_SECONDS: u32 = 2;
/// Characters of a transfer text that are kept: more than any bank transmits.
const MAX_TEXT_CHARS: usize = 1_000;

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

/// Receives one message; none when there is no such connection.
///
/// # Errors
/// Only when the connection could not be looked up; everything later is worded for the sender.
pub async fn receive(hub: &Hub, id: ConnectionId, raw: Raw<'_>, now: Timestamp) -> Result<Option<Reply>, Error> {
    let per_second = hub.config.number("LIENTHONG_WEBHOOK_REQUESTS_PER_SECOND");
    let Some(desk) = hub.desks.of(&hub.db, id, per_second, now).await? else { return Ok(None) };
    let inbound = Inbound::new(raw.method, raw.tail, raw.query, raw.headers, raw.body);
    let outcome = if desk.rate.check().is_err() {
        Outcome::TooMany { retry_after_s: RETRY_AFTER_SECONDS }
    } else if desk.paused {
        unavailable()
    } else {
        open_and_keep(hub, id, &desk, &inbound, raw, now).await
    };
    count(&outcome);
    Ok(Some(desk.bank.answer(&inbound, &outcome)))
}

async fn open_and_keep(
    hub: &Hub,
    id: ConnectionId,
    desk: &Desk,
    inbound: &Inbound<'_>,
    raw: Raw<'_>,
    now: Timestamp,
) -> Outcome {
    let events = match desk.bank.open(inbound, now.micros()) {
        Ok(Opened::Probe) => return Outcome::Kept,
        Ok(Opened::TokenRequest(query)) => return Outcome::Token(query),
        Ok(Opened::OrderCheck(query)) => {
            return order_check::state(&hub.db, id, &query, now).await.map_or_else(
                |error| {
                    tracing::error!(connection = %id, cause = %error, "an order could not be looked up");
                    unavailable()
                },
                Outcome::Order,
            );
        }
        Ok(Opened::Notices(notices)) => notices.into_iter().map(|notice| event(notice, now)).collect(),
        Ok(Opened::Unreadable(reason)) => vec![parked(&reason, raw)],
        Err(refusal) => {
            tracing::warn!(connection = %id, reason = refusal.code(), "a message was refused");
            hub.refusals.keep(&hub.db, id, refusal.code(), &written(raw), now).await;
            return Outcome::Refused(refusal);
        }
    };
    let message = Message { connection: id, raw: written(raw), received_at: now, events };
    match hub.group.keep(message).await {
        Ok(Ok(kept)) => {
            if kept == inbox::Kept::Conflict {
                tracing::warn!(connection = %id, "an event id came again with other content; it is quarantined");
            }
            hub.settlement.notify_one();
            Outcome::Kept
        }
        Ok(Err(error)) => {
            tracing::error!(connection = %id, cause = %error, "a message could not be kept");
            unavailable()
        }
        Err(_) => unavailable(),
    }
}

fn unavailable() -> Outcome {
    Outcome::Unavailable { retry_after_s: RETRY_AFTER_SECONDS }
}

fn count(outcome: &Outcome) {
    let word = match outcome {
        Outcome::Kept => "kept",
        Outcome::Refused(_) => "refused",
        Outcome::Order(_) => "order_check",
        Outcome::Token(_) => "token_request",
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

/// A proven message that could not be read: it is known by its own id where that could be read, else by its content.
fn parked(reason: &Reason, raw: Raw<'_>) -> Event {
    let mut content = raw.query.as_bytes().to_vec();
    content.push(0);
    content.extend_from_slice(raw.body);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, &content).as_ref());
    let event_id = reason.event_id.clone().unwrap_or_else(|| format!("sha256:{}", hex::encode(bytes)));
    Event {
        event_id,
        digest: bytes,
        content: Content::Unreadable { reason: reason.drift.code(), detail: reason.to_string() },
    }
}

/// The request as text with its body behind an empty line, as it is kept and replayed.
fn written(raw: Raw<'_>) -> Vec<u8> {
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
