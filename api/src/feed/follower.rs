//! One reader of the feed: it goes from its cursor on, within its reach, and waits at the end. It keeps one page in memory;
//! who takes its changes slowly lets it read slowly, and loses nothing.

use std::collections::VecDeque;

use entities::changes::{self, Cursor, Told, Wanted};
use entities::reach::Reach;
use entities::{Db, Error};
use tokio::sync::broadcast::{self, error::RecvError};

use super::{Feed, Look};

/// Changes that are read ahead of the one who takes them.
const PAGE_CHANGES: u64 = 50;

/// A reader with its place.
pub struct Follower {
    db: Db,
    reach: Reach,
    wanted: Wanted,
    looks: broadcast::Receiver<Look>,
    place: Cursor,
    read: VecDeque<Told>,
    is_behind: bool,
}

impl Follower {
    /// Follows what is wanted from a place on; none means from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new(
        db: &Db,
        feed: &Feed,
        reach: &Reach,
        wanted: Wanted,
        since: Option<Cursor>,
    ) -> Result<Self, Error> {
        // Listening begins before the first reading, so that nothing falls between the two.
        let looks = feed.listen();
        let place = match since {
            Some(place) => place,
            None => changes::head(db).await?,
        };
        let (db, reach) = (db.clone(), reach.clone());
        Ok(Self { db, reach, wanted, looks, place, read: VecDeque::new(), is_behind: true })
    }

    /// The next change; it waits until there is one.
    ///
    /// # Errors
    /// `CURSOR_EXPIRED`, and when the database does not answer.
    pub async fn next(&mut self) -> Result<Told, Error> {
        loop {
            if let Some(told) = self.read.pop_front() {
                return Ok(told);
            }
            if self.is_behind {
                let page = changes::after(&self.db, &self.reach, &self.wanted, self.place, PAGE_CHANGES).await?;
                (self.place, self.is_behind) = (page.end, page.has_more);
                self.read = page.changes.into();
                continue;
            }
            match self.looks.recv().await {
                Ok(look) => self.hear(&look),
                Err(RecvError::Lagged(_)) => self.is_behind = true,
                Err(RecvError::Closed) => return Err(Error::Unavailable("the hub is stopping".to_owned())),
            }
        }
    }

    /// Reads again when something heard may be wanted; else everything up to the end of the look is passed.
    fn hear(&mut self, look: &Look) {
        let is_new = |heard: &&changes::Heard| heard.cursor > self.place;
        let concerns = look.iter().filter(is_new).any(|heard| heard.may_concern(&self.reach, &self.wanted));
        if look.is_empty() || concerns {
            self.is_behind = true;
        } else if let Some(last) = look.last() {
            self.place = self.place.max(last.cursor);
        }
    }
}
