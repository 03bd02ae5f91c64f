//! The schema and its text. `schema.graphql` at the root is this text; a test keeps them equal.

use async_graphql::extensions::Analyzer;
use async_graphql::{EmptySubscription, SDLExportOptions};

use super::mutation::Mutation;
use super::query::Query;

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// Nesting of a question about the schema itself: GraphiQL's own nests deeper than ours may.
pub const INTROSPECTION_LEVELS: usize = 20;
/// Fields of a question about the schema itself.
pub const INTROSPECTION_POINTS: usize = 1_000;

/// Builds the schema; limits of depth and cost are the gate's, before the engine.
#[must_use]
pub fn build(depth_levels: usize, cost_points: usize) -> Schema {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .limit_depth(depth_levels)
        .limit_complexity(cost_points)
        .limit_directives(10)
        .disable_suggestions()
        .extension(Analyzer)
        .finish()
}

/// The schema definition language text, as `lienthong schema` prints it.
#[must_use]
pub fn sdl() -> String {
    build(10, 2_000).sdl_with_options(SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items())
}
