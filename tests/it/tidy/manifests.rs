//! The manifests draw the house: a room cannot use a crate that its manifest does not list.

use std::fs;

use toml::{Table, Value};

use super::none;
use super::source::root;

/// The crates that a room's manifest never lists, under any name.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("entities", &["axum", "async-graphql", "reqwest", "jsonwebtoken", "connectors", "api", "tests"]),
    ("connectors", &["sea-orm", "sea-orm-migration", "sqlx", "axum", "async-graphql", "entities", "api", "tests"]),
    ("api", &["sea-orm", "sea-orm-migration", "sqlx", "reqwest", "tests"]),
];

fn forbidden(room: &str, manifest: &str) -> Vec<String> {
    let manifest: Table = manifest.parse().unwrap_or_else(|error| panic!("{room}/Cargo.toml: {error}"));
    let banned = FORBIDDEN.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, banned)| banned);
    let mut listed = Vec::new();
    dependencies(&manifest, &mut listed);
    let broken = listed.iter().filter(|name| banned.contains(&name.as_str()));
    broken
        .map(|name| format!("{room}/Cargo.toml lists {name}: {room} must not know it (see the README's arrows)"))
        .collect()
}

/// Every dependency, for tests, builds and single platforms too, under its real name.
fn dependencies(table: &Table, listed: &mut Vec<String>) {
    for (key, value) in table {
        let Value::Table(inner) = value else { continue };
        if key.ends_with("dependencies") {
            listed.extend(inner.iter().map(|(name, entry)| {
                let renamed = entry.get("package").and_then(Value::as_str);
                renamed.unwrap_or(name).to_string()
            }));
        } else if key == "target" {
            inner.values().filter_map(Value::as_table).for_each(|platform| dependencies(platform, listed));
        }
    }
}

#[test]
fn no_manifest_lists_what_its_room_must_not_know() {
    let read = |room: &str| fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap();
    let complaints: Vec<_> = FORBIDDEN.iter().flat_map(|(room, _)| forbidden(room, &read(room))).collect();
    none(&complaints);
}

#[test]
fn a_forbidden_dependency_is_found_wherever_it_hides() {
    let broken = [
        ("api", "[dependencies]\nsea-orm.workspace = true"),
        ("api", "[dev-dependencies]\nsqlx = \"0.9\""),
        ("entities", "[build-dependencies]\nconnectors = { path = \"../connectors\" }"),
        ("connectors", "[target.'cfg(unix)'.dependencies]\nentities = \"1\""),
        ("connectors", "[dependencies]\nserver = { package = \"axum\", version = \"0.8\" }"),
    ];
    for (room, manifest) in broken {
        assert_eq!(forbidden(room, manifest).len(), 1, "{manifest}");
    }
    assert_eq!(forbidden("connectors", "[dependencies]\nreqwest.workspace = true").len(), 0);
}
