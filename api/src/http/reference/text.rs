//! Words as HTML: escaped, with code as code, Vietnamese marked as such, and types as links to where they are explained.

use async_graphql::parser::types::{BaseType, Type};

/// Letters that only Vietnamese has.
const LETTERS: &str = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ";
const BUILT_IN: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

/// A text that is shown as it stands.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A sentence of the schema: `code` in backquotes, the Vietnamese term in brackets.
pub(super) fn prose(text: &str) -> String {
    let mut html = String::new();
    for (place, piece) in text.split('`').enumerate() {
        if place % 2 == 1 {
            html.push_str(&format!("<code>{}</code>", escape(piece)));
        } else {
            html.push_str(&marked(piece));
        }
    }
    html
}

/// Brackets that hold Vietnamese are marked as such, for eyes and for those who listen.
fn marked(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        let Some((inside, behind)) = after.split_once(')') else { break };
        html.push_str(&escape(before));
        if is_vietnamese(inside) {
            html.push_str(&format!("<i lang=\"vi\">({})</i>", escape(inside)));
        } else {
            html.push_str(&escape(&format!("({inside})")));
        }
        rest = behind;
    }
    html + &escape(rest)
}

fn is_vietnamese(text: &str) -> bool {
    text.to_lowercase().chars().any(|letter| LETTERS.contains(letter))
}

/// A link to a type, or the plain name of a built-in one.
pub(super) fn named(name: &str) -> String {
    let shown = escape(name);
    if BUILT_IN.contains(&name) { shown } else { format!("<a href=\"#{shown}\">{shown}</a>") }
}

/// A type with its lists and exclamation marks.
pub(super) fn typed(ty: &Type) -> String {
    let base = match &ty.base {
        BaseType::Named(name) => named(name),
        BaseType::List(inner) => format!("[{}]", typed(inner)),
    };
    if ty.nullable { base } else { format!("{base}!") }
}

/// The name inside all lists.
pub(super) fn inner(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inside) => inner(inside),
    }
}
