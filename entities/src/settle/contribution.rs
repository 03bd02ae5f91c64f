//! What one bank transaction adds to the roll-ups: a pure function of the transaction and its allocations, so that a change
//! posts the difference between after and before, and a recount can be compared with it.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::codes::Month;
use crate::error::Error;
use crate::ids::SchoolId;
use crate::money::Vnd;
use crate::rollups::{Grain, Postings, Sums, TOTAL, Tally};
use crate::tables::bank_transactions::Model;

/// An allocation that stands, or that fell only because the bank took the money back.
pub(crate) struct Paid<'t> {
    pub(crate) stands: bool,
    pub(crate) amount: i64,
    /// Line, category and amount.
    pub(crate) lines: &'t [(Uuid, String, i64)],
}

/// The postings of a transaction in its present state; nothing for debits and for credits that are no fee.
///
/// A settled credit counts in the month of the bank's booking: as settled when it found what it pays for, else as
/// unmatched. One that was undone counts as reversed, or refunded, in the month of that. A teacher's lump transfer counts
/// as cash, once for each family.
pub(crate) fn contribution(row: &Model, paid: &[Paid<'_>]) -> Result<Postings, Error> {
    let mut postings = Postings::default();
    let (Some(school), Some(settled_on)) = (row.school_id, row.settled_on) else { return Ok(postings) };
    if row.direction != "CREDIT" || matches!(row.nature.as_str(), "NO_FEE" | "CASH_DEPOSIT") {
        return Ok(postings);
    }
    let lump = row.nature == "LUMP_TRANSFER";
    let grain = |day, category: &str| -> Result<Grain, Error> {
        Ok(Grain {
            school: SchoolId::from_uuid(school),
            month: Month::of(day).map_err(Error::internal)?,
            category: category.to_owned(),
            method: if lump { "CASH".to_owned() } else { row.method.clone() },
        })
    };
    let whole = Tally { count: if lump { i64::try_from(paid.len()).unwrap_or(0) } else { 1 }, amount: Vnd::new(row.amount) };
    let matched = !paid.is_empty();
    let first = if matched { settled(whole) } else { Sums { unmatched: whole, ..Sums::default() } };
    postings.add(grain(settled_on, TOTAL)?, first)?;
    for (category, tally) in by_category(paid.iter()) {
        postings.add(grain(settled_on, &category)?, settled(tally))?;
    }
    let gone = |tally| if row.refunded_on.is_some() { Sums { refunded: tally, ..Sums::default() } } else { Sums { reversed: tally, ..Sums::default() } };
    if let Some(day) = row.refunded_on.or(row.reversed_on) {
        postings.add(grain(day, TOTAL)?, gone(whole))?;
        for (category, tally) in by_category(paid.iter().filter(|paid| !paid.stands)) {
            postings.add(grain(day, &category)?, gone(tally))?;
        }
    }
    Ok(postings)
}

fn settled(tally: Tally) -> Sums {
    Sums { settled: tally, ..Sums::default() }
}

/// A category counts the payment once, whatever the number of its lines.
fn by_category<'p>(paid: impl Iterator<Item = &'p Paid<'p>>) -> BTreeMap<String, Tally> {
    let mut amounts: BTreeMap<String, Tally> = BTreeMap::new();
    for (_, category, amount) in paid.flat_map(|paid| paid.lines) {
        let tally = amounts.entry(category.clone()).or_insert(Tally { count: 1, amount: Vnd::ZERO });
        tally.amount = Vnd::new(tally.amount.get().saturating_add(*amount));
    }
    amounts
}
