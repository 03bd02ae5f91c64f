//! One line for each request, with these fields: `request_id`, `method`, `route` (the pattern, never the path itself),
//! `status`, `ms`, `caller` (client or user id, or `-`). No names, tokens, queries or bodies.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use entities::ids::AccessLogId;

use crate::clock;

/// The header that carries the request's id back to the caller.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request, made by the hub; a caller's own is not taken over.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Who a reply was for; handlers put it into their response's extensions.
#[derive(Clone, Debug)]
pub struct Actor(pub String);

/// Names the request, runs it, and writes its line.
pub async fn line(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = AccessLogId::new(clock::now()).to_string();
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let caller = response.extensions().get::<Actor>().map_or("-", |actor| actor.0.as_str());
    tracing::info!(target: "request", request_id = %id, %method, %route, status, ms = micros / 1_000, caller);
    metrics::counter!("http_requests_total", "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(started.elapsed());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
