//! Allocations: which money pays which invoice.

use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    RelationDef,
};
use uuid::Uuid;

use crate::db::Db;
use crate::error::Error;
use crate::ids::{AllocationId, BankTransactionId, CashPaymentId, InvoiceId, SchoolId};
use crate::money::Vnd;
use crate::reach::Reach;
use crate::tables::allocations::{Column, Entity};
use crate::tables::invoices;
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
    /// The code of that invoice.
    pub invoice_code: String,
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
    let select = Entity::find()
        .select_only()
        .columns(COLUMNS)
        .column(invoices::Column::Code)
        .join(JoinType::InnerJoin, invoice())
        .filter(of)
        .filter(reach.of_whole_school(Column::SchoolId))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    Ok(select.into_model().all(db.read()).await?)
}

fn invoice() -> RelationDef {
    Entity::belongs_to(invoices::Entity).from(Column::InvoiceId).to(invoices::Column::Id).into()
}

/// In the order in which they are read; the invoice's code follows them.
const COLUMNS: [Column; 12] = [
    Column::Id,
    Column::SchoolId,
    Column::BankTransactionId,
    Column::CashPaymentId,
    Column::InvoiceId,
    Column::Amount,
    Column::Origin,
    Column::Reason,
    Column::CreatedAt,
    Column::UndoneAt,
    Column::UndoneCause,
    Column::UndoReason,
];

impl FromQueryResult for Allocation {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            id: AllocationId::from_uuid(row.try_get_by_index(0)?),
            school: SchoolId::from_uuid(row.try_get_by_index(1)?),
            bank_transaction: row.try_get_by_index::<Option<Uuid>>(2)?.map(BankTransactionId::from_uuid),
            cash_payment: row.try_get_by_index::<Option<Uuid>>(3)?.map(CashPaymentId::from_uuid),
            invoice: InvoiceId::from_uuid(row.try_get_by_index(4)?),
            invoice_code: row.try_get_by_index(12)?,
            amount: Vnd::new(row.try_get_by_index(5)?),
            origin: row.try_get_by_index(6)?,
            reason: row.try_get_by_index(7)?,
            created_at: row.try_get_by_index::<Timestamp>(8)?,
            undone_at: row.try_get_by_index::<Option<Timestamp>>(9)?,
            undone_cause: row.try_get_by_index(10)?,
            undo_reason: row.try_get_by_index(11)?,
        })
    }
}
