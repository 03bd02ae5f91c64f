//! Transactions together with what they pay, in one statement.

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query as Sql, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, IdenStatic, QueryResult};

use super::row::Extent;
use super::seen::own;
use super::{BankTransaction, NEWEST_FIRST};
use crate::allocations::{self, Allocation, Standing};
use crate::db::Db;
use crate::error::Error;
use crate::money::Vnd;
use crate::page::{self, Arrays, Page, array_of};
use crate::reach::Reach;
use crate::tables::allocations::{Column as Part, Entity as Parts};
use crate::tables::bank_transactions::{Column, Entity};
use crate::time::Timestamp;

const ROWS: &str = "rows";
const PARTS: &str = "parts";
const OWN: &str = "own";
/// What is read of the allocations of a transaction, each as an array in their order, and how the array is called.
const LINE: [(Part, &str); 1] = [(Part::InvoiceCode, "codes")];
const STANDING: [(Part, &str); 2] = [(Part::Amount, "amounts"), (Part::UndoneAt, "undone")];

/// Reads the rows of a page, each with what its allocations say in a line or in brief, as arrays. PostgreSQL looks at the
/// allocations of a row once, for whether a vendor sees it and for what it shows. The rows are those that concern the reach.
pub(super) async fn gathered(
    db: &Db,
    mut rows: SelectStatement,
    reach: &Reach,
    extent: Extent,
    of_each: allocations::Extent,
) -> Result<Vec<BankTransaction>, Error> {
    let standing = if of_each >= allocations::Extent::Brief { &STANDING[..] } else { &[] };
    let asked: Vec<_> = LINE.iter().chain(standing).copied().collect();
    let mut parts = Sql::select();
    for &(column, called) in &asked {
        rows.column((PARTS, called));
        parts.expr_as(array_of((PARTS, column)), called);
    }
    if own(reach).is_some() {
        parts.expr_as(Expr::cust_with_expr("bool_or($1)", Expr::col((PARTS, OWN))), OWN);
        rows.and_where(Expr::col((PARTS, OWN)));
    }
    let parts = parts.from_subquery(in_order(reach), PARTS).take();
    rows.join_lateral(JoinType::InnerJoin, parts, PARTS, Expr::cust("TRUE"));
    // A transaction is repeated for each of its allocations; without one it stands beside nulls.
    let mut each = Sql::select();
    each.columns(extent.columns().map(|column| (ROWS, column))).from_subquery(rows, ROWS);
    for &(_, called) in &asked {
        let of = Expr::col((ROWS, called));
        each.expr_as(Expr::cust_with_expr("unnest(coalesce($1, '{NULL}'))", of), called);
    }
    let columns = extent.columns().map(|column| column.as_str()).chain(asked.iter().map(|(_, called)| *called));
    let mut arrays = Arrays::ask(db, &each, columns).await?;
    let rows = extent.read_all(&mut arrays)?;
    let parts = parts_of(&rows, &mut arrays, of_each)?;
    Ok(together(rows.into_iter().zip(parts)))
}

/// The allocation beside each row; none beside a row without one.
fn parts_of(
    rows: &[BankTransaction],
    arrays: &mut Arrays,
    extent: allocations::Extent,
) -> Result<Vec<Option<Allocation>>, DbErr> {
    let codes = arrays.next::<Option<String>>()?;
    let standings = match extent {
        allocations::Extent::Line => vec![None; codes.len()],
        _ => {
            let (amounts, undone) = (arrays.next::<Option<i64>>()?, arrays.next::<Option<i64>>()?);
            let undone = undone.into_iter().map(|at| at.map(Timestamp::from_micros));
            let said = amounts.into_iter().map(|amount| amount.map(Vnd::new)).zip(undone);
            said.map(|(amount, undone_at)| amount.map(|amount| Standing { amount, undone_at })).collect()
        }
    };
    let said = rows.iter().zip(codes).zip(standings);
    let part = |((row, code), standing): ((&BankTransaction, Option<String>), _)| {
        code.map(|code| Allocation { bank_transaction: Some(row.id), invoice_code: code, standing, details: None })
    };
    Ok(said.map(part).collect())
}

/// The allocations of the row, oldest first, and whether each makes it a vendor's.
fn in_order(reach: &Reach) -> SelectStatement {
    let of = |column| Expr::col((Parts, column));
    let mut parts = Sql::select();
    parts
        .columns(LINE.iter().chain(&STANDING).map(|(column, _)| (Parts, *column)))
        .from(Parts)
        .and_where(of(Part::SchoolId).equals((Entity, Column::SchoolId)))
        .and_where(of(Part::BankTransactionId).equals((Entity, Column::Id)))
        .order_by((Parts, Part::Id), Order::Asc);
    if let Some(own) = own(reach) {
        parts.expr_as(own, OWN);
    }
    parts
}

/// Transactions that are repeated for each of their allocations, put together again.
fn together(repeated: impl IntoIterator<Item = (BankTransaction, Option<Allocation>)>) -> Vec<BankTransaction> {
    let mut found: Vec<BankTransaction> = Vec::new();
    for (row, part) in repeated {
        match found.last_mut().filter(|last| last.id == row.id) {
            Some(last) => last.allocations.get_or_insert_default().extend(part),
            None => found.push(BankTransaction { allocations: Some(part.into_iter().collect()), ..row }),
        }
    }
    found
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
        .take();
    let rows = db.read().query_all_raw(page::planned(db.read(), &statement)).await?;
    let read = |row: &QueryResult| Ok((extent.read(row)?, of_each.read(row, extent.columns().count())?));
    Ok(together(rows.iter().map(read).collect::<Result<Vec<_>, DbErr>>()?))
}
