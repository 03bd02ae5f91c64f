//! `lienthong sandbox`: plays banks against a running demo hub, with the keys of the demo's credentials.

mod bank;
mod hub;
mod pay;
mod play;

use clap::Args;

use super::Failure;
use crate::config::Config;

#[derive(Args)]
pub(super) struct Arguments {
    /// Pay this open invoice, and show how.
    #[arg(long, value_name = "INVOICE_CODE", conflicts_with_all = ["rate", "seconds"])]
    pay: Option<String>,
    /// Messages a second.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=500))]
    rate: u32,
    /// How long to play.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
}

pub(super) async fn run(arguments: Arguments, config: &Config) -> Result<(), Failure> {
    match arguments.pay {
        Some(code) => pay::run(&code, config).await,
        None => play::run(arguments.rate, arguments.seconds, config).await,
    }
}
