//! R02: every process of PostgreSQL dies under load; the hub says "later", and heals without a restart.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use super::journal::{Booked, Verdict};
use super::load::{Load, Sender};
use super::pause;
use crate::harness::database::Database;
use crate::harness::ground::Ground;
use crate::harness::hub::Hub;
use crate::harness::postgres::{Cluster, Durability};
use crate::harness::program;
use crate::harness::rounds;

/// How long the hub may take to notice that the database is back.
const HEALED: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_database_loses_and_doubles_nothing() {
    let cluster = Cluster::start(Durability::Full);
    let database = Database::on(&cluster).await;
    let rounds = rounds(3);
    let verdict = kill_under_load(&cluster, &database, rounds).await;
    println!("{rounds} kills of PostgreSQL, {} messages", verdict.sent);
    verdict.holds();
    program::run(&database, &["verify"]);
}

/// Kills the cluster `rounds` times under load, settles everything, and returns the verdict.
pub(super) async fn kill_under_load(cluster: &Cluster, database: &Database, rounds: usize) -> Verdict {
    let ground = Ground::plant(database);
    let hub = Hub::start(database).await;
    // What was planted stands, even where a commit is not yet on the disk when it is said to be done.
    cluster.server.execute("CHECKPOINT".into()).await.unwrap();
    let sender = Sender::new(&hub, &ground);
    let load = Load::start(&sender);
    for round in 0..rounds {
        tokio::time::sleep(pause(round) + pause(round + 1)).await;
        cluster.kill();
        says_later(&sender).await;
        cluster.again();
        sender.until_heard(HEALED).await;
    }
    load.stop().await;
    sender.resolve_doubts().await;
    hub.finish().await;
    sender.journal.judge(&Booked::read(database).await)
}

/// While the database is dead a sender hears 503 with the time to come again, and soon.
async fn says_later(sender: &Sender) {
    let begun = Instant::now();
    let answer = sender.knocks().await.expect("the hub answers while its database is dead");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let seconds = answer.headers().get("Retry-After").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    assert!(seconds.is_some(), "Retry-After is missing or no number of seconds");
    assert!(begun.elapsed() < Duration::from_secs(30), "503 came after {:?}", begun.elapsed());
}
