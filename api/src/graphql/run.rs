//! Runs an operation that passed the gate, for whichever transport: HTTP, a socket, a stream of events.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{ErrorExtensionValues, ServerError};
use entities::callers::Caller;
use entities::reach::Reach;
use entities::time::Timestamp;
use entities::{Error, Refusal};

use super::answer::Answer;
use super::context::Request;
use super::gate::Admitted;
use super::gate::known::DryRun;
use super::loaders;
use super::replies::{Known, Question};
use super::shown::MaskedPaths;
use crate::hub::Hub;

/// Who asks, as a transport found out.
#[derive(Clone)]
pub struct Asker {
    /// The caller behind the token.
    pub caller: Arc<Caller>,
    /// The stated purpose; none when nothing was stated.
    pub purpose: Option<String>,
    /// The moment of the request.
    pub now: Timestamp,
    /// The id under which the log knows the request.
    pub request_id: String,
    /// The cursor of the last event that was heard of a stream that broke off; none when it begins, and where nothing is followed.
    pub last_event: Option<String>,
}

impl Asker {
    /// What every resolver of this request shares.
    #[must_use]
    pub fn request(&self, hub: &Arc<Hub>) -> Request {
        let reach = Reach::of(&self.caller, self.now.vietnam_day());
        Request {
            hub: hub.clone(),
            caller: self.caller.clone(),
            loaders: Arc::new(loaders::of(&hub.db, &reach)),
            reach,
            looked_at: Arc::default(),
            purpose: self.purpose.clone(),
            now: self.now,
            request_id: self.request_id.clone(),
            last_event: self.last_event.clone(),
        }
    }
}

/// The request in the engine's words. The paths collect what will be masked.
#[must_use]
pub fn prepare(shared: &Request, admitted: &Admitted) -> (async_graphql::Request, Arc<MaskedPaths>) {
    let masked = Arc::new(MaskedPaths::default());
    // The text is not needed: the extension `Known` hands over the tree.
    let request = async_graphql::Request::new(String::new()).variables(admitted.variables.clone());
    let mut request = request.data(shared.clone()).data(masked.clone()).data(admitted.document.clone());
    request.operation_name.clone_from(&admitted.operation_name);
    (request, masked)
}

/// Runs a query or mutation to its end, or until its time is over.
///
/// # Errors
/// When the access log cannot be written: such a reply must not leave.
pub async fn run(hub: &Arc<Hub>, asker: &Asker, admitted: &Admitted) -> Result<Answer, Error> {
    let flight = match known(hub, asker, admitted).await {
        Known::Remembered(answer) => return Ok(answer),
        Known::Unknown(flight) => Some(flight),
        Known::Never => None,
    };
    let shared = asker.request(hub);
    let (mut request, masked) = prepare(&shared, admitted);
    let schema = if admitted.document.is_valid() {
        request.set_parsed_query(admitted.document.parsed.clone());
        &hub.schema_for_known
    } else {
        &hub.schema
    };
    let limit = Duration::from_millis(hub.config.number("LIENTHONG_GRAPHQL_TIMEOUT_MS"));
    let Ok(mut response) = tokio::time::timeout(limit, schema.execute(request)).await else {
        return Ok(Answer::timed_out(admitted.operation != OperationType::Query, &asker.request_id));
    };
    let has_looked = shared.has_looked();
    shared.write_access_log().await?;
    response.errors.iter_mut().for_each(|error| complete(error, &asker.request_id));
    let answer = Answer::of(response, masked.take(), admitted.document.is_valid());
    if let Some(flight) = flight.filter(|_| !has_looked) {
        flight.remember(&answer);
    }
    Ok(answer)
}

/// Why the engine would not run an operation that passed the gate; none when it would. Nothing is run. The future has no type of its
/// own: a field that asks this is a part of what it asks about.
pub fn unfit<'a>(
    shared: &'a Request,
    admitted: &'a Admitted,
) -> Pin<Box<dyn Future<Output = Option<Refusal>> + Send + 'a>> {
    Box::pin(async move {
        if admitted.document.is_valid() {
            return None;
        }
        let (request, _) = prepare(shared, admitted);
        let response = shared.hub.schema.execute(request.data(DryRun)).await;
        let mut error = response.errors.into_iter().next()?;
        shorten(&mut error.message);
        Some(Refusal::new(UNFIT, error.message, UNFIT_VI))
    })
}

/// What this process remembers of the question.
async fn known<'a>(hub: &'a Hub, asker: &Asker, admitted: &Admitted) -> Known<'a> {
    let Some(kinds) = hub.gate.reads(&admitted.document) else { return Known::Never };
    let Some(variables) = Question::words(&admitted.variables) else { return Known::Never };
    let question = Question {
        document: admitted.document.hash,
        operation: admitted.operation_name.clone(),
        variables,
        caller: asker.caller.clone(),
        purpose: asker.purpose.clone(),
        day: asker.now.vietnam_day(),
    };
    hub.replies.ask(&hub.db, kinds, question).await
}

/// Bytes of an error's sentence at most: the engine quotes names of the document, which may be long.
const MAX_SENTENCE_BYTES: usize = 200;

/// The code of what does not fit the schema.
const UNFIT: &str = "GRAPHQL_VALIDATION_FAILED";
const UNFIT_VI: &str = "Truy vấn không phù hợp với lược đồ, hoặc một giá trị không đúng kiểu.";

/// Gives an error of the engine's own a code, every error the request's id, and no error more than a sentence.
pub fn complete(error: &mut ServerError, request_id: &str) {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", UNFIT);
        extensions.set("messageVi", UNFIT_VI);
        shorten(&mut error.message);
    }
    name(extensions, request_id);
}

fn name(extensions: &mut ErrorExtensionValues, request_id: &str) {
    extensions.set("requestId", request_id);
}

fn shorten(sentence: &mut String) {
    if sentence.len() > MAX_SENTENCE_BYTES {
        let end = (0..=MAX_SENTENCE_BYTES).rev().find(|end| sentence.is_char_boundary(*end)).unwrap_or(0);
        sentence.truncate(end);
        sentence.push('…');
    }
}
