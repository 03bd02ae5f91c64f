//! Children are asked for together: one statement for all parents of a reply, within the caller's reach. Each question has
//! a key type of its own, beside the type that asks it; nothing is kept beyond the statement.
//!
//! The resolvers of a request run in one task. The first that asks a question leads: it lets the task come round once, so
//! that every other resolver of the level has asked too, then sends one statement for all. No timer, no second task.

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::dataloader::Loader;
use entities::reach::Reach;
use entities::{Db, Error};
use tokio::sync::oneshot;

use super::fault::Fault;

/// Keys of one statement: what a page of pages may need.
const MAX_KEYS: usize = 5_000;

/// The ledger as one request may see it.
pub struct Ledger {
    /// The ledger.
    pub db: Db,
    /// What the caller may ask about.
    pub reach: Reach,
}

/// The questions of one request.
pub struct Loaders {
    ledger: Ledger,
    waiting: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

/// The questions of a request with this reach.
#[must_use]
pub fn of(db: &Db, reach: &Reach) -> Loaders {
    let ledger = Ledger { db: db.clone(), reach: reach.clone() };
    Loaders { ledger, waiting: Mutex::default() }
}

/// What one statement found, for all who asked.
type Found<K, V> = Arc<Result<HashMap<K, V>, Failed>>;

/// Who asks one question, until it is sent.
struct Waiting<K, V> {
    keys: HashSet<K>,
    heirs: Vec<oneshot::Sender<Found<K, V>>>,
}

impl<K, V> Default for Waiting<K, V> {
    fn default() -> Self {
        Self { keys: HashSet::new(), heirs: Vec::new() }
    }
}

impl Loaders {
    /// The thing of a key; none when there is none in reach.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_one<K>(&self, key: K) -> Result<Option<<Ledger as Loader<K>>::Value>, Failed>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Ledger: Loader<K, Error = Failed>,
    {
        let found = self.found(vec![key.clone()]).await;
        (*found).as_ref().map(|found| found.get(&key).cloned()).map_err(Clone::clone)
    }

    /// The things of these keys; those outside the reach are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_many<K>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<HashMap<K, <Ledger as Loader<K>>::Value>, Failed>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Ledger: Loader<K, Error = Failed>,
    {
        let keys: Vec<K> = keys.into_iter().collect();
        let found = self.found(keys.clone()).await;
        let found = (*found).as_ref().map_err(Clone::clone)?;
        Ok(keys.into_iter().filter_map(|key| found.get(&key).cloned().map(|thing| (key, thing))).collect())
    }

    async fn found<K>(&self, keys: Vec<K>) -> Found<K, <Ledger as Loader<K>>::Value>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Ledger: Loader<K, Error = Failed>,
    {
        if keys.is_empty() {
            return Arc::new(Ok(HashMap::new()));
        }
        loop {
            let (heir, inheritance) = oneshot::channel();
            let leads = self.join(keys.iter().cloned(), heir);
            if leads {
                self.lead::<K>().await;
            }
            // A leader that was dropped leaves nothing; then somebody else leads.
            if let Ok(found) = inheritance.await {
                return found;
            }
        }
    }

    /// Puts keys to those that wait, and says whether nobody leads yet.
    fn join<K>(
        &self,
        keys: impl Iterator<Item = K>,
        heir: oneshot::Sender<Found<K, <Ledger as Loader<K>>::Value>>,
    ) -> bool
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Ledger: Loader<K, Error = Failed>,
    {
        let mut all = self.lock();
        let waiting = all
            .entry(TypeId::of::<K>())
            .or_insert_with(|| Box::new(Waiting::<K, <Ledger as Loader<K>>::Value>::default()))
            .downcast_mut::<Waiting<K, <Ledger as Loader<K>>::Value>>();
        // The type of the key names the entry, so that it is always of this type.
        let Some(waiting) = waiting else { return false };
        waiting.keys.extend(keys);
        waiting.heirs.push(heir);
        waiting.heirs.len() == 1
    }

    async fn lead<K>(&self)
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Ledger: Loader<K, Error = Failed>,
    {
        let mut leader = Leader::<K> { loaders: Some(self), key: PhantomData };
        // The runtime wakes who yields only after the whole task has been polled.
        tokio::task::yield_now().await;
        leader.loaders = None;
        let waiting = self.lock().remove(&TypeId::of::<K>());
        let waiting = waiting.and_then(|all| all.downcast::<Waiting<K, <Ledger as Loader<K>>::Value>>().ok());
        let Some(waiting) = waiting else { return };
        let (keys, mut found) = (waiting.keys.into_iter().collect::<Vec<K>>(), Ok(HashMap::new()));
        for some in keys.chunks(MAX_KEYS) {
            found = match (found, self.ledger.load(some).await) {
                (Ok(mut found), Ok(more)) => {
                    found.extend(more);
                    Ok(found)
                }
                (Err(failed), _) | (_, Err(failed)) => Err(failed),
            };
        }
        let found = Arc::new(found);
        for heir in waiting.heirs {
            // Who went away needs nothing.
            let _ = heir.send(found.clone());
        }
    }

    /// What a panic left behind is still a list of who waits.
    fn lock(&self) -> MutexGuard<'_, HashMap<TypeId, Box<dyn Any + Send>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frees those who wait for a leader that is dropped before it sends.
struct Leader<'a, K: 'static> {
    loaders: Option<&'a Loaders>,
    key: PhantomData<fn() -> K>,
}

impl<K: 'static> Drop for Leader<'_, K> {
    fn drop(&mut self) {
        if let Some(loaders) = self.loaders {
            loaders.lock().remove(&TypeId::of::<K>());
        }
    }
}

/// A failure that every waiting question hears.
#[derive(Clone, Debug)]
pub struct Failed(std::sync::Arc<Error>);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(std::sync::Arc::new(error))
    }
}

impl From<Failed> for Fault {
    fn from(failed: Failed) -> Self {
        (*failed.0).clone().into()
    }
}
