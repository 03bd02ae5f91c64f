//! Something to pay: a small synthetic province with open invoices, and a connection that may speak for its first account.

use std::fs;

use serde_json::Value;

use super::database::Database;
use super::hub::Hub;
use super::program;
use super::sepay::Sepay;

const SECRET: &str = "synthetic-sepay-secret";

/// What the operator's commands have planted.
pub(crate) struct Ground {
    /// The receiving account's full number.
    pub(crate) account: String,
    /// Codes of its open invoices.
    pub(crate) invoices: Vec<String>,
    connection: String,
}

impl Ground {
    pub(crate) fn plant(database: &Database) -> Self {
        let size = ["--schools", "1", "--students", "60", "--payments", "0"];
        let keys = json(&program::run(database, &[&["bench", "seed"], &size[..]].concat()));
        let account = text(&keys["accounts"][0]);
        let open = keys["invoices"].as_array().unwrap().iter().filter(|invoice| invoice["account"] == account.as_str());
        let invoices: Vec<_> = open.map(|invoice| text(&invoice["code"])).collect();
        assert!(!invoices.is_empty(), "the seed has no open invoice for {account}: {keys:#}");

        let secret = database.data_dir().join("sepay-secret");
        fs::write(&secret, SECRET).unwrap();
        let create = ["connection", "create", "--bank", "sepay", "--name", "outage", "--extra", "auth=hmac"];
        let what = ["--secret-file", secret.to_str().unwrap(), "--account", &account];
        let connection = json(&program::run(database, &[&create[..], &what[..]].concat()));
        Self { account, invoices, connection: text(&connection["id"]) }
    }

    /// The bank's side of the connection.
    pub(crate) fn sepay(&self, hub: &Hub<'_>) -> Sepay {
        let url = hub.url(&format!("/webhooks/{}", self.connection));
        Sepay { url, secret: SECRET.into(), account: self.account.clone() }
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).into()
}
