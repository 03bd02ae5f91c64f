//! `lienthong connection`: connections to banks. A key that the hub makes is printed once; a given one never. The answers are
//! JSON.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use connectors::banks;
use entities::Db;
use entities::connections::{self, Connection};
use entities::ids::ConnectionId;
use entities::page::{MAX_PAGE_ROWS, Page};
use entities::time::Timestamp;
use serde_json::{Value, json};

use super::{Failure, client, print, said, whole};
use crate::clock;
use crate::config::Config;
use crate::flows::connect::{self, Asked, Made};

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Connect a bank or intermediary to known accounts.
    Create {
        /// The short name of the sender; `connection banks` lists them.
        #[arg(long)]
        bank: String,
        /// The connection's name, unique in the hub.
        #[arg(long)]
        name: String,
        /// A file with the key that the provider issued; without it the hub makes one where that is left to us.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
        /// A setting of the sender as key=value; repeatable.
        #[arg(long, value_parser = pair, value_name = "KEY=VALUE")]
        extra: Vec<(String, String)>,
        /// The full number of a known account that it may speak for; repeatable.
        #[arg(long = "account", value_name = "NUMBER", required = true)]
        accounts: Vec<String>,
        /// The id or name of the bank's client, so that it sees its connection.
        #[arg(long)]
        client: Option<String>,
    },
    /// List the connections.
    List,
    /// Give a connection another key; the old one stays valid for a day.
    Rotate {
        /// Its id or its name.
        connection: String,
        /// A file with the key that the provider issued.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
    },
    /// List the senders that the hub understands and the settings that they need.
    Banks,
}

pub(super) async fn run(verb: Verb, config: &Config) -> Result<(), Failure> {
    let now = clock::now();
    match verb {
        Verb::Create { bank, name, secret_file, extra, accounts, client } => {
            let db = super::opened(config).await?;
            let client = match client {
                Some(word) => Some(client::named(&db, &word, now).await?),
                None => None,
            };
            let extra: BTreeMap<String, String> = extra.into_iter().collect();
            let asked = Asked { bank, name, secret: secret(secret_file.as_deref())?, extra, client };
            print(&made(connect::create(&db, &whole(now), &asked, &accounts, now).await.map_err(said)?, config));
        }
        Verb::List => {
            let all = all(&super::opened(config).await?, now).await?;
            print(&all.iter().map(|connection| shown(connection, config)).collect());
        }
        Verb::Rotate { connection, secret_file } => {
            let db = super::opened(config).await?;
            let id = named(&db, &connection, now).await?;
            let secret = secret(secret_file.as_deref())?;
            print(&made(connect::rotate(&db, &whole(now), id, secret.as_deref(), now).await.map_err(said)?, config));
        }
        Verb::Banks => print(&banks::all().iter().map(bank).collect()),
    }
    Ok(())
}

async fn all(db: &Db, now: Timestamp) -> Result<Vec<Connection>, Failure> {
    let (mut all, mut beyond) = (Vec::new(), None);
    loop {
        let page = Page { rows: MAX_PAGE_ROWS.into(), beyond, backward: false };
        let slice = connections::visible(db, &whole(now), &page).await.map_err(said)?;
        beyond = slice.rows.last().map(|(cursor, _)| cursor.to_string());
        all.extend(slice.rows.into_iter().map(|(_, connection)| connection));
        if !slice.has_next {
            return Ok(all);
        }
    }
}

async fn named(db: &Db, word: &str, now: Timestamp) -> Result<ConnectionId, Failure> {
    let found = connections::by_word(db, &whole(now), word).await.map_err(said)?;
    found.map(|connection| connection.id).ok_or_else(|| format!("There is no connection {word}."))
}

/// The key in a file, without the line's end that editors add.
fn secret(file: Option<&Path>) -> Result<Option<String>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as key=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn made(made: Made, config: &Config) -> Value {
    let mut shown = shown(&made.connection, config);
    if let Some(secret) = made.secret {
        shown["secret"] = secret.into();
    }
    shown
}

fn shown(connection: &Connection, config: &Config) -> Value {
    json!({
        "id": connection.id.to_string(),
        "bank": connection.bank,
        "name": connection.name,
        "extra": connection.extra,
        "path": format!("/webhooks/{}", connection.id),
        "url": format!("{}/webhooks/{}", config.public_url(), connection.id),
        "clientId": connection.client.map(|id| id.to_string()),
        "pausedAt": connection.paused_at.map(Timestamp::rfc3339),
        "createdAt": connection.created_at.rfc3339(),
    })
}

fn bank(info: &banks::BankInfo) -> Value {
    let extras = info.extras.iter().map(|extra| json!({ "name": extra.name, "description": extra.description }));
    json!({
        "bank": info.slug,
        "name": info.name,
        "namesAccount": info.names_account,
        "hubMakesKey": info.generate_key.is_some(),
        "assurance": info.assurance.code(),
        "extra": extras.collect::<Value>(),
    })
}
