//! The difference of two schemas, told by what it does to clients: what breaks them, what may surprise them, what is safe.

mod definitions;
pub mod deprecation;
mod directives;
mod types;
mod values;

use std::fmt;

use chrono::NaiveDate;

use definitions::Definitions;

/// What a change does to a client that was written against the older schema; the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// A document that was valid fails, or a reply has another shape.
    Breaking,
    /// Every document stays valid, but a program may meet what it never met before.
    Dangerous,
    /// Nobody notices who does not look.
    Safe,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Breaking => "BREAKING",
            Self::Dangerous => "DANGEROUS",
            Self::Safe => "SAFE",
        })
    }
}

/// One difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// What it does to clients.
    pub severity: Severity,
    /// Its kind, as `FIELD_REMOVED`, in the words of the public schema comparers.
    pub kind: &'static str,
    /// Where, as `School.students(first:)`.
    pub path: String,
    /// A sentence about it.
    pub message: String,
}

/// What changed from `old` to `new`, the worst first; `today` decides whether a deprecation has run out.
///
/// # Errors
/// A sentence when one of the two is not a schema.
pub fn compare(old: &str, new: &str, today: NaiveDate) -> Result<Vec<Change>, String> {
    let parse = |which: &str, text: &str| Definitions::parse(text).map_err(|error| format!("The {which} {error}"));
    let (old, new) = (parse("older schema", old)?, parse("newer schema", new)?);
    let mut changes = Changes { today, list: Vec::new() };
    types::compare(&mut changes, &old, &new);
    directives::compare(&mut changes, &old, &new);
    let mut list = changes.list;
    list.sort_by(|a, b| (a.severity, &a.path, a.kind).cmp(&(b.severity, &b.path, b.kind)));
    Ok(list)
}

/// The list while it grows.
struct Changes {
    today: NaiveDate,
    list: Vec<Change>,
}

impl Changes {
    fn add(&mut self, severity: Severity, kind: &'static str, path: impl Into<String>, message: impl Into<String>) {
        self.list.push(Change { severity, kind, path: path.into(), message: message.into() });
    }
}

/// What stands only in the older list, in both, and only in the newer one, by name.
struct Paired<'a, T> {
    removed: Vec<&'a T>,
    kept: Vec<(&'a T, &'a T)>,
    added: Vec<&'a T>,
}

impl<'a, T> Paired<'a, T> {
    fn by(old: &'a [T], new: &'a [T], name: impl Fn(&T) -> &str) -> Self {
        let find = |list: &'a [T], wanted: &str| list.iter().find(|thing| name(thing) == wanted);
        Self {
            removed: old.iter().filter(|thing| find(new, name(thing)).is_none()).collect(),
            kept: old.iter().filter_map(|thing| find(new, name(thing)).map(|found| (thing, found))).collect(),
            added: new.iter().filter(|thing| find(old, name(thing)).is_none()).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
