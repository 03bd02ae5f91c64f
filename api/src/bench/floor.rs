//! The floor of reads: a bare route over one hand-written statement, through the same pool, without token or policy.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use chrono::NaiveDate;
use clap::Args;
use entities::Db;
use entities::bench;
use entities::bench::reads::Floor;
use entities::codes::{Month, ProvinceCode};
use entities::ids::{ClientId, SchoolId};
use entities::reach::{Reach, Reason};
use serde::Deserialize;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::clock;
use crate::config::Config;
use crate::keyfile;

/// Where the floor listens, and whose reach its statements keep.
#[derive(Args)]
pub struct Arguments {
    /// Address and port.
    #[arg(long)]
    listen: String,
    /// The id of the vendor that is measured; none for the report, which has no caller.
    #[arg(long)]
    vendor: Option<ClientId>,
}

/// Serves the statements until it is killed.
///
/// # Errors
/// A sentence when the database or the address cannot be used.
pub async fn run(arguments: &Arguments, config: &Config) -> Result<(), String> {
    let key = keyfile::master_key(config)?;
    let db = entities::hub::open(&config.location(), &key).await.map_err(|error| error.to_string())?;
    let mut router =
        Router::new().route("/report", get(report)).route("/ready", get(async || "ready")).with_state(db.clone());
    if let Some(vendor) = arguments.vendor {
        let reads = Router::new().route("/point", get(point)).route("/nested", get(nested)).route("/page", get(page));
        router = router.merge(reads.with_state(Arc::new(Floor::new(db, vendor))));
    }
    let listener = TcpListener::bind(&arguments.listen).await.map_err(|error| error.to_string())?;
    axum::serve(listener, router).await.map_err(|error| error.to_string())
}

#[expect(clippy::disallowed_methods, reason = "the floor has no caller: it shows what the statement alone costs")]
async fn report(State(db): State<Db>) -> Result<String, StatusCode> {
    let reach = Reach::system(Reason::Operator, clock::now().vietnam_day());
    let parsed = (ProvinceCode::parse(bench::PROVINCE), Month::new(bench::FIRST_MONTH), Month::new(bench::LAST_MONTH));
    let (Ok(province), Ok(from), Ok(to)) = parsed else { return Err(StatusCode::INTERNAL_SERVER_ERROR) };
    said(bench::live_report(&db, &reach, &province, from, to).await)
}

/// A code, or the code after which a page begins.
#[derive(Deserialize)]
struct Code {
    code: String,
}

/// Where a page of payments begins.
#[derive(Deserialize)]
struct Place {
    school: Uuid,
    day: NaiveDate,
    row: Uuid,
}

async fn point(State(floor): State<Arc<Floor>>, Query(asked): Query<Code>) -> Result<String, StatusCode> {
    said(floor.point(&asked.code).await)
}

async fn nested(State(floor): State<Arc<Floor>>, Query(asked): Query<Code>) -> Result<String, StatusCode> {
    said(floor.nested(&asked.code).await)
}

async fn page(State(floor): State<Arc<Floor>>, Query(asked): Query<Place>) -> Result<String, StatusCode> {
    said(floor.page(SchoolId::from_uuid(asked.school), asked.day, asked.row).await)
}

fn said(answer: Result<String, entities::Error>) -> Result<String, StatusCode> {
    answer.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
