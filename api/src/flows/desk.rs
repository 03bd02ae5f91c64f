//! Connectors at work: one per connection and version, so that a rotated, limited or paused connection takes effect in every
//! process within seconds.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connectors::Secret;
use connectors::banks::{self, Bank, Credentials, Opened};
use connectors::fault::Refusal;
use connectors::inbound::Inbound;
use entities::connections::{Held, Limits};
use entities::ids::{ConnectionId, ConnectionKeyId};
use entities::time::Timestamp;
use entities::{Db, Error, connections};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::billing::Unknown;
use super::receive::Door;

/// How long a connector is used without asking whether its connection changed. Told by a clock that nobody sets.
const FRESH: Duration = Duration::from_secs(3);
/// Between two looks that forged messages cause: a stranger must not buy reads with noise.
const REST: Duration = Duration::from_millis(50);
/// Unknown addresses remembered at most, so that guessing addresses costs no memory.
const MAX_UNKNOWN: usize = 10_000;

/// A connection with its connector.
pub struct Desk {
    /// The connector with every key that is valid, which proves, reads and answers.
    pub bank: Box<dyn Bank>,
    /// By which path its messages come.
    pub door: Door,
    /// Whether the connection is paused.
    pub paused: bool,
    /// What its sender may send, and from where.
    pub limits: Limits,
    /// How many messages it may still send.
    pub rate: DefaultDirectRateLimiter,
    /// Codes that it asked for and nobody has.
    pub unknown: Unknown,
    /// The same connector with each key alone, to tell which one proved.
    keys: Vec<Single>,
    /// The first moment at which one of the keys proves nothing any more.
    ends: Option<Timestamp>,
    /// Version, pause and keys for which this connector was made.
    stood_for: StoodFor,
}

type StoodFor = (i64, bool, Vec<ConnectionKeyId>);

/// A connector with one key.
struct Single {
    id: ConnectionKeyId,
    bank: Box<dyn Bank>,
}

impl Desk {
    /// Proves and reads a message, and tells which keys proved it. What asks instead of telling is not always proven.
    ///
    /// # Errors
    /// Those of [`Bank::open`].
    pub fn open(&self, inbound: &Inbound<'_>, now: Timestamp) -> Result<(Opened, Vec<ConnectionKeyId>), Refusal> {
        let opened = self.bank.open(inbound, now.micros())?;
        let keys = match &opened {
            Opened::Notices(_) | Opened::Several { .. } | Opened::Unreadable(_) | Opened::Bill(_) => {
                self.proving(inbound, now)
            }
            Opened::OrderCheck(_) | Opened::TokenRequest(_) | Opened::Probe => Vec::new(),
        };
        Ok((opened, keys))
    }

    fn proving(&self, inbound: &Inbound<'_>, now: Timestamp) -> Vec<ConnectionKeyId> {
        if let [only] = self.keys.as_slice() {
            return vec![only.id];
        }
        let proves = |key: &&Single| key.bank.open(inbound, now.micros()).is_ok();
        let alone: Vec<ConnectionKeyId> = self.keys.iter().filter(proves).map(|key| key.id).collect();
        // A token under one key around a signature under another needs both.
        if alone.is_empty() { self.keys.iter().map(|key| key.id).collect() } else { alone }
    }

    fn stands_for(&self, connection: &connections::Connection, keys: &[Held]) -> bool {
        self.stood_for == stands_for(connection, keys)
    }

    fn holds(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|end| now < end)
    }
}

/// Every connector of this process.
#[derive(Default)]
pub struct Desks {
    known: Mutex<HashMap<ConnectionId, Known>>,
    /// One look at a time for each connection whose messages could not be proven.
    looking: Mutex<HashMap<ConnectionId, Arc<tokio::sync::Mutex<()>>>>,
}

/// When a connection was looked up, and its connector; none for an address that names no connection.
#[derive(Clone)]
struct Known {
    at: Instant,
    desk: Option<Arc<Desk>>,
}

impl Desks {
    /// The connector of a connection; none when there is no such connection.
    ///
    /// # Errors
    /// The database's; a stored connection that its connector refuses.
    pub async fn of(
        &self,
        db: &Db,
        id: ConnectionId,
        per_second: u64,
        now: Timestamp,
    ) -> Result<Option<Arc<Desk>>, Error> {
        let known = self.known().get(&id).cloned();
        match known {
            Some(known) if known.at.elapsed() < FRESH && known.desk.as_ref().is_none_or(|desk| desk.holds(now)) => {
                Ok(known.desk)
            }
            known => self.look(db, id, known, per_second, now).await,
        }
    }

    /// The connector as it is after `arrived`, for a message that an older one could not prove: its key may have been made
    /// in another process since. Many such messages share one look.
    ///
    /// # Errors
    /// As [`Desks::of`].
    pub async fn after(
        &self,
        db: &Db,
        id: ConnectionId,
        per_second: u64,
        arrived: Instant,
        now: Timestamp,
    ) -> Result<Option<Arc<Desk>>, Error> {
        let turn = self.turn(id);
        let _held = turn.lock().await;
        let known = self.known().get(&id).cloned();
        if let Some(known) = &known {
            if known.at > arrived {
                return Ok(known.desk.clone());
            }
            tokio::time::sleep(REST.saturating_sub(known.at.elapsed())).await;
        }
        self.look(db, id, known, per_second, now).await
    }

    async fn look(
        &self,
        db: &Db,
        id: ConnectionId,
        known: Option<Known>,
        per_second: u64,
        now: Timestamp,
    ) -> Result<Option<Arc<Desk>>, Error> {
        let at = Instant::now();
        let stored = connections::with_keys(db, id, now).await?;
        let mut desk = match &stored {
            None => None,
            Some((connection, keys)) => {
                let same = known.and_then(|known| known.desk).filter(|desk| desk.stands_for(connection, keys));
                Some(same.map_or_else(|| seat(connection, keys, per_second).map(Arc::new), Ok)?)
            }
        };
        let mut all = self.known();
        if all.len() >= MAX_UNKNOWN {
            all.retain(|_, known| known.desk.is_some());
        }
        // Of many who looked at once, all take the connector of the first: its budget is one.
        if let (Some(Known { desk: Some(first), .. }), Some((connection, keys))) = (all.get(&id), &stored)
            && first.stands_for(connection, keys)
        {
            desk = Some(first.clone());
        }
        // A slower look that began earlier must not undo a later one.
        if all.get(&id).is_none_or(|known| known.at <= at) {
            all.insert(id, Known { at, desk: desk.clone() });
        }
        Ok(desk)
    }

    fn turn(&self, id: ConnectionId) -> Arc<tokio::sync::Mutex<()>> {
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        looking.entry(id).or_default().clone()
    }

    fn known(&self) -> MutexGuard<'_, HashMap<ConnectionId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connector of a connection as it stands now, past what this process remembers.
///
/// # Errors
/// As [`Desks::of`].
pub async fn fresh(db: &Db, id: ConnectionId, now: Timestamp) -> Result<Option<Desk>, Error> {
    let stored = connections::with_keys(db, id, now).await?;
    stored.map(|(connection, keys)| seat(&connection, &keys, 1)).transpose()
}

fn stands_for(connection: &connections::Connection, keys: &[Held]) -> StoodFor {
    (connection.version, connection.paused_at.is_some(), keys.iter().map(|key| key.id).collect())
}

fn seat(connection: &connections::Connection, keys: &[Held], per_second: u64) -> Result<Desk, Error> {
    let connect = |keys: &[Held]| {
        let keys = keys.iter().map(|key| Secret::new(key.bytes.clone())).collect();
        let credentials = Credentials { connection: connection.id.to_string(), keys, extra: connection.extra.clone() };
        banks::connect(&connection.bank, &credentials).map_err(Error::internal)
    };
    let single = |key: &Held| connect(std::slice::from_ref(key)).map(|bank| Single { id: key.id, bank });
    let own = connection.limits.messages_per_second.and_then(|own| u64::try_from(own).ok());
    let per_second = own.map_or(per_second, |own| own.min(per_second));
    let per_second = NonZeroU32::new(u32::try_from(per_second).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN);
    Ok(Desk {
        bank: connect(keys)?,
        door: Door::of(&connection.bank),
        paused: connection.paused_at.is_some(),
        limits: connection.limits.clone(),
        unknown: Unknown::default(),
        rate: RateLimiter::direct(Quota::per_second(per_second)),
        keys: keys.iter().map(single).collect::<Result<_, _>>()?,
        ends: keys.iter().filter_map(|key| key.valid_until).min(),
        stood_for: stands_for(connection, keys),
    })
}
