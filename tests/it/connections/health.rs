//! How connections fare, as their operators and their own banks see it; of others a bank sees nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::ground::{Ground, counted, tell};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};

const HEALTH: &str = "{ connections(first: 50) { nodes { name keys { createdAt } allowedAddresses
    health { lastHeardAt lastKeptAt lastRefusedAt keptToday refusedToday waiting oldestWaitingAt lagSeconds parked
        quarantined assurance }
    refusals(first: 5) { nodes { day code messages } pageInfo { hasNextPage } } } } }";
const REFUSED: &str = "{ refusedMessages(first: 50) { nodes { connectionId code bytes address receivedAt } } }";
/// Nothing is settled, so that what waits can be counted.
const PAUSED: &[(&str, &str)] = &[("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0")];

/// A bank with a connection of its own; its id.
fn bank(database: &Database) -> String {
    let told = program::run(database, &["client", "create", "--name", "ngan-hang", "--role", "bank-partner"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let purposes = ["--purpose", "FEE_COLLECTION", "--from", "2025-09-01"];
    let contract = ["contract", "create", "--client", "ngan-hang", "--number", "HD-MAU-3"];
    program::run(database, &[&contract[..], &purposes[..]].concat());
    told["clientId"].as_str().unwrap().to_owned()
}

/// Two good messages, one of them with other content once more, a poisoned one, and a forged one.
async fn messages(hub: &Hub<'_>, line: &super::ground::Line) -> usize {
    let sender = line.sender(hub);
    for id in [1, 2] {
        assert_eq!(tell(hub, &sender, id).await.0, 200);
    }
    let other = sender.credit(2, 999_000, "tien an");
    let poison = sender.credit(3, 1_000, "x").replace("1000", "\"a lot\"");
    for body in [&other, &poison] {
        assert_eq!(sender.letter(&hub.client, body).send().await.unwrap().status(), 200);
    }
    assert_eq!(tell(hub, &line.sender_with(hub, "forged"), 4).await.0, 401);
    sender.credit(4, 1_000, "tien an").len()
}

async fn a_bank_sees_how_its_own_connection_fares(database: Database) {
    let ground = Ground::plant(&database).await;
    let id = bank(&database);
    let own = ground.sepay(&database, "cua-ngan-hang", &["--client", "ngan-hang"]);
    let other = ground.sepay(&database, "cua-nguoi-khac", &[]);
    let hub = Hub::start_as(Build::Normal, &database, PAUSED).await;
    let bytes = messages(&hub, &own).await;
    assert_eq!(tell(&hub, &other.sender_with(&hub, "forged"), 1).await.0, 401);
    counted(&database, "KEPT", 4).await;
    counted(&database, "BAD_PROOF", 2).await;

    let partner = Caller::client(&hub, &database, &id);
    let seen = partner.data(HEALTH, json!({})).await;
    let nodes = seen["connections"]["nodes"].as_array().unwrap();
    assert!(nodes.len() == 1 && nodes[0]["name"] == "cua-ngan-hang", "its own and no other: {seen}");
    let health = &nodes[0]["health"];
    for (field, figure) in [("keptToday", 4), ("refusedToday", 1), ("waiting", 2), ("parked", 1), ("quarantined", 1)] {
        assert_eq!(health[field], figure, "{field}: {health}");
    }
    for time in ["lastHeardAt", "lastKeptAt", "lastRefusedAt", "oldestWaitingAt"] {
        assert!(health[time].is_string(), "{time}: {health}");
    }
    assert!(health["lagSeconds"].as_i64() >= Some(0) && health["assurance"] == "HIGH", "{health}");
    assert_eq!(nodes[0]["keys"].as_array().unwrap().len(), 1);
    let refusals = &nodes[0]["refusals"];
    assert_eq!(refusals["nodes"].as_array().unwrap().len(), 1);
    let told = &refusals["nodes"][0];
    assert_eq!((&told["code"], &told["messages"]), (&json!("BAD_PROOF"), &json!(1)));

    let refused = partner.data(REFUSED, json!({})).await;
    let nodes = refused["refusedMessages"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 1, "its own and no other: {refused}");
    assert_eq!(nodes[0]["connectionId"], own.global());
    let told = (&nodes[0]["code"], &nodes[0]["bytes"], &nodes[0]["address"]);
    assert_eq!(told, (&json!("BAD_PROOF"), &json!(bytes), &json!("127.0.0.1")));
    let pause = "mutation($id: ID!) { pauseConnection(input: { connectionId: $id }) { userErrors { code } } }";
    assert_eq!(partner.ask(pause, json!({ "id": own.global() })).await.codes(), ["FORBIDDEN"]);
    operators_see_all(&hub, &database).await;
    assert_eq!(tell(&hub, &own.sender(&hub), 5).await.0, 200);
    assert_eq!(counted(&database, "KEPT", 5).await, 5, "what is counted later is added");
    drop(hub);
}

async fn operators_see_all(hub: &Hub<'_>, database: &Database) {
    let admin = Caller::user(hub, database, "quan-tri-mau");
    let refused = admin.data(REFUSED, json!({})).await;
    assert_eq!(refused["refusedMessages"]["nodes"].as_array().unwrap().len(), 2);
    let listed: Value = serde_json::from_str(&program::run(database, &["connection", "list", "--json"])).unwrap();
    let own = listed.as_array().unwrap().iter().find(|one| one["name"] == "cua-ngan-hang").unwrap();
    assert_eq!((&own["health"]["keptToday"], &own["health"]["waiting"]), (&json!(4), &json!(2)), "{own}");
    let told: Value =
        serde_json::from_str(&program::run(database, &["connection", "health", "cua-ngan-hang"])).unwrap();
    assert_eq!(told["refusals"][0]["code"], "BAD_PROOF");
    // A school's accountant, and an office, are told nothing of strangers.
    program::run(
        database,
        &["user", "create", "so-mau", "--display-name", "Sở", "--role", "PROVINCE_OFFICER", "--province", "37"],
    );
    let office = Caller::user(hub, database, "so-mau");
    assert_eq!(office.ask(REFUSED, json!({})).await.codes(), ["FORBIDDEN"]);
}

/// All that is asked of connections costs one statement for each question, however many there are.
async fn health_of_many_is_one_statement(database: Database) {
    let ground = Ground::plant(&database).await;
    for name in ["mot", "hai", "ba", "bon"] {
        ground.sepay(&database, name, &[]);
    }
    let quiet = [PAUSED[0], ("LIENTHONG_GRAPHQL_CACHE_BYTES", "0")];
    let hub = Hub::start_as(Build::Normal, &database, &quiet).await;
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    let counted = async || -> u64 {
        let text = hub.client.get(hub.url("/metrics")).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("database_statements_total ").map(str::to_owned));
        line.unwrap().parse().unwrap()
    };
    let query = "query($n: Int!) { connections(first: $n) { nodes { health { parked } keys { createdAt }
        refusals(first: 2) { nodes { code } } } } }";
    for n in [1, 4] {
        let mut fewest = u64::MAX;
        // The hub's own work sends statements too; a minute's budget of questions is not to be spent on waiting for a pause of it.
        for _ in 0..60 {
            let before = counted().await;
            admin.data(query, json!({ "n": n })).await;
            fewest = fewest.min(counted().await - before);
            if fewest <= 4 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(fewest, 4, "connections, health, keys, refusals, for {n}");
    }
    hub.finish().await;
}

both_engines!(a_bank_sees_how_its_own_connection_fares, health_of_many_is_one_statement);
