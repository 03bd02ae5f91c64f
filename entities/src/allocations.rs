//! Allocations: which money pays which invoice.

use std::collections::HashMap;

use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::db::Db;
use crate::error::Error;
use crate::ids::{BankTransactionId, CashPaymentId, InvoiceId};
use crate::money::Vnd;
use crate::page;
use crate::reach::Reach;
use crate::tables::allocations::{Column, Entity};
use crate::time::Timestamp;

/// Money that lies, or lay, on an invoice.
#[derive(Clone, Debug)]
pub struct Allocation {
    /// The bank transaction that brought the money; none for cash.
    pub bank_transaction: Option<BankTransactionId>,
    /// The code of the invoice that it pays.
    pub invoice_code: String,
    pub(crate) standing: Option<Standing>,
    pub(crate) details: Option<Box<Details>>,
}

/// What a reader who looks at more than a line asks of an allocation.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// How much.
    pub amount: Vnd,
    /// When it was undone; none while it stands.
    pub undone_at: Option<Timestamp>,
}

/// What not every reader asks of an allocation.
#[derive(Clone, Debug)]
pub struct Details {
    /// The cash payment that brought it; none for money of a bank.
    pub cash_payment: Option<CashPaymentId>,
    /// The invoice that it pays.
    pub invoice: InvoiceId,
    /// `ROBOT` or `HAND`.
    pub origin: String,
    /// Why a person made it.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Why it was undone: `HAND` or `REVERSAL`.
    pub undone_cause: Option<String>,
    /// Why a person undid it.
    pub undo_reason: Option<String>,
}

/// How much of an allocation is read; what is more holds what is less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Extent {
    /// The code of its invoice.
    Line,
    /// What stands in the index of a school's money.
    Brief,
    /// Everything.
    Whole,
}

/// In the order in which they are read.
const LINE: [Column; 3] = [Column::Id, Column::BankTransactionId, Column::InvoiceCode];
const STANDING: [Column; 2] = [Column::Amount, Column::UndoneAt];
const DETAILS: [Column; 7] = [
    Column::CashPaymentId,
    Column::InvoiceId,
    Column::Origin,
    Column::Reason,
    Column::CreatedAt,
    Column::UndoneCause,
    Column::UndoReason,
];

impl Extent {
    /// The columns of this extent.
    pub(crate) fn columns(self) -> impl Iterator<Item = Column> {
        let standing = if self >= Self::Brief { &STANDING[..] } else { &[] };
        let details = if self == Self::Whole { &DETAILS[..] } else { &[] };
        LINE.iter().chain(standing).chain(details).copied()
    }

    /// The allocation whose columns begin at a place of a row; none where a join found none.
    pub(crate) fn read(self, row: &QueryResult, from: usize) -> Result<Option<Allocation>, DbErr> {
        if row.try_get_by_index::<Option<Uuid>>(from)?.is_none() {
            return Ok(None);
        }
        Ok(Some(Allocation {
            bank_transaction: row.try_get_by_index::<Option<Uuid>>(from + 1)?.map(BankTransactionId::from_uuid),
            invoice_code: row.try_get_by_index(from + 2)?,
            standing: if self >= Self::Brief { Some(standing(row, from + LINE.len())?) } else { None },
            details: match self {
                Self::Line | Self::Brief => None,
                Self::Whole => Some(Box::new(details(row, from + LINE.len() + STANDING.len())?)),
            },
        }))
    }
}

fn standing(row: &QueryResult, from: usize) -> Result<Standing, DbErr> {
    Ok(Standing {
        amount: Vnd::new(row.try_get_by_index(from)?),
        undone_at: row.try_get_by_index::<Option<Timestamp>>(from + 1)?,
    })
}

fn details(row: &QueryResult, from: usize) -> Result<Details, DbErr> {
    Ok(Details {
        cash_payment: row.try_get_by_index::<Option<Uuid>>(from)?.map(CashPaymentId::from_uuid),
        invoice: InvoiceId::from_uuid(row.try_get_by_index(from + 1)?),
        origin: row.try_get_by_index(from + 2)?,
        reason: row.try_get_by_index(from + 3)?,
        created_at: row.try_get_by_index::<Timestamp>(from + 4)?,
        undone_cause: row.try_get_by_index(from + 5)?,
        undo_reason: row.try_get_by_index(from + 6)?,
    })
}

impl Allocation {
    /// What is read of more than a line.
    ///
    /// # Errors
    /// When only a line was read, which is a defect of who asked.
    pub fn standing(&self) -> Result<Standing, Error> {
        self.standing.ok_or_else(|| Error::internal("the standing of an allocation was not read"))
    }

    /// What is only read whole.
    ///
    /// # Errors
    /// When it was not read whole, which is a defect of who asked.
    pub fn details(&self) -> Result<&Details, Error> {
        self.details.as_deref().ok_or_else(|| Error::internal("the details of an allocation were not read"))
    }
}

/// The allocations of each of these transactions, in reach, oldest first.
///
/// # Errors
/// The database's.
pub async fn of_transactions(
    db: &Db,
    reach: &Reach,
    ids: &[BankTransactionId],
) -> Result<HashMap<BankTransactionId, Vec<Allocation>>, Error> {
    let all = read(db, reach, Column::BankTransactionId.is_in(ids.iter().map(|id| id.uuid()))).await?;
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for one in all {
        if let Some(transaction) = one.bank_transaction {
            found.entry(transaction).or_default().push(one);
        }
    }
    Ok(found)
}

/// The allocations to each of these invoices, in reach, oldest first.
///
/// # Errors
/// The database's.
pub async fn of_invoices(
    db: &Db,
    reach: &Reach,
    ids: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<Allocation>>, Error> {
    let all = read(db, reach, Column::InvoiceId.is_in(ids.iter().map(|id| id.uuid()))).await?;
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for one in all {
        found.entry(one.details()?.invoice).or_default().push(one);
    }
    Ok(found)
}

async fn read(db: &Db, reach: &Reach, of: SimpleExpr) -> Result<Vec<Allocation>, Error> {
    let select = Entity::find()
        .select_only()
        .columns(Extent::Whole.columns())
        .filter(of)
        .filter(reach.of_whole_school(Column::SchoolId))
        // Ids are made in the order of time.
        .order_by_asc(Column::Id);
    let rows = db.read().query_all_raw(page::planned(db.read(), &select.into_query())).await?;
    let rows = rows.iter().map(|row| Extent::Whole.read(row, 0));
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}
