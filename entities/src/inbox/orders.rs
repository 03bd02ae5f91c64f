//! Orders of which a sender spoke and has not said the last word: what to ask it about, and what of its answer is new.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Notice, TransactionStatus, notice_place};
use crate::db::Db;
use crate::error::Error;
use crate::ids::ConnectionId;
use crate::tables::{bank_transactions, inbound_events};
use crate::time::Timestamp;

/// An order that waits for its sender's last word.
#[derive(Clone, Debug)]
pub struct WaitingOrder {
    /// The order exactly as the sender wrote it.
    pub reference: String,
    /// What the sender said of it last.
    pub notice: Notice,
    /// When it was first heard of.
    pub received_at: Timestamp,
}

/// What an answer says of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Said<'a> {
    /// The event under which the answer would be kept.
    pub event_id: &'a str,
    /// The event under which the sender's own message says the same.
    pub message_event_id: &'a str,
    /// The transaction.
    pub transaction_id: &'a str,
    /// Its state.
    pub status: TransactionStatus,
}

/// The orders of a connection that wait and were first heard of between two moments, both included; the newest first, at most
/// `limit`. Each order is there once.
///
/// # Errors
/// The database's, or a notice that does not open.
pub async fn waiting_orders(
    db: &Db,
    id: ConnectionId,
    (from, to): (Timestamp, Timestamp),
    limit: u64,
) -> Result<Vec<WaitingOrder>, Error> {
    use bank_transactions::Column;
    let waiting: Vec<(Uuid, Timestamp)> = bank_transactions::Entity::find()
        .select_only()
        .columns([Column::Id, Column::ReceivedAt])
        .filter(Column::ConnectionId.eq(id.uuid()))
        .filter(Column::Status.eq(TransactionStatus::Waiting.as_str()))
        .filter(Column::ReceivedAt.between(from, to))
        .order_by_desc(Column::ReceivedAt)
        .limit(limit)
        .into_tuple()
        .all(db.writer())
        .await?;
    let mut heard = last_heard(db, waiting.iter().map(|(transaction, _)| *transaction).collect()).await?;
    let mut named = HashSet::new();
    let orders = waiting.into_iter().filter_map(|(transaction, received_at)| {
        let notice = heard.remove(&transaction)?;
        let reference = notice.order_reference.clone()?;
        named.insert(reference.clone()).then_some(WaitingOrder { reference, notice, received_at })
    });
    Ok(orders.collect())
}

/// What was said last of each of these transactions.
async fn last_heard(db: &Db, transactions: Vec<Uuid>) -> Result<HashMap<Uuid, Notice>, Error> {
    use inbound_events::Column;
    let mut heard = HashMap::new();
    if transactions.is_empty() {
        return Ok(heard);
    }
    let events = inbound_events::Entity::find()
        .filter(Column::BankTransactionId.is_in(transactions))
        .filter(Column::Status.eq("PROCESSED"))
        .order_by_asc(Column::ReceivedAt)
        .all(db.writer())
        .await?;
    for event in events {
        let Some(transaction) = event.bank_transaction_id else { continue };
        let plain = db.vault().open(notice_place(event.id), &event.notice_sealed)?;
        heard.insert(transaction, serde_json::from_slice(&plain).map_err(Error::internal)?);
    }
    Ok(heard)
}

/// The events of an answer that say something new: neither a message nor an answer said it before, and the ledger knows of no
/// later state.
///
/// # Errors
/// The database's.
pub async fn unsaid(db: &Db, id: ConnectionId, said: &[Said<'_>]) -> Result<HashSet<String>, Error> {
    if said.is_empty() {
        return Ok(HashSet::new());
    }
    let kept: Vec<String> = inbound_events::Entity::find()
        .select_only()
        .column(inbound_events::Column::EventKey)
        .filter(inbound_events::Column::ConnectionId.eq(id.uuid()))
        .filter(
            inbound_events::Column::EventKey.is_in(said.iter().flat_map(|said| [said.event_id, said.message_event_id])),
        )
        .into_tuple()
        .all(db.writer())
        .await?;
    let kept: HashSet<String> = kept.into_iter().collect();
    let booked: Vec<(String, i64)> = bank_transactions::Entity::find()
        .select_only()
        .columns([bank_transactions::Column::TransactionId, bank_transactions::Column::StatusRank])
        .filter(bank_transactions::Column::ConnectionId.eq(id.uuid()))
        .filter(bank_transactions::Column::TransactionId.is_in(said.iter().map(|said| said.transaction_id)))
        .into_tuple()
        .all(db.writer())
        .await?;
    let booked: HashMap<String, i64> = booked.into_iter().collect();
    let is_new = |said: &&Said<'_>| {
        !kept.contains(said.event_id)
            && !kept.contains(said.message_event_id)
            && booked.get(said.transaction_id).is_none_or(|rank| *rank < said.status.rank())
    };
    Ok(said.iter().filter(is_new).map(|said| said.event_id.to_owned()).collect())
}
