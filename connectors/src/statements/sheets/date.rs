//! Days as banks print them: the day always before the month, and never guessed.

use chrono::{Datelike, Days, NaiveDate, NaiveTime};

use crate::sheets::Cell;
use crate::statements::moment;
use crate::time::{Timestamp, Vietnam};

/// What a cell says about a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Read {
    /// It is blank, or some other text.
    Nothing,
    /// It is written as a date, and no calendar has it.
    Impossible,
    /// A day of Vietnam, perhaps with a time, and what the cell holds besides.
    Day { date: NaiveDate, time: Option<NaiveTime>, rest: String },
}

impl Read {
    pub(super) fn date(&self) -> Option<NaiveDate> {
        match self {
            Self::Day { date, .. } => Some(*date),
            _ => None,
        }
    }
}

/// The days that are believed; Excel counts them from the end of 1899.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;
/// Between the two ways in which Excel counts days.
const DAYS_TO_1904: u64 = 1_462;
const SECONDS_PER_DAY: u64 = 86_400;

/// Reads a cell: a text that begins with a date, or a number of days where the container keeps numbers.
pub(super) fn read(cell: &Cell, is_1904: bool) -> Read {
    if cell.is_number { serial(cell.text.trim(), is_1904).unwrap_or(Read::Nothing) } else { text(&cell.text) }
}

/// `d/m/yyyy`, `d-m-yyyy`, `d.m.yyyy` or `yyyy-mm-dd`, then perhaps a time, then perhaps more.
pub(super) fn text(text: &str) -> Read {
    let text = text.trim_start_matches(|character: char| character.is_whitespace() || character == '\'');
    if let Some(day) = zoned(text.trim_end()) {
        return day;
    }
    let Some((first, separator, rest)) = number(text) else { return Read::Nothing };
    let Some((second, again, rest)) = number(rest) else { return Read::Nothing };
    let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    let (third, rest) = rest.split_at(end);
    if separator != again || third.is_empty() || rest.starts_with(['/', '-', '.', ',']) && !rest.starts_with("/ ") {
        return Read::Nothing;
    }
    let (day, month, year) = match (first.len(), second.len(), third.len()) {
        (1 | 2, 1 | 2, 4) => (first, second, third),
        (4, 1 | 2, 1 | 2) if separator == '-' => (third, second, first),
        // It looks like a day, and the century or the order would be a guess.
        (1 | 2, 1 | 2, 2) | (4, 1 | 2, 1 | 2) => return Read::Impossible,
        _ => return Read::Nothing,
    };
    let parts = (year.parse(), month.parse(), day.parse());
    let (Ok(year), Ok(month), Ok(day)) = parts else { return Read::Impossible };
    let Some(date) = NaiveDate::from_ymd_opt(year, month, day).filter(|_| YEARS.contains(&year)) else {
        return Read::Impossible;
    };
    match time(rest) {
        Some((Some(time), rest)) => Read::Day { date, time: Some(time), rest: remainder(rest) },
        Some((None, _)) => Read::Impossible,
        None => Read::Day { date, time: None, rest: remainder(rest) },
    }
}

/// A moment of ISO 8601 with its zone, which may be another day in Vietnam.
fn zoned(text: &str) -> Option<Read> {
    let (_, clock) = text.split_once('T').filter(|(day, _)| day.len() == 10)?;
    let has_zone = clock.ends_with('Z') || clock.get(5..)?.contains(['+', '-']);
    let (date, moment) = moment::read(text).filter(|(date, _)| has_zone && YEARS.contains(&date.year()))?;
    let time = moment.and_then(moment::vietnam_time);
    Some(Read::Day { date, time, rest: String::new() })
}

/// Digits and the separator behind them.
fn number(text: &str) -> Option<(&str, char, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit()).filter(|end| (1..=4).contains(end))?;
    let separator = text[end..].chars().next().filter(|separator| ['/', '-', '.'].contains(separator))?;
    Some((&text[..end], separator, &text[end + 1..]))
}

/// A time behind a blank or a `T`; inner none when it is written as one and does not exist.
fn time(rest: &str) -> Option<(Option<NaiveTime>, &str)> {
    let text = rest.strip_prefix('T').unwrap_or_else(|| rest.trim_start());
    if text.len() == rest.len() {
        return None;
    }
    let end = text.find(|character: char| !character.is_ascii_digit() && character != ':').unwrap_or(text.len());
    let (clock, behind) = text.split_at(end);
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) || parts.iter().any(|part| part.is_empty() || part.len() > 2) {
        return None;
    }
    let mut values = [0_u32; 3];
    for (value, part) in values.iter_mut().zip(&parts) {
        *value = part.parse().ok()?;
    }
    // Half a day is not told by numbers alone. Where it is told in English, the month may stand before the day.
    if ["AM", "PM"].iter().any(|half| behind.trim_start().to_ascii_uppercase().starts_with(half)) {
        return Some((None, behind));
    }
    let Some((is_afternoon, behind)) = half(behind) else {
        return Some((NaiveTime::from_hms_opt(values[0], values[1], values[2]), behind));
    };
    let hour = (1..=12).contains(&values[0]).then(|| values[0] % 12 + if is_afternoon { 12 } else { 0 });
    Some((hour.and_then(|hour| NaiveTime::from_hms_opt(hour, values[1], values[2])), behind))
}

/// `SA` (sáng) and `CH` (chiều), as Windows writes the halves of a day in Vietnamese, as a word of their own; and what is behind.
fn half(rest: &str) -> Option<(bool, &str)> {
    let word = rest.trim_start();
    let (half, behind) = word.split_at_checked(2)?;
    let is_afternoon = match half {
        "SA" | "sa" => false,
        "CH" | "ch" => true,
        _ => return None,
    };
    (!behind.starts_with(char::is_alphanumeric)).then_some((is_afternoon, behind))
}

/// Banks put the number of the transaction behind the day: after a line break, ` / ` or a run of blanks.
fn remainder(rest: &str) -> String {
    rest.trim_start_matches(|character: char| character.is_whitespace() || character == '/').trim_end().to_owned()
}

/// Days since 1899-12-30, and the part of a day behind the point.
fn serial(number: &str, is_1904: bool) -> Option<Read> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || whole.len() != 5 {
        return None;
    }
    let days = whole.parse::<u64>().ok()? + if is_1904 { DAYS_TO_1904 } else { 0 };
    // Nine digits are finer than a millisecond.
    let billionths = format!("{fraction:0<9}")[..9].parse::<u64>().ok()?;
    let seconds = (billionths * SECONDS_PER_DAY + 500_000_000) / 1_000_000_000;
    let date = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days + seconds / SECONDS_PER_DAY))?;
    let second = u32::try_from(seconds % SECONDS_PER_DAY).ok()?;
    // Midnight is how a day without a time is kept.
    let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0).filter(|_| second > 0);
    let is_believed = YEARS.contains(&chrono::Datelike::year(&date));
    is_believed.then(|| Read::Day { date, time, rest: String::new() })
}

/// All days in a text, in their order, for "from … to …".
pub(super) fn all_in(text: &str) -> Vec<NaiveDate> {
    let words = text.split(|character: char| character.is_whitespace() || ":();,".contains(character));
    words.filter_map(|word| self::text(word).date()).collect()
}

/// The moment of a day and a time in Vietnam.
pub(super) fn moment(date: NaiveDate, time: NaiveTime) -> Option<Timestamp> {
    Vietnam::Spaced.read(&date.and_time(time).format("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::{Cell, Read, all_in, read, text};
    use chrono::{NaiveDate, NaiveTime};

    fn day(date: [u32; 3], time: Option<[u32; 3]>, rest: &str) -> Read {
        let date = NaiveDate::from_ymd_opt(date[0].try_into().unwrap(), date[1], date[2]).unwrap();
        let time = time.map(|time| NaiveTime::from_hms_opt(time[0], time[1], time[2]).unwrap());
        Read::Day { date, time, rest: rest.to_owned() }
    }

    #[test]
    fn the_day_stands_before_the_month() {
        let cases = [
            ("04/08/2026", day([2026, 8, 4], None, "")),
            ("4-8-2026", day([2026, 8, 4], None, "")),
            ("04.08.2026", day([2026, 8, 4], None, "")),
            ("2026-08-04", day([2026, 8, 4], None, "")),
            ("04/08/2026\n1234 - 00002", day([2026, 8, 4], None, "1234 - 00002")),
            ("03/08/2026 / 1234 - 00001", day([2026, 8, 3], None, "1234 - 00001")),
            ("31-01-2026 14:34:15", day([2026, 1, 31], Some([14, 34, 15]), "")),
            ("31/01/2026 9:05", day([2026, 1, 31], Some([9, 5, 0]), "")),
            ("2026-08-04T10:00:00", day([2026, 8, 4], Some([10, 0, 0]), "")),
            ("04/08/2026 3:00:15 CH", day([2026, 8, 4], Some([15, 0, 15]), "")),
            ("04/08/2026 3:00:15 SA", day([2026, 8, 4], Some([3, 0, 15]), "")),
            ("04/08/2026 12:05 SA", day([2026, 8, 4], Some([0, 5, 0]), "")),
            ("04/08/2026 12:05 CH\n1234", day([2026, 8, 4], Some([12, 5, 0]), "1234")),
            ("04/08/2026 10:00 CHUYEN TIEN", day([2026, 8, 4], Some([10, 0, 0]), "CHUYEN TIEN")),
        ];
        for (printed, expected) in cases {
            assert_eq!(text(printed), expected, "{printed}");
        }
    }

    #[test]
    fn what_would_be_a_guess_is_impossible() {
        for printed in [
            "31/02/2026",
            "08/31/2026",
            "04/08/26",
            "04/08/1999",
            "04/08/2026 25:00",
            "04/08/2026 03:00 PM",
            "04/08/2026 15:00 CH",
            "04/08/2026 0:00 SA",
        ] {
            assert_eq!(text(printed), Read::Impossible, "{printed}");
        }
        for printed in ["", "Tổng", "04/08", "12345", "1.234.567", "04/08-2026", "04/08/2026/1"] {
            assert_eq!(text(printed), Read::Nothing, "{printed}");
        }
    }

    #[test]
    fn days_are_counted_in_numbers_only() {
        let number = |text: &str| Cell { text: text.to_owned(), is_number: true };
        assert_eq!(read(&number("46238"), false), day([2026, 8, 4], None, ""));
        assert_eq!(read(&number("44776"), true), day([2026, 8, 4], None, ""));
        assert_eq!(read(&number("46238.5"), false), day([2026, 8, 4], Some([12, 0, 0]), ""));
        assert_eq!(read(&number("99999"), false), Read::Nothing);
        assert_eq!(text("46238"), Read::Nothing);
    }

    #[test]
    fn a_period_has_two_days() {
        assert_eq!(all_in("Từ ngày/From: 01/08/2026 Đến ngày/To: 31/08/2026").len(), 2);
    }
}
