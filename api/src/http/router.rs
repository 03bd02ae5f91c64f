//! Every path of the hub, in one place.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use super::problem::Problem;
use super::{graphiql, graphql, health, log, oauth, webhook};
use crate::graphql::schema;
use crate::hub::Hub;

/// The hub's routes over its state.
pub fn router(hub: Arc<Hub>) -> Router {
    let graphql_bytes = hub.config.size("LIENTHONG_GRAPHQL_BODY_BYTES");
    let webhook_bytes = hub.config.size("LIENTHONG_WEBHOOK_BODY_BYTES");
    Router::new()
        .route("/graphql", any(graphql::serve).layer(DefaultBodyLimit::max(graphql_bytes)))
        .route("/webhooks/{connection}", any(webhook::plain).layer(DefaultBodyLimit::max(webhook_bytes)))
        .route("/webhooks/{connection}/{*tail}", any(webhook::tailed).layer(DefaultBodyLimit::max(webhook_bytes)))
        .route("/graphql/assets/{name}", get(graphiql::asset))
        .route("/schema.graphql", get(sdl))
        .route("/oauth/token", post(oauth::token).layer(DefaultBodyLimit::max(oauth::FORM_BYTES)))
        .route("/oauth/revoke", post(oauth::revoke).layer(DefaultBodyLimit::max(oauth::FORM_BYTES)))
        .route("/.well-known/jwks.json", get(oauth::jwks))
        .route("/.well-known/oauth-authorization-server", get(oauth::metadata))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(async || Problem::not_found())
        .layer(CatchPanicLayer::new())
        .layer(axum::middleware::from_fn(log::line))
        .with_state(hub)
}

async fn sdl() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], schema::sdl())
}
