//! Moments and days: UTC microseconds in the database, Vietnam days (+07:00, no daylight saving) in every rule.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, SecondsFormat, Utc};
use sea_orm::DeriveValueType;

/// Vietnam's offset in seconds east of UTC; the country keeps no daylight saving time.
const VIETNAM_OFFSET_SECONDS: i32 = 7 * 3600;

/// A moment in microseconds since 1970-01-01T00:00:00Z.
///
/// Both engines store it as a 64-bit integer: text with offsets would order wrongly on SQLite, and a cursor made of
/// integers is exact on both.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, DeriveValueType)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `micros` microseconds after the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The moment `seconds` seconds after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment `seconds` later (or earlier, when negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The moment `micros` later (or earlier, when negative).
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// The calendar day in Vietnam at this moment.
    #[must_use]
    pub fn vietnam_day(self) -> NaiveDate {
        self.vietnam().date_naive()
    }

    /// RFC 3339 with microseconds and `+07:00`, as every reply shows times.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.vietnam().to_rfc3339_opts(SecondsFormat::Micros, false)
    }

    fn vietnam(self) -> DateTime<FixedOffset> {
        let utc: DateTime<Utc> = DateTime::from_timestamp_micros(self.0).unwrap_or_default();
        let offset = FixedOffset::east_opt(VIETNAM_OFFSET_SECONDS)
            .unwrap_or(FixedOffset::east_opt(0).expect("zero is an offset"));
        utc.with_timezone(&offset)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment.timestamp_micros())
    }
}

/// The day so many days before.
#[must_use]
pub(crate) fn earlier(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// The day so many days after.
#[must_use]
pub(crate) fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// The first moment of a day in Vietnam.
#[must_use]
pub fn start_of_day(day: NaiveDate) -> Timestamp {
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    Timestamp::from(midnight).plus_seconds(-i64::from(VIETNAM_OFFSET_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_changes_at_five_in_the_evening_utc() {
        let before = Timestamp::from_seconds(1_795_193_999);
        assert_eq!(before.rfc3339(), "2026-11-20T23:59:59.000000+07:00");
        assert_eq!(before.vietnam_day().to_string(), "2026-11-20");
        assert_eq!(before.plus_seconds(1).vietnam_day().to_string(), "2026-11-21");
        assert_eq!(start_of_day(before.plus_seconds(1).vietnam_day()), before.plus_seconds(1));
    }
}
