//! GraphQL for callers who stay: over a socket (`graphql-transport-ws`) or as a stream of events (`graphql-sse`, distinct
//! connections mode). The same gate, budgets, reach and policy as over plain HTTP, for every operation and every event.

mod events;
mod operation;
mod origin;
mod socket;
mod wire;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::hub::Hub;

/// Hands a request for a socket or a stream of events to its transport, and every other one on.
pub async fn divert(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let (method, headers) = (request.method(), request.headers());
    let is_socket = *method == Method::GET && names(headers, &header::UPGRADE, "websocket");
    let is_stream = *method == Method::POST && names(headers, &header::ACCEPT, "text/event-stream");
    if is_socket {
        return socket::open(hub, request).await;
    }
    if is_stream {
        return events::open(hub, request).await.unwrap_or_else(IntoResponse::into_response);
    }
    next.run(request).await
}

/// Whether a header lists a word, whatever stands beside it.
fn names(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split([',', ';'])).any(|one| one.trim().eq_ignore_ascii_case(word))
}

/// The hub has no room for another conversation, or the caller has all that it may have.
fn no_room() -> Problem {
    Problem {
        retry_after_seconds: Some(5),
        ..Problem::new(
            axum::http::StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_STREAMS",
            "Too many sockets and streams are open; close one, or come again later.",
            "Đang mở quá nhiều kết nối; hãy đóng bớt hoặc thử lại sau.",
        )
    }
}
