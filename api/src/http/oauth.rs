//! OAuth 2.1 for programs: client credentials (RFC 6749, section 4.4), revocation (RFC 7009), the published keys (RFC 7517)
//! and the metadata (RFC 8414). A token names the client only; what it may do is read from its contract at each request.

pub mod form;
pub mod refusal;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entities::callers::{self, Caller, Subject};
use entities::ids::ClientId;
use entities::time::Timestamp;
use entities::{clients, revoked_tokens, transaction};
use serde_json::json;

use self::form::{Credentials, Form};
use self::refusal::OauthRefusal;
use super::log::Actor;
use super::peer::Peer;
use super::problem::Problem;
use super::whole::Whole;
use crate::auth::rate::payer;
use crate::auth::token::{DEFAULT_TTL_SECONDS, Grant, issue};
use crate::clock;
use crate::hub::Hub;

/// Bytes of a form at most: credentials, a token and a scope fit many times over.
pub const FORM_BYTES: usize = 32 * 1_024;

/// `POST /oauth/token`: a client's secret for a bearer token.
pub async fn token(State(hub): State<Arc<Hub>>, Peer(from): Peer, headers: HeaderMap, Whole(body): Whole) -> Response {
    match grant(&hub, from, &headers, &body, clock::now()).await {
        Ok((actor, body)) => {
            let mut response = Json(body).into_response();
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response.extensions_mut().insert(Actor(actor));
            response
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// `POST /oauth/revoke`: takes back a token of the client that asks. What is no token is as good as taken back.
pub async fn revoke(State(hub): State<Arc<Hub>>, Peer(from): Peer, headers: HeaderMap, Whole(body): Whole) -> Response {
    match take_back(&hub, from, &headers, &body, clock::now()).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// `GET /.well-known/jwks.json`: the public keys of the hub's tokens and of its answers to banks, the next one among them.
pub async fn jwks(State(hub): State<Arc<Hub>>) -> Result<Response, Problem> {
    let now = clock::now();
    let version = hub.memory.version(&hub.db, now).await?;
    let keys = hub.memory.keys(&hub.db, version, now).await?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=300")], Json(keys.jwks().clone())).into_response())
}

/// `GET /.well-known/oauth-authorization-server`.
pub async fn metadata(State(hub): State<Arc<Hub>>) -> Response {
    let url = hub.config.public_url();
    let methods = json!(["client_secret_basic", "client_secret_post"]);
    Json(json!({
        "issuer": hub.config.issuer(),
        "token_endpoint": format!("{url}/oauth/token"),
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint": format!("{url}/oauth/revoke"),
        "revocation_endpoint_auth_methods_supported": methods,
        "jwks_uri": format!("{url}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": entities::contracts::SCOPES,
    }))
    .into_response()
}

async fn grant(
    hub: &Hub,
    from: IpAddr,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(String, serde_json::Value), OauthRefusal> {
    let (form, id) = authenticated(hub, from, headers, body).await?;
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(OauthRefusal::UnsupportedGrantType),
        None => return Err(OauthRefusal::InvalidRequest("grant_type is missing")),
    }
    let caller = callers::of_client(&hub.db, id, None, now.vietnam_day()).await.map_err(Problem::from)?;
    let caller = caller.ok_or(OauthRefusal::UnauthorizedClient)?;
    let scope = scope(&caller, form.get("scope"))?;
    let version = hub.memory.version(&hub.db, now).await.map_err(Problem::from)?;
    let keys = hub.memory.keys(&hub.db, version, now).await.map_err(Problem::from)?;
    let what = Grant { subject: Subject::Client(id), generation: 0, ttl_seconds: DEFAULT_TTL_SECONDS };
    let token = issue(&keys, &hub.config.issuer(), what, now).map_err(Problem::from)?;
    let answer =
        json!({ "access_token": token, "token_type": "Bearer", "expires_in": DEFAULT_TTL_SECONDS, "scope": scope });
    Ok((caller.actor(), answer))
}

/// The scopes of the client's contract. A token cannot carry fewer, so asking for others than these is refused.
fn scope(caller: &Caller, wanted: Option<&str>) -> Result<String, OauthRefusal> {
    let held = |word: &str| caller.scopes.iter().any(|scope| scope == word);
    match wanted {
        Some(wanted) if !wanted.split_whitespace().all(held) => Err(OauthRefusal::InvalidScope),
        _ => Ok(caller.scopes.join(" ")),
    }
}

async fn take_back(
    hub: &Hub,
    from: IpAddr,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), OauthRefusal> {
    let (form, id) = authenticated(hub, from, headers, body).await?;
    let token = form.get("token").ok_or(OauthRefusal::InvalidRequest("token is missing"))?;
    let version = hub.memory.version(&hub.db, now).await.map_err(Problem::from)?;
    let keys = hub.memory.keys(&hub.db, version, now).await.map_err(Problem::from)?;
    let Ok(claims) = crate::auth::token::read(&keys, &hub.config.issuer(), token, now) else { return Ok(()) };
    if claims.subject() != Some(Subject::Client(id)) {
        return Err(OauthRefusal::UnauthorizedClient);
    }
    let end = Timestamp::from_seconds(claims.exp).plus_seconds(crate::auth::token::LEEWAY_SECONDS);
    let written = transaction!(hub.db, |tx| revoked_tokens::revoke(tx, claims.jti, end, now).await);
    hub.memory.doubt();
    written.map_err(|error| Problem::from(error).into())
}

/// The form and the client that has proven itself, within the budget of its address.
async fn authenticated(
    hub: &Hub,
    from: IpAddr,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Form, ClientId), OauthRefusal> {
    let per_minute = u32::try_from(hub.config.number("LIENTHONG_TOKEN_REQUESTS_PER_MINUTE")).unwrap_or(u32::MAX);
    hub.address_rates.take(payer(from), per_minute).map_err(Problem::too_many_requests)?;
    let form = Form::read(headers, body)?;
    let Credentials { id, secret } = form.credentials(headers)?;
    let id: ClientId = id.parse().map_err(|_| OauthRefusal::InvalidClient)?;
    let proven = clients::authenticate(&hub.db, id, &secret).await.map_err(Problem::from)?;
    if proven { Ok((form, id)) } else { Err(OauthRefusal::InvalidClient) }
}
