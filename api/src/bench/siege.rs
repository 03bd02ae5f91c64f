//! `bench run attacks`: what is left of honest throughput while each attack comes ten times a second, against the same load
//! without it, in turns.

use clap::Args;

use super::attacks;
use super::load::{Order, Work};
use super::reads::{self, Ground, Read};
use super::server::drive;
use super::stats::{interval, median};
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
}

/// Measures each attack and prints the table, the worst first.
///
/// # Errors
/// A sentence when a server does not start, the database refuses or nothing honest is answered.
pub async fn run(arguments: &Arguments, config: &Config) -> Result<(), String> {
    let Arguments { reads, per_second } = arguments;
    let ground = Ground::prepare(reads, config, false).await?;
    let honest = ground.asked(Read::Point).await?.hub;
    reads::sample(&ground.hub, &honest, reads).await?;
    let mut rows = Vec::new();
    for attack in attacks::all() {
        let mut kept = Vec::new();
        for pair in 0..reads.pairs {
            let mut both = [0.0; 2];
            for turn in 0..2 {
                let attacked = (pair + turn) % 2;
                let storm = Order {
                    work: Work::Ask {
                        address: ground.hub.address().to_owned(),
                        requests: vec![post("/graphql", &ground.token, &attack.body)],
                        per_second: Some(*per_second),
                    },
                    senders: 1,
                    millis: reads.sample_ms,
                };
                let load = reads::sample(&ground.hub, &honest, reads);
                let told = if attacked == 1 {
                    let (told, storm) = tokio::join!(load, drive(storm));
                    storm?;
                    told?
                } else {
                    load.await?
                };
                both[attacked] = told.per_second();
            }
            kept.push(both[1] / both[0].max(1.0));
        }
        rows.push((median(kept.clone()), interval(&kept), attack.name));
    }
    rows.sort_by(|one, other| one.0.total_cmp(&other.0));
    println!(
        "Attacks: `point` over {} connections while each attack comes {per_second} times a second, {} pairs of {} ms in turns.\n",
        reads.senders, reads.pairs, reads.sample_ms
    );
    println!("| attack | honest throughput that is left (95 %) |\n| --- | --- |");
    for (kept, ends, name) in &rows {
        println!("| {name} | {kept:.2} ({:.2} to {:.2}) |", ends.low, ends.high);
    }
    Ok(())
}
