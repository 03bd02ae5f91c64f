//! The contract is a file, and the file speaks: `schema.graphql` is the code's own schema, and every word of it is explained.

mod explained;
pub(crate) mod introspection;
mod migrations;
mod promises;
mod relay;
mod vietnamese;

use std::fs;

#[test]
fn the_file_at_the_root_is_the_schema_of_the_code() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql");
    let written = fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == api::graphql::schema::sdl(),
        "schema.graphql is not what the code says; write it anew: cargo run -- schema > schema.graphql"
    );
}
