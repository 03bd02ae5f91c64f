//! A fresh database for each test, of kind `demo`, on either engine; and plain SQL, to look behind the hub's back.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use super::postgres::{Cluster, Server};
use super::template;

/// 32 bytes in base64: with PostgreSQL the key must be given. It protects nothing but tests.
const MASTER_KEY: &str = "c3ludGhldGljLW1hc3Rlci1rZXktb2YtdGhlLXRlc3Q=";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A database with its data directory; both vanish with the test.
pub(crate) struct Database {
    pub(crate) engine: Engine,
    url: String,
    dir: TempDir,
    /// The shared server that it must be taken out of at the end, and its name there.
    shared: Option<(Server, String)>,
}

impl Database {
    /// Migrated, without any row of a test.
    pub(crate) async fn fresh(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let database = Self::empty_sqlite();
                template::copy(&template::sqlite(), database.data_dir());
                database
            }
            Engine::Postgres => {
                let server = Server::shared();
                let (template, name) = (template::postgres(&server).await, unique_name());
                let statement = format!("CREATE DATABASE {name} TEMPLATE {template}");
                server.execute(statement).await.unwrap();
                let mut database = Self::postgres(server.url(&name));
                database.shared = Some((server, name));
                database
            }
        }
    }

    /// Migrated, in a cluster that the test may kill.
    pub(crate) async fn on(cluster: &Cluster) -> Self {
        let database = Self::empty_postgres(&cluster.server, &unique_name()).await;
        template::migrate(&database);
        database
    }

    /// Not even created.
    pub(crate) fn empty_sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/lienthong.db", dir.path().display());
        Self { engine: Engine::Sqlite, url, dir, shared: None }
    }

    /// Created, without a table.
    pub(crate) async fn empty_postgres(server: &Server, name: &str) -> Self {
        server.execute(format!("CREATE DATABASE {name}")).await.unwrap();
        Self::postgres(server.url(name))
    }

    fn postgres(url: String) -> Self {
        Self { engine: Engine::Postgres, url, dir: tempfile::tempdir().unwrap(), shared: None }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// An expression that shows a key as text.
    pub(crate) fn uuid_text(&self, column: &str) -> String {
        match self.engine {
            Engine::Sqlite => format!("lower(hex({column}))"),
            Engine::Postgres => format!("{column}::text"),
        }
    }

    pub(crate) fn data_dir(&self) -> &Path {
        self.dir.path()
    }

    /// The settings under which the binary finds it. SQLite is found by default, with a key file of its own.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![("LIENTHONG_DATA_DIR", self.dir.path().display().to_string())];
        if self.engine == Engine::Postgres {
            settings.push(("DATABASE_URL", self.url.clone()));
            settings.push(("LIENTHONG_MASTER_KEY", MASTER_KEY.into()));
        }
        settings
    }

    /// Runs statements as the database's owner.
    pub(crate) async fn execute(&self, statements: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(statements.to_string()));
        match self.engine {
            Engine::Sqlite => sql.execute(&mut self.sqlite().await).await.map(drop),
            Engine::Postgres => sql.execute(&mut self.pg().await).await.map(drop),
        }
        .unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// Waits until the feed tells of everything written: other databases of the same server have transactions too.
    pub(crate) async fn until_told(&self) {
        if self.engine == Engine::Postgres {
            let untold = "SELECT count(*) FROM changes WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())";
            while self.number(untold).await > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
    }

    /// The one number that `query` answers; sums need `CAST(... AS BIGINT)`.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        let sql = AssertSqlSafe(query.to_string());
        match self.engine {
            Engine::Sqlite => sqlx::query_scalar(sql).fetch_one(&mut self.sqlite().await).await,
            Engine::Postgres => sqlx::query_scalar(sql).fetch_one(&mut self.pg().await).await,
        }
        .unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// The one column of text that `query` answers.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        let sql = AssertSqlSafe(query.to_string());
        match self.engine {
            Engine::Sqlite => sqlx::query_scalar(sql).fetch_all(&mut self.sqlite().await).await,
            Engine::Postgres => sqlx::query_scalar(sql).fetch_all(&mut self.pg().await).await,
        }
        .unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// Runs a statement of PostgreSQL in a transaction that is committed only after `meanwhile`.
    pub(crate) async fn late(&self, statement: &str, meanwhile: impl Future<Output = ()>) {
        let mut connection = self.pg().await;
        let mut transaction = connection.begin().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement.to_string())).execute(&mut *transaction).await.unwrap();
        meanwhile.await;
        transaction.commit().await.unwrap();
    }

    /// How many kept events no worker has finished. Parked and reviewed ones are finished: they wait for a person.
    pub(crate) async fn undone(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM inbound_events WHERE status = 'PENDING'").await
    }

    async fn sqlite(&self) -> SqliteConnection {
        SqliteConnection::connect(&self.url).await.unwrap()
    }

    async fn pg(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((server, name)) = self.shared.take() else { return };
        // A runtime of its own: this may run inside one that is ending.
        let drop = async move { server.execute(format!("DROP DATABASE {name} WITH (FORCE)")).await };
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _ = std::thread::spawn(move || runtime().block_on(drop)).join();
    }
}

fn unique_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
