//! How fresh this process's memory is. Each kind of thing has a version here, which every commit that names the kind in
//! `changes` raises: at once for a commit of this process, before anyone hears of it, and for those of others when the tail
//! of `changes` is read. What was remembered under a version holds as long as the version stands and the tail is young.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Statement};

use crate::db::{Db, Engine};
use crate::error::Error;

/// How old the last look at the tail may be before nothing is served from memory.
pub const MAX_AGE: Duration = Duration::from_secs(1);

/// The GraphQL types whose changes are recorded; a name that is not among them raises every version.
pub const EVERYTHING: [&str; 18] = [
    "Organization",
    "School",
    "SchoolProfile",
    "SchoolClass",
    "Student",
    "Enrollment",
    "BankAccount",
    "VirtualAccount",
    "Fee",
    "Invoice",
    "BankTransaction",
    "CashPayment",
    "CashClosing",
    "Statement",
    "Connection",
    "Client",
    "Contract",
    "User",
];

/// What the versions of some kinds were at a moment. Equal stamps mean that nothing of these kinds was changed between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp(u64);

/// The versions of one process.
#[derive(Default)]
pub(crate) struct Freshness {
    versions: [AtomicU64; EVERYTHING.len()],
    /// When the last look that succeeded began; none before the first.
    looked_at: Mutex<Option<Instant>>,
    /// Up to where the tail was read, in the engine's own words.
    place: tokio::sync::Mutex<Option<String>>,
}

impl Freshness {
    /// Raises the versions of what a commit named.
    pub(crate) fn raise<'a>(&self, kinds: impl IntoIterator<Item = &'a str>) {
        for kind in kinds {
            match EVERYTHING.iter().position(|known| *known == kind) {
                Some(at) => {
                    self.versions[at].fetch_add(1, Ordering::SeqCst);
                }
                None => self.raise_all(),
            }
        }
    }

    fn raise_all(&self) {
        for version in &self.versions {
            version.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn is_young(&self) -> bool {
        let looked_at = *self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        looked_at.is_some_and(|at| at.elapsed() < MAX_AGE)
    }

    fn stamp(&self, kinds: &[&str]) -> Stamp {
        // Versions only rise, so that equal sums mean equal versions.
        let version = |kind: &&str| EVERYTHING.iter().position(|known| known == kind).map(|at| &self.versions[at]);
        Stamp(kinds.iter().filter_map(version).map(|version| version.load(Ordering::SeqCst)).sum())
    }
}

impl Db {
    /// The present versions of these kinds; none while the tail of `changes` was not read within [`MAX_AGE`], because then
    /// nothing may be served from memory.
    #[must_use]
    pub fn stamp(&self, kinds: &[&str]) -> Option<Stamp> {
        let freshness = self.freshness();
        freshness.is_young().then(|| freshness.stamp(kinds))
    }

    /// Reads the tail of `changes` once and raises the versions of what was committed since the last time, by whatever
    /// process. To be repeated well within [`MAX_AGE`].
    ///
    /// # Errors
    /// The database's; then memory ages until nothing is served from it.
    pub async fn look_at_changes(&self) -> Result<(), Error> {
        let freshness = self.freshness();
        let mut place = freshness.place.lock().await;
        let began = Instant::now();
        let (kinds, next) = match self.engine() {
            Engine::Postgres => self.committed_since(place.as_deref()).await?,
            Engine::Sqlite => self.written_since(place.as_deref()).await?,
        };
        if place.is_none() {
            freshness.raise_all();
        } else {
            freshness.raise(kinds.iter().map(String::as_str));
        }
        *place = Some(next);
        *freshness.looked_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(began);
        Ok(())
    }

    /// What became visible since a snapshot: a sequence number alone would miss a transaction that began early and was
    /// committed late.
    async fn committed_since(&self, snapshot: Option<&str>) -> Result<(BTreeSet<String>, String), Error> {
        let conn = self.read();
        let none = "SELECT CAST(pg_current_snapshot() AS text) AS place, CAST(NULL AS text) AS kinds";
        let some = "SELECT CAST(pg_current_snapshot() AS text) AS place, (SELECT string_agg(DISTINCT kind, ',') \
                    FROM changes WHERE xid >= pg_snapshot_xmin(CAST($1 AS pg_snapshot)) \
                    AND NOT pg_visible_in_snapshot(xid, CAST($1 AS pg_snapshot))) AS kinds";
        let statement = match snapshot {
            Some(snapshot) => {
                Statement::from_sql_and_values(conn.get_database_backend(), some, [snapshot.to_owned().into()])
            }
            None => Statement::from_string(conn.get_database_backend(), none),
        };
        let row = conn.query_one_raw(statement).await?.ok_or_else(|| Error::internal("the tail answered nothing"))?;
        Ok((split(row.try_get("", "kinds")?), row.try_get("", "place")?))
    }

    /// What was written since a sequence number: one writes at a time, so that none appears late.
    async fn written_since(&self, seq: Option<&str>) -> Result<(BTreeSet<String>, String), Error> {
        let conn = self.read();
        let seq: i64 = seq.and_then(|seq| seq.parse().ok()).unwrap_or(-1);
        let sql =
            "SELECT COALESCE(MAX(seq), ?1) AS place, group_concat(DISTINCT kind) AS kinds FROM changes WHERE seq > ?1";
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [seq.into()]);
        let row = conn.query_one_raw(statement).await?.ok_or_else(|| Error::internal("the tail answered nothing"))?;
        Ok((split(row.try_get("", "kinds")?), row.try_get::<i64>("", "place")?.to_string()))
    }
}

fn split(kinds: Option<String>) -> BTreeSet<String> {
    kinds.unwrap_or_default().split(',').filter(|kind| !kind.is_empty()).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{self, Change};
    use crate::testing::{NOW, fresh};
    use crate::transaction;

    #[tokio::test]
    async fn a_commit_raises_what_it_names_and_nothing_else() {
        let fresh = fresh().await;
        assert_eq!(fresh.db.stamp(&["School"]), None, "nobody has looked yet");
        fresh.db.look_at_changes().await.unwrap();
        let (schools, fees) = (fresh.db.stamp(&["School"]).unwrap(), fresh.db.stamp(&["Fee"]).unwrap());
        let change = |kind| vec![Change::upsert(kind, uuid::Uuid::nil(), "1", None)];
        transaction!(fresh.db, |tx| changes::append(tx, change("School"), NOW).await).unwrap();
        assert_ne!(fresh.db.stamp(&["School", "Fee"]), Some(schools));
        assert_eq!(fresh.db.stamp(&["Fee"]), Some(fees));
        let before = fresh.db.stamp(&["Fee"]).unwrap();
        transaction!(fresh.db, |tx| changes::append(tx, change("SomethingNew"), NOW).await).unwrap();
        assert_ne!(fresh.db.stamp(&["Fee"]), Some(before), "a kind that nobody knows may be any");
    }

    #[tokio::test]
    async fn what_is_rolled_back_raises_nothing_that_a_look_would_find() {
        let fresh = fresh().await;
        fresh.db.look_at_changes().await.unwrap();
        let change = vec![Change::upsert("School", uuid::Uuid::nil(), "1", None)];
        let ended: Result<(), Error> = transaction!(fresh.db, |tx| {
            changes::append(tx, change.clone(), NOW).await?;
            Err(Error::internal("no"))
        });
        assert!(ended.is_err());
        let stamp = fresh.db.stamp(&["School"]);
        fresh.db.look_at_changes().await.unwrap();
        assert_eq!(fresh.db.stamp(&["School"]), stamp);
    }
}
