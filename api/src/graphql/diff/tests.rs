//! One line for each kind of change: the older words, the newer ones, and what must be said of them.

use super::Severity::{Breaking, Dangerous, Safe};
use super::{Severity, compare, deprecation};

/// What stands around the words of a case, so that each is a whole schema.
const AROUND: &str = "schema { query: Query } scalar Any type Query { a: Any } ";

type Case = (&'static str, &'static str, Severity, &'static str, &'static str);

const TYPES: &[Case] = &[
    ("type A { x: Int }", "", Breaking, "TYPE_REMOVED", "A"),
    ("", "type A { x: Int }", Safe, "TYPE_ADDED", "A"),
    ("type A { x: Int }", "input A { x: Int }", Breaking, "TYPE_KIND_CHANGED", "A"),
    ("\"one\" scalar S", "\"two\" scalar S", Safe, "DESCRIPTION_CHANGED", "S"),
    ("scalar S @specifiedBy(url: \"a\")", "scalar S @specifiedBy(url: \"b\")", Dangerous, "SPECIFIED_BY_CHANGED", "S"),
    (
        "interface N { x: Int } type A implements N { x: Int }",
        "interface N { x: Int } type A { x: Int }",
        Breaking,
        "IMPLEMENTED_INTERFACE_REMOVED",
        "A",
    ),
    (
        "interface N { x: Int } type A { x: Int }",
        "interface N { x: Int } type A implements N { x: Int }",
        Dangerous,
        "IMPLEMENTED_INTERFACE_ADDED",
        "A",
    ),
    (
        "type A { x: Int } union U = A | Query",
        "type A { x: Int } union U = Query",
        Breaking,
        "UNION_MEMBER_REMOVED",
        "U",
    ),
    (
        "type A { x: Int } union U = Query",
        "type A { x: Int } union U = A | Query",
        Dangerous,
        "UNION_MEMBER_ADDED",
        "U",
    ),
    ("type A { e: E } enum E { X Y }", "type A { e: E } enum E { X }", Breaking, "ENUM_VALUE_REMOVED", "E.Y"),
    ("type A { e: E } enum E { X }", "type A { e: E } enum E { X Y }", Dangerous, "ENUM_VALUE_ADDED", "E.Y"),
    ("input A { e: E } enum E { X }", "input A { e: E } enum E { X Y }", Safe, "ENUM_VALUE_ADDED", "E.Y"),
    ("input A { x: Int }", "input A @oneOf { x: Int }", Breaking, "ONE_OF_ADDED", "A"),
    ("input A @oneOf { x: Int }", "input A { x: Int }", Dangerous, "ONE_OF_REMOVED", "A"),
];

const FIELDS: &[Case] = &[
    ("type A { x: Int y: Int }", "type A { x: Int }", Breaking, "FIELD_REMOVED", "A.y"),
    ("type A { x: Int }", "type A { x: Int y: Int! }", Safe, "FIELD_ADDED", "A.y"),
    ("type A { x: Int }", "type A { x: String }", Breaking, "FIELD_TYPE_CHANGED", "A.x"),
    ("type A { x: Int! }", "type A { x: Int }", Breaking, "FIELD_TYPE_CHANGED", "A.x"),
    ("type A { x: Int }", "type A { x: Int! }", Safe, "FIELD_TYPE_CHANGED", "A.x"),
    ("type A { x: [Int]! }", "type A { x: [Int!]! }", Safe, "FIELD_TYPE_CHANGED", "A.x"),
    ("type A { x: Int }", "type A { x: [Int] }", Breaking, "FIELD_TYPE_CHANGED", "A.x"),
    ("interface A { x: Int y: Int }", "interface A { x: Int }", Breaking, "FIELD_REMOVED", "A.y"),
    ("type A { x(a: Int): Int }", "type A { x: Int }", Breaking, "ARGUMENT_REMOVED", "A.x(a:)"),
    ("type A { x: Int }", "type A { x(a: Int!): Int }", Breaking, "REQUIRED_ARGUMENT_ADDED", "A.x(a:)"),
    ("type A { x: Int }", "type A { x(a: Int): Int }", Dangerous, "OPTIONAL_ARGUMENT_ADDED", "A.x(a:)"),
    ("type A { x: Int }", "type A { x(a: Int! = 1): Int }", Dangerous, "OPTIONAL_ARGUMENT_ADDED", "A.x(a:)"),
    ("type A { x(a: Int): Int }", "type A { x(a: Int!): Int }", Breaking, "ARGUMENT_TYPE_CHANGED", "A.x(a:)"),
    ("type A { x(a: Int!): Int }", "type A { x(a: Int): Int }", Safe, "ARGUMENT_TYPE_CHANGED", "A.x(a:)"),
    ("type A { x(a: [Int!]): Int }", "type A { x(a: [Int]): Int }", Safe, "ARGUMENT_TYPE_CHANGED", "A.x(a:)"),
    ("type A { x(a: [Int]): Int }", "type A { x(a: [Int!]): Int }", Breaking, "ARGUMENT_TYPE_CHANGED", "A.x(a:)"),
    (
        "type A { x(a: Int = 1): Int }",
        "type A { x(a: Int = 2): Int }",
        Dangerous,
        "ARGUMENT_DEFAULT_CHANGED",
        "A.x(a:)",
    ),
    ("type A { x(a: Int = 1): Int }", "type A { x(a: Int): Int }", Dangerous, "ARGUMENT_DEFAULT_CHANGED", "A.x(a:)"),
    ("type A { x(a: Int! = 1): Int }", "type A { x(a: Int!): Int }", Breaking, "ARGUMENT_DEFAULT_CHANGED", "A.x(a:)"),
    ("type A { x(a: Int!): Int }", "type A { x(a: Int! = 1): Int }", Dangerous, "ARGUMENT_DEFAULT_CHANGED", "A.x(a:)"),
];

const INPUTS: &[Case] = &[
    ("input A { x: Int y: Int }", "input A { x: Int }", Breaking, "INPUT_FIELD_REMOVED", "A.y"),
    ("input A { x: Int }", "input A { x: Int y: Int! }", Breaking, "REQUIRED_INPUT_FIELD_ADDED", "A.y"),
    ("input A { x: Int }", "input A { x: Int y: Int }", Dangerous, "OPTIONAL_INPUT_FIELD_ADDED", "A.y"),
    ("input A { x: Int }", "input A { x: Int! }", Breaking, "INPUT_FIELD_TYPE_CHANGED", "A.x"),
    ("input A { x: Int! }", "input A { x: Int }", Safe, "INPUT_FIELD_TYPE_CHANGED", "A.x"),
    ("input A { x: Int = 1 }", "input A { x: Int = 2 }", Dangerous, "INPUT_FIELD_DEFAULT_CHANGED", "A.x"),
];

const DIRECTIVES: &[Case] = &[
    ("directive @d on FIELD", "", Breaking, "DIRECTIVE_REMOVED", "@d"),
    ("", "directive @d on FIELD", Safe, "DIRECTIVE_ADDED", "@d"),
    ("directive @d on FIELD | QUERY", "directive @d on FIELD", Breaking, "DIRECTIVE_LOCATION_REMOVED", "@d"),
    ("directive @d on FIELD", "directive @d on FIELD | QUERY", Safe, "DIRECTIVE_LOCATION_ADDED", "@d"),
    ("directive @d on FIELD", "directive @d(a: Int!) on FIELD", Breaking, "REQUIRED_ARGUMENT_ADDED", "@d(a:)"),
    ("directive @d(a: Int) on FIELD", "directive @d on FIELD", Breaking, "ARGUMENT_REMOVED", "@d(a:)"),
];

/// Today is 1 February 2027.
const DEPRECATIONS: &[Case] = &[
    ("type A { x: Int }", "type A { x: Int @deprecated(reason: \"r\") }", Safe, "DEPRECATION_ADDED", "A.x"),
    ("type A { x: Int @deprecated(reason: \"r\") }", "type A { x: Int }", Dangerous, "DEPRECATION_REMOVED", "A.x"),
    (
        "type A { x: Int @deprecated(reason: \"until 2027-03-01\") }",
        "type A { x: Int @deprecated(reason: \"until 2027-02-28\") }",
        Dangerous,
        "DEPRECATION_REASON_CHANGED",
        "A.x",
    ),
    (
        "type A { x: Int @deprecated(reason: \"until 2027-02-28\") }",
        "type A { x: Int @deprecated(reason: \"until 2027-03-01\") }",
        Safe,
        "DEPRECATION_REASON_CHANGED",
        "A.x",
    ),
    (
        "type A { x: Int y: Int @deprecated(reason: \"Use x; until 2027-01-31\") }",
        "type A { x: Int }",
        Dangerous,
        "FIELD_REMOVED",
        "A.y",
    ),
    (
        "type A { x: Int y: Int @deprecated(reason: \"Use x; until 2027-02-01\") }",
        "type A { x: Int }",
        Breaking,
        "FIELD_REMOVED",
        "A.y",
    ),
    ("type A { x: Int y: Int @deprecated(reason: \"Use x\") }", "type A { x: Int }", Breaking, "FIELD_REMOVED", "A.y"),
    (
        "enum E { X Y @deprecated(reason: \"until 2027-01-31\") }",
        "enum E { X }",
        Dangerous,
        "ENUM_VALUE_REMOVED",
        "E.Y",
    ),
    (
        "input A { x: Int y: Int @deprecated(reason: \"until 2027-01-31\") }",
        "input A { x: Int }",
        Dangerous,
        "INPUT_FIELD_REMOVED",
        "A.y",
    ),
    (
        "type A { x(a: Int @deprecated(reason: \"until 2027-01-31\")): Int }",
        "type A { x: Int }",
        Dangerous,
        "ARGUMENT_REMOVED",
        "A.x(a:)",
    ),
];

fn held(cases: &[Case]) {
    let today = "2027-02-01".parse().unwrap();
    for (old, new, severity, kind, path) in cases {
        let found = compare(&format!("{AROUND}{old}"), &format!("{AROUND}{new}"), today).unwrap();
        let seen: Vec<_> = found.iter().map(|change| (change.severity, change.kind, change.path.as_str())).collect();
        assert_eq!(seen, [(*severity, *kind, *path)], "{old}\n{new}");
        assert!(found[0].message.len() > path.len(), "{:?}", found[0]);
    }
}

#[test]
fn types_are_told_apart() {
    held(TYPES);
}

#[test]
fn fields_and_arguments_are_told_apart() {
    held(FIELDS);
}

#[test]
fn inputs_are_told_apart() {
    held(INPUTS);
}

#[test]
fn directives_are_told_apart() {
    held(DIRECTIVES);
}

#[test]
fn a_deprecation_counts_to_its_day() {
    held(DEPRECATIONS);
    assert_eq!(deprecation::until("Use code; until 2027-01-31"), "2027-01-31".parse().ok());
    assert_eq!(deprecation::until("Use code, until the end of 2027"), None);
}

#[test]
fn the_roots_and_the_order_are_told() {
    let (old, new) =
        ("type A { x: Int y: Int } schema { query: A }", "type A { x: Int! } schema { query: B } type B { x: Int }");
    let found = compare(old, new, "2027-02-01".parse().unwrap()).unwrap();
    let kinds: Vec<_> = found.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, ["FIELD_REMOVED", "ROOT_CHANGED", "FIELD_TYPE_CHANGED", "TYPE_ADDED"]);
}

#[test]
fn the_own_schema_does_not_differ_from_itself() {
    let own = crate::graphql::schema::sdl();
    assert_eq!(compare(&own, &own, "2027-02-01".parse().unwrap()), Ok(Vec::new()));
    assert!(compare("type {", &own, "2027-02-01".parse().unwrap()).unwrap_err().starts_with("The older schema"));
}
