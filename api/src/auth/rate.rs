//! How many requests a subject or an address may send. Budgets are per process and refill evenly.

use std::collections::HashMap;
use std::fmt::Write;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use entities::callers::Subject;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

/// Budgets kept at most. One that was not used for a minute is full again and can be forgotten.
const MAX_BUDGETS: usize = 20_000;
/// A budget is counted over a minute.
const WINDOW_SECONDS: u64 = 60;

type Budget = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// What is left of a budget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Requests in a minute.
    pub limit: u32,
    /// Requests that may follow at once.
    pub remaining: u32,
    /// Seconds until the next request is welcome; 0 when it is now.
    pub retry_after_seconds: u64,
}

impl Standing {
    fn empty(limit: NonZeroU32, retry_after_seconds: u64) -> Self {
        Self { limit: limit.get(), remaining: 0, retry_after_seconds }
    }

    /// Seconds until the budget is full again, if nothing more is taken.
    #[must_use]
    pub fn full_in_seconds(&self) -> u64 {
        let spent = u64::from(self.limit.saturating_sub(self.remaining));
        spent.saturating_mul(WINDOW_SECONDS).div_ceil(u64::from(self.limit.max(1)))
    }

    /// Seconds until there is more than now; 0 when the budget is full.
    fn more_in_seconds(&self) -> u64 {
        if self.retry_after_seconds > 0 || self.remaining >= self.limit {
            return self.retry_after_seconds;
        }
        WINDOW_SECONDS.div_ceil(u64::from(self.limit.max(1)))
    }

    /// Writes the `RateLimit-Policy` and `RateLimit` headers of a budget of requests.
    pub fn write(&self, headers: &mut HeaderMap) {
        write(headers, &[(REQUESTS, *self)]);
    }
}

/// The name of the budget of requests in headers.
pub const REQUESTS: &str = "minute";
/// The name of the budget of points in headers.
pub const POINTS: &str = "points";

/// Writes the `RateLimit-Policy` and `RateLimit` headers of several budgets (draft-ietf-httpapi-ratelimit-headers-10).
pub fn write(headers: &mut HeaderMap, budgets: &[(&str, Standing)]) {
    let (mut policy, mut left) = (String::new(), String::new());
    for (at, (name, one)) in budgets.iter().enumerate() {
        let between = if at == 0 { "" } else { ", " };
        // A text takes all that is written to it.
        let _ = write!(policy, "{between}\"{name}\";q={};w={WINDOW_SECONDS}", one.limit);
        let _ = write!(left, "{between}\"{name}\";r={};t={}", one.remaining, one.more_in_seconds());
    }
    for (name, list) in [("ratelimit-policy", policy), ("ratelimit", left)] {
        if let Ok(value) = HeaderValue::try_from(list) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// The budgets of one kind of sender.
pub struct Rates<K>(Mutex<HashMap<K, Entry>>);

struct Entry {
    limit: NonZeroU32,
    budget: Budget,
    used_at: Instant,
    /// What was left when it was used.
    left: u32,
}

/// Budgets of callers, by who stands behind them: a person's roles and a client's tokens share one.
pub type SubjectRates = Rates<Subject>;
/// Budgets of addresses, for what is asked before anyone is known.
pub type AddressRates = Rates<IpAddr>;

impl<K> Default for Rates<K> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash> Rates<K> {
    /// Takes one request from the budget of `key`, which has `per_minute` of them.
    ///
    /// # Errors
    /// The standing with the seconds to wait, when the budget is empty.
    pub fn take(&self, key: K, per_minute: u32) -> Result<Standing, Standing> {
        self.take_many(key, 1, per_minute)
    }

    /// Takes `count` units at once, or none, from the budget of `key`, which has `per_minute` of them.
    ///
    /// # Errors
    /// The standing with the seconds to wait, when less is left.
    pub fn take_many(&self, key: K, count: u32, per_minute: u32) -> Result<Standing, Standing> {
        let limit = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        let now = Instant::now();
        let mut budgets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if budgets.len() >= MAX_BUDGETS {
            budgets.retain(|_, entry| now.duration_since(entry.used_at) < Duration::from_secs(WINDOW_SECONDS));
        }
        if budgets.len() >= MAX_BUDGETS && !budgets.contains_key(&key) {
            return Err(Standing::empty(limit, WINDOW_SECONDS));
        }
        let entry = budgets.entry(key).or_insert_with(|| Entry::full(limit, now));
        if entry.limit != limit {
            *entry = Entry::full(limit, now);
        }
        entry.used_at = now;
        match entry.budget.check_n(count) {
            Ok(Ok(left)) => {
                let remaining = left.remaining_burst_capacity();
                entry.left = remaining;
                Ok(Standing { limit: limit.get(), remaining, retry_after_seconds: 0 })
            }
            Ok(Err(early)) => {
                entry.left = 0;
                let wait = early.wait_time_from(DefaultClock::default().now());
                Err(Standing::empty(limit, wait.as_secs().saturating_add(1)))
            }
            Err(_) => Err(Standing::empty(limit, WINDOW_SECONDS)),
        }
    }
}

impl<K: Eq + Hash> Rates<K> {
    /// What is left of the budget of `key`, taking nothing.
    pub fn look(&self, key: &K, per_minute: u32) -> Standing {
        let budgets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Standing { limit: per_minute, remaining: per_minute, retry_after_seconds: 0 };
        let Some(entry) = budgets.get(key).filter(|entry| entry.limit.get() == per_minute) else { return full };
        let refilled =
            u128::from(per_minute) * entry.used_at.elapsed().as_millis() / u128::from(WINDOW_SECONDS * 1_000);
        let remaining = entry.left.saturating_add(u32::try_from(refilled).unwrap_or(u32::MAX)).min(per_minute);
        Standing { remaining, ..full }
    }
}

impl Entry {
    fn full(limit: NonZeroU32, now: Instant) -> Self {
        Self {
            limit,
            budget: RateLimiter::direct(Quota::per_minute(limit)).with_middleware(),
            used_at: now,
            left: limit.get(),
        }
    }
}

/// The address whose budget pays: a whole /64 of IPv6, since one sender commands all of it.
#[must_use]
pub fn payer(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
        },
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_for_its_owner_only() {
        let rates = AddressRates::default();
        let (a, b) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert_eq!(rates.take(a, 2).map(|left| left.remaining), Ok(1));
        assert_eq!(rates.take(a, 2).map(|left| left.remaining), Ok(0));
        let refused = rates.take(a, 2).unwrap_err();
        assert!((1..=31).contains(&refused.retry_after_seconds), "{refused:?}");
        assert!(rates.take(b, 2).is_ok());
        assert!(rates.take(a, 5).is_ok(), "a new contract has a new budget");
    }

    #[test]
    fn a_network_pays_as_one() {
        let payer = |text: &str| payer(text.parse().unwrap()).to_string();
        assert_eq!(payer("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(payer("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(payer("192.0.2.7"), "192.0.2.7");
    }
}
