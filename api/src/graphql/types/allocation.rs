//! Allocations: which money pays which invoice.

use async_graphql::{Context, ID, Object, SelectionField};
use entities::allocations::{self, Extent};

use super::bank_transaction::BankTransaction;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::plan::Planned;
use crate::graphql::quick::AtHand;
use crate::graphql::scalars::{Moment, Vnd};
use crate::graphql::shown::Shown;
use crate::graphql::worded::{Priced, Worded};

/// Money that lies, or lay, on an invoice.
#[derive(Clone, Debug)]
pub struct Allocation(allocations::Allocation);

impl From<allocations::Allocation> for Allocation {
    fn from(row: allocations::Allocation) -> Self {
        Self(row)
    }
}

impl AtHand for Allocation {
    fn at_hand(&self, request: &Request, field: &Planned<'_>, out: &mut Worded) -> Option<Priced> {
        at_hand(&self.0, request, field, out)
    }
}

/// Words a field of an allocation that needs no question and no mask.
pub(super) fn at_hand(
    row: &allocations::Allocation,
    request: &Request,
    field: &Planned<'_>,
    out: &mut Worded,
) -> Option<Priced> {
    Some(match field.name {
        "invoiceCode" if field.may(|| request.may_read("Invoice", "code")) => out.plain(&row.invoice_code),
        "amount" => out.plain(&row.standing().ok()?.amount.get()),
        _ => return None,
    })
}

/// The fields of a line.
const LINE: [&str; 2] = ["__typename", "invoiceCode"];
/// Those that need no details of an allocation.
const BRIEF: [&str; 2] = ["amount", "undoneAt"];

/// How much of its allocations a list of transactions needs, whose field for them is this.
pub(super) fn extent(asked: &SelectionField<'_>) -> Extent {
    let of_field = |name| match name {
        name if LINE.contains(&name) => Extent::Line,
        name if BRIEF.contains(&name) => Extent::Brief,
        _ => Extent::Whole,
    };
    asked.selection_set().map(|field| of_field(field.name())).max().unwrap_or(Extent::Line)
}

/// Money that lies, or lay, on an invoice (gạch nợ).
#[Object]
impl Allocation {
    /// Global id of the invoice that it pays (phiếu báo thu).
    async fn invoice_id(&self) -> Result<ID, Fault> {
        Ok(node_id::encode("Invoice", self.0.details()?.invoice.uuid()))
    }

    /// Code of the invoice that it pays (mã phiếu báo thu). Null when masked.
    async fn invoice_code(&self, ctx: &Context<'_>) -> Result<Shown<String>, Fault> {
        let may = Request::of(ctx)?.may_read("Invoice", "code");
        Ok(Shown::when(may, self.0.invoice_code.clone()))
    }

    /// How much (số tiền).
    async fn amount(&self) -> Result<Vnd, Fault> {
        Ok(self.0.standing()?.amount.into())
    }

    /// `ROBOT` when the hub was sure by itself, `HAND` when a person decided (nguồn).
    async fn origin(&self) -> Result<&str, Fault> {
        Ok(&self.0.details()?.origin)
    }

    /// Why a person decided so (lý do); null for the robot.
    async fn reason(&self) -> Result<Option<&str>, Fault> {
        Ok(self.0.details()?.reason.as_deref())
    }

    /// When it was made (thời điểm gạch nợ).
    async fn created_at(&self) -> Result<Moment, Fault> {
        Ok(self.0.details()?.created_at.into())
    }

    /// When it was undone (thời điểm hủy gạch nợ); null while it stands.
    async fn undone_at(&self) -> Result<Option<Moment>, Fault> {
        Ok(self.0.standing()?.undone_at.map(Into::into))
    }

    /// Why it no longer stands: `HAND` or `REVERSAL` (nguyên nhân hủy); null while it stands.
    async fn undone_cause(&self) -> Result<Option<&str>, Fault> {
        Ok(self.0.details()?.undone_cause.as_deref())
    }

    /// Why a person undid it (lý do hủy); null when it stands or the bank took the money back.
    async fn undo_reason(&self) -> Result<Option<&str>, Fault> {
        Ok(self.0.details()?.undo_reason.as_deref())
    }

    /// Whether the money was cash (tiền mặt).
    async fn is_cash(&self) -> bool {
        self.0.bank_transaction.is_none()
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
