//! The schema and its text. `schema.graphql` at the root is this text; a test keeps them equal.

use async_graphql::{SDLExportOptions, ValidationMode};

use super::described;
use super::gate::known::Known;
use super::gate::limits::EXPANDED_STEPS;
use super::mutation::Mutation;
use super::query::Query;
use super::subscription::Subscription;

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema. It has no limits of its own: they are the gate's, before the engine.
#[must_use]
pub fn build() -> Schema {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription).disable_suggestions();
    described::pages(schema).extension(Known).finish()
}

/// The same schema for documents that were validated before: it looks at values only, and no extension stands between a
/// field and its resolver, which would cost each field of each row.
#[must_use]
pub fn build_for_known() -> Schema {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription).disable_suggestions();
    described::pages(schema).validation_mode(ValidationMode::Fast).limit_recursive_depth(EXPANDED_STEPS).finish()
}

/// The schema definition language text, as `lienthong schema` prints it.
#[must_use]
pub fn sdl() -> String {
    build().sdl_with_options(SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items())
}
