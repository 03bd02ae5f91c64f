//! The field policy: which role reads which field, and uses which verb, for which purpose. It is data ([`table::TABLE`]);
//! resolvers, descriptions and the test matrix come from it. What has no line is denied.

pub mod table;

use std::collections::HashMap;
use std::sync::LazyLock;

use entities::callers::{Caller, Role};
use table::TABLE;

/// The kind under which root queries and mutations stand in the table.
pub const VERB: &str = "Verb";
/// The field that stands for every field of a kind without a line of its own.
pub const REST: &str = "*";

/// What a caller needs besides the role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Nothing more.
    Nothing,
    /// One of these purposes is stated.
    Purpose(&'static [&'static str]),
    /// A contract with this scope.
    Scope(&'static str),
    /// A contract with this scope, and one of these purposes is stated.
    ScopeAndPurpose(&'static str, &'static [&'static str]),
}

/// One line of the policy: a role may, given what it needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grant(pub Role, pub Needs);

/// A field with everyone who may read it in full. Grants add up: one that fits is enough.
#[derive(Clone, Debug)]
pub struct Line {
    /// The GraphQL type, or [`VERB`].
    pub kind: &'static str,
    /// The field, the verb, or [`REST`].
    pub field: &'static str,
    /// Who may; groups of grants, so that equal fields share theirs.
    pub grants: &'static [&'static [Grant]],
}

/// Lines ready to be asked.
pub struct Policy(HashMap<&'static str, HashMap<&'static str, Vec<Grant>>>);

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::new(lines()));

/// Every line of the table with its grants, one entry for each field.
pub fn lines() -> impl Iterator<Item = (&'static str, &'static str, Vec<Grant>)> {
    TABLE.iter().map(|line| (line.kind, line.field, line.grants.concat()))
}

/// Whether `caller` may read `kind.field` in full for `purpose`.
#[must_use]
pub fn may_read(caller: &Caller, purpose: Option<&str>, kind: &str, field: &str) -> bool {
    POLICY.allows(caller.role, &caller.scopes, stated(caller, purpose), kind, field)
}

/// Whether `caller` may use a root query or mutation for `purpose`.
#[must_use]
pub fn may_use(caller: &Caller, purpose: Option<&str>, verb: &str) -> bool {
    may_read(caller, purpose, VERB, verb)
}

/// Whether reading `kind` is written into the access log: a single child's record, looked at by an office or a program.
#[must_use]
pub fn is_logged(caller: &Caller, kind: &str) -> bool {
    kind == "Student"
        && matches!(caller.role, Role::ProvinceOfficer | Role::CommuneOfficer | Role::VendorApp | Role::BankPartner)
}

/// A purpose counts only when the contract or the role carries it.
fn stated<'a>(caller: &Caller, purpose: Option<&'a str>) -> Option<&'a str> {
    purpose.filter(|purpose| caller.purposes.iter().any(|carried| carried == purpose))
}

impl Policy {
    /// A policy of these lines.
    pub fn new(lines: impl IntoIterator<Item = (&'static str, &'static str, Vec<Grant>)>) -> Self {
        let mut kinds: HashMap<_, HashMap<_, Vec<Grant>>> = HashMap::new();
        for (kind, field, grants) in lines {
            kinds.entry(kind).or_default().entry(field).or_default().extend(grants);
        }
        Self(kinds)
    }

    /// Whether a role with these scopes may read a field for the stated purpose.
    #[must_use]
    pub fn allows(&self, role: Role, scopes: &[String], purpose: Option<&str>, kind: &str, field: &str) -> bool {
        let Some(fields) = self.0.get(kind) else { return false };
        let Some(grants) = fields.get(field).or_else(|| fields.get(REST)) else { return false };
        let holds = |scope: &str| scopes.iter().any(|held| held == scope);
        let states = |purposes: &[&str]| purpose.is_some_and(|purpose| purposes.contains(&purpose));
        grants.iter().filter(|grant| grant.0 == role).any(|grant| match grant.1 {
            Needs::Nothing => true,
            Needs::Purpose(purposes) => states(purposes),
            Needs::Scope(scope) => holds(scope),
            Needs::ScopeAndPurpose(scope, purposes) => holds(scope) && states(purposes),
        })
    }
}

#[cfg(test)]
mod tests;
