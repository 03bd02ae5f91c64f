//! What this crate's own tests stand on: a fresh demo database in a directory that goes away with it. The promises that
//! differ between engines are proven on both by the `tests` crate.

use tempfile::TempDir;

use crate::db::{Db, Location};
use crate::hub::{Kind, migrate};
use crate::seal::MasterKey;
use crate::time::Timestamp;

/// A fresh database. Keep the directory for as long as the database is used.
pub(crate) struct Fresh {
    pub(crate) db: Db,
    _directory: TempDir,
}

/// 2026-11-20 08:00 in Vietnam: the fixed day of all synthetic data.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_795_136_400);

/// Makes a fresh SQLite database of the kind `demo`.
pub(crate) async fn fresh() -> Fresh {
    let directory = tempfile::tempdir().unwrap();
    let location = Location {
        url: format!("sqlite://{}", directory.path().join("hub.db").display()),
        read_url: None,
        max_connections: 2,
        acquire_timeout_ms: 5_000,
    };
    let db = migrate(&location, &MasterKey::new([7; 32]), Kind::Demo, NOW).await.unwrap();
    Fresh { db, _directory: directory }
}
