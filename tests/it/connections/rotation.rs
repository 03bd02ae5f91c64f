//! R28: keys are changed while messages come, and no valid one is refused; an old key ends when it should.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::ground::{Ground, Heard, Line, SOON, done, tell, until_heard};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::{Database, Engine};
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::harness::sepay::Sepay;

/// How long the old key stays valid beside the new one.
const GRACE: Duration = Duration::from_secs(12);
/// The senders of the old key stop this long before its end.
const MARGIN: Duration = Duration::from_secs(2);

/// Sends signed messages until told to stop, and returns how many were sent and what was not kept.
async fn keeps_sending(hub: &Hub<'_>, sender: Sepay, ids: &AtomicU64, stop: &AtomicBool) -> (usize, Vec<Heard>) {
    let (mut sent, mut refused) = (0, Vec::new());
    while !stop.load(Ordering::Relaxed) {
        let heard = tell(hub, &sender, ids.fetch_add(1, Ordering::Relaxed)).await;
        sent += 1;
        if heard.0 != 200 {
            refused.push(heard);
        }
    }
    (sent, refused)
}

/// The operator changes the key at the first hub; the sender uses the new key at every hub at once, and the old one for
/// nearly as long as it is valid.
async fn rotates_under_load(hubs: &[&Hub<'_>], database: &Database, line: &Line) {
    let (ids, old_ends, all_ends) = (AtomicU64::new(1), AtomicBool::new(false), AtomicBool::new(false));
    let admin = Caller::user(hubs[0], database, "quan-tri-mau");
    let old =
        futures_util::future::join_all(hubs.iter().map(|hub| keeps_sending(hub, line.sender(hub), &ids, &old_ends)));
    let operator = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let begun = Instant::now();
        let input =
            json!({ "connectionId": line.global(), "secret": "the-new-key", "overlapSeconds": GRACE.as_secs() });
        done(&admin, "rotateConnection", "RotateConnectionInput", input).await;
        let new = futures_util::future::join_all(
            hubs.iter().map(|hub| keeps_sending(hub, line.sender_with(hub, "the-new-key"), &ids, &all_ends)),
        );
        let clock = async {
            tokio::time::sleep((GRACE - MARGIN).saturating_sub(begun.elapsed())).await;
            old_ends.store(true, Ordering::Relaxed);
            // The grace ends while messages under the new key still come.
            tokio::time::sleep((GRACE + Duration::from_secs(1)).saturating_sub(begun.elapsed())).await;
            all_ends.store(true, Ordering::Relaxed);
        };
        tokio::join!(new, clock).0
    };
    let (old, new) = tokio::join!(old, operator);
    for (sent, refused) in old.into_iter().chain(new) {
        assert_eq!((refused.len(), sent > 20), (0, true), "of {sent}: {refused:?}");
    }
    for hub in hubs {
        let heard = tell(hub, &line.sender(hub), 1_000_001).await;
        assert_eq!(heard.0, 401, "the old key is refused after its grace: {heard:?}");
        assert_eq!(tell(hub, &line.sender_with(hub, "the-new-key"), 1_000_002).await.0, 200);
    }
}

async fn no_valid_message_is_refused_while_keys_change(database: Database) {
    let line = Ground::plant(&database).await.sepay(&database, "mot", &[]);
    let hub = Hub::start(&database).await;
    if database.engine == Engine::Postgres {
        let second = Hub::start(&database).await;
        rotates_under_load(&[&hub, &second], &database, &line).await;
        second.finish().await;
    } else {
        rotates_under_load(&[&hub], &database, &line).await;
    }
    hub.finish().await;
}

async fn a_key_that_leaked_ends_at_once(database: Database) {
    let line = Ground::plant(&database).await.sepay(&database, "mot", &[]);
    let hub = Hub::start(&database).await;
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    let old = line.sender(&hub);
    assert_eq!(tell(&hub, &old, 1).await.0, 200);
    let input = json!({ "connectionId": line.global(), "secret": "second" });
    done(&admin, "rotateConnection", "RotateConnectionInput", input).await;
    let begun = Instant::now();
    while begun.elapsed() < SOON {
        assert_eq!(tell(&hub, &old, 2).await.0, 200, "it stays valid for a day");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(tell(&hub, &line.sender_with(&hub, "second"), 3).await.0, 200);
    done(&admin, "retireConnectionKeys", "RetireConnectionKeysInput", json!({ "connectionId": line.global() })).await;
    until_heard(&hub, &old, 4, 401).await;
    assert_eq!(tell(&hub, &line.sender_with(&hub, "second"), 5).await.0, 200);

    // With an overlap of none the same happens at once; a third key ends all that were before it.
    let file = super::ground::key_file(&database, "third");
    let rotate = ["connection", "rotate", "mot", "--secret-file", &file, "--now"];
    program::run(&database, &rotate);
    until_heard(&hub, &line.sender_with(&hub, "second"), 6, 401).await;
    assert_eq!(tell(&hub, &line.sender_with(&hub, "third"), 7).await.0, 200);
    let input = json!({ "connectionId": line.global(), "secret": "x", "overlapSeconds": 2_592_001 });
    let said = super::ground::asked(&admin, "rotateConnection", "RotateConnectionInput", input).await;
    assert_eq!(said["userErrors"][0]["code"], "BAD_OVERLAP");
    hub.finish().await;
}

/// An operator sees when the old key is used no more, and never a key.
async fn it_is_seen_which_keys_are_used(database: Database) {
    let line = Ground::plant(&database).await.sepay(&database, "mot", &[]);
    let hub = Hub::start(&database).await;
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    let input = json!({ "connectionId": line.global(), "secret": "second" });
    done(&admin, "rotateConnection", "RotateConnectionInput", input).await;
    let query = "{ connections(first: 50) { nodes { name keys { createdAt validUntil lastUsedAt } } } }";
    let keys = async || -> Value {
        let seen = admin.data(query, json!({})).await;
        let nodes = seen["connections"]["nodes"].as_array().unwrap().clone();
        nodes.into_iter().find(|node| node["name"] == "mot").unwrap()["keys"].clone()
    };
    let used = async |place: usize| {
        let begun = Instant::now();
        while keys().await[place]["lastUsedAt"].is_null() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the use of a key was not written down");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    assert_eq!(tell(&hub, &line.sender(&hub), 1).await.0, 200);
    used(1).await;
    let seen = keys().await;
    assert!(seen[0]["lastUsedAt"].is_null() && seen[0]["validUntil"].is_null(), "the newest first: {seen}");
    assert!(seen[1]["validUntil"].is_string(), "{seen}");
    assert_eq!(tell(&hub, &line.sender_with(&hub, "second"), 2).await.0, 200);
    used(0).await;
    let told = program::run(&database, &["connection", "health", "mot"]);
    assert!(told.contains("lastUsedAt") && !told.contains("second") && !told.contains(&line.secret), "{told}");
    hub.finish().await;
}

both_engines!(
    no_valid_message_is_refused_while_keys_change,
    a_key_that_leaked_ends_at_once,
    it_is_seen_which_keys_are_used,
);
