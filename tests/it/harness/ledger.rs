//! The ledger of a test's database, opened beside the hub: to plant what the hub shall find, and to ask without HTTP.

use std::fs;

use entities::hub;
use entities::seal::MasterKey;
use entities::{Db, Location};

use super::database::Database;

impl Database {
    /// Opens the ledger under the key with which the database was made.
    pub(crate) async fn ledger(&self) -> Db {
        let settings = self.settings();
        let setting = |wanted| settings.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
        let file = self.data_dir().join("master.key");
        let key = setting("LIENTHONG_MASTER_KEY").unwrap_or_else(|| fs::read_to_string(file).unwrap());
        let sqlite = || format!("sqlite://{}/lienthong.db", self.data_dir().display());
        let location = Location {
            url: setting("DATABASE_URL").unwrap_or_else(sqlite),
            read_url: None,
            max_connections: 2,
            acquire_timeout_ms: 10_000,
        };
        hub::open(&location, &MasterKey::new(decoded(key.trim()))).await.unwrap()
    }
}

fn decoded(text: &str) -> [u8; 32] {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap().try_into().unwrap()
}
