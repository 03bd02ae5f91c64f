//! PostgreSQL for tests: the shared server of a run, and private clusters that may be killed.

use std::path::Path;
use std::process::{Command, Stdio};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

use super::environment;

/// A server in which databases may be created.
#[derive(Clone)]
pub(crate) struct Server {
    /// Without the database's name.
    base: String,
}

impl Server {
    /// The one of this run: it survives no power cut, and nobody may kill it.
    pub(crate) fn shared() -> Self {
        Self::at(&environment::postgres_url())
    }

    fn at(url: &str) -> Self {
        let (base, _) = url.rsplit_once('/').expect("a PostgreSQL URL ends with /postgres");
        Self { base: base.into() }
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("{}/{database}", self.base)
    }

    /// Runs a statement that needs no database of its own, such as CREATE DATABASE.
    pub(crate) async fn execute(&self, statement: String) -> Result<(), sqlx::Error> {
        let mut connection = PgConnection::connect(&self.url("postgres")).await?;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
        connection.close().await
    }

    pub(crate) async fn has(&self, database: &str) -> bool {
        let mut connection = PgConnection::connect(&self.url("postgres")).await.unwrap();
        let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)");
        query.bind(database).fetch_one(&mut connection).await.unwrap()
    }
}

/// What a private cluster promises when it says that a commit is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// It is on the disk.
    Full,
    /// It will be soon: the control that shows that the outage tests can see a loss.
    Soon,
}

impl Durability {
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Full => &["fsync=on", "synchronous_commit=on"],
            Self::Soon => &["fsync=on", "synchronous_commit=off", "wal_writer_delay=2s", "wal_buffers=64MB"],
        }
    }
}

/// A cluster of one test, gone with it.
pub(crate) struct Cluster {
    dir: TempDir,
    pub(crate) server: Server,
}

impl Cluster {
    pub(crate) fn start(durability: Durability) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = script("start", dir.path(), durability.settings());
        Self { server: Server::at(url.trim()), dir }
    }

    /// Kills every process of it at once.
    pub(crate) fn kill(&self) {
        script("kill", self.dir.path(), &[]);
    }

    /// Starts it again at the same address, on what the disk has kept.
    pub(crate) fn again(&self) {
        script("again", self.dir.path(), &[]);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        script("stop", self.dir.path(), &[]);
    }
}

fn script(verb: &str, dir: &Path, settings: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("cluster");
    let output = Command::new(script).arg(verb).arg(dir).args(settings).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "tests/cluster {verb}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_killed_cluster_comes_back_at_its_address() {
    let cluster = Cluster::start(Durability::Full);
    cluster.server.execute("CREATE DATABASE kept".into()).await.unwrap();
    cluster.kill();
    assert!(cluster.server.execute("SELECT 1".into()).await.is_err());
    cluster.again();
    assert!(cluster.server.has("kept").await);
    assert!(!cluster.server.has("never_made").await);
}
