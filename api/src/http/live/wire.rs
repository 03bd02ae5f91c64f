//! The messages of `graphql-transport-ws`, and the codes with which a socket is closed.

use axum::extract::ws::CloseFrame;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// The name of the protocol in the handshake.
pub(super) const PROTOCOL: &str = "graphql-transport-ws";
/// Characters of an operation's id at most.
const MAX_ID_CHARS: usize = 128;

/// What a client says.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    /// Here I am, with these parameters.
    Init(Map<String, Value>),
    /// Are you there?
    Ping(Option<Value>),
    /// I am here.
    Pong,
    /// Run this.
    Subscribe(String, Map<String, Value>),
    /// No more of that.
    Complete(String),
}

/// Why a socket is closed by the hub.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Close(pub(super) u16, pub(super) String);

impl Close {
    pub(super) fn invalid(why: &str) -> Self {
        Self(4400, format!("Invalid message: {why}"))
    }

    pub(super) fn unauthorized(why: &str) -> Self {
        Self(4401, why.to_owned())
    }

    pub(super) fn forbidden(why: &str) -> Self {
        Self(4403, why.to_owned())
    }

    pub(super) fn wrong_protocol() -> Self {
        Self(4406, "Subprotocol not acceptable".to_owned())
    }

    pub(super) fn init_timeout() -> Self {
        Self(4408, "Connection initialisation timeout".to_owned())
    }

    pub(super) fn taken(id: &str) -> Self {
        Self(4409, format!("Subscriber for {id} already exists"))
    }

    pub(super) fn second_init() -> Self {
        Self(4429, "Too many initialisation requests".to_owned())
    }

    pub(super) fn too_many() -> Self {
        Self(1013, "Too many sockets and streams".to_owned())
    }

    pub(super) fn too_large() -> Self {
        Self(1009, "The message is too large".to_owned())
    }

    pub(super) fn going_away() -> Self {
        Self(1001, "The hub is stopping".to_owned())
    }

    /// As a frame; a reason has 123 bytes at most (RFC 6455, section 5.5).
    pub(super) fn frame(self) -> CloseFrame {
        let end = (0..=123.min(self.1.len())).rev().find(|end| self.1.is_char_boundary(*end)).unwrap_or(0);
        CloseFrame { code: self.0, reason: self.1[..end].into() }
    }
}

/// Reads a text message.
///
/// # Errors
/// 4400 for what the protocol does not know.
pub(super) fn read(text: &str) -> Result<Said, Close> {
    let message = serde_json::from_str::<Value>(text).map_err(|_| Close::invalid("not JSON"))?;
    let Value::Object(mut message) = message else { return Err(Close::invalid("not an object")) };
    let payload = message.remove("payload").filter(|payload| !payload.is_null());
    let kind = message.remove("type").unwrap_or_default();
    match kind.as_str().unwrap_or("") {
        "connection_init" => Ok(Said::Init(object(payload)?)),
        "ping" => Ok(Said::Ping(Some(Value::Object(object(payload)?)).filter(|payload| *payload != json!({})))),
        "pong" => object(payload).map(|_| Said::Pong),
        "subscribe" => {
            let payload = object(payload)?;
            if !payload.get("query").is_none_or(Value::is_string) || payload.is_empty() {
                return Err(Close::invalid("payload.query is a text"));
            }
            Ok(Said::Subscribe(id(&mut message)?, payload))
        }
        "complete" => Ok(Said::Complete(id(&mut message)?)),
        _ => Err(Close::invalid("unknown type")),
    }
}

fn object(payload: Option<Value>) -> Result<Map<String, Value>, Close> {
    match payload {
        None => Ok(Map::new()),
        Some(Value::Object(payload)) => Ok(payload),
        Some(_) => Err(Close::invalid("payload is an object")),
    }
}

fn id(message: &mut Map<String, Value>) -> Result<String, Close> {
    match message.remove("id") {
        Some(Value::String(id)) if (1..=MAX_ID_CHARS).contains(&id.chars().count()) => Ok(id),
        _ => Err(Close::invalid("id is a text of 1 to 128 characters")),
    }
}

/// A message of the hub: its type, the operation that it is about, and JSON that is written already.
pub(super) fn write(kind: &str, id: Option<&str>, payload: Option<&RawValue>) -> String {
    #[derive(serde::Serialize)]
    struct Message<'a> {
        r#type: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<&'a RawValue>,
    }
    serde_json::to_string(&Message { r#type: kind, id, payload }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_protocols_words_are_understood() {
        let subscribe = r#"{"type":"subscribe","id":"1","payload":{"query":"{ now }"}}"#;
        let Ok(Said::Subscribe(id, payload)) = read(subscribe) else { panic!("{subscribe}") };
        assert_eq!((id.as_str(), &payload["query"]), ("1", &json!("{ now }")));
        assert_eq!(read(r#"{"type":"connection_init"}"#), Ok(Said::Init(Map::new())));
        assert_eq!(read(r#"{"type":"ping","payload":null}"#), Ok(Said::Ping(None)));
        assert_eq!(read(r#"{"type":"complete","id":"1"}"#), Ok(Said::Complete("1".to_owned())));
        for bad in [
            "",
            "[]",
            "{}",
            "null",
            r#"{"type":"start"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":1}"#,
            r#"{"type":"subscribe","payload":{"query":"{ now }"}}"#,
            r#"{"type":"complete","id":""}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
            r#"{"type":"connection_init","payload":[]}"#,
        ] {
            assert_eq!(read(bad).unwrap_err().0, 4400, "{bad}");
        }
    }

    #[test]
    fn a_reason_fits_into_its_frame() {
        let reason = Close::taken(&"ế".repeat(100)).frame().reason;
        assert!((120..=123).contains(&reason.as_str().len()), "{reason}");
    }
}
