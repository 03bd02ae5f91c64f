//! A synthetic province: Ninh Bình with its real communes, and schools, people and money that nobody can take for real.
//!
//! The demo and the bench plant the same rows. [`Province::plan`] decides everything from a seed, so that two plantings are
//! equal; [`plant_ground`] and [`plant_money`] write the plan in few large statements, past the verbs but by their rules:
//! allocations balance, roll-ups are what the ledger adds up to, and nothing of it could be a real person or account.

mod draw;
mod ground;
mod invoice;
mod money;
mod names;
mod people;
mod plan;
mod profiles;
mod review;
mod rows;
mod sorts;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::{Db, Tx};
use crate::error::Error;
use crate::tables::hub;
use crate::time::Timestamp;

pub use ground::plant_ground;
pub use money::plant_money;
pub use plan::{OpenInvoice, Province, School, Size, months};

/// 2026-11-20 08:00 in Vietnam: the fixed moment on which synthetic data hangs.
pub const NOW: Timestamp = Timestamp::from_seconds(1_795_136_400);

/// The province that is planted: Ninh Bình.
pub const PROVINCE: &str = "37";

/// When a synthetic province was planted in this database; none when there is none.
///
/// # Errors
/// The database's.
pub async fn planted_at(db: &Db) -> Result<Option<Timestamp>, Error> {
    let found = hub::Entity::find().select_only().column(hub::Column::PlantedAt).into_tuple().one(db.writer()).await?;
    found.ok_or_else(|| Error::internal("the hub's row is missing"))
}

/// Marks the database as planted. In the transaction that plants last, so that half a province is never taken for one.
///
/// # Errors
/// The database's.
pub async fn mark_planted(tx: &Tx, now: Timestamp) -> Result<(), Error> {
    hub::Entity::update_many()
        .col_expr(hub::Column::PlantedAt, Expr::value(now))
        .filter(hub::Column::Id.eq(1))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Lets the engine count what was planted all at once: without it PostgreSQL plans a recount as if the tables were empty.
///
/// # Errors
/// The database's.
pub async fn count_planted(db: &Db) -> Result<(), Error> {
    db.writer().execute_unprepared("ANALYZE").await?;
    Ok(())
}

#[cfg(test)]
mod tests;
