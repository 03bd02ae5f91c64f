//! Connections to banks and intermediaries: their keys, and the accounts that they may speak for.

mod find;

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use crate::audit;
use crate::bulk;
use crate::changes::{self, Change};
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::{BankAccountId, ClientId, ConnectionId, ConnectionKeyId};
use crate::ledgers::Owner;
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::seal::Place;
use crate::tables::{bank_accounts, clients, connection_accounts, connection_keys, connections};
use crate::time::Timestamp;

pub use find::{MAX_LISTED_ACCOUNTS, accounts_of, by_word};

/// A connection without its keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connection {
    /// Its id; part of the address that its sender posts to.
    pub id: ConnectionId,
    /// The slug of its connector.
    pub bank: String,
    /// Its name, unique in the hub.
    pub name: String,
    /// Settings of its connector that are no secrets.
    pub extra: BTreeMap<String, String>,
    /// Goes up with every change, so that every process notices within seconds.
    pub version: i64,
    /// The client whose connection it is; none when only the operators see it.
    pub client: Option<ClientId>,
    /// When it was paused; none while it works.
    pub paused_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A connection that is to be made. The connector has checked bank, keys and settings.
#[derive(Clone)]
pub struct NewConnection {
    /// The slug of its connector.
    pub bank: String,
    /// Its name, unique in the hub.
    pub name: String,
    /// Its key, as the provider issued or the hub made it.
    pub key: Vec<u8>,
    /// Settings of its connector that are no secrets.
    pub extra: BTreeMap<String, String>,
    /// The accounts that it may speak for, at least one.
    pub accounts: Vec<BankAccountId>,
    /// The client whose connection it is.
    pub client: Option<ClientId>,
}

/// Makes a connection.
///
/// # Errors
/// `UNKNOWN_ACCOUNT`, `NAME_TAKEN`, `NOT_FOUND` (client).
pub async fn create(tx: &Tx, new: &NewConnection, actor: &str, now: Timestamp) -> Result<Connection, Error> {
    let id = ConnectionId::new(now);
    let known = bank_accounts::Entity::find()
        .filter(bank_accounts::Column::Id.is_in(new.accounts.iter().map(|account| account.uuid())))
        .all(tx.conn())
        .await?;
    if new.accounts.is_empty() || known.len() != new.accounts.len() {
        let (en, vi) =
            ("Every account must be a known one, at least one.", "Mỗi tài khoản phải có trong hệ thống, ít nhất một.");
        return Err(Refusal::new("UNKNOWN_ACCOUNT", en, vi).at("accounts").into());
    }
    if connections::Entity::find().filter(connections::Column::Name.eq(&new.name)).one(tx.conn()).await?.is_some() {
        let (en, vi) = ("A connection of this name exists.", "Đã có kết nối mang tên này.");
        return Err(Refusal::new("NAME_TAKEN", en, vi).at("name").into());
    }
    if let Some(client) = new.client
        && clients::Entity::find_by_id(client.uuid()).one(tx.conn()).await?.is_none()
    {
        return Err(Refusal::not_found("Client").at("clientId").into());
    }
    let row = connections::Model {
        id: id.uuid(),
        bank: new.bank.clone(),
        name: new.name.clone(),
        extra: serde_json::to_string(&new.extra).map_err(Error::internal)?,
        version: 1,
        client_id: new.client.map(ClientId::uuid),
        paused_at: None,
        created_at: now,
    };
    bulk::insert(tx, vec![sea_orm::ActiveModelTrait::reset_all(connections::ActiveModel::from(row.clone()))]).await?;
    let accounts = new.accounts.iter().map(|account| connection_accounts::ActiveModel {
        connection_id: Set(id.uuid()),
        bank_account_id: Set(account.uuid()),
    });
    bulk::insert(tx, accounts.collect()).await?;
    add_key(tx, id, &new.key, now).await?;
    record(tx, id, "connection.created", &new.name, actor, now).await?;
    Connection::try_from(row)
}

/// Gives a connection a new key; the old ones stay valid for `overlap_seconds`.
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
    let connection = connections::Entity::find_by_id(id.uuid()).one(tx.conn()).await?;
    let connection = connection.ok_or_else(|| Refusal::not_found("Connection"))?;
    let running = connection_keys::Entity::find()
        .filter(connection_keys::Column::ConnectionId.eq(id.uuid()))
        .filter(connection_keys::Column::ValidUntil.is_null())
        .all(tx.conn())
        .await?;
    let until = now.plus_seconds(overlap_seconds).micros();
    let ends = running.into_iter().map(|key| vec![key.id.into(), until.into()]).collect();
    bulk::update(tx, "connection_keys", &[("id", "uuid"), ("valid_until", "bigint")], ends).await?;
    add_key(tx, id, key, now).await?;
    let columns = [("id", "uuid"), ("version", "bigint")];
    bulk::update(tx, "connections", &columns, vec![vec![id.uuid().into(), (connection.version + 1).into()]]).await?;
    record(tx, id, "connection.rotated", &connection.name, actor, now).await
}

async fn add_key(tx: &Tx, connection: ConnectionId, key: &[u8], now: Timestamp) -> Result<(), Error> {
    let id = ConnectionKeyId::new(now);
    let row = connection_keys::ActiveModel {
        id: Set(id.uuid()),
        connection_id: Set(connection.uuid()),
        sealed: Set(tx.vault().seal(key_place(id.uuid()), key)?),
        created_at: Set(now),
        valid_until: Set(None),
    };
    bulk::insert(tx, vec![row]).await
}

async fn record(
    tx: &Tx,
    id: ConnectionId,
    kind: &'static str,
    name: &str,
    actor: &str,
    now: Timestamp,
) -> Result<(), Error> {
    changes::append(tx, vec![Change::upsert("Connection", id.uuid(), name, None)], now).await?;
    let payload = serde_json::json!({ "name": name });
    let entry =
        audit::Entry { owner: Owner::Connection(id), kind, subject: id.uuid(), actor: actor.to_owned(), payload };
    audit::append(tx, vec![entry], now).await
}

/// A connection with the keys that are valid now, newest first; none when there is no such connection.
///
/// # Errors
/// The database's, or a key that does not open.
pub async fn with_keys(db: &Db, id: ConnectionId, now: Timestamp) -> Result<Option<(Connection, Vec<Vec<u8>>)>, Error> {
    let Some(row) = connections::Entity::find_by_id(id.uuid()).one(db.read()).await? else { return Ok(None) };
    let keys = connection_keys::Entity::find()
        .filter(connection_keys::Column::ConnectionId.eq(id.uuid()))
        .order_by_desc(connection_keys::Column::CreatedAt)
        .all(db.read())
        .await?;
    let valid = keys.into_iter().filter(|key| key.valid_until.is_none_or(|until| until > now));
    let opened = valid.map(|key| db.vault().open(key_place(key.id), &key.sealed)).collect::<Result<_, _>>()?;
    Ok(Some((Connection::try_from(row)?, opened)))
}

/// The connections in reach, by name.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn visible(db: &Db, reach: &Reach, page: &Page) -> Result<Slice<Connection>, Error> {
    use connections::Column;
    let select = connections::Entity::find().filter(reach.of_connection(Column::Id));
    let sort = Sort { name: "connections", column: Column::Name, id: Column::Id, descending: false };
    page::fetch(db.read(), select, sort, page, |row: &connections::Model| (Key::Text(row.name.clone()), row.id))
        .await?
        .try_map(Connection::try_from)
}

/// Connections in reach by their ids.
///
/// # Errors
/// The database's.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[ConnectionId]) -> Result<Vec<Connection>, Error> {
    let rows = connections::Entity::find()
        .filter(connections::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_connection(connections::Column::Id))
        .all(db.read())
        .await?;
    rows.into_iter().map(Connection::try_from).collect()
}

impl TryFrom<connections::Model> for Connection {
    type Error = Error;

    fn try_from(row: connections::Model) -> Result<Self, Error> {
        Ok(Self {
            id: ConnectionId::from_uuid(row.id),
            bank: row.bank,
            name: row.name,
            extra: serde_json::from_str(&row.extra).map_err(Error::internal)?,
            version: row.version,
            client: row.client_id.map(ClientId::from_uuid),
            paused_at: row.paused_at,
            created_at: row.created_at,
        })
    }
}

fn key_place(row: Uuid) -> Place {
    Place { table: "connection_keys", row, column: "sealed" }
}
