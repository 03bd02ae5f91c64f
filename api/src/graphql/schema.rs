//! The schema and its text. `schema.graphql` at the root is this text; a test keeps them equal.

use async_graphql::SDLExportOptions;

use super::gate::known::Known;
use super::mutation::Mutation;
use super::query::Query;
use super::subscription::Subscription;

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema. It has no limits of its own: they are the gate's, before the engine.
#[must_use]
pub fn build() -> Schema {
    Schema::build(Query::default(), Mutation::default(), Subscription).disable_suggestions().extension(Known).finish()
}

/// The schema definition language text, as `lienthong schema` prints it.
#[must_use]
pub fn sdl() -> String {
    build().sdl_with_options(SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items())
}
