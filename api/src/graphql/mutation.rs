//! The root mutation, one part per subject. A mutation takes one `input` and returns a payload with `userErrors`.

pub mod access;
pub mod money;

use self::access::AccessMutation;
use self::money::MoneyMutation;
use async_graphql::MergedObject;

/// Everything that can be done (thao tác).
#[derive(MergedObject, Default)]
pub struct Mutation(AccessMutation, MoneyMutation);
