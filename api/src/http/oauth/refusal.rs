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
        if let Self::Problem(problem) = self {
            return problem.into_response();
        }
        let status = if let Self::InvalidClient = self { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        let (error, description, vi) = self.words();
        // Of the hub's own: OAuth has one language.
        let body = json!({ "error": error, "error_description": description, "detailVi": vi });
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"lienthong\""));
        }
        response
    }
}

impl OauthRefusal {
    /// The code of RFC 6749, and the sentence in both languages.
    fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::InvalidRequest(what) => ("invalid_request", what, "Yêu cầu thiếu thông tin hoặc không đọc được."),
            Self::InvalidClient => (
                "invalid_client",
                "the client is unknown or its secret is wrong",
                "Không có ứng dụng này, hoặc khóa bí mật không đúng.",
            ),
            Self::UnauthorizedClient => (
                "unauthorized_client",
                "the client has no running contract, or the token is not its own",
                "Ứng dụng không có hợp đồng đang hiệu lực, hoặc mã truy cập không phải của ứng dụng.",
            ),
            Self::UnsupportedGrantType => {
                ("unsupported_grant_type", "only client_credentials is granted", "Chỉ cấp mã theo client_credentials.")
            }
            Self::InvalidScope => {
                ("invalid_scope", "the contract does not carry this scope", "Hợp đồng không có phạm vi quyền này.")
            }
            Self::Problem(_) => ("server_error", "the hub cannot answer now", "Hệ thống tạm thời chưa trả lời được."),
        }
    }
}
