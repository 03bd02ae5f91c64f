//! A client of `graphql-transport-ws`, as a vendor's program or a browser would be.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::harness::hub::Hub;

/// Longer than anything that is promised here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the hub said.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    Said(Value),
    Closed(u16),
}

pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects with these headers.
    pub(crate) async fn connect(hub: &Hub<'_>, headers: &[(&str, &str)]) -> Result<Self, StatusCode> {
        let mut request = format!("ws://{}/graphql", hub.address()).into_client_request().unwrap();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        }
        let stream = TcpStream::connect(hub.address()).await.unwrap();
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(answer)) => Err(StatusCode::from_u16(answer.status().as_u16()).unwrap()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Connects with the protocol, and says nothing yet.
    pub(crate) async fn silent(hub: &Hub<'_>) -> Self {
        Self::connect(hub, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    /// Connects and is known by its token.
    pub(crate) async fn known(hub: &Hub<'_>, token: &str) -> Self {
        let mut socket = Self::silent(hub).await;
        socket
            .say(&json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } }))
            .await;
        assert_eq!(socket.hear().await, Heard::Said(json!({ "type": "connection_ack" })));
        socket
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.text(&message.to_string()).await;
    }

    pub(crate) async fn text(&mut self, text: &str) {
        // A socket that was just closed from the other side is heard of by the next reading.
        let _ = self.0.send(Message::text(text)).await;
    }

    pub(crate) async fn bytes(&mut self, bytes: Vec<u8>) {
        let _ = self.0.send(Message::binary(bytes)).await;
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(&json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// The next message, or the code with which the hub closed.
    pub(crate) async fn hear(&mut self) -> Heard {
        self.hear_within(PATIENCE).await.unwrap_or_else(|| panic!("nothing was heard for {PATIENCE:?}"))
    }

    /// The same, or nothing when nothing comes.
    pub(crate) async fn hear_within(&mut self, patience: Duration) -> Option<Heard> {
        let hear = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => return Heard::Said(serde_json::from_str(&text).unwrap()),
                    Some(Ok(Message::Close(Some(frame)))) => return Heard::Closed(frame.code.into()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(other)) => panic!("{other:?}"),
                    Some(Err(_)) | None => return Heard::Closed(0),
                }
            }
        };
        tokio::time::timeout(patience, hear).await.ok()
    }

    /// The payload of the next message, which must be a result or an event of this operation.
    pub(crate) async fn next(&mut self, id: &str) -> Value {
        match self.hear().await {
            Heard::Said(mut message) if message["type"] == "next" && message["id"] == id => message["payload"].take(),
            other => panic!("{other:?}"),
        }
    }

    /// The codes of the error with which this operation was refused.
    pub(crate) async fn error(&mut self, id: &str) -> Vec<String> {
        match self.hear().await {
            Heard::Said(message) if message["type"] == "error" && message["id"] == id => {
                let errors = message["payload"].as_array().unwrap().iter();
                errors.map(|error| error["extensions"]["code"].as_str().unwrap_or("NONE").to_owned()).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}
