//! What all bank messages share: limits, amounts, the order of lines, and the proof by the balances.

use chrono::NaiveDate;

use super::{Finding, Line, Statement, findings};
use crate::{notice::Direction, time::Timestamp, wire::digits};

/// The longest file that is read: 100,000 entries of 640 bytes; a month of a large school is under a megabyte.
pub(super) const FILE_LIMIT_BYTES: usize = 64 * 1_024 * 1_024;
/// The most lines of one file, so that memory is bounded: they take less than a kilobyte each beside their texts.
pub(super) const ENTRY_LIMIT: usize = 250_000;

/// Whole đồng of zero or more: digits, and behind the separator zeros alone or nothing. Nothing is rounded.
pub(super) fn whole_dong(text: &str, separator: char) -> Option<i64> {
    let (whole, parts) = text.split_once(separator).unwrap_or((text, ""));
    parts.bytes().all(|byte| byte == b'0').then(|| digits(whole)).flatten()
}

/// What an entry says in every format, before its texts are known.
pub(super) struct Posting {
    pub(super) row: u32,
    pub(super) booked_on: NaiveDate,
    pub(super) occurred_at: Option<Timestamp>,
    pub(super) value_on: Option<NaiveDate>,
    pub(super) direction: Direction,
    pub(super) amount_vnd: i64,
    pub(super) is_reversal: bool,
}

impl Posting {
    pub(super) fn line(self) -> Line {
        Line {
            row: self.row,
            booked_on: self.booked_on,
            occurred_at: self.occurred_at,
            value_on: self.value_on,
            direction: self.direction,
            amount_vnd: self.amount_vnd,
            is_reversal: self.is_reversal,
            reference: None,
            content: None,
            counterparty_name: None,
            counterparty_account: None,
            counterparty_bank: None,
            virtual_account: None,
            balance_vnd: None,
        }
    }
}

/// Oldest day first. Within a day the file's order stands, which is backwards in a file that begins with its newest.
pub(super) fn order(lines: &mut [Line]) {
    let newest_first = matches!(lines, [first, .., last] if first.booked_on > last.booked_on);
    if newest_first {
        lines.reverse();
    }
    lines.sort_by_key(|line| line.booked_on);
}

/// Checks opening + in − out = closing, where the file tells both balances.
pub(super) fn prove(statement: &Statement) -> Option<Finding> {
    let (opening, closing) = (statement.opening_vnd?, statement.closing_vnd?);
    let difference = statement.lines.iter().fold(i128::from(closing) - i128::from(opening), |left, line| {
        // The number of lines is limited, so that 128 bits hold any sum of them.
        match line.direction {
            Direction::In => left - i128::from(line.amount_vnd),
            Direction::Out => left + i128::from(line.amount_vnd),
        }
    });
    (difference != 0).then(|| findings::balance_broken(difference))
}

#[cfg(test)]
mod tests {
    use super::whole_dong;

    #[test]
    fn an_amount_is_whole_or_nothing() {
        for (text, expected) in [("250000", 250_000), ("250000.00", 250_000), ("250000.", 250_000), ("0.0", 0)] {
            assert_eq!(whole_dong(text, '.'), Some(expected), "{text}");
        }
        assert_eq!(whole_dong("250000,", ','), Some(250_000));
        for text in ["", ".", ".00", "250000.5", "250000.001", "-1", "+1", "1e3", "1,000.00", "9223372036854775808"] {
            assert_eq!(whole_dong(text, '.'), None, "{text}");
        }
    }
}
