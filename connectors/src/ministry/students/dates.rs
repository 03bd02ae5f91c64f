//! Days of a column. Whether the day or the month comes first is decided once for the column, by what its cells prove; nothing
//! is turned around in silence, and what could be either asks.

use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate};

use crate::ministry::Finding;
use crate::ministry::findings::{self, Place};
use crate::sheets::Cell;

/// The years that are believed, of births and of events at school.
const YEARS: RangeInclusive<i32> = 1950..=2100;
/// Between the two ways in which Excel counts days.
const DAYS_TO_1904: u64 = 1_462;

/// Whether a file writes the day or the month first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/12/2015`, the ministry's form.
    DayFirst,
    /// `12/31/2015`.
    MonthFirst,
}

/// What a cell holds, before its order is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// Two numbers and a year, as `4/8/2015`.
    Slashed(u32, u32, i32),
    /// A day by itself, as `2015-08-04`.
    Plain(NaiveDate),
    /// A day that the sheet keeps as a number.
    Serial(NaiveDate),
    /// No day.
    Nothing,
}

/// What the cells of a column prove together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    is_1904: bool,
    told: Option<DateOrder>,
    /// A text has a first number above 12.
    proves_day_first: bool,
    /// A text has a second number above 12.
    proves_month_first: bool,
    /// A number of the sheet is a day above the twelfth, which it could not be if the sheet had exchanged day and month.
    proves_serials: bool,
}

impl Column {
    /// Hears every cell of the column before one is read. `told` is what the sender of the file says, if anything.
    pub(super) fn hear<'a>(cells: impl Iterator<Item = &'a Cell>, is_1904: bool, told: Option<DateOrder>) -> Self {
        let mut column =
            Self { is_1904, told, proves_day_first: false, proves_month_first: false, proves_serials: false };
        for cell in cells {
            match held(cell, is_1904) {
                Held::Slashed(first, second, year) => {
                    column.proves_day_first |= first > 12 && NaiveDate::from_ymd_opt(year, second, first).is_some();
                    column.proves_month_first |= second > 12 && NaiveDate::from_ymd_opt(year, first, second).is_some();
                }
                Held::Serial(day) => column.proves_serials |= day.day() > 12,
                Held::Plain(_) | Held::Nothing => {}
            }
        }
        column
    }

    /// Reads one cell of the column.
    pub(super) fn read(&self, cell: &Cell, place: Place) -> Result<NaiveDate, Finding> {
        match held(cell, self.is_1904) {
            Held::Plain(day) => Ok(day),
            Held::Serial(day) if self.may_be_swapped(day) => Err(findings::date_maybe_swapped(place)),
            Held::Serial(day) => Ok(day),
            Held::Slashed(first, second, year) => self.slashed((first, second, year), place),
            Held::Nothing => Err(findings::date_unreadable(place)),
        }
    }

    fn slashed(&self, (first, second, year): (u32, u32, i32), place: Place) -> Result<NaiveDate, Finding> {
        let order = match (self.told, self.proves_day_first, self.proves_month_first) {
            (Some(told), ..) => told,
            (None, true, false) => DateOrder::DayFirst,
            (None, false, true) => return Err(findings::date_order_foreign(place)),
            // The cells contradict each other: only what can be nothing else is believed.
            (None, true, true) if first > 12 => DateOrder::DayFirst,
            (None, false, false) if first == second || first > 12 || second > 12 => DateOrder::DayFirst,
            (None, ..) => return Err(findings::date_order_unclear(place)),
        };
        let (day, month) = if order == DateOrder::DayFirst { (first, second) } else { (second, first) };
        NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| findings::date_unreadable(place))
    }

    /// A sheet of another country takes `04/08/2015` for the eighth of April and leaves `31/08/2015` as a text. So numbers
    /// beside such texts, none above the twelfth, are days that may have been exchanged.
    fn may_be_swapped(&self, day: NaiveDate) -> bool {
        self.proves_day_first && !self.proves_serials && day.day() != day.month()
    }
}

fn held(cell: &Cell, is_1904: bool) -> Held {
    let text = cell.text.trim().trim_start_matches('\'').trim_start();
    if cell.is_number {
        return serial(text, is_1904).map_or(Held::Nothing, Held::Serial);
    }
    let day = text.split_whitespace().next().unwrap_or_default();
    let rest = text[day.len()..].trim();
    // Midnight is how a day is kept by what knows only moments.
    if !matches!(rest, "" | "00:00:00" | "0:00:00" | "00:00" | "0:00") {
        return Held::Nothing;
    }
    let Some(separator) = day.chars().find(|letter| ['/', '-', '.'].contains(letter)) else { return Held::Nothing };
    let parts: Vec<&str> = day.split(separator).collect();
    let is_digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let [first, second, third] = parts.as_slice() else { return Held::Nothing };
    if !parts.iter().all(is_digits) {
        return Held::Nothing;
    }
    let number = |part: &str| part.parse::<u32>().ok();
    let year = |part: &str| part.parse::<i32>().ok().filter(|year| YEARS.contains(year));
    let read = match (first.len(), second.len(), third.len()) {
        (1 | 2, 1 | 2, 4) => number(first)
            .zip(number(second))
            .zip(year(third))
            .map(|((first, second), year)| Held::Slashed(first, second, year)),
        (4, 2, 2) if separator == '-' => year(first)
            .zip(number(second).zip(number(third)))
            .and_then(|(year, (month, day))| NaiveDate::from_ymd_opt(year, month, day))
            .map(Held::Plain),
        _ => None,
    };
    read.unwrap_or(Held::Nothing)
}

/// Whole days since 1899-12-30, or since 1904 in files of old Macintosh programs.
fn serial(number: &str, is_1904: bool) -> Option<NaiveDate> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() != 5 || !fraction.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let days = whole.parse::<u64>().ok()? + if is_1904 { DAYS_TO_1904 } else { 0 };
    let day = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))?;
    Some(day).filter(|day| YEARS.contains(&day.year()))
}
