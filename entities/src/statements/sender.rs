//! The statement as a sender: what only a statement tells comes through a connection of the account's own, which the hub makes.
//! It has no key and no address, so nobody can speak in its name.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Error;
use crate::ids::{BankAccountId, ConnectionId};
use crate::tables::{connection_accounts, connections};
use crate::time::Timestamp;

/// The slug of connections that stand for an account's statements; no connector has it.
pub const BANK: &str = "statement";

/// The connection of an account's statements, made when there is none. Under the lock of the account's school.
pub(super) async fn of(tx: &Tx, account: BankAccountId, now: Timestamp) -> Result<ConnectionId, Error> {
    if let Some(id) = known(tx, account).await? {
        return Ok(id);
    }
    let id = ConnectionId::new(now);
    let row = connections::ActiveModel {
        id: Set(id.uuid()),
        bank: Set(BANK.to_owned()),
        name: Set(name(account)),
        extra: Set("{}".to_owned()),
        version: Set(1),
        client_id: Set(None),
        paused_at: Set(None),
        created_at: Set(now),
        allowed_addresses: Set(String::new()),
        body_bytes: Set(None),
        messages_per_second: Set(None),
    };
    connections::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(crate::bulk::lost_race)?;
    let speaks =
        connection_accounts::ActiveModel { connection_id: Set(id.uuid()), bank_account_id: Set(account.uuid()) };
    connection_accounts::Entity::insert(speaks).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// The connection of an account's statements; none before the first money that only a statement told.
pub(super) async fn known(tx: &Tx, account: BankAccountId) -> Result<Option<ConnectionId>, Error> {
    let found: Option<Uuid> = connections::Entity::find()
        .select_only()
        .column(connections::Column::Id)
        .filter(connections::Column::Name.eq(name(account)))
        .filter(connections::Column::Bank.eq(BANK))
        .into_tuple()
        .one(tx.conn())
        .await?;
    Ok(found.map(ConnectionId::from_uuid))
}

pub(super) fn name(account: BankAccountId) -> String {
    format!("{BANK}:{account}")
}
