//! How transactions are read: what every list shows, and the rest only for who asks for it. A list of hundreds is mostly
//! reading, so columns are read by their place.

use chrono::NaiveDate;
use sea_orm::{DbErr, FromQueryResult, QueryResult, QuerySelect, Select};
use uuid::Uuid;

use super::{BankTransaction, Details, Nature};
use crate::db::text;
use crate::error::Error;
use crate::ids::{BankAccountId, BankTransactionId, ConnectionId, SchoolId};
use crate::inbox::{Direction, TransactionStatus};
use crate::matching::ReviewReason;
use crate::money::Vnd;
use crate::page::Key;
use crate::tables::bank_transactions::{Column, Entity};
use crate::time::Timestamp;

/// How much of a transaction is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Extent {
    /// What stands in the index of a school's money.
    Brief,
    /// Everything.
    Whole,
}

const BRIEF: [Column; 8] = [
    Column::Id,
    Column::SchoolId,
    Column::Direction,
    Column::Amount,
    Column::Status,
    Column::BookedOn,
    Column::Method,
    Column::Nature,
];
const DETAILS: [Column; 17] = [
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
];

impl Extent {
    /// The columns of this extent.
    pub(super) fn columns(self) -> impl Iterator<Item = Column> {
        let details = if self == Self::Whole { &DETAILS[..] } else { &[] };
        BRIEF.iter().chain(details).copied()
    }

    /// The same rows with only the columns of this extent.
    pub(super) fn of(self, select: Select<Entity>) -> Select<Entity> {
        select.select_only().columns(self.columns())
    }

    /// The transaction whose columns begin a row.
    pub(super) fn read(self, row: &QueryResult) -> Result<BankTransaction, DbErr> {
        let details = if self == Self::Whole { Some(Box::new(details(row)?)) } else { None };
        Ok(BankTransaction { details, ..brief(row)? })
    }
}

/// The place of a transaction in the order of days.
pub(super) fn key(row: &BankTransaction) -> (Key, Uuid) {
    (Key::Day(row.booked_on), row.id.uuid())
}

/// A row without its details.
pub(super) struct Brief(pub(super) BankTransaction);

/// A row with everything.
pub(super) struct Whole(pub(super) BankTransaction);

impl FromQueryResult for Brief {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Extent::Brief.read(row).map(Self)
    }
}

impl FromQueryResult for Whole {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Extent::Whole.read(row).map(Self)
    }
}

fn brief(row: &QueryResult) -> Result<BankTransaction, DbErr> {
    Ok(BankTransaction {
        id: BankTransactionId::from_uuid(row.try_get_by_index(0)?),
        school: row.try_get_by_index::<Option<Uuid>>(1)?.map(SchoolId::from_uuid),
        direction: match text(row, 2)? {
            "CREDIT" => Direction::Credit,
            _ => Direction::Debit,
        },
        amount: Vnd::new(row.try_get_by_index(3)?),
        status: TransactionStatus::parse(text(row, 4)?).ok_or_else(|| unknown("status"))?,
        booked_on: row.try_get_by_index::<NaiveDate>(5)?,
        method: text(row, 6)?.to_owned(),
        nature: Nature::parse(text(row, 7)?).ok_or_else(|| unknown("nature"))?,
        allocations: None,
        details: None,
    })
}

fn details(row: &QueryResult) -> Result<Details, DbErr> {
    // They follow what is brief.
    let place = |at: usize| BRIEF.len() + at;
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
    })
}

fn unknown(what: &str) -> DbErr {
    DbErr::Type(format!("a stored {what} of a bank transaction is unknown"))
}

impl BankTransaction {
    /// What is only read whole.
    ///
    /// # Errors
    /// When it was read brief, which is a defect of who asked.
    pub fn details(&self) -> Result<&Details, Error> {
        self.details.as_deref().ok_or_else(|| Error::internal("the details of a transaction were not read"))
    }
}
