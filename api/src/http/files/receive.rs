//! `POST /files`: a raw body becomes a sealed file of the caller's.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entities::callers::Caller;
use entities::files::File;
use entities::reach::Reach;
use futures_util::StreamExt;
use serde_json::json;

use super::words;
use crate::auth::{caller, policy};
use crate::clock;
use crate::flows::upload::{self, Upload};
use crate::http::log::Actor;
use crate::http::problem::Problem;
use crate::hub::Hub;

/// How long the sender may keep silent.
const SILENCE: Duration = Duration::from_secs(30);

/// Takes a file in.
pub async fn receive(State(hub): State<Arc<Hub>>, headers: HeaderMap, body: Body) -> Response {
    let now = clock::now();
    let (caller, standing) = match caller::admit(&hub, &headers, now).await {
        Ok(admitted) => admitted,
        Err(problem) => return problem.into_response(),
    };
    let mut response = match take(&hub, &caller, &headers, body).await {
        Ok(file) => created(&file),
        Err(problem) => problem.into_response(),
    };
    standing.write(response.headers_mut());
    response.extensions_mut().insert(Actor(caller.actor()));
    response
}

async fn take(hub: &Hub, caller: &Caller, headers: &HeaderMap, body: Body) -> Result<File, Problem> {
    let purpose = words::purpose(caller, headers)?;
    let may = |verb| if policy::may_use(caller, purpose, verb) { Ok(()) } else { Err(words::forbidden(verb)) };
    may("startImport")?;
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let media = text(header::CONTENT_TYPE).and_then(upload::media).ok_or_else(words::unsupported_media_type)?;
    media.content.verbs().iter().try_for_each(|verb| may(verb))?;
    let is_packed = words::is_gzip(headers)?;
    let claimed = words::content_digest(headers)?;
    let longest = media.content.longest(hub.config.number("LIENTHONG_FILE_BYTES"));
    if text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok()).is_some_and(|sent| sent > longest) {
        return Err(words::too_large(longest));
    }
    let name = text(header::CONTENT_DISPOSITION).and_then(words::filename);
    let name = name.unwrap_or_else(|| format!("upload.{}", media.ending));
    let _place = hub.uploads.try_acquire().map_err(|_| Problem::unavailable())?;
    let now = clock::now();
    let reach = Reach::of(caller, now.vietnam_day());
    let begun = Upload::begin(&hub.db, &hub.config, &reach, (name, media), is_packed, now).await;
    let mut upload = begun.map_err(words::refused)?;
    match drain(hub, &mut upload, body, claimed).await {
        Ok(file) => Ok(file),
        Err(problem) => {
            if let Err(error) = upload.abandon().await {
                tracing::warn!(cause = %error, "a refused file is erased later");
            }
            Err(problem)
        }
    }
}

async fn drain(hub: &Hub, upload: &mut Upload, body: Body, claimed: Option<[u8; 32]>) -> Result<File, Problem> {
    let mut stream = body.into_data_stream();
    loop {
        match tokio::time::timeout(SILENCE, stream.next()).await {
            Err(_) | Ok(Some(Err(_))) => return Err(words::broken_off()),
            Ok(Some(Ok(bytes))) => upload.push(&bytes, clock::now()).await.map_err(words::refused)?,
            Ok(None) => break,
        }
    }
    let now = clock::now();
    upload.finish(claimed, upload::kept_until(&hub.config, now), now).await.map_err(words::refused)
}

fn created(file: &File) -> Response {
    let body = json!({
        "id": file.id.to_string(),
        "bytes": file.bytes,
        "sha256": file.sha256.map(hex::encode),
        "expiresAt": file.expires_at.rfc3339(),
    });
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/files/{}", file.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}
