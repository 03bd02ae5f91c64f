//! The decision: which invoices a credit pays, if that is sure.

use super::ReviewReason;
use crate::money::Vnd;

/// An invoice that a credit may mean, as the ledger sees it under the lock of its school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenInvoice {
    /// The caller's own number for the invoice, the same wherever the invoice is named; it comes back in [`Part`].
    pub index: usize,
    /// What is still to be paid; zero once it is paid in full.
    pub open: Vnd,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether the receiving account is the one of its school and fund, and the connection may speak for it.
    pub in_scope: bool,
}

/// All that the decision rests on.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The money received.
    pub amount: Vnd,
    /// The invoices named by exact references in the memo, each once, in any order.
    pub referenced: Vec<OpenInvoice>,
    /// Whether the memo also carries a code of the hub's form that names no invoice.
    pub unknown_reference: bool,
    /// The invoices of the student whom the receiving virtual account names; `None` when no virtual account was used.
    pub virtual_account: Option<Vec<OpenInvoice>>,
}

/// Money for one invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// [`OpenInvoice::index`].
    pub index: usize,
    /// Never more than the invoice's open amount, never zero.
    pub amount: Vnd,
}

/// What happens to a credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Book it: the parts and the surplus together are the amount received.
    Allocate {
        /// At least one.
        parts: Vec<Part>,
        /// What is left over becomes credit of the one invoice's student, within the same fund.
        surplus: Vnd,
    },
    /// Wait for a person.
    Review(ReviewReason),
}

/// Decides what a credit pays: an exact reference with a fitting amount, several when their open amounts add up to it, or a
/// virtual account when exactly one open invoice, or all of them together, are that amount. Everything else is reviewed.
#[must_use]
pub fn decide(facts: &Facts) -> Decision {
    settle(facts).unwrap_or_else(Decision::Review)
}

fn settle(facts: &Facts) -> Result<Decision, ReviewReason> {
    if !facts.amount.is_positive() {
        return Err(ReviewReason::NotACredit);
    }
    if facts.unknown_reference {
        // A second code beside a good one means that the payer had two invoices in mind.
        return Err(ReviewReason::UnknownReference);
    }
    match (facts.referenced.as_slice(), &facts.virtual_account) {
        ([], None) => Err(ReviewReason::NoReference),
        ([], Some(invoices)) => by_virtual_account(facts.amount, invoices),
        (referenced, virtual_account) => {
            let of_student = |invoice: &OpenInvoice| {
                virtual_account.as_ref().is_none_or(|own| own.iter().any(|other| other.index == invoice.index))
            };
            if !referenced.iter().all(of_student) {
                return Err(ReviewReason::ReferenceConflict);
            }
            by_reference(facts.amount, referenced)
        }
    }
}

fn by_reference(amount: Vnd, invoices: &[OpenInvoice]) -> Result<Decision, ReviewReason> {
    if invoices.iter().any(|invoice| !invoice.in_scope) {
        return Err(ReviewReason::WrongAccount);
    }
    if invoices.iter().any(|invoice| invoice.cancelled) {
        return Err(ReviewReason::InvoiceCancelled);
    }
    if invoices.iter().any(|invoice| !invoice.open.is_positive()) {
        return Err(ReviewReason::InvoiceAlreadyPaid);
    }
    if let [invoice] = invoices {
        let paid = amount.min(invoice.open);
        let surplus = amount.checked_sub(paid).map_err(|_| ReviewReason::AmountMismatch)?;
        return Ok(Decision::Allocate { parts: vec![Part { index: invoice.index, amount: paid }], surplus });
    }
    if total(invoices) == Some(amount) { Ok(in_full(invoices)) } else { Err(ReviewReason::SeveralInvoices) }
}

fn by_virtual_account(amount: Vnd, invoices: &[OpenInvoice]) -> Result<Decision, ReviewReason> {
    let unpaid = |invoice: &&OpenInvoice| invoice.in_scope && !invoice.cancelled && invoice.open.is_positive();
    let open: Vec<OpenInvoice> = invoices.iter().filter(unpaid).copied().collect();
    let exact: Vec<OpenInvoice> = open.iter().filter(|invoice| invoice.open == amount).copied().collect();
    match (open.len(), exact.len()) {
        (0, _) => Err(ReviewReason::NothingOpen),
        (_, 1) => Ok(in_full(&exact)),
        (_, 0) if total(&open) == Some(amount) => Ok(in_full(&open)),
        (_, 0) => Err(ReviewReason::AmountMismatch),
        _ => Err(ReviewReason::SeveralInvoices),
    }
}

/// `None` when the open amounts together do not fit, which no credit can equal.
fn total(invoices: &[OpenInvoice]) -> Option<Vnd> {
    Vnd::checked_sum(invoices.iter().map(|invoice| invoice.open)).ok()
}

fn in_full(invoices: &[OpenInvoice]) -> Decision {
    let mut parts: Vec<Part> =
        invoices.iter().map(|invoice| Part { index: invoice.index, amount: invoice.open }).collect();
    parts.sort_unstable_by_key(|part| part.index);
    Decision::Allocate { parts, surplus: Vnd::ZERO }
}
