//! The reference page at `/graphql/reference`: every type, field, argument and value of the schema with its sentence, who may
//! read it, the errors and the limits. It is made from the schema and the policy that run, and needs no other file.

mod index;
mod rights;
mod tables;
mod text;
mod types;

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{DirectiveDefinition, TypeDefinition, TypeSystemDefinition};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;

use crate::config::Config;
use crate::graphql::schema;
use crate::hub::Hub;

const STYLE: &str = include_str!("reference/page.css");

/// What the page is about, in both languages, before the first list.
const OPENING: &str = "<p>One endpoint, <code>POST /graphql</code>, with a bearer token. Every sentence below is the schema's own: \
    English, with the Vietnamese official term. <a href=\"/graphql\">GraphiQL</a> runs queries in the browser; \
    <a href=\"/schema.graphql\">schema.graphql</a> is the same contract for programs. A field that you may not read is null, and \
    its path stands in <code>extensions.masked</code>. The search of your browser finds both languages.</p>\
    <p lang=\"vi\">Một điểm truy cập duy nhất, <code>POST /graphql</code>, dùng mã truy cập (bearer token). Mỗi mục có câu tiếng Anh \
    kèm thuật ngữ tiếng Việt; mục “Ai được dùng” cho biết vai trò, quyền trong hợp đồng và mục đích cần nêu. Trường dữ liệu không \
    được đọc trả về null, đường dẫn của nó nằm trong <code>extensions.masked</code>. Dùng chức năng tìm kiếm của trình duyệt.</p>";

/// Everything that the schema defines, in the order of its text.
struct Definitions {
    types: Vec<TypeDefinition>,
    directives: Vec<DirectiveDefinition>,
}

/// The part of the page that is the same in every hub.
static SCHEMA: LazyLock<(String, String)> = LazyLock::new(|| {
    let definitions = definitions();
    (index::of(&definitions), types::of(&definitions))
});

/// The page may show its own style and nothing else: no script, no picture, no other host.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
});

/// Shows the page. It is open to everyone, as the schema is.
pub async fn page(State(hub): State<Arc<Hub>>) -> Response {
    let policy = POLICY.as_str();
    let headers = [(CONTENT_SECURITY_POLICY, policy), (REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, "no-cache")];
    (headers, Html(written(&hub.config))).into_response()
}

fn written(config: &Config) -> String {
    let (index, types) = &*SCHEMA;
    let (errors, limits) = (tables::errors(), tables::limits(config));
    let mut page = String::with_capacity(types.len() + 64 * 1024);
    // Writing into a text cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Liên Thông · GraphQL reference</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<header><h1>Liên Thông <small>GraphQL reference · <span lang=\"vi\">tài liệu tham chiếu</span> · {}</small></h1>\
         {OPENING}</header>\n{index}\n<main>\n{types}{errors}{limits}</main>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
    );
    page
}

fn definitions() -> Definitions {
    let mut found = Definitions { types: Vec::new(), directives: Vec::new() };
    // The engine reads what the engine wrote; a test opens the page.
    for definition in parse_schema(schema::sdl()).map(|document| document.definitions).unwrap_or_default() {
        match definition {
            TypeSystemDefinition::Type(kind) => found.types.push(kind.node),
            TypeSystemDefinition::Directive(directive) => found.directives.push(directive.node),
            TypeSystemDefinition::Schema(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests;
