//! The other direction: a partner's own sender in front of a hub that is sometimes away. The robot stands between the two. It
//! disturbs each new message once, in turns, and looks whether the sender comes again with the same words.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use connectors::banks::{Bank, Opened};
use connectors::letter::Letter;
use connectors::{Inbound, Outcome, Reply};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::ground::Ground;
use super::trial::{Subject, Trial, Verdict};
use crate::clock;
use crate::commands::Failure;

/// Bytes of a message at most; the hub takes no more either.
const BODY_BYTES: usize = 1_024 * 1_024;
/// Seconds after which a disturbed sender is asked to come again.
const RETRY_AFTER_SECONDS: u32 = 2;

/// How a message is disturbed when it is heard first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Trick {
    /// The hub says that it is away, in the sender's own words; nothing is kept.
    Away,
    /// The hub keeps the message, and the line breaks before the answer.
    LostAnswer,
    /// The hub says that there are too many.
    TooMany,
    /// The hub hears the message twice, as from an eager network.
    Twice,
}

const TRICKS: [Trick; 4] = [Trick::Away, Trick::LostAnswer, Trick::TooMany, Trick::Twice];

/// What was heard of one message.
struct Heard {
    trick: Trick,
    digest: [u8; 32],
    first: Instant,
    /// Until it came again, once it did.
    again: Option<Duration>,
    /// Whether it came again with other content.
    differs: bool,
}

#[derive(Default)]
struct Book {
    messages: HashMap<String, Heard>,
    /// What proved nothing, by the code of the refusal.
    refused: BTreeMap<&'static str, u32>,
}

/// What happens to a request.
enum Course {
    Answer(Reply),
    Pass { times: usize, is_answered: bool },
}

struct Relay {
    ground: Ground,
    bank: Box<dyn Bank>,
    book: Mutex<Book>,
}

/// Listens for a partner's sender for so long, and says how it behaved.
pub(super) async fn watch(ground: Ground, at: SocketAddr, seconds: u32) -> Result<Vec<Trial>, Failure> {
    let listener = TcpListener::bind(at).await.map_err(|error| format!("{at}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    eprintln!("Let the sender post to http://{address}{} for {seconds} seconds.", ground.path());
    let bank = ground.bank()?;
    let relay = Arc::new(Relay { ground, bank, book: Mutex::default() });
    let end = Instant::now() + Duration::from_secs(seconds.into());
    while let Ok(accepted) = tokio::time::timeout_at(end, listener.accept()).await {
        if let Ok((stream, _)) = accepted {
            tokio::spawn(serve(stream, relay.clone()));
        }
    }
    Ok(relay.verdicts())
}

/// One connection; where an answer is to be lost it ends without one.
async fn serve(stream: TcpStream, relay: Arc<Relay>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let relay = relay.clone();
        async move { relay.take(request).await }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

impl Relay {
    async fn take(&self, request: Request<Incoming>) -> Result<Response<Body>, io::Error> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(Body::new(body), BODY_BYTES).await.map_err(io::Error::other)?;
        let method = if parts.method == hyper::Method::GET { "GET" } else { "POST" };
        let path = self.ground.path();
        let Some(tail) = parts.uri.path().strip_prefix(&path) else { return Ok(plain(404, Bytes::new())) };
        let text = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
            let is_hop = matches!(name.as_str(), "host" | "connection" | "content-length" | "transfer-encoding");
            if is_hop { None } else { Some((name.to_string(), value.to_str().ok()?.to_owned())) }
        };
        let letter = Letter {
            method,
            path_tail: tail.to_owned(),
            query: parts.uri.query().unwrap_or("").to_owned(),
            headers: parts.headers.iter().filter_map(text).collect(),
            body: body.to_vec(),
        };
        match self.course(&letter) {
            Course::Answer(reply) => Ok(worded(reply)),
            Course::Pass { times, is_answered } => self.pass(&letter, times, is_answered).await,
        }
    }

    /// What is to happen to a message: a new one is disturbed, every other one goes its way.
    fn course(&self, letter: &Letter) -> Course {
        let headers = letter.borrowed_headers();
        let inbound = Inbound::new(letter.method, &letter.path_tail, &letter.query, &headers, &letter.body);
        let pass = Course::Pass { times: 1, is_answered: true };
        let notices = match self.bank.open(&inbound, clock::now().micros()) {
            Ok(Opened::Notices(notices)) => notices,
            Ok(_) => return pass,
            Err(refusal) => {
                *self.lock().refused.entry(refusal.code()).or_default() += 1;
                return pass;
            }
        };
        let Some(first) = notices.first() else { return pass };
        let mut book = self.lock();
        if let Some(heard) = book.messages.get_mut(&first.event_id) {
            heard.again = heard.again.or(Some(heard.first.elapsed()));
            heard.differs |= heard.digest != first.digest();
            return pass;
        }
        let trick = TRICKS[book.messages.len() % TRICKS.len()];
        let heard = Heard { trick, digest: first.digest(), first: Instant::now(), again: None, differs: false };
        book.messages.insert(first.event_id.clone(), heard);
        drop(book);
        let retry_after_s = RETRY_AFTER_SECONDS;
        match trick {
            Trick::Away => Course::Answer(self.bank.answer(&inbound, &Outcome::Unavailable { retry_after_s })),
            Trick::TooMany => Course::Answer(self.bank.answer(&inbound, &Outcome::TooMany { retry_after_s })),
            Trick::LostAnswer => Course::Pass { times: 1, is_answered: false },
            Trick::Twice => Course::Pass { times: 2, is_answered: true },
        }
    }

    async fn pass(&self, letter: &Letter, times: usize, is_answered: bool) -> Result<Response<Body>, io::Error> {
        let mut answer = None;
        for _ in 0..times {
            answer = Some(self.ground.deliver(letter).await.map_err(io::Error::other)?);
        }
        match answer.filter(|_| is_answered) {
            Some(answer) => {
                let mut response = plain(answer.status, answer.body.into());
                let kind = answer.headers.iter().find(|(name, _)| name == "content-type");
                if let Some(value) = kind.and_then(|(_, value)| value.parse().ok()) {
                    response.headers_mut().insert(hyper::header::CONTENT_TYPE, value);
                }
                Ok(response)
            }
            None => Err(io::Error::other("the answer is lost, as the robot has it")),
        }
    }

    fn verdicts(&self) -> Vec<Trial> {
        let book = self.lock();
        let heard = |trick| book.messages.values().filter(move |heard| heard.trick == trick);
        let mut trials: Vec<Trial> = TRICKS
            .into_iter()
            .filter(|trick| *trick != Trick::Twice)
            .map(|trick| Trial { subject: subject(trick), verdict: came_again(heard(trick)) })
            .collect();
        let differs = book.messages.values().filter(|heard| heard.differs).count();
        trials.push(Trial {
            subject: SAME_WORDS,
            verdict: match (book.messages.values().any(|heard| heard.again.is_some()), differs) {
                (false, _) => Verdict::Untried("no message came twice".to_owned()),
                (true, differs) => Verdict::of(&[(differs == 0, format!("{differs} came again with other content"))]),
            },
        });
        let refused: Vec<_> = book.refused.iter().map(|(code, times)| format!("{code} {times} times")).collect();
        trials.push(Trial {
            subject: PROVEN,
            verdict: match book.messages.len() {
                0 if refused.is_empty() => Verdict::Untried("nothing was heard".to_owned()),
                _ => Verdict::of(&[(refused.is_empty(), refused.join(", "))]),
            },
        });
        trials
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether every disturbed message came again.
fn came_again<'h>(heard: impl Iterator<Item = &'h Heard>) -> Verdict {
    let again: Vec<Option<Duration>> = heard.map(|heard| heard.again).collect();
    let lost = again.iter().filter(|again| again.is_none()).count();
    match again.len() {
        0 => Verdict::Untried("too few messages came".to_owned()),
        all => Verdict::of(&[(lost == 0, format!("{lost} of {all} never came again"))]),
    }
}

const SAME_WORDS: Subject = Subject {
    code: "SAME_WORDS_AGAIN",
    promise: "A message that is sent again says the same under the same event id.",
    promise_vi: "Thông báo gửi lại có cùng mã sự kiện và cùng nội dung.",
};

const PROVEN: Subject = Subject {
    code: "EVERY_MESSAGE_PROVEN",
    promise: "Every message of the sender proves itself, its clock included.",
    promise_vi: "Mọi thông báo của bên gửi đều có chữ ký hoặc khóa đúng, kể cả thời gian ký.",
};

const fn subject(trick: Trick) -> Subject {
    match trick {
        Trick::Away | Trick::Twice => Subject {
            code: "COMES_AGAIN_WHEN_AWAY",
            promise: "A message that the hub could not take is sent again.",
            promise_vi: "Thông báo mà hệ thống chưa nhận được thì được gửi lại.",
        },
        Trick::LostAnswer => Subject {
            code: "COMES_AGAIN_WITHOUT_ANSWER",
            promise: "A message whose answer was lost on the way is sent again.",
            promise_vi: "Thông báo không nhận được trả lời do đứt đường truyền thì được gửi lại.",
        },
        Trick::TooMany => Subject {
            code: "COMES_AGAIN_WHEN_TOO_MANY",
            promise: "A message that came too fast after others is sent again later.",
            promise_vi: "Thông báo bị từ chối vì gửi quá nhanh thì được gửi lại sau.",
        },
    }
}

fn worded(reply: Reply) -> Response<Body> {
    let mut response = plain(reply.status, reply.body.into());
    let headers = reply.content_type.map(|kind| ("content-type", kind.to_owned())).into_iter().chain(reply.headers);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (hyper::header::HeaderName::try_from(name), value.parse()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn plain(status: u16, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::BAD_GATEWAY);
    response
}
