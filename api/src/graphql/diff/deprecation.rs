//! Deprecations with a date: `@deprecated(reason: "Use code; until 2027-01-31")`. What is deprecated works through that day.

use async_graphql::parser::types::ConstDirective;
use async_graphql::{Positioned, Value};
use chrono::NaiveDate;

use super::{Changes, Severity};

/// The word before the date.
const UNTIL: &str = "until ";

/// The last day on which what is deprecated for `reason` works; none when the reason names no day.
#[must_use]
pub fn until(reason: &str) -> Option<NaiveDate> {
    let (_, after) = reason.rsplit_once(UNTIL)?;
    after.get(..10)?.parse().ok()
}

/// The reason of a deprecation; none where nothing is deprecated.
pub(super) fn reason(directives: &[Positioned<ConstDirective>]) -> Option<String> {
    let found = directives.iter().find(|directive| directive.node.name.node == "deprecated")?;
    Some(match found.node.get_argument("reason").map(|reason| &reason.node) {
        Some(Value::String(reason)) => reason.clone(),
        _ => "No longer supported".into(),
    })
}

/// What it does to clients that something goes which had these directives: those who were warned, and for long enough, can
/// have left.
pub(super) fn removal(changes: &Changes, directives: &[Positioned<ConstDirective>]) -> (Severity, &'static str) {
    match reason(directives).map(|reason| until(&reason)) {
        Some(Some(day)) if day < changes.today => (Severity::Dangerous, "; its deprecation has run out"),
        Some(Some(_)) => (Severity::Breaking, " before its deprecation has run out"),
        Some(None) => (Severity::Breaking, "; its deprecation named no day"),
        None => (Severity::Breaking, " without a deprecation"),
    }
}

/// Compares the deprecations of something that stayed.
pub(super) fn compare(
    changes: &mut Changes,
    path: &str,
    old: &[Positioned<ConstDirective>],
    new: &[Positioned<ConstDirective>],
) {
    match (reason(old), reason(new)) {
        (None, Some(reason)) => {
            changes.add(Severity::Safe, "DEPRECATION_ADDED", path, format!("{path} is deprecated: {reason}"));
        }
        (Some(_), None) => {
            changes.add(Severity::Dangerous, "DEPRECATION_REMOVED", path, format!("{path} is no longer deprecated"));
        }
        (Some(before), Some(now)) if before != now => {
            let earlier = matches!((until(&before), until(&now)), (Some(before), Some(now)) if now < before);
            let severity = if earlier { Severity::Dangerous } else { Severity::Safe };
            let message = format!("{path} is deprecated for another reason: {now}");
            changes.add(severity, "DEPRECATION_REASON_CHANGED", path, message);
        }
        _ => {}
    }
}
