//! What the schema promises to programs: mutations of one shape, exactly one key where one is meant, and deprecations with the
//! day on which they end.

use api::graphql::diff::deprecation::until;
use serde_json::Value;

use super::introspection::{name, own_types, parts, types, written};

fn mutations_of_another_shape(types: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    let Some(root) = types.iter().find(|kind| name(kind) == "Mutation") else { return vec!["no mutations".into()] };
    for mutation in parts(root, &["fields"]) {
        let arguments: Vec<_> =
            parts(mutation, &["args"]).into_iter().map(|a| (name(a), written(&a["type"]))).collect();
        let takes = matches!(arguments.as_slice(), [("input", kind)] if kind.ends_with("Input!"));
        if !takes && !arguments.is_empty() {
            found.push(format!("{} takes {arguments:?}", name(mutation)));
        }
        let gives = written(&mutation["type"]);
        let payload = types.iter().find(|kind| name(kind) == gives.trim_end_matches('!'));
        let errors = payload.is_some_and(|payload| {
            parts(payload, &["fields"])
                .iter()
                .any(|field| name(field) == "userErrors" && written(&field["type"]) == "[UserError!]!")
        });
        if !gives.ends_with("Payload!") || !errors {
            found.push(format!("{} gives {gives}", name(mutation)));
        }
    }
    found
}

/// Inputs whose name says that they name one thing; of their fields exactly one is given.
fn keys_without_one_of(types: &[Value]) -> Vec<String> {
    let names_one = |kind: &&Value| {
        kind["kind"] == "INPUT_OBJECT"
            && ["Key", "Lookup", "Scope", "GroundInput"].iter().any(|end| name(kind).ends_with(end))
    };
    types.iter().filter(names_one).filter(|kind| kind["isOneOf"] != true).map(|kind| name(kind).to_owned()).collect()
}

/// Fields of a `@oneOf` input that are never all missing, and so break its promise.
fn one_of_with_bent_fields(types: &[Value]) -> Vec<String> {
    let bent = |field: &&Value| field["type"]["kind"] == "NON_NULL" || !field["defaultValue"].is_null();
    types
        .iter()
        .filter(|kind| kind["isOneOf"] == true)
        .flat_map(|kind| parts(kind, &["inputFields"]).into_iter().filter(bent).map(|field| (name(kind), name(field))))
        .map(|(kind, field)| format!("{kind}.{field}"))
        .collect()
}

fn deprecated_for_ever(thing: &Value, owner: &str, found: &mut Vec<String>) {
    let path = format!("{owner}{}", name(thing));
    let reason = thing["deprecationReason"].as_str().unwrap_or_default();
    if thing["isDeprecated"] == true && until(reason).is_none() {
        found.push(format!("{path}: {reason}"));
    }
    for part in parts(thing, &["fields", "inputFields", "enumValues", "args"]) {
        deprecated_for_ever(part, &format!("{path}."), found);
    }
}

#[tokio::test]
async fn every_mutation_takes_one_input_and_answers_with_its_refusals() {
    assert_eq!(mutations_of_another_shape(&types().await), Vec::<String>::new());
}

#[tokio::test]
async fn what_names_one_thing_takes_exactly_one_key() {
    let types = own_types().await;
    assert!(types.iter().filter(|kind| kind["isOneOf"] == true).count() > 3, "the question finds nothing");
    assert_eq!(keys_without_one_of(&types), Vec::<String>::new());
    assert_eq!(one_of_with_bent_fields(&types), Vec::<String>::new());
}

#[tokio::test]
async fn a_deprecation_names_its_last_day() {
    let mut found = Vec::new();
    own_types().await.iter().for_each(|kind| deprecated_for_ever(kind, "", &mut found));
    assert_eq!(found, Vec::<String>::new(), "say `until 2027-01-31` in the reason");
}

#[test]
fn broken_promises_are_found() {
    let sample = serde_json::json!([
        { "name": "Mutation", "kind": "OBJECT", "fields": [
            { "name": "pay", "type": { "name": "Fee" }, "args": [{ "name": "code", "type": { "name": "String" } }] }] },
        { "name": "FeeKey", "kind": "INPUT_OBJECT", "isOneOf": false, "inputFields": [] },
        { "name": "BankKey", "kind": "INPUT_OBJECT", "isOneOf": true, "inputFields": [
            { "name": "id", "type": { "kind": "NON_NULL", "ofType": { "name": "ID" } } }] },
        { "name": "Fee", "kind": "OBJECT", "fields": [
            { "name": "old", "isDeprecated": true, "deprecationReason": "Use new." },
            { "name": "older", "isDeprecated": true, "deprecationReason": "Use new; until 2027-01-31" }] },
    ]);
    let types = sample.as_array().unwrap();
    let mut endless = Vec::new();
    types.iter().for_each(|kind| deprecated_for_ever(kind, "", &mut endless));
    assert_eq!(mutations_of_another_shape(types).len(), 2);
    assert_eq!(
        (keys_without_one_of(types), one_of_with_bent_fields(types)),
        (vec!["FeeKey".to_owned()], vec!["BankKey.id".to_owned()])
    );
    assert_eq!(endless, ["Fee.old: Use new."]);
}
