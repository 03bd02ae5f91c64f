//! Allocations: which money pays which invoice.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::allocations;
use entities::ids::BankTransactionId;

use super::bank_transaction::BankTransaction;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::scalars::{Moment, Vnd};
use crate::graphql::shown::Shown;

/// Money that lies, or lay, on an invoice (gạch nợ).
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Allocation {
    /// Global id of the invoice that it pays (phiếu báo thu).
    pub invoice_id: ID,
    /// How much (số tiền).
    pub amount: Vnd,
    /// `ROBOT` when the hub was sure by itself, `HAND` when a person decided (nguồn).
    pub origin: String,
    /// Why a person decided so (lý do); null for the robot.
    pub reason: Option<String>,
    /// When it was made (thời điểm gạch nợ).
    pub created_at: Moment,
    /// When it was undone (thời điểm hủy gạch nợ); null while it stands.
    pub undone_at: Option<Moment>,
    /// Why it no longer stands: `HAND` or `REVERSAL` (nguyên nhân hủy); null while it stands.
    pub undone_cause: Option<String>,
    /// Why a person undid it (lý do hủy); null when it stands or the bank took the money back.
    pub undo_reason: Option<String>,
    /// Whether the money was cash (tiền mặt).
    pub is_cash: bool,
    #[graphql(skip)]
    transaction: Option<BankTransactionId>,
}

impl From<allocations::Allocation> for Allocation {
    fn from(row: allocations::Allocation) -> Self {
        Self {
            invoice_id: node_id::encode("Invoice", row.invoice.uuid()),
            amount: row.amount.into(),
            origin: row.origin,
            reason: row.reason,
            created_at: row.created_at.into(),
            undone_at: row.undone_at.map(Into::into),
            undone_cause: row.undone_cause,
            undo_reason: row.undo_reason,
            is_cash: row.cash_payment.is_some(),
            transaction: row.bank_transaction,
        }
    }
}

#[ComplexObject]
impl Allocation {
    /// The bank transaction that brought the money (giao dịch ngân hàng). Null for cash, outside the reach, or masked.
    async fn bank_transaction(&self, ctx: &Context<'_>) -> Result<Shown<BankTransaction>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("BankTransaction", "amount") {
            return Ok(Shown::Masked);
        }
        let Some(id) = self.transaction else { return Ok(Shown::Value(None)) };
        let found = request.loaders.load_one(id).await?;
        Ok(Shown::Value(found.map(|row| BankTransaction::shown(request, row))))
    }
}
