//! Signs the heads of the audit logs every minute.

use std::sync::Arc;
use std::time::Duration;

use entities::audit::sign_heads;
use tokio::sync::watch;

use crate::clock;
use crate::hub::Hub;

/// How often heads are signed.
const PERIOD: Duration = Duration::from_secs(60);

/// Signs until `stopping` turns true.
pub async fn run(hub: Arc<Hub>, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            _ = stopping.changed() => return,
        }
        match sign_heads(&hub.db, clock::now()).await {
            Ok(signed) => tracing::debug!(signed, "signed the heads of the audit logs"),
            Err(error) => tracing::warn!(cause = %error, "the heads of the audit logs could not be signed"),
        }
    }
}
