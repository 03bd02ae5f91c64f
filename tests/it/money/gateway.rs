//! A payment gateway that can be asked about one order at a time, on a port of its own. What it says is the test's.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One question as it came.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// Method and target.
    pub(super) line: String,
    /// The whole head in lower case, the line included.
    pub(super) head: String,
    pub(super) body: String,
}

type Says = Box<dyn Fn(&Question) -> (u16, String) + Send>;

/// What the gateway says, and the questions that it heard.
struct Mind {
    says: Says,
    after: Duration,
    heard: Vec<Question>,
}

pub(super) struct Gateway {
    pub(super) url: String,
    mind: Arc<Mutex<Mind>>,
}

impl Gateway {
    /// A gateway that is down.
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let says: Says = Box::new(|_| (503, String::new()));
        let mind = Arc::new(Mutex::new(Mind { says, after: Duration::ZERO, heard: Vec::new() }));
        let shared = mind.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, shared.clone()));
            }
        });
        Self { url, mind }
    }

    /// From now on it says this.
    pub(super) fn says(&self, says: impl Fn(&Question) -> String + Send + 'static) {
        self.answers(move |question| (200, says(question)));
    }

    /// From now on it answers with this status and body.
    pub(super) fn answers(&self, says: impl Fn(&Question) -> (u16, String) + Send + 'static) {
        self.mind.lock().unwrap().says = Box::new(says);
    }

    /// From now on it takes this long.
    pub(super) fn takes(&self, after: Duration) {
        self.mind.lock().unwrap().after = after;
    }

    pub(super) fn heard(&self) -> Vec<Question> {
        self.mind.lock().unwrap().heard.clone()
    }
}

/// Answers one question and closes.
async fn answer(mut stream: TcpStream, mind: Arc<Mutex<Mind>>) {
    let (mut bytes, mut some) = (Vec::new(), [0; 4_096]);
    let question = loop {
        match stream.read(&mut some).await {
            Ok(read @ 1..) => bytes.extend_from_slice(&some[..read]),
            _ => return,
        }
        if let Some(question) = whole(&bytes) {
            break question;
        }
    };
    let ((status, body), after) = {
        let mut mind = mind.lock().unwrap();
        mind.heard.push(question.clone());
        ((mind.says)(&question), mind.after)
    };
    tokio::time::sleep(after).await;
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\nConnection: close");
    let _ = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await;
}

/// The question, once its body is there.
fn whole(bytes: &[u8]) -> Option<Question> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    (body.len() >= length.parse().ok()?).then(|| Question { line, head, body: body.to_owned() })
}
