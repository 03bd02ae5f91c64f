//! Lines of a page against what messages told, one to one and without the database.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Line, Outcome};
use crate::codes::InvoiceCode;
use crate::settle::{Words, told};
use crate::tables::bank_transactions::Model;
use crate::text;
use crate::time::{earlier, later};

/// Days between a line and a message with the same reference of the bank, at most.
pub(super) const MAX_DAYS: u64 = 3;
/// Days between a line and a message that have no reference in common, at most.
const MAX_DAYS_WITHOUT_REFERENCE: u64 = 1;

/// By what a line and a message can know each other.
#[derive(PartialEq, Eq, Hash)]
enum Mark {
    Reference(String),
    Codes(i64, Vec<InvoiceCode>),
    Text(i64, String),
    VirtualAccount(i64, Uuid),
}

/// A way in which a line may speak of what a message told.
struct Round {
    outcome: Outcome,
    days: u64,
    amounts_equal: bool,
    of_line: fn(&Line, Option<Uuid>) -> Vec<Mark>,
    of_row: fn(&Model) -> Vec<Mark>,
}

/// The surest first for the whole page, so that a guess never takes what another line has by its reference.
const ROUNDS: [Round; 4] = [
    Round {
        outcome: Outcome::Confirmed,
        days: MAX_DAYS,
        amounts_equal: true,
        of_line: |line, _| reference(line),
        of_row: |row| references(row).into_iter().map(Mark::Reference).collect(),
    },
    Round {
        outcome: Outcome::Confirmed,
        days: MAX_DAYS_WITHOUT_REFERENCE,
        amounts_equal: true,
        of_line: |line, _| words(line.amount.get(), None, line.content.as_deref()),
        of_row: |row| words(row.amount, row.reference.as_deref(), row.content.as_deref()),
    },
    Round {
        outcome: Outcome::Confirmed,
        days: MAX_DAYS_WITHOUT_REFERENCE,
        amounts_equal: true,
        of_line: |line, named| named.map(|named| Mark::VirtualAccount(line.amount.get(), named)).into_iter().collect(),
        of_row: |row| row.virtual_account_id.map(|named| Mark::VirtualAccount(row.amount, named)).into_iter().collect(),
    },
    Round {
        outcome: Outcome::Differs,
        days: MAX_DAYS,
        amounts_equal: false,
        of_line: |line, _| reference(line),
        of_row: |row| references(row).into_iter().map(Mark::Reference).collect(),
    },
];

/// What became of each line, and the transaction that it speaks of. What is in `taken` was confirmed by other lines.
/// `named` are the virtual accounts that lines name.
pub(super) fn judged(
    lines: &[&Line],
    named: &[Option<Uuid>],
    heard: &[Model],
    taken: &mut HashSet<Uuid>,
) -> Vec<(Outcome, Option<Uuid>)> {
    // What counts stands before what is the same money.
    let mut heard: Vec<&Model> = heard.iter().collect();
    heard.sort_by_key(|row| (row.same_as.is_some(), row.occurred_at, row.id));
    let mut outcomes: Vec<Option<(Outcome, Option<Uuid>)>> =
        lines.iter().map(|line| (!line.is_credit()).then_some((Outcome::NoFee, None))).collect();
    for round in &ROUNDS {
        let open: Vec<usize> = (0..lines.len()).filter(|at| outcomes[*at].is_none()).collect();
        let marks: Vec<Vec<Mark>> = open.iter().map(|at| (round.of_line)(lines[*at], named[*at])).collect();
        let marked = round.marked(open.iter().map(|at| lines[*at]), &marks, &heard);
        for (at, marks) in open.into_iter().zip(&marks) {
            let fits = |place: &&usize| !taken.contains(&heard[**place].id) && round.fits(lines[at], heard[**place]);
            let alike = marks.iter().filter_map(|mark| marked.get(mark)?.iter().find(fits));
            if let Some(row) = alike.min().map(|place| heard[*place]) {
                taken.insert(row.id);
                outcomes[at] = Some((round.outcome, Some(row.id)));
            }
        }
    }
    outcomes.into_iter().map(|outcome| outcome.unwrap_or((Outcome::Unheard, None))).collect()
}

impl Round {
    /// The places of what messages told, by the marks that these lines have.
    fn marked<'l, 'm>(
        &self,
        lines: impl Iterator<Item = &'l Line>,
        marks: &'m [Vec<Mark>],
        heard: &[&Model],
    ) -> HashMap<&'m Mark, Vec<usize>> {
        let amounts: HashSet<i64> = lines.map(|line| line.amount.get()).collect();
        let mut marked: HashMap<&Mark, Vec<usize>> = marks.iter().flatten().map(|mark| (mark, Vec::new())).collect();
        if marked.is_empty() {
            return marked;
        }
        let near = |row: &Model| !self.amounts_equal || amounts.contains(&row.amount);
        for (place, row) in heard.iter().enumerate().filter(|(_, row)| near(row)) {
            for mark in (self.of_row)(row) {
                if let Some(places) = marked.get_mut(&mark) {
                    places.push(place);
                }
            }
        }
        marked
    }

    fn fits(&self, line: &Line, row: &Model) -> bool {
        (!self.amounts_equal || row.amount == line.amount.get()) && within(line.booked_on, row.booked_on, self.days)
    }
}

fn reference(line: &Line) -> Vec<Mark> {
    line.reference.as_deref().and_then(told).map(Mark::Reference).into_iter().collect()
}

/// The same amount naming the same invoices, or with the same text.
fn words(amount: i64, reference: Option<&str>, content: Option<&str>) -> Vec<Mark> {
    let codes = Words::of_texts(reference, content).codes;
    let text = content.map(text::fold).filter(|text| !text.is_empty());
    let codes = (!codes.is_empty()).then_some(Mark::Codes(amount, codes));
    codes.into_iter().chain(text.map(|text| Mark::Text(amount, text))).collect()
}

/// An intermediary may use the bank's reference as the name of the transaction.
fn references(row: &Model) -> HashSet<String> {
    [row.bank_reference.as_deref(), Some(&*row.transaction_id)].into_iter().flatten().filter_map(told).collect()
}

pub(super) fn same_reference(line: &Line, row: &Model) -> bool {
    line.reference.as_deref().and_then(told).is_some_and(|reference| references(row).contains(&reference))
}

fn within(one: NaiveDate, other: NaiveDate, days: u64) -> bool {
    (earlier(one, days)..=later(one, days)).contains(&other)
}
