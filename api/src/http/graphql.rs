//! `/graphql` over HTTP, by the letter of GraphQL over HTTP: a token first, then the parameters, the gate, the budget, and
//! only then the engine. Queries by GET or POST, mutations by POST of JSON only.

pub mod media;
mod reply;
pub mod words;

use std::sync::Arc;

use async_graphql::Variables;
use async_graphql::parser::types::OperationType;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;

use entities::callers::Caller;
use entities::time::Timestamp;
use entities::{Error, Refusal};

use super::log::{Actor, RequestId};
use super::problem::Problem;
use super::whole::{Limit, Whole};
use super::{graphiql, live};
use crate::auth::caller;
use crate::auth::rate::Standing;
use crate::clock;
use crate::graphql::answer::{Answer, Cost};
use crate::graphql::budget;
use crate::graphql::documents::{self, Named};
use crate::graphql::gate::{Admitted, Refused};
use crate::graphql::run::{self, Asker};
use crate::hub::Hub;
use words::Words;

/// The header with which a caller states why it asks.
pub const PURPOSE: &str = "lienthong-purpose";

/// Answers a GraphQL request, or hands over the GraphiQL page to a browser that asks for a page. Who wants to stay is taken to
/// the transport for it.
pub async fn serve(State(hub): State<Arc<Hub>>, request: Request) -> Response {
    if let Some(transport) = live::wanted(request.method(), request.headers()) {
        return transport.open(hub, request).await;
    }
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_get && request.uri().query().is_none() && wants_page(request.headers()) {
        return graphiql::page();
    }
    let (parts, body) = request.into_parts();
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let asked = Asked { method: &parts.method, query: parts.uri.query(), headers: &parts.headers, request_id };
    let said = async {
        let limit = parts.extensions.get::<Limit>().ok_or_else(Problem::unavailable)?;
        let Whole(body) = limit.read(asked.headers, body).await?;
        answer(&hub, &asked, &body).await
    };
    said.await.unwrap_or_else(|problem| asked.said(problem))
}

/// The parts of an HTTP request beside its body.
struct Asked<'a> {
    method: &'a Method,
    query: Option<&'a str>,
    headers: &'a HeaderMap,
    request_id: String,
}

impl Asked<'_> {
    /// HEAD asks as GET does, and hears no body (RFC 9110, section 9.3.2).
    fn is_get(&self) -> bool {
        matches!(*self.method, Method::GET | Method::HEAD)
    }

    /// A problem in the media type that the caller reads.
    fn said(&self, problem: Problem) -> Response {
        reply::problem(problem, media::wanted(self.headers).ok(), &self.request_id)
    }
}

async fn answer(hub: &Arc<Hub>, asked: &Asked<'_>, body: &[u8]) -> Result<Response, Problem> {
    let now = clock::now();
    let (caller, requests) = caller::admit(hub, asked.headers, now).await?;
    let purpose = purpose(asked.headers);
    let actor = Actor(caller.actor());
    let asker = Asker { caller, purpose, now, request_id: asked.request_id.clone(), last_event: None };
    let mut response = match ask(hub, &asker, requests, asked, body).await {
        Ok(response) => response,
        Err(problem) => asked.said(problem.with_requests(requests)),
    };
    response.extensions_mut().insert(actor);
    Ok(response)
}

async fn ask(
    hub: &Arc<Hub>,
    asker: &Asker,
    requests: Standing,
    asked: &Asked<'_>,
    body: &[u8],
) -> Result<Response, Problem> {
    let words = words::read(asked.method, asked.query, asked.headers, body)?;
    let media = media::wanted(asked.headers)?;
    caller::check_purpose(&asker.caller, asker.purpose.as_deref())?;
    let admitted = admit(hub, &asker.caller, words, asker.now).await?.and_then(answered_once);
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(refused) => {
            let answer = Answer::refused(&refused, &asker.request_id);
            let budget = budget::left(hub, &asker.caller).1;
            let cost = Cost { points: 0, limit: hub.gate.points(), requests, budget };
            return Ok(reply::write(&answer, media, requests, Some(cost), None));
        }
    };
    if asked.is_get() && admitted.operation != OperationType::Query {
        return Err(Problem { allow: Some("POST"), ..queries_only() });
    }
    let budget = charge(hub, asker, admitted.points)?;
    let cost = Cost { points: admitted.points, limit: hub.gate.points(), requests, budget };
    let answer = run::run(hub, asker, &admitted).await?;
    let known = asked.is_get().then(|| asked.headers.get(header::IF_NONE_MATCH));
    Ok(reply::write(&answer, media, requests, Some(cost), known))
}

/// The operation that a request means, if it may run. The inner failure is the caller's, the outer one the database's.
///
/// # Errors
/// What the gate refuses.
pub async fn admit(
    hub: &Hub,
    caller: &Caller,
    words: Words,
    now: Timestamp,
) -> Result<Result<Admitted, Refused>, Error> {
    let named = Named { text: words.query.as_deref(), id: words.document_id.as_deref(), extensions: &words.extensions };
    let document = documents::find(hub, caller, named, now).await?;
    let variables = Variables::from_json(serde_json::Value::Object(words.variables));
    Ok(document.and_then(|document| hub.gate.admit(document, words.operation_name, variables)))
}

/// An operation with one answer; what is followed needs a transport that stays.
fn answered_once(admitted: Admitted) -> Result<Admitted, Refused> {
    if admitted.operation != OperationType::Subscription {
        return Ok(admitted);
    }
    let refusal = Refusal::new(
        "SUBSCRIPTION_NEEDS_STREAM",
        "A subscription is followed over a WebSocket (graphql-transport-ws) or with Accept: text/event-stream.",
        "Đăng ký theo dõi cần WebSocket (graphql-transport-ws) hoặc Accept: text/event-stream.",
    );
    Err(refusal.into())
}

/// Takes the static price from the caller's points of this minute; it is never given back.
///
/// # Errors
/// 429 when less is left.
pub fn charge(hub: &Hub, asker: &Asker, points: u64) -> Result<Standing, Problem> {
    budget::charge(hub, &asker.caller, points).map_err(Problem::too_many_points)
}

/// The purpose that a caller states; none when it states nothing.
#[must_use]
pub fn purpose(headers: &HeaderMap) -> Option<String> {
    headers.get(PURPOSE).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn queries_only() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        "Only queries run over GET.",
        "Chỉ truy vấn được dùng GET.",
    )
}
