//! The inbox: what banks said, kept before anything is done about it. Once is a unique key, not a look-up: an event id is
//! taken per connection for ever, and other content under the same id is quarantined, unless nobody could read the first.

mod corrected;
mod events;
mod keep;
mod orders;
mod queries;
mod refused;
mod replay;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::ConnectionId;
use crate::money::Vnd;
use crate::seal::Place;
use crate::time::Timestamp;

pub use keep::{Kept, keep, keep_within};
pub use orders::{Said, WaitingOrder, unsaid, waiting_orders};
pub use queries::{Counts, EventFilter, InboundEvent, by_id, count, counts, visible};
pub use refused::{Refused, RefusedMessage, RefusedNote, drop_refused, keep_refused, refused_of, refused_visible};
pub use replay::{Behind, MAX_REPLAYED_EVENTS, Parked, parked, revive};

pub(crate) use events::{Claimed, claim, due, finish, postpone};

/// A proven message with the events read from it.
#[derive(Clone, Debug)]
pub struct Message {
    /// The connection through which it came.
    pub connection: ConnectionId,
    /// The request as it came: kept sealed, erased by a retention rule.
    pub raw: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
    /// What it says, at least one event.
    pub events: Vec<Event>,
}

/// One event of a message.
#[derive(Clone, Debug)]
pub struct Event {
    /// Names the event, unique per connection for ever.
    pub event_id: String,
    /// SHA-256 over the canonical notice, never over raw bytes: honest re-sends change those.
    pub digest: [u8; 32],
    /// What it says, or why it could not be read.
    pub content: Content,
}

/// What an event says.
#[derive(Clone, Debug)]
pub enum Content {
    /// A statement about money.
    Notice(Box<Notice>),
    /// Proven but unreadable: kept and parked with a reason for a person.
    Unreadable {
        /// Stable code of what is wrong.
        reason: &'static str,
        /// A sentence without content.
        detail: String,
    },
}

/// A sender's statement about one bank transaction, in the ledger's own values.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// Names the bank transaction within the connection.
    pub transaction_id: String,
    /// What the sender says of it.
    pub status: TransactionStatus,
    /// How much.
    #[serde(with = "dong")]
    pub amount: Vnd,
    /// Into or out of the account.
    pub direction: Direction,
    /// The account number; none when the sender's messages name none.
    pub account: Option<String>,
    /// The virtual account number.
    pub virtual_account: Option<String>,
    /// An explicit order or bill code.
    pub reference: Option<String>,
    /// The order exactly as the sender wrote it, by which it can be asked; none where it named none, and in what was kept before
    /// the hub asked about orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_reference: Option<String>,
    /// The transfer text.
    pub content: Option<String>,
    /// Who paid, as the bank says it.
    pub payer_name: Option<String>,
    /// A code of the payment methods; none when the sender does not say.
    pub method: Option<String>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// When the bank booked it.
    pub occurred_at: i64,
    /// Whether the proof was a signature (true) or a static key.
    pub signed: bool,
}

impl Notice {
    /// The Vietnam day of the bank's booking.
    #[must_use]
    pub fn booked_on(&self) -> NaiveDate {
        Timestamp::from_micros(self.occurred_at).vietnam_day()
    }
}

mod dong {
    use super::Vnd;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(amount: &Vnd, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(amount.get())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vnd, D::Error> {
        i64::deserialize(deserializer).map(Vnd::new)
    }
}

/// Into or out of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// Money came in (báo có).
    Credit,
    /// Money went out (báo nợ).
    Debit,
}

impl Direction {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credit => "CREDIT",
            Self::Debit => "DEBIT",
        }
    }
}

/// What is known of a bank transaction. Statuses merge by rank, in whatever order they are heard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransactionStatus {
    /// Nothing certain yet, or a status the hub does not know.
    Waiting,
    /// It did not happen.
    Failed,
    /// Money was taken and the sender suspects fraud.
    Suspicious,
    /// The money arrived.
    Settled,
    /// It was taken back.
    Reversed,
    /// It was given back.
    Refunded,
}

impl TransactionStatus {
    /// Every status, by rank.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Failed, Self::Suspicious, Self::Settled, Self::Reversed, Self::Refunded];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Failed => "FAILED",
            Self::Suspicious => "SUSPICIOUS",
            Self::Settled => "SETTLED",
            Self::Reversed => "REVERSED",
            Self::Refunded => "REFUNDED",
        }
    }

    /// The status of a stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// The place of this status among those that replace each other.
    #[must_use]
    pub fn rank(self) -> i64 {
        Self::ALL.iter().zip(0..).find(|(status, _)| **status == self).map_or(0, |(_, rank)| rank)
    }
}

pub(crate) fn message_place(row: uuid::Uuid) -> Place {
    Place { table: "inbound_messages", row, column: "sealed" }
}

pub(crate) fn notice_place(row: uuid::Uuid) -> Place {
    Place { table: "inbound_events", row, column: "notice_sealed" }
}
