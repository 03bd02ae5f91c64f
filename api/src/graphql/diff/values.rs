//! What goes in and what comes out: a reply may promise more than before, an input may ask for less.

use async_graphql::Positioned;
use async_graphql::parser::types::{BaseType, InputValueDefinition, Type};

use super::types::describe;
use super::{Changes, Paired, Severity, deprecation};

/// The kinds of change of one sort of input.
struct Kinds {
    removed: &'static str,
    required: &'static str,
    optional: &'static str,
    retyped: &'static str,
    defaulted: &'static str,
}

const ARGUMENT: Kinds = Kinds {
    removed: "ARGUMENT_REMOVED",
    required: "REQUIRED_ARGUMENT_ADDED",
    optional: "OPTIONAL_ARGUMENT_ADDED",
    retyped: "ARGUMENT_TYPE_CHANGED",
    defaulted: "ARGUMENT_DEFAULT_CHANGED",
};

const INPUT_FIELD: Kinds = Kinds {
    removed: "INPUT_FIELD_REMOVED",
    required: "REQUIRED_INPUT_FIELD_ADDED",
    optional: "OPTIONAL_INPUT_FIELD_ADDED",
    retyped: "INPUT_FIELD_TYPE_CHANGED",
    defaulted: "INPUT_FIELD_DEFAULT_CHANGED",
};

type Values = [Positioned<InputValueDefinition>];

/// Arguments of a field or directive at `path`.
pub(super) fn arguments(changes: &mut Changes, path: &str, old: &Values, new: &Values) {
    compare(changes, &ARGUMENT, |name| format!("{path}({name}:)"), old, new);
}

/// Fields of an input object.
pub(super) fn input_fields(changes: &mut Changes, owner: &str, old: &Values, new: &Values) {
    compare(changes, &INPUT_FIELD, |name| format!("{owner}.{name}"), old, new);
}

fn compare(changes: &mut Changes, kinds: &Kinds, path: impl Fn(&str) -> String, old: &Values, new: &Values) {
    let paired = Paired::by(old, new, |value| value.node.name.node.as_str());
    for gone in paired.removed {
        let path = path(&gone.node.name.node);
        let (severity, how) = deprecation::removal(changes, &gone.node.directives);
        changes.add(severity, kinds.removed, &path, format!("{path} was removed{how}"));
    }
    for come in paired.added {
        let path = path(&come.node.name.node);
        if !come.node.ty.node.nullable && come.node.default_value.is_none() {
            changes.add(Severity::Breaking, kinds.required, &path, format!("{path} is new and must be given"));
        } else {
            changes.add(Severity::Dangerous, kinds.optional, &path, format!("{path} is new and may be left out"));
        }
    }
    for (before, now) in paired.kept {
        one(changes, kinds, &path(&before.node.name.node), &before.node, &now.node);
    }
}

fn one(changes: &mut Changes, kinds: &Kinds, path: &str, old: &InputValueDefinition, new: &InputValueDefinition) {
    describe(changes, path, old.description.as_ref(), new.description.as_ref());
    deprecation::compare(changes, path, &old.directives, &new.directives);
    let (before, now) = (&old.ty.node, &new.ty.node);
    if before != now {
        let severity = if accepts(before, now) { Severity::Safe } else { Severity::Breaking };
        changes.add(severity, kinds.retyped, path, format!("{path} was {before}, now {now}"));
    }
    let default = |value: &InputValueDefinition| value.default_value.as_ref().map(|value| value.node.to_string());
    if default(old) != default(new) {
        let said = |value: Option<String>| value.unwrap_or_else(|| "nothing".into());
        let message = format!("{path} stood for {} when left out, now for {}", said(default(old)), said(default(new)));
        // What may not be null and stands for nothing can no longer be left out.
        let is_required = !now.nullable && new.default_value.is_none();
        let severity = if is_required { Severity::Breaking } else { Severity::Dangerous };
        changes.add(severity, kinds.defaulted, path, message);
    }
}

/// The type of a field in replies.
pub(super) fn output_type(changes: &mut Changes, path: &str, old: &Type, new: &Type) {
    if old != new {
        let severity = if promises(old, new) { Severity::Safe } else { Severity::Breaking };
        changes.add(severity, "FIELD_TYPE_CHANGED", path, format!("{path} was {old}, now {new}"));
    }
}

/// Whether every reply of the new type is one of the old type.
fn promises(old: &Type, new: &Type) -> bool {
    let base = match (&old.base, &new.base) {
        (BaseType::Named(old), BaseType::Named(new)) => old == new,
        (BaseType::List(old), BaseType::List(new)) => promises(old, new),
        _ => false,
    };
    base && (old.nullable || !new.nullable)
}

/// Whether every input of the old type is one of the new type.
fn accepts(old: &Type, new: &Type) -> bool {
    let base = match (&old.base, &new.base) {
        (BaseType::Named(old), BaseType::Named(new)) => old == new,
        (BaseType::List(old), BaseType::List(new)) => accepts(old, new),
        _ => false,
    };
    base && (new.nullable || !old.nullable)
}
