//! Days and moments of ISO 8601: Vietnam's where no zone is written.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};

use crate::time::Timestamp;

const VIETNAM: FixedOffset = FixedOffset::east_opt(7 * 3_600).expect("seven hours are less than a day");

/// The Vietnam day, and the moment where a time of day is told. Midnight sharp is how systems without a time write a
/// day, so it tells none.
pub(super) fn read(text: &str) -> Option<(NaiveDate, Option<Timestamp>)> {
    let Some((_, clock)) = text.split_once('T') else {
        return Some((day(text)?, None));
    };
    let has_zone = clock.contains(['Z', '+', '-']);
    let written = if has_zone {
        DateTime::parse_from_rfc3339(text).ok()?
    } else {
        DateTime::parse_from_rfc3339(&format!("{text}+07:00")).ok()?
    };
    let moment = (written.time() != NaiveTime::MIN).then(|| written.timestamp_micros());
    Some((written.with_timezone(&VIETNAM).date_naive(), moment))
}

/// The time of day in Vietnam.
pub(super) fn vietnam_time(moment: Timestamp) -> Option<NaiveTime> {
    DateTime::from_timestamp_micros(moment).map(|moment| moment.with_timezone(&VIETNAM).time())
}

/// `2025-08-15`, also with a zone behind it, which the standard allows and which moves no day.
fn day(text: &str) -> Option<NaiveDate> {
    let (day, zone) = text.split_at_checked(10)?;
    let is_zone = zone.is_empty() || zone == "Z" || zone.starts_with(['+', '-']) && zone.len() == 6;
    let is_plain = day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (is_zone && is_plain).then(|| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()).flatten()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::read;

    const MOMENT: i64 = 1_755_225_000_000_000;

    #[test]
    fn all_spellings_give_vietnams_day() {
        let day = NaiveDate::from_ymd_opt(2025, 8, 15).unwrap();
        for (text, moment) in [
            ("2025-08-15", None),
            ("2025-08-15Z", None),
            ("2025-08-15+07:00", None),
            ("2025-08-15T09:30:00", Some(MOMENT)),
            ("2025-08-15T09:30:00.000+07:00", Some(MOMENT)),
            ("2025-08-15T02:30:00Z", Some(MOMENT)),
            ("2025-08-14T22:30:00-04:00", Some(MOMENT)),
            ("2025-08-14T17:30:00Z", Some(MOMENT - 9 * 3_600_000_000)),
            ("2025-08-15T00:00:00", None),
            ("2025-08-15T00:00:00.000+07:00", None),
        ] {
            assert_eq!(read(text), Some((day, moment)), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in
            ["", "15/08/2025", "2025-02-30", "2025-08-15T", "2025-08-15T25:00:00", "2025-08-15 09:30:00", "2025-08-1ệ"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
