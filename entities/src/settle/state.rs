//! A bank transaction as a batch holds it in memory: as it was read, and as it became.

use super::contribution::contribution;
use crate::error::Error;
use crate::ids::StudentId;
use crate::invoices::Filled;
use crate::money::Vnd;
use crate::rollups::Postings;
use crate::tables::{allocations, bank_transactions};

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
pub(crate) struct Share {
    pub(crate) row: allocations::Model,
    pub(crate) filled: Vec<Filled>,
    pub(crate) is_new: bool,
    pub(crate) changed: bool,
}

impl Share {
    pub(crate) fn stands(&self) -> bool {
        self.row.undone_at.is_none()
    }

    /// Whether it counts in the month of settlement: it stands, or fell only because the bank took the money back.
    pub(crate) fn counts(&self) -> bool {
        self.stands() || self.row.undone_cause.as_deref() == Some(Undone::Reversal.as_str())
    }
}

/// A surplus that becomes a student's credit.
#[derive(Clone, Debug)]
pub(crate) struct NewCredit {
    pub(crate) student: StudentId,
    pub(crate) fund: String,
    pub(crate) amount: Vnd,
    /// Whether the same batch took it back.
    pub(crate) undone: bool,
}

/// A bank transaction with everything that hangs on it.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) row: bank_transactions::Model,
    pub(crate) shares: Vec<Share>,
    /// What it contributed to the roll-ups when it was read.
    before: Postings,
    /// The row as it was read; none when nobody had told of it.
    pub(crate) was: Option<bank_transactions::Model>,
    /// What happened to it, for the audit log.
    pub(crate) deeds: Vec<&'static str>,
    pub(crate) credits: Vec<NewCredit>,
    pub(crate) credits_undone: bool,
}

impl Held {
    pub(crate) fn new(row: bank_transactions::Model) -> Self {
        Self {
            row,
            shares: Vec::new(),
            before: Postings::default(),
            was: None,
            deeds: Vec::new(),
            credits: Vec::new(),
            credits_undone: false,
        }
    }

    pub(crate) fn stored(row: bank_transactions::Model, shares: Vec<Share>) -> Result<Self, Error> {
        let before = contribution(&row, &shares)?;
        Ok(Self { before, shares, was: Some(row.clone()), ..Self::new(row) })
    }

    /// What the roll-ups gain by what happened.
    pub(crate) fn difference(&self) -> Result<Postings, Error> {
        let mut postings = contribution(&self.row, &self.shares)?;
        postings.retract(self.before.clone())?;
        Ok(postings)
    }
}
