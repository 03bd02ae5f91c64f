//! What the schema says of itself.

use serde_json::Value;

const QUESTION: &str = "{ __schema {
    queryType { name } mutationType { name }
    directives { name description args { ...Input } }
    types { kind name description isOneOf interfaces { name } possibleTypes { name }
        fields(includeDeprecated: true) { name description isDeprecated deprecationReason type { ...Type }
            args(includeDeprecated: true) { ...Input } }
        inputFields(includeDeprecated: true) { ...Input }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } } } }
    fragment Input on __InputValue { name description defaultValue isDeprecated deprecationReason type { ...Type } }
    fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";

/// Relay's own page types; their fields are explained by its specification.
const RELAY: [&str; 3] = ["PageInfo", "Edge", "Connection"];
/// Types that end like Relay's and are ours.
const OURS: [&str; 1] = ["BankConnection"];

/// The whole answer.
pub(crate) async fn schema() -> Value {
    let schema = api::graphql::schema::build();
    let answer = serde_json::to_value(schema.execute(QUESTION).await).unwrap();
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["__schema"].clone()
}

/// Every type, the engine's own among them.
pub(crate) async fn types() -> Vec<Value> {
    schema().await["types"].as_array().unwrap().clone()
}

/// The types that this project made.
pub(crate) async fn own_types() -> Vec<Value> {
    types().await.into_iter().filter(is_own).collect()
}

/// Neither a scalar of the specification, nor a type of introspection or of Relay.
pub(crate) fn is_own(kind: &Value) -> bool {
    let name = name(kind);
    let built_in = ["Int", "Float", "String", "Boolean", "ID"].contains(&name) || name.starts_with("__");
    !built_in && (OURS.contains(&name) || !RELAY.iter().any(|relay| name.ends_with(relay)))
}

pub(crate) fn name(thing: &Value) -> &str {
    thing["name"].as_str().unwrap_or("?")
}

/// The things under these keys, one after the other.
pub(crate) fn parts<'a>(thing: &'a Value, keys: &[&str]) -> Vec<&'a Value> {
    keys.iter().filter_map(|key| thing[*key].as_array()).flatten().collect()
}

/// A type as the schema's language writes it, as `[School!]!`.
pub(crate) fn written(kind: &Value) -> String {
    match kind["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&kind["ofType"])),
        Some("LIST") => format!("[{}]", written(&kind["ofType"])),
        _ => name(kind).to_owned(),
    }
}
