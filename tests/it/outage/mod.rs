//! Nothing acknowledged is lost and nothing is booked twice, whatever dies (R01, R02), and the controls that
//! prove that these tests can see a loss (R03).
//!
//! Rounds are few by default; `LIENTHONG_TEST_ROUNDS=100 ./tests/run outage` kills more often.

mod controls;
mod database_killed;
mod hub_killed;
mod journal;
mod load;

use std::time::Duration;

/// When to kill in each round: never at the same point of what is going on.
fn pause(round: usize) -> Duration {
    let milliseconds = 150 + round * 277 % 600;
    Duration::from_millis(milliseconds.try_into().unwrap())
}
