//! The event row is the job: claimed under a lock that a crash gives back, finished in the transaction that books it.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockBehavior, sea_query::LockType,
};
use uuid::Uuid;

use super::{Notice, notice_place};
use crate::bulk;
use crate::db::{Db, Engine, Tx};
use crate::error::Error;
use crate::ids::{BankTransactionId, ConnectionId, InboundEventId};
use crate::tables::inbound_events::{Column, Entity};
use crate::time::Timestamp;

/// Attempts after which an event that keeps failing is parked for a person.
const MAX_ATTEMPTS: i64 = 8;

/// An event under lock.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub(crate) id: InboundEventId,
    pub(crate) connection: ConnectionId,
    pub(crate) received_at: Timestamp,
    pub(crate) notice: Notice,
}

/// The oldest events that are due, at most `limit`, without a lock.
pub(crate) async fn due(db: &Db, limit: u64, now: Timestamp) -> Result<Vec<InboundEventId>, Error> {
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.eq("PENDING"))
        .filter(Column::LeaseUntil.lte(now))
        .order_by_asc(Column::ReceivedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db.writer())
        .await?;
    Ok(ids.into_iter().map(InboundEventId::from_uuid).collect())
}

/// Locks those of the events that still wait and that no other worker holds.
pub(crate) async fn claim(tx: &Tx, ids: &[InboundEventId]) -> Result<Vec<Claimed>, Error> {
    let mut select = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(Column::Status.eq("PENDING"))
        .order_by_asc(Column::ReceivedAt)
        .order_by_asc(Column::Id);
    if tx.engine() == Engine::Postgres {
        select = select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let rows = select.all(tx.conn()).await?;
    rows.into_iter()
        .map(|row| {
            let plain = tx.vault().open(notice_place(row.id), &row.notice_sealed)?;
            Ok(Claimed {
                id: InboundEventId::from_uuid(row.id),
                connection: ConnectionId::from_uuid(row.connection_id),
                received_at: row.received_at,
                notice: serde_json::from_slice(&plain).map_err(Error::internal)?,
            })
        })
        .collect()
}

/// Marks events as processed, each with the transaction it told of.
pub(crate) async fn finish(
    tx: &Tx,
    done: Vec<(InboundEventId, BankTransactionId)>,
    now: Timestamp,
) -> Result<(), Error> {
    let columns = ["id", "status", "processed_at", "bank_transaction_id"];
    let rows = done
        .into_iter()
        .map(|(event, transaction)| {
            vec![event.uuid().into(), "PROCESSED".into(), now.micros().into(), transaction.uuid().into()]
        })
        .collect();
    bulk::update(tx, "inbound_events", &columns, rows).await
}

/// After a failure: the event is due again later, each time a little later; in the end it is parked for a person.
pub(crate) async fn postpone(tx: &Tx, id: InboundEventId, cause: &Error, now: Timestamp) -> Result<(), Error> {
    let Some(row) = Entity::find_by_id(id.uuid()).filter(Column::Status.eq("PENDING")).one(tx.conn()).await? else {
        return Ok(());
    };
    let attempts = row.attempts + 1;
    let parked = attempts >= MAX_ATTEMPTS;
    let delay_seconds = 1_i64 << attempts.min(10);
    let columns = ["id", "status", "reason", "detail", "attempts", "lease_until"];
    let values = vec![
        id.uuid().into(),
        if parked { "PARKED" } else { "PENDING" }.into(),
        parked.then(|| "SETTLEMENT_FAILED".to_owned()).into(),
        Some(cause.to_string()).into(),
        attempts.into(),
        now.plus_seconds(delay_seconds).micros().into(),
    ];
    bulk::update(tx, "inbound_events", &columns, vec![values]).await
}
