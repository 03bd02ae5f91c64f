//! The version of "who may ask": every verb that changes clients, contracts, users, roles, tokens or signing keys raises
//! it in its own transaction. A process that remembers callers and tokens compares one number to know that they stand.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::{Db, Tx};
use crate::error::Error;
use crate::tables::hub;

/// The version in force. What was loaded under another version is to be forgotten.
pub async fn version(db: &Db) -> Result<i64, Error> {
    let found =
        hub::Entity::find().select_only().column(hub::Column::AccessVersion).into_tuple().one(db.read()).await?;
    found.ok_or_else(|| Error::internal("the hub's row is missing"))
}

/// Raises the version. The lock on its row also puts such changes in order, across processes.
pub(crate) async fn raise(tx: &Tx) -> Result<(), Error> {
    hub::Entity::update_many()
        .col_expr(hub::Column::AccessVersion, Expr::col(hub::Column::AccessVersion).add(1))
        .filter(hub::Column::Id.eq(1))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Words kept in one column, as OAuth writes scopes: separated by single spaces.
pub(crate) fn words(column: &str) -> Vec<String> {
    column.split_whitespace().map(str::to_owned).collect()
}
