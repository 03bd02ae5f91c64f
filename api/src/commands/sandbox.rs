//! `lienthong sandbox`: plays banks against a running demo hub, with the keys of the demo's credentials.

mod bank;
mod certify;
mod hub;
mod pay;
mod play;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::config::Config;

#[derive(Args)]
pub(super) struct Arguments {
    /// Pay this open invoice, and show how.
    #[arg(long, value_name = "INVOICE_CODE", conflicts_with_all = ["rate", "seconds"])]
    pay: Option<String>,
    /// Attack the integration of this connection, by its id or name, and write a report.
    #[arg(long, value_name = "CONNECTION", conflicts_with_all = ["pay", "rate"])]
    certify: Option<String>,
    /// Where the report is written; `certification-<connection>-<day>.md` otherwise.
    #[arg(long, value_name = "FILE", requires = "certify")]
    report: Option<PathBuf>,
    /// Also stand in front of the hub at this address, and look how the partner's sender bears disturbed answers.
    #[arg(long, value_name = "ADDR", requires = "certify")]
    listen: Option<SocketAddr>,
    /// Where the hub is served, when that is not where the settings or the demo's credentials say.
    #[arg(long, value_name = "URL", requires = "certify")]
    hub: Option<String>,
    /// Print the result of the certification as JSON.
    #[arg(long, requires = "certify")]
    json: bool,
    /// Messages a second.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=500))]
    rate: u32,
    /// How long to play, 10 seconds otherwise; or to listen, 600 seconds otherwise.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: Option<u32>,
}

/// Seconds of play when nothing is said.
const PLAY_SECONDS: u32 = 10;
/// Seconds of listening when nothing is said.
const LISTEN_SECONDS: u32 = 600;

pub(super) async fn run(arguments: Arguments, config: &Config) -> Result<(), Failure> {
    let Arguments { pay, certify, report, listen, hub, json, rate, seconds } = arguments;
    match (pay, certify) {
        (Some(code), _) => pay::run(&code, config).await,
        (None, Some(connection)) => {
            let seconds = seconds.unwrap_or(LISTEN_SECONDS);
            certify::run(certify::Asked { connection, hub, report, listen, seconds, json }, config).await
        }
        (None, None) => play::run(rate, seconds.unwrap_or(PLAY_SECONDS), config).await,
    }
}
