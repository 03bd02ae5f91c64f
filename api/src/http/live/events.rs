//! One operation as a stream of server-sent events: `next` for each result, `complete` at the end, comments while it is
//! silent. The id of an event is its cursor.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use entities::Refusal;
use futures_util::stream::{self, Stream};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::no_room;
use super::operation::{self, Voice, Word};
use crate::auth::session::Session;
use crate::clock;
use crate::feed::audience::{Door, Seat};
use crate::http::graphql::words;
use crate::http::log::{Actor, RequestId};
use crate::http::problem::Problem;
use crate::http::whole::Whole;
use crate::hub::Hub;

/// How often a stream looks whether its rights still hold.
const TICK: Duration = Duration::from_millis(500);
/// After so long a silence a comment is sent, so that nobody between takes the stream for dead.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Events that wait for a slow reader.
const QUEUE_EVENTS: usize = 4;

/// Answers a request with events.
///
/// # Errors
/// What plain HTTP answers too: 400, 401, 403, 413, 415, 429, 503.
pub(super) async fn open(hub: Arc<Hub>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let Whole(body) = Whole::from_request(Request::from_parts(parts.clone(), body), &hub).await?;
    let session = Arc::new(Session::open(&hub, &parts.headers, clock::now()).await?);
    let words = words::read(&Method::POST, None, &parts.headers, &body)?;
    let (door, seat) = hub.audience.enter().zip(hub.audience.sit(session.caller.subject)).ok_or_else(no_room)?;
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let (queue, words_said) = mpsc::channel(QUEUE_EVENTS);
    let (stop, stopped) = oneshot::channel();
    let voice = Voice { number: 0, queue };
    tokio::spawn(operation::run(hub.clone(), session.clone(), request_id.clone(), words, voice, stopped));
    let actor = Actor(session.caller.actor());
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listening = Listening {
        hub,
        session,
        request_id,
        words: words_said,
        tick,
        is_over: false,
        _stop: stop,
        _door: door,
        _seat: seat,
    };
    let heartbeat = KeepAlive::new().interval(HEARTBEAT);
    let mut response = Sse::new(events(listening)).keep_alive(heartbeat).into_response();
    response.extensions_mut().insert(actor);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    // Proxies that collect a reply before they pass it on are told not to.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

struct Listening {
    hub: Arc<Hub>,
    session: Arc<Session>,
    request_id: String,
    words: mpsc::Receiver<(u64, Word)>,
    tick: Interval,
    is_over: bool,
    _stop: oneshot::Sender<()>,
    _door: Door,
    _seat: Seat,
}

fn events(listening: Listening) -> impl Stream<Item = Result<Event, Infallible>> {
    let one_by_one = stream::unfold(listening, |mut listening| async move {
        let events = listening.next().await?;
        Some((stream::iter(events.into_iter().map(Ok)), listening))
    });
    futures_util::StreamExt::flatten(one_by_one)
}

impl Listening {
    /// What is to be sent next; none when the stream has ended.
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            if self.is_over {
                return None;
            }
            let word = tokio::select! {
                word = self.words.recv() => word.map(|(_, word)| word),
                _ = self.tick.tick() => match self.session.check(&self.hub, clock::now()).await {
                    Ok(()) => continue,
                    Err(over) => return Some(self.end(&over.refusal())),
                },
            };
            return Some(match word {
                Some(Word::Next(payload, cursor)) => vec![next(payload.get(), cursor.as_deref())],
                Some(Word::Error(errors)) => {
                    self.is_over = true;
                    vec![next(&format!("{{\"errors\":{}}}", errors.get()), None), complete()]
                }
                Some(Word::Complete) => {
                    self.is_over = true;
                    vec![complete()]
                }
                Some(Word::Broken) | None => self.end(&stopping()),
            });
        }
    }

    fn end(&mut self, refusal: &Refusal) -> Vec<Event> {
        self.is_over = true;
        let error = crate::graphql::answer::error_of(refusal, &self.request_id);
        vec![next(&json!({ "errors": [error] }).to_string(), None), complete()]
    }
}

fn next(payload: &str, cursor: Option<&str>) -> Event {
    let event = Event::default().event("next").data(payload);
    match cursor {
        Some(cursor) => event.id(cursor),
        None => event,
    }
}

fn complete() -> Event {
    Event::default().event("complete").data("")
}

fn stopping() -> Refusal {
    Refusal::new(
        "UNAVAILABLE",
        "The hub is stopping: come back, from your last cursor.",
        "Hệ thống đang dừng: hãy kết nối lại, tiếp từ con trỏ cuối.",
    )
}
