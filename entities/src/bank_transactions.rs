//! Bank transactions: money that moved, as banks tell it, and the review queue of what waits for a person.

mod by_hand;
mod heard;
mod other;
mod paying;
mod row;
mod same;
mod seen;

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, IntoSimpleExpr, QueryResult};

use crate::allocations::{self, Allocation};
use crate::db::{Db, Engine};
use crate::error::Error;
use crate::ids::{BankAccountId, BankTransactionId, ConnectionId, SchoolId};
use crate::inbox::{Direction, TransactionStatus};
use crate::matching::ReviewReason;
use crate::money::Vnd;
use crate::page::{self, Arrays, Page, Rows, Slice, Sort};
use crate::reach::Reach;
use crate::tables::bank_transactions::{Column, Entity};
use crate::time::Timestamp;

pub use heard::{MAX_HEARD, also_heard};
pub use row::Extent;
pub(crate) use seen::within;
use seen::{concerning, ground, known, shown};

pub use other::mark_other;
pub use same::mark_same;

pub use by_hand::{HandAllocation, HandAllocations, Nature, allocate, classify, unallocate};

/// A bank transaction.
#[derive(Clone, Debug)]
pub struct BankTransaction {
    /// Its id.
    pub id: BankTransactionId,
    /// How much.
    pub amount: Vnd,
    /// The Vietnam day of the bank's booking.
    pub booked_on: NaiveDate,
    /// Code of the payment method.
    pub method: String,
    /// Which invoices it pays, or paid, oldest first; none where they were not read with it.
    pub allocations: Option<Vec<Allocation>>,
    standing: Option<Standing>,
    details: Option<Box<Details>>,
}

/// What a reader who looks at more than a line asks of a transaction.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Into or out of the account.
    pub direction: Direction,
    /// The merged status.
    pub status: TransactionStatus,
    /// What kind of money it is.
    pub nature: Nature,
}

/// What not every reader asks of a transaction.
#[derive(Clone, Debug)]
pub struct Details {
    /// The connection that told of it.
    pub connection: ConnectionId,
    /// The sender's name for it.
    pub transaction_id: String,
    /// The account that received it; none when it lies outside the connection's accounts.
    pub account: Option<BankAccountId>,
    /// When the bank booked it.
    pub occurred_at: Timestamp,
    /// When the hub first heard of it.
    pub received_at: Timestamp,
    /// `BANK_STATED`, `DECLARED` or `UNKNOWN`.
    pub method_source: String,
    /// `HIGH` for a signature, `LOW` for a static key.
    pub assurance: String,
    /// The order or bill code that the sender named.
    pub reference: Option<String>,
    /// The transfer text.
    pub content: Option<String>,
    /// Who paid, as the bank says it.
    pub payer_name: Option<String>,
    /// `BANK`, `PAY_PAGE`, `DESK` or `MISSING`.
    pub payer_name_source: String,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// Whether it waits for a person: `NONE`, `WAITING`, `RESOLVED`.
    pub review: String,
    /// Why it waits.
    pub review_reason: Option<ReviewReason>,
    /// How much of it lies on invoices.
    pub allocated: Vnd,
    /// How much of it is a student's credit.
    pub credited: Vnd,
    /// When anything about it changed last.
    pub updated_at: Timestamp,
    /// The transaction that counts, where another sender told of the same money; none when this one counts.
    pub same_as: Option<BankTransactionId>,
}

/// Which transactions are wanted.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub struct Filter {
    /// Of this school only.
    pub school: Option<SchoolId>,
    /// Through this connection only.
    pub connection: Option<ConnectionId>,
    /// In this status only.
    pub status: Option<TransactionStatus>,
    /// Booked on or after this day.
    pub booked_from: Option<NaiveDate>,
    /// Booked on or before this day.
    pub booked_to: Option<NaiveDate>,
    /// Only what waits for a person.
    pub waiting: bool,
}

/// How transactions lie in pages.
pub(crate) const NEWEST_FIRST: Sort<Column> =
    Sort { name: "bankTransactions", column: Column::BookedOn, id: Column::Id, descending: true };

/// The transactions in reach, newest booking first, with what they pay where that is asked for.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn visible(
    db: &Db,
    reach: &Reach,
    filter: &Filter,
    page: &Page,
    extent: Extent,
    allocations: Option<allocations::Extent>,
) -> Result<Slice<BankTransaction>, Error> {
    let (schools, ground) = match filter.school {
        Some(school) => known(db, reach, &[school]).await?,
        None => (Vec::new(), ground(reach)),
    };
    let rows = |inside, more| page::rows_of(extent.of(wanted(inside, filter), more), &NEWEST_FIRST, page);
    let found = match allocations {
        // A page that makes no sense is refused all the same.
        _ if filter.school.is_some() && schools.is_empty() => rows(ground, None).map(|_| Vec::new())?,
        None => read(db, &rows(shown(reach, ground), None)?, |row| extent.read(row)).await?,
        Some(of_each) if gathers(db, extent) && of_each < allocations::Extent::Whole => {
            paying::gathered(db, rows(concerning(reach, ground), None)?, reach, extent, of_each).await?
        }
        Some(of_each) => {
            paying::joined(db, rows(shown(reach, ground), Some(Column::SchoolId))?, page, extent, of_each).await?
        }
    };
    Ok(page::cut(found, &NEWEST_FIRST, page, row::key))
}

/// The first page of the transactions of each of these schools that the filter leaves, newest booking first; its own `school`
/// is not looked at. One statement.
///
/// # Errors
/// The database's.
pub async fn of_schools(
    db: &Db,
    reach: &Reach,
    schools: &[SchoolId],
    filter: &Filter,
    rows: Rows,
    extent: Extent,
) -> Result<HashMap<SchoolId, Slice<BankTransaction>>, Error> {
    let filter = Filter { school: None, ..filter.clone() };
    let (schools, ground) = known(db, reach, schools).await?;
    let parents: Vec<_> = schools.iter().map(|id| id.uuid()).collect();
    let of = |school| {
        extent.of(
            wanted(shown(reach, ground), &filter).and_where(Column::SchoolId.into_simple_expr().eq(school)).take(),
            None,
        )
    };
    let keyed = |row: BankTransaction| (row::key(&row), row);
    let found = if gathers(db, extent) {
        let read = |arrays: &mut Arrays| Ok(extent.read_all(arrays)?.into_iter().map(keyed).collect());
        page::first_arrays_of_each(db, &parents, of, extent.columns(), NEWEST_FIRST, rows, read).await?
    } else {
        page::first_of_each(db, &parents, of, NEWEST_FIRST, rows, |row| Ok(keyed(extent.read(row)?))).await?
    };
    Ok(found.into_iter().map(|(school, page)| (SchoolId::from_uuid(school), page)).collect())
}

/// How many transactions are in reach, counted to 10,000; the flag says whether there are more.
///
/// # Errors
/// The database's.
pub async fn count(db: &Db, reach: &Reach, filter: &Filter) -> Result<(u64, bool), Error> {
    page::count(db.read(), wanted(within(reach), filter)).await
}

/// Transactions in reach by their ids.
///
/// # Errors
/// The database's.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[BankTransactionId]) -> Result<Vec<BankTransaction>, Error> {
    let named = Column::Id.is_in(ids.iter().map(|id| id.uuid()));
    let rows = wanted(within(reach), &Filter::default()).and_where(named).take();
    read(db, &Extent::Whole.of(rows, None), |row| Extent::Whole.read(row)).await
}

/// Whether transactions are read as arrays: dozens of columns and their details are not worth it.
fn gathers(db: &Db, extent: Extent) -> bool {
    db.engine() == Engine::Postgres && extent < Extent::Whole
}

async fn read(
    db: &Db,
    rows: &SelectStatement,
    turn: impl Fn(&QueryResult) -> Result<BankTransaction, DbErr>,
) -> Result<Vec<BankTransaction>, Error> {
    let rows = db.read().query_all_raw(page::planned(db.read(), rows)).await?;
    Ok(rows.iter().map(turn).collect::<Result<_, _>>()?)
}

/// The rows that lie inside and that the filter leaves; their columns are for who asks. The mapper's own `find` would list
/// them all first.
fn wanted(inside: SimpleExpr, filter: &Filter) -> SelectStatement {
    let mut rows = Query::select().from(Entity).and_where(inside).take();
    if let Some(school) = filter.school {
        rows.and_where(Column::SchoolId.eq(school.uuid()));
    }
    if let Some(connection) = filter.connection {
        rows.and_where(Column::ConnectionId.eq(connection.uuid()));
    }
    if let Some(status) = filter.status {
        rows.and_where(Column::Status.eq(status.as_str()));
    }
    if let Some(day) = filter.booked_from {
        rows.and_where(Column::BookedOn.gte(day));
    }
    if let Some(day) = filter.booked_to {
        rows.and_where(Column::BookedOn.lte(day));
    }
    if filter.waiting {
        rows.and_where(Column::Review.eq("WAITING"));
    }
    rows
}
