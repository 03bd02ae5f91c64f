//! `demo-credentials.json`: what a visitor of the demo needs to act as everyone. Written once, mode 0600, never logged.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The file's name in the data directory.
pub const FILE: &str = "demo-credentials.json";

/// Everything that the file tells.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// Where GraphQL is served.
    pub graphql_url: String,
    /// Programs.
    pub clients: Vec<Client>,
    /// People, one for each role.
    pub users: Vec<User>,
    /// Connections to banks, with the keys that banks would hold.
    pub connections: Vec<Connection>,
    /// Invoices that were open when the demo was planted.
    pub invoices: Vec<Invoice>,
}

/// A program that may ask for tokens.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// Its name.
    pub name: String,
    /// `VENDOR_APP` or `BANK_PARTNER`.
    pub role: String,
    /// Its OAuth `client_id`.
    pub client_id: String,
    /// Its OAuth `client_secret`.
    pub client_secret: String,
    /// Codes of the schools under its contract.
    pub schools: Vec<String>,
}

/// A person.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The name for `lienthong token --user`.
    pub username: String,
    /// The one role.
    pub role: String,
    /// None until people can sign in with a password.
    pub password: Option<String>,
    /// None until people can sign in with a password.
    pub totp_secret: Option<String>,
    /// Where the role holds: a province's, organization's or school's code, a class's id, or `*` for the whole hub.
    pub reach: String,
}

/// A connection to a bank.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Its id.
    pub id: String,
    /// The short name of its sender.
    pub bank: String,
    /// The path to which its sender posts.
    pub path: String,
    /// Its key.
    pub secret: String,
    /// Its settings.
    pub extra: BTreeMap<String, String>,
    /// Full numbers of the accounts that it may speak for.
    pub accounts: Vec<String>,
}

/// An open invoice.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invoice {
    /// Its code.
    pub code: String,
    /// The code of its school.
    pub school_code: String,
    /// Whole đồng.
    pub amount: i64,
    /// Always `OPEN`.
    pub status: String,
    /// The full number of the account that it is to be paid to.
    pub account: String,
}

/// The file's place in a data directory.
#[must_use]
pub fn place(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
}

impl Credentials {
    /// Reads the file of a data directory.
    ///
    /// # Errors
    /// A plain sentence when it is missing or not the hub's.
    pub fn read(data_dir: &Path) -> Result<Self, String> {
        let place = place(data_dir);
        let text = std::fs::read_to_string(&place).map_err(|error| {
            format!("{}: {error}. The file is written by the first `lienthong serve --demo`.", place.display())
        })?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", place.display()))
    }

    /// Writes the file beside its place, to be put there by [`publish`] once the database holds what it tells.
    ///
    /// # Errors
    /// A plain sentence when the directory cannot be written.
    pub fn draft(&self, data_dir: &Path) -> Result<(), String> {
        let draft = draft(data_dir);
        let fault = |error: std::io::Error| format!("{}: {error}", draft.display());
        std::fs::create_dir_all(data_dir).map_err(fault)?;
        if draft.exists() {
            std::fs::remove_file(&draft).map_err(fault)?;
        }
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(fault)?;
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .map_err(fault)
    }
}

/// Puts a drafted file in its place; whether one stands there afterwards.
///
/// # Errors
/// A plain sentence when the directory cannot be written.
pub fn publish(data_dir: &Path) -> Result<bool, String> {
    let (draft, place) = (draft(data_dir), place(data_dir));
    if draft.exists() && !place.exists() {
        std::fs::rename(&draft, &place).map_err(|error| format!("{}: {error}", place.display()))?;
    }
    Ok(place.exists())
}

/// Tells the file the address under which the demo is served now, when that changed since it was written.
///
/// # Errors
/// A plain sentence when the file cannot be read or written.
pub fn serve_at(data_dir: &Path, graphql_url: &str) -> Result<(), String> {
    let mut credentials = Credentials::read(data_dir)?;
    if credentials.graphql_url == graphql_url {
        return Ok(());
    }
    graphql_url.clone_into(&mut credentials.graphql_url);
    credentials.draft(data_dir)?;
    let place = place(data_dir);
    std::fs::rename(draft(data_dir), &place).map_err(|error| format!("{}: {error}", place.display()))
}

fn draft(data_dir: &Path) -> PathBuf {
    data_dir.join(format!(".{FILE}.draft"))
}
