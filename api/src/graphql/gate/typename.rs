//! What the engine does not look at: `__typename` takes no arguments and no fields, and of directives those that every field
//! takes, each once and with its condition (GraphQL, sections 4.2 and 5.7).

use std::collections::HashSet;

use async_graphql::Value;
use async_graphql::parser::types::{Directive, Field};
use entities::Refusal;

use super::refusals;

/// Refuses a `__typename` that says more than it may.
///
/// # Errors
/// `GRAPHQL_VALIDATION_FAILED`.
pub(super) fn check(field: &Field) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    let is_bare = field.arguments.is_empty() && field.selection_set.node.items.is_empty();
    let fits = is_bare
        && field.directives.iter().all(|one| is_condition(&one.node) && seen.insert(one.node.name.node.as_str()));
    if fits { Ok(()) } else { Err(refusals::bad_typename()) }
}

fn is_condition(directive: &Directive) -> bool {
    let [(name, condition)] = directive.arguments.as_slice() else { return false };
    // A variable in the place of the condition is judged with the variables.
    let literal = condition.node.clone().into_const_with(|_| Ok::<_, ()>(Value::Boolean(true)));
    matches!(directive.name.node.as_str(), "skip" | "include")
        && name.node == "if"
        && matches!(literal, Ok(Value::Boolean(_)))
}
