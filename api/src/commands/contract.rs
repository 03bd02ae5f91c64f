//! `lienthong contract create`: the dated contract under which a client works. The answer is JSON.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use entities::contracts::{self, NewContract};
use entities::{grounds, transaction};
use serde_json::json;

use super::ground::GroundArguments;
use super::{Failure, print, said, whole};
use crate::clock;
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Keep a contract.
    Create(Box<Arguments>),
}

#[derive(Args)]
pub(super) struct Arguments {
    /// The id or the name of the client.
    #[arg(long)]
    client: String,
    /// The contract's number.
    #[arg(long)]
    number: String,
    /// What it allows, as roster:read; repeatable.
    #[arg(long = "scope")]
    scopes: Vec<String>,
    /// Why data may be asked for, as FEE_COLLECTION; repeatable.
    #[arg(long = "purpose")]
    purposes: Vec<String>,
    #[command(flatten)]
    grounds: GroundArguments,
    /// Its first day; today when it is missing.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// The day on which it no longer holds.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
}

pub(super) async fn run(Verb::Create(arguments): Verb, config: &Config) -> Result<(), Failure> {
    let db = super::opened(config).await?;
    let now = clock::now();
    let new = NewContract {
        client: super::client::named(&db, &arguments.client, now).await?,
        number: arguments.number,
        scopes: arguments.scopes,
        purposes: arguments.purposes,
        grounds: grounds::find(&db, &whole(now), &arguments.grounds.names()).await.map_err(said)?,
        valid_from: arguments.from.unwrap_or(now.vietnam_day()),
        valid_to: arguments.to,
    };
    let contract = transaction!(db, |tx| contracts::create(tx, &new, now).await).map_err(said)?;
    print(&json!({
        "id": contract.id.to_string(),
        "clientId": contract.client.to_string(),
        "number": contract.number,
        "scopes": contract.scopes,
        "purposes": contract.purposes,
        "validFrom": contract.valid_from.to_string(),
        "validTo": contract.valid_to.map(|day| day.to_string()),
    }));
    Ok(())
}
