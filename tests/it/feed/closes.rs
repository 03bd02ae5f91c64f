//! The protocol of sockets by the letter: every reason to close has its code, and queries and mutations run there too.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;

use super::copy::plant;
use super::socket::{Heard, Socket};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};

const FOLLOW: &str = "subscription { changes { cursor } }";

fn token(database: &Database, arguments: &[&str]) -> String {
    program::run(database, &[&["token"], arguments].concat()).trim().to_owned()
}

async fn every_reason_to_close_has_its_code(database: Database) {
    plant(&database);
    let hub = Hub::start(&database).await;
    let token = token(&database, &["--user", "officer"]);
    let init = json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": FOLLOW } });

    let mut none = Socket::connect(&hub, &[]).await.unwrap();
    assert_eq!(none.hear().await, Heard::Closed(4406), "no protocol that the hub speaks");
    let mut early = Socket::silent(&hub).await;
    early.say(&subscribe).await;
    assert_eq!(early.hear().await, Heard::Closed(4401), "subscribe before the acknowledgement");
    let mut forged = Socket::silent(&hub).await;
    forged.say(&json!({ "type": "connection_init", "payload": { "authorization": "Bearer a.b.c" } })).await;
    assert_eq!(forged.hear().await, Heard::Closed(4403));
    let mut nobody = Socket::silent(&hub).await;
    nobody.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(nobody.hear().await, Heard::Closed(4403));
    let mut twice = Socket::known(&hub, &token).await;
    twice.say(&init).await;
    assert_eq!(twice.hear().await, Heard::Closed(4429));
    let mut same = Socket::known(&hub, &token).await;
    same.say(&subscribe).await;
    same.say(&subscribe).await;
    assert_eq!(same.hear().await, Heard::Closed(4409));
    for bad in [
        "",
        "[]",
        "{\"type\":\"start\",\"id\":\"1\"}",
        "{\"type\":\"subscribe\",\"id\":\"\",\"payload\":{\"query\":\"{now}\"}}",
    ] {
        let mut socket = Socket::known(&hub, &token).await;
        socket.text(bad).await;
        assert_eq!(socket.hear().await, Heard::Closed(4400), "{bad}");
    }
    let mut binary = Socket::known(&hub, &token).await;
    binary.bytes(vec![1, 2, 3]).await;
    assert_eq!(binary.hear().await, Heard::Closed(4400));
    let mut large = Socket::known(&hub, &token).await;
    large.text(&" ".repeat(1_048_577)).await;
    assert!(matches!(large.hear().await, Heard::Closed(1009)), "above the limit of a body");

    let (mut idle, begun) = (Socket::silent(&hub).await, Instant::now());
    assert_eq!(idle.hear().await, Heard::Closed(4408));
    assert!((Duration::from_secs(2)..Duration::from_secs(8)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let evil = Socket::connect(&hub, &[protocol, ("origin", "https://evil.example")]).await;
    assert_eq!(evil.err(), Some(StatusCode::FORBIDDEN));
    let own = format!("http://{}", hub.address());
    assert!(Socket::connect(&hub, &[protocol, ("origin", &own)]).await.is_ok());
    hub.finish().await;
}

async fn queries_and_mutations_run_over_a_socket(database: Database) {
    plant(&database);
    let hub = Hub::start(&database).await;
    let token = token(&database, &["--user", "officer"]);
    // The handshake's own header serves as well.
    let bearer = format!("Bearer {token}");
    let headers = [("sec-websocket-protocol", "graphql-transport-ws"), ("authorization", bearer.as_str())];
    let mut socket = Socket::connect(&hub, &headers).await.unwrap();
    socket.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(socket.hear().await, Heard::Said(json!({ "type": "connection_ack" })));
    socket.say(&json!({ "type": "ping", "payload": { "n": 7 } })).await;
    assert_eq!(socket.hear().await, Heard::Said(json!({ "type": "pong", "payload": { "n": 7 } })));
    socket.say(&json!({ "type": "pong" })).await;

    socket.subscribe("q", "query ($n: Int) { schools(first: $n) { nodes { code } } }", json!({ "n": 2 })).await;
    let answer = socket.next("q").await;
    assert_eq!(answer["data"]["schools"]["nodes"].as_array().unwrap().len(), 2);
    assert!(answer["extensions"]["cost"]["points"].as_u64().unwrap() >= 2, "{answer}");
    assert_eq!(socket.hear().await, Heard::Said(json!({ "type": "complete", "id": "q" })));
    // An id is free again when its operation has ended.
    socket
        .subscribe("q", "mutation { upsertSchools(input: { schools: [] }) { userErrors { code } } }", json!({}))
        .await;
    let refused = socket.next("q").await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(socket.hear().await, Heard::Said(json!({ "type": "complete", "id": "q" })));
    for (query, code) in [
        ("{ nonsense", "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { bankTransactionReceived { cursor } }", "FORBIDDEN"),
        ("subscription { changes { cursor } b: changes { cursor } }", "SUBSCRIPTION_NOT_SINGLE"),
        (
            "subscription { ...A } fragment A on Subscription { changes { cursor } invoicePaid { cursor } }",
            "SUBSCRIPTION_NOT_SINGLE",
        ),
        ("subscription { changes(since: \"x\") { cursor } }", "BAD_CURSOR"),
    ] {
        socket.subscribe("e", query, json!({})).await;
        assert_eq!(socket.error("e").await, [code], "{query}");
    }
    hub.finish().await;
}

async fn nobody_takes_all_the_room(database: Database) {
    plant(&database);
    let limits =
        [("LIENTHONG_STREAMS_PER_CALLER", "2"), ("LIENTHONG_SOCKET_OPERATIONS", "2"), ("LIENTHONG_STREAMS", "4")];
    let hub = Hub::start_as(Build::Normal, &database, &limits).await;
    let token = token(&database, &["--user", "officer"]);
    let (mut first, second) = (Socket::known(&hub, &token).await, Socket::known(&hub, &token).await);
    let mut third = Socket::silent(&hub).await;
    third.say(&json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } })).await;
    assert_eq!(third.hear().await, Heard::Closed(1013), "a caller's sockets");
    drop(second);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let fourth = Socket::known(&hub, &token).await;
    for id in ["1", "2", "3"] {
        first.subscribe(id, FOLLOW, json!({})).await;
    }
    assert_eq!(first.error("3").await, ["TOO_MANY_STREAMS"], "a socket's operations");
    first.say(&json!({ "type": "complete", "id": "1" })).await;
    first.subscribe("3", "{ now }", json!({})).await;
    assert!(first.next("3").await["data"]["now"].is_string());
    let mut silent = Vec::new();
    for _ in 0..16 {
        silent.push(Socket::silent(&hub).await);
    }
    let full = Socket::connect(&hub, &[("sec-websocket-protocol", "graphql-transport-ws")]).await;
    assert_eq!(
        full.err(),
        Some(StatusCode::TOO_MANY_REQUESTS),
        "an address' sockets that have not said whose they are"
    );
    assert_eq!(first.hear().await, Heard::Said(json!({ "id": "3", "type": "complete" })));
    first.subscribe("4", "{ now }", json!({})).await;
    assert!(first.next("4").await["data"]["now"].is_string(), "who is known is not disturbed");
    drop(silent);
    drop(fourth);
    hub.finish().await;
}

async fn who_listens_is_told_when_the_hub_stops(database: Database) {
    plant(&database);
    let hub = Hub::start(&database).await;
    let token = token(&database, &["--user", "officer"]);
    let mut socket = Socket::known(&hub, &token).await;
    socket.subscribe("1", FOLLOW, json!({})).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    hub.ask_to_drain();
    assert_eq!(socket.hear().await, Heard::Closed(1001));
    hub.finish().await;
}

both_engines!(
    every_reason_to_close_has_its_code,
    queries_and_mutations_run_over_a_socket,
    nobody_takes_all_the_room,
    who_listens_is_told_when_the_hub_stops,
);
