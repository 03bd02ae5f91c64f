//! Bodies that are read whole: not beyond the bytes of their path, and not for longer than the hub waits.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;

use super::problem::Problem;

/// How much of a body a path reads, and for how long; a layer of the path.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Bytes at most.
    pub bytes: usize,
    /// Time from the head of the request to the last byte.
    pub time: Duration,
}

/// A whole body.
#[derive(Debug)]
pub struct Whole(pub Bytes);

/// Bytes set aside before any came: a lying length costs no more than this.
const FIRST_BYTES: usize = 16 * 1_024;

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let limit = parts.extensions.get::<Limit>().ok_or_else(Problem::unavailable)?;
        limit.read(&parts.headers, body).await
    }
}

impl Limit {
    /// Reads a body whose request has these headers.
    ///
    /// # Errors
    /// 413 at the first byte too many, or as soon as a length announces it; 408; 400.
    pub async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Whole, Problem> {
        let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: usize| length > self.bytes) {
            return Err(too_large());
        }
        let reading = read(body, self.bytes, length.unwrap_or(0));
        tokio::time::timeout(self.time, reading).await.map_err(|_| too_slow())?.map(Whole)
    }
}

async fn read(body: Body, bytes: usize, length: usize) -> Result<Bytes, Problem> {
    let mut whole = Vec::with_capacity(length.min(FIRST_BYTES));
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| broken())?;
        if whole.len() + part.len() > bytes {
            return Err(too_large());
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole.into())
}

fn too_large() -> Problem {
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    Problem::new(status, "BODY_TOO_LARGE", "This body is too large.", "Nội dung gửi quá lớn.")
}

fn too_slow() -> Problem {
    let status = StatusCode::REQUEST_TIMEOUT;
    Problem::new(status, "BODY_TIMEOUT", "The body took too long to come.", "Nội dung gửi quá chậm.")
}

fn broken() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "This body cannot be read.", "Không đọc được nội dung gửi.")
}
