//! Sums up what was counted. A time that is measured waits in a list until somebody asks for the figures, and where nobody
//! ever does, the list would grow with every request.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::hub::Hub;

/// How often it sums up: so long a list is some thousands of times.
const PERIOD: Duration = Duration::from_secs(5);

/// Sums up until `stopping` turns true.
pub async fn run(hub: Arc<Hub>, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            _ = stopping.changed() => return,
        }
        hub.metrics.run_upkeep();
    }
}
