//! A small province with accounts, and senders that sign for connections of it.

use std::fs;
use std::time::{Duration, Instant};

use api::graphql::node_id;
use entities::bank_accounts;
use entities::ids::{BankAccountId, ConnectionId};
use entities::page::Page;
use entities::reach::{Reach, Reason};
use entities::time::Timestamp;
use serde_json::{Value, json};

use crate::harness::caller::Caller;
use crate::harness::clock;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::harness::sepay::Sepay;

/// Within this time a change takes effect in every process.
pub(super) const SOON: Duration = Duration::from_secs(5);

/// What the operator's commands have planted.
pub(super) struct Ground {
    accounts: Vec<(BankAccountId, String)>,
}

#[expect(clippy::disallowed_methods, reason = "the ground is read in the hub's own name")]
fn everything() -> Reach {
    let now = Timestamp::from_seconds(clock::unix_seconds().try_into().unwrap());
    Reach::system(Reason::Operator, now.vietnam_day())
}

impl Ground {
    pub(super) async fn plant(database: &Database) -> Self {
        let size = ["--schools", "2", "--students", "20", "--payments", "0"];
        program::run(database, &[&["bench", "seed"], &size[..]].concat());
        let who = ["user", "create", "quan-tri-mau", "--display-name", "Quản trị Mẫu", "--role", "PLATFORM_ADMIN"];
        program::run(database, &who);
        let (ledger, reach) = (database.ledger().await, everything());
        let seeded = bank_accounts::visible(&ledger, &reach, None, &Page::first(4)).await.unwrap();
        let ids: Vec<BankAccountId> = seeded.rows.iter().map(|(_, account)| account.id).collect();
        let numbers = bank_accounts::numbers(&ledger, &reach, &ids).await.unwrap();
        Self { accounts: ids.into_iter().map(|id| (id, numbers[&id].as_str().to_owned())).collect() }
    }

    /// The id and full number of an account, counted from 0.
    pub(super) fn account(&self, place: usize) -> (BankAccountId, &str) {
        let (id, number) = &self.accounts[place];
        (*id, number)
    }

    /// A connection to SePay, which signs the time, for the first account.
    pub(super) fn sepay(&self, database: &Database, name: &str, more: &[&str]) -> Line {
        let secret = format!("synthetic-key-of-{name}");
        let file = key_file(database, &secret);
        let create = ["connection", "create", "--bank", "sepay", "--name", name, "--extra", "auth=hmac"];
        let what = ["--secret-file", &file, "--account", self.account(0).1];
        let made = json(&program::run(database, &[&create[..], &what[..], more].concat()));
        let id = made["id"].as_str().unwrap().parse().unwrap();
        Line { id, secret, account: self.account(0).1.to_owned() }
    }
}

/// A connection as its operator and its sender know it.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) id: ConnectionId,
    pub(super) secret: String,
    account: String,
}

impl Line {
    /// The global id.
    pub(super) fn global(&self) -> Value {
        json!(node_id::encode("Connection", self.id.uuid()).to_string())
    }

    /// Its sender, who knows the first key.
    pub(super) fn sender(&self, hub: &Hub<'_>) -> Sepay {
        self.sender_with(hub, &self.secret)
    }

    /// Its sender, who signs with this key.
    pub(super) fn sender_with(&self, hub: &Hub<'_>, secret: &str) -> Sepay {
        let url = hub.url(&format!("/webhooks/{}", self.id));
        Sepay { url, secret: secret.into(), account: self.account.clone() }
    }
}

/// A file that holds a key.
pub(super) fn key_file(database: &Database, secret: &str) -> String {
    let file = database.data_dir().join("issued.key");
    fs::write(&file, secret).unwrap();
    file.to_str().unwrap().to_owned()
}

/// What a sender hears: status, seconds until it should come again, body.
pub(super) type Heard = (u16, Option<u64>, String);

/// Tells of one payment.
pub(super) async fn tell(hub: &Hub<'_>, sender: &Sepay, id: u64) -> Heard {
    tell_through(hub, sender, id, &[]).await
}

/// Tells of one payment with further headers.
pub(super) async fn tell_through(hub: &Hub<'_>, sender: &Sepay, id: u64, headers: &[(&str, &str)]) -> Heard {
    let mut request = sender.letter(&hub.client, &sender.credit(id, 1_000, "tien an"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let again = answer.headers().get("Retry-After").map(|value| value.to_str().unwrap().parse().unwrap());
    (status, again, answer.text().await.unwrap())
}

/// Sends one payment after the other until the answer has this status; it must come soon. The number of the last.
pub(super) async fn until_heard(hub: &Hub<'_>, sender: &Sepay, from: u64, status: u16) -> u64 {
    let (begun, mut id) = (Instant::now(), from);
    while tell(hub, sender, id).await.0 != status {
        assert!(begun.elapsed() < SOON, "{status} was not heard within {SOON:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        id += 1;
    }
    id
}

/// What a mutation about a connection answered, without refusals.
pub(super) async fn done(caller: &Caller<'_>, verb: &str, kind: &str, input: Value) -> Value {
    let payload = asked(caller, verb, kind, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{verb}");
    payload
}

/// What a mutation about a connection answered.
pub(super) async fn asked(caller: &Caller<'_>, verb: &str, kind: &str, input: Value) -> Value {
    let shown = "connection { id pausedAt bodyBytes messagesPerSecond allowedAddresses accounts }";
    let query =
        format!("mutation($input: {kind}!) {{ {verb}(input: $input) {{ {shown} userErrors {{ code field }} }} }}");
    caller.data(&query, json!({ "input": input })).await[verb].take()
}

/// How many messages of a connection had this fate, once the process has written down what it counted.
pub(super) async fn counted(database: &Database, code: &str, at_least: i64) -> i64 {
    let query =
        format!("SELECT CAST(COALESCE(SUM(messages), 0) AS BIGINT) FROM connection_tallies WHERE code = '{code}'");
    let begun = Instant::now();
    loop {
        let counted = database.number(&query).await;
        if counted >= at_least {
            return counted;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{code} was counted {counted} times, not {at_least}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
