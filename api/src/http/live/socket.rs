//! A socket that speaks `graphql-transport-ws`: one conversation, several operations at once, each under its own id.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::operation::{self, Voice, Word};
use super::wire::{self, Close, PROTOCOL, Said};
use super::{no_room, origin};
use crate::auth::caller::{CONTRACT, ROLE};
use crate::auth::rate;
use crate::auth::session::{Over, Session};
use crate::clock;
use crate::feed::audience::{Door, Seat, Wait};
use crate::http::graphql::PURPOSE;
use crate::http::graphql::words::Words;
use crate::http::log::RequestId;
use crate::http::peer::Peer;
use crate::hub::Hub;

/// How often a socket looks around: whether its rights still hold, and whether anyone is there.
const TICK: Duration = Duration::from_millis(500);
/// How long a client may take to say who it is.
const INIT_TIMEOUT: Duration = Duration::from_secs(3);
/// After so long a silence the hub asks whether anyone is there; after three times as long it leaves.
const SILENCE: Duration = Duration::from_secs(20);
/// How long the hub waits for the other side's close.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long a client may take to accept one message.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// Messages that wait for a slow client, over all its operations.
const QUEUE_MESSAGES: usize = 16;

/// Turns a request into a socket.
pub(super) async fn open(hub: Arc<Hub>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if let Err(problem) = origin::check(&hub.config, &parts.headers) {
        return problem.into_response();
    }
    // Nobody knows yet who this is, so it takes none of the places of those who are known.
    let Ok(Peer(address)) = Peer::from_request_parts(&mut parts, &hub).await;
    let Some(wait) = hub.audience.wait(rate::payer(address)) else { return no_room().into_response() };
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let bytes = hub.config.size("LIENTHONG_GRAPHQL_BODY_BYTES");
    match WebSocketUpgrade::from_request_parts(&mut parts, &hub).await {
        Err(rejection) => rejection.into_response(),
        Ok(upgrade) => {
            // What is a little too large is told so; what is far too large is not read to its end.
            let most = bytes.saturating_mul(2);
            let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(most).max_frame_size(most);
            upgrade.on_upgrade(move |socket| converse(hub, socket, parts.headers, request_id, wait))
        }
    }
}

async fn converse(hub: Arc<Hub>, socket: WebSocket, headers: HeaderMap, request_id: String, wait: Wait) {
    let (voices, words) = mpsc::channel(QUEUE_MESSAGES);
    let mut conversation = Conversation {
        hub,
        socket,
        headers,
        request_id,
        words,
        voices,
        known: None,
        running: HashMap::new(),
        count: 0,
        opened: Instant::now(),
        heard: Instant::now(),
        asked: Instant::now(),
        is_stopping: false,
        wait: Some(wait),
    };
    let close =
        if conversation.socket.protocol().is_none() { Some(Close::wrong_protocol()) } else { conversation.run().await };
    if let Some(close) = close {
        // Whoever is gone does not hear why.
        let _ = conversation.send(Message::Close(Some(close.frame()))).await;
    }
    // Each side hears the other's close before the connection goes (RFC 6455, section 7.1.1); reading sends what is due.
    let mut socket = conversation.leave();
    let farewell = async { while let Some(Ok(_)) = socket.recv().await {} };
    let _ = tokio::time::timeout(FAREWELL, farewell).await;
}

/// An operation that runs. Dropping it ends its stream.
struct Running {
    number: u64,
    _stop: oneshot::Sender<()>,
}

struct Conversation {
    hub: Arc<Hub>,
    socket: WebSocket,
    headers: HeaderMap,
    request_id: String,
    words: mpsc::Receiver<(u64, Word)>,
    voices: mpsc::Sender<(u64, Word)>,
    known: Option<(Arc<Session>, Door, Seat)>,
    running: HashMap<String, Running>,
    count: u64,
    opened: Instant,
    heard: Instant,
    asked: Instant,
    is_stopping: bool,
    /// The place of one that is not known yet.
    wait: Option<Wait>,
}

/// Goes on, or ends: with a code, or without a word when nobody is there any more.
type Step = ControlFlow<Option<Close>>;

impl Conversation {
    /// Ends what runs and makes room for others; only the wire is left.
    fn leave(self) -> WebSocket {
        self.socket
    }

    /// Talks until one of the two ends it.
    async fn run(&mut self) -> Option<Close> {
        let audience = self.hub.audience.clone();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let step = tokio::select! {
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.hear(message).await,
                    Some(Err(_)) | None => Step::Break(None),
                },
                Some((number, word)) = self.words.recv() => self.say(number, word).await,
                () = audience.stopping(), if !self.is_stopping => {
                    self.is_stopping = true;
                    self.rest()
                }
                _ = tick.tick() => self.look_around().await,
            };
            if let ControlFlow::Break(close) = step {
                return close;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Step {
        self.heard = Instant::now();
        let said = match message {
            Message::Text(text) if text.len() > self.hub.config.size("LIENTHONG_GRAPHQL_BODY_BYTES") => {
                Err(Close::too_large())
            }
            Message::Text(text) => wire::read(&text),
            Message::Binary(_) => Err(Close::invalid("binary")),
            Message::Ping(_) | Message::Pong(_) => return Step::Continue(()),
            Message::Close(_) => return Step::Break(None),
        };
        match said {
            Err(close) => Step::Break(Some(close)),
            Ok(Said::Init(payload)) => self.greet(payload).await,
            Ok(Said::Ping(payload)) => {
                let payload = payload.and_then(|payload| serde_json::value::to_raw_value(&payload).ok());
                self.write("pong", None, payload.as_deref()).await
            }
            Ok(Said::Pong) => Step::Continue(()),
            Ok(Said::Subscribe(id, payload)) => self.begin(id, payload).await,
            Ok(Said::Complete(id)) => {
                self.running.remove(&id);
                self.rest()
            }
        }
    }

    /// Who is it? A second answer is one too many.
    async fn greet(&mut self, payload: Map<String, Value>) -> Step {
        if self.known.is_some() {
            return Step::Break(Some(Close::second_init()));
        }
        let headers = credentials(&self.headers, &payload);
        let session = match Session::open(&self.hub, &headers, clock::now()).await {
            Ok(session) => session,
            Err(problem) if problem.status.is_server_error() => {
                return Step::Break(Some(Close(1013, "The hub cannot reach its database; try again".to_owned())));
            }
            Err(problem) => {
                return Step::Break(Some(Close::forbidden(&format!("Forbidden: {}", problem.refusal.code))));
            }
        };
        let audience = &self.hub.audience;
        let Some((door, seat)) = audience.enter().zip(audience.sit(session.caller.subject)) else {
            return Step::Break(Some(Close::too_many()));
        };
        self.known = Some((Arc::new(session), door, seat));
        self.wait = None;
        self.write("connection_ack", None, None).await
    }

    async fn begin(&mut self, id: String, mut payload: Map<String, Value>) -> Step {
        let Some((session, ..)) = &self.known else { return Step::Break(Some(Close::unauthorized("Unauthorized"))) };
        if self.running.contains_key(&id) {
            return Step::Break(Some(Close::taken(&id)));
        }
        let Ok(words) = Words::of(&mut payload) else { return Step::Break(Some(Close::invalid("payload"))) };
        if self.is_stopping || self.running.len() >= self.hub.config.size("LIENTHONG_SOCKET_OPERATIONS") {
            let refusal = if self.is_stopping { stopping() } else { too_many_operations() };
            let error = crate::graphql::answer::error_of(&refusal, &self.request_id);
            let errors = serde_json::value::to_raw_value(&[error]).ok();
            return self.write("error", Some(&id), errors.as_deref()).await;
        }
        self.count += 1;
        let (stop, stopped) = oneshot::channel();
        let voice = Voice { number: self.count, queue: self.voices.clone() };
        let request_id = format!("{}.{}", self.request_id, self.count);
        tokio::spawn(operation::run(self.hub.clone(), session.clone(), request_id, words, voice, stopped));
        self.running.insert(id, Running { number: self.count, _stop: stop });
        Step::Continue(())
    }

    /// Passes a word on, unless the client no longer wants to hear of that operation.
    async fn say(&mut self, number: u64, word: Word) -> Step {
        let Some(id) = self.running.iter().find(|(_, one)| one.number == number).map(|(id, _)| id.clone()) else {
            return Step::Continue(());
        };
        if !matches!(word, Word::Next(..)) {
            self.running.remove(&id);
        }
        match word {
            Word::Next(payload, _) => self.write("next", Some(&id), Some(&payload)).await?,
            Word::Error(payload) => self.write("error", Some(&id), Some(&payload)).await?,
            Word::Complete => self.write("complete", Some(&id), None).await?,
            Word::Broken => {}
        }
        self.rest()
    }

    /// Whether the hub stops and nothing runs any more.
    fn rest(&self) -> Step {
        if self.is_stopping && self.running.is_empty() {
            return Step::Break(Some(Close::going_away()));
        }
        Step::Continue(())
    }

    async fn look_around(&mut self) -> Step {
        let Some((session, ..)) = &self.known else {
            let is_late = self.opened.elapsed() >= INIT_TIMEOUT;
            return if is_late { Step::Break(Some(Close::init_timeout())) } else { Step::Continue(()) };
        };
        if let Err(over) = session.check(&self.hub, clock::now()).await {
            return Step::Break(Some(match over {
                // 4401 would tell clients never to come back, not even with a new token.
                Over::Token => Close::forbidden("Forbidden: the token has come to its end"),
                Over::Rights => Close::forbidden("Forbidden: your rights have changed"),
            }));
        }
        if self.heard.elapsed() > SILENCE * 3 {
            return Step::Break(None);
        }
        if self.heard.elapsed() > SILENCE && self.asked.elapsed() > SILENCE {
            self.asked = Instant::now();
            return self.send(Message::Ping(Vec::new().into())).await;
        }
        Step::Continue(())
    }

    async fn write(&mut self, kind: &str, id: Option<&str>, payload: Option<&RawValue>) -> Step {
        self.send(Message::Text(wire::write(kind, id, payload).into())).await
    }

    async fn send(&mut self, message: Message) -> Step {
        match tokio::time::timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Step::Continue(()),
            Ok(Err(_)) | Err(_) => Step::Break(None),
        }
    }
}

/// The headers that say who asks, those of the first message before those of the handshake: browsers cannot set headers.
fn credentials(handshake: &HeaderMap, payload: &Map<String, Value>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in [header::AUTHORIZATION.as_str(), ROLE, CONTRACT, PURPOSE] {
        let given =
            payload.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str());
        let value = given.and_then(|given| HeaderValue::from_str(given).ok()).or_else(|| handshake.get(name).cloned());
        if let Some(value) = value {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

fn stopping() -> entities::Refusal {
    entities::Refusal::new("UNAVAILABLE", "The hub is stopping; connect again.", "Hệ thống đang dừng; hãy kết nối lại.")
}

fn too_many_operations() -> entities::Refusal {
    entities::Refusal::new(
        "TOO_MANY_STREAMS",
        "Too many operations run on this socket; complete one first.",
        "Kết nối đang chạy quá nhiều thao tác; hãy kết thúc bớt.",
    )
}
