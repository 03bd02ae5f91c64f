//! The command line: one file per command. Exit codes: 0 done, 1 the thing failed, 2 wrong usage.

mod bench;
mod client;
mod connection;
mod contract;
mod doctor;
mod export;
mod greeting;
mod ground;
mod import;
mod migrate;
mod rows;
mod sandbox;
mod schema;
mod serve;
mod statement;
mod token;
mod user;
mod verify;

use clap::{Parser, Subcommand};
use entities::Db;
use entities::hub::Kind;
use entities::reach::{Reach, Reason};
use entities::time::Timestamp;

use crate::config::Config;
use crate::{clock, keyfile};

/// The version; a build that can lose messages on purpose says so.
const VERSION: &str = if cfg!(feature = "fault-injection") {
    concat!(env!("CARGO_PKG_VERSION"), " fault-injection")
} else {
    env!("CARGO_PKG_VERSION")
};

/// Liên Thông: a GraphQL hub between schools, banks and the ministry's education database.
#[derive(Parser)]
#[command(name = "lienthong", version = VERSION, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the hub: migrate, serve HTTP, run the workers.
    Serve(serve::Arguments),
    /// Apply the migrations that the database has not seen.
    Migrate(migrate::Arguments),
    /// Say in plain sentences what is wrong with this installation; exit 1 when something is.
    Doctor,
    /// Print the schema (SDL), equal to schema.graphql, or tell how it differs from an older one.
    Schema(schema::Arguments),
    /// Print a bearer token for a person or a program; the schools it reaches see that it was made.
    Token(token::Arguments),
    /// Make, list and revoke the applications of vendors and banks.
    #[command(subcommand)]
    Client(client::Verb),
    /// Keep the contracts under which they work.
    #[command(subcommand)]
    Contract(contract::Verb),
    /// Make and list connections to banks, and change their keys.
    #[command(subcommand)]
    Connection(connection::Verb),
    /// Make people, give them roles, take back their tokens, list them.
    #[command(subcommand)]
    User(user::Verb),
    /// Read a file of rows into the ledger, one result for each row.
    Import(import::Arguments),
    /// Write rows as lines of JSON.
    Export(export::Arguments),
    /// Recount roll-ups, balances and audit logs; exit 1 and the exact row where they do not add up.
    Verify,
    /// Play banks against a running demo hub: a while of messages, or one invoice with --pay.
    Sandbox(sandbox::Arguments),
    /// Fill a demo database with a synthetic province, or measure.
    #[command(subcommand)]
    Bench(bench::Verb),
}

/// Why a command failed, in a sentence for the operator.
pub type Failure = String;

/// Runs the command line to its end, in a runtime of its own: what is polled here is compiled here, and not once more in each
/// program that calls it.
///
/// # Errors
/// A sentence for the operator; the process then exits with 1.
pub fn run(cli: Cli, config: Config) -> Result<(), Failure> {
    let mut threads = match &cli.command {
        // Whoever measures takes as little of the machine as it can.
        Command::Bench(bench::Verb::Load) => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = threads.enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(carry_out(cli.command, config))
}

async fn carry_out(command: Command, config: Config) -> Result<(), Failure> {
    match command {
        Command::Serve(arguments) => serve::run(arguments, config).await,
        Command::Migrate(arguments) => migrate::run(&arguments, &config).await,
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Token(arguments) => token::run(arguments, &config).await,
        Command::Client(verb) => client::run(verb, &config).await,
        Command::Contract(verb) => contract::run(verb, &config).await,
        Command::Connection(verb) => connection::run(verb, &config).await,
        Command::User(verb) => user::run(verb, &config).await,
        Command::Import(arguments) => import::run(arguments, config).await,
        Command::Export(arguments) => export::run(arguments, config).await,
        Command::Verify => verify::run(&config).await,
        Command::Doctor => doctor::run(&config).await,
        Command::Sandbox(arguments) => sandbox::run(arguments, &config).await,
        Command::Bench(verb) => bench::run(verb, config).await,
    }
}

/// Migrates and opens the configured database, which must be of `kind` or new.
async fn migrated(config: &Config, kind: Kind) -> Result<Db, Failure> {
    if config.location().is_sqlite() {
        keyfile::make_data_dir(config)?;
    }
    let key = keyfile::master_key(config)?;
    entities::hub::migrate(&config.location(), &key, kind, clock::now()).await.map_err(|error| error.to_string())
}

/// Opens the configured database as it is.
async fn opened(config: &Config) -> Result<Db, Failure> {
    let key = keyfile::master_key(config)?;
    entities::hub::open(&config.location(), &key).await.map_err(|error| error.to_string())
}

/// Everything, for the operator on the machine.
#[expect(clippy::disallowed_methods, reason = "the command line acts for the hub itself")]
fn whole(now: Timestamp) -> Reach {
    Reach::system(Reason::Operator, now.vietnam_day())
}

/// A failure of the ledger in a sentence for the operator.
fn said(error: entities::Error) -> Failure {
    match error {
        entities::Error::Refused(refusal) => match refusal.field {
            Some(field) => format!("{field}: {}", refusal.message),
            None => refusal.message,
        },
        other => other.to_string(),
    }
}

/// Prints an answer as JSON.
fn print(answer: &serde_json::Value) {
    println!("{answer:#}");
}
