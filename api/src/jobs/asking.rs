//! Asks senders what they know, one after the other, each on its schedule.

use std::sync::Arc;
use std::time::Duration;

use connectors::courier::{Courier, Limits};
use tokio::sync::watch;

use crate::clock;
use crate::flows::asking::{Asking, ask_next};
use crate::hub::Hub;

/// How long the job rests when no sender is due.
const IDLE: Duration = Duration::from_secs(2);

/// Asks until `stopping` turns true; a question that is on its way is finished.
pub async fn run(hub: Arc<Hub>, mut stopping: watch::Receiver<bool>) {
    let seconds = |name| i64::try_from(hub.config.number(name)).unwrap_or(i64::MAX);
    let courier = match Courier::new(Limits::default()) {
        Ok(courier) => courier,
        Err(error) => {
            tracing::error!(cause = %error, "no sender can be asked");
            return;
        }
    };
    let asking = Asking {
        courier,
        interval_seconds: seconds("LIENTHONG_LISTING_INTERVAL_SECONDS"),
        grace_seconds: seconds("LIENTHONG_LISTING_GRACE_SECONDS"),
        stopping: stopping.clone(),
    };
    while !*stopping.borrow() {
        let more = ask_next(&hub, &asking, clock::now()).await.unwrap_or_else(|error| {
            tracing::warn!(cause = %error, "asking waits for the database");
            false
        });
        if !more {
            tokio::select! {
                () = tokio::time::sleep(IDLE) => {}
                _ = stopping.changed() => {}
            }
        }
    }
}
