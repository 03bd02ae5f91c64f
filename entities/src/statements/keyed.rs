//! What tells one line of an account from another, so that files which overlap tell a line once.

use std::collections::{HashMap, HashSet};

use ring::digest::{Context, SHA256, digest};

use super::Line;
use crate::inbox::Direction;
use crate::text;

/// A line with the key under which its account keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keyed {
    /// Unique in the account.
    pub key: String,
    /// The line.
    pub line: Line,
}

/// Gives the lines of one account in one file their keys, section by section: day, direction, amount and reference, without a
/// reference also text and balance, and a running number among equals. Fee and tax share a transfer's reference, and siblings
/// pay the same amount in the same minute, so equal lines of one statement are different money, also where it breaks into pages
/// that are sections of their own.
#[derive(Default)]
pub struct Keys {
    /// How many lines of the file said the same.
    equals: HashMap<String, u32>,
    /// The same in the sections that only say again what earlier ones said, while they follow one another.
    again: Option<HashMap<String, u32>>,
    /// Every key of the file.
    given: HashSet<String>,
    /// Each section that the balances tell whole.
    told: HashSet<[u8; 32]>,
    /// The balance behind the last section.
    closing: Option<i64>,
}

impl Keys {
    /// The keys of the next section, whose opening and closing balance are those that the file tells; and how many of its lines
    /// equal those of an earlier section without any balance that says whether they are other money.
    ///
    /// A section whose opening balance is the closing one of the section before it goes on with it. One that tells balances and
    /// lines of an earlier one once more is the same section. All else is for a person: to take equal lines for one would lose
    /// money in silence, and to take them for two would book it twice.
    #[must_use]
    pub fn section(&mut self, lines: Vec<Line>, balances: (Option<i64>, Option<i64>)) -> (Vec<Keyed>, usize) {
        let (opening, closing) = edges(&lines, balances);
        let goes_on = opening.is_some() && opening == self.closing;
        self.closing = closing;
        if lines.is_empty() {
            return (Vec::new(), 0);
        }
        let said: Vec<String> = lines.iter().map(said).collect();
        let mut alone = HashMap::new();
        let mut keys = numbered(&said, &mut alone);
        let is_told = opening.is_some() && closing.is_some();
        let is_repeated = is_told && !self.told.insert(whole((opening, closing), &keys));
        let mut doubtful = 0;
        if is_repeated && !goes_on {
            self.again = Some(alone);
        } else if let Some(again) = self.again.as_mut().filter(|_| is_repeated) {
            keys = numbered(&said, again);
        } else {
            if is_repeated || !goes_on {
                doubtful = keys.iter().filter(|key| self.given.contains(*key)).count();
            }
            self.again = None;
            keys = numbered(&said, &mut self.equals);
        }
        self.given.extend(keys.iter().cloned());
        (keys.into_iter().zip(lines).map(|(key, line)| Keyed { key, line }).collect(), doubtful)
    }
}

fn numbered(said: &[String], equals: &mut HashMap<String, u32>) -> Vec<String> {
    said.iter()
        .map(|said| {
            let number = equals.entry(said.clone()).and_modify(|number| *number += 1).or_insert(1);
            hex::encode(digest(&SHA256, format!("{said}\u{1f}{number}").as_bytes()))
        })
        .collect()
}

/// The balances before the first and behind the last line: as the file tells them, else by the lines' own.
fn edges(lines: &[Line], (opening, closing): (Option<i64>, Option<i64>)) -> (Option<i64>, Option<i64>) {
    let before_first = || {
        let first = lines.first()?;
        match first.direction {
            Direction::Credit => first.balance?.checked_sub(first.amount.get()),
            Direction::Debit => first.balance?.checked_add(first.amount.get()),
        }
    };
    (opening.or_else(before_first), closing.or_else(|| lines.last()?.balance))
}

/// A section as a whole.
fn whole(edges: (Option<i64>, Option<i64>), keys: &[String]) -> [u8; 32] {
    let mut sum = Context::new(&SHA256);
    sum.update(format!("{edges:?}").as_bytes());
    keys.iter().for_each(|key| sum.update(key.as_bytes()));
    let mut bytes = [0; 32];
    bytes.copy_from_slice(sum.finish().as_ref());
    bytes
}

fn said(line: &Line) -> String {
    let reference: Option<String> = line
        .reference
        .as_deref()
        .map(|reference| reference.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect())
        .filter(|reference: &String| !reference.is_empty());
    let known_by = reference.map_or_else(
        || {
            let balance = line.balance.map(|balance| balance.to_string()).unwrap_or_default();
            format!("\u{1f}{}\u{1f}{balance}", line.content.as_deref().map(text::fold).unwrap_or_default())
        },
        |reference| format!("{reference}\u{1f}"),
    );
    let parts = [
        line.booked_on.to_string(),
        line.direction.as_str().to_owned(),
        line.is_reversal.to_string(),
        line.amount.get().to_string(),
        known_by,
    ];
    parts.join("\u{1f}")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{Keyed, Keys};
    use crate::inbox::Direction;
    use crate::money::Vnd;
    use crate::statements::Line;

    fn line(balance: Option<i64>) -> Line {
        Line {
            row: 1,
            booked_on: NaiveDate::from_ymd_opt(2026, 8, 4).unwrap(),
            occurred_at: None,
            direction: Direction::Credit,
            amount: Vnd::new(100),
            is_reversal: false,
            reference: Some("FT1".to_owned()),
            content: None,
            counterparty: None,
            virtual_account: None,
            balance,
        }
    }

    fn keys(told: &[Keyed]) -> Vec<&str> {
        told.iter().map(|keyed| keyed.key.as_str()).collect()
    }

    #[test]
    fn equal_lines_of_pages_that_follow_one_another_are_two() {
        let mut file = Keys::default();
        let first = file.section(vec![line(None), line(None)], (Some(0), Some(200)));
        let second = file.section(vec![line(None)], (Some(200), Some(300)));
        let whole = Keys::default().section(vec![line(None); 3], (Some(0), Some(300)));
        assert_eq!([keys(&first.0), keys(&second.0)].concat(), keys(&whole.0));
        assert_eq!((first.1, second.1, whole.1), (0, 0, 0));
        // The balances of lines tell the same.
        let mut file = Keys::default();
        let first = file.section(vec![line(Some(100))], (None, None));
        let second = file.section(vec![line(Some(200))], (None, None));
        assert_ne!(first.0[0].key, second.0[0].key);
        assert_eq!((first.1, second.1), (0, 0));
    }

    #[test]
    fn pages_that_a_file_repeats_are_the_same() {
        let mut file = Keys::default();
        let mut pages = || {
            let first = file.section(vec![line(None)], (Some(0), Some(100)));
            let empty = file.section(Vec::new(), (Some(100), Some(100)));
            let second = file.section(vec![line(None)], (Some(100), Some(200)));
            assert_eq!((first.1, empty, second.1), (0, (Vec::new(), 0), 0));
            [first.0[0].key.clone(), second.0[0].key.clone()]
        };
        let told = pages();
        assert_eq!(told, pages());
        // What goes on behind the repetition is new.
        let third = file.section(vec![line(None)], (Some(200), Some(300)));
        assert_eq!((told.contains(&third.0[0].key), third.1), (false, 0));
    }

    #[test]
    fn what_no_balance_tells_is_for_a_person() {
        for (balances, doubtful) in
            [((None, None), 1), ((Some(150), Some(250)), 1), ((Some(0), None), 1), ((Some(100), None), 0)]
        {
            let mut file = Keys::default();
            let first = file.section(vec![line(None)], (Some(0), Some(100)));
            let second = file.section(vec![line(None)], balances);
            assert_ne!(first.0[0].key, second.0[0].key, "confirmed, they are two");
            assert_eq!(second.1, doubtful, "{balances:?}");
        }
        // A day whose sum is nothing may go on, and may be the same day once more.
        let back = || vec![line(None), Line { direction: Direction::Debit, ..line(None) }];
        let mut file = Keys::default();
        assert_eq!(file.section(back(), (Some(0), Some(0))).1, 0);
        assert_eq!(file.section(back(), (Some(0), Some(0))).1, 2);
    }
}
