//! Variables are made to fit their types before anything runs (GraphQL, section 6.1.2). The engine judges scalars of the
//! hub's own when it reads them; everything else is judged here, so that a remembered validation need not look at values.

use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use async_graphql::{Name, Value, Variables};
use entities::Refusal;

use super::refusals;
use super::shapes::{Input, Shapes};

/// Refuses variables that are missing, null or of a wrong shape. What a document does not define is left out.
///
/// # Errors
/// `VARIABLE_INVALID`, `BAD_TEXT`.
pub(super) fn check(
    shapes: &Shapes,
    operation: &OperationDefinition,
    variables: &mut Variables,
) -> Result<(), Refusal> {
    let defined = |name: &Name| operation.variable_definitions.iter().any(|one| one.node.name.node == *name);
    variables.retain(|name, _| defined(name));
    for definition in &operation.variable_definitions {
        let (name, of) = (&definition.node.name.node, &definition.node.var_type.node);
        let fits = match variables.get(name) {
            Some(value) if has_nul(value) => return Err(refusals::nul()),
            Some(value) => fits(shapes, of, value),
            None => of.nullable || definition.node.default_value.is_some(),
        };
        if !fits {
            return Err(refusals::bad_variable(name, &of.to_string()));
        }
    }
    Ok(())
}

fn fits(shapes: &Shapes, of: &Type, value: &Value) -> bool {
    match (&of.base, value) {
        (_, Value::Null) => of.nullable,
        (BaseType::List(inner), Value::List(items)) => items.iter().all(|item| fits(shapes, inner, item)),
        // One value stands for a list of one (section 3.11).
        (BaseType::List(inner), one) => fits(shapes, inner, one),
        (BaseType::Named(name), value) => fits_named(shapes, name, value),
    }
}

fn fits_named(shapes: &Shapes, name: &str, value: &Value) -> bool {
    match (name, value) {
        ("Int", Value::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("Float", Value::Number(_)) | ("String" | "ID", Value::String(_)) | ("Boolean", Value::Boolean(_)) => true,
        ("ID", Value::Number(number)) => number.is_i64() || number.is_u64(),
        ("Int" | "Float" | "String" | "ID" | "Boolean", _) => false,
        _ => match (shapes.input(name), value) {
            (Some(Input::Enum(words)), Value::String(word)) => words.contains(word),
            (Some(Input::Enum(words)), Value::Enum(word)) => words.contains(word.as_str()),
            (Some(Input::Object(..)), Value::Object(_)) => fits_object(shapes, name, value),
            (Some(Input::Enum(_) | Input::Object(..)), _) => false,
            // Scalars of the hub's own, and types that do not exist: the engine's to judge.
            (Some(Input::Scalar) | None, _) => true,
        },
    }
}

fn fits_object(shapes: &Shapes, name: &str, value: &Value) -> bool {
    let (Some(Input::Object(fields, is_one_of)), Value::Object(given)) = (shapes.input(name), value) else {
        return false;
    };
    if *is_one_of && (given.len() != 1 || given.values().any(|value| *value == Value::Null)) {
        return false;
    }
    let known = given.keys().all(|key| fields.contains_key(key.as_str()));
    known
        && fields.iter().all(|(key, field)| match given.get(key.as_str()) {
            Some(value) => fits(shapes, &field.of, value),
            None => field.of.nullable || field.has_default,
        })
}

/// Whether a text anywhere in a value holds NUL, which PostgreSQL cannot store.
#[must_use]
pub(super) fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::List(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.values().any(has_nul),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    const SDL: &str = "
        schema { query: Q } type Q { a: Int }
        enum Colour { RED GREEN } scalar Vnd
        input Point { x: Int! y: Int = 0 colour: Colour amount: Vnd tags: [String!] }
        input Key @oneOf { id: ID code: String }";

    fn code(of: &str, value: serde_json::Value) -> Option<&'static str> {
        let document = parse_query(format!("query ($v: {of}) {{ a }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let variables = json!({ "v": value, "unknown": "\0" });
        check(&Shapes::read(SDL), &operation.node, &mut Variables::from_json(variables))
            .err()
            .map(|refusal| refusal.code)
    }

    #[test]
    fn what_fits_is_taken() {
        for (of, value) in [
            ("Int", json!(null)),
            ("Int! = 3", json!(1)),
            ("ID!", json!(7)),
            ("[Int!]!", json!([1, 2])),
            ("[Int!]!", json!(1)),
            ("Point!", json!({ "x": 1, "colour": "RED", "amount": 5, "tags": ["a"] })),
            ("Key!", json!({ "code": "A" })),
            ("Nobody", json!({ "any": "thing" })),
        ] {
            assert_eq!(code(of, value.clone()), None, "{of} {value}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_before_anything_runs() {
        for (of, value) in [
            ("Int!", json!(null)),
            ("Int", json!("1")),
            ("Int", json!(2_147_483_648_i64)),
            ("Int", json!(1.5)),
            ("String", json!(1)),
            ("Boolean", json!("true")),
            ("[Int!]", json!([1, null])),
            ("Colour", json!("BLUE")),
            ("Point", json!({ "y": 1 })),
            ("Point", json!({ "x": 1, "z": 1 })),
            ("Point", json!([])),
            ("Key", json!({})),
            ("Key", json!({ "id": "1", "code": "A" })),
            ("Key", json!({ "id": null })),
        ] {
            assert_eq!(code(of, value.clone()), Some("VARIABLE_INVALID"), "{of} {value}");
        }
        assert_eq!(code("String", json!("a\0")), Some("BAD_TEXT"));
    }
}
