//! Sums per school, month, category and method, kept in the same transaction as the money they count. A category counts a
//! payment once, so categories do not add up to `TOTAL`.

mod post;

use std::collections::BTreeMap;

use crate::codes::Month;
use crate::error::Error;
use crate::ids::SchoolId;
use crate::money::Vnd;
pub(crate) use post::{PERIOD_SUMS, close, post};

/// The category of the sums over all categories.
pub const TOTAL: &str = "TOTAL";

/// A count and a sum.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// How many payments.
    pub count: i64,
    /// Their amount.
    pub amount: Vnd,
}

impl Tally {
    /// One payment of an amount.
    #[must_use]
    pub const fn one(amount: Vnd) -> Self {
        Self { count: 1, amount }
    }

    pub(crate) fn plus(self, other: Self) -> Result<Self, Error> {
        let amount = self.amount.checked_add(other.amount).map_err(Error::internal)?;
        Ok(Self { count: self.count + other.count, amount })
    }

    pub(crate) fn negated(self) -> Result<Self, Error> {
        Ok(Self { count: -self.count, amount: self.amount.checked_neg().map_err(Error::internal)? })
    }
}

/// What one month of one school gains in one category and method.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Sums {
    /// Settled credits that found what they pay for; with method `CASH`, cash payments.
    pub settled: Tally,
    /// Settled credits that wait for a person.
    pub unmatched: Tally,
    /// Settled credits that were undone, in the month of the undoing.
    pub reversed: Tally,
    /// Settled credits that were given back, in the month of the refund.
    pub refunded: Tally,
}

impl Sums {
    fn plus(self, other: Self) -> Result<Self, Error> {
        Ok(Self {
            settled: self.settled.plus(other.settled)?,
            unmatched: self.unmatched.plus(other.unmatched)?,
            reversed: self.reversed.plus(other.reversed)?,
            refunded: self.refunded.plus(other.refunded)?,
        })
    }

    fn negated(self) -> Result<Self, Error> {
        Ok(Self {
            settled: self.settled.negated()?,
            unmatched: self.unmatched.negated()?,
            reversed: self.reversed.negated()?,
            refunded: self.refunded.negated()?,
        })
    }
}

/// The grain of a sum.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Grain {
    /// Whose month it is.
    pub school: SchoolId,
    /// The month of the bank's booking, Vietnam time.
    pub month: Month,
    /// A fee category's code, or [`TOTAL`].
    pub category: String,
    /// A payment method's code.
    pub method: String,
}

/// What is to be added to the sums; postings of one grain are added up before they are written.
#[derive(Clone, Default, Debug)]
pub struct Postings(BTreeMap<Grain, Sums>);

impl Postings {
    /// Adds sums to a grain.
    pub(crate) fn add(&mut self, grain: Grain, sums: Sums) -> Result<(), Error> {
        let entry = self.0.entry(grain).or_default();
        *entry = entry.plus(sums)?;
        Ok(())
    }

    /// Takes sums off a grain.
    pub(crate) fn subtract(&mut self, grain: Grain, sums: Sums) -> Result<(), Error> {
        self.add(grain, sums.negated()?)
    }

    /// Adds all of the other postings.
    pub(crate) fn extend(&mut self, other: Self) -> Result<(), Error> {
        other.0.into_iter().try_for_each(|(grain, sums)| self.add(grain, sums))
    }

    /// Takes off all of the other postings.
    pub(crate) fn retract(&mut self, other: Self) -> Result<(), Error> {
        other.0.into_iter().try_for_each(|(grain, sums)| self.subtract(grain, sums))
    }

    /// The sums that are not nothing, in the order in which their rows are locked.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = (Grain, Sums)> {
        self.0.into_iter().filter(|(_, sums)| *sums != Sums::default())
    }
}
