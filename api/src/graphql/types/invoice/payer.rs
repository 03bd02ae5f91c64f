//! Who paid: what the bank or the desk said, and nobody else.

use entities::allocations::Allocation;
use entities::invoices::Invoice;

use super::CashOf;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::shown::Shown;
use crate::graphql::types::bank_transaction::AllocationsTo;

/// The payer of the latest payment that stands, as far as the caller may know.
///
/// # Errors
/// Those of the ledger.
pub(super) async fn of(request: &Request, invoice: &Invoice) -> Result<Shown<String>, Fault> {
    let allocations = request.loaders.load_one(AllocationsTo(invoice.id)).await?.unwrap_or_default();
    let stands = |allocation: &Allocation| allocation.standing().is_ok_and(|standing| standing.undone_at.is_none());
    let Some(latest) = allocations.into_iter().rfind(stands) else {
        return Ok(Shown::Value(None));
    };
    if let Some(id) = latest.bank_transaction {
        let found = request.loaders.load_one(id).await?;
        let may = request.may_read("BankTransaction", "payerName");
        let Some(transaction) = found else { return Ok(Shown::when(may, None)) };
        return Ok(Shown::when(may, transaction.details()?.payer_name.clone()));
    }
    let may = request.may_read("CashPayment", "payerName");
    let cash = request.loaders.load_one(CashOf(invoice.id)).await?.unwrap_or_default();
    let paid_in_cash = latest.details()?.cash_payment;
    let found = cash.into_iter().find(|payment| Some(payment.id) == paid_in_cash);
    Ok(Shown::when(may, found.and_then(|payment| payment.payer_name)))
}
