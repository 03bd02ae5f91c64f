//! From a request's bearer token to the caller behind it.

use std::sync::Arc;

use axum::http::HeaderMap;
use entities::callers::Caller;
use entities::time::Timestamp;

use crate::http::problem::Problem;
use crate::hub::Hub;

/// The caller of a request.
///
/// # Errors
/// 401 in one shape, whatever is wrong with the token.
pub async fn of_request(_hub: &Hub, _headers: &HeaderMap, _now: Timestamp) -> Result<Arc<Caller>, Problem> {
    Err(Problem::unauthenticated())
}

/// Refuses a stated purpose that neither contract nor role carries.
///
/// # Errors
/// `PURPOSE_NOT_ALLOWED`.
pub fn check_purpose(_caller: &Caller, _purpose: Option<&str>) -> Result<(), Problem> {
    Ok(())
}
