//! What a person said of credits that look like the same money: that they are not. The robot never asks again.

use std::collections::HashSet;

use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use crate::db::{Tx, rows_per_statement};
use crate::error::Error;
use crate::tables::told_apart::{ActiveModel, Column, Entity};

/// Remembers that a credit is not the same money as these, and that somebody said so.
pub(crate) async fn tell_apart(tx: &Tx, credit: Uuid, others: &HashSet<Uuid>) -> Result<(), Error> {
    let pairs = others.iter().flat_map(|other| [(credit, *other), (*other, credit)]);
    let pairs: HashSet<(Uuid, Uuid)> = pairs.chain([(credit, credit)]).collect();
    let rows: Vec<ActiveModel> = pairs
        .into_iter()
        .map(|(one, other)| ActiveModel { bank_transaction_id: Set(one), other_id: Set(other) })
        .collect();
    for some in rows.chunks(rows_per_statement(2)) {
        let once = OnConflict::columns([Column::BankTransactionId, Column::OtherId]).do_nothing().to_owned();
        Entity::insert_many(some.to_vec()).on_conflict(once).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Whether a person said of this credit that it is no other's money.
pub(crate) async fn is_told_apart(tx: &Tx, credit: Uuid) -> Result<bool, Error> {
    Ok(Entity::find_by_id((credit, credit)).one(tx.conn()).await?.is_some())
}

/// Forgets that two credits were told apart: a person now says that they are the same money.
pub(crate) async fn put_together(tx: &Tx, one: Uuid, other: Uuid) -> Result<(), Error> {
    let pair = |one: Uuid, other: Uuid| Column::BankTransactionId.eq(one).and(Column::OtherId.eq(other));
    Entity::delete_many().filter(pair(one, other).or(pair(other, one))).exec(tx.conn()).await?;
    Ok(())
}

/// The pairs of which one is among these credits.
pub(super) async fn pairs(tx: &Tx, credits: Vec<Uuid>) -> Result<HashSet<(Uuid, Uuid)>, Error> {
    if credits.is_empty() {
        return Ok(HashSet::new());
    }
    let select = Entity::find().select_only().columns([Column::BankTransactionId, Column::OtherId]);
    let found: Vec<(Uuid, Uuid)> =
        select.filter(Column::BankTransactionId.is_in(credits)).into_tuple().all(tx.conn()).await?;
    Ok(found.into_iter().collect())
}
