//! A program signs in with its secret, in the words of RFC 6749.

use serde_json::{Value, json};

use super::{Vendor, form};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

/// The fields of a form, the status and the error that it hears.
type Wrong<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);

async fn a_secret_buys_a_token(database: Database) {
    let vendor = Vendor::make(&database, "600");
    let hub = Hub::start(&database).await;
    let request = form(&hub, "/oauth/token", &[("grant_type", "client_credentials")]);
    let answer = request.basic_auth(&vendor.id, Some(&vendor.secret)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let body: Value = answer.json().await.unwrap();
    assert_eq!((&body["token_type"], &body["scope"]), (&json!("Bearer"), &json!("roster:read")));
    let caller = Caller::with_token(&hub, body["access_token"].as_str().unwrap()).for_purpose("SCHOOL_MANAGEMENT");
    let viewer = caller.data("{ viewer { role scopes purpose } }", json!({})).await;
    let expected = json!({ "role": "VENDOR_APP", "scopes": ["roster:read"], "purpose": "SCHOOL_MANAGEMENT" });
    assert_eq!(viewer["viewer"], expected);
    let curious = Caller::with_token(&hub, body["access_token"].as_str().unwrap()).for_purpose("CURIOSITY");
    let refused = curious.ask("{ viewer { role } }", json!({})).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("PURPOSE_NOT_ALLOWED")));
    hub.finish().await;
}

async fn what_is_wrong_is_said_in_the_words_of_the_standard(database: Database) {
    let vendor = Vendor::make(&database, "600");
    let hub = Hub::start(&database).await;
    let own = [("client_id", vendor.id.as_str()), ("client_secret", &vendor.secret)];
    let grant = ("grant_type", "client_credentials");
    let wrong: [Wrong<'_>; 7] = [
        (&[grant], 401, "invalid_client"),
        (&[grant, own[0], ("client_secret", "ltcs_guess")], 401, "invalid_client"),
        (&[grant, ("client_id", "x' OR 1=1 --"), own[1]], 401, "invalid_client"),
        (&[own[0], own[1]], 400, "invalid_request"),
        (&[grant, grant, own[0], own[1]], 400, "invalid_request"),
        (&[("grant_type", "password"), own[0], own[1]], 400, "unsupported_grant_type"),
        (&[grant, own[0], own[1], ("scope", "money:read")], 400, "invalid_scope"),
    ];
    for (fields, status, error) in wrong {
        assert_eq!(token(&hub, fields).await, (status, json!(error)), "{fields:?}");
    }
    let right = [grant, own[0], own[1], ("scope", "roster:read")];
    assert_eq!(token(&hub, &right).await, (200, Value::Null), "the control");
    hub.finish().await;
}

async fn without_a_running_contract_there_is_no_token(database: Database) {
    let vendor = Vendor::without_contract(&database, "600");
    let hub = Hub::start(&database).await;
    let fields = [("grant_type", "client_credentials"), ("client_id", &*vendor.id), ("client_secret", &*vendor.secret)];
    assert_eq!(token(&hub, &fields).await, (400, json!("unauthorized_client")));
    let over = ["contract", "create", "--client", &vendor.id, "--number", "HD-CU", "--province", "37"];
    program::run(&database, &[&over[..], &["--from", "2020-01-01", "--to", "2021-01-01"]].concat());
    assert_eq!(token(&hub, &fields).await, (400, json!("unauthorized_client")), "a contract that has ended");
    let running = ["contract", "create", "--client", &vendor.id, "--number", "HD-MOI", "--province", "37"];
    program::run(&database, &running);
    assert_eq!(token(&hub, &fields).await.0, 200);
    hub.finish().await;
}

async fn the_keys_and_the_endpoints_are_published(database: Database) {
    let hub = Hub::start(&database).await;
    let get = async |path: &str| -> Value { hub.client.get(hub.url(path)).send().await.unwrap().json().await.unwrap() };
    let keys = get("/.well-known/jwks.json").await;
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(2), "the one that signs and the next one: {keys}");
    for key in keys["keys"].as_array().unwrap() {
        assert_eq!((&key["kty"], &key["alg"]), (&json!("OKP"), &json!("EdDSA")));
        assert!(key.get("d").is_none(), "a private key is published");
    }
    let metadata = get("/.well-known/oauth-authorization-server").await;
    assert_eq!(metadata["grant_types_supported"], json!(["client_credentials"]));
    let methods = json!(["client_secret_basic", "client_secret_post"]);
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], methods);
    hub.finish().await;
}

async fn token(hub: &Hub<'_>, fields: &[(&str, &str)]) -> (u16, Value) {
    let answer = form(hub, "/oauth/token", fields).send().await.unwrap();
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let is_told = |field: &str| body[field].as_str().is_some_and(|sentence| !sentence.is_empty());
    assert!(status == 200 || body["error"].is_null() || is_told("error_description") && is_told("detailVi"), "{body}");
    (status, body["error"].clone())
}

both_engines!(
    a_secret_buys_a_token,
    what_is_wrong_is_said_in_the_words_of_the_standard,
    without_a_running_contract_there_is_no_token,
    the_keys_and_the_endpoints_are_published,
);
