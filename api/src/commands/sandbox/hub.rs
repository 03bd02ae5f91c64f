//! The running hub as the sandbox sees it: over HTTP only, as a bank and as an accountant.

use connectors::courier::{Answer, Courier, Limits};
use connectors::letter::Letter;
use entities::callers::Subject;
use entities::time::Timestamp;
use entities::{Db, users};
use serde_json::{Value, json};

use crate::auth::crypto;
use crate::auth::keys::Keys;
use crate::auth::token::{Grant, issue};
use crate::commands::{Failure, said, whole};
use crate::config::Config;
use crate::demo::accountant_of;
use crate::demo::credentials::{Connection, Credentials};

/// Seconds for which the sandbox's tokens live.
const TOKEN_SECONDS: i64 = 900;

/// The invoice that the sandbox looks at, as anyone may paste it.
pub(super) const INVOICE_QUERY: &str =
    "query($code: String!) { invoice(code: $code) { code status amount paidAmount } }";

/// A hub that answers.
pub(super) struct Hub {
    /// Its address, without a slash at the end.
    pub(super) url: String,
    /// What the demo planted.
    pub(super) credentials: Credentials,
    courier: Courier,
    db: Db,
    issuer: String,
}

impl Hub {
    /// Finds the demo's credentials and the hub that serves it.
    pub(super) async fn find(config: &Config) -> Result<Self, Failure> {
        crypto::install();
        let credentials = Credentials::read(&config.data_dir())?;
        let url = credentials.graphql_url.trim_end_matches("/graphql").to_owned();
        let courier = Courier::new(Limits::default()).map_err(|error| error.to_string())?;
        let down = |cause: String| {
            format!("No hub answers at {url} ({cause}). Start it in another terminal: lienthong serve --demo")
        };
        let ready = courier.get(&format!("{url}/health/ready"), &[]).await.map_err(|error| down(error.to_string()))?;
        if ready.status != 204 {
            return Err(down(format!("it answers {}", ready.status)));
        }
        let db = crate::commands::opened(config).await?;
        Ok(Self { url, credentials, courier, db, issuer: config.issuer() })
    }

    /// Hands a letter to a connection, as its bank would.
    pub(super) async fn deliver(&self, connection: &Connection, letter: &Letter) -> Result<Answer, Failure> {
        let url = format!("{}{}", self.url, connection.path);
        self.courier.deliver(&url, letter).await.map_err(|error| format!("{url}: {error}"))
    }

    /// A token of the accountant of a deep school.
    pub(super) async fn accountant_token(&self, school_code: &str, now: Timestamp) -> Result<String, Failure> {
        let username = accountant_of(school_code);
        let user = users::by_username(&self.db, &whole(now), &username).await.map_err(said)?;
        let user = user.ok_or_else(|| format!("There is no user {username}."))?;
        let keys = Keys::load(&self.db, now).await.map_err(said)?;
        let grant =
            Grant { subject: Subject::User(user.id), generation: user.token_generation, ttl_seconds: TOKEN_SECONDS };
        issue(&keys, &self.issuer, grant, now).map_err(said)
    }

    /// Asks GraphQL.
    pub(super) async fn ask(&self, token: &str, query: &str, variables: Value) -> Result<Value, Failure> {
        let body = json!({ "query": query, "variables": variables }).to_string().into_bytes();
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let url = format!("{}/graphql", self.url);
        let answer = self.courier.post(&url, &headers, body).await.map_err(|error| format!("{url}: {error}"))?;
        let answer: Value = serde_json::from_slice(&answer.body)
            .map_err(|_| format!("{url} answers {} and no JSON.", answer.status))?;
        match answer["errors"][0]["message"].as_str() {
            Some(message) => Err(format!("{url}: {message}")),
            None => Ok(answer["data"].clone()),
        }
    }

    /// The status of an invoice; none when there is no such invoice in the token's reach.
    pub(super) async fn status(&self, token: &str, code: &str) -> Result<Option<String>, Failure> {
        let data = self.ask(token, INVOICE_QUERY, json!({ "code": code })).await?;
        Ok(data["invoice"]["status"].as_str().map(str::to_owned))
    }
}
