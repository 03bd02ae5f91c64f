//! What a caller hears: the data, the errors, and beside them what was masked and what it cost.

use std::sync::Arc;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Response, ServerError, Value, value};
use entities::Refusal;
use serde::Serialize;

use super::gate::Refused;
use super::worded::{self, Worded};
use crate::auth::rate::Standing;

/// Errors of one answer at most: who needs more has not read the first.
const MAX_ERRORS: usize = 10;

/// The answer to one operation.
#[derive(Debug)]
pub struct Answer {
    /// What was found; none when the operation was not run.
    pub data: Option<Arc<Found>>,
    /// What went wrong, ten at most.
    pub errors: Vec<ServerError>,
    /// The paths that were asked for and not shown.
    pub masked: Vec<String>,
    /// Whether the request named no document at all, in whatever media type it is answered.
    pub is_malformed: bool,
}

/// What an operation found, as JSON: worded once, and sent as it is.
#[derive(Debug)]
pub struct Found {
    json: String,
    /// What it cost after all.
    points: u64,
}

impl Found {
    fn of(data: &Value) -> Self {
        let (json, points) = worded::word(data);
        Self { json, points }
    }

    /// Whether there is nothing: the operation failed as a whole.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.json() == "null"
    }

    /// The JSON text.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

/// What an operation cost, and what is left.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// The static price, which was charged.
    pub points: u64,
    /// What one document may cost.
    pub limit: u64,
    /// What is left of the requests of a minute.
    pub requests: Standing,
    /// What is left of the points of a minute.
    pub budget: Standing,
}

impl Answer {
    /// The answer of the engine; `was_run` tells a failed operation from one that never began.
    #[must_use]
    pub fn of(response: Response, masked: Vec<String>, was_run: bool) -> Self {
        let mut errors = response.errors;
        errors.truncate(MAX_ERRORS);
        // The engine writes null for an operation whose every field was skipped.
        let is_empty = response.data == Value::Null && errors.is_empty();
        let data = if is_empty { Value::Object(IndexMap::default()) } else { response.data };
        let data = was_run.then(|| Arc::new(Found::of(&data)));
        Self { data, errors, masked, is_malformed: false }
    }

    /// An answer that was given before, without errors.
    #[must_use]
    pub fn remembered(found: Arc<Found>, masked: Vec<String>) -> Self {
        Self { data: Some(found), errors: Vec::new(), masked, is_malformed: false }
    }

    /// The gate refused the document.
    #[must_use]
    pub fn refused(refused: &Refused, request_id: &str) -> Self {
        let mut error = error_of(&refused.refusal, request_id);
        error.locations.extend(refused.at);
        let is_malformed = matches!(refused.refusal.code, "DOCUMENT_MISSING" | "DOCUMENT_HASH_INVALID");
        Self { data: None, errors: vec![error], masked: Vec::new(), is_malformed }
    }

    /// The time was over. A mutation may have been done or not: the caller repeats it with the same key.
    #[must_use]
    pub fn timed_out(is_in_doubt: bool, request_id: &str) -> Self {
        let refusal = if is_in_doubt {
            Refusal::new(
                "TIMEOUT",
                "This took too long and was cut off; whether it was done is not known. Repeat it with its idempotency key.",
                "Thao tác quá lâu nên bị ngắt; chưa rõ đã thực hiện hay chưa. Hãy gửi lại với cùng khóa chống lặp.",
            )
        } else {
            Refusal::new("TIMEOUT", "This request took too long and was stopped.", "Yêu cầu quá lâu nên bị dừng.")
        };
        let errors = vec![error_of(&refusal, request_id)];
        let data = Some(Arc::new(Found::of(&Value::Null)));
        Self { data, errors, masked: Vec::new(), is_malformed: false }
    }

    /// Whether the operation was run, to whatever end.
    #[must_use]
    pub fn was_run(&self) -> bool {
        self.data.is_some()
    }

    /// The answer as JSON (GraphQL, section 7): without `data` when nothing was run.
    #[must_use]
    pub fn body(&self, cost: Option<Cost>) -> Vec<u8> {
        let cost = cost.map(|cost| cost.charged(self.data.as_ref().map_or(0, |found| found.points)));
        let extensions = Extensions { cost, masked: &self.masked };
        let mut body = Worded::default();
        if let Some(found) = &self.data {
            body.member("data", |body| body.raw(found.json.as_bytes()));
        }
        if !self.errors.is_empty() {
            body.member("errors", |body| body.plain(&self.errors));
        }
        if extensions.cost.is_some() || !extensions.masked.is_empty() {
            body.member("extensions", |body| body.plain(&extensions));
        }
        body.closed()
    }
}

/// What stands beside the data.
#[derive(Serialize)]
struct Extensions<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Charged>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    masked: &'a [String],
}

/// A cost in the words of `extensions.cost`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Charged {
    points: u64,
    limit: u64,
    /// The price of what came.
    actual: u64,
    requests_left: u32,
    points_left: u32,
    points_per_minute: u32,
    full_in_seconds: u64,
}

impl Cost {
    fn charged(self, actual: u64) -> Charged {
        Charged {
            points: self.points,
            limit: self.limit,
            actual,
            requests_left: self.requests.remaining,
            points_left: self.budget.remaining,
            points_per_minute: self.budget.limit,
            full_in_seconds: self.budget.full_in_seconds(),
        }
    }
}

/// A refusal as an entry of `errors`.
#[must_use]
pub fn error_of(refusal: &Refusal, request_id: &str) -> ServerError {
    let mut error = ServerError::new(refusal.message.clone(), None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", refusal.code);
    extensions.set("messageVi", value!(refusal.message_vi.clone()));
    if let Some(field) = &refusal.field {
        extensions.set("field", value!(field.clone()));
    }
    extensions.set("requestId", request_id);
    error
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_not_run_has_no_data() {
        let refused = Refused { refusal: Box::new(Refusal::new("X", "en", "vi")), at: None };
        let body: serde_json::Value = serde_json::from_slice(&Answer::refused(&refused, "r").body(None)).unwrap();
        assert_eq!(body.get("data"), None);
        assert_eq!(body["errors"][0]["extensions"], json!({ "code": "X", "messageVi": "vi", "requestId": "r" }));
        let body = |answer: Answer| serde_json::from_slice::<serde_json::Value>(&answer.body(None)).unwrap();
        let skipped = Answer::of(Response::new(Value::Null), Vec::new(), true);
        assert_eq!(body(skipped), json!({ "data": {} }));
        let failed = Answer::of(Response::from_errors(vec![ServerError::new("x", None)]), Vec::new(), true);
        assert_eq!(body(failed)["data"], json!(null));
    }
}
