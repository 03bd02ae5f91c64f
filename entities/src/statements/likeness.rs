//! Lines of a page against what messages told, one to one and without the database.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Line, Outcome};
use crate::settle::{Words, told};
use crate::tables::bank_transactions::Model;
use crate::text;

/// Days between a line and a message with the same reference of the bank, at most.
pub(super) const MAX_DAYS: u64 = 3;
/// Days between a line and a message that have no reference in common, at most.
const MAX_DAYS_WITHOUT_REFERENCE: u64 = 1;

/// What became of each line, and the transaction that it speaks of. What is in `taken` was confirmed by other lines.
/// `named` are the virtual accounts that lines name.
pub(super) fn judged(
    lines: &[&Line],
    named: &[Option<Uuid>],
    heard: &[Model],
    taken: &mut HashSet<Uuid>,
) -> Vec<(Outcome, Option<Uuid>)> {
    let heard = Heard::of(heard);
    let mut outcomes: Vec<Option<(Outcome, Option<Uuid>)>> =
        lines.iter().map(|line| (!line.is_credit()).then_some((Outcome::NoFee, None))).collect();
    // The surest first for the whole page, so that a guess never takes what another line has by its reference.
    let rounds: [(Outcome, Fits); 4] = [
        (Outcome::Confirmed, |line, _, row| by_reference(line, row)),
        (Outcome::Confirmed, |line, _, row| by_words(line, row)),
        (Outcome::Confirmed, by_virtual_account),
        (Outcome::Differs, |line, _, row| by_reference_alone(line, row)),
    ];
    for (outcome, fits) in rounds {
        let open = lines.iter().zip(named).zip(&mut outcomes).filter(|(_, place)| place.is_none());
        for ((line, named), place) in open {
            let found = heard.near(line).find(|row| !taken.contains(&row.id) && fits(line, *named, row));
            if let Some(row) = found {
                taken.insert(row.id);
                *place = Some((outcome, Some(row.id)));
            }
        }
    }
    outcomes.into_iter().map(|outcome| outcome.unwrap_or((Outcome::Unheard, None))).collect()
}

type Fits = fn(&Line, Option<Uuid>, &Model) -> bool;

/// What messages told, by the reference of the bank and by amount.
struct Heard<'h> {
    by_reference: HashMap<String, Vec<&'h Model>>,
    by_amount: HashMap<i64, Vec<&'h Model>>,
}

impl<'h> Heard<'h> {
    fn of(rows: &'h [Model]) -> Self {
        let mut heard = Self { by_reference: HashMap::new(), by_amount: HashMap::new() };
        for row in rows {
            for reference in references(row) {
                heard.by_reference.entry(reference).or_default().push(row);
            }
            heard.by_amount.entry(row.amount).or_default().push(row);
        }
        heard
    }

    /// Those that may be this line: of its reference, then of its amount, those that count before those that are the same money.
    fn near(&self, line: &Line) -> impl Iterator<Item = &'h Model> {
        let reference = line.reference.as_deref().and_then(told);
        let named = reference.and_then(|reference| self.by_reference.get(&reference));
        let alike = self.by_amount.get(&line.amount.get());
        let mut near: Vec<&Model> = named.into_iter().chain(alike).flatten().copied().collect();
        near.sort_by_key(|row| (row.same_as.is_some(), row.occurred_at, row.id));
        near.dedup_by_key(|row| row.id);
        near.into_iter()
    }
}

/// An intermediary may use the bank's reference as the name of the transaction.
fn references(row: &Model) -> HashSet<String> {
    [row.bank_reference.as_deref(), Some(&*row.transaction_id)].into_iter().flatten().filter_map(told).collect()
}

pub(super) fn same_reference(line: &Line, row: &Model) -> bool {
    line.reference.as_deref().and_then(told).is_some_and(|reference| references(row).contains(&reference))
}

fn by_reference(line: &Line, row: &Model) -> bool {
    row.amount == line.amount.get() && by_reference_alone(line, row)
}

fn by_reference_alone(line: &Line, row: &Model) -> bool {
    within(line.booked_on, row.booked_on, MAX_DAYS) && same_reference(line, row)
}

/// The same amount on the same day into the same virtual account.
fn by_virtual_account(line: &Line, named: Option<Uuid>, row: &Model) -> bool {
    named.is_some()
        && row.virtual_account_id == named
        && row.amount == line.amount.get()
        && within(line.booked_on, row.booked_on, MAX_DAYS_WITHOUT_REFERENCE)
}

/// The same amount on the same day with the same text, or naming the same invoices.
fn by_words(line: &Line, row: &Model) -> bool {
    if row.amount != line.amount.get() || !within(line.booked_on, row.booked_on, MAX_DAYS_WITHOUT_REFERENCE) {
        return false;
    }
    let own = Words::of_texts(None, line.content.as_deref());
    let theirs = Words::of_texts(row.reference.as_deref(), row.content.as_deref());
    let folded = |text: Option<&str>| text.map(text::fold).filter(|text| !text.is_empty());
    let text = folded(line.content.as_deref());
    (!own.codes.is_empty() && own.codes == theirs.codes) || (text.is_some() && text == folded(row.content.as_deref()))
}

fn within(one: NaiveDate, other: NaiveDate, days: u64) -> bool {
    let days = Days::new(days);
    one.checked_sub_days(days).is_none_or(|first| first <= other)
        && one.checked_add_days(days).is_none_or(|last| other <= last)
}
