//! Events that banks sent, and what became of them.

use async_graphql::{Enum, ID, SimpleObject};
use entities::inbox;

use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::scalars::Moment;

/// What became of an event (trạng thái xử lý).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum InboundEventStatus {
    /// Kept, not yet settled (chờ xử lý).
    Pending,
    /// Settled (đã xử lý).
    Processed,
    /// Proven but unreadable, or failing again and again: a person must look (tạm giữ).
    Parked,
    /// Its event id was used before with other content; without effect (cách ly).
    Quarantined,
}

impl InboundEventStatus {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Pending, "PENDING"),
        (Self::Processed, "PROCESSED"),
        (Self::Parked, "PARKED"),
        (Self::Quarantined, "QUARANTINED"),
    ];

    /// The word that the ledger uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, word)| word)
    }
}

/// One event that a bank or intermediary sent (sự kiện nhận được).
#[derive(SimpleObject)]
pub struct InboundEvent {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// Global id of the connection through which it came (kết nối).
    pub connection_id: ID,
    /// The sender's name for the event, unique per connection for ever (mã sự kiện).
    pub event_id: String,
    /// What became of it (trạng thái xử lý).
    pub status: InboundEventStatus,
    /// Stable code why it was parked or quarantined (mã lý do); null otherwise.
    pub reason: Option<String>,
    /// A sentence for the reason (diễn giải); null when there is none.
    pub detail: Option<String>,
    /// How often settling it failed (số lần thử).
    pub attempts: i64,
    /// When it came (thời điểm nhận).
    pub received_at: Moment,
    /// When it was settled (thời điểm xử lý); null while it waits.
    pub processed_at: Option<Moment>,
    /// Global id of the bank transaction that it tells of (giao dịch ngân hàng); null while it is not settled.
    pub bank_transaction_id: Option<ID>,
}

impl TryFrom<inbox::InboundEvent> for InboundEvent {
    type Error = Fault;

    fn try_from(row: inbox::InboundEvent) -> Result<Self, Fault> {
        let status = InboundEventStatus::ALL.iter().find(|(_, word)| *word == row.status);
        let (status, _) = status.ok_or_else(|| entities::Error::internal("a stored event status is unknown"))?;
        Ok(Self {
            id: node_id::encode("InboundEvent", row.id.uuid()),
            connection_id: node_id::encode("Connection", row.connection.uuid()),
            event_id: row.event_id,
            status: *status,
            reason: row.reason,
            detail: row.detail,
            attempts: row.attempts,
            received_at: row.received_at.into(),
            processed_at: row.processed_at.map(Into::into),
            bank_transaction_id: row.bank_transaction.map(|id| node_id::encode("BankTransaction", id.uuid())),
        })
    }
}
