//! Relay: every list in pages has the same four arguments and the same shape, and everything with a global id is found by it.

use serde_json::Value;

use super::introspection::{name, parts, types, written};

/// Rows that are shown inside a list only, and whose id names no page of their own.
const NO_NODES: [&str; 1] = ["ExternalId"];

fn field(kind: &Value, wanted: &str) -> String {
    parts(kind, &["fields"])
        .into_iter()
        .find(|field| name(field) == wanted)
        .map_or("nothing".into(), |field| written(&field["type"]))
}

fn type_of<'a>(types: &'a [Value], wanted: &str) -> &'a Value {
    types.iter().find(|kind| name(kind) == wanted).unwrap_or(&Value::Null)
}

/// Whether a type is a page: it has edges.
fn is_connection(kind: &Value) -> bool {
    parts(kind, &["fields"]).iter().any(|field| name(field) == "edges")
}

fn bent_pages(types: &[Value]) -> Vec<String> {
    let mut bent = Vec::new();
    for kind in types.iter().filter(|kind| is_connection(kind) || name(kind).ends_with("ConnectionConnection")) {
        let Some(row) = name(kind).strip_suffix("Connection") else {
            bent.push(format!("{} must end in Connection", name(kind)));
            continue;
        };
        let edge = format!("{row}Edge");
        let shape = [
            (kind, "edges", format!("[{edge}!]!")),
            (kind, "nodes", format!("[{row}!]!")),
            (kind, "pageInfo", "PageInfo!".into()),
            (type_of(types, &edge), "cursor", "String!".into()),
            (type_of(types, &edge), "node", format!("{row}!")),
        ];
        for (owner, wanted, shape) in shape {
            if field(owner, wanted) != shape {
                bent.push(format!("{}.{wanted} is {}, not {shape}", name(owner), field(owner, wanted)));
            }
        }
    }
    bent
}

fn bent_arguments(types: &[Value]) -> Vec<String> {
    let mut bent = Vec::new();
    for (kind, field) in
        types.iter().flat_map(|kind| parts(kind, &["fields"]).into_iter().map(move |field| (kind, field)))
    {
        let argument = |wanted: &str| {
            let found = parts(field, &["args"]).into_iter().find(|argument| name(argument) == wanted);
            found.map_or("nothing".into(), |argument| written(&argument["type"]))
        };
        let pages = is_connection(type_of(types, written(&field["type"]).trim_matches(['!', '[', ']'])));
        for (wanted, shape) in [("first", "Int"), ("after", "String"), ("last", "Int"), ("before", "String")] {
            let found = argument(wanted);
            if pages && found != shape {
                bent.push(format!("{}.{}({wanted}:) is {found}, not {shape}", name(kind), name(field)));
            }
            if !pages && wanted != "before" && found != "nothing" && name(kind) != "Query" {
                bent.push(format!("{}.{}({wanted}:) belongs to a connection", name(kind), name(field)));
            }
        }
    }
    bent
}

/// Types with an id that is no global one.
fn unfindable(types: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    for kind in types.iter().filter(|kind| kind["kind"] == "OBJECT" && !NO_NODES.contains(&name(kind))) {
        let is_node = parts(kind, &["interfaces"]).iter().any(|interface| name(interface) == "Node");
        if field(kind, "id").starts_with("ID") && !is_node {
            found.push(name(kind).to_owned());
        }
    }
    found
}

#[tokio::test]
async fn every_page_has_relays_shape() {
    let types = types().await;
    assert!(types.iter().filter(|kind| is_connection(kind)).count() > 8, "the question finds nothing");
    assert_eq!(bent_pages(&types), Vec::<String>::new());
    let info = type_of(&types, "PageInfo");
    let shape = ["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"].map(|wanted| field(info, wanted));
    assert_eq!(shape, ["Boolean!", "Boolean!", "String", "String"]);
}

#[tokio::test]
async fn every_page_takes_the_four_arguments() {
    assert_eq!(bent_arguments(&types().await), Vec::<String>::new());
}

#[tokio::test]
async fn everything_with_an_id_is_a_node() {
    let types = types().await;
    assert_eq!(unfindable(&types), Vec::<String>::new(), "with an id, but `node(id:)` does not find them");
    assert_eq!(
        (field(type_of(&types, "Query"), "node"), field(type_of(&types, "Query"), "nodes")),
        ("Node".into(), "[Node]!".into())
    );
    assert_eq!(field(type_of(&types, "Node"), "id"), "ID!");
}

#[test]
fn a_bent_page_is_found() {
    let of = |kind: &str| serde_json::json!({ "kind": "OBJECT", "name": kind });
    let page = serde_json::json!([
        { "name": "FeeConnection", "kind": "OBJECT", "fields": [{ "name": "edges", "type": of("FeeEdge") }] },
        { "name": "Query", "kind": "OBJECT", "fields": [{ "name": "fees", "type": of("FeeConnection"), "args": [] }] },
        { "name": "Fee", "kind": "OBJECT", "fields": [{ "name": "id", "type": of("ID") }], "interfaces": [] },
    ]);
    let types = page.as_array().unwrap();
    assert_eq!(
        (bent_pages(types).len(), bent_arguments(types).len(), unfindable(types)),
        (5, 4, vec!["Fee".to_owned()])
    );
}
