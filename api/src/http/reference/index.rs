//! The table of contents: the verbs, then every type by its kind.

use async_graphql::parser::types::{FieldDefinition, TypeDefinition, TypeKind};

use super::Definitions;
use super::text::escape;

/// A heading in both languages, and which types stand under it.
type List = (&'static str, &'static str, fn(&TypeDefinition) -> bool);

/// The lists in their order.
const LISTS: [List; 6] = [
    ("Objects", "đối tượng", |kind| matches!(kind.kind, TypeKind::Object(_)) && !is_root(kind) && !is_page(kind)),
    ("Interfaces and unions", "giao diện", |kind| matches!(kind.kind, TypeKind::Interface(_) | TypeKind::Union(_))),
    ("Inputs", "dữ liệu nhập", |kind| matches!(kind.kind, TypeKind::InputObject(_))),
    ("Enums", "danh mục", |kind| matches!(kind.kind, TypeKind::Enum(_))),
    ("Scalars", "kiểu giá trị", |kind| matches!(kind.kind, TypeKind::Scalar)),
    ("Pages", "phân trang", is_page),
];

pub(super) fn of(definitions: &Definitions) -> String {
    let mut html = String::from("<nav aria-label=\"Contents\">");
    let mut roots: Vec<_> = definitions.types.iter().filter(|kind| is_root(kind)).collect();
    roots.sort_by_key(|root| root.name.node != "Query");
    for root in roots {
        let name = root.name.node.as_str();
        let fields = fields(root);
        let links = fields.iter().map(|field| link(&format!("{name}.{}", field.name.node), &field.name.node));
        html.push_str(&list(name, verbs(name), links, " open"));
    }
    for (heading, vi, belongs) in LISTS {
        let links =
            definitions.types.iter().filter(|kind| belongs(kind)).map(|kind| link(&kind.name.node, &kind.name.node));
        html.push_str(&list(heading, vi, links, ""));
    }
    let rest = [("directives", "Directives"), ("errors", "Errors · lỗi"), ("limits", "Limits · giới hạn")];
    html.push_str(&list("More", "khác", rest.iter().map(|(id, shown)| link(id, shown)), " open"));
    html + "</nav>"
}

fn list(heading: &str, vi: &str, links: impl Iterator<Item = String>, open: &str) -> String {
    let items: String = links.map(|link| format!("<li>{link}</li>")).collect();
    if items.is_empty() {
        return items;
    }
    format!("<details{open}><summary>{heading} · <span lang=\"vi\">{vi}</span></summary><ul>{items}</ul></details>")
}

fn link(id: &str, shown: &str) -> String {
    format!("<a href=\"#{}\">{}</a>", escape(id), escape(shown))
}

fn verbs(root: &str) -> &'static str {
    match root {
        "Query" => "truy vấn",
        "Mutation" => "thao tác ghi",
        _ => "theo dõi",
    }
}

pub(super) fn is_root(kind: &TypeDefinition) -> bool {
    matches!(kind.name.node.as_str(), "Query" | "Mutation" | "Subscription")
}

/// Relay's own shapes, which say nothing about schools.
pub(super) fn is_page(kind: &TypeDefinition) -> bool {
    let name = kind.name.node.as_str();
    let has = |wanted: &str| fields(kind).iter().any(|field| field.name.node == wanted);
    name == "PageInfo" || has("edges") || (name.ends_with("Edge") && has("cursor"))
}

fn fields(kind: &TypeDefinition) -> Vec<&FieldDefinition> {
    let fields = match &kind.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        _ => return Vec::new(),
    };
    fields.iter().map(|field| &field.node).collect()
}
