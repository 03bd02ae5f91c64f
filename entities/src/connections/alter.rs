//! What is changed about a connection that stands: whether it works, what it may send, and for which accounts it speaks.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;
use uuid::Uuid;

use super::{keys, record};
use crate::bulk;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::{BankAccountId, ConnectionId};
use crate::networks::Networks;
use crate::statements;
use crate::tables::{bank_accounts, connection_accounts, connections};
use crate::time::Timestamp;

/// What is to become of a connection.
#[derive(Clone, Default, Debug)]
pub struct Alteration {
    /// The networks from which its messages may come; none leaves them.
    pub addresses: Option<Networks>,
    /// Bytes of a body at most; none leaves it, and none within takes the hub's own.
    pub body_bytes: Option<Option<i64>>,
    /// Messages in one second at most; likewise.
    pub messages_per_second: Option<Option<i64>>,
    /// Accounts that it is to speak for as well.
    pub add: Vec<BankAccountId>,
    /// Accounts that it is to speak for no longer.
    pub remove: Vec<BankAccountId>,
    /// Whether it must speak for exactly one account, because its messages name none.
    pub one_account: bool,
}

/// Pauses a connection: until it is resumed, its sender is told to come again later.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn pause(tx: &Tx, id: ConnectionId, actor: &str, now: Timestamp) -> Result<(), Error> {
    let connection = locked(tx, id).await?;
    if connection.paused_at.is_some() {
        return Ok(());
    }
    set_paused(tx, &connection, Some(now)).await?;
    record(tx, id, "connection.paused", json!({ "name": connection.name }), &connection.name, (actor, now)).await
}

/// Lets a paused connection work again.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn resume(tx: &Tx, id: ConnectionId, actor: &str, now: Timestamp) -> Result<(), Error> {
    let connection = locked(tx, id).await?;
    if connection.paused_at.is_none() {
        return Ok(());
    }
    set_paused(tx, &connection, None).await?;
    record(tx, id, "connection.resumed", json!({ "name": connection.name }), &connection.name, (actor, now)).await
}

async fn set_paused(tx: &Tx, connection: &connections::Model, at: Option<Timestamp>) -> Result<(), Error> {
    let columns = ["id", "version", "paused_at"];
    let values = vec![connection.id.into(), (connection.version + 1).into(), at.map(Timestamp::micros).into()];
    bulk::update(tx, "connections", &columns, vec![values]).await
}

/// Changes limits and accounts of a connection.
///
/// # Errors
/// `NOT_FOUND`, `UNKNOWN_ACCOUNT`, `ACCOUNT_NOT_CONNECTED`, `ACCOUNT_NEEDED`, `ONE_ACCOUNT_NEEDED`.
pub async fn alter(
    tx: &Tx,
    id: ConnectionId,
    alteration: &Alteration,
    actor: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let connection = locked(tx, id).await?;
    let mut row = connection.clone();
    row.version += 1;
    if let Some(addresses) = &alteration.addresses {
        row.allowed_addresses = addresses.to_string();
    }
    row.body_bytes = alteration.body_bytes.unwrap_or(row.body_bytes);
    row.messages_per_second = alteration.messages_per_second.unwrap_or(row.messages_per_second);
    let (added, removed) = accounts(tx, id, alteration).await?;
    let payload = json!({
        "name": row.name,
        "allowedAddresses": row.allowed_addresses,
        "bodyBytes": row.body_bytes,
        "messagesPerSecond": row.messages_per_second,
        "added": added.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "removed": removed.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    let name = row.name.clone();
    bulk::save::<connections::Entity>(tx, vec![row]).await?;
    record(tx, id, "connection.altered", payload, &name, (actor, now)).await
}

/// Adds and removes accounts, and says which.
async fn accounts(tx: &Tx, id: ConnectionId, alteration: &Alteration) -> Result<(Vec<Uuid>, Vec<Uuid>), Error> {
    use connection_accounts::{Column, Entity};
    let uuids = |ids: &[BankAccountId]| ids.iter().map(|id| id.uuid()).collect::<BTreeSet<Uuid>>();
    let (add, remove) = (uuids(&alteration.add), uuids(&alteration.remove));
    if add.is_empty() && remove.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let rows = Entity::find().filter(Column::ConnectionId.eq(id.uuid())).all(tx.conn()).await?;
    let held: BTreeSet<Uuid> = rows.into_iter().map(|row| row.bank_account_id).collect();
    if !remove.is_subset(&held) {
        let (en, vi) = ("The connection does not speak for this account.", "Kết nối không phụ trách tài khoản này.");
        return Err(Refusal::new("ACCOUNT_NOT_CONNECTED", en, vi).at("removeAccounts").into());
    }
    let added: Vec<Uuid> = add.difference(&held).copied().collect();
    let known = bank_accounts::Entity::find().filter(bank_accounts::Column::Id.is_in(added.iter().copied()));
    if known.all(tx.conn()).await?.len() != added.len() {
        let (en, vi) = ("Every account must be a known one.", "Mỗi tài khoản phải có trong hệ thống.");
        return Err(Refusal::new("UNKNOWN_ACCOUNT", en, vi).at("addAccounts").into());
    }
    let left = held.difference(&remove).count() + added.len();
    if left == 0 {
        let (en, vi) = ("A connection speaks for at least one account.", "Kết nối phải có ít nhất một tài khoản.");
        return Err(Refusal::new("ACCOUNT_NEEDED", en, vi).at("removeAccounts").into());
    }
    if alteration.one_account && left != 1 {
        let en = "Messages of this sender name no account, so its connection has exactly one.";
        let vi = "Thông báo của bên gửi này không nêu tài khoản nên kết nối phải có đúng một tài khoản.";
        return Err(Refusal::new("ONE_ACCOUNT_NEEDED", en, vi).at("addAccounts").into());
    }
    let links = added.iter().map(|account| connection_accounts::ActiveModel {
        connection_id: Set(id.uuid()),
        bank_account_id: Set(*account),
    });
    bulk::insert(tx, links.collect()).await?;
    Entity::delete_many()
        .filter(Column::ConnectionId.eq(id.uuid()))
        .filter(Column::BankAccountId.is_in(remove.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok((added, remove.into_iter().collect()))
}

/// The row of a connection, held until the transaction ends: changes of one connection happen one after the other.
pub(super) async fn locked(tx: &Tx, id: ConnectionId) -> Result<connections::Model, Error> {
    let found = bulk::locked::<connections::Entity>(tx, connections::Column::Id, [id.uuid()]).await?;
    found.into_iter().find(|row| row.bank != statements::BANK).ok_or_else(keys::missing)
}

/// Raises the version, so that every process notices.
pub(super) async fn raise(tx: &Tx, connection: &connections::Model) -> Result<(), Error> {
    let columns = ["id", "version"];
    bulk::update(tx, "connections", &columns, vec![vec![connection.id.into(), (connection.version + 1).into()]]).await
}
