//! What is taken away is gone: at once where it was taken, within five seconds elsewhere.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Vendor, form, make_user};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

const ELSEWHERE: Duration = Duration::from_secs(5);
const WHO: &str = "{ viewer { name role } }";

async fn a_token_taken_back_is_refused_at_once(database: Database) {
    let vendor = Vendor::make(&database, "600");
    let hub = Hub::start(&database).await;
    let credentials = [("client_id", &*vendor.id), ("client_secret", &*vendor.secret)];
    let grant = [&credentials[..], &[("grant_type", "client_credentials")]].concat();
    let answer = form(&hub, "/oauth/token", &grant).send().await.unwrap();
    let body: Value = answer.json().await.unwrap();
    let token = body["access_token"].as_str().unwrap();
    let (taken, kept) = (Caller::with_token(&hub, token), Caller::client(&hub, &database, &vendor.id));
    assert_eq!(taken.ask(WHO, json!({})).await.status, 200);
    let fields = [&credentials[..], &[("token", token)]].concat();
    for _ in 0..2 {
        let revoked = form(&hub, "/oauth/revoke", &fields).send().await.unwrap();
        assert_eq!(revoked.status(), 200);
        assert_eq!(taken.ask(WHO, json!({})).await.status, 401);
    }
    assert_eq!(kept.ask(WHO, json!({})).await.status, 200, "another token of the same client still holds");
    let rubbish = [&credentials[..], &[("token", "rubbish")]].concat();
    let revoked = form(&hub, "/oauth/revoke", &rubbish).send().await.unwrap();
    assert_eq!(revoked.status(), 200, "what is no token is as good as taken back");
    hub.finish().await;
}

async fn what_the_operator_takes_away_bites_elsewhere(database: Database) {
    let vendor = Vendor::make(&database, "6000");
    make_user(&database, "hai-vai", "PLATFORM_ADMIN", &[]);
    let hub = Hub::start(&database).await;
    let client = Caller::client(&hub, &database, &vendor.id);
    let user = Caller::user(&hub, &database, "hai-vai");
    assert_eq!(client.ask(WHO, json!({})).await.status, 200);
    assert_eq!(user.data(WHO, json!({})).await["viewer"]["role"], "PLATFORM_ADMIN");

    let officer = ["user", "assign", "hai-vai", "--role", "PROVINCE_OFFICER", "--province", "37"];
    program::run(&database, &officer);
    until(async || user.data(WHO, json!({})).await["viewer"]["role"] == "PROVINCE_OFFICER").await;

    program::run(&database, &["user", "reset", "hai-vai"]);
    until(async || user.ask(WHO, json!({})).await.status == 401).await;
    let again = Caller::user(&hub, &database, "hai-vai");
    assert_eq!(again.ask(WHO, json!({})).await.status, 200, "a new token after the reset");

    program::run(&database, &["client", "revoke", &vendor.id]);
    until(async || client.ask(WHO, json!({})).await.status == 401).await;
    let said = program::try_run(&database, &["token", "--client", &vendor.id]);
    assert_eq!(said.code, Some(1), "a revoked client gets no token: {}", said.out);
    hub.finish().await;
}

async fn a_token_made_by_the_operator_is_seen(database: Database) {
    make_user(&database, "bao-ve-mau", "DATA_OFFICER", &["--province", "37"]);
    make_user(&database, "quan-tri-mau", "PLATFORM_ADMIN", &[]);
    let hub = Hub::start(&database).await;
    let officer = Caller::user(&hub, &database, "bao-ve-mau");
    let query = "{ accessLog(first: 10) { edges { node { actor kind role } } } }";
    let log = officer.data(query, json!({})).await;
    let entry = json!({ "actor": "operator", "kind": "Token", "role": "DATA_OFFICER" });
    assert_eq!(log["accessLog"]["edges"], json!([{ "node": entry }]));
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    assert_eq!(admin.ask(query, json!({})).await.codes(), ["FORBIDDEN"]);
    hub.finish().await;
}

/// Waits for a change of another process, and no longer than is promised.
async fn until(is_so: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < ELSEWHERE, "the change did not bite within {ELSEWHERE:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

both_engines!(
    a_token_taken_back_is_refused_at_once,
    what_the_operator_takes_away_bites_elsewhere,
    a_token_made_by_the_operator_is_seen,
);
