//! Errors outside GraphQL: problem+json (RFC 9457) with the hub's stable codes, in both languages.

use async_graphql::ServerError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entities::{Error, Refusal};
use serde_json::json;

use crate::auth::rate::{self, Standing};
use crate::graphql::answer::error_of;

/// Seconds after which a caller may try again when the hub is busy or its database is away.
const RETRY_AFTER_SECONDS: u64 = 2;

/// A refusal or failure over HTTP.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The status code.
    pub status: StatusCode,
    /// The stable code and both sentences.
    pub refusal: Box<Refusal>,
    /// Seconds until a new attempt makes sense; none when it does not.
    pub retry_after_seconds: Option<u64>,
    /// What is left of the caller's budget, where one was asked.
    pub standing: Option<(&'static str, Standing)>,
    /// The methods that the path takes, where another one was used.
    pub allow: Option<&'static str>,
}

impl Problem {
    /// A problem with a stable code and two sentences.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        message_vi: impl Into<String>,
    ) -> Self {
        let refusal = Box::new(Refusal::new(code, message, message_vi));
        Self { status, refusal, retry_after_seconds: None, standing: None, allow: None }
    }

    /// No valid token: the same words whatever was wrong with it.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "A valid bearer token is needed.",
            "Cần mã truy cập (bearer token) hợp lệ.",
        )
    }

    /// Too many requests: the budget is empty.
    #[must_use]
    pub fn too_many_requests(standing: Standing) -> Self {
        let (en, vi) = ("Too many requests; slow down.", "Quá nhiều yêu cầu; hãy giảm tốc độ.");
        Self::over_budget("RATE_LIMITED", en, vi, rate::REQUESTS, standing)
    }

    /// The points of the minute are spent.
    #[must_use]
    pub fn too_many_points(standing: Standing) -> Self {
        let (en, vi) = (
            "The points of this minute are spent; come again later.",
            "Đã dùng hết điểm của phút này; hãy thử lại sau.",
        );
        Self::over_budget("POINTS_EXHAUSTED", en, vi, rate::POINTS, standing)
    }

    fn over_budget(code: &'static str, en: &str, vi: &str, budget: &'static str, standing: Standing) -> Self {
        let seconds = standing.retry_after_seconds.max(1);
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, code, en, vi);
        Self { retry_after_seconds: Some(seconds), standing: Some((budget, standing)), ..problem }
    }

    /// The same as an entry of `errors`, with the seconds to wait as `retryAfterSeconds`.
    #[must_use]
    pub fn as_error(&self, request_id: &str) -> ServerError {
        let mut error = error_of(&self.refusal, request_id);
        if let Some(seconds) = self.retry_after_seconds {
            error.extensions.get_or_insert_default().set("retryAfterSeconds", seconds);
        }
        error
    }

    /// The path takes other methods.
    #[must_use]
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let (en, vi) = (format!("Use {allow} here."), format!("Hãy dùng {allow} tại đây."));
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", en, vi) }
    }

    /// The same problem, with what is left of the caller's requests, unless another budget is the problem.
    #[must_use]
    pub fn with_requests(self, requests: Standing) -> Self {
        Self { standing: self.standing.or(Some((rate::REQUESTS, requests))), ..self }
    }

    /// The hub or its database cannot serve now.
    #[must_use]
    pub fn unavailable() -> Self {
        let problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "UNAVAILABLE",
            "The hub cannot serve now; try again.",
            "Hệ thống tạm thời gián đoạn; hãy thử lại.",
        );
        Self { retry_after_seconds: Some(RETRY_AFTER_SECONDS), ..problem }
    }

    /// Nothing there, or nothing within reach.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is nothing here.", "Không có nội dung tại địa chỉ này.")
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self { status, refusal, retry_after_seconds: None, standing: None, allow: None }
            }
            Error::Unavailable(cause) | Error::Conflict(cause) => {
                tracing::warn!(%cause, "database unavailable");
                Self::unavailable()
            }
            Error::Duplicate(cause) | Error::Internal(cause) => {
                tracing::error!(%cause, "internal error");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "INTERNAL",
                    "The hub failed to answer; the cause is in its log.",
                    "Hệ thống gặp lỗi; nguyên nhân nằm trong nhật ký.",
                )
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("error"),
            "status": self.status.as_u16(),
            "code": self.refusal.code,
            "detail": self.refusal.message,
            "detailVi": self.refusal.message_vi,
        });
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some((budget, standing)) = self.standing {
            rate::write(headers, &[(budget, standing)]);
        }
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"lienthong\""));
        }
        response
    }
}
