//! `/graphql`: a token first, then the limits, then the engine. Queries by GET or POST, mutations by POST only.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Positioned;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType, Selection};
use async_graphql::{Request, Response, ServerError, Value, Variables, value};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::IntoResponse;
use entities::callers::Caller;
use entities::reach::Reach;
use entities::time::Timestamp;
use serde::Deserialize;

use super::graphiql;
use super::log::{Actor, RequestId};
use super::problem::{Problem, whole};
use crate::auth::caller;
use crate::auth::rate::Standing;
use crate::clock;
use crate::graphql::schema::Schema;
use crate::graphql::shown::MaskedPaths;
use crate::graphql::{context, loaders};
use crate::hub::Hub;

/// The header with which a caller states why it asks.
const PURPOSE: &str = "lienthong-purpose";

/// A GraphQL request as it came, over GET or POST.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Words {
    query: String,
    operation_name: Option<String>,
    variables: Option<serde_json::Value>,
}

/// Answers a GraphQL request, or the GraphiQL page for a browser that asks for a page.
pub async fn serve(
    State(hub): State<Arc<Hub>>,
    Extension(id): Extension<RequestId>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> axum::response::Response {
    let wants_page = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if method == Method::GET && query.is_none() && wants_page {
        return graphiql::page();
    }
    let body = match whole(body) {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    let now = clock::now();
    let (caller, standing) = match caller::admit(&hub, &headers, now).await {
        Ok(admitted) => admitted,
        Err(problem) => return problem.into_response(),
    };
    let actor = Actor(caller.actor());
    let asked = Asked { method: &method, query: query.as_deref(), headers: &headers, body: &body };
    let points = hub.config.number("LIENTHONG_GRAPHQL_COST_POINTS");
    let mut response = match answer(hub, id, caller, now, asked).await {
        Ok(mut answered) => {
            price(&mut answered, points, &standing);
            Json(answered).into_response()
        }
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(actor);
    standing.write(response.headers_mut());
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, no-store"));
    response
}

/// The parts of an HTTP request in which a GraphQL request may lie.
struct Asked<'a> {
    method: &'a Method,
    query: Option<&'a str>,
    headers: &'a HeaderMap,
    body: &'a Bytes,
}

async fn answer(
    hub: Arc<Hub>,
    RequestId(request_id): RequestId,
    caller: Arc<Caller>,
    now: Timestamp,
    asked: Asked<'_>,
) -> Result<Response, Problem> {
    let words = read(&asked)?;
    if words.query.len() > hub.config.size("LIENTHONG_GRAPHQL_QUERY_BYTES") {
        return Ok(refused("QUERY_TOO_LARGE", "This document is too large.", &request_id));
    }
    let document = match parse_query(&words.query) {
        Ok(document) => document,
        Err(_) => return Ok(refused("GRAPHQL_PARSE_FAILED", "This document is not GraphQL.", &request_id)),
    };
    if asked.method == Method::GET && !is_query(&document, words.operation_name.as_deref()) {
        return Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "Only queries run over GET.",
            "Chỉ truy vấn được dùng GET.",
        ));
    }
    let purpose = asked.headers.get(PURPOSE).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    caller::check_purpose(&caller, purpose.as_deref())?;
    let reach = Reach::of(&caller, now.vietnam_day());
    let shared = context::Request {
        hub: hub.clone(),
        caller,
        loaders: Arc::new(loaders::of(&hub.db, &reach)),
        reach,
        looked_at: Arc::default(),
        purpose,
        now,
        request_id: request_id.clone(),
    };
    let mut request = Request::new(words.query).data(shared.clone());
    request.operation_name = words.operation_name;
    if let Some(variables) = words.variables {
        request = request.variables(Variables::from_json(variables));
    }
    let introspects = is_introspection(&document);
    request.set_parsed_query(document);
    let schema = if introspects { &hub.introspection } else { &hub.schema };
    let response = execute(&hub, schema, request, &request_id).await;
    shared.write_access_log().await?;
    Ok(response)
}

async fn execute(hub: &Hub, schema: &Schema, mut request: Request, request_id: &str) -> Response {
    let masked = Arc::new(MaskedPaths::default());
    request = request.data(masked.clone());
    let limit = Duration::from_millis(hub.config.number("LIENTHONG_GRAPHQL_TIMEOUT_MS"));
    let Ok(mut response) = tokio::time::timeout(limit, schema.execute(request)).await else {
        return refused("TIMEOUT", "This request took too long and was stopped.", request_id);
    };
    for error in &mut response.errors {
        error.extensions.get_or_insert_default().set("requestId", request_id);
        if error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_none()) {
            error.extensions.get_or_insert_default().set("code", "GRAPHQL_VALIDATION_FAILED");
        }
    }
    let paths = masked.take();
    if !paths.is_empty() {
        response.extensions.insert("masked".to_owned(), Value::from(paths));
    }
    response
}

fn read(asked: &Asked<'_>) -> Result<Words, Problem> {
    let Asked { method, query, headers, body } = *asked;
    let malformed = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "BAD_REQUEST",
            "This is not a GraphQL request.",
            "Yêu cầu không phải GraphQL.",
        )
    };
    match *method {
        Method::GET => {
            let mut words = Words::default();
            for (name, value) in form_urlencoded::parse(query.unwrap_or("").as_bytes()) {
                match &*name {
                    "query" => words.query = value.into_owned(),
                    "operationName" => words.operation_name = Some(value.into_owned()),
                    "variables" => words.variables = Some(serde_json::from_str(&value).map_err(|_| malformed())?),
                    _ => {}
                }
            }
            Ok(words)
        }
        Method::POST => {
            let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
            if kind.split(';').next().map(str::trim) != Some("application/json") {
                return Err(Problem::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "POST application/json.",
                    "Hãy gửi POST với application/json.",
                ));
            }
            serde_json::from_slice(body).map_err(|_| malformed())
        }
        _ => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "Use GET or POST.",
            "Hãy dùng GET hoặc POST.",
        )),
    }
}

fn is_query(document: &ExecutableDocument, name: Option<&str>) -> bool {
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => Some(operation),
        DocumentOperations::Multiple(operations) => name.and_then(|name| operations.get(name)),
    };
    operation.is_some_and(|operation| operation.node.ty == OperationType::Query)
}

/// Whether a document asks for the schema alone. Such a document is priced apart: it nests deeper than any question.
fn is_introspection(document: &ExecutableDocument) -> bool {
    let own = |selection: &Positioned<Selection>| match &selection.node {
        Selection::Field(field) => field.node.name.node.starts_with("__"),
        _ => false,
    };
    document.operations.iter().all(|(_, operation)| operation.node.selection_set.node.items.iter().all(own))
}

/// Says what the request cost, what one may cost, and how many requests may follow at once. A document that was not priced
/// says nothing.
fn price(response: &mut Response, limit: u64, standing: &Standing) {
    if let Some(Value::Object(read)) = response.extensions.remove("analyzer") {
        let points = read.get("complexity").cloned().unwrap_or_default();
        let cost = value!({ "points": points, "limit": limit, "requestsLeft": standing.remaining });
        response.extensions.insert("cost".to_owned(), cost);
    }
}

fn refused(code: &str, message: &str, request_id: &str) -> Response {
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code);
    extensions.set("requestId", request_id);
    Response::from_errors(vec![error])
}
