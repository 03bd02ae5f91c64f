//! R03: the controls. A test that never saw a loss proves nothing, so two hubs are made to lose, and must be caught.

use std::process::Command;

use super::{database_killed, hub_killed};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::postgres::{Cluster, Durability};
use crate::harness::program::Build;

async fn a_hub_that_answers_before_its_commit_is_caught(database: Database) {
    let (verdict, _) = hub_killed::kill_under_load(Build::Fault, &database, 4).await;
    println!("{:?}: {} of {} messages lost by the control", database.engine, verdict.lost.len(), verdict.sent);
    assert!(!verdict.lost.is_empty(), "the control lost nothing: R01 could not see a loss");
}

both_engines!(a_hub_that_answers_before_its_commit_is_caught);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_answers_before_its_disk_is_caught() {
    let cluster = Cluster::start(Durability::Soon);
    let database = Database::on(&cluster).await;
    let verdict = database_killed::kill_under_load(&cluster, &database, 3).await;
    println!("{} of {} messages lost by the control", verdict.lost.len(), verdict.sent);
    assert!(!verdict.lost.is_empty(), "the control lost nothing: R02 could not see a loss");
}

#[test]
fn a_normal_build_lacks_the_fault() {
    let version = |build: Build| {
        let output = Command::new(build.path()).env_clear().arg("--version").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(version(Build::Fault).contains("fault-injection"), "the control must say what it is");
    assert!(!version(Build::Normal).contains("fault-injection"), "this build answers before its commit");
}
