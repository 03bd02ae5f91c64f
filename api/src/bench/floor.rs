//! The floor of reads: a bare route over one hand-written statement, through the same pool, without token or policy.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use clap::Args;
use entities::Db;
use entities::bench;
use entities::codes::{Month, ProvinceCode};
use entities::reach::{Reach, Reason};
use tokio::net::TcpListener;

use crate::clock;
use crate::config::Config;
use crate::keyfile;

/// Where the floor listens.
#[derive(Args)]
pub struct Arguments {
    /// Address and port.
    #[arg(long)]
    listen: String,
}

/// Serves `/report` until it is killed.
///
/// # Errors
/// A sentence when the database or the address cannot be used.
pub async fn run(arguments: &Arguments, config: &Config) -> Result<(), String> {
    let key = keyfile::master_key(config)?;
    let db = entities::hub::open(&config.location(), &key).await.map_err(|error| error.to_string())?;
    let router = Router::new().route("/report", get(report)).route("/ready", get(async || "ready")).with_state(db);
    let listener = TcpListener::bind(&arguments.listen).await.map_err(|error| error.to_string())?;
    axum::serve(listener, router).await.map_err(|error| error.to_string())
}

#[expect(clippy::disallowed_methods, reason = "the floor has no caller: it shows what the statement alone costs")]
async fn report(State(db): State<Db>) -> Result<String, StatusCode> {
    let reach = Reach::system(Reason::Operator, clock::now().vietnam_day());
    let parsed = (ProvinceCode::parse(bench::PROVINCE), Month::new(bench::FIRST_MONTH), Month::new(bench::LAST_MONTH));
    let (Ok(province), Ok(from), Ok(to)) = parsed else { return Err(StatusCode::INTERNAL_SERVER_ERROR) };
    let answer = bench::live_report(&db, &reach, &province, from, to).await;
    answer.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
