//! `/billing`: the hub's own bill protocol for banks, the page that explains it, and its OpenAPI document.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::{Extension, FromRequestParts, Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::request::Parts;
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
use super::whole::{Limit, Whole};
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
pub async fn call(
    hub: State<Arc<Hub>>,
    Path((connection, verb)): Path<(String, String)>,
    method: Method,
    query: RawQuery,
    sender: Sender,
    Whole(body): Whole,
) -> Result<Response, Problem> {
    answer(hub, &connection, &format!("/{verb}"), (method, query), sender, &body).await
}

/// A bank's day, or a question for ours. It is read whole, so few are read at once.
///
/// # Errors
/// As [`call`]; 503 when as many are being read as may be.
pub async fn day(
    hub: State<Arc<Hub>>,
    Path((connection, day)): Path<(String, String)>,
    method: Method,
    query: RawQuery,
    sender: Sender,
    Extension(limit): Extension<Limit>,
    body: Body,
) -> Result<Response, Problem> {
    let _place = hub.day_files.try_acquire().map_err(|_| Problem::unavailable())?;
    let Whole(body) = limit.read(&sender.headers, body).await?;
    answer(hub.clone(), &connection, &format!("/reconciliation/{day}"), (method, query), sender, &body).await
}

async fn answer(
    State(hub): State<Arc<Hub>>,
    connection: &str,
    tail: &str,
    (method, RawQuery(query)): (Method, RawQuery),
    sender: Sender,
    body: &[u8],
) -> Result<Response, Problem> {
    let id: ConnectionId = connection.parse().map_err(|_| Problem::not_found())?;
    let headers = sender.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let headers: Vec<(&str, &[u8])> = headers.collect();
    let query = query.unwrap_or_default();
    let raw = Raw { method: method.as_str(), tail, query: &query, headers: &headers, body };
    let reply = receive(&hub, (Door::Billing, id), raw, sender.from, clock::now()).await?;
    Ok(response(reply.ok_or_else(Problem::not_found)?))
}

/// Who calls, with the headers that may be believed: a client's certificate comes from trusted proxies alone.
pub struct Sender {
    from: IpAddr,
    headers: HeaderMap,
}

impl FromRequestParts<Arc<Hub>> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Infallible> {
        let Peer(from) = Peer::from_request_parts(parts, hub).await?;
        let ThroughProxy(is_believed) = ThroughProxy::from_request_parts(parts, hub).await?;
        let mut headers = parts.headers.clone();
        if !is_believed {
            headers.remove(CLIENT_CERTIFICATE);
        }
        Ok(Self { from, headers })
    }
}
