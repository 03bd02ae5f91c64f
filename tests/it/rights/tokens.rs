//! R22: every token that is not ours is refused with the same words, and nobody outside is asked about it.

use std::net::TcpListener;

use entities::callers::Subject;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::Vendor;
use super::forge::Forge;
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

/// Bytes of header lines that the HTTP server reads at most; a longer request is refused before it reaches us.
const HEADER_ROOM_BYTES: usize = 75 * 1_024;

async fn forged_tokens_are_refused_alike(database: Database) {
    let vendor = Vendor::make(&database, "600");
    let hub = Hub::start(&database).await;
    let forge = Forge::open(&database, Subject::Client(vendor.id.parse().unwrap())).await;
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    outside.set_nonblocking(true).unwrap();
    let url = format!("http://{}/jwks.json", outside.local_addr().unwrap());

    let good = forge.sign(&forge.header().to_string(), &forge.claims().to_string());
    let (status, _) = ask(&hub, Some(&good)).await;
    assert_eq!(status, 200, "the control: a token that says the right things is accepted");

    let (status, refusal) = ask(&hub, None).await;
    assert_eq!(status, 401);
    for (what, token) in forged(&forge, &url) {
        assert_eq!(ask(&hub, Some(&token)).await, (401, refusal.clone()), "{what}");
    }
    let long = "a".repeat(1_024 * 1_024);
    assert_eq!(request(&hub, Some(&long)).send().await.unwrap().status(), 431, "a megabyte");
    let heard = outside.accept().map(|(_, from)| from);
    assert!(heard.is_err(), "somebody outside was asked, from {heard:?}");
    let (status, _) = ask(&hub, Some(&good)).await;
    assert_eq!(status, 200, "and the good token is still accepted");
    hub.finish().await;
}

fn forged(forge: &Forge, url: &str) -> Vec<(String, String)> {
    let (header, claims) = (forge.header().to_string(), forge.claims().to_string());
    let with = |mut value: Value, name: &str, field: Value| {
        value[name] = field;
        value.to_string()
    };
    let bent = |name: &str, field: Value| with(forge.header(), name, field);
    let mut all = vec![
        ("no token at all".to_owned(), "nonsense".to_owned()),
        ("alg none".to_owned(), Forge::bare(&bent("alg", json!("none")), &claims)),
        ("alg None".to_owned(), Forge::bare(&bent("alg", json!("None")), &claims)),
        ("no signature".to_owned(), Forge::bare(&header, &claims)),
        ("our key as an HMAC secret".to_owned(), forge.confuse(&bent("alg", json!("HS256")), &claims)),
        ("the same, said to be EdDSA".to_owned(), forge.confuse(&header, &claims)),
        ("64 KiB".to_owned(), "a".repeat(64 * 1_024)),
        ("as much as a header holds".to_owned(), "a".repeat(HEADER_ROOM_BYTES)),
    ];
    let headers = [
        ("alg", json!("RS256")),
        ("alg", json!("HS256")),
        ("typ", json!("JWT")),
        ("kid", json!("../../../../dev/null")),
        ("kid", json!("x' UNION SELECT public_key FROM signing_keys --")),
        ("kid", json!(url)),
        ("kid", json!("00000000-0000-7000-8000-000000000002")),
        ("jku", json!(url)),
        ("x5u", json!(url)),
        ("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })),
        ("crit", json!(["exp"])),
    ];
    all.extend(
        headers.map(|(name, field)| (format!("header {name} {field}"), forge.sign(&bent(name, field), &claims))),
    );
    let now = forge.now();
    let claimed = [
        ("exp", json!(now - 60)),
        ("exp", json!((now + 900).to_string())),
        ("exp", json!(1e300)),
        ("exp", Value::Null),
        ("nbf", json!(now + 600)),
        ("aud", json!("https://other.example")),
        ("iss", json!("https://other.example")),
        ("sub", json!("user:00000000-0000-7000-8000-000000000003")),
        ("sub", json!("admin")),
        ("generation", json!(1.5)),
        ("role", json!("PLATFORM_ADMIN")),
    ];
    for (name, field) in claimed {
        let what = format!("claim {name} {field}");
        all.push((what, forge.sign(&header, &with(forge.claims(), name, field))));
    }
    let twice = claims.replacen('{', &format!("{{\"exp\":{},", now + 9_000), 1);
    all.push(("a claim twice".to_owned(), forge.sign(&header, &twice)));
    all
}

fn request(hub: &Hub<'_>, token: Option<&str>) -> RequestBuilder {
    let request = hub.client.post(hub.url("/graphql")).json(&json!({ "query": "{ viewer { name } }" }));
    if let Some(token) = token { request.bearer_auth(token) } else { request }
}

async fn ask(hub: &Hub<'_>, token: Option<&str>) -> (u16, String) {
    let answer = request(hub, token).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

both_engines!(forged_tokens_are_refused_alike);
