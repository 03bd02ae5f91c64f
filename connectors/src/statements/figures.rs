//! What all bank messages share: limits, amounts, the order of lines, and the proof by the balances.

use chrono::NaiveDate;

use super::{Finding, Line, Statement, findings};
use crate::{notice::Direction, time::Timestamp, wire::digits};

/// The longest file that is read; a month of a large school is under a megabyte.
pub(super) const FILE_LIMIT_BYTES: usize = 32 * 1_024 * 1_024;
/// The most entries, details and accounts of one file together, so that memory is bounded.
pub(super) const ENTRY_LIMIT: usize = 100_000;
/// The longest text of one line, in bytes of UTF-8; the formats allow a few hundred characters.
pub(super) const TEXT_LIMIT_BYTES: usize = 4_096;

/// Whole đồng of zero or more: digits, and behind the separator zeros alone or nothing. Nothing is rounded.
pub(super) fn whole_dong(text: &str, separator: char) -> Option<i64> {
    let (whole, parts) = text.split_once(separator).unwrap_or((text, ""));
    parts.bytes().all(|byte| byte == b'0').then(|| digits(whole)).flatten()
}

/// Adds a piece of text as far as the limit allows; whether it was cut.
pub(super) fn append(text: &mut String, piece: &str) -> bool {
    let room = TEXT_LIMIT_BYTES.saturating_sub(text.len());
    let end = piece.floor_char_boundary(room);
    text.push_str(&piece[..end]);
    end < piece.len()
}

/// The text without blanks around it; a control character, which no text needs and no database likes, is a blank.
pub(super) fn clean(text: &str) -> Option<String> {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
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
    use super::{TEXT_LIMIT_BYTES, append, clean, whole_dong};

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

    #[test]
    fn a_text_is_cut_between_letters() {
        let mut text = "x".repeat(TEXT_LIMIT_BYTES - 2);
        assert!(append(&mut text, "ệ"));
        assert!(!append(&mut text, "ab"));
        assert!(append(&mut text, "c"));
        assert_eq!(text.len(), TEXT_LIMIT_BYTES);
    }

    #[test]
    fn a_text_has_no_control_characters() {
        assert_eq!(clean(" hoc\u{0}phi\n").as_deref(), Some("hoc phi"));
        assert_eq!(clean("\r\n "), None);
    }
}
