//! Allocations: which money pays which invoice.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::db::Db;
use crate::error::Error;
use crate::ids::{AllocationId, BankTransactionId, CashPaymentId, InvoiceId, SchoolId};
use crate::money::Vnd;
use crate::reach::Reach;
use crate::tables::allocations::{Column, Entity, Model};
use crate::time::Timestamp;

/// Money that lies, or lay, on an invoice.
#[derive(Clone, Debug)]
pub struct Allocation {
    /// Its id.
    pub id: AllocationId,
    /// The school of both.
    pub school: SchoolId,
    /// The bank transaction that brought the money; none for cash.
    pub bank_transaction: Option<BankTransactionId>,
    /// The cash payment that brought it; none for money of a bank.
    pub cash_payment: Option<CashPaymentId>,
    /// The invoice that it pays.
    pub invoice: InvoiceId,
    /// How much.
    pub amount: Vnd,
    /// `ROBOT` or `HAND`.
    pub origin: String,
    /// Why a person made it.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was undone; none while it stands.
    pub undone_at: Option<Timestamp>,
    /// Why it was undone: `HAND` or `REVERSAL`.
    pub undone_cause: Option<String>,
    /// Why a person undid it.
    pub undo_reason: Option<String>,
}

/// The allocations of these transactions, in reach, oldest first.
///
/// # Errors
/// The database's.
pub async fn of_transactions(db: &Db, reach: &Reach, ids: &[BankTransactionId]) -> Result<Vec<Allocation>, Error> {
    read(db, reach, Column::BankTransactionId.is_in(ids.iter().map(|id| id.uuid()))).await
}

/// The allocations to these invoices, in reach, oldest first.
///
/// # Errors
/// The database's.
pub async fn of_invoices(db: &Db, reach: &Reach, ids: &[InvoiceId]) -> Result<Vec<Allocation>, Error> {
    read(db, reach, Column::InvoiceId.is_in(ids.iter().map(|id| id.uuid()))).await
}

async fn read(db: &Db, reach: &Reach, of: sea_orm::sea_query::SimpleExpr) -> Result<Vec<Allocation>, Error> {
    let rows = Entity::find()
        .filter(of)
        .filter(reach.of_whole_school(Column::SchoolId))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(Allocation::from).collect())
}

impl From<Model> for Allocation {
    fn from(row: Model) -> Self {
        Self {
            id: AllocationId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            bank_transaction: row.bank_transaction_id.map(BankTransactionId::from_uuid),
            cash_payment: row.cash_payment_id.map(CashPaymentId::from_uuid),
            invoice: InvoiceId::from_uuid(row.invoice_id),
            amount: Vnd::new(row.amount),
            origin: row.origin,
            reason: row.reason,
            created_at: row.created_at,
            undone_at: row.undone_at,
            undone_cause: row.undone_cause,
            undo_reason: row.undo_reason,
        }
    }
}
