//! What one bank transaction adds to the roll-ups: a pure function of the transaction and its allocations, so that a change
//! posts the difference between after and before, and a recount can be compared with it.

use std::collections::BTreeMap;

use super::state::Share;
use crate::codes::Month;
use crate::error::Error;
use crate::ids::SchoolId;
use crate::money::Vnd;
use crate::rollups::{Grain, Postings, Sums, TOTAL, Tally};
use crate::tables::bank_transactions::Model;

/// The postings of a transaction in its present state; nothing for debits, for credits that are no fee, and for what another
/// transaction tells of as well.
///
/// A settled credit counts in the month of the bank's booking: as settled when it found what it pays for, else as
/// unmatched. One that was undone counts as reversed, or refunded, in the month of that; when it never found what it pays
/// for, it waits no longer and is taken off the unmatched ones then. A teacher's lump transfer counts
/// as cash, once for each family.
pub(crate) fn contribution(row: &Model, shares: &[Share]) -> Result<Postings, Error> {
    let mut postings = Postings::default();
    let (Some(school), Some(settled_on)) = (row.school_id, row.settled_on) else { return Ok(postings) };
    if row.direction != "CREDIT" || row.same_as.is_some() || matches!(row.nature.as_str(), "NO_FEE" | "CASH_DEPOSIT") {
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
    let counted: Vec<&Share> = shares.iter().filter(|share| share.counts()).collect();
    let matched = !counted.is_empty();
    let families = i64::try_from(counted.len()).map_err(Error::internal)?;
    let whole = Tally { count: if lump && matched { families } else { 1 }, amount: Vnd::new(row.amount) };
    let first = if matched { settled(whole) } else { Sums { unmatched: whole, ..Sums::default() } };
    postings.add(grain(settled_on, TOTAL)?, first)?;
    for (category, tally) in by_category(&counted)? {
        postings.add(grain(settled_on, category)?, settled(tally))?;
    }
    let refunded = row.refunded_on.is_some();
    let gone = |tally| match refunded {
        true => Sums { refunded: tally, ..Sums::default() },
        false => Sums { reversed: tally, ..Sums::default() },
    };
    if let Some(day) = row.refunded_on.or(row.reversed_on) {
        if !matched {
            postings.subtract(grain(day, TOTAL)?, first)?;
            return Ok(postings);
        }
        postings.add(grain(day, TOTAL)?, gone(whole))?;
        let fallen: Vec<&Share> = counted.into_iter().filter(|share| !share.stands()).collect();
        for (category, tally) in by_category(&fallen)? {
            postings.add(grain(day, category)?, gone(tally))?;
        }
    }
    Ok(postings)
}

fn settled(tally: Tally) -> Sums {
    Sums { settled: tally, ..Sums::default() }
}

/// A category counts the payment once, whatever the number of its lines.
fn by_category(shares: &[&Share]) -> Result<BTreeMap<&'static str, Tally>, Error> {
    let mut tallies: BTreeMap<&'static str, Tally> = BTreeMap::new();
    for part in shares.iter().flat_map(|share| &share.filled) {
        let tally = tallies.entry(part.category).or_insert(Tally { count: 1, amount: Vnd::ZERO });
        tally.amount = tally.amount.checked_add(part.amount).map_err(Error::internal)?;
    }
    Ok(tallies)
}
