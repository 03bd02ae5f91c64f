//! One operation of a conversation: through the gate and the budgets, then run to its end or followed event by event. What
//! is to be said goes into a bounded queue: when the caller takes it slowly, the operation goes slowly.

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use entities::Refusal;
use futures_util::{Stream, StreamExt};
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};

use crate::auth::session::Session;
use crate::clock;
use crate::graphql::answer::{Answer, Cost, Found, error_of};
use crate::graphql::context::Request;
use crate::graphql::gate::{Admitted, Refused};
use crate::graphql::run::{self, Asker};
use crate::http::graphql::words::Words;
use crate::http::graphql::{admit, charge};
use crate::http::problem::Problem;
use crate::hub::Hub;

/// What an operation has to say.
pub(super) enum Word {
    /// A result, or an event of a stream with its cursor.
    Next(Box<RawValue>, Option<String>),
    /// It was not run, or a stream has failed; nothing follows.
    Error(Box<RawValue>),
    /// It has come to its end; nothing follows.
    Complete,
    /// It was broken off by the hub; nothing follows.
    Broken,
}

/// Where an operation says it: its number within the conversation, and the queue.
#[derive(Clone)]
pub(super) struct Voice {
    pub(super) number: u64,
    pub(super) queue: mpsc::Sender<(u64, Word)>,
}

impl Voice {
    /// False when nobody listens any more.
    async fn say(&self, word: Word) -> bool {
        self.queue.send((self.number, word)).await.is_ok()
    }

    /// The last word; it may be that nobody hears it.
    async fn end(&self, word: Word) {
        self.say(word).await;
    }
}

/// Runs an operation. A stream ends when `stop` is dropped or the hub stops; whatever writes or asks once is never broken off.
pub(super) async fn run(
    hub: Arc<Hub>,
    session: Arc<Session>,
    request_id: String,
    words: Words,
    voice: Voice,
    stop: oneshot::Receiver<()>,
) {
    let (caller, purpose, last_event) = (session.caller.clone(), session.purpose.clone(), session.last_event.clone());
    let asker = Asker { caller, purpose, now: clock::now(), request_id, last_event };
    let refused = |problem: Problem| errors(&[problem.as_error(&asker.request_id)]);
    let (admitted, cost) = match enter(&hub, &asker, words).await {
        Ok(entered) => entered,
        Err(Barred::Document(no)) => {
            return voice.end(Word::Error(errors(&Answer::refused(&no, &asker.request_id).errors))).await;
        }
        Err(Barred::Problem(problem)) => {
            return voice.end(Word::Error(refused(*problem))).await;
        }
    };
    if admitted.operation == OperationType::Subscription {
        follow(&hub, &asker, &admitted, &voice, stop).await;
        return;
    }
    let said = match run::run(&hub, &asker, &admitted).await {
        Ok(answer) if answer.was_run() => voice.say(Word::Next(json(answer.body(Some(cost))), None)).await,
        Ok(answer) => return voice.end(Word::Error(errors(&answer.errors))).await,
        Err(error) => return voice.end(Word::Error(refused(error.into()))).await,
    };
    if said {
        voice.end(Word::Complete).await;
    }
}

enum Barred {
    Document(Box<Refused>),
    Problem(Box<Problem>),
}

/// Takes a request and its price from the caller's budgets, as over plain HTTP.
async fn enter(hub: &Hub, asker: &Asker, words: Words) -> Result<(Admitted, Cost), Barred> {
    let problem = |problem| Barred::Problem(Box::new(problem));
    let caller = &asker.caller;
    let requests = hub.subject_rates.take(caller.subject, caller.requests_per_minute);
    let requests = requests.map_err(Problem::too_many_requests).map_err(problem)?;
    let admitted = admit(hub, caller, words, asker.now).await.map_err(Problem::from).map_err(problem)?;
    let admitted = admitted.map_err(|refused| Barred::Document(Box::new(refused)))?;
    if admitted.operation == OperationType::Subscription && !is_single(&admitted) {
        return Err(Barred::Document(Box::new(one_field_only().into())));
    }
    let budget = charge(hub, asker, admitted.points).map_err(problem)?;
    let cost = Cost { points: admitted.points, limit: hub.gate.points(), requests, budget };
    Ok((admitted, cost))
}

async fn follow(hub: &Arc<Hub>, asker: &Asker, admitted: &Admitted, voice: &Voice, mut stop: oneshot::Receiver<()>) {
    let mut events = std::pin::pin!(events(hub, asker, admitted));
    loop {
        let answer = tokio::select! {
            biased;
            _ = &mut stop => return,
            () = hub.audience.stopping() => return voice.end(Word::Broken).await,
            answer = events.next() => answer,
        };
        let Some(answer) = answer else { return voice.end(Word::Complete).await };
        if answer.data.as_ref().is_none_or(|found| found.is_null()) {
            return voice.end(Word::Error(errors(&answer.errors))).await;
        }
        let cursor = answer.data.as_deref().and_then(cursor);
        if !voice.say(Word::Next(json(answer.body(None)), cursor)).await {
            return;
        }
    }
}

/// The events of a subscription. What an event shows of a person is written down before it leaves.
fn events(hub: &Arc<Hub>, asker: &Asker, admitted: &Admitted) -> impl Stream<Item = Answer> + use<> {
    let shared = asker.request(hub);
    let (request, masked) = run::prepare(&shared, admitted);
    let document = admitted.document.clone();
    hub.schema.execute_stream(request).then(move |mut response| {
        let (now, masked) = (Request { now: clock::now(), ..shared.clone() }, masked.clone());
        let was_run = document.is_valid();
        async move {
            if let Err(error) = now.write_access_log().await {
                let refusal = Problem::from(error).refusal;
                let errors = vec![error_of(&refusal, &now.request_id)];
                return Answer { data: None, errors, masked: Vec::new(), is_malformed: false };
            }
            response.errors.iter_mut().for_each(|error| run::complete(error, &now.request_id));
            Answer::of(response, masked.take(), was_run)
        }
    })
}

/// The cursor of an event, where it was asked for under its own name.
fn cursor(found: &Found) -> Option<String> {
    let root: serde_json::Value = serde_json::from_str(found.json()).ok()?;
    root.as_object()?.values().next()?.get("cursor")?.as_str().map(ToOwned::to_owned)
}

/// Whether a subscription has one field at its root, and no other kind of it (GraphQL, section 5.2.4.1).
fn is_single(admitted: &Admitted) -> bool {
    let document = &admitted.document.parsed;
    let named = admitted.operation_name.as_deref();
    let mut operations = document.operations.iter();
    let chosen = operations.find(|(name, _)| named.is_none() || name.map(|name| name.as_str()) == named);
    chosen.is_some_and(|(_, operation)| only_field(document, &operation.node.selection_set.node))
}

/// The gate has refused fragments that contain themselves.
fn only_field(document: &ExecutableDocument, set: &SelectionSet) -> bool {
    let [only] = set.items.as_slice() else { return false };
    match &only.node {
        Selection::Field(field) => !field.node.name.node.starts_with("__"),
        Selection::InlineFragment(inline) => only_field(document, &inline.node.selection_set.node),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .is_some_and(|fragment| only_field(document, &fragment.node.selection_set.node)),
    }
}

fn one_field_only() -> Refusal {
    Refusal::new(
        "SUBSCRIPTION_NOT_SINGLE",
        "A subscription has exactly one field at its root.",
        "Mỗi đăng ký theo dõi chỉ có đúng một trường ở gốc.",
    )
}

fn errors(errors: &[async_graphql::ServerError]) -> Box<RawValue> {
    json(serde_json::to_vec(errors).unwrap_or_default())
}

/// JSON that was just written.
fn json(bytes: Vec<u8>) -> Box<RawValue> {
    let text = String::from_utf8(bytes).unwrap_or_default();
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
