//! `lienthong client`: makes, lists and revokes the applications of vendors and banks. The answers are JSON.

use std::fs;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use entities::callers::Role;
use entities::clients::{self, Client, NewClient};
use entities::ids::ClientId;
use entities::time::Timestamp;
use entities::{Db, transaction, trusted_documents};
use serde_json::{Value, json};

use super::{Failure, print, said, whole};
use crate::clock;
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Make a client; its secret is shown this once.
    Create {
        /// Its name, unique in the hub.
        #[arg(long)]
        name: String,
        /// What it is.
        #[arg(long, value_enum, default_value = "vendor-app")]
        role: Word,
        /// Requests that it may send in a minute.
        #[arg(long, default_value_t = 600)]
        requests_per_minute: u32,
    },
    /// List the clients.
    List,
    /// Register documents for a client: files of one document each.
    Trust {
        /// Its id or its name.
        client: String,
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Hold a client to the documents registered for it, or let it ask freely again.
    Hold {
        /// Its id or its name.
        client: String,
        /// Let it ask freely again.
        #[arg(long)]
        release: bool,
    },
    /// Shut a client out for good.
    Revoke {
        /// Its id or its name.
        client: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Word {
    VendorApp,
    BankPartner,
}

pub(super) async fn run(verb: Verb, config: &Config) -> Result<(), Failure> {
    let db = super::opened(config).await?;
    let now = clock::now();
    match verb {
        Verb::Create { name, role, requests_per_minute } => {
            let role = match role {
                Word::VendorApp => Role::VendorApp,
                Word::BankPartner => Role::BankPartner,
            };
            let new = NewClient { name, role, requests_per_minute };
            let (client, secret) = transaction!(db, |tx| clients::create(tx, &new, now).await).map_err(said)?;
            let mut shown = shown(&client);
            shown["clientSecret"] = secret.reveal().into();
            print(&shown);
        }
        Verb::List => {
            let all = clients::visible(&db, &whole(now)).await.map_err(said)?;
            print(&all.iter().map(shown).collect());
        }
        Verb::Trust { client, files } => {
            let id = named(&db, &client, now).await?;
            let read =
                |file: &PathBuf| fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
            let texts = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            let hashes =
                transaction!(db, |tx| trusted_documents::trust(tx, id, &texts, "hub", now).await).map_err(said)?;
            print(&hashes.iter().map(hex::encode).collect());
        }
        Verb::Hold { client, release } => {
            let id = named(&db, &client, now).await?;
            let held = transaction!(db, |tx| clients::hold_to_trusted_documents(tx, id, !release, now).await);
            print(&shown(&held.map_err(said)?));
        }
        Verb::Revoke { client } => {
            let id = named(&db, &client, now).await?;
            let client = transaction!(db, |tx| clients::revoke(tx, id, now).await).map_err(said)?;
            print(&shown(&client));
        }
    }
    Ok(())
}

/// The client of an id or a name.
pub(super) async fn named(db: &Db, wanted: &str, now: Timestamp) -> Result<ClientId, Failure> {
    let all = clients::visible(db, &whole(now)).await.map_err(said)?;
    let found = all.into_iter().find(|client| client.name == wanted || client.id.to_string() == wanted);
    found.map(|client| client.id).ok_or_else(|| format!("There is no client {wanted}."))
}

fn shown(client: &Client) -> Value {
    json!({
        "clientId": client.id.to_string(),
        "name": client.name,
        "role": client.role.as_str(),
        "requestsPerMinute": client.requests_per_minute,
        "trustedDocumentsOnly": client.trusted_documents_only,
        "createdAt": client.created_at.rfc3339(),
        "revokedAt": client.revoked_at.map(Timestamp::rfc3339),
    })
}
