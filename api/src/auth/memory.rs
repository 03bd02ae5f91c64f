//! What this process remembers of keys, tokens and callers, so that most requests ask the database nothing about them.
//!
//! Everything is remembered under one version of "who may ask" (`entities::access`). At most every two seconds a request
//! compares that number with the database's; when it was raised, all is forgotten. A change of this process's own forgets
//! at once. So a change of role, contract or key, and a token taken back, bite here immediately and elsewhere within two
//! seconds, and nothing is remembered for more than a minute.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entities::callers::{Caller, Role, Subject};
use entities::ids::ClientId;
use entities::time::Timestamp;
use entities::trusted_documents;
use entities::{Db, Error, access};

use super::keys::Keys;
use super::token::Claims;

/// How long the version is believed without asking, in microseconds.
const CHECK_MICROS: i64 = 2_000_000;
/// How long anything is remembered, in seconds.
pub const MAX_AGE_SECONDS: i64 = 60;
/// Tokens and callers remembered at most, each; beyond it the oldest habits are forgotten together.
const MAX_ENTRIES: usize = 20_000;

/// Under which role or contract a subject wants to act; part of what names a remembered caller.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Choice {
    /// The role of a user (header `Lienthong-Role`).
    pub role: Option<Role>,
    /// The number of a client's contract (header `Lienthong-Contract`).
    pub contract: Option<String>,
}

/// Names a remembered caller: who, of which generation of tokens, acting as what.
pub type CallerKey = (Subject, i64, Choice);

/// The memory of one process.
#[derive(Default)]
pub struct Memory(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    version: Option<i64>,
    checked_at: Option<Timestamp>,
    keys: Option<(Timestamp, Arc<Keys>)>,
    tokens: HashMap<[u8; 32], (Timestamp, Arc<Claims>)>,
    callers: HashMap<CallerKey, (Timestamp, Arc<Caller>)>,
    trusted: HashMap<(ClientId, trusted_documents::Hash), (Timestamp, bool)>,
}

/// The version under which something was asked; what is learned is kept only if it still stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version(i64);

impl Memory {
    /// The version in force, and everything of another one forgotten.
    ///
    /// # Errors
    /// When the version is due and the database does not answer.
    pub async fn version(&self, db: &Db, now: Timestamp) -> Result<Version, Error> {
        if let Some(version) = self.believed(now) {
            return Ok(version);
        }
        let version = access::version(db).await?;
        let mut memory = self.lock();
        if memory.version != Some(version) {
            *memory = Remembered { version: Some(version), ..Remembered::default() };
        }
        memory.checked_at = Some(now);
        Ok(Version(version))
    }

    /// Lets the next request ask for the version: this process has changed who may ask.
    pub fn doubt(&self) {
        self.lock().checked_at = None;
    }

    /// The keys; read from the database once a minute.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keys(&self, db: &Db, version: Version, now: Timestamp) -> Result<Arc<Keys>, Error> {
        if let Some((until, keys)) = &self.lock().keys
            && *until > now
        {
            return Ok(keys.clone());
        }
        let keys = Arc::new(Keys::load(db, now).await?);
        let mut memory = self.lock();
        if memory.version == Some(version.0) {
            memory.keys = Some((now.plus_seconds(MAX_AGE_SECONDS), keys.clone()));
        }
        Ok(keys)
    }

    /// A verified token, by the SHA-256 of its text.
    #[must_use]
    pub fn token(&self, digest: &[u8; 32], now: Timestamp) -> Option<Arc<Claims>> {
        recall(&self.lock().tokens, digest, now)
    }

    /// Remembers a verified token until it ends, or for a minute.
    pub fn keep_token(&self, version: Version, digest: [u8; 32], claims: Arc<Claims>, now: Timestamp) {
        let until = Timestamp::from_seconds(claims.exp).min(now.plus_seconds(MAX_AGE_SECONDS));
        let mut memory = self.lock();
        if memory.version == Some(version.0) {
            keep(&mut memory.tokens, digest, (until, claims), now);
        }
    }

    /// A caller as it was loaded within the last minute.
    #[must_use]
    pub fn caller(&self, key: &CallerKey, now: Timestamp) -> Option<Arc<Caller>> {
        recall(&self.lock().callers, key, now)
    }

    /// Remembers a caller for a minute, but not beyond the Vietnam day for which it was loaded.
    pub fn keep_caller(&self, version: Version, key: CallerKey, caller: Arc<Caller>, now: Timestamp) {
        let tomorrow = now.vietnam_day().succ_opt().map_or(now, entities::time::start_of_day);
        let until = now.plus_seconds(MAX_AGE_SECONDS).min(tomorrow);
        let mut memory = self.lock();
        if memory.version == Some(version.0) {
            keep(&mut memory.callers, key, (until, caller), now);
        }
    }

    /// Whether a document was found to be registered for a client, or found not to be, within the last minute.
    #[must_use]
    pub fn trusted(&self, client: ClientId, document: &trusted_documents::Hash, now: Timestamp) -> Option<bool> {
        recall(&self.lock().trusted, &(client, *document), now)
    }

    /// Remembers for a minute whether a document is registered for a client.
    pub fn keep_trusted(
        &self,
        version: Version,
        client: ClientId,
        document: trusted_documents::Hash,
        is_trusted: bool,
        now: Timestamp,
    ) {
        let mut memory = self.lock();
        if memory.version == Some(version.0) {
            keep(&mut memory.trusted, (client, document), (now.plus_seconds(MAX_AGE_SECONDS), is_trusted), now);
        }
    }

    fn believed(&self, now: Timestamp) -> Option<Version> {
        let memory = self.lock();
        let age = now.micros() - memory.checked_at?.micros();
        (0..CHECK_MICROS).contains(&age).then_some(Version(memory.version?))
    }

    /// What a panic left behind is still a memory that the version guards.
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn recall<K: Eq + Hash, V: Clone>(map: &HashMap<K, (Timestamp, V)>, key: &K, now: Timestamp) -> Option<V> {
    map.get(key).filter(|(until, _)| *until > now).map(|(_, value)| value.clone())
}

fn keep<K: Eq + Hash, V>(map: &mut HashMap<K, (Timestamp, V)>, key: K, entry: (Timestamp, V), now: Timestamp) {
    if map.len() >= MAX_ENTRIES {
        map.retain(|_, (until, _)| *until > now);
    }
    if map.len() >= MAX_ENTRIES {
        map.clear();
    }
    map.insert(key, entry);
}
