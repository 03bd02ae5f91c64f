//! GraphiQL for a browser: a page with assets of its own, so that it works without any other host. What lies in the folder,
//! and under which licence, stands in its `NOTICE.md`.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Response};

use super::problem::Problem;

const PAGE: &str = include_str!("graphiql/page.html");
/// Scripts and styles come from the hub alone; the editor sets styles of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// Files of other makers have their version in their name and never change; ours may.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const FOR_A_WHILE: &str = "no-cache";

struct Asset {
    name: &'static str,
    kind: &'static str,
    is_compressed: bool,
    bytes: &'static [u8],
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

const fn vendored(name: &'static str, kind: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { name, kind, is_compressed: true, bytes }
}

const fn own(name: &'static str, kind: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { name, kind, is_compressed: false, bytes }
}

static ASSETS: [Asset; 8] = [
    vendored("graphiql-3.8.2.js", SCRIPT, include_bytes!("graphiql/graphiql-3.8.2.js.gz")),
    vendored("graphiql-3.8.2.css", STYLE, include_bytes!("graphiql/graphiql-3.8.2.css.gz")),
    vendored("react-18.3.1.js", SCRIPT, include_bytes!("graphiql/react-18.3.1.js.gz")),
    vendored("react-dom-18.3.1.js", SCRIPT, include_bytes!("graphiql/react-dom-18.3.1.js.gz")),
    own("examples.js", SCRIPT, include_bytes!("graphiql/examples.js")),
    own("session.js", SCRIPT, include_bytes!("graphiql/session.js")),
    own("page.js", SCRIPT, include_bytes!("graphiql/page.js")),
    own("page.css", STYLE, include_bytes!("graphiql/page.css")),
];

/// The page. It is open to everyone: what it asks is not.
pub fn page() -> Response {
    let headers = [(CONTENT_SECURITY_POLICY, POLICY), (REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, FOR_A_WHILE)];
    (headers, Html(PAGE)).into_response()
}

/// A file of the page.
///
/// # Errors
/// 404 for any other name.
pub async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or_else(Problem::not_found)?;
    let age = if asset.is_compressed { FOR_EVER } else { FOR_A_WHILE };
    let headers = [(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, age)];
    // Every browser of the last twenty years takes gzip.
    let encoding = asset.is_compressed.then_some([(CONTENT_ENCODING, "gzip")]);
    Ok(match encoding {
        Some(encoding) => (headers, encoding, asset.bytes).into_response(),
        None => (headers, asset.bytes).into_response(),
    })
}

#[cfg(test)]
mod tests {
    use super::{ASSETS, PAGE};

    #[test]
    fn the_page_names_its_own_assets_and_no_other_host() {
        for asset in &ASSETS {
            assert!(PAGE.contains(&format!("\"/graphql/assets/{}\"", asset.name)), "{}", asset.name);
        }
        assert_eq!(PAGE.matches("/graphql/assets/").count(), ASSETS.len());
        assert!(!PAGE.contains("//"), "the page must not reach another host");
    }
}
