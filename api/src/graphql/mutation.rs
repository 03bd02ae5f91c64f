//! The root mutation, one part per subject. A mutation takes one `input` and returns a payload with `userErrors`.

use async_graphql::EmptyMutation;

/// Everything that can be done (thao tác).
pub type Mutation = EmptyMutation;
