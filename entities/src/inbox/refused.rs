//! Refused messages: the last ones of each connection are kept for a while, sealed, so that they can be replayed after our
//! own wrong secret is corrected.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::bulk;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::{ConnectionId, RefusedMessageId};
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::seal::Place;
use crate::tables::refused_messages;
use crate::time::Timestamp;

/// Refused messages kept for one connection at most.
const MAX_KEPT_MESSAGES: u64 = 1_000;
/// Seconds for which a refused message is kept: seven days.
const KEPT_SECONDS: i64 = 7 * 24 * 3_600;

/// A refused message, as it came.
#[derive(Clone, Debug)]
pub struct RefusedMessage {
    /// Its id.
    pub id: RefusedMessageId,
    /// The connection that it named.
    pub connection: ConnectionId,
    /// Stable code of the refusal.
    pub reason: String,
    /// The request as it came.
    pub raw: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
}

/// A refused message as callers see it: never its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedNote {
    /// The connection that it named.
    pub connection: ConnectionId,
    /// Stable code of the refusal.
    pub reason: String,
    /// Bytes of its body; none for one that came before this was kept.
    pub bytes: Option<i64>,
    /// The address from which it came; likewise.
    pub address: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
}

/// A message that is refused.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'r> {
    /// The connection that it names.
    pub connection: ConnectionId,
    /// Stable code of the refusal.
    pub reason: &'r str,
    /// The request as it came.
    pub raw: &'r [u8],
    /// Bytes of its body.
    pub bytes: usize,
    /// The address from which it came.
    pub address: std::net::IpAddr,
}

/// Keeps a refused message and drops those that are too old or too many.
///
/// # Errors
/// The database's.
pub async fn keep_refused(db: &Db, refused: Refused<'_>, now: Timestamp) -> Result<(), Error> {
    let Refused { connection, reason, raw, bytes, address } = refused;
    let id = RefusedMessageId::new(now);
    let sealed = db.vault().seal(place(id), raw)?;
    let bytes = i64::try_from(bytes).map_err(Error::internal)?;
    crate::transaction!(db, |tx| {
        let row = refused_messages::ActiveModel {
            id: Set(id.uuid()),
            connection_id: Set(connection.uuid()),
            reason: Set(reason.to_owned()),
            sealed: Set(sealed.clone()),
            received_at: Set(now),
            bytes: Set(bytes),
            address: Set(Some(address.to_string())),
        };
        bulk::insert(tx, vec![row]).await?;
        let own = refused_messages::Column::ConnectionId.eq(connection.uuid());
        let newest_gone: Option<Timestamp> = refused_messages::Entity::find()
            .select_only()
            .column(refused_messages::Column::ReceivedAt)
            .filter(own.clone())
            .order_by_desc(refused_messages::Column::ReceivedAt)
            .offset(MAX_KEPT_MESSAGES)
            .limit(1)
            .into_tuple()
            .one(tx.conn())
            .await?;
        let oldest_kept = newest_gone.unwrap_or(Timestamp::from_micros(0)).max(now.plus_seconds(-KEPT_SECONDS));
        refused_messages::Entity::delete_many()
            .filter(own)
            .filter(refused_messages::Column::ReceivedAt.lte(oldest_kept))
            .exec(tx.conn())
            .await?;
        Ok(())
    })
}

/// The refused messages of a connection, oldest first.
///
/// # Errors
/// The database's, or a message that does not open.
pub async fn refused_of(db: &Db, connection: ConnectionId) -> Result<Vec<RefusedMessage>, Error> {
    let rows = refused_messages::Entity::find()
        .filter(refused_messages::Column::ConnectionId.eq(connection.uuid()))
        .order_by_asc(refused_messages::Column::ReceivedAt)
        .limit(MAX_KEPT_MESSAGES)
        .all(db.read())
        .await?;
    rows.into_iter()
        .map(|row| {
            let id = RefusedMessageId::from_uuid(row.id);
            Ok(RefusedMessage {
                id,
                connection,
                reason: row.reason,
                raw: db.vault().open(place(id), &row.sealed)?,
                received_at: row.received_at,
            })
        })
        .collect()
}

/// The refused messages of the connections in reach that are still kept, newest first; of one connection when it is named.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn refused_visible(
    db: &Db,
    reach: &Reach,
    connection: Option<ConnectionId>,
    page: &Page,
) -> Result<Slice<RefusedNote>, Error> {
    use refused_messages::Column;
    // The sealed request stays where it is.
    let mut select = refused_messages::Entity::find()
        .select_only()
        .columns([Column::Id, Column::ConnectionId, Column::Reason, Column::Bytes, Column::Address, Column::ReceivedAt])
        .filter(reach.of_connection(Column::ConnectionId));
    if let Some(connection) = connection {
        select = select.filter(Column::ConnectionId.eq(connection.uuid()));
    }
    let sort = Sort { name: "refusedMessages", column: Column::ReceivedAt, id: Column::Id, descending: true };
    let key = |row: &Told| (Key::Number(row.received_at.micros()), row.id);
    Ok(page::fetch(db.read(), select, sort, page, key).await?.map(RefusedNote::from))
}

#[derive(sea_orm::FromQueryResult)]
struct Told {
    id: Uuid,
    connection_id: Uuid,
    reason: String,
    bytes: i64,
    address: Option<String>,
    received_at: Timestamp,
}

impl From<Told> for RefusedNote {
    fn from(row: Told) -> Self {
        Self {
            connection: ConnectionId::from_uuid(row.connection_id),
            reason: row.reason,
            bytes: row.address.is_some().then_some(row.bytes),
            address: row.address,
            received_at: row.received_at,
        }
    }
}

/// Drops refused messages that were replayed.
///
/// # Errors
/// The database's.
pub async fn drop_refused(tx: &Tx, ids: &[RefusedMessageId]) -> Result<(), Error> {
    refused_messages::Entity::delete_many()
        .filter(refused_messages::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .exec(tx.conn())
        .await?;
    Ok(())
}

fn place(id: RefusedMessageId) -> Place {
    Place { table: "refused_messages", row: id.uuid(), column: "sealed" }
}
