//! Who listens: how many conversations are open, for how many each caller may have, and the word that the hub stops.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use entities::callers::Subject;
use tokio::sync::watch;

/// One address may have this part of the places wait for it at once, and never fewer than some.
const WAITING_SHARE: usize = 8;
const LEAST_WAITING: usize = 16;

/// The conversations of one process: sockets and streams of events. Cheap to clone.
#[derive(Clone)]
pub struct Audience(Arc<Inner>);

struct Inner {
    limit: usize,
    limit_each: usize,
    open: watch::Sender<usize>,
    seats: Mutex<HashMap<Subject, usize>>,
    waiting: Mutex<HashMap<IpAddr, usize>>,
    stopping: watch::Sender<bool>,
}

/// A conversation that is open; it is over when this is dropped.
pub struct Door(Audience);

/// A socket of which nobody knows yet whose it is; its address has room for another one when this is dropped.
pub struct Wait(Audience, IpAddr);

/// A conversation whose caller is known; the caller has room for another one when this is dropped.
pub struct Seat(Audience, Subject);

impl Audience {
    /// Room for `limit` conversations, `limit_each` for each caller.
    #[must_use]
    pub fn new(limit: usize, limit_each: usize) -> Self {
        let (open, stopping) = (watch::Sender::new(0), watch::Sender::new(false));
        Self(Arc::new(Inner { limit, limit_each, open, seats: Mutex::default(), waiting: Mutex::default(), stopping }))
    }

    /// Lets somebody of an address wait until it is known; none when the address has as many that wait as it may have, or when nobody
    /// could be let in. Who waits takes no room from those who are known.
    #[must_use]
    pub fn wait(&self, address: IpAddr) -> Option<Wait> {
        let is_open = !*self.0.stopping.borrow() && *self.0.open.borrow() < self.0.limit;
        let mut waiting = self.waiting();
        let of_all: usize = waiting.values().sum();
        let own = waiting.get(&address).copied().unwrap_or_default();
        let most = (self.0.limit / WAITING_SHARE).max(LEAST_WAITING);
        if !is_open || own >= most || of_all >= self.0.limit.max(most) {
            return None;
        }
        waiting.insert(address, own + 1);
        Some(Wait(self.clone(), address))
    }

    /// Opens a conversation; none when the process has no room, or stops.
    #[must_use]
    pub fn enter(&self) -> Option<Door> {
        let has_room = !*self.0.stopping.borrow()
            && self.0.open.send_if_modified(|open| {
                let has_room = *open < self.0.limit;
                *open += usize::from(has_room);
                has_room
            });
        has_room.then(|| Door(self.clone()))
    }

    /// Gives a caller a seat; none when it has all that it may have.
    #[must_use]
    pub fn sit(&self, subject: Subject) -> Option<Seat> {
        let mut seats = self.seats();
        let taken = seats.entry(subject).or_default();
        if *taken >= self.0.limit_each {
            return None;
        }
        *taken += 1;
        Some(Seat(self.clone(), subject))
    }

    /// Resolves when the hub stops.
    pub async fn stopping(&self) {
        // The sender lives as long as the audience.
        let _ = self.0.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Asks everyone to end, and waits until they have, or no longer than `limit`.
    pub async fn dismiss(&self, limit: Duration) {
        self.0.stopping.send_replace(true);
        let mut open = self.0.open.subscribe();
        // Whoever has not ended by then is cut.
        let _ = tokio::time::timeout(limit, open.wait_for(|open| *open == 0)).await;
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<Subject, usize>> {
        self.0.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        match waiting.get_mut(&self.1) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(waiting.remove(&self.1)),
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.0.0.open.send_modify(|open| *open = open.saturating_sub(1));
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.0.seats();
        match seats.get_mut(&self.1) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => drop(seats.remove(&self.1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use entities::ids::UserId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn there_is_room_again_when_someone_leaves() {
        let audience = Audience::new(2, 1);
        let (first, second) = (audience.enter(), audience.enter());
        assert!(first.is_some() && second.is_some() && audience.enter().is_none());
        drop(first);
        assert!(audience.enter().is_some());
        let [a, b] = [1, 2].map(|id| Subject::User(UserId::from_uuid(Uuid::from_u128(id))));
        let seat = audience.sit(a);
        assert!(seat.is_some() && audience.sit(a).is_none() && audience.sit(b).is_some());
        drop(seat);
        assert!(audience.sit(a).is_some());
    }

    #[test]
    fn who_waits_takes_no_room_from_the_known() {
        let audience = Audience::new(160, 1);
        let [one, other] = [1, 2].map(|last| IpAddr::from([192, 0, 2, last]));
        let mut waiting: Vec<_> = (0..20).map(|_| audience.wait(one).unwrap()).collect();
        assert!(audience.wait(one).is_none() && audience.wait(other).is_some() && audience.enter().is_some());
        waiting.pop();
        assert!(audience.wait(one).is_some());
        let doors: Vec<_> = (0..160).map(|_| audience.enter().unwrap()).collect();
        assert!(audience.wait(other).is_none(), "nobody could be let in");
        drop(doors);
    }

    #[tokio::test]
    async fn who_is_asked_to_end_is_waited_for() {
        let audience = Audience::new(2, 1);
        let door = audience.enter();
        tokio::join!(audience.dismiss(Duration::from_secs(60)), async {
            audience.stopping().await;
            drop(door);
        });
        assert!(audience.enter().is_none(), "a stopping hub takes nobody in");
    }
}
