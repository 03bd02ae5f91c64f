//! Sums per school, month, category and method, kept in the same transaction as the money they count. A category counts a
//! payment once, so categories do not add up to `TOTAL`.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Statement, Value};
use uuid::Uuid;

use crate::codes::Month;
use crate::db::{Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::SchoolId;
use crate::money::Vnd;

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

const COLUMNS: [&str; 8] = [
    "settled_count",
    "settled_amount",
    "unmatched_count",
    "unmatched_amount",
    "reversed_count",
    "reversed_amount",
    "refunded_count",
    "refunded_amount",
];

/// Adds postings to the stored sums. The rows are upserted in the order of their keys, so that two writers never wait for
/// each other in a circle.
pub(crate) async fn post(tx: &Tx, postings: Postings) -> Result<(), Error> {
    let rows: Vec<(Grain, Sums)> = postings.into_rows().collect();
    for some in rows.chunks(rows_per_statement(4 + COLUMNS.len())) {
        let values: Vec<Value> = some.iter().flat_map(|(grain, sums)| values(grain, *sums)).collect();
        let statement = Statement::from_sql_and_values(tx.conn().get_database_backend(), upsert(some.len()), values);
        tx.conn().execute_raw(statement).await?;
    }
    Ok(())
}

fn values(grain: &Grain, sums: Sums) -> [Value; 12] {
    let school: Uuid = grain.school.uuid();
    [
        school.into(),
        i64::from(grain.month.get()).into(),
        grain.category.as_str().into(),
        grain.method.as_str().into(),
        sums.settled.count.into(),
        sums.settled.amount.get().into(),
        sums.unmatched.count.into(),
        sums.unmatched.amount.get().into(),
        sums.reversed.count.into(),
        sums.reversed.amount.get().into(),
        sums.refunded.count.into(),
        sums.refunded.amount.get().into(),
    ]
}

fn upsert(rows: usize) -> String {
    let row = |at: usize| {
        let numbers: Vec<String> = (1..=12).map(|column| format!("${}", at * 12 + column)).collect();
        format!("({})", numbers.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    let sets: Vec<String> =
        COLUMNS.iter().map(|column| format!("{column} = rollups.{column} + excluded.{column}")).collect();
    format!(
        "INSERT INTO rollups (school_id, month, category, method, {}) VALUES {} \
         ON CONFLICT (school_id, month, category, method) DO UPDATE SET {}",
        COLUMNS.join(", "),
        rows.join(", "),
        sets.join(", ")
    )
}
