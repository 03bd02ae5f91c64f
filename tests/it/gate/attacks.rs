//! R25: every flood is refused by a limit of its own, and none of them reaches the engine.

use std::collections::BTreeSet;

use api::bench::attacks;
use serde_json::Value;

use super::{officer, post};
use crate::harness::database::{Database, Engine};
use crate::harness::hub::Hub;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_attack_is_refused_with_its_own_code() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    let mut wrong = Vec::new();
    for attack in attacks::all() {
        let answer = post(&hub, &token, &attack.body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        let body: Value = serde_json::from_str(&text).unwrap();
        let code = body["errors"][0]["extensions"]["code"].as_str().or(body["code"].as_str());
        if code != Some(attack.code) || body.get("data").is_some() || !(status == 200 || status == 400) {
            wrong.push(format!("{}: {status} {code:?}", attack.name));
        }
        assert!(text.len() < 4_000, "{}: an answer of {} bytes", attack.name, text.len());
        assert!(body["errors"].as_array().is_none_or(|errors| errors.len() <= 10), "{}", attack.name);
        assert!(!text.contains("xxxx") && !text.contains("a\\u0000b"), "{}: the input is echoed", attack.name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let names: BTreeSet<_> = attacks::all().into_iter().map(|attack| attack.name).collect();
    assert_eq!(names.len(), attacks::all().len(), "each attack has a name");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_unpacks_to_more_is_not_unpacked() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    let packed = post(&hub, &token, "\u{1f}\u{8b}").header("content-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.status(), 415);
    hub.finish().await;
}
