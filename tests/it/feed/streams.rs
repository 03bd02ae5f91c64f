//! Streams: money that arrives is heard of at once and under the policy, a stream goes on from its cursor, and it ends when
//! its rights do.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::socket::{Heard, Socket};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::ground::Ground;
use crate::harness::hub::Hub;
use crate::harness::program;

const RECEIVED: &str = "subscription ($since: String) { bankTransactionReceived(since: $since) {
    cursor bankTransaction { transactionId amount content } } }";
const PAID: &str = "subscription ($since: String) { invoicePaid(since: $since) { cursor invoice { code status } } }";
const SCHOOLS: &str = "subscription ($since: String) { changes(since: $since, kinds: [SCHOOL]) { cursor naturalKey } }";

fn user(database: &Database, name: &str, role: &str, ground: &[&str]) {
    let create = ["user", "create", name, "--display-name", "Người Mẫu", "--role", role];
    program::run(database, &[&create[..], ground].concat());
}

fn token(database: &Database, arguments: &[&str]) -> String {
    program::run(database, &[&["token"], arguments].concat()).trim().to_owned()
}

/// The end of the feed, from where a stream misses nothing however late it begins.
async fn head(hub: &Hub<'_>, token: &str) -> Value {
    let head = Caller::with_token(hub, token).data("{ changes { endCursor } }", json!({})).await;
    json!({ "since": head["changes"]["endCursor"] })
}

/// The code of the ground's only school.
async fn school(database: &Database) -> String {
    database.texts("SELECT code FROM schools LIMIT 1").await.remove(0)
}

async fn open(database: &Database, code: &str) -> i64 {
    database.number(&format!("SELECT amount - paid_amount FROM invoices WHERE code = '{code}'")).await
}

async fn money_is_heard_of_once_in_every_process(database: Database) {
    let ground = Ground::plant(&database);
    let school = school(&database).await;
    user(&database, "ke-toan", "ACCOUNTANT", &["--school", &school]);
    let (hub, other) = (Hub::start(&database).await, Hub::start(&database).await);
    let accountant = token(&database, &["--user", "ke-toan"]);
    let mut here = Socket::known(&hub, &accountant).await;
    let mut there = Socket::known(&other, &accountant).await;
    let since = head(&hub, &accountant).await;
    for socket in [&mut here, &mut there] {
        socket.subscribe("received", RECEIVED, since.clone()).await;
        socket.subscribe("paid", PAID, since.clone()).await;
    }
    let code = &ground.invoices[0];
    let sepay = ground.sepay(&hub);
    let body = sepay.credit(7_001, open(&database, code).await, &format!("{code} hoc phi"));
    for _ in 0..2 {
        assert!(sepay.letter(&hub.client, &body).send().await.unwrap().status().is_success());
    }
    let mut cursor = Value::Null;
    for socket in [&mut here, &mut there] {
        let (mut received, mut paid) = (None, None);
        while received.is_none() || paid.is_none() {
            match socket.hear().await {
                Heard::Said(message) if message["id"] == "received" => received = Some(message),
                Heard::Said(message) if message["id"] == "paid" => paid = Some(message),
                other => panic!("{other:?}"),
            }
        }
        let (received, paid) = (received.unwrap(), paid.unwrap());
        let event = &received["payload"]["data"]["bankTransactionReceived"];
        assert_eq!(event["bankTransaction"]["content"], format!("{code} hoc phi"), "{received}");
        let invoice = &paid["payload"]["data"]["invoicePaid"]["invoice"];
        assert_eq!(invoice, &json!({ "code": code, "status": "PAID" }), "{paid}");
        cursor = event["cursor"].clone();
        assert_eq!(socket.hear_within(Duration::from_millis(700)).await, None, "a repeated message is no event");
    }
    let second = sepay.credit(7_002, 1_000, "khong ma");
    sepay.letter(&hub.client, &second).send().await.unwrap();
    let (a, b) = (here.next("received").await, there.next("received").await);
    assert_eq!(a, b);
    // Who comes back goes on after what it has heard.
    drop(there);
    let mut again = Socket::known(&other, &accountant).await;
    again.subscribe("received", RECEIVED, json!({ "since": cursor })).await;
    assert_eq!(again.next("received").await, a);
    hub.finish().await;
    other.finish().await;
}

async fn the_policy_holds_for_every_event(database: Database) {
    let ground = Ground::plant(&database);
    let school = school(&database).await;
    let create = ["client", "create", "--name", "Phần mềm mẫu"];
    let client: Value = serde_json::from_str(&program::run(&database, &create)).unwrap();
    let id = client["clientId"].as_str().unwrap();
    let terms = ["--number", "HD-1", "--scope", "invoices:read", "--scope", "money:read", "--school", &school];
    program::run(&database, &[&["contract", "create", "--client", id], &terms[..]].concat());
    let code = &ground.invoices[0];
    let own = match database.engine {
        crate::harness::database::Engine::Sqlite => format!("X'{}'", id.replace('-', "")),
        crate::harness::database::Engine::Postgres => format!("'{id}'::uuid"),
    };
    database.execute(&format!("UPDATE invoices SET client_id = {own} WHERE code = '{code}'")).await;
    user(&database, "van-thu", "CLERK", &["--school", &school]);
    let hub = Hub::start(&database).await;
    let vendor = token(&database, &["--client", id]);
    let since = head(&hub, &vendor).await;
    let mut vendor = Socket::known(&hub, &vendor).await;
    vendor.subscribe("received", RECEIVED, since.clone()).await;
    let mut clerk = Socket::known(&hub, &token(&database, &["--user", "van-thu"])).await;
    let all = "subscription ($since: String) { changes(since: $since) { kind naturalKey } }";
    clerk.subscribe("all", all, since).await;
    let sepay = ground.sepay(&hub);
    let foreign = ground.invoices.iter().find(|other| *other != code).unwrap();
    for (number, code) in [(8_001, foreign), (8_002, code)] {
        let body = sepay.credit(number, open(&database, code).await, &format!("{code} hoc phi"));
        sepay.letter(&hub.client, &body).send().await.unwrap();
        hub.until_settled().await;
    }
    let heard = vendor.next("received").await;
    let transaction = &heard["data"]["bankTransactionReceived"]["bankTransaction"];
    assert_eq!((&transaction["transactionId"], &transaction["content"]), (&json!("8002"), &Value::Null), "{heard}");
    assert_eq!(heard["extensions"]["masked"], json!(["bankTransactionReceived.bankTransaction.content"]));
    assert_eq!(vendor.hear_within(Duration::from_millis(500)).await, None, "another's money is not heard of");
    assert_eq!(clerk.hear_within(Duration::from_millis(300)).await, None, "a clerk hears nothing of money");
    hub.finish().await;
}

async fn a_stream_ends_with_its_rights(database: Database) {
    super::copy::plant(&database);
    let hub = Hub::start(&database).await;
    let officer = token(&database, &["--user", "officer"]);
    let short = token(&database, &["--user", "officer", "--ttl", "1s"]);
    let mut over = Socket::known(&hub, &short).await;
    over.subscribe("1", SCHOOLS, json!({})).await;
    let mut events = stream(&hub, &officer, SCHOOLS, &json!({})).await;
    let mut socket = Socket::known(&hub, &officer).await;
    socket.subscribe("1", SCHOOLS, json!({})).await;
    assert_eq!(over.hear().await, Heard::Closed(4403), "the token has come to its end");
    let begun = Instant::now();
    program::run(&database, &["user", "assign", "officer", "--role", "PLATFORM_ADMIN"]);
    program::run(&database, &["user", "reset", "officer"]);
    assert_eq!(socket.hear().await, Heard::Closed(4403), "the rights have changed");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    let last = until(&mut events, "event: complete").await;
    assert!(last.contains("RIGHTS_CHANGED") && last.contains("event: next"), "{last}");
    hub.finish().await;
}

async fn events_are_streamed_over_http(database: Database) {
    super::copy::plant(&database);
    let hub = Hub::start(&database).await;
    let officer = token(&database, &["--user", "officer"]);
    let mut once = stream(&hub, &officer, "{ schools(first: 1) { nodes { code } } }", &json!({})).await;
    let said = until(&mut once, "event: complete").await;
    assert!(said.starts_with("event: next\ndata: {\"data\":{\"schools\""), "{said}");
    let mut refused = stream(&hub, &officer, "{ nonsense", &json!({})).await;
    assert!(until(&mut refused, "event: complete").await.contains("GRAPHQL_PARSE_FAILED"));
    let anonymous = hub.client.post(hub.url("/graphql")).header("accept", "text/event-stream");
    assert_eq!(anonymous.json(&json!({ "query": "{ now }" })).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);

    let since = head(&hub, &officer).await;
    let mut events = stream(&hub, &officer, SCHOOLS, &since).await;
    super::writers::touch(&database).await;
    let said = until(&mut events, "\n\n").await;
    let line = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{said}"));
    let data: Value = serde_json::from_str(line("data: ")).unwrap();
    assert_eq!(data["data"]["changes"]["cursor"], line("id: "));
    let heart = until(&mut events, ":").await;
    assert!(heart.starts_with(':'), "a comment while it is silent: {heart}");
    // What is heard from its cursor is what comes after it.
    super::writers::touch(&database).await;
    let since = json!({ "since": line("id: ") });
    let officer = Caller::with_token(&hub, &officer);
    let query = SCHOOLS.replace("subscription", "query").replace("{ cursor naturalKey }", "{ changes { cursor } }");
    let begun = Instant::now();
    loop {
        let page = officer.data(&query, since.clone()).await;
        let count = page["changes"]["changes"].as_array().unwrap().len();
        if count > 0 {
            break assert_eq!(count, 1);
        }
        assert!(begun.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // A reader of events names the last one that it heard, and no cursor.
    let query = SCHOOLS.replace("($since: String)", "").replace("(since: $since, ", "(");
    let request = officer.request(reqwest::Method::POST, "/graphql").header("accept", "text/event-stream");
    let request = request.header("last-event-id", line("id: ")).json(&json!({ "query": query }));
    let mut again = request.send().await.unwrap();
    assert!(until(&mut again, "\n\n").await.contains("id: "), "what came after it");
    hub.ask_to_drain();
    let end = until(&mut events, "event: complete").await;
    assert!(end.contains("UNAVAILABLE"), "{end}");
    hub.finish().await;
}

async fn stream(hub: &Hub<'_>, token: &str, query: &str, variables: &Value) -> reqwest::Response {
    let request = hub.client.post(hub.url("/graphql")).header("accept", "text/event-stream").bearer_auth(token);
    let answer = request.json(&json!({ "query": query, "variables": variables })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    answer
}

/// Reads on until this was said, and returns all of it.
async fn until(events: &mut reqwest::Response, words: &str) -> String {
    let mut said = String::new();
    while !said.contains(words) {
        let part = tokio::time::timeout(Duration::from_secs(20), events.chunk()).await;
        let part = part.unwrap_or_else(|_| panic!("silence after {said}")).unwrap();
        said.push_str(&String::from_utf8_lossy(&part.unwrap_or_else(|| panic!("the end after {said}"))));
    }
    said
}

both_engines!(
    money_is_heard_of_once_in_every_process,
    the_policy_holds_for_every_event,
    a_stream_ends_with_its_rights,
    events_are_streamed_over_http,
);
