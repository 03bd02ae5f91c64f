//! Children are asked for together: one statement for all parents of a reply, within the caller's reach. Each question has
//! a key type of its own, beside the type that asks it; nothing is kept beyond the statement.

use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use entities::reach::Reach;
use entities::{Db, Error};

use super::fault::Fault;

/// How long a question waits for others to join it.
const PATIENCE: Duration = Duration::from_millis(1);
/// Keys of one statement: what a page of pages may need.
const MAX_KEYS: usize = 5_000;

/// The ledger as one request may see it.
pub struct Ledger {
    /// The ledger.
    pub db: Db,
    /// What the caller may ask about.
    pub reach: Reach,
}

/// The questions of one request.
pub type Loaders = DataLoader<Ledger>;

/// The questions of a request with this reach.
#[must_use]
pub fn of(db: &Db, reach: &Reach) -> Loaders {
    let ledger = Ledger { db: db.clone(), reach: reach.clone() };
    DataLoader::new(ledger, tokio::spawn).delay(PATIENCE).max_batch_size(MAX_KEYS)
}

/// A failure that every waiting question hears.
#[derive(Clone, Debug)]
pub struct Failed(std::sync::Arc<Error>);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(std::sync::Arc::new(error))
    }
}

impl From<Failed> for Fault {
    fn from(failed: Failed) -> Self {
        (*failed.0).clone().into()
    }
}
