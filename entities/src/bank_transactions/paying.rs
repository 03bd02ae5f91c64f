//! Transactions together with what they pay, in one statement.

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query as Sql, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use sqlx::Row;

use super::row::Extent;
use super::{BankTransaction, NEWEST_FIRST, own};
use crate::allocations::{self, Allocation};
use crate::db::Db;
use crate::error::Error;
use crate::page::{self, Page};
use crate::reach::Reach;
use crate::tables::allocations::{Column as Part, Entity as Parts};
use crate::tables::bank_transactions::{Column, Entity};

const ROWS: &str = "rows";
const PARTS: &str = "parts";
const OWN: &str = "own";
/// What is read of the allocations of a transaction, each as an array in their order.
const ARRAYS: [Part; 3] = [Part::InvoiceCode, Part::Amount, Part::UndoneAt];

/// Reads the rows of a page, each with arrays of what its allocations say in brief: PostgreSQL looks at the allocations of a
/// row once, for whether a vendor sees it and for what it shows. The rows are those that concern the reach.
pub(super) async fn gathered(
    db: &Db,
    mut rows: SelectStatement,
    reach: &Reach,
    extent: Extent,
) -> Result<Vec<BankTransaction>, Error> {
    let of = |column| Expr::col((Parts, column));
    let mut in_order = Sql::select();
    in_order
        .columns(ARRAYS.map(|column| (Parts, column)))
        .from(Parts)
        .and_where(of(Part::SchoolId).equals((Entity, Column::SchoolId)))
        .and_where(of(Part::BankTransactionId).equals((Entity, Column::Id)))
        .order_by((Parts, Part::Id), Order::Asc);
    let mut parts = Sql::select();
    for column in ARRAYS {
        rows.column((PARTS, column));
        parts.expr_as(Expr::cust_with_expr("array_agg($1)", Expr::col((PARTS, column))), column);
    }
    if let Some(own) = own(reach) {
        in_order.expr_as(own, OWN);
        parts.expr_as(Expr::cust_with_expr("bool_or($1)", Expr::col((PARTS, OWN))), OWN);
        rows.and_where(Expr::col((PARTS, OWN)));
    }
    let parts = parts.from_subquery(in_order, PARTS).to_owned();
    rows.join_lateral(JoinType::InnerJoin, parts, PARTS, Expr::cust("TRUE"));
    let found = db.read().query_all_raw(page::planned(db.read(), &rows)).await?;
    let turn = |row: &QueryResult| {
        let mut transaction = extent.read(row)?;
        transaction.allocations = Some(arrays(row, extent.columns().count(), &transaction)?);
        Ok::<_, DbErr>(transaction)
    };
    Ok(found.iter().map(turn).collect::<Result<_, _>>()?)
}

/// The allocations of a row whose arrays begin at a place; null arrays are none.
fn arrays(row: &QueryResult, from: usize, of: &BankTransaction) -> Result<Vec<Allocation>, DbErr> {
    let Some(row) = row.try_as_pg_row() else { return Err(DbErr::Type("arrays are PostgreSQL's".to_owned())) };
    let bad = |error: sqlx::Error| DbErr::Type(error.to_string());
    let Some(codes) = row.try_get::<Option<Vec<String>>, _>(from).map_err(bad)? else { return Ok(Vec::new()) };
    let amounts: Vec<i64> = row.try_get(from + 1).map_err(bad)?;
    let undone: Vec<Option<i64>> = row.try_get(from + 2).map_err(bad)?;
    let parts = codes.into_iter().zip(amounts).zip(undone);
    Ok(parts.map(|((code, amount), undone)| Allocation::brief(of.id, code, amount, undone)).collect())
}

/// Reads the rows of a page, each with its allocations, oldest first; a transaction is repeated for each of them. They are of
/// the transaction's school, so that its reach is theirs.
pub(super) async fn joined(
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
    unrepeated(&rows, extent, of_each)
}

fn unrepeated(
    rows: &[QueryResult],
    extent: Extent,
    of_each: allocations::Extent,
) -> Result<Vec<BankTransaction>, Error> {
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
