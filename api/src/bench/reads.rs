//! `bench run point|nested|page|repeat|unchanged`: what a vendor reads through the real endpoint with token, reach and policy, against
//! one hand-written statement behind a bare route, in turns under the same load.

use clap::Args;
use entities::bench::{self, Size, reads};
use entities::hub::Kind;
use entities::{Db, transaction};

use super::load::{Measured, Order, Work};
use super::questions::Asked;
use super::server::{Server, client_named, reader_token, watched};
use super::stats::{interval, median};
use super::usage;
use crate::clock;
use crate::config::Config;
use crate::keyfile;

/// The vendor that reads.
const READER: &str = "bench-reads";

/// What is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Read {
    /// One school by code with the names of its commune and province.
    Point,
    /// Fifty schools with their commune and the five latest payments of each.
    Nested,
    /// A hundred payments of a school by date, beyond a cursor, with the codes of their invoices.
    Page,
    /// The question of `point` again and again by the same caller; the floor is that of `point`.
    Repeat,
    /// The same by GET, by a caller who names the answer that it has; the floor is that of `point`.
    Unchanged,
}

/// How much is measured.
#[derive(Args)]
pub struct Arguments {
    /// Schools of the province.
    #[arg(long, default_value_t = 1_600)]
    schools: i64,
    /// Its students.
    #[arg(long, default_value_t = 100_000)]
    students: i64,
    /// Its payments.
    #[arg(long, default_value_t = 1_000_000)]
    payments: i64,
    /// Connections that each send as soon as they heard.
    #[arg(long, default_value_t = 64)]
    pub(super) senders: usize,
    /// Pairs of samples, hub and floor in turns.
    #[arg(long, default_value_t = 15)]
    pub(super) pairs: usize,
    /// How long one sample lasts, in milliseconds.
    #[arg(long, default_value_t = 2_000)]
    pub(super) sample_ms: u64,
}

/// A seeded province with a vendor that may read all of it, and both servers.
pub(super) struct Ground {
    pub(super) db: Db,
    pub(super) size: Size,
    pub(super) token: String,
    pub(super) hub: Server,
    pub(super) floor: Server,
}

impl Ground {
    /// Seeds what is missing and starts both servers; whether the hub remembers replies is the scenario's.
    ///
    /// # Errors
    /// A sentence when a server does not start or the database refuses.
    pub(super) async fn prepare(arguments: &Arguments, config: &Config, remembers: bool) -> Result<Self, String> {
        let (key, now) = (keyfile::master_key(config)?, clock::now());
        let db = entities::hub::migrate(&config.location(), &key, Kind::Demo, now).await.map_err(said)?;
        let size =
            Size { schools: arguments.schools, students: arguments.students, payments: arguments.payments, seed: 1 };
        bench::seed(&db, &size, now, |_| {}).await.map_err(said)?;
        let token = reader_token(READER, bench::PROVINCE)?;
        let vendor = client_named(READER)?;
        if !reads::is_prepared(&db, vendor).await.map_err(said)? {
            transaction!(db, |tx| reads::prepare(tx, vendor, now.vietnam_day()).await).map_err(said)?;
            reads::settle_plans(&db).await.map_err(said)?;
        }
        // A few thousand questions come again and again: what is measured is the answering and not the remembering, except
        // where that is the question.
        let replies = ("LIENTHONG_GRAPHQL_CACHE_BYTES", if remembers { "33554432" } else { "0" });
        let hub =
            Server::start(&["serve"], &[("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0"), replies], "/health/ready").await?;
        let floor = Server::start(&["bench", "floor", "--vendor", &vendor.to_string()], &[], "/ready").await?;
        Ok(Self { db, size, token, hub, floor })
    }

    pub(super) async fn asked(&self, read: Read) -> Result<Asked, String> {
        Ok(match read {
            Read::Point => Asked::point(&self.size, &self.token),
            Read::Nested => Asked::nested(&self.size, &self.token),
            Read::Page => Asked::page(&self.db, &self.size, &self.token).await.map_err(said)?,
            Read::Repeat => Asked::repeat(&self.size, &self.token),
            Read::Unchanged => Asked::unchanged(&self.size, &self.token, self.hub.address()).await?,
        })
    }
}

/// Seeds what is missing, measures, prints the table.
///
/// # Errors
/// A sentence when a server does not start, the database refuses or a side answers nothing.
pub async fn run(read: Read, arguments: &Arguments, config: &Config) -> Result<(), String> {
    let ground = Ground::prepare(arguments, config, matches!(read, Read::Repeat | Read::Unchanged)).await?;
    let (both, idle) = (ground.asked(read).await?, usage::of(ground.hub.process()));
    let (mut own, mut floors) = (Vec::new(), Vec::new());
    for pair in 0..=arguments.pairs {
        let hub = sample(&ground.hub, &both.hub, arguments);
        let floor = sample(&ground.floor, &both.floor, arguments);
        // Who goes first changes; the first pair warms up and does not count.
        let (hub, floor) = if pair % 2 == 0 {
            let hub = hub.await?;
            (hub, floor.await?)
        } else {
            let floor = floor.await?;
            (hub.await?, floor)
        };
        if hub.done == 0 || floor.done == 0 {
            return Err(format!("a side answered nothing: hub {hub:?}, floor {floor:?}"));
        }
        if pair > 0 {
            own.push(hub);
            floors.push(floor);
        }
    }
    print(read, arguments, &own, &floors);
    let loaded = usage::of(ground.hub.process()).resident_bytes;
    println!(
        "\nMemory of the hub: {:.0} MiB before the first request, {:.0} MiB after the last. Failed requests: {}.\n",
        mib(idle.resident_bytes),
        mib(loaded),
        own.iter().chain(&floors).map(|one| one.failed).sum::<u64>()
    );
    Ok(())
}

/// One sample of one side, with what its process used.
pub(super) async fn sample(server: &Server, requests: &[String], arguments: &Arguments) -> Result<Measured, String> {
    let work = Work::Ask { address: server.address().to_owned(), requests: requests.to_vec(), per_second: None };
    watched(server, Order { work, senders: arguments.senders, millis: arguments.sample_ms }).await
}

fn print(read: Read, arguments: &Arguments, own: &[Measured], floors: &[Measured]) {
    println!(
        "{read:?}: {} connections, {} pairs of {} ms in turns after a warm-up.\n",
        arguments.senders, arguments.pairs, arguments.sample_ms
    );
    println!(
        "| side | requests/s | p50 ms | p99 ms | p99 / p50 | CPU of the process per request, µs | hub / floor (95 %) |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let ratios: Vec<f64> = own.iter().zip(floors).map(|(hub, floor)| hub.per_second() / floor.per_second()).collect();
    let ratio = interval(&ratios);
    let of = |side: &[Measured], value: fn(&Measured) -> f64| median(side.iter().map(value).collect());
    for (name, side) in [("hub", own), ("floor", floors)] {
        let last = if name == "hub" {
            format!("{:.2} ({:.2} to {:.2})", ratio.median, ratio.low, ratio.high)
        } else {
            String::new()
        };
        println!(
            "| {name} | {:.0} | {:.1} | {:.1} | {:.1} | {:.0} | {last} |",
            of(side, Measured::per_second),
            of(side, |one| millis(one.p50_micros)),
            of(side, |one| millis(one.p99_micros)),
            of(side, |one| millis(one.p99_micros) / millis(one.p50_micros)),
            of(side, Measured::cpu_per_request),
        );
    }
}

fn millis(micros: u64) -> f64 {
    f64::from(u32::try_from(micros).unwrap_or(u32::MAX)) / 1_000.0
}

fn mib(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1_024).unwrap_or(u32::MAX)) / 1_024.0
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
