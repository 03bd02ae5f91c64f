//! What every test stands on: a fresh database, the real binary, and callers of it.

pub(crate) mod caller;
pub(crate) mod clock;
pub(crate) mod database;
pub(crate) mod environment;
pub(crate) mod ground;
pub(crate) mod hub;
pub(crate) mod ledger;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod sepay;
mod template;

/// Runs each `async fn name(database: Database)` twice, as the tests `name::sqlite` and `name::postgres`, each on a
/// database of its own.
macro_rules! both_engines {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::harness::database::{Database, Engine};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Database::fresh(Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Database::fresh(Engine::Postgres).await).await;
            }
        }
    )+};
}
pub(crate) use both_engines;
pub(crate) use environment::rounds;
