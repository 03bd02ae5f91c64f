//! Statement lines (`:61:`): `2508150815C250000,00NTRFref//bankref`, and a supplementary line below.

use chrono::{Datelike, NaiveDate};

use super::super::{
    Finding, Line,
    figures::{Posting, whole_dong},
    findings,
    text::clean,
};
use crate::notice::Direction;

/// The line without its `:86:`; the supplementary line stands in as content until one comes.
///
/// The entry date is the day of the transaction, and the value date where there is no other. Its year is not written:
/// it is the one that brings it nearest to the value date.
pub(super) fn read(row: u32, lines: &[&str]) -> Result<Line, Finding> {
    let text = lines.first().map_or("", |line| line.trim());
    let date_fault = || findings::date_unreadable(Some(row), text);
    let (valued, rest) = text.split_at_checked(6).ok_or_else(|| findings::line_unreadable(row, text))?;
    let valued = date(valued).ok_or_else(date_fault)?;
    let (booked, rest) = match rest.split_at_checked(4) {
        Some((day, rest)) if all_digits(day) => (Some(nearest(day, valued).ok_or_else(date_fault)?), rest),
        _ => (None, rest),
    };
    let (direction, is_reversal, rest) = mark(row, rest)?;
    // The third letter of the currency may stand here, where it would tell funds apart.
    let rest = rest.strip_prefix(|letter: char| letter.is_ascii_uppercase()).unwrap_or(rest);
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, ',' | '.')).unwrap_or(rest.len());
    let (amount, rest) = rest.split_at(end);
    let amount_vnd =
        whole_dong(amount, ',').filter(|amount| *amount > 0).ok_or_else(|| findings::amount_unreadable(row, amount))?;
    // The kind of the transaction: a letter and three more.
    let (kind, references) = rest.split_at_checked(4).ok_or_else(|| findings::line_unreadable(row, text))?;
    if !kind.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
        return Err(findings::line_unreadable(row, text));
    }
    let (own, bank) = references.split_once("//").unwrap_or((references, ""));
    let posting = Posting {
        row,
        booked_on: booked.unwrap_or(valued),
        occurred_at: None,
        value_on: booked.map(|_| valued),
        direction,
        amount_vnd,
        is_reversal,
    };
    let mut line = posting.line();
    line.reference = clean(bank).or_else(|| clean(own).filter(|own| own != "NONREF"));
    line.content = lines.get(1).and_then(|line| clean(line));
    Ok(line)
}

/// C and D, and RC and RD, which take back a credit and a debit: the money of an RC goes out. EC and ED, of interim
/// reports, are expected only.
fn mark(row: u32, text: &str) -> Result<(Direction, bool, &str), Finding> {
    let known = [
        ("RC", Direction::Out, true),
        ("RD", Direction::In, true),
        ("C", Direction::In, false),
        ("D", Direction::Out, false),
    ];
    if let Some(expected @ ("EC" | "ED")) = text.get(..2) {
        return Err(findings::entry_not_booked(row, expected));
    }
    known
        .into_iter()
        .find_map(|(mark, direction, is_reversal)| Some((direction, is_reversal, text.strip_prefix(mark)?)))
        .ok_or_else(|| findings::direction_unreadable(row, text))
}

/// `yymmdd`, of this century.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    if text.len() != 6 || !all_digits(text) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().ok();
    NaiveDate::from_ymd_opt(2_000 + i32::try_from(number(0..2)?).ok()?, number(2..4)?, number(4..6)?)
}

/// `mmdd` in the year that brings it nearest to the value date: an entry of 31 December may have a value of 2 January.
fn nearest(text: &str, valued: NaiveDate) -> Option<NaiveDate> {
    let (month, day) = (text.get(..2)?.parse().ok()?, text.get(2..)?.parse().ok()?);
    (valued.year() - 1..=valued.year() + 1)
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .min_by_key(|booked| booked.signed_duration_since(valued).num_days().abs())
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
