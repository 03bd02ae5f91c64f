//! `bench run report`: the cashless report of a province by commune through the real endpoint, against aggregating the money
//! itself, and again with twice as many payments in the same schools and months.

use clap::Args;
use entities::bench::{self, Size};
use entities::codes::Month;
use entities::hub::Kind;

use super::load::{Measured, Order, Work};
use super::server::{Server, drive, vendor_token};
use super::stats::{interval, median};
use super::wire;
use crate::clock;
use crate::config::Config;
use crate::keyfile;

/// How much is measured.
#[derive(Args)]
pub struct Arguments {
    /// Schools of the province.
    #[arg(long, default_value_t = 1_600)]
    schools: i64,
    /// Its students.
    #[arg(long, default_value_t = 100_000)]
    students: i64,
    /// Payments of the first round; the second round has twice as many.
    #[arg(long, default_value_t = 1_000_000)]
    payments: i64,
    /// Pairs of samples, hub and floor in turns.
    #[arg(long, default_value_t = 15)]
    pairs: usize,
    /// How long one sample lasts, in milliseconds.
    #[arg(long, default_value_t = 3_000)]
    sample_ms: u64,
    /// Leave the second round out.
    #[arg(long)]
    once: bool,
}

/// Seeds what is missing, measures, prints the table.
///
/// # Errors
/// A sentence when a server does not start or the database refuses.
pub async fn run(arguments: &Arguments, config: &Config) -> Result<(), String> {
    println!("| payments | side | median ms | p99 ms | requests/s | floor / hub (95 %) |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let first = round(arguments, config, arguments.payments).await?;
    if !arguments.once {
        let second = round(arguments, config, 2 * arguments.payments).await?;
        println!("\nHub with twice the payments: {:.2} of its time before.", second / first);
    }
    println!(
        "\nHub: `cashlessReport` by COMMUNE over {} schools and {} months through POST /graphql with token, reach and policy. \
         Floor: the same figures aggregated live from bank transactions, cash payments and closings in one statement, JSON \
         made by the database, behind a bare route. One caller, {} pairs in turns; bootstrap interval of the median ratio.",
        arguments.schools,
        bench::MONTHS,
        arguments.pairs
    );
    Ok(())
}

/// Measures with so many payments; the hub's median in milliseconds.
async fn round(arguments: &Arguments, config: &Config, payments: i64) -> Result<f64, String> {
    let key = keyfile::master_key(config)?;
    let db = entities::hub::migrate(&config.location(), &key, Kind::Demo, clock::now()).await;
    let db = db.map_err(|error| error.to_string())?;
    let size = Size { schools: arguments.schools, students: arguments.students, payments, seed: 1 };
    bench::seed(&db, &size, clock::now(), |_| {}).await.map_err(|error| error.to_string())?;
    let caller = vendor_token("bench-reports", bench::PROVINCE)?;
    let hub = Server::start(&["serve"], &[("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0")], "/health/ready").await?;
    let floor = Server::start(&["bench", "floor"], &[], "/ready").await?;
    let ask = |server: &Server, request: String| {
        let address = server.address().to_owned();
        Work::Ask { address, requests: vec![request], per_second: None }
    };
    let asks = ask(&hub, wire::post("/graphql", &caller, &question()));
    let live = ask(&floor, wire::get("/report", &[]));
    let (mut own, mut floors) = (Vec::new(), Vec::new());
    for pair in 0..=arguments.pairs {
        // Who goes first changes; the first pair warms up and does not count.
        let sides = if pair % 2 == 0 { [&asks, &live] } else { [&live, &asks] };
        let one = drive(Order { work: sides[0].clone(), senders: 1, millis: arguments.sample_ms }).await?;
        let other = drive(Order { work: sides[1].clone(), senders: 1, millis: arguments.sample_ms }).await?;
        let (hub, live) = if pair % 2 == 0 { (one, other) } else { (other, one) };
        if hub.done == 0 || live.done == 0 {
            return Err(format!("a side answered nothing: hub {hub:?}, floor {live:?}"));
        }
        if pair > 0 {
            own.push(hub);
            floors.push(live);
        }
    }
    Ok(print(payments, &own, &floors))
}

fn print(payments: i64, own: &[Measured], floors: &[Measured]) -> f64 {
    let ratios: Vec<f64> =
        own.iter().zip(floors).map(|(hub, floor)| millis(floor.p50_micros) / millis(hub.p50_micros)).collect();
    let ratio = interval(&ratios);
    let of = |side: &[Measured], value: fn(&Measured) -> f64| median(side.iter().map(value).collect());
    for (name, side) in [("hub", own), ("floor", floors)] {
        let last = if name == "hub" {
            format!("{:.1} ({:.1} to {:.1})", ratio.median, ratio.low, ratio.high)
        } else {
            String::new()
        };
        println!(
            "| {payments} | {name} | {:.1} | {:.1} | {:.1} | {last} |",
            of(side, |one| millis(one.p50_micros)),
            of(side, |one| millis(one.p99_micros)),
            of(side, Measured::per_second)
        );
    }
    of(own, |one| millis(one.p50_micros))
}

fn millis(micros: u64) -> f64 {
    f64::from(u32::try_from(micros).unwrap_or(u32::MAX)) / 1_000.0
}

fn question() -> String {
    let month = |number| Month::new(number).map(|month| month.to_string()).unwrap_or_default();
    let query = "query ($scope: ReportScope!, $period: ReportPeriod!) { cashlessReport(scope: $scope, period: $period, \
                 groupBy: COMMUNE) { completeUpTo rows { key cashlessCount cashlessAmount cashCount cashAmount \
                 cashlessCountShare cashlessAmountShare unmatchedCount unmatchedAmount coverage { schoolsTotal \
                 schoolsClosed } } } }";
    let variables = serde_json::json!({
        "scope": { "provinceCode": bench::PROVINCE },
        "period": { "from": month(bench::FIRST_MONTH), "to": month(bench::LAST_MONTH) },
    });
    serde_json::json!({ "query": query, "variables": variables }).to_string()
}
