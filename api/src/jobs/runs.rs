//! The workers of imports and exports.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::flows::runner::Runner;
use crate::hub::Hub;

/// How long a worker sleeps when nothing waits and nobody wakes it.
const IDLE: Duration = Duration::from_secs(1);

/// Works until `stopping` turns true; a turn that has begun ends with its page.
pub async fn run(hub: Arc<Hub>, mut stopping: watch::Receiver<bool>) {
    let runner = Runner::new(hub.db.clone(), hub.config.clone(), hub.reading, hub.writing);
    while !*stopping.borrow() {
        let worked = match runner.turn(None, &stopping).await {
            Ok(worked) => worked,
            Err(error) => {
                tracing::warn!(cause = %error, "imports and exports wait for the database");
                false
            }
        };
        if !worked {
            tokio::select! {
                () = hub.runs.notified() => {}
                () = tokio::time::sleep(IDLE) => {}
                _ = stopping.changed() => {}
            }
        }
    }
}
