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

/// The header that urql sends with every query and mutation.
const COULD_STREAM: &str =
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_could_take_a_stream_is_answered_once() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    let ask = |accept: &'static str, query: &str| {
        post(&hub, &token, json!({ "query": query }).to_string()).header("accept", accept).send()
    };
    let answer = ask(COULD_STREAM, "{ now }").await.unwrap();
    assert_eq!(answer.headers()["content-type"], format!("{GRAPHQL}; charset=utf-8"));
    assert!(answer.json::<Value>().await.unwrap()["data"]["now"].is_string());
    assert_eq!(ask(COULD_STREAM, "{ nowhere }").await.unwrap().status(), 400);
    for (accept, status) in [(GRAPHQL, 400), ("application/json", 200)] {
        let answer = ask(accept, "subscription { changes { cursor } }").await.unwrap();
        assert_eq!(answer.status(), status, "{accept}");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "SUBSCRIPTION_NEEDS_STREAM");
        assert_eq!(
            (answer.get("data"), &answer["extensions"]["cost"]["points"]),
            (None, &json!(0)),
            "nothing is charged"
        );
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stops_a_request_is_told_as_its_reader_reads() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    let malformed = json!({ "query": "{ now }", "variables": [] }).to_string();
    for (token, status, code) in [(token.as_str(), 400, "BAD_REQUEST"), ("none", 401, "UNAUTHENTICATED")] {
        let ask = |accept: &'static str| post(&hub, token, malformed.clone()).header("accept", accept).send();
        let answer = ask(GRAPHQL).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["cache-control"]),
            (status, &"private, no-store".parse().unwrap())
        );
        assert_eq!(answer.headers()["content-type"], format!("{GRAPHQL}; charset=utf-8"));
        let answer: Value = answer.json().await.unwrap();
        let told = &answer["errors"][0]["extensions"];
        assert_eq!((told["code"].as_str(), answer.get("data")), (Some(code), None), "{answer}");
        assert!(told["requestId"].as_str().is_some_and(|id| !id.is_empty()));
        let answer = ask("application/json").await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], code);
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
    let head = hub.client.head(hub.url(&format!("/graphql?{named}"))).bearer_auth(&token).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.headers().get("etag")), (200, Some(&tag)));
    assert_eq!(head.text().await.unwrap(), "");
    let page = hub.client.head(hub.url("/graphql")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(page.status(), 200);
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
