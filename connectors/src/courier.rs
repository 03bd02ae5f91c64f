//! The one file that opens a connection: it carries requests out and brings answers back, within limits.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, redirect};
use thiserror::Error;

use crate::letter::Letter;

/// Why the courier came back without an answer.
#[derive(Debug, Error)]
pub enum CourierFault {
    /// The HTTP client could not be built; its TLS roots are the usual cause.
    #[error("the HTTP client could not be built")]
    Client(#[source] reqwest::Error),
    /// No connection, no answer in time, or a broken answer.
    #[error("the request was not answered")]
    Exchange(#[source] reqwest::Error),
    /// The answer is longer than the courier accepts.
    #[error("the answer is longer than {limit_bytes} bytes")]
    TooLong {
        /// The limit that stopped it.
        limit_bytes: usize,
    },
}

/// How long and how much the courier bears.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the connection alone.
    pub connect_timeout: Duration,
    /// For the whole exchange, the connection and the answer's body included.
    pub exchange_timeout: Duration,
    /// The longest answer, in bytes.
    pub answer_bytes: usize,
}

impl Default for Limits {
    /// 5 s to connect, 30 s in all (the longest that a sender of webhooks waits), 1 MiB of answer.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            exchange_timeout: Duration::from_secs(30),
            answer_bytes: 1 << 20,
        }
    }
}

/// An HTTP client that follows no redirect, uses no proxy and reads no endless answer. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Courier {
    client: Client,
    answer_bytes: usize,
}

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The headers, with names in lower case; values that are not text are left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Courier {
    /// Builds a client, and makes ring the process's TLS provider if there is none yet.
    ///
    /// # Errors
    /// [`CourierFault::Client`] when the system's TLS roots cannot be read.
    pub fn new(limits: Limits) -> Result<Self, CourierFault> {
        // An error means that a provider is there already, which is all we want.
        drop(rustls::crypto::ring::default_provider().install_default());
        #[expect(clippy::disallowed_methods, reason = "this file is the one HTTP client")]
        let client = Client::builder()
            .connect_timeout(limits.connect_timeout)
            .timeout(limits.exchange_timeout)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(CourierFault::Client)?;
        Ok(Self { client, answer_bytes: limits.answer_bytes })
    }

    /// Asks.
    ///
    /// # Errors
    /// A [`CourierFault`] when no whole answer came within the limits; an error status is an answer.
    pub async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Answer, CourierFault> {
        self.exchange(self.request(Method::GET, url, headers)).await
    }

    /// Tells.
    ///
    /// # Errors
    /// As [`Courier::get`].
    pub async fn post(&self, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Answer, CourierFault> {
        self.exchange(self.request(Method::POST, url, headers).body(body)).await
    }

    /// Sends a letter to a connection's address.
    ///
    /// # Errors
    /// As [`Courier::get`].
    pub async fn deliver(&self, connection: &str, letter: &Letter) -> Result<Answer, CourierFault> {
        let url = letter.address(connection);
        let headers: Vec<_> = letter.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match letter.method {
            "GET" => self.get(&url, &headers).await,
            _ => self.post(&url, &headers, letter.body.clone()).await,
        }
    }

    fn request(&self, method: Method, url: &str, headers: &[(&str, &str)]) -> RequestBuilder {
        let request = self.client.request(method, url);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<Answer, CourierFault> {
        let mut response = request.send().await.map_err(CourierFault::Exchange)?;
        let headers = response
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(CourierFault::Exchange)? {
            if body.len() + chunk.len() > self.answer_bytes {
                return Err(CourierFault::TooLong { limit_bytes: self.answer_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status().as_u16(), headers, body })
    }
}
