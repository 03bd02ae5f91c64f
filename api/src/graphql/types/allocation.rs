//! Allocations: which money pays which invoice.

use async_graphql::parser::types::Field;
use async_graphql::{Context, ID, Object, ScalarType, Value};
use entities::allocations;

use super::bank_transaction::BankTransaction;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::quick::AtHand;
use crate::graphql::scalars::{Moment, Vnd};
use crate::graphql::shown::Shown;

/// Money that lies, or lay, on an invoice.
#[derive(Clone, Debug)]
pub struct Allocation(allocations::Allocation);

impl From<allocations::Allocation> for Allocation {
    fn from(row: allocations::Allocation) -> Self {
        Self(row)
    }
}

impl AtHand for Allocation {
    fn at_hand(&self, request: &Request, field: &Field) -> Option<Value> {
        Some(match field.name.node.as_str() {
            "invoiceId" => node_id::encode("Invoice", self.0.invoice.uuid()).0.into(),
            "invoiceCode" if request.may_read("Invoice", "code") => self.0.invoice_code.as_str().into(),
            "amount" => Vnd::from(self.0.amount).to_value(),
            "origin" => self.0.origin.as_str().into(),
            _ => return None,
        })
    }
}

/// Money that lies, or lay, on an invoice (gạch nợ).
#[Object]
impl Allocation {
    /// Global id of the invoice that it pays (phiếu báo thu).
    async fn invoice_id(&self) -> ID {
        node_id::encode("Invoice", self.0.invoice.uuid())
    }

    /// Code of the invoice that it pays (mã phiếu báo thu). Null when masked.
    async fn invoice_code(&self, ctx: &Context<'_>) -> Result<Shown<String>, Fault> {
        let may = Request::of(ctx)?.may_read("Invoice", "code");
        Ok(Shown::when(may, self.0.invoice_code.clone()))
    }

    /// How much (số tiền).
    async fn amount(&self) -> Vnd {
        self.0.amount.into()
    }

    /// `ROBOT` when the hub was sure by itself, `HAND` when a person decided (nguồn).
    async fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Why a person decided so (lý do); null for the robot.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// When it was made (thời điểm gạch nợ).
    async fn created_at(&self) -> Moment {
        self.0.created_at.into()
    }

    /// When it was undone (thời điểm hủy gạch nợ); null while it stands.
    async fn undone_at(&self) -> Option<Moment> {
        self.0.undone_at.map(Into::into)
    }

    /// Why it no longer stands: `HAND` or `REVERSAL` (nguyên nhân hủy); null while it stands.
    async fn undone_cause(&self) -> Option<&str> {
        self.0.undone_cause.as_deref()
    }

    /// Why a person undid it (lý do hủy); null when it stands or the bank took the money back.
    async fn undo_reason(&self) -> Option<&str> {
        self.0.undo_reason.as_deref()
    }

    /// Whether the money was cash (tiền mặt).
    async fn is_cash(&self) -> bool {
        self.0.cash_payment.is_some()
    }

    /// The bank transaction that brought the money (giao dịch ngân hàng). Null for cash, outside the reach, or masked.
    async fn bank_transaction(&self, ctx: &Context<'_>) -> Result<Shown<BankTransaction>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("BankTransaction", "amount") {
            return Ok(Shown::Masked);
        }
        let Some(id) = self.0.bank_transaction else { return Ok(Shown::Value(None)) };
        let found = request.loaders.load_one(id).await?;
        Ok(Shown::Value(found.map(BankTransaction::shown)))
    }
}
