//! Someone who asks the hub over HTTP, as a vendor or an office does.

use std::sync::Once;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::database::Database;
use super::hub::Hub;
use super::program;

/// An HTTP client that fails quickly and follows nothing.
#[expect(clippy::disallowed_methods, reason = "the tests' own client: they call the hub from outside")]
pub(crate) fn http() -> Client {
    static CRYPTOGRAPHY: Once = Once::new();
    CRYPTOGRAPHY.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    // The hub is on this machine: no certificates are needed, and none are searched.
    client.tls_certs_only([]).timeout(Duration::from_secs(40)).build().unwrap()
}

/// One caller with a token, and with a purpose if it needs one.
pub(crate) struct Caller<'a> {
    hub: &'a Hub<'a>,
    token: String,
    purpose: Option<String>,
}

impl<'a> Caller<'a> {
    /// A person, signed in by the operator's command.
    pub(crate) fn user(hub: &'a Hub<'a>, database: &Database, name: &str) -> Self {
        Self::with_token(hub, program::run(database, &["token", "--user", name]).trim())
    }

    /// A program, likewise.
    pub(crate) fn client(hub: &'a Hub<'a>, database: &Database, id: &str) -> Self {
        Self::with_token(hub, program::run(database, &["token", "--client", id]).trim())
    }

    pub(crate) fn with_token(hub: &'a Hub<'a>, token: &str) -> Self {
        Self { hub, token: token.into(), purpose: None }
    }

    /// States a purpose with every request from here on.
    pub(crate) fn for_purpose(self, purpose: &str) -> Self {
        Self { purpose: Some(purpose.into()), ..self }
    }

    /// A request to any path of the hub, with token and purpose.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.hub.client.request(method, self.hub.url(path)).bearer_auth(&self.token);
        match &self.purpose {
            Some(purpose) => request.header("Lienthong-Purpose", purpose),
            None => request,
        }
    }

    /// Asks, and returns whatever comes back.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Answer {
        let request = self.request(Method::POST, "/graphql");
        let answer = request.json(&json!({ "query": query, "variables": variables })).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status} {error}: {text}"));
        Answer { status, body }
    }

    /// Asks what must be answered without errors, and returns its `data`.
    pub(crate) async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables).await;
        assert!(answer.body["errors"].is_null(), "{query}\n{:#}", answer.body["errors"]);
        answer.body["data"].take()
    }
}

/// What came back from `/graphql`.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Answer {
    /// The codes of all errors, in order.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map_or(&[][..], Vec::as_slice);
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("NONE")).collect()
    }
}
