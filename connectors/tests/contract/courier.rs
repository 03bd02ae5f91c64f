//! The courier against a server on this machine that answers what it is told to.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

use connectors::{
    Letter,
    courier::{Courier, CourierFault, Limits},
};

fn limits() -> Limits {
    Limits { connect_timeout: Duration::from_secs(2), exchange_timeout: Duration::from_secs(2), answer_bytes: 64 }
}

/// Answers one connection's requests in turn and hands back what was asked.
fn server(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/webhooks/c1", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let asked = answers.iter().map(|answer| {
            let request = request(&mut stream);
            // The client may hang up in the middle of an answer that is too long.
            drop(stream.write_all(answer.as_bytes()));
            request
        });
        asked.collect()
    });
    (address, asked)
}

fn request(stream: &mut TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut request).unwrap() > 0, "the client hung up");
    }
    let length = request.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    request + std::str::from_utf8(&body).unwrap()
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nX-Word: said\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn letters_go_out_as_written_over_one_connection() {
    let (address, asked) = server(vec![answer("200 OK", "yes"), answer("503 Service Unavailable", "")]);
    let courier = Courier::new(limits()).unwrap();
    let get = Letter {
        method: "GET",
        path_tail: "/ipn".to_owned(),
        query: "vnp_OrderInfo=H%E1%BB%8Dc+ph%C3%AD&a=(x)".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let post = Letter {
        method: "POST",
        path_tail: String::new(),
        query: String::new(),
        headers: vec![("webhook-id".to_owned(), "msg_1".to_owned())],
        body: b"{}".to_vec(),
    };

    let first = courier.deliver(&address, &get).await.unwrap();
    assert_eq!((first.status, first.body.as_slice()), (200, &b"yes"[..]));
    assert!(first.headers.contains(&("x-word".to_owned(), "said".to_owned())));
    assert_eq!(courier.deliver(&address, &post).await.unwrap().status, 503);

    let asked = asked.join().unwrap();
    assert!(
        asked[0].starts_with("GET /webhooks/c1/ipn?vnp_OrderInfo=H%E1%BB%8Dc+ph%C3%AD&a=(x) HTTP/1.1\r\n"),
        "{}",
        asked[0]
    );
    assert!(asked[1].starts_with("POST /webhooks/c1 HTTP/1.1\r\n"), "{}", asked[1]);
    assert!(asked[1].contains("webhook-id: msg_1\r\n") && asked[1].ends_with("\r\n\r\n{}"), "{}", asked[1]);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let (address, asked) = server(vec![answer("307 Temporary Redirect\r\nLocation: /elsewhere", "")]);
    let came = Courier::new(limits()).unwrap().get(&address, &[]).await.unwrap();
    assert_eq!(came.status, 307);
    assert_eq!(asked.join().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_dropped() {
    let (address, _) = server(vec![answer("200 OK", &"x".repeat(65))]);
    let came = Courier::new(limits()).unwrap().get(&address, &[]).await;
    assert!(matches!(came, Err(CourierFault::TooLong { limit_bytes: 64 })));

    let (address, _) = server(vec![answer("200 OK", &"x".repeat(64))]);
    assert!(Courier::new(limits()).unwrap().get(&address, &[]).await.is_ok());
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let hasty = Limits { exchange_timeout: Duration::from_millis(200), ..limits() };
    let courier = Courier::new(hasty).unwrap();
    let came = tokio::time::timeout(Duration::from_secs(5), courier.get(&address, &[])).await;
    assert!(matches!(came, Ok(Err(CourierFault::Exchange(error))) if error.is_timeout()));
}
