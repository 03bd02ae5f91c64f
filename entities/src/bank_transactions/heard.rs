//! Which other transactions tell of the money that one counts.

use std::collections::HashMap;

use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{IntoSimpleExpr, QueryResult};

use super::{BankTransaction, Extent, Filter, NEWEST_FIRST, row, wanted, within};
use crate::db::Db;
use crate::error::Error;
use crate::ids::BankTransactionId;
use crate::page::{self, Rows, Slice};
use crate::reach::Reach;
use crate::tables::bank_transactions::Column;

/// How many of them are shown of one transaction; each sender tells of money once, and hardly any account has more than three.
pub const MAX_HEARD: u32 = 10;

/// The transactions in reach that are the same money as each of these, which count: newest booking first, [`MAX_HEARD`] at
/// most, whole. One that nobody else told of is absent. One statement.
///
/// # Errors
/// The database's.
pub async fn also_heard(
    db: &Db,
    reach: &Reach,
    counting: &[BankTransactionId],
) -> Result<HashMap<BankTransactionId, Vec<BankTransaction>>, Error> {
    let parents: Vec<_> = counting.iter().map(|id| id.uuid()).collect();
    let of = |counts: SimpleExpr| {
        let same = Column::SameAs.into_simple_expr().eq(counts);
        Extent::Whole.of(wanted(within(reach), &Filter::default()).and_where(same).take(), None)
    };
    let rows = Rows { most: MAX_HEARD, and_more: false };
    let read = |found: &QueryResult| {
        let row = Extent::Whole.read(found)?;
        Ok((row::key(&row), row))
    };
    let found = page::first_of_each(db, &parents, of, NEWEST_FIRST, rows, read).await?;
    let whole = |page: Slice<BankTransaction>| page.rows.into_iter().map(|(_, row)| row).collect();
    Ok(found.into_iter().map(|(counts, page)| (BankTransactionId::from_uuid(counts), whole(page))).collect())
}
