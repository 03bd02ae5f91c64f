//! The only place that asks the machine for the time; everyone else is handed the moment.

use entities::time::Timestamp;

/// The present moment.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    Timestamp::from(chrono::Utc::now())
}
