//! The proof by the balance: it finds the order of the lines, missing lines and swapped columns.

use std::collections::{HashMap, VecDeque};

use crate::notice::Direction;
use crate::statements::{Finding, Line, findings};

/// So many breaks are told one by one.
const BREAK_LIMIT: usize = 20;

/// The lines of one row: a payment, and perhaps its fee and the tax on it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// In the order of the columns; the last one carries the balance.
    pub(super) lines: Vec<Line>,
    pub(super) balance_vnd: Option<i64>,
}

impl Entry {
    /// What the row adds to the account; wide enough for every sum.
    fn effect(&self) -> i128 {
        self.lines.iter().map(effect).sum()
    }

    fn row(&self) -> u32 {
        self.lines.first().map_or(0, |line| line.row)
    }

    fn stamp(&self) -> Option<(chrono::NaiveDate, i64)> {
        self.lines.first().map(|line| (line.booked_on, line.occurred_at.unwrap_or(0)))
    }
}

fn effect(line: &Line) -> i128 {
    let amount = i128::from(line.amount_vnd);
    if line.direction == Direction::In { amount } else { -amount }
}

/// Where the balance does not follow from the one before, and by how much; without a row it is the closing balance.
type Break = (Option<u32>, i128);

/// Puts the rows into their order, oldest first, and tells what the balances do not prove.
pub(super) fn prove(entries: Vec<Entry>, opening: Option<i64>, closing: Option<i64>) -> (Vec<Entry>, Vec<Finding>) {
    let forward: Vec<usize> = (0..entries.len()).collect();
    let backward: Vec<usize> = forward.iter().rev().copied().collect();
    let ends = [opening.map(i128::from), closing.map(i128::from)];
    let is_newest_first = is_newest_first(&entries);
    let by_date = if is_newest_first { [&backward, &forward] } else { [&forward, &backward] };

    let mut order = None;
    for candidate in by_date {
        if breaks(&entries, candidate, ends, 1).is_empty() {
            order = Some(candidate.clone());
            break;
        }
    }
    // Lines of the same moment may stand in any order.
    let order = order.or_else(|| by_date.into_iter().find_map(|candidate| permuted(&entries, candidate, ends)));
    let mut told = Vec::new();
    let mut order = order.unwrap_or_else(|| {
        let [likely, other] = by_date.map(|order| breaks(&entries, order, ends, 1));
        let (order, broken) = if other.len() < likely.len() { (by_date[1], other) } else { (by_date[0], likely) };
        let is_swapped = by_date.iter().any(|order| breaks(&entries, order, ends, -1).is_empty());
        told = if is_swapped { vec![findings::columns_swapped()] } else { tell(&broken) };
        order.clone()
    });
    if entries.iter().all(|entry| entry.balance_vnd.is_none()) {
        order.sort_by_key(|index| entries[*index].stamp());
    }
    let mut places: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    let ordered = order.into_iter().filter_map(|index| places.get_mut(index).and_then(Option::take)).collect();
    (ordered, told)
}

fn is_newest_first(entries: &[Entry]) -> bool {
    let steps = entries.windows(2).map(|pair| pair[0].stamp().cmp(&pair[1].stamp()));
    let (mut up, mut down) = (0, 0);
    for step in steps {
        match step {
            std::cmp::Ordering::Less => up += 1,
            std::cmp::Ordering::Greater => down += 1,
            std::cmp::Ordering::Equal => {}
        }
    }
    down > up
}

fn breaks(entries: &[Entry], order: &[usize], [opening, closing]: [Option<i128>; 2], sign: i128) -> Vec<Break> {
    let mut broken = Vec::new();
    let mut before = opening;
    let mut pending = 0;
    for entry in order.iter().map(|index| &entries[*index]) {
        pending += sign * entry.effect();
        let Some(balance) = entry.balance_vnd.map(i128::from) else { continue };
        if let Some(before) = before.filter(|before| before + pending != balance) {
            broken.push((Some(entry.row()), balance - before - pending));
        }
        before = Some(balance);
        pending = 0;
    }
    if let (Some(before), Some(closing)) = (before, closing)
        && before + pending != closing
    {
        broken.push((None, closing - before - pending));
    }
    broken
}

/// Chains the lines of each moment by their balances; none when that is not possible without a break.
fn permuted(entries: &[Entry], order: &[usize], ends: [Option<i128>; 2]) -> Option<Vec<usize>> {
    let mut chained = Vec::with_capacity(order.len());
    let mut balance = ends[0];
    for moment in order.chunk_by(|one, other| entries[*one].stamp() == entries[*other].stamp()) {
        // By the balance before the line.
        let mut waiting: HashMap<i128, VecDeque<usize>> = HashMap::new();
        let mut behind = HashMap::<i128, usize>::new();
        for index in moment {
            let after = i128::from(entries[*index].balance_vnd?);
            waiting.entry(after - entries[*index].effect()).or_default().push_back(*index);
            *behind.entry(after).or_default() += 1;
        }
        let start = balance.or_else(|| {
            // The chain begins where more lines leave than arrive.
            let is_start = |before: &i128| waiting[before].len() > behind.get(before).copied().unwrap_or(0);
            waiting.keys().copied().filter(is_start).min()
        });
        let mut now = start?;
        for _ in moment {
            let next = waiting.get_mut(&now)?.pop_front()?;
            now = i128::from(entries[next].balance_vnd?);
            chained.push(next);
        }
        balance = Some(now);
    }
    breaks(entries, &chained, ends, 1).is_empty().then_some(chained)
}

fn tell(broken: &[Break]) -> Vec<Finding> {
    let told = broken.iter().take(BREAK_LIMIT);
    let mut told: Vec<Finding> = told.map(|(row, difference)| findings::balance_breaks(*row, *difference)).collect();
    if broken.len() > BREAK_LIMIT {
        told.push(findings::balance_breaks_more(broken.len() - BREAK_LIMIT));
    }
    told
}
