//! What banks read: the page, and the OpenAPI document that real answers are held against.

use serde_json::{Value, json};

use super::{Bank, EXACT, Heard, hear};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::money::billing::{Call, payment};
use crate::money::ground::Ground;
use crate::money::look::adds_up;

/// The document that the hub serves.
async fn document(hub: &Hub<'_>) -> Value {
    let answer = hub.client.get(hub.url("/billing/openapi.json")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    answer.json().await.unwrap()
}

/// A schema of the document, which may refer to others of it.
fn schema(document: &Value, name: &str) -> jsonschema::Validator {
    let schema = json!({ "$ref": format!("#/components/schemas/{name}"), "components": document["components"] });
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

/// The status is among those of the operation, and the body is what the document says of it.
fn holds(document: &Value, path: &str, name: &str, heard: &Heard) {
    let operation = &document["paths"][format!("/billing/{{connection}}{path}")]["post"];
    assert!(!operation["responses"][heard.status.to_string()].is_null(), "{path} {}", heard.status);
    let name = if heard.code == "00 OK" { name } else { "Answer" };
    if let Err(error) = schema(document, name).validate(&heard.body) {
        panic!("{path}: {} is no {name}: {error}", heard.text);
    }
}

async fn every_answer_is_as_published(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let meals = &ground.north.meals;
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let document = document(&hub).await;
    assert_eq!(document["openapi"], "3.1.0");
    let keys: Value = hub.client.get(hub.url("/.well-known/jwks.json")).send().await.unwrap().json().await.unwrap();
    assert!(schema(&document, "KeySet").is_valid(&keys), "{keys}");

    let mut told = payment("FT1", &bill, meals, 100_000);
    let calls = [
        ("/inquiry", "Inquiry", "Bills", json!({ "invoiceCode": bill.code })),
        ("/inquiry", "Inquiry", "Bills", json!({ "studentCode": "0" })),
        ("/pay", "Payment", "Standing", told.clone()),
        ("/status", "Reference", "Standing", json!({ "bankReference": "FT1" })),
        ("/status", "Reference", "Standing", json!({ "bankReference": "FT2" })),
        ("/reverse", "Reversal", "Standing", json!({ "bankReference": "FT1", "amount": 100_000 })),
    ];
    for (path, question, answer, body) in calls {
        assert!(schema(&document, question).is_valid(&body), "{body} is a {question}");
        holds(&document, path, answer, &bank.calls(path, body).await);
    }
    // What the document forbids the hub does not read, and says so as published.
    told["amount"] = json!(0);
    for (path, question, body) in [
        ("/inquiry", "Inquiry", json!({})),
        ("/inquiry", "Inquiry", json!({ "invoiceCode": "x", "studentCode": "y" })),
        ("/pay", "Payment", told),
        ("/status", "Reference", json!({ "bankReference": "=1+1" })),
        ("/reverse", "Reversal", json!({ "bankReference": "FT1" })),
    ] {
        assert!(!schema(&document, question).is_valid(&body), "{body} is no {question}");
        let heard = bank.calls(path, body).await;
        assert_eq!((heard.status, heard.code.as_str()), (400, "30 UNREADABLE"));
        holds(&document, path, "Answer", &heard);
    }
    let unproven = hear(bank.signed(&Call::new("/status", "{}"), "hmac-sha256=AAAA")).await;
    assert_eq!(unproven.status, 401);
    holds(&document, "/status", "Answer", &unproven);
    adds_up(hub, &database).await;
}
both_engines!(every_answer_is_as_published);

async fn the_page_needs_nothing_from_elsewhere(database: Database) {
    let hub = Hub::start(&database).await;
    let answer = hub.client.get(hub.url("/billing")).send().await.unwrap();
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let page = answer.text().await.unwrap();
    assert!(!page.contains("<script") && !page.contains("src=") && page.contains("color-scheme"));
    for code in ["NOT_FOUND", "REFERENCE_CONFLICT", "NONCE_USED", "TOO_MANY_UNKNOWN", "UNAVAILABLE", "NOT_REVERSIBLE"] {
        assert!(page.contains(code), "{code}");
    }
    for (method, path, status) in
        [("GET", "/billing/no-connection/pay", 404), ("POST", "/billing", 405), ("GET", "/billing/openapi.yaml", 404)]
    {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let answer = hub.client.request(method, hub.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
    hub.finish().await;
}
both_engines!(the_page_needs_nothing_from_elsewhere);

async fn each_sender_has_its_own_door(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let meals = &ground.north.meals;
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let call = Call::new("/status", r#"{"bankReference":"FT1"}"#);
    let mut elsewhere = bank.clone();
    elsewhere.line.url = hub.url(&format!("/webhooks/{}", bank.line.id));
    assert_eq!(hear(elsewhere.request(&call)).await.status, 404, "its door is /billing");
    let sepay = crate::money::banks::Line::sepay(&ground, &hub, &[meals]).await;
    let other = hub.url(&format!("/billing/{}/pay", sepay.line.id));
    assert_eq!(hub.client.post(other).send().await.unwrap().status(), 404, "others have /webhooks");
    assert_eq!(hear(bank.request(&call)).await.code, "07 UNKNOWN_REFERENCE");
    adds_up(hub, &database).await;
}
both_engines!(each_sender_has_its_own_door);
