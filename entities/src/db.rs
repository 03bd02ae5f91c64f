//! The one door to the database: SQLite with a single writer, or PostgreSQL, behind the same words.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sqlx::Row;
use tokio::sync::watch;

use crate::error::Error;
use crate::freshness::Freshness;
use crate::hub::Kind;
use crate::schools::Memory;
use crate::seal::Vault;

/// How often a transaction that lost against another one is run again before the caller hears of it.
const MAX_RETRIES: u32 = 7;

/// Where the database is and how many connections to keep. Shapes are checked by the caller's configuration.
#[derive(Clone, Debug)]
pub struct Location {
    /// `sqlite://<file>` or `postgres://...`.
    pub url: String,
    /// A read replica on PostgreSQL; none reads from the primary.
    pub read_url: Option<String>,
    /// Connections kept for reads (SQLite) or for everything (PostgreSQL).
    pub max_connections: u32,
    /// How long a caller waits for a free connection, in milliseconds, before it hears "unavailable".
    pub acquire_timeout_ms: u64,
}

impl Location {
    /// Whether the file-based engine serves this location.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }
}

/// Which engine answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// The embedded engine: one writer, WAL, synchronous FULL.
    Sqlite,
    /// The production engine.
    Postgres,
}

/// Connections without knowledge of what the database holds: enough to migrate it and to open it as a hub.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) read: DatabaseConnection,
    pub(crate) write: DatabaseConnection,
    pub(crate) engine: Engine,
    /// Statements that were sent so far.
    statements: Arc<AtomicU64>,
}

impl Connections {
    pub(crate) async fn open(location: &Location) -> Result<Self, Error> {
        let statements = Arc::<AtomicU64>::default();
        if location.is_sqlite() {
            return Ok(Self {
                write: connect(location, &location.url, 1, &statements).await?,
                read: connect(location, &location.url, location.max_connections, &statements).await?,
                engine: Engine::Sqlite,
                statements,
            });
        }
        let write = connect(location, &location.url, location.max_connections, &statements).await?;
        let read = match &location.read_url {
            Some(replica) => connect(location, replica, location.max_connections, &statements).await?,
            None => write.clone(),
        };
        Ok(Self { read, write, engine: Engine::Postgres, statements })
    }
}

async fn connect(
    location: &Location,
    url: &str,
    connections: u32,
    statements: &Arc<AtomicU64>,
) -> Result<DatabaseConnection, Error> {
    let mut connection = Database::connect(options(location, url, connections)).await?;
    let statements = statements.clone();
    connection.set_metric_callback(move |_| {
        statements.fetch_add(1, Ordering::Relaxed);
    });
    Ok(connection)
}

fn options(location: &Location, url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_millis(location.acquire_timeout_ms))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
        });
    options
}

/// An opened hub database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    connections: Connections,
    kind: Kind,
    vault: Vault,
    commits: watch::Sender<u64>,
    freshness: Freshness,
    schools: Memory,
}

impl Db {
    pub(crate) fn new(connections: Connections, kind: Kind, vault: Vault) -> Self {
        Self(Arc::new(Inner {
            connections,
            kind,
            vault,
            commits: watch::Sender::new(0),
            freshness: Freshness::default(),
            schools: Memory::default(),
        }))
    }

    /// Whether this database holds only synthetic rows, or real people's; it never changes.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Which engine answers.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.0.connections.engine
    }

    /// How many statements this process has sent to the database, BEGIN and COMMIT left out.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.0.connections.statements.load(Ordering::Relaxed)
    }

    /// Wakes when a write of this process was committed. Nothing may depend on it: it only saves waiting.
    pub async fn committed(&self) {
        // The sender lives as long as this door.
        let _ = self.commits().changed().await;
    }

    /// The number of this process's commits, for whoever must not sleep through one that happens while it is busy.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.0.commits.subscribe()
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), Error> {
        self.0.connections.write.ping().await.map_err(Error::from)
    }

    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.0.connections.read
    }

    /// For reads that must see the last commit: a replica may lag behind, SQLite's readers never do.
    pub(crate) fn primary(&self) -> &DatabaseConnection {
        match self.engine() {
            Engine::Sqlite => &self.0.connections.read,
            Engine::Postgres => &self.0.connections.write,
        }
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.0.connections.write
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    pub(crate) fn freshness(&self) -> &Freshness {
        &self.0.freshness
    }

    pub(crate) fn schools(&self) -> &Memory {
        &self.0.schools
    }

    /// Attempts at one transaction; used through [`crate::transaction!`].
    #[doc(hidden)]
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        Attempts { db: self.clone(), failed: 0 }
    }

    async fn begin(&self) -> Result<Tx, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.0.connections.write.begin_with_options(options).await?;
        let (kind, engine, vault) = (self.0.kind, self.engine(), self.0.vault.clone());
        Ok(Tx { inner, kind, engine, vault, named: Mutex::default() })
    }
}

/// Runs a block in one transaction and commits it: `transaction!(db, |tx| { ... })` is a `Result<T, Error>`.
///
/// A transaction that lost against a concurrent one is run again from its start, so the block must not have effects
/// outside the database. (A macro, because an async closure that borrows cannot be proven `Send` inside a resolver.)
#[macro_export]
macro_rules! transaction {
    ($db:expr, |$tx:ident| $work:expr) => {{
        let mut attempts = $db.attempts();
        loop {
            let $tx = match attempts.begin().await {
                Ok(tx) => tx,
                Err(error) => break Err(error),
            };
            let worked: Result<_, $crate::Error> = async {
                let $tx = &$tx;
                $work
            }
            .await;
            if let Some(ended) = attempts.end($tx, worked).await {
                break ended;
            }
        }
    }};
}

/// Counts the runs of one transaction and ends each of them.
#[doc(hidden)]
pub struct Attempts {
    db: Db,
    failed: u32,
}

impl Attempts {
    #[doc(hidden)]
    pub async fn begin(&self) -> Result<Tx, Error> {
        self.db.begin().await
    }

    /// Commits or rolls back; none means that the transaction is to be run again.
    #[doc(hidden)]
    pub async fn end<T>(&mut self, tx: Tx, worked: Result<T, Error>) -> Option<Result<T, Error>> {
        let named = tx.named.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ended = match worked {
            Ok(value) => {
                let committed = tx.inner.commit().await;
                // Before anyone hears of it; also when the commit's answer was lost, because it may have happened.
                self.db.0.freshness.raise(named);
                committed.map(|()| value).map_err(Error::from)
            }
            Err(error) => tx.inner.rollback().await.map_err(Error::from).and(Err(error)),
        };
        match ended {
            Err(error) if error.is_retryable() && self.failed < MAX_RETRIES => {
                self.failed += 1;
                tokio::time::sleep(Duration::from_millis(1 << self.failed)).await;
                None
            }
            Err(error) => Some(Err(error)),
            Ok(value) => {
                self.db.0.commits.send_modify(|commits| *commits = commits.wrapping_add(1));
                Some(Ok(value))
            }
        }
    }
}

/// A transaction that is open for writing. Only [`crate::transaction!`] makes one.
pub struct Tx {
    inner: DatabaseTransaction,
    kind: Kind,
    engine: Engine,
    vault: Vault,
    /// The kinds of which this transaction has recorded changes.
    named: Mutex<BTreeSet<&'static str>>,
}

impl Tx {
    /// Whether this database holds only synthetic rows, or real people's.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Marks a place to which [`Tx::rewind`] goes back.
    pub async fn mark(&self) -> Result<(), Error> {
        self.inner.execute_unprepared("SAVEPOINT mark").await?;
        Ok(())
    }

    /// Takes back everything since [`Tx::mark`]: a rehearsal writes nothing.
    pub async fn rewind(&self) -> Result<(), Error> {
        self.inner.execute_unprepared("ROLLBACK TO SAVEPOINT mark").await?;
        Ok(())
    }

    pub(crate) fn conn(&self) -> &DatabaseTransaction {
        &self.inner
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Notes that things of a kind are being changed: what is remembered of them ends with the commit.
    pub(crate) fn names(&self, kind: &'static str) {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).insert(kind);
    }
}

/// A text of a row by its place, not copied.
pub(crate) fn text(row: &QueryResult, place: usize) -> Result<&str, DbErr> {
    let found = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get(place),
        (_, Some(row)) => row.try_get(place),
        _ => return Err(DbErr::Type("a row of neither engine".to_owned())),
    };
    found.map_err(|error| DbErr::Type(error.to_string()))
}

/// Rows that one statement may carry: both engines bind at most 32,766 values safely.
pub(crate) fn rows_per_statement(columns: usize) -> usize {
    32_000 / columns.max(1)
}

/// The engine behind a connection.
pub(crate) fn engine_of(conn: &impl ConnectionTrait) -> Engine {
    if conn.get_database_backend() == DbBackend::Sqlite { Engine::Sqlite } else { Engine::Postgres }
}
