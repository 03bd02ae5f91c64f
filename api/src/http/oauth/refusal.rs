//! How the token endpoint says no: the words of RFC 6749, section 5.2, or the hub's own problem where it has none.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::http::problem::Problem;

/// Why no token was given or taken back.
#[derive(Clone, Debug)]
pub enum OauthRefusal {
    /// The request cannot be read; the sentence says what is wrong.
    InvalidRequest(&'static str),
    /// The client is unknown, revoked, or its secret is wrong: the same answer for all.
    InvalidClient,
    /// The client has no running contract, or the token is not its own.
    UnauthorizedClient,
    /// Only client credentials are granted.
    UnsupportedGrantType,
    /// The contract does not carry a wanted scope.
    InvalidScope,
    /// Too many requests, or the database does not answer.
    Problem(Box<Problem>),
}

impl From<Problem> for OauthRefusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl IntoResponse for OauthRefusal {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            Self::Problem(problem) => return problem.into_response(),
            Self::InvalidRequest(what) => (StatusCode::BAD_REQUEST, "invalid_request", what),
            Self::InvalidClient => {
                (StatusCode::UNAUTHORIZED, "invalid_client", "the client is unknown or its secret is wrong")
            }
            Self::UnauthorizedClient => (
                StatusCode::BAD_REQUEST,
                "unauthorized_client",
                "the client has no running contract, or the token is not its own",
            ),
            Self::UnsupportedGrantType => {
                (StatusCode::BAD_REQUEST, "unsupported_grant_type", "only client_credentials is granted")
            }
            Self::InvalidScope => (StatusCode::BAD_REQUEST, "invalid_scope", "the contract does not carry this scope"),
        };
        let body = json!({ "error": error, "error_description": description });
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"lienthong\""));
        }
        response
    }
}
