//! Documents by their hash: remembered ones, trusted ones, and clients that may run nothing else.

use reqwest::StatusCode;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::{officer, post};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::{Database, Engine};
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::rights::{Vendor, make_user};

fn hash(text: &str) -> String {
    hex::encode(digest(&SHA256, text.as_bytes()))
}

async fn code(hub: &Hub<'_>, token: &str, body: Value) -> (StatusCode, String) {
    let answer = post(hub, token, body.to_string()).send().await.unwrap();
    let (status, body): (_, Value) = (answer.status(), answer.json().await.unwrap());
    (status, body["errors"][0]["extensions"]["code"].as_str().unwrap_or("OK").to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_sent_once_and_named_after_that() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    let text = "query Named($code: String!) { school(code: $code) { id } }";
    let by = |hash: &str| json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}, "variables": {"code": "x"}});
    let with_text = |mut request: Value, text: &str| {
        request["query"] = text.into();
        request
    };
    let own = hash(text);
    assert_eq!(code(&hub, &token, by(&own)).await, (StatusCode::OK, "PERSISTED_QUERY_NOT_FOUND".into()));
    let other = with_text(by(&own), "{ now }");
    assert_eq!(code(&hub, &token, other).await.1, "PERSISTED_QUERY_HASH_MISMATCH");
    assert_eq!(code(&hub, &token, by(&own)).await.1, "PERSISTED_QUERY_NOT_FOUND", "a lie is not remembered");
    assert_eq!(code(&hub, &token, with_text(by(&own), text)).await.1, "OK");
    assert_eq!(code(&hub, &token, by(&own)).await.1, "OK");
    assert_eq!(
        code(&hub, &token, json!({"documentId": format!("sha256:{own}"), "variables": {"code": "x"}})).await.1,
        "OK"
    );
    assert_eq!(code(&hub, &token, by("abc")).await, (StatusCode::BAD_REQUEST, "DOCUMENT_HASH_INVALID".into()));
    hub.finish().await;
}

async fn a_client_can_be_held_to_its_documents(database: Database) {
    let vendor = Vendor::make(&database, "600");
    make_user(&database, "quan-tri-mau", "PLATFORM_ADMIN", &[]);
    let hub = Hub::start(&database).await;
    let token = program::run(&database, &["token", "--client", &vendor.id]).trim().to_owned();
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    let (own, other) = ("{ viewer { role } }", "{ viewer { name } }");
    let trust = "mutation ($input: TrustDocumentsInput!) { trustDocuments(input: $input) { hashes userErrors { code field } } }";
    let bad = admin.data(trust, json!({"input": {"clientId": vendor.id, "documents": [own, "{"]}})).await;
    let errors = json!([{"code": "GRAPHQL_PARSE_FAILED", "field": "documents.1"}]);
    assert_eq!(bad["trustDocuments"], json!({"hashes": [], "userErrors": errors}));
    let good = admin.data(trust, json!({"input": {"clientId": vendor.id, "documents": [own]}})).await;
    assert_eq!(good["trustDocuments"]["hashes"], json!([hash(own)]));
    assert_eq!(code(&hub, &token, json!({"query": other})).await.1, "OK", "not held yet");
    let hold = "mutation ($input: HoldClientToTrustedDocumentsInput!) {
        holdClientToTrustedDocuments(input: $input) { client { trustedDocumentsOnly } userErrors { code } } }";
    let held = admin.data(hold, json!({"input": {"clientId": vendor.id, "only": true}})).await;
    assert_eq!(held["holdClientToTrustedDocuments"]["client"]["trustedDocumentsOnly"], true);
    for (body, expected) in [
        (json!({"query": own}), "OK"),
        (json!({"documentId": hash(own)}), "OK"),
        (json!({"query": other}), "DOCUMENT_NOT_TRUSTED"),
        (json!({"documentId": hash(other)}), "DOCUMENT_NOT_TRUSTED"),
        (json!({"query": "{ __schema { types { name } } }"}), "DOCUMENT_NOT_TRUSTED"),
    ] {
        assert_eq!(code(&hub, &token, body.clone()).await.1, expected, "{body}");
    }
    let withdraw = "mutation ($input: WithdrawDocumentsInput!) { withdrawDocuments(input: $input) { withdrawn } }";
    admin.data(withdraw, json!({"input": {"clientId": vendor.id, "hashes": [hash(own)]}})).await;
    assert_eq!(code(&hub, &token, json!({"query": own})).await.1, "DOCUMENT_NOT_TRUSTED");
    hub.finish().await;
}

both_engines!(a_client_can_be_held_to_its_documents);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_document_still_has_its_variables_judged() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    let query = "query ($n: Int!, $by: SchoolOrder, $level: EducationLevel) {
        schools(first: $n, orderBy: $by, filter: { level: $level }) { nodes { id } } }";
    for (variables, expected) in [
        (json!({"n": 1}), "OK"),
        (json!({"n": 2, "by": {"field": "CODE"}, "level": "PRIMARY"}), "OK"),
        (json!({}), "VARIABLE_INVALID"),
        (json!({"n": null}), "VARIABLE_INVALID"),
        (json!({"n": "1"}), "VARIABLE_INVALID"),
        (json!({"n": 1, "by": {"field": "NOTHING"}}), "VARIABLE_INVALID"),
        (json!({"n": 1, "by": {}}), "VARIABLE_INVALID"),
        (json!({"n": 1, "level": "UNIVERSITY"}), "VARIABLE_INVALID"),
        (json!({"n": 1}), "OK"),
    ] {
        let body = json!({"query": query, "variables": variables.clone()});
        assert_eq!(code(&hub, &token, body).await.1, expected, "{variables}");
    }
    let day = "query ($day: Day) { bankTransactions(filter: { bookedFrom: $day }) { nodes { id } } }";
    for _ in 0..2 {
        let bad = code(&hub, &token, json!({"query": day, "variables": {"day": "yesterday"}})).await;
        assert_ne!(bad.1, "OK", "a scalar of the hub's own is judged each time");
    }
    hub.finish().await;
}
