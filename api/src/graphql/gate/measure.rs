//! One pass over the parsed document, each fragment measured once: how deep and how wide it becomes with its fragments put
//! in place, without ever putting them in place. A bomb of fragments is measured in the time it takes to read it.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use entities::Refusal;

use super::limits::{
    EXPANDED_FIELDS, EXPANDED_STEPS, INTROSPECTION_LEVELS, INTROSPECTION_LISTS, Limits, REPEATS, ROOT_FIELDS,
};
use super::{refusals, typename};

/// Lists of the introspection system that can lead back to themselves (GraphQL, section 4.2).
const INTROSPECTION_CYCLES: [&str; 5] = ["types", "fields", "inputFields", "interfaces", "possibleTypes"];

/// The measures of a selection with its fragments put in place.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Measure {
    /// Fields within fields, the outermost counted as one.
    pub(super) levels: usize,
    /// Fields in all.
    pub(super) fields: usize,
    /// Fields, spreads and inline fragments in all: the steps of whoever puts fragments in place.
    pub(super) steps: usize,
    /// Fields at the front of it.
    pub(super) here: usize,
    /// Fields at the front of it that ask for something else than the schema.
    pub(super) here_data: usize,
    /// Lists of the introspection system within each other.
    pub(super) lists: usize,
}

impl Measure {
    fn add(&mut self, other: Self) {
        self.levels = self.levels.max(other.levels);
        self.lists = self.lists.max(other.lists);
        self.fields = self.fields.saturating_add(other.fields);
        self.steps = self.steps.saturating_add(other.steps).saturating_add(1);
        self.here = self.here.saturating_add(other.here);
        self.here_data = self.here_data.saturating_add(other.here_data);
    }

    /// Whether it asks for the schema alone.
    #[must_use]
    pub(super) fn is_introspection(&self) -> bool {
        self.here_data == 0
    }

    /// Refuses an operation that is wider or deeper than the limits allow.
    ///
    /// # Errors
    /// A refusal with the code of the limit.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        let levels = if self.is_introspection() { INTROSPECTION_LEVELS } else { limits.levels };
        if self.lists > INTROSPECTION_LISTS {
            return Err(refusals::introspection_too_deep(INTROSPECTION_LISTS));
        }
        if self.levels > levels {
            return Err(refusals::too_deep(levels));
        }
        if self.fields > EXPANDED_FIELDS || self.steps > EXPANDED_STEPS {
            return Err(refusals::too_many_fields(EXPANDED_FIELDS));
        }
        if self.here > ROOT_FIELDS {
            return Err(refusals::too_many_root_fields(ROOT_FIELDS));
        }
        Ok(())
    }
}

/// Measures every operation and fragment of a document, used or not.
///
/// # Errors
/// `FRAGMENT_CYCLE`, and what [`Measure::check`] refuses of any operation.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), Refusal> {
    let mut pass = Pass { document, known: HashMap::new() };
    for name in document.fragments.keys() {
        pass.fragment(name)?;
    }
    document.operations.iter().try_for_each(|(_, operation)| pass.operation(&operation.node)?.check(limits))
}

struct Pass<'a> {
    document: &'a ExecutableDocument,
    /// None while a fragment is being measured: who meets it then stands in a cycle.
    known: HashMap<&'a Name, Option<Measure>>,
}

impl<'a> Pass<'a> {
    /// The lists within each other count below `__schema` and `__type` only: elsewhere the names mean something else.
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Measure, Refusal> {
        let whole = self.selection(&operation.selection_set.node)?;
        Ok(if whole.here == whole.here_data { Measure { lists: 0, ..whole } } else { whole })
    }

    fn selection(&mut self, set: &'a SelectionSet) -> Result<Measure, Refusal> {
        let mut sum = Measure::default();
        let mut repeats: HashMap<&str, usize> = HashMap::new();
        for item in &set.items {
            if let Selection::Field(field) = &item.node {
                let times = repeats.entry(field.node.response_key().node.as_str()).or_default();
                *times += 1;
                if *times > REPEATS {
                    return Err(refusals::too_many_repeats(REPEATS));
                }
            }
            sum.add(match &item.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(inline) => self.selection(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node)?,
            });
        }
        Ok(sum)
    }

    fn field(&mut self, field: &'a Field) -> Result<Measure, Refusal> {
        let below = self.selection(&field.selection_set.node)?;
        let name = field.name.node.as_str();
        if name == "__typename" {
            typename::check(field)?;
        }
        Ok(Measure {
            levels: below.levels + 1,
            fields: below.fields.saturating_add(1),
            steps: below.steps,
            here: 1,
            here_data: usize::from(!name.starts_with("__")),
            lists: below.lists + usize::from(INTROSPECTION_CYCLES.contains(&name)),
        })
    }

    /// A spread of a fragment that the document does not have counts nothing; validation refuses it.
    fn fragment(&mut self, name: &'a Name) -> Result<Measure, Refusal> {
        match self.known.get(name) {
            Some(Some(measure)) => return Ok(*measure),
            Some(None) => return Err(refusals::fragment_cycle()),
            None => {}
        }
        let Some(definition) = self.document.fragments.get(name) else { return Ok(Measure::default()) };
        self.known.insert(name, None);
        let measure = self.selection(&definition.node.selection_set.node)?;
        self.known.insert(name, Some(measure));
        Ok(measure)
    }
}

/// The measures of one operation of a checked document.
///
/// # Errors
/// As [`check`].
pub(super) fn operation(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<Measure, Refusal> {
    Pass { document, known: HashMap::new() }.operation(operation)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const LIMITS: Limits = Limits { bytes: 1_000, tokens: 100, levels: 3, points: 10, remembered_bytes: 0 };

    fn refusal(text: &str) -> Option<&'static str> {
        check(&parse_query(text).unwrap(), &LIMITS).err().map(|refusal| refusal.code)
    }

    #[test]
    fn fragments_count_where_they_are_put() {
        assert_eq!(refusal("{ a { b { c } } }"), None);
        assert_eq!(refusal("{ a { b { c { d } } } }"), Some("QUERY_TOO_DEEP"));
        assert_eq!(refusal("{ a { ...F } } fragment F on A { b { c { d } } }"), Some("QUERY_TOO_DEEP"));
        assert_eq!(refusal("{ a { ... on A { ... { b { c } } } } }"), None);
        assert_eq!(refusal("{ ...F } fragment F on A { a ...F }"), Some("FRAGMENT_CYCLE"));
        assert_eq!(refusal("{ a } fragment F on A { ...G } fragment G on A { ...F }"), Some("FRAGMENT_CYCLE"));
        assert_eq!(refusal("{ ...Nobody }"), None);
    }

    #[test]
    fn a_bomb_is_measured_without_going_off() {
        let bomb: String = (0..90).map(|n| format!("fragment f{n} on Q {{ a ...f{0} ...f{0} }} ", n + 1)).collect();
        assert_eq!(
            refusal(&format!("{{ a {{ ...f0 }} }} {bomb} fragment f90 on Q {{ a }}")),
            Some("QUERY_TOO_MANY_FIELDS")
        );
        let dud = format!("{{ a {{ ...f0 }} }} {bomb} fragment f90 on Q {{ ...Nobody }}").replace(" a ...", " ...");
        assert_eq!(refusal(&dud), Some("QUERY_TOO_MANY_FIELDS"), "a bomb without a field goes off all the same");
    }

    #[test]
    fn the_name_of_a_type_is_asked_plainly() {
        for good in ["{ __typename }", "{ a: __typename @skip(if: true) @include(if: $v) }"] {
            assert_eq!(refusal(good), None, "{good}");
        }
        for bad in ["@nope", "@skip", "@skip(if: 1)", "@skip(if: true) @skip(if: true)", "(a: 1)", "{ b }"] {
            assert_eq!(refusal(&format!("{{ a {{ __typename {bad} }} }}")), Some("GRAPHQL_VALIDATION_FAILED"), "{bad}");
        }
    }

    #[test]
    fn the_schema_has_limits_of_its_own() {
        assert_eq!(refusal("{ __schema { a { b { c { d } } } } }"), None);
        assert_eq!(
            refusal("{ __schema { types { fields { type { fields { name } } } } } }"),
            Some("INTROSPECTION_TOO_DEEP")
        );
        assert_eq!(refusal("{ types { fields { fields } } }"), None);
        let many: String = (0..=ROOT_FIELDS).map(|n| format!("a{n} ")).collect();
        assert_eq!(refusal(&format!("{{ {many} }}")), Some("QUERY_TOO_MANY_ROOT_FIELDS"));
        let same = "a ".repeat(REPEATS + 1);
        assert_eq!(refusal(&format!("{{ b {{ {same} }} }}")), Some("QUERY_TOO_MANY_REPEATS"));
    }
}
