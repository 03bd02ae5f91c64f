//! Keeping refused messages without letting a stranger fill the disk: a bounded number each second, the rest only counted.

use std::num::NonZeroU32;

use entities::Db;
use entities::inbox::{self, Refused};
use entities::time::Timestamp;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Refused messages written to the database in one second at most: strangers must not buy writes with noise.
const KEPT_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("twenty is not zero");

/// Keeps refused messages within a budget.
pub struct Refusals(DefaultDirectRateLimiter);

impl Default for Refusals {
    fn default() -> Self {
        Self(RateLimiter::direct(Quota::per_second(KEPT_PER_SECOND)))
    }
}

impl Refusals {
    /// Keeps a refused message when the budget allows; its sender is answered the same either way.
    pub async fn keep(&self, db: &Db, refused: Refused<'_>, now: Timestamp) {
        metrics::counter!("webhook_refused_total", "reason" => refused.reason.to_owned()).increment(1);
        if self.0.check().is_err() {
            return;
        }
        if let Err(error) = inbox::keep_refused(db, refused, now).await {
            tracing::warn!(cause = %error, "a refused message could not be kept");
        }
    }
}
