//! Senders that are asked what they know, so that money whose message never came is found: with which key, how far they were
//! asked, and what of their answer nobody had told.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::{Connection, alter, record};
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::ConnectionId;
use crate::reach::Reach;
use crate::seal::Place;
use crate::tables::connection_listings::{ActiveModel, Column, Entity, Model};
use crate::tables::{bank_transactions, connections, inbound_events};
use crate::time::Timestamp;

/// Seconds for which one process asks a sender before another may: longer than any round of questions.
const LEASE_SECONDS: i64 = 900;

/// A sender that is due to be asked, taken by this process.
pub struct Due {
    /// Its connection.
    pub connection: Connection,
    /// The key for questions.
    pub token: Vec<u8>,
    /// Where its interface is; none means where its documentation says.
    pub base_url: Option<String>,
    /// The moment up to which it was asked; none while it never answered.
    pub asked_until: Option<Timestamp>,
}

/// How a round of questions ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    /// Everything up to this moment was told.
    Until(Timestamp),
    /// No whole answer came, for this stable reason.
    Failed(&'static str),
}

/// How far a sender was asked, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    /// The moment up to which it was asked; none while it never answered.
    pub asked_until: Option<Timestamp>,
    /// When it last answered.
    pub asked_at: Option<Timestamp>,
    /// When it last failed to answer, since it last answered.
    pub failed_at: Option<Timestamp>,
    /// Stable code of that failure.
    pub failure: Option<String>,
}

/// Lets the hub ask a sender, with a key for questions; a key that was there is replaced.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn set_listing(
    tx: &Tx,
    id: ConnectionId,
    token: &[u8],
    base_url: Option<&str>,
    actor: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let connection = alter::locked(tx, id).await?;
    let row = Model {
        connection_id: id.uuid(),
        token_sealed: tx.vault().seal(place(id.uuid()), token)?,
        base_url: base_url.map(ToOwned::to_owned),
        asked_until: None,
        asked_at: None,
        failed_at: None,
        failure: None,
        due_at: now,
    };
    let again = OnConflict::column(Column::ConnectionId)
        .update_columns([Column::TokenSealed, Column::BaseUrl, Column::DueAt])
        .to_owned();
    Entity::insert(ActiveModel::from(row).reset_all()).on_conflict(again).exec_without_returning(tx.conn()).await?;
    let payload = json!({ "name": connection.name, "url": base_url });
    record(tx, id, "connection.listingSet", payload, &connection.name, (actor, now)).await
}

/// Asks a sender no more, and forgets the key for questions.
///
/// # Errors
/// `NOT_FOUND`, also when it was not asked.
pub async fn drop_listing(tx: &Tx, id: ConnectionId, actor: &str, now: Timestamp) -> Result<(), Error> {
    let connection = alter::locked(tx, id).await?;
    if Entity::delete_by_id(id.uuid()).exec(tx.conn()).await?.rows_affected == 0 {
        return Err(Refusal::not_found("Connection").at("connectionId").into());
    }
    record(tx, id, "connection.listingDropped", json!({ "name": connection.name }), &connection.name, (actor, now))
        .await
}

/// Takes one sender that is due, the longest waiting first; none when none is. Of several processes one gets it, and a paused
/// connection's sender is not asked.
///
/// # Errors
/// The database's, or a key that does not open.
pub async fn take_due(db: &Db, now: Timestamp) -> Result<Option<Due>, Error> {
    let working = Query::select()
        .column(connections::Column::Id)
        .from(connections::Entity)
        .and_where(connections::Column::PausedAt.is_null())
        .take();
    let due: Option<Uuid> = Entity::find()
        .select_only()
        .column(Column::ConnectionId)
        .filter(Column::DueAt.lte(now))
        .filter(Column::ConnectionId.in_subquery(working))
        .order_by_asc(Column::DueAt)
        .limit(1)
        .into_tuple()
        .one(db.read())
        .await?;
    let Some(id) = due else { return Ok(None) };
    let taken = Entity::update_many()
        .col_expr(Column::DueAt, Expr::val(now.plus_seconds(LEASE_SECONDS).micros()))
        .filter(Column::ConnectionId.eq(id).and(Column::DueAt.lte(now)))
        .exec(db.writer())
        .await?;
    if taken.rows_affected == 0 {
        return Ok(None);
    }
    let (Some(listing), Some(connection)) =
        (Entity::find_by_id(id).one(db.writer()).await?, connections::Entity::find_by_id(id).one(db.writer()).await?)
    else {
        return Ok(None);
    };
    Ok(Some(Due {
        connection: Connection::try_from(connection)?,
        token: db.vault().open(place(id), &listing.token_sealed)?,
        base_url: listing.base_url,
        asked_until: listing.asked_until,
    }))
}

/// Writes down how a round of questions ended, and when the sender is due again.
///
/// # Errors
/// The database's.
pub async fn asked(db: &Db, id: ConnectionId, asked: Asked, due_at: Timestamp, now: Timestamp) -> Result<(), Error> {
    let update = Entity::update_many().col_expr(Column::DueAt, Expr::val(due_at.micros()));
    let update = match asked {
        Asked::Until(until) => update
            .col_expr(Column::AskedUntil, Expr::val(until.micros()))
            .col_expr(Column::AskedAt, Expr::val(now.micros()))
            .col_expr(Column::FailedAt, Expr::val(Option::<i64>::None))
            .col_expr(Column::Failure, Expr::val(Option::<String>::None)),
        Asked::Failed(code) => {
            update.col_expr(Column::FailedAt, Expr::val(now.micros())).col_expr(Column::Failure, Expr::val(code))
        }
    };
    update.filter(Column::ConnectionId.eq(id.uuid())).exec(db.writer()).await?;
    Ok(())
}

/// Those of these transactions of a connection of which no message told, settled or waiting.
///
/// # Errors
/// The database's.
pub async fn untold(db: &Db, id: ConnectionId, transactions: &[String]) -> Result<HashSet<String>, Error> {
    let booked: Vec<String> = bank_transactions::Entity::find()
        .select_only()
        .column(bank_transactions::Column::TransactionId)
        .filter(bank_transactions::Column::ConnectionId.eq(id.uuid()))
        .filter(bank_transactions::Column::TransactionId.is_in(transactions))
        .into_tuple()
        .all(db.writer())
        .await?;
    let kept: Vec<String> = inbound_events::Entity::find()
        .select_only()
        .column(inbound_events::Column::EventKey)
        .filter(inbound_events::Column::ConnectionId.eq(id.uuid()))
        .filter(inbound_events::Column::EventKey.is_in(transactions))
        .into_tuple()
        .all(db.writer())
        .await?;
    let told: HashSet<String> = booked.into_iter().chain(kept).collect();
    Ok(transactions.iter().filter(|one| !told.contains(*one)).cloned().collect())
}

/// How far each of these connections in reach was asked; one that is not asked is absent.
///
/// # Errors
/// The database's.
pub async fn listings_of(
    db: &Db,
    reach: &Reach,
    ids: &[ConnectionId],
) -> Result<HashMap<ConnectionId, Listing>, Error> {
    let rows = Entity::find()
        .filter(Column::ConnectionId.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_connection(Column::ConnectionId))
        .all(db.read())
        .await?;
    let told = |row: Model| {
        let listing = Listing {
            asked_until: row.asked_until,
            asked_at: row.asked_at,
            failed_at: row.failed_at,
            failure: row.failure,
        };
        (ConnectionId::from_uuid(row.connection_id), listing)
    };
    Ok(rows.into_iter().map(told).collect())
}

fn place(row: Uuid) -> Place {
    Place { table: "connection_listings", row, column: "token_sealed" }
}
