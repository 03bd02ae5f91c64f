//! A paused connection: its sender hears that the hub is unavailable and comes again; nothing is lost.

use std::time::Instant;

use serde_json::json;

use super::ground::{Ground, SOON, counted, done, tell, until_heard};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::{Database, Engine};
use crate::harness::hub::Hub;
use crate::harness::program;

async fn a_paused_connection_asks_its_sender_to_come_again(database: Database) {
    let ground = Ground::plant(&database).await;
    let (line, other) = (ground.sepay(&database, "mot", &[]), ground.sepay(&database, "hai", &[]));
    let hub = Hub::start(&database).await;
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    let sender = line.sender(&hub);
    assert_eq!(tell(&hub, &sender, 1).await.0, 200);
    let input = json!({ "connectionId": line.global() });
    let paused = done(&admin, "pauseConnection", "PauseConnectionInput", input.clone()).await;
    assert!(paused["connection"]["pausedAt"].is_string(), "{paused}");
    let last = until_heard(&hub, &sender, 2, 503).await;
    let unavailable = r#"{"success":false,"code":"UNAVAILABLE"}"#.to_owned();
    assert_eq!(tell(&hub, &sender, last).await, (503, Some(60), unavailable), "in the sender's own words");
    assert_eq!(tell(&hub, &other.sender(&hub), 1).await.0, 200, "others are not held up");
    // Paused once more is paused: nothing is written.
    done(&admin, "pauseConnection", "PauseConnectionInput", input).await;

    // The command is a process of its own; the hub notices all the same.
    program::run(&database, &["connection", "resume", "mot"]);
    let last = until_heard(&hub, &sender, last, 200).await;
    assert!(counted(&database, "PAUSED", 1).await >= 1);
    let kept = format!("SELECT COUNT(*) FROM inbound_events WHERE event_id = '{last}'");
    assert_eq!(database.number(&kept).await, 1, "what was sent again is kept, once");
    let logged = "SELECT kind FROM audit_entries WHERE kind LIKE 'connection.%' ORDER BY recorded_at";
    let created = ["connection.created"; 2].map(str::to_owned).to_vec();
    let expected = [created, vec!["connection.paused".into(), "connection.resumed".into()]].concat();
    assert_eq!(database.texts(logged).await, expected);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_hear_of_a_pause() {
    let database = Database::fresh(Engine::Postgres).await;
    let line = Ground::plant(&database).await.sepay(&database, "mot", &[]);
    let (first, second) = (Hub::start(&database).await, Hub::start(&database).await);
    let admin = Caller::user(&first, &database, "quan-tri-mau");
    for hub in [&first, &second] {
        assert_eq!(tell(hub, &line.sender(hub), 1).await.0, 200);
    }
    let begun = Instant::now();
    done(&admin, "pauseConnection", "PauseConnectionInput", json!({ "connectionId": line.global() })).await;
    let (one, two) = (line.sender(&first), line.sender(&second));
    tokio::join!(until_heard(&first, &one, 2, 503), until_heard(&second, &two, 1_000, 503));
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    done(&admin, "resumeConnection", "ResumeConnectionInput", json!({ "connectionId": line.global() })).await;
    tokio::join!(until_heard(&first, &one, 2, 200), until_heard(&second, &two, 1_000, 200));
    first.finish().await;
    second.finish().await;
}

both_engines!(a_paused_connection_asks_its_sender_to_come_again);
