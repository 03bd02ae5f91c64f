//! Writes down what was heard through connections, and once more at the end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock;
use crate::hub::Hub;

/// How often it writes: health is at most this old.
const PERIOD: Duration = Duration::from_secs(2);

/// Writes until `stopping` turns true.
pub async fn run(hub: Arc<Hub>, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            _ = stopping.changed() => {}
        }
        let is_last = *stopping.borrow();
        if let Err(error) = hub.tallies.write(&hub.db, clock::now()).await {
            tracing::warn!(cause = %error, "what was heard through connections waits to be written down");
        }
        if is_last {
            return;
        }
    }
}
