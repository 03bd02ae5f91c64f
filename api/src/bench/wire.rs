//! HTTP/1.1 as a load generator needs it: one kept connection, requests that were worded beforehand, and of the answer only
//! whether it is one. The courier would cost as much as the server that is measured.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest head of an answer, in bytes.
const MAX_HEAD_BYTES: usize = 16_384;

/// Words a GET of a path with these headers.
pub(super) fn get(path: &str, headers: &[(&str, &str)]) -> String {
    request("GET", path, headers, "")
}

/// Words a POST of JSON with a bearer token.
pub(super) fn post(path: &str, token: &str, body: &str) -> String {
    let bearer = format!("Bearer {token}");
    request("POST", path, &[("Authorization", &bearer), ("Content-Type", "application/json")], body)
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}{length}\r\n{body}")
}

/// An answer as far as it counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Heard {
    pub(super) status: u16,
    /// The value of `ETag`; empty without one.
    pub(super) tag: String,
    pub(super) body: Vec<u8>,
}

impl Heard {
    /// Whether the question was answered: GraphQL refuses with 200 and `errors`.
    pub(super) fn is_good(&self) -> bool {
        let refused = [&b"{\"errors\""[..], b"{\"data\":null"].iter().any(|start| self.body.starts_with(start));
        self.status == 304 || ((200..300).contains(&self.status) && !refused && !contains(&self.body, b"\"errors\":["))
    }
}

/// A kept connection.
pub(super) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    pub(super) async fn connect(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(65_536) })
    }

    /// Sends a request and reads its whole answer.
    pub(super) async fn ask(&mut self, request: &str) -> std::io::Result<Heard> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let end = loop {
            if let Some(end) = position(&self.buffer, b"\r\n\r\n") {
                break end;
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 || self.buffer.len() > MAX_HEAD_BYTES * 64 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        let header = |wanted: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned())
        };
        // A 304 may tell the length of what it does not send.
        let announced = header("content-length").and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
        let length = if status == 304 || status == 204 { 0 } else { announced };
        let start = end + 4;
        while self.buffer.len() < start + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let body = self.buffer[start..start + length].to_vec();
        Ok(Heard { status, tag: header("etag").unwrap_or_default(), body })
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    position(haystack, needle).is_some()
}

fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(status: u16, body: &str) -> Heard {
        Heard { status, tag: String::new(), body: body.into() }
    }

    #[test]
    fn a_refusal_in_a_good_status_is_no_answer() {
        assert!(heard(200, r#"{"data":{"school":{"code":"1"}}}"#).is_good());
        assert!(heard(304, "").is_good());
        for (status, body) in
            [(200, r#"{"data":null,"errors":[]}"#), (200, r#"{"errors":[{"message":"no"}]}"#), (429, "{}")]
        {
            assert!(!heard(status, body).is_good(), "{body}");
        }
        assert!(!heard(200, r#"{"data":{"school":null},"errors":[{"message":"no"}]}"#).is_good());
    }

    #[test]
    fn requests_are_worded_as_http_says() {
        assert_eq!(
            post("/graphql", "t", "{}"),
            "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer t\r\nContent-Type: application/json\r\n\
             Content-Length: 2\r\n\r\n{}"
        );
    }
}
