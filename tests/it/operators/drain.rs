//! SIGTERM: what is in flight ends in peace, nothing new is taken, exit 0.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::database::{Database, Engine};
use crate::harness::hub::Hub;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_in_flight_is_answered_before_the_end() {
    let database = Database::fresh(Engine::Sqlite).await;
    let mut hub = Hub::start(&database).await;
    let mut slow = TcpStream::connect(hub.address()).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let body = r#"{"query":"{ now }"}"#;
    let head = "POST /graphql HTTP/1.1\r\nhost: hub\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let (first, rest) = body.split_at(5);
    write!(slow, "{head}content-length: {}\r\n\r\n{first}", body.len()).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    hub.ask_to_drain();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(TcpStream::connect(hub.address()).is_err(), "nothing new is taken");
    slow.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "a whole answer, though to a stranger: {answer}");
    assert_eq!(hub.terminate().code(), Some(0), "{}", hub.log());
}
