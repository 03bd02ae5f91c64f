//! What a document reads: the kinds of things whose changes end a remembered reply to it. A reply is remembered only when
//! every type in it stands in the table here; what is not in it is never remembered.

use async_graphql::Name;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType, Selection, SelectionSet};
use entities::freshness::EVERYTHING;

use super::gate::shapes::Shapes;

/// On whose changes a reply hangs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Of {
    /// The program itself and the day: the catalogues.
    Program,
    /// Changes of these kinds.
    Kinds(&'static [&'static str]),
    /// Any change at all: what such a row shows and who may see it is made of many kinds.
    Everything,
}

/// The types that may be remembered. Not here, and so never remembered: people and what belongs to them (looking at them is
/// logged), reports and events (which tell of the present moment), who may ask, and the caller's own ids, which are written
/// without a change.
const TYPES: &[(&str, Of)] = &[
    ("AdministrativeUnit", Of::Program),
    ("AdministrativeUnitConnection", Of::Program),
    ("AdministrativeUnitEdge", Of::Program),
    ("AdministrativeResolution", Of::Program),
    ("AdministrativeSuccessor", Of::Program),
    ("FeeGroup", Of::Program),
    ("FeeCategory", Of::Program),
    ("PageInfo", Of::Program),
    ("Organization", Of::Kinds(&["Organization"])),
    ("OrganizationConnection", Of::Kinds(&["Organization"])),
    ("OrganizationEdge", Of::Kinds(&["Organization"])),
    ("School", Of::Kinds(&["School"])),
    ("SchoolManagement", Of::Kinds(&["School"])),
    ("SchoolConnection", Of::Kinds(&["School"])),
    ("SchoolEdge", Of::Kinds(&["School"])),
    ("SchoolClass", Of::Everything),
    ("SchoolClassConnection", Of::Everything),
    ("SchoolClassEdge", Of::Everything),
    ("BankAccount", Of::Everything),
    ("Fee", Of::Everything),
    ("FeeConnection", Of::Everything),
    ("FeeEdge", Of::Everything),
    ("Invoice", Of::Everything),
    ("InvoiceConnection", Of::Everything),
    ("InvoiceEdge", Of::Everything),
    ("InvoiceLine", Of::Everything),
    ("PaymentReference", Of::Everything),
    ("InvoicePayment", Of::Everything),
    ("BankTransaction", Of::Everything),
    ("BankTransactionConnection", Of::Everything),
    ("BankTransactionEdge", Of::Everything),
    ("ReviewReasonInfo", Of::Everything),
    ("Allocation", Of::Everything),
];

/// The questions at the root that may be remembered: each answers the same until something changes or the day ends.
const QUESTIONS: &[&str] = &[
    "administrativeUnits",
    "bankTransaction",
    "bankTransactions",
    "invoice",
    "invoices",
    "organizations",
    "resolveAdministrativeUnit",
    "reviewQueue",
    "school",
    "schools",
];

/// The kinds whose changes end a reply to any operation of a document; none when it may not be remembered. The document
/// holds no cycle of fragments.
pub(super) fn kinds(shapes: &Shapes, document: &ExecutableDocument) -> Option<Vec<&'static str>> {
    let mut pass = Pass { shapes, document, kinds: Vec::new(), seen: Vec::new() };
    let operations: Vec<_> = match &document.operations {
        DocumentOperations::Single(only) => vec![only],
        DocumentOperations::Multiple(named) => named.values().collect(),
    };
    for operation in operations {
        if operation.node.ty != OperationType::Query {
            return None;
        }
        pass.selection(shapes.root(OperationType::Query), &operation.node.selection_set.node)?;
    }
    pass.kinds.sort_unstable();
    pass.kinds.dedup();
    Some(pass.kinds)
}

struct Pass<'a> {
    shapes: &'a Shapes,
    document: &'a ExecutableDocument,
    kinds: Vec<&'static str>,
    /// Fragments that were looked into.
    seen: Vec<&'a Name>,
}

impl<'a> Pass<'a> {
    /// None ends the pass: something here may not be remembered.
    fn selection(&mut self, of: &str, set: &'a SelectionSet) -> Option<()> {
        let is_root = of == self.shapes.root(OperationType::Query);
        if !is_root {
            self.reads(of)?;
        }
        for item in &set.items {
            match &item.node {
                Selection::Field(field) if field.node.name.node == "__typename" => {}
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    if is_root && !QUESTIONS.contains(&name) {
                        return None;
                    }
                    let shape = self.shapes.field(of, name)?;
                    if shape.is_object {
                        self.selection(&shape.of, &field.node.selection_set.node)?;
                    }
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map_or(of, |on| on.node.on.node.as_str());
                    self.selection(on, &inline.node.selection_set.node)?;
                }
                Selection::FragmentSpread(spread) => {
                    let (name, fragment) = self.document.fragments.get_key_value(&spread.node.fragment_name.node)?;
                    if !self.seen.contains(&name) {
                        self.seen.push(name);
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.selection(on, &fragment.node.selection_set.node)?;
                    }
                }
            }
        }
        Some(())
    }

    fn reads(&mut self, of: &str) -> Option<()> {
        match TYPES.iter().find(|(name, _)| *name == of)?.1 {
            Of::Program => {}
            Of::Kinds(kinds) => self.kinds.extend(kinds),
            Of::Everything => self.kinds.extend(EVERYTHING),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::graphql::schema;

    fn read(text: &str) -> Option<Vec<&'static str>> {
        kinds(&Shapes::read(&schema::sdl()), &parse_query(text).unwrap())
    }

    #[test]
    fn a_reply_hangs_on_what_it_names() {
        assert_eq!(read("{ school(code: \"1\") { name province { name } } }"), Some(vec!["School"]));
        assert_eq!(
            read("{ schools { nodes { ...S } } } fragment S on School { managingOrganization { name } }"),
            Some(vec!["Organization", "School"])
        );
        assert_eq!(read("{ resolveAdministrativeUnit { old { name } new { kind } } }"), Some(vec![]));
        let money = read("{ school(code: \"1\") { bankTransactions { nodes { amount } } } }").unwrap();
        assert_eq!(money.len(), EVERYTHING.len());
    }

    #[test]
    fn people_reports_and_writes_are_never_remembered() {
        for text in [
            "{ now }",
            "{ viewer { __typename } }",
            "{ node(id: \"x\") { id } }",
            "{ student(by: { id: \"x\" }) { id } }",
            "{ invoice(code: \"x\") { student { id } } }",
            "{ school(code: \"1\") { externalIds { __typename } } }",
            "{ school(code: \"1\") { ...on School { students { nodes { id } } } } }",
            "{ schools { nodes { ...S } } } fragment S on School { students { nodes { id } } }",
            "query A { schools { nodes { id } } } query B { now }",
            "mutation { upsertSchools(input: { schools: [] }) { __typename } }",
            "{ nothingOfThatName }",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn every_word_of_the_tables_is_one_of_the_schema() {
        let shapes = Shapes::read(&schema::sdl());
        let root = shapes.root(OperationType::Query).to_owned();
        assert!(QUESTIONS.iter().all(|name| shapes.field(&root, name).is_some()));
        for (name, _) in TYPES {
            assert!(shapes.has(name), "{name}");
        }
    }
}
