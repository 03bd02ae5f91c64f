//! Transactions together with what they pay: one statement, whose rows repeat a transaction for each of its allocations.

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query as Sql, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};

use super::row::Extent;
use super::{BankTransaction, NEWEST_FIRST};
use crate::allocations;
use crate::db::Db;
use crate::error::Error;
use crate::page::{self, Page};
use crate::tables::allocations::{Column as Part, Entity as Parts};
use crate::tables::bank_transactions::Column;

const ROWS: &str = "rows";

/// Reads the rows of a page, each with its allocations, oldest first. They are of the transaction's school, so that its reach
/// is theirs.
pub(super) async fn read(
    db: &Db,
    rows: SelectStatement,
    page: &Page,
    extent: Extent,
    of_each: allocations::Extent,
) -> Result<Vec<BankTransaction>, Error> {
    let order = page::direction(&NEWEST_FIRST, page);
    let of = |column| Expr::col((ROWS, column));
    let belongs = of(Column::SchoolId)
        .equals((Parts, Part::SchoolId))
        .and(of(Column::Id).equals((Parts, Part::BankTransactionId)));
    let statement = Sql::select()
        .columns(extent.columns().map(|column| (ROWS, column)))
        .columns(of_each.columns().map(|column| (Parts, column)))
        .from_subquery(rows, ROWS)
        .join(JoinType::LeftJoin, Parts, belongs)
        .order_by((ROWS, Column::BookedOn), order.clone())
        .order_by((ROWS, Column::Id), order)
        .order_by((Parts, Part::Id), Order::Asc)
        .to_owned();
    let rows = db.read().query_all_raw(page::planned(db.read(), &statement)).await?;
    gathered(&rows, extent, of_each)
}

fn gathered(rows: &[QueryResult], extent: Extent, of_each: allocations::Extent) -> Result<Vec<BankTransaction>, Error> {
    let mut found: Vec<BankTransaction> = Vec::with_capacity(rows.len());
    for row in rows {
        let allocation = of_each.read(row, extent.columns().count())?;
        let is_another =
            found.last().is_none_or(|last| Some(last.id) != allocation.as_ref().and_then(|one| one.bank_transaction));
        if is_another {
            found.push(BankTransaction { allocations: Some(Vec::new()), ..extent.read(row)? });
        }
        if let Some(last) = found.last_mut() {
            last.allocations.get_or_insert_default().extend(allocation);
        }
    }
    Ok(found)
}
