//! Connections to banks and intermediaries: their keys, and the accounts that they may speak for.

mod alter;
mod find;
mod health;
mod keys;
mod listings;
mod tallies;

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::audit;
use crate::bulk;
use crate::changes::{self, Change};
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::{BankAccountId, ClientId, ConnectionId};
use crate::ledgers::Owner;
use crate::networks::Networks;
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::statements;
use crate::tables::{bank_accounts, clients, connection_accounts, connections};
use crate::time::Timestamp;

pub use alter::{Alteration, alter, pause, resume};
pub use find::{MAX_LISTED_ACCOUNTS, accounts_numbered, accounts_of, by_word};
pub use health::{Health, MAX_WAITING_EVENTS, health};
pub use keys::{ConnectionKey, Held, keys_of, retire_keys, rotate, with_keys};
pub use listings::{Asked, Due, Listing, asked, drop_listing, listings_of, set_listing, take_due, untold};
pub use tallies::{KEPT, Sighting, Tally, Traffic, record_traffic, refusals, refusals_of};

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
    /// What it may send, and from where.
    pub limits: Limits,
}

/// What a connection's sender may send, and from where. None means as much as the hub itself allows.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Limits {
    /// The networks from which its messages may come; empty allows every address.
    pub addresses: Networks,
    /// Bytes of a message's body at most.
    pub body_bytes: Option<i64>,
    /// Messages in one second at most, in each process.
    pub messages_per_second: Option<i64>,
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
        allowed_addresses: String::new(),
        body_bytes: None,
        messages_per_second: None,
    };
    bulk::insert(tx, vec![sea_orm::ActiveModelTrait::reset_all(connections::ActiveModel::from(row.clone()))]).await?;
    let accounts = new.accounts.iter().map(|account| connection_accounts::ActiveModel {
        connection_id: Set(id.uuid()),
        bank_account_id: Set(account.uuid()),
    });
    bulk::insert(tx, accounts.collect()).await?;
    keys::add(tx, id, &new.key, now).await?;
    record(tx, id, "connection.created", serde_json::json!({ "name": new.name }), &new.name, (actor, now)).await?;
    Connection::try_from(row)
}

/// Writes into the outbox and the connection's own log what was done to it.
async fn record(
    tx: &Tx,
    id: ConnectionId,
    kind: &'static str,
    payload: serde_json::Value,
    name: &str,
    (actor, now): (&str, Timestamp),
) -> Result<(), Error> {
    changes::append(tx, vec![Change::upsert("Connection", id.uuid(), name, None)], now).await?;
    let entry =
        audit::Entry { owner: Owner::Connection(id), kind, subject: id.uuid(), actor: actor.to_owned(), payload };
    audit::append(tx, vec![entry], now).await
}

/// The connections in reach, by name.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn visible(db: &Db, reach: &Reach, page: &Page) -> Result<Slice<Connection>, Error> {
    use connections::Column;
    let select =
        connections::Entity::find().filter(reach.of_connection(Column::Id)).filter(Column::Bank.ne(statements::BANK));
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
            limits: Limits {
                addresses: Networks::split(&row.allowed_addresses)?,
                body_bytes: row.body_bytes,
                messages_per_second: row.messages_per_second,
            },
        })
    }
}
