//! The static price of an operation, before anything is asked: each object of the reply costs one point for every ten plain
//! fields begun, multiplied through the pages and lists that hold it. Each fragment is priced once.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Value, Variables};
use entities::page::MAX_PAGE_ROWS;

use super::shapes::{Many, Shapes, is_page};
use crate::graphql::paging::DEFAULT_PAGE_ROWS;

/// Rows that a list without a page is taken to have.
const LIST_ROWS: u64 = 10;
/// What a mutation costs beside its items: a transaction.
const WRITE_POINTS: u64 = 10;
/// Plain fields of an object that one point pays for.
pub(in crate::graphql) const FIELDS_PER_POINT: u64 = 10;
/// Questions that ask the database for more than a row, with the points of one.
const WEIGHTS: [(&str, u64); 2] = [("cashlessReport", 50), ("totalCount", 20)];

/// What a selection costs: in points once, in points for each row of the page around it, and in plain fields.
#[derive(Clone, Copy, Default)]
struct Cost {
    once: u64,
    per_row: u64,
    plain: u64,
}

impl Cost {
    /// The points of one object with this selection, the rows of a page apart.
    fn object(self) -> u64 {
        self.once.saturating_add(self.plain.div_ceil(FIELDS_PER_POINT))
    }
}

/// The price of one operation of a document with these variables, in points, at least one. The document holds no cycle of
/// fragments.
#[must_use]
pub(super) fn of(
    shapes: &Shapes,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> u64 {
    let mut pass = Pass { shapes, document, operation, variables, known: HashMap::new() };
    let whole = pass.selection(shapes.root(operation.ty), &operation.selection_set.node);
    whole.object().saturating_add(whole.per_row).max(1)
}

struct Pass<'a> {
    shapes: &'a Shapes,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    known: HashMap<&'a Name, Cost>,
}

impl<'a> Pass<'a> {
    fn selection(&mut self, of: &str, set: &'a SelectionSet) -> Cost {
        let mut sum = Cost::default();
        for item in &set.items {
            let cost = match &item.node {
                Selection::Field(field) => self.field(of, &field.node),
                Selection::InlineFragment(inline) => {
                    let of = inline.node.type_condition.as_ref().map_or(of, |on| on.node.on.node.as_str());
                    self.selection(of, &inline.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            sum.once = sum.once.saturating_add(cost.once);
            sum.per_row = sum.per_row.saturating_add(cost.per_row);
            sum.plain = sum.plain.saturating_add(cost.plain);
        }
        sum
    }

    fn fragment(&mut self, name: &'a Name) -> Cost {
        if let Some(cost) = self.known.get(name) {
            return *cost;
        }
        let Some(definition) = self.document.fragments.get(name) else { return Cost::default() };
        let cost = self.selection(&definition.node.type_condition.node.on.node, &definition.node.selection_set.node);
        self.known.insert(name, cost);
        cost
    }

    /// A field that the type does not have costs as a plain one; validation refuses it.
    fn field(&mut self, parent: &str, field: &'a Field) -> Cost {
        let name = field.name.node.as_str();
        let weight = WEIGHTS.iter().find(|(weighed, _)| *weighed == name).map_or(0, |(_, points)| *points);
        let shapes = self.shapes;
        let shape = shapes.field(parent, name);
        let Some(shape) = shape.filter(|shape| shape.is_object) else {
            let below = self.selection("", &field.selection_set.node);
            return Cost { once: below.object().saturating_add(weight), per_row: 0, plain: 1 };
        };
        let below = self.selection(&shape.of, &field.selection_set.node);
        if is_page(parent) && matches!(name, "edges" | "nodes" | "changes") {
            return Cost { per_row: below.object(), ..Cost::default() };
        }
        let inside = match shape.many {
            Many::One => below.object(),
            Many::List => below.object().saturating_mul(self.longest_argument(field).unwrap_or(LIST_ROWS)),
            Many::Page => below.per_row.saturating_mul(self.page_rows(field)).saturating_add(below.object()),
        };
        Cost { once: inside.saturating_add(weight).saturating_add(self.written(parent, field)), ..Cost::default() }
    }

    /// What a mutation writes: a transaction, and each item of its longest list.
    fn written(&self, parent: &str, field: &Field) -> u64 {
        if parent != self.shapes.root(OperationType::Mutation) {
            return 0;
        }
        self.longest_argument(field).unwrap_or(0).saturating_add(WRITE_POINTS)
    }

    fn page_rows(&self, field: &Field) -> u64 {
        let asked = ["first", "last"].into_iter().find_map(|name| match self.argument(field, name)? {
            Value::Number(rows) => Some(rows.as_u64().unwrap_or(1)),
            _ => None,
        });
        asked.unwrap_or_else(|| DEFAULT_PAGE_ROWS.into()).clamp(1, MAX_PAGE_ROWS.into())
    }

    /// The items of the longest list among the arguments of a field; none when there is no list.
    fn longest_argument(&self, field: &Field) -> Option<u64> {
        field.arguments.iter().filter_map(|(name, _)| longest(&self.argument(field, &name.node)?)).max()
    }

    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?;
        value.node.clone().into_const_with(|variable| self.variable(&variable).ok_or(())).ok()
    }

    fn variable(&self, name: &Name) -> Option<Value> {
        self.variables.get(name).cloned().or_else(|| {
            let mut definitions = self.operation.variable_definitions.iter();
            let definition = definitions.find(|definition| definition.node.name.node == *name)?;
            definition.node.default_value().cloned()
        })
    }
}

fn longest(value: &Value) -> Option<u64> {
    match value {
        Value::List(items) => {
            let inside = items.iter().filter_map(longest).max().unwrap_or(0);
            Some(u64::try_from(items.len()).unwrap_or(u64::MAX).max(inside))
        }
        Value::Object(fields) => fields.values().filter_map(longest).max(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::DocumentOperations;
    use serde_json::json;

    use super::*;

    const SDL: &str = "
        schema { query: Q mutation: M }
        type Q { school: S schools(first: Int, last: Int): SConnection! nodes(ids: [ID!]!): [S]! }
        type M { upsert(input: I!): P! }
        input I { rows: [Int!]! }
        type P { rows: [S!]! }
        type S { id: ID! tags: [String!]! lines: [S!]! schools(first: Int): SConnection! }
        type SConnection { edges: [E!]! nodes: [S!]! totalCount: Int }
        type E { node: S! cursor: String! }";

    fn price(text: &str, variables: serde_json::Value) -> u64 {
        let document = parse_query(text).unwrap();
        let DocumentOperations::Single(operation) = &document.operations else {
            let (_, operation) = document.operations.iter().next().unwrap();
            return of(&Shapes::read(SDL), &document, &operation.node, &Variables::from_json(variables));
        };
        of(&Shapes::read(SDL), &document, &operation.node, &Variables::from_json(variables))
    }

    #[test]
    fn a_page_multiplies_its_rows_and_nothing_else() {
        assert_eq!(price("{ school { id tags } }", json!({})), 1);
        assert_eq!(price("{ schools(first: 10) { edges { node { id } } } }", json!({})), 10);
        assert_eq!(price("{ schools(first: 10) { edges { cursor node { id } } } }", json!({})), 20);
        assert_eq!(price("{ schools(first: 10) { totalCount edges { node { id } } } }", json!({})), 31);
        assert_eq!(price("{ schools { nodes { id } } }", json!({})), 50);
        assert_eq!(price("{ schools(first: 1000000000) { nodes { id } } }", json!({})), 200);
        assert_eq!(price("{ schools(first: 5) { ...P } } fragment P on SConnection { nodes { id } }", json!({})), 5);
        assert_eq!(
            price("{ schools(first: 2) { nodes { id schools(first: 3) { nodes { id } } } } }", json!({})),
            2 * (1 + 3)
        );
    }

    #[test]
    fn ten_plain_fields_cost_a_point_and_ones_asked_twice_count_twice() {
        assert_eq!(price(&format!("{{ school {{ {} }} }}", "id ".repeat(10)), json!({})), 1);
        assert_eq!(price(&format!("{{ school {{ {} }} }}", "id ".repeat(11)), json!({})), 2);
        assert_eq!(
            price(&format!("{{ schools(first: 200) {{ nodes {{ {} }} }} }}", "id ".repeat(900)), json!({})),
            18_000
        );
        assert_eq!(price("{ school { ...F ...F } } fragment F on S { id id id id id id }", json!({})), 2);
    }

    #[test]
    fn variables_and_their_defaults_are_heard() {
        let text = "query ($n: Int = 3) { schools(first: $n) { nodes { id } } }";
        assert_eq!(price(text, json!({})), 3);
        assert_eq!(price(text, json!({ "n": 20 })), 20);
    }

    #[test]
    fn lists_have_the_rows_that_were_named_or_ten() {
        assert_eq!(price("{ school { lines { id } } }", json!({})), 10);
        assert_eq!(price("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ["a", "b", "c"] })), 3);
    }

    #[test]
    fn a_write_costs_its_items() {
        let text = "mutation ($rows: [Int!]!) { upsert(input: { rows: $rows }) { rows { id } } }";
        assert_eq!(price(text, json!({ "rows": vec![1; 500] })), 10 + 500 + 10);
    }

    #[test]
    fn nesting_never_wraps_around() {
        let deep = format!(
            "{{ schools(first: 200) {} }}",
            "{ nodes { schools(first: 200) ".repeat(12) + "{ nodes { id }" + &"}".repeat(25)
        );
        assert_eq!(price(&deep, json!({})), u64::MAX);
    }
}
