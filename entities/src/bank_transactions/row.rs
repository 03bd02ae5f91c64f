//! How transactions are read: what every list shows, and the rest only for who asks for it. A list of hundreds is mostly
//! reading, so columns are read by their place.

use chrono::NaiveDate;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{DbErr, IntoSimpleExpr, QueryResult};
use uuid::Uuid;

use super::{BankTransaction, Details, Nature, Standing};
use crate::db::text;
use crate::error::Error;
use crate::ids::{BankAccountId, BankTransactionId, ConnectionId};
use crate::inbox::{Direction, TransactionStatus};
use crate::matching::ReviewReason;
use crate::money::Vnd;
use crate::page::{Arrays, Key};
use crate::tables::bank_transactions::Column;
use crate::time::Timestamp;

/// How much of a transaction is read; what is more holds what is less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Extent {
    /// What a line of a list shows: day, amount and method.
    Line,
    /// What stands in the index of a school's money.
    Brief,
    /// Everything.
    Whole,
}

/// In the order in which they are read.
const LINE: [Column; 4] = [Column::Id, Column::Amount, Column::BookedOn, Column::Method];
const STANDING: [Column; 3] = [Column::Direction, Column::Status, Column::Nature];
const DETAILS: [Column; 18] = [
    Column::ConnectionId,
    Column::TransactionId,
    Column::BankAccountId,
    Column::OccurredAt,
    Column::ReceivedAt,
    Column::MethodSource,
    Column::Assurance,
    Column::Reference,
    Column::Content,
    Column::PayerName,
    Column::PayerNameSource,
    Column::BankReference,
    Column::Review,
    Column::ReviewReason,
    Column::AllocatedAmount,
    Column::CreditedAmount,
    Column::UpdatedAt,
    Column::SameAs,
];

impl Extent {
    /// The columns of this extent.
    pub(super) fn columns(self) -> impl Iterator<Item = Column> {
        let standing = if self >= Self::Brief { &STANDING[..] } else { &[] };
        let details = if self == Self::Whole { &DETAILS[..] } else { &[] };
        LINE.iter().chain(standing).chain(details).copied()
    }

    /// The columns of this extent, and `more`, of rows that select none yet.
    pub(super) fn of(self, mut rows: SelectStatement, more: Option<Column>) -> SelectStatement {
        rows.exprs(self.columns().chain(more).map(IntoSimpleExpr::into_simple_expr)).take()
    }

    /// The transactions whose columns come next; whole ones are read row by row.
    pub(super) fn read_all(self, arrays: &mut Arrays) -> Result<Vec<BankTransaction>, DbErr> {
        let (ids, amounts) = (arrays.next::<Uuid>()?, arrays.next::<i64>()?);
        let (days, methods) = (arrays.next::<NaiveDate>()?, arrays.next::<String>()?);
        let mut rows: Vec<_> = ids
            .into_iter()
            .zip(amounts)
            .zip(days.into_iter().zip(methods))
            .map(|((id, amount), (booked_on, method))| BankTransaction {
                id: BankTransactionId::from_uuid(id),
                amount: Vnd::new(amount),
                booked_on,
                method,
                allocations: None,
                standing: None,
                details: None,
            })
            .collect();
        if self >= Self::Brief {
            let (directions, statuses) = (arrays.next::<String>()?, arrays.next::<String>()?);
            let said = directions.iter().zip(&statuses).zip(arrays.next::<String>()?);
            for (row, ((direction, status), nature)) in rows.iter_mut().zip(said) {
                row.standing = Some(Standing::parse(direction, status, &nature)?);
            }
        }
        Ok(rows)
    }

    /// The transaction whose columns begin a row.
    pub(super) fn read(self, row: &QueryResult) -> Result<BankTransaction, DbErr> {
        Ok(BankTransaction {
            id: BankTransactionId::from_uuid(row.try_get_by_index(0)?),
            amount: Vnd::new(row.try_get_by_index(1)?),
            booked_on: row.try_get_by_index::<NaiveDate>(2)?,
            method: text(row, 3)?.to_owned(),
            allocations: None,
            standing: if self >= Self::Brief { Some(standing(row)?) } else { None },
            details: if self == Self::Whole { Some(Box::new(details(row)?)) } else { None },
        })
    }
}

/// The place of a transaction in the order of days.
pub(super) fn key(row: &BankTransaction) -> (Key, Uuid) {
    (Key::Day(row.booked_on), row.id.uuid())
}

fn standing(row: &QueryResult) -> Result<Standing, DbErr> {
    let place = |at: usize| LINE.len() + at;
    Standing::parse(text(row, place(0))?, text(row, place(1))?, text(row, place(2))?)
}

impl Standing {
    /// The words in which it is stored.
    fn parse(direction: &str, status: &str, nature: &str) -> Result<Self, DbErr> {
        Ok(Self {
            direction: if direction == "CREDIT" { Direction::Credit } else { Direction::Debit },
            status: TransactionStatus::parse(status).ok_or_else(|| unknown("status"))?,
            nature: Nature::parse(nature).ok_or_else(|| unknown("nature"))?,
        })
    }
}

fn details(row: &QueryResult) -> Result<Details, DbErr> {
    let place = |at: usize| LINE.len() + STANDING.len() + at;
    let reason: Option<String> = row.try_get_by_index(place(13))?;
    Ok(Details {
        connection: ConnectionId::from_uuid(row.try_get_by_index(place(0))?),
        transaction_id: row.try_get_by_index(place(1))?,
        account: row.try_get_by_index::<Option<Uuid>>(place(2))?.map(BankAccountId::from_uuid),
        occurred_at: row.try_get_by_index::<Timestamp>(place(3))?,
        received_at: row.try_get_by_index::<Timestamp>(place(4))?,
        method_source: row.try_get_by_index(place(5))?,
        assurance: row.try_get_by_index(place(6))?,
        reference: row.try_get_by_index(place(7))?,
        content: row.try_get_by_index(place(8))?,
        payer_name: row.try_get_by_index(place(9))?,
        payer_name_source: row.try_get_by_index(place(10))?,
        bank_reference: row.try_get_by_index(place(11))?,
        review: row.try_get_by_index(place(12))?,
        review_reason: reason.as_deref().and_then(ReviewReason::from_code),
        allocated: Vnd::new(row.try_get_by_index(place(14))?),
        credited: Vnd::new(row.try_get_by_index(place(15))?),
        updated_at: row.try_get_by_index::<Timestamp>(place(16))?,
        same_as: row.try_get_by_index::<Option<Uuid>>(place(17))?.map(BankTransactionId::from_uuid),
    })
}

fn unknown(what: &str) -> DbErr {
    DbErr::Type(format!("a stored {what} of a bank transaction is unknown"))
}

impl BankTransaction {
    /// What is read of more than a line.
    ///
    /// # Errors
    /// When only a line was read, which is a defect of who asked.
    pub fn standing(&self) -> Result<Standing, Error> {
        self.standing.ok_or_else(|| Error::internal("the standing of a transaction was not read"))
    }

    /// What is only read whole.
    ///
    /// # Errors
    /// When it was read brief, which is a defect of who asked.
    pub fn details(&self) -> Result<&Details, Error> {
        self.details.as_deref().ok_or_else(|| Error::internal("the details of a transaction were not read"))
    }
}
