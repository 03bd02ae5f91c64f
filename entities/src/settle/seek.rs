//! How a settled credit seeks its invoices: by the words that it was told with, and by the student of its virtual account.

use std::collections::BTreeSet;

use super::book::{By, allocate, review};
use super::words::Words;
use super::world::{Account, World};
use crate::error::Error;
use crate::ids::{InvoiceId, StudentId};
use crate::invoices::InvoiceStatus;
use crate::matching::{Decision, Facts, OpenInvoice, ReviewReason, decide};
use crate::money::Vnd;
use crate::tables::bank_transactions::Model;
use crate::time::Timestamp;

/// What the rules say of the credit at a place, whose words are read; what other senders told is not looked at.
pub(super) fn decision(world: &World, at: usize) -> Decision {
    let row = &world.held[at].row;
    let own = world.scopes.values().flatten().find(|account| Some(account.id.uuid()) == row.bank_account_id);
    let student = row.virtual_account_id.and_then(|id| world.students.get(&id).copied());
    own.map_or(Decision::Review(ReviewReason::WrongAccount), |account| decide(&facts(world, row, *account, student)))
}

/// Does what was decided: books the credit, or lets it wait with the reason.
pub(super) fn obey(world: &mut World, at: usize, decision: Decision, now: Timestamp) -> Result<(), Error> {
    match decision {
        Decision::Review(reason) => {
            review(&mut world.held[at], reason);
            Ok(())
        }
        Decision::Allocate { parts, surplus } => {
            allocate(world, at, &parts, surplus, By { actor: "hub", reason: None }, now)
        }
    }
}

/// Lets the credit at a place seek its invoices by the rules, whatever other senders told.
pub(crate) fn seek(world: &mut World, at: usize, now: Timestamp) -> Result<(), Error> {
    let decision = decision(world, at);
    obey(world, at, decision, now)
}

/// What is known of a credit whose words are read. Its row has the words of the notice by which it settled.
fn facts(world: &World, row: &Model, account: Account, student: Option<StudentId>) -> Facts {
    let words = Words::of_texts(row.reference.as_deref(), row.content.as_deref());
    let named = |word: &str| world.named.get(word).map_or(&[][..], Vec::as_slice);
    let mut unknown = words.mistyped;
    let mut referenced = BTreeSet::new();
    for code in &words.codes {
        let found = named(code.as_str());
        unknown |= found.is_empty();
        referenced.extend(found.iter().filter_map(|named| world.balance_at.get(&named.invoice).copied()));
    }
    let vendors: Vec<usize> = words
        .tokens
        .iter()
        .flat_map(|token| named(token))
        .filter(|named| !named.by_hub_code)
        .filter_map(|named| world.balance_at.get(&named.invoice).copied())
        .collect();
    let payable = |at: &&usize| {
        let invoice = world.open_invoice(**at, account);
        invoice.in_scope && !invoice.cancelled && invoice.open.is_positive()
    };
    let open: Vec<usize> = vendors.iter().filter(payable).copied().collect();
    referenced.extend(if open.is_empty() { vendors } else { open });
    let own = |student: StudentId| {
        let ids = world.of_student.get(&student).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| world.balance_at.get(id)).map(|at| world.open_invoice(*at, account)).collect()
    };
    Facts {
        amount: Vnd::new(row.amount),
        unknown_reference: unknown || (words.explicit && referenced.is_empty()),
        referenced: referenced.into_iter().map(|at| world.open_invoice(at, account)).collect(),
        virtual_account: student.map(own),
    }
}

impl World {
    fn open_invoice(&self, at: usize, account: Account) -> OpenInvoice {
        let invoice = &self.balances[at].invoice;
        OpenInvoice {
            index: at,
            open: invoice.open(),
            cancelled: invoice.status == InvoiceStatus::Cancelled,
            in_scope: invoice.school == account.school && invoice.fund == account.fund,
        }
    }

    /// The place of an invoice in this world.
    pub(crate) fn place_of(&self, invoice: InvoiceId) -> Option<usize> {
        self.balance_at.get(&invoice).copied()
    }
}
