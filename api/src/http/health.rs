//! Probes and figures: `/health/live`, `/health/ready` and `/metrics`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::problem::Problem;
use crate::hub::Hub;

/// The process runs.
pub async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The process can serve: its database answers.
///
/// # Errors
/// 503 when the database does not answer.
pub async fn ready(State(hub): State<Arc<Hub>>) -> Result<StatusCode, Problem> {
    hub.db.ping().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The figures of this process in the Prometheus text format.
pub async fn metrics(State(hub): State<Arc<Hub>>) -> String {
    metrics::counter!("database_statements_total").absolute(hub.db.statements());
    hub.metrics.render()
}
