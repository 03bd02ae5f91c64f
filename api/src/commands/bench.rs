//! `lienthong bench`: fills a demo database with a synthetic province, and measures the hub against its floors.

use std::io::{IsTerminal, Write, stderr};

use clap::{Args, Subcommand};
use entities::bench::{self, Progress, Size};
use entities::hub::Kind;
use serde_json::{Value, json};

use super::Failure;
use crate::bench::reads::{self, Read};
use crate::bench::{floor, gate, ingest, load, report, siege, statement};
use crate::clock;
use crate::config::Config;

/// Sample keys that a seeding prints at most, of each kind.
const SAMPLES: usize = 500;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Fill the database with a synthetic province and print sample keys as JSON; again with more payments adds them.
    Seed(Seed),
    /// Measure a scenario and print a table.
    #[command(subcommand)]
    Run(Scenario),
    /// The load generator, a process of its own: reads its orders from standard input, prints what it measured.
    #[command(hide = true)]
    Load,
    /// Serves the hand-written statements that scenarios are measured against.
    #[command(hide = true)]
    Floor(floor::Arguments),
}

#[derive(Subcommand)]
pub(super) enum Scenario {
    /// Bank messages: acknowledged in a burst, seen in GraphQL under a steady stream, settled without pause.
    Ingest(ingest::Arguments),
    /// The server's time for each attack that a public endpoint must refuse.
    Gate(gate::Arguments),
    /// The cashless report of a province, against aggregating the money itself.
    Report(report::Arguments),
    /// One school by code with the names of its commune and province.
    Point(reads::Arguments),
    /// Fifty schools with their commune and the five latest payments of each.
    Nested(reads::Arguments),
    /// A hundred payments of a school by date, beyond a cursor, with the codes of their invoices.
    Page(reads::Arguments),
    /// The question of `point` again and again by the same caller.
    Repeat(reads::Arguments),
    /// The same by GET, with the tag of the answer that the caller has.
    Unchanged(reads::Arguments),
    /// A bank's file: read, imported, and imported again.
    Statement(statement::Arguments),
    /// What is left of honest throughput under each attack.
    Attacks(siege::Arguments),
}

/// How large the province is to be.
#[derive(Args, Clone, Copy)]
pub(super) struct Seed {
    /// Schools.
    #[arg(long, default_value_t = 1_600)]
    schools: i64,
    /// Students, at least as many as schools; each has an open invoice.
    #[arg(long, default_value_t = 100_000)]
    students: i64,
    /// Payments over two school years.
    #[arg(long, default_value_t = 1_000_000)]
    payments: i64,
    /// Another seed gives other amounts, days and methods.
    #[arg(long, default_value_t = 1)]
    seed: i64,
}

pub(super) async fn run(verb: Verb, config: Config) -> Result<(), Failure> {
    match verb {
        Verb::Seed(seed) => fill(seed, &config).await,
        Verb::Run(Scenario::Ingest(arguments)) => ingest::run(&arguments, &config).await,
        Verb::Run(Scenario::Gate(arguments)) => gate::run(&arguments, &config).await,
        Verb::Run(Scenario::Report(arguments)) => report::run(&arguments, &config).await,
        Verb::Run(Scenario::Point(arguments)) => reads::run(Read::Point, &arguments, &config).await,
        Verb::Run(Scenario::Nested(arguments)) => reads::run(Read::Nested, &arguments, &config).await,
        Verb::Run(Scenario::Page(arguments)) => reads::run(Read::Page, &arguments, &config).await,
        Verb::Run(Scenario::Repeat(arguments)) => reads::run(Read::Repeat, &arguments, &config).await,
        Verb::Run(Scenario::Unchanged(arguments)) => reads::run(Read::Unchanged, &arguments, &config).await,
        Verb::Run(Scenario::Attacks(arguments)) => siege::run(&arguments, &config).await,
        Verb::Run(Scenario::Statement(arguments)) => statement::run(&arguments, &config).await,
        Verb::Load => load::run().await,
        Verb::Floor(arguments) => floor::run(&arguments, &config).await,
    }
}

async fn fill(seed: Seed, config: &Config) -> Result<(), Failure> {
    let db = super::migrated(config, Kind::Demo).await?;
    let size = Size { schools: seed.schools, students: seed.students, payments: seed.payments, seed: seed.seed };
    bench::seed(&db, &size, clock::now(), show).await.map_err(|error| error.to_string())?;
    println!("{}", keys(&size).map_err(|error| error.to_string())?);
    Ok(())
}

fn keys(size: &Size) -> Result<Value, entities::Error> {
    let open = bench::open_invoices(size, 1, SAMPLES)?;
    let mut accounts: Vec<&str> = open.iter().map(|invoice| invoice.account.as_str()).collect();
    accounts.dedup();
    let invoices: Vec<Value> = open
        .iter()
        .map(|invoice| {
            json!({
                "code": invoice.code.as_str(),
                "schoolCode": invoice.school,
                "amount": invoice.amount,
                "status": "OPEN",
                "account": invoice.account,
            })
        })
        .collect();
    Ok(json!({
        "provinceCode": bench::PROVINCE,
        "schools": bench::school_codes(size, SAMPLES),
        "accounts": accounts,
        "invoices": invoices,
    }))
}

/// A bar on a terminal; nothing in a log.
fn show(progress: Progress) {
    let mut terminal = stderr();
    if !terminal.is_terminal() || progress.of <= 0 {
        return;
    }
    let filled = usize::try_from(30 * progress.done / progress.of).unwrap_or(0).min(30);
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(30 - filled));
    let end = if progress.done >= progress.of { "\n" } else { "" };
    // A terminal that went away is no reason to stop seeding.
    let _ = write!(terminal, "\r{:<9} {bar} {:>9} of {}{end}", progress.step, progress.done, progress.of);
}
