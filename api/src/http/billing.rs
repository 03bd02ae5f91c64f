//! `/billing`: the hub's own bill protocol for banks, the page that explains it, and its OpenAPI document.

use std::sync::{Arc, LazyLock};

use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderMap, Method};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connectors::banks::bill::OPENAPI;
use connectors::inbound::CLIENT_CERTIFICATE;
use entities::ids::ConnectionId;
use ring::digest;

use super::peer::{Peer, ThroughProxy};
use super::problem::Problem;
use super::webhook::response;
use super::whole::Whole;
use crate::clock;
use crate::flows::receive::{Door, Raw, receive};
use crate::hub::Hub;

const STYLE: &str = include_str!("reference/page.css");
const PAGE: &str = include_str!("billing/page.html");

/// The page may show its own style and nothing else: no script, no picture, no other host.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
});

/// The page for a bank's engineers, in both languages. It is open to everyone.
pub async fn page() -> Response {
    let policy = POLICY.as_str();
    let headers = [(CONTENT_SECURITY_POLICY, policy), (REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, "no-cache")];
    (headers, Html(PAGE.replace("/* the style of the reference page */", STYLE))).into_response()
}

/// The protocol in OpenAPI 3.1.
pub async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], OPENAPI).into_response()
}

/// A call of a bank.
///
/// # Errors
/// 404 when there is no such connection, 413 when the body is too large.
#[expect(clippy::too_many_arguments, reason = "the parts of one request, taken apart by the router")]
pub async fn call(
    State(hub): State<Arc<Hub>>,
    Path((connection, verb)): Path<(String, String)>,
    method: Method,
    RawQuery(query): RawQuery,
    Peer(from): Peer,
    ThroughProxy(through_proxy): ThroughProxy,
    mut headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, Problem> {
    let id: ConnectionId = connection.parse().map_err(|_| Problem::not_found())?;
    if !through_proxy {
        headers.remove(CLIENT_CERTIFICATE);
    }
    let pairs: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let (tail, query) = (format!("/{verb}"), query.unwrap_or_default());
    let raw = Raw { method: method.as_str(), tail: &tail, query: &query, headers: &pairs, body: &body };
    let reply = receive(&hub, (Door::Billing, id), raw, from, clock::now()).await?.ok_or_else(Problem::not_found)?;
    Ok(response(reply))
}
