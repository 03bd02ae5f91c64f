//! Every type, field, argument, input field and enum value has a sentence for its reader, and nullable fields say what null
//! means.

use serde_json::Value;

const INTROSPECTION: &str = "{ __schema { types { kind name description
    fields(includeDeprecated: true) { name description type { kind } args { name description } }
    inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";

/// Relay's own page types, explained by its specification.
const RELAY: [&str; 4] = ["PageInfo", "Edge", "Connection", "__"];

async fn types() -> Vec<Value> {
    let schema = api::graphql::schema::build();
    let answer = serde_json::to_value(schema.execute(INTROSPECTION).await).unwrap();
    answer["data"]["__schema"]["types"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

fn is_own(kind: &Value) -> bool {
    let name = kind["name"].as_str().unwrap_or("");
    let scalar = ["Int", "Float", "String", "Boolean", "ID"].contains(&name);
    !scalar && !RELAY.iter().any(|relay| name.starts_with(relay) || name.ends_with(relay))
}

fn silent(owner: &str, things: &Value, found: &mut Vec<String>) {
    for thing in things.as_array().into_iter().flatten() {
        let name = format!("{owner}.{}", thing["name"].as_str().unwrap_or("?"));
        if thing["description"].as_str().is_none_or(|text| text.trim().len() < 10) {
            found.push(name.clone());
        }
        silent(&name, &thing["args"], found);
    }
}

#[tokio::test]
async fn every_word_has_a_sentence() {
    let mut found = Vec::new();
    for kind in types().await.iter().filter(|kind| is_own(kind)) {
        let name = kind["name"].as_str().unwrap();
        if kind["description"].as_str().is_none_or(str::is_empty) {
            found.push(name.to_owned());
        }
        for part in ["fields", "inputFields", "enumValues"] {
            silent(name, &kind[part], &mut found);
        }
    }
    assert!(found.is_empty(), "without a sentence: {}", found.join(", "));
}

#[tokio::test]
async fn a_nullable_field_says_what_null_means() {
    let mut found = Vec::new();
    for kind in types().await.iter().filter(|kind| is_own(kind) && kind["kind"] == "OBJECT") {
        for field in kind["fields"].as_array().into_iter().flatten() {
            let says = field["description"].as_str().unwrap_or("").to_lowercase().contains("null");
            if field["type"]["kind"] != "NON_NULL" && !says {
                found.push(format!("{}.{}", kind["name"].as_str().unwrap(), field["name"].as_str().unwrap()));
            }
        }
    }
    assert!(found.is_empty(), "nullable without saying what null means: {}", found.join(", "));
}
