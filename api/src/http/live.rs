//! GraphQL for callers who stay: over a socket (`graphql-transport-ws`) or as a stream of events (`graphql-sse`, distinct
//! connections mode). The same gate, budgets, reach and policy as over plain HTTP, for every operation and every event.

mod events;
mod operation;
mod origin;
mod socket;
mod wire;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};

use super::graphql::media;
use super::problem::Problem;
use crate::hub::Hub;

/// How a caller wants to stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    /// Over a socket.
    Socket,
    /// As a stream of events.
    Events,
}

/// The transport that a request asks for; none for one that is answered once.
#[must_use]
pub fn wanted(method: &Method, headers: &HeaderMap) -> Option<Transport> {
    match *method {
        Method::GET if is_upgrade(headers) => Some(Transport::Socket),
        Method::POST if media::wants_events(headers) => Some(Transport::Events),
        _ => None,
    }
}

impl Transport {
    /// Takes the conversation up.
    pub async fn open(self, hub: Arc<Hub>, request: Request) -> Response {
        match self {
            Self::Socket => socket::open(hub, request).await,
            Self::Events => events::open(hub, request).await.unwrap_or_else(IntoResponse::into_response),
        }
    }
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::UPGRADE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case("websocket"))
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
