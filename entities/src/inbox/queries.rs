//! Questions about the inbox: what was heard, what waits, what was parked.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use crate::db::Db;
use crate::error::Error;
use crate::ids::{BankTransactionId, ConnectionId, InboundEventId};
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::tables::inbound_events::{Column, Entity, Model};
use crate::time::Timestamp;

/// An event as callers see it: never its content.
#[derive(Clone, Debug)]
pub struct InboundEvent {
    /// Its id.
    pub id: InboundEventId,
    /// The connection through which it came.
    pub connection: ConnectionId,
    /// The sender's name for the event.
    pub event_id: String,
    /// `PENDING`, `PROCESSED`, `PARKED` or `QUARANTINED`.
    pub status: String,
    /// Stable code why it was parked or quarantined.
    pub reason: Option<String>,
    /// A sentence for the reason.
    pub detail: Option<String>,
    /// How often settling it failed.
    pub attempts: i64,
    /// When it came.
    pub received_at: Timestamp,
    /// When it was processed.
    pub processed_at: Option<Timestamp>,
    /// The bank transaction that it tells of.
    pub bank_transaction: Option<BankTransactionId>,
}

/// Which events are wanted.
#[derive(Clone, Default, Debug)]
pub struct EventFilter {
    /// Of this connection only.
    pub connection: Option<ConnectionId>,
    /// In this status only.
    pub status: Option<String>,
    /// Only what senders told when they were asked and no message had told (true), or only messages (false).
    pub listed: Option<bool>,
}

/// With what the keys of events begin that senders told when they were asked, and the first text behind all of them.
const LISTED: &str = "listed:";
const BEHIND_LISTED: &str = "listed;";

/// The events of the connections in reach, newest first.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn visible(db: &Db, reach: &Reach, filter: &EventFilter, page: &Page) -> Result<Slice<InboundEvent>, Error> {
    let select = wanted(reach, filter);
    let sort = Sort { name: "inboundEvents", column: Column::ReceivedAt, id: Column::Id, descending: true };
    let slice =
        page::fetch(db.read(), select, sort, page, |row: &Model| (Key::Number(row.received_at.micros()), row.id))
            .await?;
    Ok(slice.map(InboundEvent::from))
}

/// How many events are in reach, counted to 10,000; the flag says whether there are more.
///
/// # Errors
/// The database's.
pub async fn count(db: &Db, reach: &Reach, filter: &EventFilter) -> Result<(u64, bool), Error> {
    page::count(db.read(), wanted(reach, filter).into_query()).await
}

fn wanted(reach: &Reach, filter: &EventFilter) -> Select<Entity> {
    let mut select = Entity::find().filter(reach.of_connection(Column::ConnectionId));
    if let Some(connection) = filter.connection {
        select = select.filter(Column::ConnectionId.eq(connection.uuid()));
    }
    if let Some(status) = &filter.status {
        select = select.filter(Column::Status.eq(status));
    }
    if let Some(listed) = filter.listed {
        // The bounds of a prefix, so that the index of keys serves it.
        let within = Column::EventKey.gte(LISTED).and(Column::EventKey.lt(BEHIND_LISTED));
        select = select.filter(if listed { within } else { within.not() });
    }
    select
}

/// One event in reach.
///
/// # Errors
/// The database's.
pub async fn by_id(db: &Db, reach: &Reach, id: InboundEventId) -> Result<Option<InboundEvent>, Error> {
    let row = Entity::find_by_id(id.uuid()).filter(reach.of_connection(Column::ConnectionId)).one(db.read()).await?;
    Ok(row.map(InboundEvent::from))
}

/// How many events wait for a worker or for a person, over the whole hub.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Kept and not settled yet.
    pub pending: u64,
    /// Proven and unreadable, or failing again and again.
    pub parked: u64,
    /// Of an event id that came before with other content.
    pub quarantined: u64,
    /// When the oldest of those that wait for a worker came.
    pub oldest_pending: Option<Timestamp>,
}

/// Counts what is unfinished, for operators.
///
/// # Errors
/// The database's.
pub async fn counts(db: &Db) -> Result<Counts, Error> {
    let of = async |status: &str| Entity::find().filter(Column::Status.eq(status)).count(db.read()).await;
    let oldest = Entity::find()
        .select_only()
        .column(Column::ReceivedAt)
        .filter(Column::Status.eq("PENDING"))
        .order_by_asc(Column::ReceivedAt)
        .limit(1);
    Ok(Counts {
        pending: of("PENDING").await?,
        parked: of("PARKED").await?,
        quarantined: of("QUARANTINED").await?,
        oldest_pending: oldest.into_tuple().one(db.read()).await?,
    })
}

impl From<Model> for InboundEvent {
    fn from(row: Model) -> Self {
        Self {
            id: InboundEventId::from_uuid(row.id),
            connection: ConnectionId::from_uuid(row.connection_id),
            event_id: row.event_id,
            status: row.status,
            reason: row.reason,
            detail: row.detail,
            attempts: row.attempts,
            received_at: row.received_at,
            processed_at: row.processed_at,
            bank_transaction: row.bank_transaction_id.map(BankTransactionId::from_uuid),
        }
    }
}
