//! What was heard through connections, counted for ever by day and fate. Processes count in memory and write together.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select, Set};
use uuid::Uuid;

use crate::bulk;
use crate::db::{Db, Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::{ConnectionId, ConnectionKeyId, uuid_v7};
use crate::page::{self, Key, Page, Rows, Slice, Sort};
use crate::reach::Reach;
use crate::tables::connection_tallies::{Column, Entity, Model};
use crate::tables::{connection_sightings, connection_tallies};
use crate::time::Timestamp;

/// The fate of messages that are on disk; every other code says why a message was not taken.
pub const KEPT: &str = "KEPT";

/// What a process heard since it last wrote.
#[derive(Clone, Default, Debug)]
pub struct Traffic {
    /// When each connection was last heard.
    pub sightings: HashMap<ConnectionId, Sighting>,
    /// How many messages of a connection had one fate on one Vietnam day.
    pub messages: HashMap<(ConnectionId, NaiveDate, &'static str), i64>,
    /// When each key last proved a message.
    pub keys: HashMap<ConnectionKeyId, Timestamp>,
}

/// When a connection was last heard; none says nothing new.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Sighting {
    /// Any message at all.
    pub heard: Option<Timestamp>,
    /// One that is on disk.
    pub kept: Option<Timestamp>,
    /// One that was not taken.
    pub refused: Option<Timestamp>,
}

/// How many messages were not taken on one day for one reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tally {
    /// The connection that they named.
    pub connection: ConnectionId,
    /// The Vietnam day.
    pub day: NaiveDate,
    /// The stable code of the reason.
    pub code: String,
    /// How many.
    pub messages: i64,
}

/// Adds what a process heard.
///
/// # Errors
/// The database's.
pub async fn record_traffic(tx: &Tx, traffic: &Traffic, now: Timestamp) -> Result<(), Error> {
    see(tx, traffic).await?;
    count(tx, traffic, now).await?;
    let used = traffic.keys.iter().map(|(key, at)| vec![key.uuid().into(), at.micros().into()]).collect();
    bulk::update(tx, "connection_keys", &["id", "last_used_at"], used).await
}

async fn see(tx: &Tx, traffic: &Traffic) -> Result<(), Error> {
    use connection_sightings::Column;
    let mut rows: Vec<connection_sightings::ActiveModel> = traffic
        .sightings
        .iter()
        .map(|(connection, sighting)| connection_sightings::ActiveModel {
            connection_id: Set(connection.uuid()),
            last_heard_at: Set(sighting.heard),
            last_kept_at: Set(sighting.kept),
            last_refused_at: Set(sighting.refused),
        })
        .collect();
    // Two processes write the same rows in the same order, so that neither waits for the other in a circle.
    rows.sort_by_key(|row| row.connection_id.clone().take());
    let newer = |column: &str| -> SimpleExpr {
        Expr::cust(format!("COALESCE(excluded.{column}, connection_sightings.{column})"))
    };
    let merge = OnConflict::column(Column::ConnectionId)
        .value(Column::LastHeardAt, newer("last_heard_at"))
        .value(Column::LastKeptAt, newer("last_kept_at"))
        .value(Column::LastRefusedAt, newer("last_refused_at"))
        .to_owned();
    for some in rows.chunks(rows_per_statement(4)) {
        let insert = connection_sightings::Entity::insert_many(some.iter().cloned()).on_conflict(merge.clone());
        insert.exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

async fn count(tx: &Tx, traffic: &Traffic, now: Timestamp) -> Result<(), Error> {
    let mut counts: Vec<_> = traffic.messages.iter().collect();
    counts.sort_unstable();
    let rows: Vec<connection_tallies::ActiveModel> = counts
        .into_iter()
        .map(|((connection, day, code), messages)| connection_tallies::ActiveModel {
            id: Set(uuid_v7(now)),
            connection_id: Set(connection.uuid()),
            day: Set(*day),
            code: Set((*code).to_owned()),
            messages: Set(*messages),
        })
        .collect();
    let merge = OnConflict::columns([Column::ConnectionId, Column::Day, Column::Code])
        .value(Column::Messages, Expr::cust("connection_tallies.messages + excluded.messages"))
        .to_owned();
    for some in rows.chunks(rows_per_statement(5)) {
        let insert = Entity::insert_many(some.iter().cloned()).on_conflict(merge.clone());
        insert.exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

const NEWEST_FIRST: Sort<Column> = Sort { name: "refusals", column: Column::Day, id: Column::Id, descending: true };

fn not_taken(reach: &Reach) -> Select<Entity> {
    Entity::find().filter(Column::Code.ne(KEPT)).filter(reach.of_connection(Column::ConnectionId))
}

fn key(row: &Model) -> (Key, Uuid) {
    (Key::Day(row.day), row.id)
}

/// What was not taken of a connection in reach, newest day first.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn refusals(db: &Db, reach: &Reach, id: ConnectionId, page: &Page) -> Result<Slice<Tally>, Error> {
    let select = not_taken(reach).filter(Column::ConnectionId.eq(id.uuid()));
    Ok(page::fetch(db.read(), select, NEWEST_FIRST, page, key).await?.map(Tally::from))
}

/// The first page of the same for each of these connections, in one statement.
///
/// # Errors
/// `BAD_PAGE`, the database's.
pub async fn refusals_of(
    db: &Db,
    reach: &Reach,
    ids: &[ConnectionId],
    rows: Rows,
) -> Result<HashMap<ConnectionId, Slice<Tally>>, Error> {
    let parents: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let own = |parent: SimpleExpr| Expr::col((Entity, Column::ConnectionId)).eq(parent);
    let of = |parent| not_taken(reach).filter(own(parent)).into_query();
    let read = page::keyed(key, |row| Ok(Tally::from(row)));
    let found = page::first_of_each(db, &parents, of, NEWEST_FIRST, rows, read).await?;
    Ok(found.into_iter().map(|(connection, page)| (ConnectionId::from_uuid(connection), page)).collect())
}

impl From<Model> for Tally {
    fn from(row: Model) -> Self {
        Self {
            connection: ConnectionId::from_uuid(row.connection_id),
            day: row.day,
            code: row.code,
            messages: row.messages,
        }
    }
}
