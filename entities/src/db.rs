//! The one door to the database: SQLite with a single writer, or PostgreSQL, behind the same words.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::Notify;

use crate::error::Error;
use crate::hub::Kind;
use crate::seal::Vault;

/// How often a transaction that lost against another one is run again before the caller hears of it.
const MAX_ATTEMPTS: u32 = 8;

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
}

impl Connections {
    pub(crate) async fn open(location: &Location) -> Result<Self, Error> {
        if location.is_sqlite() {
            return Ok(Self {
                write: Database::connect(options(location, &location.url, 1)).await?,
                read: Database::connect(options(location, &location.url, location.max_connections)).await?,
                engine: Engine::Sqlite,
            });
        }
        let write = Database::connect(options(location, &location.url, location.max_connections)).await?;
        let read = match &location.read_url {
            Some(replica) => Database::connect(options(location, replica, location.max_connections)).await?,
            None => write.clone(),
        };
        Ok(Self { read, write, engine: Engine::Postgres })
    }
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
    committed: Notify,
}

impl Db {
    pub(crate) fn new(connections: Connections, kind: Kind, vault: Vault) -> Self {
        Self(Arc::new(Inner { connections, kind, vault, committed: Notify::new() }))
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

    /// Wakes when a write of this process was committed. Nothing may depend on it: it only saves waiting.
    pub async fn committed(&self) {
        self.0.committed.notified().await;
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), Error> {
        self.0.connections.write.ping().await.map_err(Error::from)
    }

    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.0.connections.read
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.0.connections.write
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// Runs `work` in one transaction and commits it. A transaction that lost against a concurrent one is run again
    /// from its start, so `work` must not have effects outside the database.
    ///
    /// # Errors
    /// What `work` returns; [`Error::Unavailable`] when the database does not answer.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        F: AsyncFn(&Tx) -> Result<T, Error>,
    {
        let mut attempt = 1;
        loop {
            match self.write_once(&work).await {
                Err(error) if error.is_retryable() && attempt < MAX_ATTEMPTS => {
                    tokio::time::sleep(Duration::from_millis(1 << attempt)).await;
                    attempt += 1;
                }
                Err(error) => return Err(error),
                Ok(value) => {
                    self.0.committed.notify_waiters();
                    return Ok(value);
                }
            }
        }
    }

    async fn write_once<T, F>(&self, work: &F) -> Result<T, Error>
    where
        F: AsyncFn(&Tx) -> Result<T, Error>,
    {
        let tx = self.begin().await?;
        match work(&tx).await {
            Ok(value) => {
                tx.inner.commit().await?;
                Ok(value)
            }
            Err(error) => {
                tx.inner.rollback().await?;
                Err(error)
            }
        }
    }

    async fn begin(&self) -> Result<Tx, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.0.connections.write.begin_with_options(options).await?;
        Ok(Tx { inner, kind: self.0.kind, engine: self.engine(), vault: self.0.vault.clone() })
    }
}

/// A transaction that is open for writing. Only [`Db::write`] makes one.
pub struct Tx {
    inner: DatabaseTransaction,
    kind: Kind,
    engine: Engine,
    vault: Vault,
}

impl Tx {
    /// Whether this database holds only synthetic rows, or real people's.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
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
}

/// Rows that one statement may carry: both engines bind at most 32,766 values safely.
pub(crate) fn rows_per_statement(columns: usize) -> usize {
    32_000 / columns.max(1)
}

/// The engine behind a connection.
pub(crate) fn engine_of(conn: &impl ConnectionTrait) -> Engine {
    if conn.get_database_backend() == DbBackend::Sqlite { Engine::Sqlite } else { Engine::Postgres }
}
