//! Erases what is kept for a time only: the bytes of files, and the nonces of calls that cannot be proven any more.

use std::sync::Arc;
use std::time::Duration;

use entities::files::{erase, expired};
use entities::{Error, bills, transaction};
use tokio::sync::watch;

use crate::clock;
use crate::hub::Hub;

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(60);
/// Files erased in one round; the rest waits for the next.
const AT_ONCE: u64 = 100;

/// Erases until `stopping` turns true.
pub async fn run(hub: Arc<Hub>, mut stopping: watch::Receiver<bool>) {
    loop {
        match erase_due(&hub).await {
            Ok(erased) => tracing::debug!(erased, "erased files whose time was over"),
            Err(error) => tracing::warn!(cause = %error, "what is kept for a time only could not be erased"),
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            _ = stopping.changed() => return,
        }
    }
}

async fn erase_due(hub: &Hub) -> Result<usize, Error> {
    bills::drop_expired(&hub.db, clock::now()).await?;
    let due = expired(&hub.db, AT_ONCE, clock::now()).await?;
    for id in &due {
        transaction!(hub.db, |tx| erase(tx, *id).await)?;
    }
    Ok(due.len())
}
