//! GraphQL over HTTP: statuses, media types, methods and tags; and no request of another site's page runs anything.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{officer, post};
use crate::harness::database::{Database, Engine};
use crate::harness::hub::Hub;

const GRAPHQL: &str = "application/graphql-response+json";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_media_type_decides_what_a_status_says() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    for (body, graphql, json, has_data) in [
        (json!({"query": "{ now }"}), 200, 200, true),
        (json!({"query": "{ nowhere }"}), 400, 200, false),
        (json!({"query": "{"}), 400, 200, false),
        (json!({"query": "query ($a: Int!) { now }", "variables": {"a": "x"}}), 400, 200, false),
        (json!({"query": "query A { now } query B { now }"}), 400, 200, false),
        (json!({"query": "{ school(code: \"99\") { id } node(id: \"!\") { id } }"}), 200, 200, true),
        (json!({"query": "{ schools(first: 0) { nodes { id } } }"}), 200, 200, true),
        (json!({"qeury": "{ now }"}), 400, 400, false),
    ] {
        for (accept, status) in [(GRAPHQL, graphql), ("application/json", json)] {
            let answer = post(&hub, &token, body.to_string()).header("accept", accept).send().await.unwrap();
            assert_eq!(answer.status(), status, "{accept} {body}");
            assert_eq!(answer.headers()["content-type"], format!("{accept}; charset=utf-8"));
            assert!(answer.headers()["cache-control"].to_str().unwrap().starts_with("private"));
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(answer.get("data").is_some(), has_data, "{answer}");
        }
    }
    let refused = post(&hub, &token, "{\"query\":\"{ now }\"}").header("accept", "image/png").send().await.unwrap();
    assert_eq!(refused.status(), 406);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_page_can_send_by_itself_runs() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    let mutation = "mutation { closeCash(input: { schoolId: \"x\", month: \"2026-01\" }) { userErrors { code } } }";
    let body = json!({ "query": mutation }).to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let request = hub.client.post(hub.url("/graphql")).bearer_auth(&token).header("content-type", kind);
        assert_eq!(request.body(body.clone()).send().await.unwrap().status(), 415, "{kind}");
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("query", mutation).finish();
    let answer = hub.client.get(hub.url(&format!("/graphql?{query}"))).bearer_auth(&token).send().await.unwrap();
    assert_eq!(
        (answer.status(), answer.headers()["allow"].to_str().unwrap()),
        (StatusCode::METHOD_NOT_ALLOWED, "POST")
    );
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let request = hub.client.request(method, hub.url("/graphql")).bearer_auth(&token);
        let answer = request.header("origin", "https://evil.example").send().await.unwrap();
        assert_eq!(answer.status(), 405);
        assert!(!answer.headers().contains_key("access-control-allow-origin"), "other sites are told nothing");
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_get_is_answered_once() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    let get = |query: &str| hub.client.get(hub.url(&format!("/graphql?{query}"))).bearer_auth(&token);
    let named = "query=query+A{viewer{name}}query+B{viewer{role}}&operationName=B";
    let first = get(named).send().await.unwrap();
    let tag = first.headers()["etag"].clone();
    assert_eq!(first.json::<Value>().await.unwrap()["data"], json!({"viewer": {"role": "PROVINCE_OFFICER"}}));
    let again = get(named).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!((again.status(), again.headers().get("etag")), (StatusCode::NOT_MODIFIED, Some(&tag)));
    assert_eq!(again.text().await.unwrap(), "");
    let other = get(&named.replace("=B", "=A")).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(other.status(), 200, "another answer has another tag");
    let failed = get("query={schools(first:0){nodes{id}}}").send().await.unwrap();
    assert!(!failed.headers().contains_key("etag"), "what failed is not to be kept");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_listed_sites_may_call() {
    let database = Database::fresh(Engine::Sqlite).await;
    let build = crate::harness::program::Build::Normal;
    let hub =
        Hub::start_as(build, &database, &[("LIENTHONG_ALLOWED_ORIGINS", "https://app.example, https://b.example")])
            .await;
    for (origin, allowed) in [("https://b.example", true), ("https://evil.example", false)] {
        let request = hub.client.request(Method::OPTIONS, hub.url("/graphql")).header("origin", origin);
        let answer = request.header("access-control-request-method", "POST").send().await.unwrap();
        let told = answer.headers().get("access-control-allow-origin").and_then(|origin| origin.to_str().ok());
        assert_eq!(told, allowed.then_some(origin));
    }
    hub.finish().await;
}
