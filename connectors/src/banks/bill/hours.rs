//! The hours of Vietnam in which a bank may collect: before and after them its books are closed, and so are ours.

use crate::time::{self, Timestamp};

const MINUTES_OF_DAY: i64 = 24 * 60;

/// From the first minute to the one that is no longer in; over midnight when the first is the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hours {
    from: i64,
    to: i64,
}

impl Hours {
    /// `05:00-23:30`; `24:00` is the end of the day.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let hours = Self { from: minute(from)?, to: minute(to)? };
        (hours.from != hours.to && hours.from < MINUTES_OF_DAY).then_some(hours)
    }

    pub(super) fn hold(self, moment: Timestamp) -> bool {
        let now = time::vietnam_minute(moment);
        if self.from < self.to { (self.from..self.to).contains(&now) } else { now >= self.from || now < self.to }
    }
}

/// The minute of the day.
fn minute(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let part = |text: &str| crate::wire::digits(text).filter(|_| text.len() == 2);
    let (hours, minutes) = (part(hours)?, part(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= MINUTES_OF_DAY).then_some(minute)
}

#[cfg(test)]
mod tests {
    use super::Hours;

    /// 2025-08-15 at this hour and minute of Vietnam.
    fn at(hour: i64, minute: i64) -> i64 {
        (1_755_190_800 + hour * 3_600 + minute * 60) * 1_000_000
    }

    #[test]
    fn hours_hold_their_first_minute_and_not_their_last() {
        let day = Hours::read("05:00-23:30").unwrap();
        assert!(!day.hold(at(4, 59)) && day.hold(at(5, 0)) && day.hold(at(23, 29)) && !day.hold(at(23, 30)));
        let night = Hours::read("22:00-04:00").unwrap();
        assert!(night.hold(at(22, 0)) && night.hold(at(0, 0)) && night.hold(at(3, 59)) && !night.hold(at(4, 0)));
        let always = Hours::read("00:00-24:00").unwrap();
        assert!((0..24).all(|hour| always.hold(at(hour, 0)) && always.hold(at(hour, 59))));
    }

    #[test]
    fn what_is_no_hours_is_refused() {
        for bad in ["", "5:00-23:00", "05:00", "05:00-05:00", "24:00-05:00", "05:60-06:00", "05:00-24:01", "a-b"] {
            assert_eq!(Hours::read(bad), None, "{bad}");
        }
    }
}
