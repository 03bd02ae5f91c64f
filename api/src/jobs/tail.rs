//! Reads the tail of `changes`, so that what this process remembers ends when another process changes it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::hub::Hub;

/// Between two looks: a third of the age at which memory is no longer served, so that one slow look does not end it.
const PERIOD: Duration = Duration::from_millis(300);

/// Looks until `stopping` turns true.
pub async fn run(hub: Arc<Hub>, mut stopping: watch::Receiver<bool>) {
    let mut was_heard = true;
    loop {
        let heard = hub.db.look_at_changes().await;
        if let (Err(error), true) = (&heard, was_heard) {
            tracing::warn!(cause = %error, "the tail of changes could not be read; nothing is served from memory");
        }
        was_heard = heard.is_ok();
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            _ = stopping.changed() => return,
        }
    }
}
