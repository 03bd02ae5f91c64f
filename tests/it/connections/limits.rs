//! What a connection's sender may send, and from where; judged before anything is proven.

use serde_json::{Value, json};

use super::ground::{Ground, asked, counted, done, tell, tell_through, until_heard};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};

const BEHIND_A_PROXY: &[(&str, &str)] = &[("LIENTHONG_TRUSTED_PROXIES", "127.0.0.0/8")];

async fn only_the_listed_addresses_are_heard(database: Database) {
    let line = Ground::plant(&database).await.sepay(&database, "mot", &[]);
    let list = ["--address", "203.0.113.77/24", "--address", "2001:db8::/32"];
    let said = program::run(&database, &[&["connection", "limit", "mot"], &list[..]].concat());
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["allowedAddresses"], json!(["203.0.113.0/24", "2001:db8::/32"]), "written one way");
    let hub = Hub::start_as(Build::Normal, &database, BEHIND_A_PROXY).await;
    let sender = line.sender(&hub);
    let from = async |id, header: &str| tell_through(&hub, &sender, id, &[("X-Forwarded-For", header)]).await;
    assert_eq!(from(1, "203.0.113.9").await.0, 200);
    assert_eq!(from(2, "2001:db8:1::2").await.0, 200);
    let refused = (403, None, r#"{"success":false,"code":"ADDRESS_NOT_ALLOWED"}"#.to_owned());
    assert_eq!(from(3, "198.51.100.1").await, refused);
    assert_eq!(from(4, "203.0.113.9, 198.51.100.1").await, refused, "what the sender wrote itself is not believed");
    assert_eq!(tell(&hub, &sender, 5).await, refused, "the proxy's own address is not in the list");
    assert_eq!(counted(&database, "ADDRESS_NOT_ALLOWED", 3).await, 3);
    assert_eq!(database.number("SELECT COUNT(*) FROM refused_messages").await, 0, "strangers push nobody's out");
    assert_eq!(database.number("SELECT COUNT(*) FROM inbound_events").await, 2);

    // Without the setting nobody's header is believed.
    let alone = Hub::start(&database).await;
    let header = [("X-Forwarded-For", "203.0.113.9")];
    assert_eq!(tell_through(&alone, &line.sender(&alone), 6, &header).await, refused);
    program::run(&database, &["connection", "limit", "mot", "--every-address"]);
    until_heard(&alone, &line.sender(&alone), 7, 200).await;
    alone.finish().await;
    hub.finish().await;
}

async fn a_large_body_is_refused_kept_and_replayed(database: Database) {
    let line = Ground::plant(&database).await.sepay(&database, "mot", &[]);
    let hub = Hub::start(&database).await;
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    let input = json!({ "connectionId": line.global(), "bodyBytes": 100 });
    let limited = done(&admin, "updateConnection", "UpdateConnectionInput", input).await;
    assert_eq!(limited["connection"]["bodyBytes"], 100);
    let sender = line.sender(&hub);
    let last = until_heard(&hub, &sender, 1, 413).await;
    let refused = tell(&hub, &sender, last).await;
    assert_eq!(refused.2, r#"{"success":false,"code":"BODY_TOO_LARGE"}"#);
    let input = json!({ "connectionId": line.global(), "bodyBytes": 0 });
    let limited = done(&admin, "updateConnection", "UpdateConnectionInput", input).await;
    assert_eq!(limited["connection"]["bodyBytes"], 262_144, "the hub's own");
    let said = program::run(&database, &["connection", "replay", "mot", "--kind", "refused"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert!(said["revived"].as_u64() >= Some(2) && said["left"] == 0, "{said}");
    let kept = format!("SELECT COUNT(*) FROM inbound_events WHERE event_id = '{last}'");
    assert_eq!(database.number(&kept).await, 1, "sent twice, and kept once");
    hub.finish().await;
}

async fn a_connection_has_its_own_rate(database: Database) {
    let ground = Ground::plant(&database).await;
    let (line, other) = (ground.sepay(&database, "mot", &[]), ground.sepay(&database, "hai", &[]));
    program::run(&database, &["connection", "limit", "mot", "--messages-per-second", "2"]);
    let hub = Hub::start(&database).await;
    let (sender, free) = (line.sender(&hub), other.sender(&hub));
    // Another connection is asked first: the hub is warm, and the burst below is one.
    for id in 0..8 {
        assert_eq!(tell(&hub, &free, id + 1).await.0, 200);
    }
    let burst = (0..12).map(|id| tell(&hub, &sender, id + 1));
    let heard: Vec<_> = futures_util::future::join_all(burst).await;
    let too_many = heard.iter().filter(|(status, again, _)| *status == 429 && again.is_some()).count();
    let kept = heard.iter().filter(|(status, ..)| *status == 200).count();
    assert!(too_many >= 1 && kept >= 1 && too_many + kept == heard.len(), "{heard:?}");
    counted(&database, "TOO_MANY", i64::try_from(too_many).unwrap()).await;
    hub.finish().await;
}

async fn accounts_and_limits_are_checked(database: Database) {
    let ground = Ground::plant(&database).await;
    let line = ground.sepay(&database, "mot", &[]);
    let (own, other) = (ground.account(0).1, ground.account(1).1);
    let hub = Hub::start(&database).await;
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    let with = |more: Value| {
        let mut input = more;
        input["connectionId"] = line.global();
        input
    };
    let refused = [
        (json!({ "allowedAddresses": ["example.com"] }), "BAD_NETWORK", "allowedAddresses"),
        (json!({ "allowedAddresses": vec!["203.0.113.1"; 101] }), "BAD_NETWORK", "allowedAddresses"),
        (json!({ "bodyBytes": 262_145 }), "BAD_LIMIT", "bodyBytes"),
        (json!({ "messagesPerSecond": -1 }), "BAD_LIMIT", "messagesPerSecond"),
        (json!({ "addAccounts": ["9999999999999"] }), "UNKNOWN_ACCOUNT", "addAccounts"),
        (json!({ "removeAccounts": [other] }), "ACCOUNT_NOT_CONNECTED", "removeAccounts"),
        (json!({ "removeAccounts": [own] }), "ACCOUNT_NEEDED", "removeAccounts"),
    ];
    for (input, code, field) in refused {
        let said = asked(&admin, "updateConnection", "UpdateConnectionInput", with(input)).await;
        assert_eq!((&said["userErrors"][0]["code"], &said["userErrors"][0]["field"]), (&json!(code), &json!(field)));
        assert!(said["connection"].is_null());
    }
    let links = "SELECT COUNT(*) FROM connection_accounts";
    assert_eq!(database.number(links).await, 1, "what was refused changed nothing");
    done(&admin, "updateConnection", "UpdateConnectionInput", with(json!({ "addAccounts": [other] }))).await;
    assert_eq!(database.number(links).await, 2);
    // A closed account can be taken away, too.
    database.execute("UPDATE bank_accounts SET closed_at = created_at").await;
    program::run(&database, &["connection", "accounts", "mot", "--remove", own]);
    assert_eq!(database.number(links).await, 1);
    let missing = json!({ "connectionId": node(uuid::Uuid::nil()) });
    let said = asked(&admin, "updateConnection", "UpdateConnectionInput", missing).await;
    assert_eq!(said["userErrors"][0]["code"], "NOT_FOUND");
    hub.finish().await;
}

/// A sender whose messages name no account has exactly one.
async fn a_sender_that_names_no_account_keeps_one(database: Database) {
    let ground = Ground::plant(&database).await;
    let (own, other) = (ground.account(0).1, ground.account(1).1);
    let file = super::ground::key_file(&database, "synthetic-vnpay-key");
    let create = ["connection", "create", "--bank", "vnpay", "--name", "vnpay", "--extra", "tmnCode=MAUTMN01"];
    program::run(&database, &[&create[..], &["--secret-file", &file, "--account", own]].concat());
    let said = program::try_run(&database, &["connection", "accounts", "vnpay", "--add", other]);
    assert!(said.code == Some(1) && said.err.contains("exactly one"), "{}", said.err);
    program::run(&database, &["connection", "accounts", "vnpay", "--add", other, "--remove", own]);
    assert_eq!(database.number("SELECT COUNT(*) FROM connection_accounts").await, 1);
}

fn node(id: uuid::Uuid) -> String {
    api::graphql::node_id::encode("Connection", id).to_string()
}

both_engines!(
    only_the_listed_addresses_are_heard,
    a_large_body_is_refused_kept_and_replayed,
    a_connection_has_its_own_rate,
    accounts_and_limits_are_checked,
    a_sender_that_names_no_account_keeps_one,
);
