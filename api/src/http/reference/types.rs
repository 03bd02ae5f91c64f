//! The sections of the page: one for each type, one for the directives.

use async_graphql::Positioned;
use async_graphql::parser::types::{
    ConstDirective, EnumValueDefinition, FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind,
};
use async_graphql::{Name, Value};

use super::text::{escape, inner, named, prose, typed};
use super::{Definitions, index, rights};

type Description = Option<Positioned<String>>;
type Directives = [Positioned<ConstDirective>];

pub(super) fn of(definitions: &Definitions) -> String {
    let mut kinds: Vec<_> = definitions.types.iter().collect();
    kinds.sort_by_key(|kind| (kind.name.node != "Query", !index::is_root(kind), index::is_page(kind)));
    let mut html: String = kinds.into_iter().map(section).collect();
    html.push_str("<section id=\"directives\"><h2>Directives</h2>");
    for directive in &definitions.directives {
        let name = format!("@{}", directive.name.node);
        let arguments = arguments(&name, &directive.arguments);
        html.push_str(&entry(&name, &escape(&name), &directive.description, &[], &arguments));
    }
    html + "</section>\n"
}

fn section(kind: &TypeDefinition) -> String {
    let name = escape(&kind.name.node);
    let (word, body) = match &kind.kind {
        TypeKind::Scalar => ("scalar", String::new()),
        TypeKind::Object(object) => ("type", implements(&object.implements) + &fields(&name, &object.fields)),
        TypeKind::Interface(interface) => ("interface", fields(&name, &interface.fields)),
        TypeKind::Union(union) => ("union", implements(&union.members)),
        TypeKind::Enum(list) => ("enum", list.values.iter().map(|value| value_of(&name, &value.node)).collect()),
        TypeKind::InputObject(input) => ("input", inputs(kind, &name, &input.fields)),
    };
    let about = kind.description.as_ref().map(|text| format!("<p>{}</p>", prose(&text.node))).unwrap_or_default();
    format!(
        "<section id=\"{name}\"><h2><small>{word}</small> <a href=\"#{name}\">{name}</a></h2>{about}{body}</section>\n"
    )
}

fn implements(names: &[Positioned<Name>]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let links: Vec<_> = names.iter().map(|name| named(&name.node)).collect();
    format!("<p class=\"of\">→ {}</p>", links.join(", "))
}

fn inputs(kind: &TypeDefinition, owner: &str, fields: &[Positioned<InputValueDefinition>]) -> String {
    let one_of = kind.directives.iter().any(|directive| directive.node.name.node == "oneOf");
    let note = "<p class=\"of\"><code>@oneOf</code>: exactly one of these · <span lang=\"vi\">đúng một trong các mục sau</span></p>";
    let listed: String = fields.iter().map(|field| given(owner, &field.node, ".")).collect();
    if one_of { note.to_owned() + &listed } else { listed }
}

fn fields(owner: &str, fields: &[Positioned<FieldDefinition>]) -> String {
    fields.iter().map(|field| field_of(owner, &field.node)).collect()
}

fn field_of(owner: &str, field: &FieldDefinition) -> String {
    let path = format!("{owner}.{}", field.name.node);
    let head = format!("{}: {}", escape(&field.name.node), typed(&field.ty.node));
    let who = rights::of_field(owner, &field.name.node, inner(&field.ty.node));
    let who = if who.is_empty() {
        who
    } else {
        format!("<p class=\"who\"><span>Who · <span lang=\"vi\">ai được dùng</span></span> {who}</p>")
    };
    let below = arguments(&path, &field.arguments) + &who;
    entry(&path, &head, &field.description, &field.directives, &below)
}

fn arguments(path: &str, arguments: &[Positioned<InputValueDefinition>]) -> String {
    if arguments.is_empty() {
        return String::new();
    }
    let listed: String = arguments.iter().map(|argument| given(path, &argument.node, ":")).collect();
    format!("<div class=\"arguments\">{listed}</div>")
}

/// An argument or a field of an input, with what it stands for when it is left out.
fn given(owner: &str, value: &InputValueDefinition, joint: &str) -> String {
    let path = format!("{owner}{joint}{}", value.name.node);
    let default = value.default_value.as_ref().map(|value| format!(" = {}", escape(&value.node.to_string())));
    let head = format!("{}: {}{}", escape(&value.name.node), typed(&value.ty.node), default.unwrap_or_default());
    entry(&path, &head, &value.description, &value.directives, "")
}

fn value_of(owner: &str, value: &EnumValueDefinition) -> String {
    let path = format!("{owner}.{}", value.value.node);
    entry(&path, &escape(&value.value.node), &value.description, &value.directives, "")
}

/// One thing with its anchor, its signature, its sentence and what belongs below.
fn entry(path: &str, head: &str, description: &Description, directives: &Directives, below: &str) -> String {
    let about = description.as_ref().map(|text| format!("<p>{}</p>", prose(&text.node))).unwrap_or_default();
    let path = escape(path);
    let link = format!("<a class=\"anchor\" href=\"#{path}\" aria-label=\"Link\">#</a>");
    format!(
        "<div class=\"entry\" id=\"{path}\"><code>{head}</code>{link}{about}{}{below}</div>",
        deprecated(directives)
    )
}

fn deprecated(directives: &Directives) -> String {
    let Some(found) = directives.iter().find(|directive| directive.node.name.node == "deprecated") else {
        return String::new();
    };
    let reason = match found.node.get_argument("reason").map(|reason| &reason.node) {
        Some(Value::String(reason)) => prose(reason),
        _ => String::new(),
    };
    format!("<p class=\"deprecated\"><b>Deprecated · <span lang=\"vi\">sắp ngừng dùng</span></b> {reason}</p>")
}
