//! Counts what is heard through connections, in memory, until it is written down together: a message costs no write of its
//! own. What a process counted since it last wrote goes with it when it is killed; drained, it loses nothing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use entities::connections::{self, KEPT, Sighting, Traffic};
use entities::ids::{ConnectionId, ConnectionKeyId};
use entities::time::Timestamp;
use entities::{Db, Error, transaction};

/// Seconds to which the last use of a key is kept: enough to see that an old key is used no more.
const KEY_USE_SECONDS: i64 = 60;

/// The counts of this process.
#[derive(Default)]
pub struct Tallies(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    unwritten: Traffic,
    /// The use of each key that was last counted: the next one counts a minute later.
    used: HashMap<ConnectionKeyId, Timestamp>,
}

impl Tallies {
    /// A message came, and was neither kept nor turned away: a probe, a question, a request for a token.
    pub fn heard(&self, id: ConnectionId, now: Timestamp) {
        self.lock().unwritten.sightings.entry(id).or_default().heard = Some(now);
    }

    /// A message was kept.
    pub fn kept(&self, id: ConnectionId, now: Timestamp) {
        let mut counts = self.lock();
        let sighting = counts.unwritten.sightings.entry(id).or_default();
        (sighting.heard, sighting.kept) = (Some(now), Some(now));
        counts.count(id, KEPT, now);
    }

    /// A message was not taken, for the reason that the code says.
    pub fn not_taken(&self, id: ConnectionId, code: &'static str, now: Timestamp) {
        let mut counts = self.lock();
        let sighting = counts.unwritten.sightings.entry(id).or_default();
        (sighting.heard, sighting.refused) = (Some(now), Some(now));
        counts.count(id, code, now);
    }

    /// A key proved a message.
    pub fn proved(&self, key: ConnectionKeyId, now: Timestamp) {
        let mut counts = self.lock();
        let next = counts.used.get(&key).map(|used| used.plus_seconds(KEY_USE_SECONDS));
        // A clock that was set back must not hide the use of a key until it has caught up.
        let stepped_back = counts.used.get(&key).is_some_and(|used| now < *used);
        if next.is_none_or(|next| now >= next) || stepped_back {
            counts.used.insert(key, now);
            counts.unwritten.keys.insert(key, now);
        }
    }

    /// Writes down what was counted; what cannot be written is counted still.
    ///
    /// # Errors
    /// The database's.
    pub async fn write(&self, db: &Db, now: Timestamp) -> Result<(), Error> {
        let traffic = std::mem::take(&mut self.lock().unwritten);
        if traffic.sightings.is_empty() && traffic.keys.is_empty() {
            return Ok(());
        }
        let written = transaction!(db, |tx| connections::record_traffic(tx, &traffic, now).await);
        if written.is_err() {
            self.lock().put_back(traffic);
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn count(&mut self, id: ConnectionId, code: &'static str, now: Timestamp) {
        *self.unwritten.messages.entry((id, now.vietnam_day(), code)).or_default() += 1;
    }

    fn put_back(&mut self, traffic: Traffic) {
        for (id, old) in traffic.sightings {
            let new = self.unwritten.sightings.entry(id).or_default();
            *new = Sighting {
                heard: new.heard.or(old.heard),
                kept: new.kept.or(old.kept),
                refused: new.refused.or(old.refused),
            };
        }
        for (what, messages) in traffic.messages {
            *self.unwritten.messages.entry(what).or_default() += messages;
        }
        for (key, at) in traffic.keys {
            self.unwritten.keys.entry(key).or_insert(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_written_is_counted_still() {
        let (tallies, at) = (Tallies::default(), Timestamp::from_seconds);
        let id = ConnectionId::new(at(0));
        tallies.kept(id, at(10));
        tallies.not_taken(id, "BAD_PROOF", at(11));
        let taken = std::mem::take(&mut tallies.lock().unwritten);
        tallies.kept(id, at(12));
        tallies.lock().put_back(taken);
        let unwritten = tallies.lock().unwritten.clone();
        let seen = Sighting { heard: Some(at(12)), kept: Some(at(12)), refused: Some(at(11)) };
        assert_eq!(unwritten.sightings[&id], seen);
        let of = |code| unwritten.messages[&(id, at(0).vietnam_day(), code)];
        assert_eq!((of(KEPT), of("BAD_PROOF")), (2, 1));
    }

    #[test]
    fn the_use_of_a_key_is_noted_once_a_minute_and_after_a_step_back() {
        let (tallies, at) = (Tallies::default(), Timestamp::from_seconds);
        let key = ConnectionKeyId::new(at(0));
        let noted = |second| {
            tallies.proved(key, at(second));
            tallies.lock().unwritten.keys.remove(&key)
        };
        assert_eq!([noted(600), noted(659), noted(660)], [Some(at(600)), None, Some(at(660))]);
        assert_eq!(noted(60), Some(at(60)));
    }
}
