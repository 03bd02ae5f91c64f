//! R16 to R18: connections that only wait, heads and bodies that drip, replies that nobody reads, bodies that are too large.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{officer, post};
use crate::harness::database::{Database, Engine};
use crate::harness::environment;
use crate::harness::hub::Hub;
use crate::harness::program::Build;

/// Silent connections held at once; `LIENTHONG_TEST_CONNECTIONS` takes more by hand.
const SILENT: usize = 1_000;
/// What one silent connection may cost.
const MAX_BYTES_EACH: u64 = 48 * 1_024;
/// Long enough for a busy machine, far below any default.
const SOON: Duration = Duration::from_secs(20);

const IMPATIENT: [(&str, &str); 3] = [
    ("LIENTHONG_HTTP_HEAD_TIMEOUT_MS", "1500"),
    ("LIENTHONG_HTTP_BODY_TIMEOUT_MS", "1500"),
    ("LIENTHONG_HTTP_WRITE_TIMEOUT_MS", "1500"),
];

fn connect(hub: &Hub<'_>) -> TcpStream {
    let stream = TcpStream::connect(hub.address()).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    stream
}

/// All that still comes before the hub closes.
fn until_closed(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "not closed in time"),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_cost_little_and_hold_nobody_up() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    assert_eq!(post(&hub, &token, "{\"query\":\"{ now }\"}").send().await.unwrap().status(), 200);
    let before = hub.resident_bytes();
    let wanted = environment::connections(SILENT);
    let silent: Vec<TcpStream> = (0..wanted).map(|_| connect(&hub)).collect();
    for stream in &silent {
        (&*stream).write_all(b"POST /graphql HTTP/1.1\r\nhost: h\r\n").unwrap();
    }
    for _ in 0..20 {
        assert_eq!(post(&hub, &token, "{\"query\":\"{ now }\"}").send().await.unwrap().status(), 200);
    }
    let each = hub.resident_bytes().saturating_sub(before) / u64::try_from(wanted).unwrap();
    assert!(each < MAX_BYTES_EACH, "{each} bytes for each silent connection");
    drop(silent);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_drips_is_cut() {
    let database = Database::fresh(Engine::Sqlite).await;
    let hub = Hub::start_as(Build::Normal, &database, &IMPATIENT).await;
    let begun = Instant::now();
    let mut head = connect(&hub);
    head.write_all(b"POST /graphql HTTP/1.1\r\nhost:").unwrap();
    let mut body = connect(&hub);
    let length = "POST /graphql HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    body.write_all(length.as_bytes()).unwrap();
    assert!(until_closed(&mut body).starts_with("HTTP/1.1 408"), "a body that drips");
    let _ = until_closed(&mut head);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_cut() {
    let database = Database::fresh(Engine::Sqlite).await;
    let hub = Hub::start_as(Build::Normal, &database, &IMPATIENT).await;
    let mut deaf = connect(&hub);
    deaf.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    let begun = Instant::now();
    // Asks for the schema again and again and reads nothing: both buffers fill, then the hub gives up.
    let gone = loop {
        match deaf.write_all(b"GET /schema.graphql HTTP/1.1\r\nhost: h\r\n\r\n") {
            Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => break true,
            _ if begun.elapsed() > SOON => break false,
            _ => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    assert!(gone, "a reader that does not read holds its connection");
    hub.finish().await;
}

/// A caller that sends all it has before it reads: what the network holds for it is far less.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_speaks_to_the_end_hears_why() {
    const SPEECH: usize = 24 << 20;
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start(&database).await;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
    );
    let long = format!("POST /graphql HTTP/1.1\r\nhost: h\r\nauthorization: {}", "x".repeat(SPEECH));
    for (speech, answer) in [
        (format!("{head}content-length: {SPEECH}\r\n\r\n{}", " ".repeat(SPEECH)), "HTTP/1.1 413"),
        (format!("{long}\r\n\r\n"), "HTTP/1.1 431"),
    ] {
        let mut stream = connect(&hub);
        stream.write_all(speech.as_bytes()).unwrap();
        assert!(until_closed(&mut stream).starts_with(answer), "{answer}");
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_refused_at_its_first_byte_too_many() {
    let database = Database::fresh(Engine::Sqlite).await;
    let token = officer(&database);
    let hub = Hub::start_as(Build::Normal, &database, &[("LIENTHONG_GRAPHQL_BODY_BYTES", "2000")]).await;
    let padded = |bytes: usize| format!("{:<bytes$}", "{\"query\":\"{ now }\"}");
    assert_eq!(post(&hub, &token, padded(2_000)).send().await.unwrap().status(), 200);
    assert_eq!(post(&hub, &token, padded(2_001)).send().await.unwrap().status(), 413);
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
    );
    for (name, rest) in [
        ("a length that says so", "content-length: 4000000000\r\n\r\n".to_owned()),
        ("chunks", format!("transfer-encoding: chunked\r\n\r\n7d1\r\n{}\r\n", padded(2_001))),
        (
            "chunks without an end",
            format!(
                "transfer-encoding: chunked\r\n\r\n{}",
                "190\r\n{:<400}\r\n".replace("{:<400}", &padded(400)).repeat(6)
            ),
        ),
    ] {
        let mut stream = connect(&hub);
        stream.write_all(format!("{head}{rest}").as_bytes()).unwrap();
        assert!(until_closed(&mut stream).starts_with("HTTP/1.1 413"), "{name}");
    }
    let mut short = connect(&hub);
    short.write_all(format!("{head}content-length: 500\r\n\r\n{{}}").as_bytes()).unwrap();
    short.shutdown(std::net::Shutdown::Write).unwrap();
    let _ = until_closed(&mut short);
    assert_eq!(post(&hub, &token, padded(100)).send().await.unwrap().status(), 200, "the next caller is served");
    hub.finish().await;
}
