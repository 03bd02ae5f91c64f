//! The settling worker: woken by every kept message, and every second in case nobody woke it.

use std::sync::Arc;
use std::time::Duration;

use entities::settle::settle_due;
use tokio::sync::watch;

use crate::clock;
use crate::hub::Hub;

/// How long the worker sleeps when nothing wakes it.
const IDLE: Duration = Duration::from_secs(1);

/// Settles until `stopping` turns true; a batch that has begun is finished.
pub async fn run(hub: Arc<Hub>, mut stopping: watch::Receiver<bool>) {
    let batch = hub.config.number("LIENTHONG_SETTLEMENT_BATCH_EVENTS");
    if batch == 0 {
        tracing::warn!("settlement is paused by LIENTHONG_SETTLEMENT_BATCH_EVENTS=0");
        return;
    }
    while !*stopping.borrow() {
        let more = match settle_due(&hub.db, batch, clock::now()).await {
            Ok(settled) => {
                metrics::counter!("settled_events_total").increment(u64::try_from(settled).unwrap_or(0));
                u64::try_from(settled).is_ok_and(|settled| settled >= batch)
            }
            Err(error) => {
                tracing::warn!(cause = %error, "settling waits for the database");
                tokio::time::sleep(IDLE).await;
                false
            }
        };
        if !more {
            tokio::select! {
                () = hub.settlement.notified() => {}
                () = tokio::time::sleep(IDLE) => {}
                _ = stopping.changed() => {}
            }
        }
    }
}
