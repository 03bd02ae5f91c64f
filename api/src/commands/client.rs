//! `lienthong client`: makes, lists and revokes the applications of vendors and banks. The answers are JSON.

use clap::{Subcommand, ValueEnum};
use entities::callers::Role;
use entities::clients::{self, Client, NewClient};
use entities::ids::ClientId;
use entities::time::Timestamp;
use entities::{Db, transaction};
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
        "createdAt": client.created_at.rfc3339(),
        "revokedAt": client.revoked_at.map(Timestamp::rfc3339),
    })
}
