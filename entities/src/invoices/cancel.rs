//! Cancelling: what was never paid is asked for no longer. What is paid is undone or refunded first.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{Balance, InvoiceStatus, lock_by_codes, schools_of};
use crate::audit::{self, Entry};
use crate::batch::Batch;
use crate::changes::{self, Change};
use crate::codes::InvoiceCode;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::InvoiceId;
use crate::ledgers::{self, Owner};
use crate::school_facts;
use crate::tables::invoices;

/// Cancels an invoice; a cancelled one stays cancelled and nothing is written.
///
/// # Errors
/// `NOT_FOUND` outside the reach; `INVOICE_HAS_MONEY` once something is paid; `REAL_DATA_NOT_ENABLED`.
pub async fn cancel(tx: &Tx, batch: &Batch<'_>, code: &InvoiceCode) -> Result<InvoiceId, Error> {
    tx.kind().allow_personal_data()?;
    let codes = std::slice::from_ref(code);
    let schools = school_facts::in_reach(tx, batch.reach, schools_of(tx, codes).await?).await?;
    ledgers::lock(tx, schools.keys().map(|school| Owner::School(*school))).await?;
    let found = if schools.is_empty() { Vec::new() } else { lock_by_codes(tx, codes).await? };
    let Some(Balance { invoice, .. }) = found.into_iter().next() else {
        return Err(Refusal::not_found("invoice").at("code").into());
    };
    if invoice.status == InvoiceStatus::Cancelled {
        return Ok(invoice.id);
    }
    if invoice.paid.is_positive() {
        return Err(Refusal::new(
            "INVOICE_HAS_MONEY",
            "Money was paid on this invoice; undo or refund it before cancelling.",
            "Phiếu báo thu đã có tiền nộp; hãy hoàn tác hoặc hoàn trả trước khi hủy.",
        )
        .at("code")
        .into());
    }
    invoices::Entity::update_many()
        .col_expr(invoices::Column::Status, Expr::value(InvoiceStatus::Cancelled.as_str()))
        .col_expr(invoices::Column::UpdatedAt, Expr::value(batch.now.micros()))
        .filter(invoices::Column::Id.eq(invoice.id.uuid()))
        .exec(tx.conn())
        .await?;
    let change = Change::upsert("Invoice", invoice.id.uuid(), invoice.code.as_str(), Some(invoice.school));
    changes::append(tx, vec![change], batch.now).await?;
    let entry = Entry {
        owner: Owner::School(invoice.school),
        kind: "invoice.cancelled",
        subject: invoice.id.uuid(),
        actor: batch.reach.actor().to_owned(),
        payload: json!({ "code": invoice.code.as_str(), "amount": invoice.amount }),
    };
    audit::append(tx, vec![entry], batch.now).await?;
    Ok(invoice.id)
}
