//! The feed as this process hears it: one task reads the end of the outbox for everyone, so that a stream that nothing
//! concerns asks the database nothing. Other processes write to the same outbox; what they commit is heard within the tick.

pub mod audience;
mod follower;

use std::sync::Arc;
use std::time::Duration;

use entities::Db;
use entities::changes::{self, Cursor, Heard};
use tokio::sync::{Notify, broadcast};

pub use follower::Follower;

/// How long a change of another process may stay unheard. This process's own commits wake the reader at once.
const TICK: Duration = Duration::from_millis(150);
/// Changes of one look.
const LOOK_ROWS: u64 = 1_000;
/// Looks that are kept for a stream that is busy; one that falls behind further reads the database instead.
const KEPT_LOOKS: usize = 32;

/// What one look at the end of the outbox found, in order. An empty one says that the reader begins anew, so everyone reads
/// from its own place once.
type Look = Arc<[Heard]>;

/// The ear of one process.
pub struct Feed {
    looks: broadcast::Sender<Look>,
    listened: Arc<Notify>,
}

impl Feed {
    /// Starts the reader; it sleeps while nobody listens. Must be called within the runtime.
    #[must_use]
    pub fn start(db: Db) -> Self {
        let (looks, _) = broadcast::channel(KEPT_LOOKS);
        let listened = Arc::new(Notify::new());
        tokio::spawn(read(db, looks.clone(), listened.clone()));
        Self { looks, listened }
    }

    fn listen(&self) -> broadcast::Receiver<Look> {
        let looks = self.looks.subscribe();
        self.listened.notify_one();
        looks
    }
}

async fn read(db: Db, looks: broadcast::Sender<Look>, listened: Arc<Notify>) {
    let mut commits = db.commits();
    let mut place = None;
    loop {
        if looks.receiver_count() == 0 {
            place = None;
            listened.notified().await;
            continue;
        }
        commits.mark_unchanged();
        match look(&db, &looks, place).await {
            Ok((next, is_more)) => {
                place = Some(next);
                if is_more {
                    continue;
                }
            }
            Err(error) => tracing::warn!(%error, "the end of the outbox could not be read"),
        }
        tokio::select! {
            _ = commits.changed() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Tells what came after `place`; gives the new place, and whether there may be more at once.
async fn look(
    db: &Db,
    looks: &broadcast::Sender<Look>,
    place: Option<Cursor>,
) -> Result<(Cursor, bool), entities::Error> {
    let Some(place) = place else {
        let head = changes::head(db).await?;
        // Nobody may be left to hear it; the next one to listen begins anew.
        let _ = looks.send(Arc::from([]));
        return Ok((head, false));
    };
    let heard = changes::heard(db, place, LOOK_ROWS).await?;
    let Some(last) = heard.last().map(|last| last.cursor) else { return Ok((place, false)) };
    let is_full = u64::try_from(heard.len()).is_ok_and(|rows| rows >= LOOK_ROWS);
    let _ = looks.send(heard.into());
    Ok((last, is_full))
}
