//! Cancelling: what was never paid is asked for no longer. What is paid is undone or refunded first.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{Balance, Invoice, InvoiceStatus, lock_by_codes, schools_of};
use crate::audit::{self, Entry};
use crate::batch::{Batch, RowResult, RowStatus, Tally};
use crate::changes::Change;
use crate::codes::InvoiceCode;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ledgers::{self, Owner};
use crate::school_facts;
use crate::tables::invoices;

/// Cancels the invoices with these codes, one result per code in their order; a cancelled one stays as it is.
///
/// # Errors
/// Rows are refused with `NOT_FOUND` outside the reach and `INVOICE_HAS_MONEY` once something is paid; the whole batch
/// with `REAL_DATA_NOT_ENABLED`.
pub async fn cancel(tx: &Tx, batch: &Batch<'_>, codes: &[InvoiceCode]) -> Result<Vec<RowResult>, Error> {
    tx.kind().allow_personal_data()?;
    let schools = school_facts::in_reach(tx, batch.reach, schools_of(tx, codes).await?).await?;
    ledgers::lock(tx, schools.keys().map(|school| Owner::School(*school))).await?;
    let locked = lock_by_codes(tx, codes).await?.into_iter().map(|Balance { invoice, .. }| invoice);
    let mut known: HashMap<String, Invoice> = locked
        .filter(|invoice| schools.contains_key(&invoice.school))
        .map(|invoice| (invoice.code.as_str().to_owned(), invoice))
        .collect();
    let (mut tally, mut cancelled) = (Tally::new("Invoice"), Vec::new());
    for code in codes {
        match judge(known.get_mut(code.as_str())) {
            Err(refusal) => tally.refuse(None, vec![refusal]),
            Ok(invoice) => {
                let is_new = invoice.status != InvoiceStatus::Cancelled;
                let status = if is_new { RowStatus::Updated } else { RowStatus::Unchanged };
                let change = Change::upsert("Invoice", invoice.id.uuid(), code.as_str(), Some(invoice.school));
                tally.accept(None, status, change, None);
                invoice.status = InvoiceStatus::Cancelled;
                cancelled.extend(is_new.then(|| entry(invoice, batch)));
            }
        }
    }
    write(tx, batch, cancelled.iter().map(|entry| entry.subject).collect()).await?;
    audit::append(tx, cancelled, batch.now).await?;
    tally.finish(tx, batch).await
}

fn judge(invoice: Option<&mut Invoice>) -> Result<&mut Invoice, Refusal> {
    let invoice = invoice.ok_or_else(|| Refusal::not_found("invoice").at("codes"))?;
    if invoice.paid.is_positive() {
        return Err(Refusal::new(
            "INVOICE_HAS_MONEY",
            "Money was paid on this invoice; undo or refund it before cancelling.",
            "Phiếu báo thu đã có tiền nộp; hãy hoàn tác hoặc hoàn trả trước khi hủy.",
        )
        .at("codes"));
    }
    Ok(invoice)
}

fn entry(invoice: &Invoice, batch: &Batch<'_>) -> Entry {
    Entry {
        owner: Owner::School(invoice.school),
        kind: "invoice.cancelled",
        subject: invoice.id.uuid(),
        actor: batch.reach.actor().to_owned(),
        payload: json!({ "code": invoice.code.as_str(), "amount": invoice.amount }),
    }
}

async fn write(tx: &Tx, batch: &Batch<'_>, ids: Vec<Uuid>) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    invoices::Entity::update_many()
        .col_expr(invoices::Column::Status, Expr::value(InvoiceStatus::Cancelled.as_str()))
        .col_expr(invoices::Column::UpdatedAt, Expr::value(batch.now.micros()))
        .filter(invoices::Column::Id.is_in(ids))
        .exec(tx.conn())
        .await?;
    Ok(())
}
