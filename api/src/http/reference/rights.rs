//! Who may read a field or use a verb, in the words of the policy table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::text::{escape, named};
use crate::auth::policy::{self, Grant, Needs, REST, VERB};

type Lines = BTreeMap<(&'static str, &'static str), Vec<Grant>>;

static LINES: LazyLock<Lines> =
    LazyLock::new(|| policy::lines().map(|(kind, field, grants)| ((kind, field), grants)).collect());

/// The schema's types whose rights stand under another name.
const OTHER_NAMES: [(&str, &str); 1] = [("BankConnection", "Connection")];

/// Look-ups of one thing that need the right to its list.
const OF_LIST: [(&str, &str); 5] = [
    ("administrativeUnit", "administrativeUnits"),
    ("organization", "organizations"),
    ("bankTransaction", "bankTransactions"),
    ("importRun", "importRuns"),
    ("exportRun", "exportRuns"),
];

/// Who may read `owner.field`, whose type is `inside`; empty where the table says nothing, as for what a mutation answers.
pub(super) fn of_field(owner: &str, field: &str, inside: &str) -> String {
    let verb = matches!(owner, "Query" | "Mutation" | "Subscription");
    if verb {
        let field = OF_LIST.iter().find(|(single, _)| *single == field).map_or(field, |(_, list)| *list);
        return LINES.get(&(VERB, field_of(field))).map(|grants| told(grants)).unwrap_or_default();
    }
    let kind = kind(owner);
    if let Some(grants) = LINES.get(&(kind, field_of(field))) {
        return told(grants);
    }
    let row = inside.strip_suffix("Connection").filter(|row| !row.is_empty()).unwrap_or(inside);
    if is_guarded(row) && row != owner {
        return format!("as {}", named(row));
    }
    LINES.get(&(kind, REST)).map(|grants| told(grants)).unwrap_or_default()
}

/// Whether the policy has a line for a type.
pub(super) fn is_guarded(name: &str) -> bool {
    LINES.keys().any(|(known, _)| *known == kind(name))
}

fn kind(name: &str) -> &'static str {
    let other = OTHER_NAMES.iter().find(|(shown, _)| *shown == name).map_or(name, |(_, kept)| *kept);
    LINES.keys().map(|(known, _)| *known).find(|known| *known == other).unwrap_or("")
}

fn field_of(name: &str) -> &'static str {
    LINES.keys().map(|(_, field)| *field).find(|field| *field == name).unwrap_or("")
}

/// Grants as a sentence: everyone, or each role with what it needs.
fn told(grants: &[Grant]) -> String {
    let everyone = entities::callers::Role::ALL.iter().all(|role| grants.contains(&Grant(*role, Needs::Nothing)));
    if everyone {
        return "everyone · <span lang=\"vi\">mọi vai trò</span>".into();
    }
    let each = grants.iter().map(|Grant(role, needs)| format!("<b>{}</b>{}", escape(role.as_str()), needed(needs)));
    each.collect::<Vec<_>>().join(", ")
}

fn needed(needs: &Needs) -> String {
    let purposes = |purposes: &[&str]| purposes.iter().map(|word| escape(word)).collect::<Vec<_>>().join(" or ");
    match needs {
        Needs::Nothing => String::new(),
        Needs::Purpose(words) => format!(" for {}", purposes(words)),
        Needs::Scope(scope) => format!(" with <code>{}</code>", escape(scope)),
        Needs::ScopeAndPurpose(scope, words) => format!(" with <code>{}</code> for {}", escape(scope), purposes(words)),
    }
}
