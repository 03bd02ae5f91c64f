//! The keys of connections: old and new overlap while a key is being changed, and one that leaked ends at once.

use std::collections::HashMap;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use super::{Connection, alter, record};
use crate::bulk;
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::{ConnectionId, ConnectionKeyId};
use crate::reach::Reach;
use crate::seal::Place;
use crate::statements;
use crate::tables::{connection_keys, connections};
use crate::time::Timestamp;

/// Keys of one connection that are told of: those that are valid, and the last that were.
const MAX_LISTED_KEYS: usize = 20;

/// A key without its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectionKey {
    /// Its id.
    pub id: ConnectionKeyId,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first moment at which it proves nothing any more; none while no end is set.
    pub valid_until: Option<Timestamp>,
    /// When it last proved a message, to a minute; none while it proved none.
    pub last_used_at: Option<Timestamp>,
}

/// A key that is valid, opened for its connector.
pub struct Held {
    /// Its id.
    pub id: ConnectionKeyId,
    /// The key itself.
    pub bytes: Vec<u8>,
    /// The first moment at which it proves nothing any more; none while no end is set.
    pub valid_until: Option<Timestamp>,
}

/// Gives a connection a new key; the old ones stay valid for `overlap_seconds` at most.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn rotate(
    tx: &Tx,
    id: ConnectionId,
    key: &[u8],
    overlap_seconds: i64,
    actor: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let connection = alter::locked(tx, id).await?;
    end(tx, id, None, now.plus_seconds(overlap_seconds)).await?;
    add(tx, id, key, now).await?;
    alter::raise(tx, &connection).await?;
    let payload = serde_json::json!({ "name": connection.name, "overlapSeconds": overlap_seconds });
    record(tx, id, "connection.rotated", payload, &connection.name, (actor, now)).await
}

/// Ends at once every key of a connection but its newest, as when an old one has leaked.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn retire_keys(tx: &Tx, id: ConnectionId, actor: &str, now: Timestamp) -> Result<(), Error> {
    let connection = alter::locked(tx, id).await?;
    let newest: Option<Uuid> = connection_keys::Entity::find()
        .select_only()
        .column(connection_keys::Column::Id)
        .filter(connection_keys::Column::ConnectionId.eq(id.uuid()))
        .filter(connection_keys::Column::ValidUntil.is_null())
        .order_by_desc(connection_keys::Column::CreatedAt)
        .order_by_desc(connection_keys::Column::Id)
        .into_tuple()
        .one(tx.conn())
        .await?;
    if end(tx, id, newest, now).await? == 0 {
        return Ok(());
    }
    alter::raise(tx, &connection).await?;
    let payload = serde_json::json!({ "name": connection.name });
    record(tx, id, "connection.keysRetired", payload, &connection.name, (actor, now)).await
}

/// Lets the keys of a connection end at `until`, where they would end later or never, and says how many.
async fn end(tx: &Tx, id: ConnectionId, but: Option<Uuid>, until: Timestamp) -> Result<usize, Error> {
    use connection_keys::Column;
    let longer = connection_keys::Entity::find()
        .filter(Column::ConnectionId.eq(id.uuid()))
        .filter(Column::ValidUntil.is_null().or(Column::ValidUntil.gt(until)))
        .all(tx.conn())
        .await?;
    let ends: Vec<_> = longer
        .into_iter()
        .filter(|key| Some(key.id) != but)
        .map(|key| vec![key.id.into(), until.micros().into()])
        .collect();
    let count = ends.len();
    bulk::update(tx, "connection_keys", &["id", "valid_until"], ends).await?;
    Ok(count)
}

pub(super) async fn add(tx: &Tx, connection: ConnectionId, key: &[u8], now: Timestamp) -> Result<(), Error> {
    let id = ConnectionKeyId::new(now);
    let row = connection_keys::ActiveModel {
        id: Set(id.uuid()),
        connection_id: Set(connection.uuid()),
        sealed: Set(tx.vault().seal(place(id.uuid()), key)?),
        created_at: Set(now),
        valid_until: Set(None),
        last_used_at: Set(None),
    };
    bulk::insert(tx, vec![row]).await
}

/// A connection with the keys that are valid now, newest first; none when there is no such connection. A replica may not
/// have heard of a new key yet, so the primary is asked.
///
/// # Errors
/// The database's, or a key that does not open.
pub async fn with_keys(db: &Db, id: ConnectionId, now: Timestamp) -> Result<Option<(Connection, Vec<Held>)>, Error> {
    // The version first: if it is raised before the keys are read, the next look sees another version and reads again.
    let own = connections::Entity::find_by_id(id.uuid()).filter(connections::Column::Bank.ne(statements::BANK));
    let Some(row) = own.one(db.primary()).await? else { return Ok(None) };
    let keys = connection_keys::Entity::find()
        .filter(connection_keys::Column::ConnectionId.eq(id.uuid()))
        .filter(connection_keys::Column::ValidUntil.is_null().or(connection_keys::Column::ValidUntil.gt(now)))
        .order_by_desc(connection_keys::Column::CreatedAt)
        .order_by_desc(connection_keys::Column::Id)
        .all(db.primary())
        .await?;
    let open = |key: connection_keys::Model| {
        let bytes = db.vault().open(place(key.id), &key.sealed)?;
        Ok(Held { id: ConnectionKeyId::from_uuid(key.id), bytes, valid_until: key.valid_until })
    };
    let held = keys.into_iter().map(open).collect::<Result<_, Error>>()?;
    Ok(Some((Connection::try_from(row)?, held)))
}

/// The keys of each of these connections in reach, newest first, without their content.
///
/// # Errors
/// The database's.
pub async fn keys_of(
    db: &Db,
    reach: &Reach,
    ids: &[ConnectionId],
) -> Result<HashMap<ConnectionId, Vec<ConnectionKey>>, Error> {
    use connection_keys::Column;
    let rows = connection_keys::Entity::find()
        .select_only()
        .columns([Column::ConnectionId, Column::Id, Column::CreatedAt, Column::ValidUntil, Column::LastUsedAt])
        .filter(Column::ConnectionId.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_connection(Column::ConnectionId))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .into_model::<Told>()
        .all(db.read())
        .await?;
    let mut keys: HashMap<ConnectionId, Vec<ConnectionKey>> = HashMap::new();
    for row in rows {
        let of = keys.entry(ConnectionId::from_uuid(row.connection_id)).or_default();
        if of.len() < MAX_LISTED_KEYS {
            let Told { id, created_at, valid_until, last_used_at, .. } = row;
            of.push(ConnectionKey { id: ConnectionKeyId::from_uuid(id), created_at, valid_until, last_used_at });
        }
    }
    Ok(keys)
}

/// A key's row without what is sealed.
#[derive(sea_orm::FromQueryResult)]
struct Told {
    connection_id: Uuid,
    id: Uuid,
    created_at: Timestamp,
    valid_until: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
}

/// What a missing connection is answered with.
pub(super) fn missing() -> Error {
    Refusal::not_found("Connection").into()
}

fn place(row: Uuid) -> Place {
    Place { table: "connection_keys", row, column: "sealed" }
}
