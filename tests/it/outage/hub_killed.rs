//! R01: the hub dies under load, again and again, and each time at another point of its work.

use std::time::Duration;

use super::journal::{Booked, Verdict};
use super::load::{Load, Sender};
use super::pause;
use crate::harness::both_engines;
use crate::harness::database::{Database, Engine};
use crate::harness::ground::Ground;
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};
use crate::harness::rounds;

/// How soon it must be ready again on SQLite. Other tests take the processors meanwhile, so the lower median of the returns counts.
const READY_AGAIN: Duration = Duration::from_secs(2);

async fn a_killed_hub_loses_and_doubles_nothing(database: Database) {
    let rounds = rounds(4);
    let (verdict, ready) = kill_under_load(Build::Normal, &database, rounds).await;
    println!("{:?}: {rounds} kills, {} messages, ready again after {ready:?}", database.engine, verdict.sent);
    verdict.holds();
    assert!(database.engine == Engine::Postgres || ready <= READY_AGAIN, "ready again only after {ready:?}");
    program::run(&database, &["verify"]);
}

both_engines!(a_killed_hub_loses_and_doubles_nothing);

/// Kills the hub `rounds` times, settles everything, and returns the verdict and the lower median of the returns.
pub(super) async fn kill_under_load(build: Build, database: &Database, rounds: usize) -> (Verdict, Duration) {
    let ground = Ground::plant(database);
    let mut hub = Hub::start_as(build, database, &[]).await;
    let sender = Sender::new(&hub, &ground);
    let load = Load::start(&sender);
    let mut returns = Vec::with_capacity(rounds);
    for round in 0..rounds {
        tokio::time::sleep(pause(round)).await;
        hub.kill();
        returns.push(hub.again().await);
    }
    tokio::time::sleep(pause(rounds)).await;
    load.stop().await;
    sender.resolve_doubts().await;
    hub.finish().await;
    returns.sort();
    (sender.journal.judge(&Booked::read(database).await), returns[(returns.len() - 1) / 2])
}
