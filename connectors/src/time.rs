//! Moments on the wire: senders write Vietnam time or a zone; the hub keeps UTC microseconds.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use crate::wire::digits;

/// Microseconds since 1970-01-01T00:00:00 UTC.
pub type Timestamp = i64;

/// Vietnam is seven hours ahead of UTC, the whole year.
const VIETNAM_OFFSET_US: i64 = 7 * 3_600 * MICROS;
const MICROS: i64 = 1_000_000;
const MILLIS: i64 = 1_000;

/// How far a signed time may be from now, both ways, the limit included. Standard Webhooks and SePay agree on it;
/// Casso signs a time and documents no window.
pub(crate) const WINDOW_S: u64 = 300;

/// A way to write a moment of Vietnam, without saying that it is Vietnam.
#[derive(Clone, Copy)]
pub(crate) enum Vietnam {
    /// `2025-08-15 09:30:00`
    Spaced,
    /// `20250815093000`
    Compact,
    /// `2025-08-15 09:30`
    Minutes,
    /// `2025-08-1509:30`
    GluedMinutes,
}

impl Vietnam {
    fn format(self) -> (&'static str, usize) {
        match self {
            Self::Spaced => ("%Y-%m-%d %H:%M:%S", 19),
            Self::Compact => ("%Y%m%d%H%M%S", 14),
            Self::Minutes => ("%Y-%m-%d %H:%M", 16),
            Self::GluedMinutes => ("%Y-%m-%d%H:%M", 15),
        }
    }

    pub(crate) fn read(self, text: &str) -> Option<Timestamp> {
        let (format, length) = self.format();
        if text.len() != length || !text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let local = NaiveDateTime::parse_from_str(text, format).ok()?;
        Some(local.and_utc().timestamp_micros() - VIETNAM_OFFSET_US)
    }

    /// `None` for moments outside the calendar.
    pub(crate) fn write(self, moment: Timestamp) -> Option<String> {
        let local = DateTime::from_timestamp_micros(moment.checked_add(VIETNAM_OFFSET_US)?)?;
        Some(local.format(self.format().0).to_string())
    }
}

/// Milliseconds since 1970, as gateways count them; `None` for none at all and for moments outside the calendar.
pub(crate) fn read_milliseconds(count: i64) -> Option<Timestamp> {
    DateTime::from_timestamp_millis(count).filter(|_| count > 0).map(|moment| moment.timestamp_micros())
}

/// Whole milliseconds; finer is cut.
pub(crate) fn milliseconds(moment: Timestamp) -> i64 {
    moment.div_euclid(MILLIS)
}

/// RFC 3339 with any offset; finer than a microsecond is cut.
pub(crate) fn read_rfc3339(text: &str) -> Option<Timestamp> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros())
}

/// The short form of ISO 8601 in UTC.
const BASIC_UTC: &str = "%Y%m%dT%H%M%SZ";

/// `20250815T023000Z`
pub(crate) fn read_basic_utc(text: &str) -> Option<Timestamp> {
    if text.len() != 16 || !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    Some(NaiveDateTime::parse_from_str(text, BASIC_UTC).ok()?.and_utc().timestamp_micros())
}

/// As [`read_basic_utc`] reads it; `None` for moments outside the calendar.
pub(crate) fn write_basic_utc(moment: Timestamp) -> Option<String> {
    Some(DateTime::from_timestamp_micros(moment)?.format(BASIC_UTC).to_string())
}

/// RFC 3339 in UTC; `None` for moments outside the calendar.
pub(crate) fn write_rfc3339(moment: Timestamp) -> Option<String> {
    let moment = DateTime::from_timestamp_micros(moment)?;
    Some(moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

/// Unix time: ten digits are seconds, thirteen are milliseconds.
pub(crate) fn read_unix(text: &str) -> Option<Timestamp> {
    let number = digits(text)?;
    match text.len() {
        10 => number.checked_mul(MICROS),
        13 => number.checked_mul(MILLIS),
        _ => None,
    }
}

/// Whole seconds, as signatures carry them.
pub(crate) fn seconds(moment: Timestamp) -> i64 {
    moment.div_euclid(MICROS)
}

/// The last moment at which a signed time is near enough.
pub(crate) fn last_in_window(signed_s: i64) -> Timestamp {
    signed_s.saturating_add_unsigned(WINDOW_S + 1).saturating_mul(MICROS) - 1
}

/// The minute of the day in Vietnam.
pub(crate) fn vietnam_minute(moment: Timestamp) -> i64 {
    moment.saturating_add(VIETNAM_OFFSET_US).div_euclid(60 * MICROS).rem_euclid(24 * 60)
}

/// The day in Vietnam; `None` for moments outside the calendar.
pub(crate) fn vietnam_day(moment: Timestamp) -> Option<NaiveDate> {
    Some(DateTime::from_timestamp_micros(moment.checked_add(VIETNAM_OFFSET_US)?)?.date_naive())
}

/// Whether a signed time is near enough to now.
pub(crate) fn within_window(signed_s: i64, now: Timestamp) -> bool {
    seconds(now).abs_diff(signed_s) <= WINDOW_S
}

#[cfg(test)]
mod tests {
    use super::{
        Timestamp, Vietnam, milliseconds, read_basic_utc, read_milliseconds, read_rfc3339, read_unix, write_basic_utc,
        write_rfc3339,
    };

    const MOMENT: Timestamp = 1_755_225_000_000_000;

    #[test]
    fn all_spellings_are_one_moment() {
        assert_eq!(Vietnam::Spaced.read("2025-08-15 09:30:00"), Some(MOMENT));
        assert_eq!(Vietnam::Compact.read("20250815093000"), Some(MOMENT));
        assert_eq!(read_rfc3339("2025-08-15T09:30:00+07:00"), Some(MOMENT));
        assert_eq!(read_basic_utc("20250815T023000Z"), Some(MOMENT));
        assert_eq!(Vietnam::Minutes.read("2025-08-15 09:30"), Some(MOMENT));
        assert_eq!(Vietnam::GluedMinutes.read("2025-08-1509:30"), Some(MOMENT));
        assert_eq!(read_unix("1755225000"), Some(MOMENT));
        assert_eq!(read_unix("1755225000000"), Some(MOMENT));
        assert_eq!(write_basic_utc(MOMENT).unwrap(), "20250815T023000Z");
        assert_eq!(Vietnam::Spaced.write(MOMENT).unwrap(), "2025-08-15 09:30:00");
        assert_eq!(Vietnam::Compact.write(MOMENT).unwrap(), "20250815093000");
        assert_eq!(write_rfc3339(MOMENT).unwrap(), "2025-08-15T02:30:00Z");
        assert_eq!(read_milliseconds(1_755_225_000_000), Some(MOMENT));
        assert_eq!(milliseconds(MOMENT + 999), 1_755_225_000_000);
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in ["", "2025-08-15", "2025-13-15 09:30:00", "2025-08-15T09:30:00", "+025-08-15 09:30:00"] {
            assert_eq!(Vietnam::Spaced.read(text), None, "{text}");
        }
        for text in ["", "2025081509300", "20250815093099", "2025081509300x", "-0250815093000"] {
            assert_eq!(Vietnam::Compact.read(text), None, "{text}");
        }
        for count in [i64::MIN, -1, 0, i64::MAX] {
            assert_eq!(read_milliseconds(count), None, "{count}");
        }
        for text in ["", "20250815T023000", "20250815T023000+", "20251315T023000Z", "+0250815T02300Z"] {
            assert_eq!(read_basic_utc(text), None, "{text}");
        }
        for text in ["", "0", "175522500", "17552250000000", "-755225000", "1755225000.0"] {
            assert_eq!(read_unix(text), None, "{text}");
        }
        assert_eq!(Vietnam::Spaced.write(Timestamp::MAX), None);
        assert_eq!(write_rfc3339(Timestamp::MIN), None);
    }
}
