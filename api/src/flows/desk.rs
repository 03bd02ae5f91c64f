//! Connectors at work: one per connection and version, so that a rotated or paused connection takes effect in every process
//! within seconds.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use connectors::Secret;
use connectors::banks::{self, Bank, Credentials};
use entities::ids::ConnectionId;
use entities::time::Timestamp;
use entities::{Db, Error, connections};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Seconds for which a connector is used without asking whether its connection changed.
const FRESH_SECONDS: i64 = 3;
/// Unknown addresses remembered at most, so that guessing addresses costs no memory.
const MAX_UNKNOWN: usize = 10_000;

/// A connection with its connector.
pub struct Desk {
    /// The connector, which proves and reads.
    pub bank: Box<dyn Bank>,
    /// Whether the connection is paused.
    pub paused: bool,
    /// How many messages it may still send.
    pub rate: DefaultDirectRateLimiter,
    /// Version, pause and number of valid keys for which this connector was made.
    stood_for: (i64, bool, usize),
}

/// Every connector of this process.
#[derive(Default)]
pub struct Desks(Mutex<Known>);

/// When each connection was looked up, and its connector; none for an address that names no connection.
type Known = HashMap<ConnectionId, (Timestamp, Option<Arc<Desk>>)>;

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
        let known = self.lock().get(&id).cloned();
        if let Some((since, desk)) = &known
            && now < since.plus_seconds(FRESH_SECONDS)
        {
            return Ok(desk.clone());
        }
        let stored = connections::with_keys(db, id, now).await?;
        let desk = match stored {
            None => None,
            Some((connection, keys)) => {
                let now_is = (connection.version, connection.paused_at.is_some(), keys.len());
                let same = known.and_then(|(_, desk)| desk).filter(|desk| desk.stood_for == now_is);
                Some(same.map_or_else(|| seat(&connection, keys, per_second).map(Arc::new), Ok)?)
            }
        };
        let mut desks = self.lock();
        if desks.len() >= MAX_UNKNOWN {
            desks.retain(|_, (_, desk)| desk.is_some());
        }
        desks.insert(id, (now, desk.clone()));
        Ok(desk)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seat(connection: &connections::Connection, keys: Vec<Vec<u8>>, per_second: u64) -> Result<Desk, Error> {
    let stood_for = (connection.version, connection.paused_at.is_some(), keys.len());
    let credentials =
        Credentials { keys: keys.into_iter().map(Secret::new).collect(), extra: connection.extra.clone() };
    let bank = banks::connect(&connection.bank, &credentials).map_err(Error::internal)?;
    let per_second = NonZeroU32::new(u32::try_from(per_second).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN);
    let rate = RateLimiter::direct(Quota::per_second(per_second));
    Ok(Desk { bank, paused: connection.paused_at.is_some(), rate, stood_for })
}
