//! `GET /files/{id}`: a file of the caller's own, whole or from where a download broke off.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entities::callers::Caller;
use entities::files::{self, File};
use entities::ids::FileId;
use entities::reach::Reach;
use entities::{Db, Error};
use futures_util::stream;

use super::words::{self, Wanted};
use crate::auth::caller;
use crate::clock;
use crate::http::log::Actor;
use crate::http::problem::Problem;
use crate::hub::Hub;

/// Hands a file out.
pub async fn send(State(hub): State<Arc<Hub>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let (caller, standing) = match caller::admit(&hub, &headers, clock::now()).await {
        Ok(admitted) => admitted,
        Err(problem) => return problem.into_response(),
    };
    let mut response = match find(&hub, &caller, &id).await {
        Ok(file) => answer(&hub.db, file, &headers),
        Err(problem) => problem.into_response(),
    };
    standing.write(response.headers_mut());
    response.extensions_mut().insert(Actor(caller.actor()));
    response
}

/// The caller's file. One that was made under other rights than the caller has now is not handed out.
async fn find(hub: &Hub, caller: &Caller, id: &str) -> Result<File, Problem> {
    let id: FileId = id.parse().map_err(|_| Problem::not_found())?;
    let now = clock::now();
    let file = files::own(&hub.db, &Reach::of(caller, now.vietnam_day()), id, now).await?;
    let file = file.filter(|file| file.rights.as_ref().is_none_or(|rights| *rights == caller.rights()));
    file.ok_or_else(Problem::not_found)
}

fn answer(db: &Db, file: File, headers: &HeaderMap) -> Response {
    let sha256 = file.sha256.unwrap_or_default();
    let etag = format!("\"{}\"", hex::encode(sha256));
    let (status, from, to) = match words::range(headers, file.bytes, &etag) {
        Wanted::Whole => (StatusCode::OK, 0, file.bytes),
        Wanted::Part(from, to) => (StatusCode::PARTIAL_CONTENT, from, to),
        Wanted::Nothing => return words::unsatisfiable(file.bytes),
    };
    let mut lines: Vec<(HeaderName, String)> = vec![
        (header::CONTENT_TYPE, file.media_type.clone()),
        (header::CONTENT_LENGTH, (to - from).to_string()),
        (header::CONTENT_DISPOSITION, words::attachment(&file.name)),
        (header::ETAG, etag),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (HeaderName::from_static("repr-digest"), format!("sha-256=:{}:", STANDARD.encode(sha256))),
    ];
    if status == StatusCode::PARTIAL_CONTENT {
        lines.push((header::CONTENT_RANGE, format!("bytes {from}-{}/{}", to - 1, file.bytes)));
    }
    let mut response = Response::new(bytes(db.clone(), file, from, to));
    *response.status_mut() = status;
    for (name, value) in lines {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The bytes from one place up to another, chunk by chunk as the reader takes them.
fn bytes(db: Db, file: File, from: u64, to: u64) -> Body {
    Body::from_stream(stream::try_unfold((db, file, from), move |(db, file, at)| async move {
        if at >= to {
            return Ok(None);
        }
        let found = files::chunk_at(&db, &file, at).await?;
        let chunk = found.ok_or_else(|| Error::internal("a file was erased while it was read"))?;
        let place = |offset: u64| usize::try_from(offset.saturating_sub(chunk.start)).unwrap_or(usize::MAX);
        let some = chunk.bytes[place(at)..place(to).min(chunk.bytes.len())].to_vec();
        let next = at + u64::try_from(some.len()).map_err(Error::internal)?;
        Ok::<_, Error>(Some((some, (db, file, next))))
    }))
}
