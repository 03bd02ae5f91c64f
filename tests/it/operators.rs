//! What an operator relies on: starting, draining, refusing the wrong database, and plain exit codes.

mod connections;
pub(crate) mod demo;
mod doctor;
mod documents;
mod drain;

use serde_json::json;

use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::{Database, Engine};
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};

async fn sigterm_drains_and_the_next_start_finds_everything(database: Database) {
    let mut hub = Hub::start(&database).await;
    assert_eq!(hub.terminate().code(), Some(0), "{}", hub.log());
    assert!(!hub.is_ready().await);
    hub.again().await;
    hub.finish().await;
    program::run(&database, &["verify"]);
}

async fn a_stranger_reads_nothing(database: Database) {
    let hub = Hub::start(&database).await;
    let stranger = Caller::with_token(&hub, "not-a-token");
    for query in ["{ viewer { __typename } }", "{ __schema { types { name } } }"] {
        let answer = stranger.ask(query, json!({})).await;
        assert_eq!(answer.status, 401, "{query}: {answer:?}");
        assert!(answer.body["data"].is_null(), "{query}: {answer:?}");
    }
    hub.finish().await;
}

async fn a_demo_database_never_becomes_real(database: Database) {
    let said = program::try_run(&database, &["migrate"]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.err.contains("demo"), "it must say of which kind the database is: {}", said.err);
}

async fn wrong_usage_is_told_from_failure(database: Database) {
    assert_eq!(program::try_run(&database, &["no-such-command"]).code, Some(2));
    assert_eq!(program::try_run(&database, &["serve", "--no-such-flag"]).code, Some(2));
}

both_engines!(
    sigterm_drains_and_the_next_start_finds_everything,
    a_stranger_reads_nothing,
    a_demo_database_never_becomes_real,
    wrong_usage_is_told_from_failure,
);

#[test]
fn an_unknown_setting_is_refused() {
    let database = Database::empty_sqlite();
    let mut command = program::command(Build::Normal, &database);
    let said = program::say(command.env("LIENTHONG_LISTNE", "127.0.0.1:1").args(["serve"]));
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("LIENTHONG_LISTNE"), "it must name the setting: {}", said.err);
}

#[test]
fn a_real_database_is_never_served_as_a_demo() {
    let database = Database::empty_sqlite();
    program::run(&database, &["migrate"]);
    let said = program::try_run(&database, &["serve", "--demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.err.contains("real"), "it must say of which kind the database is: {}", said.err);
    assert!(!database.data_dir().join("demo-credentials.json").exists());
}

#[tokio::test]
async fn postgres_without_a_master_key_refuses_to_start() {
    let database = Database::fresh(Engine::Postgres).await;
    let mut command = program::command(Build::Normal, &database);
    let said = program::say(command.env_remove("LIENTHONG_MASTER_KEY").args(["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.err.contains("LIENTHONG_MASTER_KEY"), "it must say what is missing: {}", said.err);
}
