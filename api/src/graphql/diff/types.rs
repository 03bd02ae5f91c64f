//! Types: those that came and went, and what became of the members, values and interfaces of those that stayed.

use std::collections::BTreeSet;

use async_graphql::parser::types::{EnumValueDefinition, FieldDefinition, TypeDefinition, TypeKind};
use async_graphql::{Name, Positioned};

use super::definitions::Definitions;
use super::{Changes, Paired, Severity, deprecation, values};

pub(super) fn compare(changes: &mut Changes, old: &Definitions, new: &Definitions) {
    for (word, root) in &old.roots {
        if new.roots.get(word) != Some(root) {
            let now = new.roots.get(word).map_or("nothing", String::as_str);
            changes.add(Severity::Breaking, "ROOT_CHANGED", *word, format!("The {word} root was {root}, now {now}"));
        }
    }
    let shown = new.shown();
    for (name, before) in &old.types {
        match new.types.get(name) {
            None => changes.add(Severity::Breaking, "TYPE_REMOVED", name, format!("The type {name} was removed")),
            Some(now) => kept(changes, before, now, &shown),
        }
    }
    for name in new.types.keys().filter(|name| !old.types.contains_key(*name)) {
        changes.add(Severity::Safe, "TYPE_ADDED", name, format!("The type {name} is new"));
    }
}

fn kept(changes: &mut Changes, old: &TypeDefinition, new: &TypeDefinition, shown: &BTreeSet<&str>) {
    let name = old.name.node.as_str();
    describe(changes, name, old.description.as_ref(), new.description.as_ref());
    match (&old.kind, &new.kind) {
        (TypeKind::Scalar, TypeKind::Scalar) => specified(changes, name, old, new),
        (TypeKind::Object(before), TypeKind::Object(now)) => {
            implemented(changes, name, &before.implements, &now.implements);
            fields(changes, name, &before.fields, &now.fields);
        }
        (TypeKind::Interface(before), TypeKind::Interface(now)) => {
            implemented(changes, name, &before.implements, &now.implements);
            fields(changes, name, &before.fields, &now.fields);
        }
        (TypeKind::Union(before), TypeKind::Union(now)) => members(changes, name, &before.members, &now.members),
        (TypeKind::Enum(before), TypeKind::Enum(now)) => {
            enumerated(changes, name, &before.values, &now.values, shown.contains(name));
        }
        (TypeKind::InputObject(before), TypeKind::InputObject(now)) => {
            one_of(changes, name, old, new);
            values::input_fields(changes, name, &before.fields, &now.fields);
        }
        (before, now) => {
            let message = format!("{name} was {}, now {}", word(before), word(now));
            changes.add(Severity::Breaking, "TYPE_KIND_CHANGED", name, message);
        }
    }
}

fn word(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Scalar => "a scalar",
        TypeKind::Object(_) => "an object",
        TypeKind::Interface(_) => "an interface",
        TypeKind::Union(_) => "a union",
        TypeKind::Enum(_) => "an enum",
        TypeKind::InputObject(_) => "an input object",
    }
}

/// A text for the reader that was rewritten.
pub(super) fn describe(
    changes: &mut Changes,
    path: &str,
    old: Option<&Positioned<String>>,
    new: Option<&Positioned<String>>,
) {
    if old.map(|text| &text.node) != new.map(|text| &text.node) {
        changes.add(Severity::Safe, "DESCRIPTION_CHANGED", path, format!("{path} is described in other words"));
    }
}

fn specified(changes: &mut Changes, name: &str, old: &TypeDefinition, new: &TypeDefinition) {
    let url = |kind: &TypeDefinition| {
        let found = kind.directives.iter().find(|directive| directive.node.name.node == "specifiedBy");
        found.and_then(|found| found.node.get_argument("url").map(|url| url.node.to_string()))
    };
    if url(old) != url(new) {
        changes.add(Severity::Dangerous, "SPECIFIED_BY_CHANGED", name, format!("{name} names another specification"));
    }
}

fn implemented(changes: &mut Changes, name: &str, old: &[Positioned<Name>], new: &[Positioned<Name>]) {
    let paired = Paired::by(old, new, |interface| interface.node.as_str());
    for gone in paired.removed {
        let message = format!("{name} no longer implements {}", gone.node);
        changes.add(Severity::Breaking, "IMPLEMENTED_INTERFACE_REMOVED", name, message);
    }
    for come in paired.added {
        let message = format!("{name} now implements {}", come.node);
        changes.add(Severity::Dangerous, "IMPLEMENTED_INTERFACE_ADDED", name, message);
    }
}

fn members(changes: &mut Changes, name: &str, old: &[Positioned<Name>], new: &[Positioned<Name>]) {
    let paired = Paired::by(old, new, |member| member.node.as_str());
    for gone in paired.removed {
        let message = format!("{} left the union {name}", gone.node);
        changes.add(Severity::Breaking, "UNION_MEMBER_REMOVED", name, message);
    }
    for come in paired.added {
        let message = format!("{} joined the union {name}", come.node);
        changes.add(Severity::Dangerous, "UNION_MEMBER_ADDED", name, message);
    }
}

/// A new value surprises a program that reads it; one that only callers send surprises nobody.
fn enumerated(
    changes: &mut Changes,
    name: &str,
    old: &[Positioned<EnumValueDefinition>],
    new: &[Positioned<EnumValueDefinition>],
    is_shown: bool,
) {
    let paired = Paired::by(old, new, |value| value.node.value.node.as_str());
    for gone in paired.removed {
        let path = format!("{name}.{}", gone.node.value.node);
        let (severity, how) = deprecation::removal(changes, &gone.node.directives);
        changes.add(severity, "ENUM_VALUE_REMOVED", &path, format!("The value {path} was removed{how}"));
    }
    for come in paired.added {
        let path = format!("{name}.{}", come.node.value.node);
        let severity = if is_shown { Severity::Dangerous } else { Severity::Safe };
        changes.add(severity, "ENUM_VALUE_ADDED", &path, format!("The value {path} is new"));
    }
    for (before, now) in paired.kept {
        let path = format!("{name}.{}", before.node.value.node);
        describe(changes, &path, before.node.description.as_ref(), now.node.description.as_ref());
        deprecation::compare(changes, &path, &before.node.directives, &now.node.directives);
    }
}

fn one_of(changes: &mut Changes, name: &str, old: &TypeDefinition, new: &TypeDefinition) {
    let is = |kind: &TypeDefinition| kind.directives.iter().any(|directive| directive.node.name.node == "oneOf");
    match (is(old), is(new)) {
        (false, true) => {
            let message = format!("{name} now takes exactly one of its fields");
            changes.add(Severity::Breaking, "ONE_OF_ADDED", name, message);
        }
        (true, false) => {
            let message = format!("{name} no longer takes exactly one of its fields");
            changes.add(Severity::Dangerous, "ONE_OF_REMOVED", name, message);
        }
        _ => {}
    }
}

fn fields(
    changes: &mut Changes,
    owner: &str,
    old: &[Positioned<FieldDefinition>],
    new: &[Positioned<FieldDefinition>],
) {
    let paired = Paired::by(old, new, |field| field.node.name.node.as_str());
    for gone in paired.removed {
        let path = format!("{owner}.{}", gone.node.name.node);
        let (severity, how) = deprecation::removal(changes, &gone.node.directives);
        changes.add(severity, "FIELD_REMOVED", &path, format!("The field {path} was removed{how}"));
    }
    for come in paired.added {
        let path = format!("{owner}.{}", come.node.name.node);
        changes.add(Severity::Safe, "FIELD_ADDED", &path, format!("The field {path} is new"));
    }
    for (before, now) in paired.kept {
        let (before, now) = (&before.node, &now.node);
        let path = format!("{owner}.{}", before.name.node);
        describe(changes, &path, before.description.as_ref(), now.description.as_ref());
        deprecation::compare(changes, &path, &before.directives, &now.directives);
        values::output_type(changes, &path, &before.ty.node, &now.ty.node);
        values::arguments(changes, &path, &before.arguments, &now.arguments);
    }
}
