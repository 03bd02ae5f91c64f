//! `lienthong serve`: migrates, serves HTTP, runs the workers; SIGTERM drains.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use entities::administrative_units;
use entities::hub::Kind;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Failure, greeting};
use crate::config::Config;
use crate::graphql::documents::ForAll;
use crate::http::listen;
use crate::http::router::router;
use crate::hub::Hub;
use crate::jobs::{asking, expiry, figures, runs, settlement, tail, tallies, tree_heads};
use crate::{clock, demo};

#[derive(Args)]
pub(super) struct Arguments {
    /// Plant the demo province on first start; the database stays a demo for ever.
    #[arg(long)]
    demo: bool,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

pub(super) async fn run(arguments: Arguments, config: Config) -> Result<(), Failure> {
    let config = match &arguments.listen {
        Some(listen) => config.with("LIENTHONG_LISTEN", listen).map_err(|error| error.to_string())?,
        None => config,
    };
    let kind = wanted_kind(&arguments, &config).await?;
    let db = super::migrated(&config, kind).await?;
    let planted = if arguments.demo { Some(demo::plant(&db, &config, clock::now()).await?) } else { None };
    let metrics = PrometheusBuilder::new().install_recorder().map_err(|error| error.to_string())?;
    let documents = ForAll::read(config.text("LIENTHONG_TRUSTED_DOCUMENTS_FILE"))?;
    let hub = Arc::new(Hub::new(config, db, documents, metrics));
    // The first question would wait for the tables to be read; being ready need not.
    tokio::task::spawn_blocking(administrative_units::warm);
    let listener =
        TcpListener::bind(hub.config.listen()).await.map_err(|error| format!("{}: {error}", hub.config.listen()))?;
    if let Some(has_credentials) = planted {
        greeting::print(&hub.config, has_credentials);
    }
    tracing::info!(listen = %hub.config.listen(), database = hub.db.kind().as_str(), "serving");
    let (stop_jobs, stopping) = watch::channel(false);
    let jobs = [
        tokio::spawn(asking::run(hub.clone(), stopping.clone())),
        tokio::spawn(settlement::run(hub.clone(), stopping.clone())),
        tokio::spawn(runs::run(hub.clone(), stopping.clone())),
        tokio::spawn(runs::run(hub.clone(), stopping.clone())),
        tokio::spawn(expiry::run(hub.clone(), stopping.clone())),
        tokio::spawn(figures::run(hub.clone(), stopping.clone())),
        tokio::spawn(tail::run(hub.clone(), stopping.clone())),
        tokio::spawn(tallies::run(hub.clone(), stopping.clone())),
        tokio::spawn(tree_heads::run(hub.clone(), stopping)),
    ];
    let drained = listen::serve(listener, router(hub.clone()), &hub.config, stop());
    let limit = Duration::from_millis(hub.config.number("LIENTHONG_DRAIN_TIMEOUT_MS"));
    // The server waits for streams of events, so they are asked to end when it is; sockets it does not know at all.
    tokio::spawn(dismiss(hub.clone(), limit));
    let ended = drain(drained, limit).await;
    hub.audience.dismiss(limit).await;
    // The jobs hold receivers as long as they run; one that has ended needs no word.
    let _ = stop_jobs.send(true);
    for job in jobs {
        job.await.map_err(|error| error.to_string())?;
    }
    ended
}

/// `--demo` wants a demo; without it an existing database keeps its kind, and a new one becomes real.
async fn wanted_kind(arguments: &Arguments, config: &Config) -> Result<Kind, Failure> {
    if arguments.demo {
        return Ok(Kind::Demo);
    }
    let existing = entities::hub::kind_of(&config.location()).await.unwrap_or(None);
    Ok(existing.unwrap_or(Kind::Real))
}

/// Serves until told to stop, then gives what is in flight its time.
async fn drain(server: impl Future<Output = std::io::Result<()>>, limit: Duration) -> Result<(), Failure> {
    tokio::pin!(server);
    tokio::select! {
        ended = &mut server => return ended.map_err(|error| error.to_string()),
        () = stop() => tracing::info!("draining"),
    }
    match tokio::time::timeout(limit, server).await {
        Ok(ended) => ended.map_err(|error| error.to_string()),
        Err(_) => Err("some requests did not end in time and were cut".to_owned()),
    }
}

async fn dismiss(hub: Arc<Hub>, limit: Duration) {
    stop().await;
    hub.audience.dismiss(limit).await;
}

/// Resolves on SIGTERM or SIGINT.
async fn stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
