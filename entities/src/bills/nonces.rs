//! Calls that were taken: a nonce is taken once, by one of however many processes.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};

use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::ConnectionId;
use crate::tables::bill_nonces::{ActiveModel, Column, Entity, Model};
use crate::time::Timestamp;

/// Takes a nonce of a connection, which is remembered until `expires_at`; says no when it was taken before.
///
/// # Errors
/// The database's.
pub async fn take_nonce(tx: &Tx, connection: ConnectionId, nonce: &str, expires_at: Timestamp) -> Result<bool, Error> {
    let row = Model { connection_id: connection.uuid(), nonce: nonce.to_owned(), expires_at };
    let once = OnConflict::columns([Column::ConnectionId, Column::Nonce]).do_nothing().to_owned();
    let insert = Entity::insert(ActiveModel::from(row).reset_all()).on_conflict(once);
    Ok(insert.exec_without_returning(tx.conn()).await? == 1)
}

/// Forgets nonces whose calls cannot be proven any more.
///
/// # Errors
/// The database's.
pub async fn drop_expired(db: &Db, now: Timestamp) -> Result<u64, Error> {
    let expired = Entity::delete_many().filter(Column::ExpiresAt.lt(now));
    crate::transaction!(db, |tx| Ok(expired.clone().exec(tx.conn()).await?.rows_affected))
}
