//! `bench run ingest`: bank messages acknowledged in a burst against the same server without group commit, seen in GraphQL
//! under a steady stream, and settled without pause.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use clap::Args;
use entities::bench::{self, Size};
use entities::connections::NewConnection;
use entities::hub::Kind;
use entities::{Db, transaction};

use super::load::{Bank, Measured, Order, Work};
use super::server::{Server, drive, token, watched};
use super::stats::{interval, median};
use super::usage;
use crate::clock;
use crate::config::Config;
use crate::keyfile;

/// Protects nothing: only demo databases are measured.
const SECRET: &str = "synthetic-bench-secret";
/// People who take turns in asking, because each may ask only so often.
const WATCHERS: usize = 4;

/// Messages of the burst that are settled afterwards: enough to time it. The rest would keep the stream waiting for hours.
const SETTLED_MESSAGES: u64 = 20_000;

/// How much is measured.
#[derive(Args)]
pub struct Arguments {
    /// Numbers of senders in a burst.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    senders: Vec<usize>,
    /// Pairs of samples for each number of senders, hub and floor in turns.
    #[arg(long, default_value_t = 15)]
    pairs: usize,
    /// How long one sample of a burst lasts, in milliseconds: 15 of them make 30 s on each side.
    #[arg(long, default_value_t = 2_000)]
    sample_ms: u64,
    /// How long the steady stream lasts, in seconds; 0 leaves it out.
    #[arg(long, default_value_t = 60)]
    stream_seconds: u64,
    /// Messages in a second of the stream.
    #[arg(long, default_value_t = 500)]
    stream_per_second: u64,
    /// Students of the school that is paid; each has an open invoice, and a stream wants one for each message.
    #[arg(long, default_value_t = 30_000)]
    students: i64,
}

/// Makes what is missing, measures, prints the tables.
///
/// # Errors
/// A sentence when a server does not start or the database refuses.
pub async fn run(arguments: &Arguments, config: &Config) -> Result<(), String> {
    let key = keyfile::master_key(config)?;
    let db = entities::hub::migrate(&config.location(), &key, Kind::Demo, clock::now()).await;
    let db = db.map_err(|error| error.to_string())?;
    let bank = ground(&db, arguments).await.map_err(|error| error.to_string())?;
    let sent = burst(arguments, &bank).await?;
    bench::drop_pending_beyond(&db, SETTLED_MESSAGES).await.map_err(|error| error.to_string())?;
    settle(&db).await?;
    if arguments.stream_seconds > 0 {
        stream(arguments, Bank { first: bank.first + sent, ..bank }).await?;
    }
    Ok(())
}

/// One school with its students, and a connection of its own for this run.
async fn ground(db: &Db, arguments: &Arguments) -> Result<Bank, entities::Error> {
    let now = clock::now();
    let size = Size { schools: 1, students: arguments.students, payments: 0, seed: 1 };
    bench::seed(db, &size, now, |_| {}).await?;
    let connection = NewConnection {
        bank: "sepay".to_owned(),
        name: format!("bench-{}", now.micros()),
        key: SECRET.as_bytes().to_vec(),
        extra: BTreeMap::from([("auth".to_owned(), "hmac".to_owned())]),
        accounts: Vec::new(),
        client: None,
    };
    let id = transaction!(db, |tx| bench::connect(tx, connection.clone(), 1, now).await)?;
    let open = bench::open_invoices(&size, 1, usize::MAX)?;
    let account = open.first().map(|invoice| invoice.account.clone()).unwrap_or_default();
    let invoices = open.into_iter().map(|invoice| invoice.code.as_str().to_owned()).collect();
    Ok(Bank { url: format!("/webhooks/{id}"), secret: SECRET.to_owned(), account, invoices, first: 1 })
}

const PAUSED: (&str, &str) = ("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0");
const UNBOUNDED: (&str, &str) = ("LIENTHONG_WEBHOOK_REQUESTS_PER_SECOND", "1000000");

/// (a) Acknowledged in a burst, settlement paused; the number of transactions that were used up.
async fn burst(arguments: &Arguments, bank: &Bank) -> Result<u64, String> {
    let hub = Server::start(&["serve"], &[PAUSED, UNBOUNDED], "/health/ready").await?;
    let one = ("LIENTHONG_INBOX_GROUP_MESSAGES", "1");
    let floor = Server::start(&["serve"], &[PAUSED, UNBOUNDED, one], "/health/ready").await?;
    println!(
        "(a) Burst, settlement paused. Floor: the same server with groups of one message. {} pairs.\n",
        arguments.pairs
    );
    println!(
        "| senders | hub acknowledged/s | p50 ms | p99 ms | CPU µs | floor/s | p50 ms | p99 ms | CPU µs | hub / floor (95 %) | failed |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut used = 0;
    for senders in &arguments.senders {
        let (mut own, mut floors) = (Vec::new(), Vec::new());
        for pair in 0..=arguments.pairs {
            let sides = if pair % 2 == 0 { [&hub, &floor] } else { [&floor, &hub] };
            let mut both = Vec::new();
            for side in sides {
                let from = Bank { url: format!("{}{}", side.url, bank.url), first: bank.first + used, ..bank.clone() };
                let order = Order { work: Work::Pay(from), senders: *senders, millis: arguments.sample_ms };
                let told = watched(side, order).await?;
                used += told.done + told.failed + 1_000;
                both.push(told);
            }
            if pair % 2 == 1 {
                both.reverse();
            }
            // The first pair warms up.
            if pair > 0 {
                own.push(both[0]);
                floors.push(both[1]);
            }
        }
        print(*senders, &own, &floors);
    }
    println!("\nMemory of the hub after the burst: {} MiB.", usage::of(hub.process()).resident_bytes / 1_048_576);
    Ok(used)
}

fn print(senders: usize, own: &[Measured], floors: &[Measured]) {
    let ratios: Vec<f64> = own.iter().zip(floors).map(|(hub, floor)| hub.per_second() / floor.per_second()).collect();
    let ratio = interval(&ratios);
    let of = |side: &[Measured], value: fn(&Measured) -> f64| median(side.iter().map(value).collect());
    let failed: u64 = own.iter().chain(floors).map(|one| one.failed).sum();
    let side = |side: &[Measured]| {
        let (p50, p99) = (of(side, |one| millis(one.p50_micros)), of(side, |one| millis(one.p99_micros)));
        let cpu = of(side, Measured::cpu_per_request);
        format!("{:.0} | {p50:.1} | {p99:.1} | {cpu:.0}", of(side, Measured::per_second))
    };
    println!(
        "| {senders} | {} | {} | {:.2} ({:.2} to {:.2}) | {failed} |",
        side(own),
        side(floors),
        ratio.median,
        ratio.low,
        ratio.high
    );
}

/// (c) Settles what the burst left, and says how fast.
async fn settle(db: &Db) -> Result<(), String> {
    let waiting = bench::pending(db).await.map_err(|error| error.to_string())?;
    let _hub = Server::start(&["serve"], &[], "/health/ready").await?;
    let begun = Instant::now();
    let start = bench::pending(db).await.map_err(|error| error.to_string())?;
    let mut left = start;
    while left > 0 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        left = bench::pending(db).await.map_err(|error| error.to_string())?;
    }
    let seconds = f64::from(u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX)) / 1_000.0;
    let rate = f64::from(u32::try_from(start).unwrap_or(u32::MAX)) / seconds.max(0.001);
    println!("\n(c) Settled without pause: {rate:.0} messages/s ({waiting} waited after the burst).\n");
    Ok(())
}

/// (b) A steady stream with settlement on: from sending to being visible in GraphQL.
async fn stream(arguments: &Arguments, bank: Bank) -> Result<(), String> {
    let hub = Server::start(&["serve"], &[UNBOUNDED], "/health/ready").await?;
    let school = bench::school_codes(&Size { schools: 1, students: 1, payments: 0, seed: 1 }, 1);
    let school = school.first().map_or("", String::as_str);
    let tokens = (0..WATCHERS).map(|at| token(&format!("bench-watcher-{at}"), "ACCOUNTANT", ["--school", school]));
    let work = Work::Stream {
        graphql: format!("{}/graphql", hub.url),
        tokens: tokens.collect::<Result<_, _>>()?,
        per_second: arguments.stream_per_second,
        bank: Bank { url: format!("{}{}", hub.url, bank.url), ..bank },
    };
    let told = drive(Order { work, senders: 1, millis: arguments.stream_seconds * 1_000 }).await?;
    println!("(b) Open loop, settlement on, one invoice in 25 watched through GraphQL every 25 ms.\n");
    println!("| asked/s | sent/s | failed | watched | never seen | visible p50 ms | visible p99 ms |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    println!(
        "| {} | {:.0} | {} | {} | {} | {:.0} | {:.0} |",
        arguments.stream_per_second,
        told.per_second(),
        told.failed,
        told.watched,
        told.unseen,
        millis(told.p50_micros),
        millis(told.p99_micros)
    );
    Ok(())
}

fn millis(micros: u64) -> f64 {
    f64::from(u32::try_from(micros).unwrap_or(u32::MAX)) / 1_000.0
}
