//! Bank transactions and invoices as a batch holds them in memory: as they were read, and as they became.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::contribution::Paid;
use crate::error::Error;
use crate::money::Vnd;
use crate::tables::{allocations, bank_transactions, invoice_lines, invoices};

/// Why an allocation no longer stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Undone {
    /// A person undid it; the money is there and waits.
    Hand,
    /// The bank took the money back.
    Reversal,
}

impl Undone {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Hand => "HAND",
            Self::Reversal => "REVERSAL",
        }
    }
}

/// An allocation with the lines it fills.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) row: allocations::Model,
    /// Line, category and amount, in the order of the lines.
    pub(crate) lines: Vec<(Uuid, String, i64)>,
    pub(crate) is_new: bool,
    pub(crate) changed: bool,
}

impl Live {
    pub(crate) fn stands(&self) -> bool {
        self.row.undone_at.is_none()
    }
}

/// A bank transaction with everything that hangs on it.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) row: bank_transactions::Model,
    pub(crate) allocations: Vec<Live>,
    pub(crate) is_new: bool,
    /// What it contributed to the roll-ups when it was read.
    pub(crate) before: crate::rollups::Postings,
    /// What happened to it in this batch, for the audit log.
    pub(crate) deeds: Vec<&'static str>,
    /// A new surplus for a student within a fund, and whether standing credits were undone.
    pub(crate) credit: Option<NewCredit>,
    pub(crate) credits_undone: bool,
}

/// A surplus that becomes a student's credit.
#[derive(Clone, Debug)]
pub(crate) struct NewCredit {
    pub(crate) student: Uuid,
    pub(crate) fund: String,
    pub(crate) amount: Vnd,
}

impl Held {
    /// What every allocation means for the roll-ups.
    pub(crate) fn paid(&self) -> Vec<Paid<'_>> {
        let counts = |live: &&Live| live.stands() || live.row.undone_cause.as_deref() == Some("REVERSAL");
        self.allocations
            .iter()
            .filter(counts)
            .map(|live| Paid { stands: live.stands(), amount: live.row.amount, lines: &live.lines })
            .collect()
    }
}

/// An invoice with its lines, in order.
#[derive(Clone, Debug)]
pub(crate) struct Owed {
    pub(crate) row: invoices::Model,
    pub(crate) lines: Vec<invoice_lines::Model>,
    pub(crate) changed: bool,
}

impl Owed {
    /// What is still to be paid.
    pub(crate) fn open(&self) -> Vnd {
        Vnd::new(self.row.amount.saturating_sub(self.row.paid_amount))
    }

    /// Fills the lines in order with `amount` and says how much each took.
    pub(crate) fn fill(&mut self, amount: Vnd) -> Result<Vec<(Uuid, String, i64)>, Error> {
        let mut left = amount.get();
        let mut taken = Vec::new();
        for line in &mut self.lines {
            let take = left.min(line.amount - line.paid_amount);
            if take > 0 {
                line.paid_amount += take;
                left -= take;
                taken.push((line.id, line.category.clone(), take));
            }
        }
        if left != 0 {
            return Err(Error::internal(format!("invoice {} cannot take {amount}", self.row.code)));
        }
        self.row.paid_amount += amount.get();
        self.restate();
        Ok(taken)
    }

    /// Takes back what an allocation filled.
    pub(crate) fn empty(&mut self, amount: i64, taken: &[(Uuid, String, i64)]) {
        let by_line: BTreeMap<Uuid, i64> = taken.iter().map(|(line, _, amount)| (*line, *amount)).collect();
        for line in &mut self.lines {
            line.paid_amount -= by_line.get(&line.id).copied().unwrap_or(0);
        }
        self.row.paid_amount -= amount;
        self.restate();
    }

    fn restate(&mut self) {
        self.changed = true;
        if self.row.status != "CANCELLED" {
            self.row.status = match self.row.paid_amount {
                0 => "OPEN",
                paid if paid < self.row.amount => "PARTIALLY_PAID",
                _ => "PAID",
            }
            .to_owned();
        }
    }
}
