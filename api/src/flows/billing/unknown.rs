//! Codes that nobody has: whoever tries many of them is looking for children, not for a bill.

use std::sync::{Mutex, PoisonError};

use entities::time::Timestamp;

const MINUTE_MICROS: i64 = 60 * 1_000_000;

/// How many unknown codes a connection tried in this minute, in this process.
#[derive(Default)]
pub struct Unknown(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    number: i64,
    tried: u64,
}

impl Unknown {
    /// Counts one.
    pub fn count(&self, now: Timestamp) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        minute.turn(now);
        minute.tried += 1;
    }

    /// Seconds until this connection may ask again; none while it may.
    pub fn wait_seconds(&self, most: u64, now: Timestamp) -> Option<u32> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        minute.turn(now);
        let left = MINUTE_MICROS - now.micros().rem_euclid(MINUTE_MICROS);
        (minute.tried >= most).then(|| u32::try_from(left / 1_000_000 + 1).unwrap_or(60))
    }
}

impl Minute {
    fn turn(&mut self, now: Timestamp) {
        let number = now.micros().div_euclid(MINUTE_MICROS);
        if number != self.number {
            *self = Self { number, tried: 0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_so_many_and_the_next_begins_anew() {
        let at = Timestamp::from_seconds;
        let unknown = Unknown::default();
        assert_eq!(unknown.wait_seconds(2, at(100)), None);
        unknown.count(at(100));
        assert_eq!(unknown.wait_seconds(2, at(101)), None);
        unknown.count(at(101));
        assert_eq!(unknown.wait_seconds(2, at(110)), Some(11));
        assert_eq!(unknown.wait_seconds(2, at(120)), None);
    }
}
