//! Transactions together with what they pay, in one statement.

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query as Sql, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, DbErr, IdenStatic, QueryResult};

use super::row::Extent;
use super::seen::own;
use super::{BankTransaction, NEWEST_FIRST};
use crate::allocations::{self, Allocation, Standing};
use crate::db::Db;
use crate::error::Error;
use crate::money::Vnd;
use crate::page::{self, Arrays, Page};
use crate::reach::Reach;
use crate::tables::allocations::{Column as Part, Entity as Parts};
use crate::tables::bank_transactions::{Column, Entity};
use crate::time::Timestamp;

const ROWS: &str = "rows";
const PARTS: &str = "parts";
const OWN: &str = "own";
/// What is read of the allocations of a transaction, each as words of one text in their order, and how the text is called.
const LINE: [(Part, &str); 1] = [(Part::InvoiceCode, "codes")];
const STANDING: [(Part, &str); 2] = [(Part::Amount, "amounts"), (Part::UndoneAt, "undone")];
/// Between words. No code and no number holds it.
const BETWEEN: char = ' ';
/// The word for null.
const NULL: &str = "-";

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
        parts.expr_as(words_of(column), called);
    }
    if own(reach).is_some() {
        parts.expr_as(Expr::cust_with_expr("bool_or($1)", Expr::col((PARTS, OWN))), OWN);
        rows.and_where(Expr::col((PARTS, OWN)));
    }
    let parts = parts.from_subquery(in_order(reach, &asked), PARTS).take();
    rows.join_lateral(JoinType::InnerJoin, parts, PARTS, Expr::cust("TRUE"));
    let columns = extent.columns().map(|column| column.as_str()).chain(asked.iter().map(|(_, called)| *called));
    let mut arrays = Arrays::ask(db, &rows, columns).await?;
    let mut rows = extent.read_all(&mut arrays)?;
    read_parts(&mut rows, &mut arrays, of_each)?;
    Ok(rows)
}

/// What a column says of all allocations of a transaction, as words of one text. An array of each would be a memory of its own
/// in PostgreSQL, made and thrown away for every row, and the arrays would have to be spread out again.
fn words_of(column: Part) -> SimpleExpr {
    let word = match column {
        Part::InvoiceCode => "string_agg($1, ' ')",
        _ => "string_agg(coalesce(CAST($1 AS text), '-'), ' ')",
    };
    Expr::cust_with_expr(word, Expr::col((PARTS, column)))
}

/// Reads the allocations of these rows out of the columns that come next.
fn read_parts(rows: &mut [BankTransaction], arrays: &mut Arrays, extent: allocations::Extent) -> Result<(), DbErr> {
    let codes = arrays.next::<Option<String>>()?;
    let (amounts, undone) = match extent {
        allocations::Extent::Line => (Vec::new(), Vec::new()),
        _ => (arrays.next::<Option<String>>()?, arrays.next::<Option<String>>()?),
    };
    let (mut amounts, mut undone) = (amounts.into_iter().flatten(), undone.into_iter().flatten());
    for (row, codes) in rows.iter_mut().zip(codes) {
        let id = row.id;
        let part = |code: &str| Allocation {
            bank_transaction: Some(id),
            invoice_code: code.to_owned(),
            standing: None,
            details: None,
        };
        let mut parts: Vec<_> = codes.iter().flat_map(|codes| codes.split(BETWEEN)).map(part).collect();
        if extent != allocations::Extent::Line && !parts.is_empty() {
            let said = amounts.next().zip(undone.next()).ok_or_else(unread)?;
            let standings = standings(&said.0, &said.1)?;
            if standings.len() != parts.len() {
                return Err(unread());
            }
            parts.iter_mut().zip(standings).for_each(|(part, standing)| part.standing = Some(standing));
        }
        row.allocations = Some(parts);
    }
    Ok(())
}

/// What the words say of each allocation.
fn standings(amounts: &str, undone: &str) -> Result<Vec<Standing>, DbErr> {
    let number = |word: &str| word.parse::<i64>().map_err(|_| unread());
    let mut undone = undone.split(BETWEEN);
    let standing = |amount: &str| {
        let undone_at = Some(undone.next().ok_or_else(unread)?).filter(|word| *word != NULL).map(number).transpose()?;
        Ok(Standing { amount: Vnd::new(number(amount)?), undone_at: undone_at.map(Timestamp::from_micros) })
    };
    let standings = amounts.split(BETWEEN).map(standing).collect::<Result<_, DbErr>>()?;
    if undone.next().is_some() { Err(unread()) } else { Ok(standings) }
}

fn unread() -> DbErr {
    DbErr::Type("the allocations of a transaction do not fit together".to_owned())
}

/// What is asked of the allocations of the row, oldest first, and whether each makes it a vendor's. Nothing more: what an
/// ordered question does not need PostgreSQL still hands on, as null, for every row.
fn in_order(reach: &Reach, asked: &[(Part, &str)]) -> SelectStatement {
    let of = |column| Expr::col((Parts, column));
    let mut parts = Sql::select();
    parts
        .columns(asked.iter().map(|(column, _)| (Parts, *column)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_how_much_and_since_when_it_is_undone() {
        let said = |amounts, undone| {
            let standings = standings(amounts, undone).map_err(|error| error.to_string())?;
            Ok::<_, String>(standings.into_iter().map(|one| (one.amount.get(), one.undone_at)).collect::<Vec<_>>())
        };
        let undone = Some(Timestamp::from_micros(-7));
        assert_eq!(said("5", "-"), Ok(vec![(5, None)]));
        assert_eq!(said("5 6000 7", "- -7 -"), Ok(vec![(5, None), (6_000, undone), (7, None)]));
        for (amounts, undone) in [("5 6", "-"), ("5", "- -"), ("", "-"), ("5", ""), ("a", "-"), ("5", "b")] {
            assert!(said(amounts, undone).is_err(), "{amounts:?} {undone:?}");
        }
    }
}
