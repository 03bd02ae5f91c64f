//! Every path of the hub, in one place.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Extension;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use tower_http::cors::CorsLayer;

use super::problem::Problem;
use super::whole::Limit;
use super::{billing, files, graphiql, graphql, health, log, oauth, reference, webhook};
use crate::graphql::schema;
use crate::hub::Hub;

/// Replies below this many bytes are not packed: they fit into one packet as they are.
const PACKED_BYTES: u16 = 1_024;
/// How long a browser may remember that another site is allowed.
const ALLOWED_FOR: Duration = Duration::from_secs(600);

/// The hub's routes over its state.
pub fn router(hub: Arc<Hub>) -> Router {
    let body = |bytes| {
        let time = Duration::from_millis(hub.config.number("LIENTHONG_HTTP_BODY_TIMEOUT_MS"));
        Extension(Limit { bytes, time })
    };
    let graphql_body = body(hub.config.size("LIENTHONG_GRAPHQL_BODY_BYTES"));
    let webhook_body = body(hub.config.size("LIENTHONG_WEBHOOK_BODY_BYTES"));
    let day_file = body(hub.config.size("LIENTHONG_BILLING_FILE_BYTES"));
    let form = body(oauth::FORM_BYTES);
    let routes = Router::new()
        .route("/graphql", any(graphql::serve).layer(graphql_body))
        .route("/webhooks/{connection}", any(webhook::plain).layer(webhook_body))
        .route("/webhooks/{connection}/{*tail}", any(webhook::tailed).layer(webhook_body))
        .route("/billing", get(billing::page))
        .route("/billing/openapi.json", get(billing::openapi))
        .route("/billing/{connection}/{verb}", any(billing::call).layer(webhook_body))
        .route("/billing/{connection}/reconciliation/{day}", any(billing::day).layer(day_file))
        .route("/graphql/assets/{name}", get(graphiql::asset))
        .route("/graphql/reference", get(reference::page))
        .route("/schema.graphql", get(sdl))
        .route("/oauth/token", post(oauth::token).layer(form))
        .route("/oauth/revoke", post(oauth::revoke).layer(form))
        .route("/.well-known/jwks.json", get(oauth::jwks))
        .route("/.well-known/oauth-authorization-server", get(oauth::metadata))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(async || Problem::not_found())
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(SizeAbove::new(PACKED_BYTES))))
        // Behind the packing: a download has a length, and goes on where it broke off.
        .route("/files", post(files::receive))
        .route("/files/{id}", get(files::send))
        .layer(CatchPanicLayer::new())
        .with_state(hub.clone());
    let routes = match cors(hub.config.text("LIENTHONG_ALLOWED_ORIGINS")) {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    routes.layer(axum::middleware::from_fn(log::line))
}

/// Which other sites' pages may call. Where none may, nothing is said, and browsers keep them out.
fn cors(origins: &str) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> =
        origins.split(',').map(str::trim).filter(|one| !one.is_empty()).filter_map(|one| one.parse().ok()).collect();
    if origins.is_empty() {
        return None;
    }
    let own = ["lienthong-purpose", "lienthong-role", "lienthong-contract"].map(HeaderName::from_static);
    let standard = [header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH];
    let told = ["ratelimit", "ratelimit-policy", "retry-after", "etag", "x-request-id"].map(HeaderName::from_static);
    let cors = CorsLayer::new().allow_origin(origins).allow_methods([Method::GET, Method::POST]);
    let heard: Vec<_> = own.into_iter().chain(standard).collect();
    Some(cors.allow_headers(heard).expose_headers(told).max_age(ALLOWED_FOR))
}

async fn sdl() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], schema::sdl())
}
