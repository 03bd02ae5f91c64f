//! The HTTP reply around an answer: status, media type, budgets, and the tag by which a caller need not hear it twice.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::json;

use super::media::Media;
use crate::auth::rate::{self, POINTS, REQUESTS, Standing};
use crate::graphql::answer::{Answer, Cost};
use crate::http::problem::Problem;

/// A reply depends on these headers of its request.
const VARY: &str = "Accept, Authorization, Lienthong-Purpose, Lienthong-Role, Lienthong-Contract";

/// Words an answer. `known` is the header `If-None-Match` of a GET; none for a POST, whose replies have no tag.
pub(super) fn write(
    answer: &Answer,
    media: Media,
    requests: Standing,
    cost: Option<Cost>,
    known: Option<Option<&HeaderValue>>,
) -> Response {
    let tag = known.filter(|_| answer.was_run() && answer.errors.is_empty()).and_then(|_| tag(answer));
    let is_known = tag.as_ref().zip(known.flatten()).is_some_and(|(tag, known)| names(known, tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let status = match answer {
            answer if answer.was_run() => StatusCode::OK,
            answer if answer.is_malformed => StatusCode::BAD_REQUEST,
            _ => media.refused(),
        };
        (status, [(header::CONTENT_TYPE, media.name())], answer.body(cost)).into_response()
    };
    let headers = response.headers_mut();
    budgets(headers, requests, cost);
    // A GET may be kept by its caller and asked again by its tag; nothing is kept by anyone between.
    let caching = if known.is_some() { "private, no-cache" } else { "private, no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static(VARY));
    if let Some(tag) = tag {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Words what stopped a request before there was an operation. Who reads GraphQL hears it as GraphQL says errors, everybody else as
/// problem+json. `media` is none when the caller takes neither.
pub(super) fn problem(problem: Problem, media: Option<Media>, request_id: &str) -> Response {
    let error = problem.as_error(request_id);
    let mut response = problem.into_response();
    if media == Some(Media::Graphql) {
        let body = json!({ "errors": [error] }).to_string();
        *response.body_mut() = body.into();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Media::Graphql.name()));
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static(VARY));
    response
}

fn budgets(headers: &mut HeaderMap, requests: Standing, cost: Option<Cost>) {
    match cost {
        Some(cost) => rate::write(headers, &[(REQUESTS, requests), (POINTS, cost.budget)]),
        None => requests.write(headers),
    }
}

/// A weak tag over what was found: what it cost changes with every request and is not part of it.
fn tag(answer: &Answer) -> Option<HeaderValue> {
    let found = serde_json::to_vec(&(answer.data.as_ref().map(|found| found.json()), &answer.masked)).ok()?;
    let hash = URL_SAFE_NO_PAD.encode(&digest(&SHA256, &found).as_ref()[..18]);
    HeaderValue::from_str(&format!("W/\"{hash}\"")).ok()
}

/// Whether `If-None-Match` names a tag, compared weakly (RFC 9110, section 13.1.2).
fn names(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else { return false };
    let opaque = |tag: &'_ str| tag.trim().trim_start_matches("W/").to_owned();
    known.trim() == "*" || known.split(',').any(|one| opaque(one) == opaque(tag))
}
