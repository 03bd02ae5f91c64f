//! `/webhooks/{connection}[/tail]`: body and query stay raw until they are proven.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use connectors::reply::Reply;
use entities::ids::ConnectionId;

use super::peer::Peer;
use super::problem::Problem;
use super::whole::Whole;
use crate::clock;
use crate::flows::receive::{Door, Raw, receive};
use crate::hub::Hub;

/// A message for a connection.
///
/// # Errors
/// 404 when there is no such connection, 413 when the body is too large.
pub async fn plain(
    hub: State<Arc<Hub>>,
    Path(connection): Path<String>,
    method: Method,
    query: RawQuery,
    peer: Peer,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, Problem> {
    answer(hub, &connection, "", method, query, peer, headers, body).await
}

/// A message with a path behind its connection.
///
/// # Errors
/// As [`plain`].
pub async fn tailed(
    hub: State<Arc<Hub>>,
    Path((connection, tail)): Path<(String, String)>,
    method: Method,
    query: RawQuery,
    peer: Peer,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, Problem> {
    answer(hub, &connection, &format!("/{tail}"), method, query, peer, headers, body).await
}

#[expect(clippy::too_many_arguments, reason = "the parts of one request, taken apart by the router")]
async fn answer(
    State(hub): State<Arc<Hub>>,
    connection: &str,
    tail: &str,
    method: Method,
    RawQuery(query): RawQuery,
    Peer(from): Peer,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let id: ConnectionId = connection.parse().map_err(|_| Problem::not_found())?;
    let pairs: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let raw =
        Raw { method: method.as_str(), tail, query: query.as_deref().unwrap_or(""), headers: &pairs, body: &body };
    let reply = receive(&hub, (Door::Webhooks, id), raw, from, clock::now()).await?.ok_or_else(Problem::not_found)?;
    Ok(response(reply))
}

/// The answer of a connector over HTTP.
pub(super) fn response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(kind) = reply.content_type {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
