//! `bench run attacks`: what is left of honest throughput while each attack comes ten times a second, or while thousands of
//! connections only wait, against the same load without it, in turns.

use clap::Args;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::attacks::{self, Attack};
use super::load::{Measured, Order, Work};
use super::reads::{self, Ground, Read};
use super::server::drive;
use super::stats::{Interval, interval};
use super::wire::post;
use crate::config::Config;

/// How much is measured.
#[derive(Args)]
pub struct Arguments {
    /// The honest load: the question of `point`, as `bench run point` asks it.
    #[command(flatten)]
    reads: reads::Arguments,
    /// How often each attack comes, in a second.
    #[arg(long, default_value_t = 10)]
    per_second: u64,
    /// Connections that only wait, each with half a head; both processes need as many open files.
    #[arg(long, default_value_t = 10_000)]
    waiting: usize,
}

/// What the hub suffers.
enum Storm {
    Asks(Attack),
    Waits,
}

/// What is left under a storm: of honest throughput, and how much longer the 99th percentile is.
struct Left {
    storm: String,
    throughput: Interval,
    p99: Interval,
}

/// Measures each attack and prints the table, the worst first.
///
/// # Errors
/// A sentence when a server does not start, the database refuses or nothing honest is answered.
pub async fn run(arguments: &Arguments, config: &Config) -> Result<(), String> {
    let ground = Ground::prepare(&arguments.reads, config, false).await?;
    let honest = ground.asked(Read::Point).await?.hub;
    reads::sample(&ground.hub, &honest, &arguments.reads).await?;
    let mut rows = Vec::new();
    for storm in attacks::all().into_iter().map(Storm::Asks).chain([Storm::Waits]) {
        rows.push(suffer(&storm, arguments, &ground, &honest).await?);
    }
    rows.sort_by(|one, other| one.throughput.median.total_cmp(&other.throughput.median));
    println!(
        "Attacks: `point` over {} connections while each attack comes {} times a second, {} pairs of {} ms in turns.\n",
        arguments.reads.senders, arguments.per_second, arguments.reads.pairs, arguments.reads.sample_ms
    );
    println!(
        "| attack | honest throughput that is left (95 %) | p99 against p99 without (95 %) |\n| --- | --- | --- |"
    );
    for Left { storm, throughput, p99 } in &rows {
        println!("| {storm} | {} | {} |", said(throughput), said(p99));
    }
    Ok(())
}

fn said(Interval { median, low, high }: &Interval) -> String {
    format!("{median:.2} ({low:.2} to {high:.2})")
}

async fn suffer(storm: &Storm, arguments: &Arguments, ground: &Ground, honest: &[String]) -> Result<Left, String> {
    let (mut throughput, mut p99) = (Vec::new(), Vec::new());
    for pair in 0..arguments.reads.pairs {
        let mut both = [Measured::default(); 2];
        for turn in 0..2 {
            // Who goes first changes.
            let attacked = (pair + turn) % 2;
            let load = reads::sample(&ground.hub, honest, &arguments.reads);
            both[attacked] = if attacked == 1 { beside(storm, arguments, ground, load).await? } else { load.await? };
        }
        let [calm, stormy] = both;
        throughput.push(stormy.per_second() / calm.per_second().max(1.0));
        p99.push(micros(stormy.p99_micros) / micros(calm.p99_micros).max(1.0));
    }
    let storm = match storm {
        Storm::Asks(attack) => attack.name.clone(),
        Storm::Waits => format!("{} connections that only wait", arguments.waiting),
    };
    Ok(Left { storm, throughput: interval(&throughput), p99: interval(&p99) })
}

/// The honest load while the storm rages.
async fn beside(
    storm: &Storm,
    arguments: &Arguments,
    ground: &Ground,
    load: impl Future<Output = Result<Measured, String>>,
) -> Result<Measured, String> {
    let address = ground.hub.address();
    match storm {
        Storm::Asks(attack) => {
            let work = Work::Ask {
                address: address.to_owned(),
                requests: vec![post("/graphql", &ground.token, &attack.body)],
                per_second: Some(arguments.per_second),
            };
            let (told, sent) = tokio::join!(load, drive(Order { work, senders: 1, millis: arguments.reads.sample_ms }));
            sent?;
            told
        }
        Storm::Waits => {
            let waiting = wait(address, arguments.waiting).await.map_err(|error| error.to_string())?;
            let told = load.await;
            drop(waiting);
            told
        }
    }
}

/// Connections that have said half of what they want.
async fn wait(address: &str, count: usize) -> std::io::Result<Vec<TcpStream>> {
    let mut waiting = Vec::with_capacity(count);
    for _ in 0..count {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"POST /graphql HTTP/1.1\r\nhost: h\r\n").await?;
        waiting.push(stream);
    }
    Ok(waiting)
}

fn micros(value: u64) -> f64 {
    f64::from(u32::try_from(value).unwrap_or(u32::MAX))
}
