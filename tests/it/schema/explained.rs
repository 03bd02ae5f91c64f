//! Every type, field, argument, input field, enum value and directive has a sentence for its reader, and nullable fields say
//! what null means.

use serde_json::Value;

use super::introspection::{name, own_types, parts, schema};

fn silent(owner: &str, thing: &Value, found: &mut Vec<String>) {
    let name = format!("{owner}{}", name(thing));
    if thing["description"].as_str().is_none_or(|text| text.trim().len() < 10) {
        found.push(name.clone());
    }
    for part in parts(thing, &["fields", "inputFields", "enumValues", "args"]) {
        silent(&format!("{name}."), part, found);
    }
}

#[tokio::test]
async fn every_word_has_a_sentence() {
    let mut found = Vec::new();
    own_types().await.iter().for_each(|kind| silent("", kind, &mut found));
    assert!(found.is_empty(), "without a sentence: {}", found.join(", "));
}

/// Those that the specification defines explain their arguments there.
#[tokio::test]
async fn every_directive_has_a_sentence() {
    let mut found = Vec::new();
    for directive in parts(&schema().await, &["directives"]) {
        let specified = ["skip", "include", "deprecated", "specifiedBy", "oneOf"].contains(&name(directive));
        let bare = serde_json::json!({ "name": name(directive), "description": directive["description"] });
        silent("@", if specified { &bare } else { directive }, &mut found);
    }
    assert!(found.is_empty(), "without a sentence: {}", found.join(", "));
}

#[tokio::test]
async fn a_nullable_field_says_what_null_means() {
    let mut found = Vec::new();
    for kind in own_types().await.iter().filter(|kind| kind["kind"] == "OBJECT") {
        for field in parts(kind, &["fields"]) {
            let says = field["description"].as_str().unwrap_or("").to_lowercase().contains("null");
            if field["type"]["kind"] != "NON_NULL" && !says {
                found.push(format!("{}.{}", name(kind), name(field)));
            }
        }
    }
    assert!(found.is_empty(), "nullable without saying what null means: {}", found.join(", "));
}
