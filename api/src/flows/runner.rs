//! The worker behind imports and exports: takes a run, moves it on for a turn, gives it back or ends it. Who asked for the
//! run is loaded again for every page, so that a revoked client stops within a page.

use std::sync::{Mutex, PoisonError};

use entities::callers::{self, Caller};
use entities::ids::RunId;
use entities::reach::{Reach, Reason};
use entities::runs::{self, Direction, Run, Status, Step};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, files, transaction};
use tokio::sync::watch;
use uuid::Uuid;

use super::exports::{self, Held, Writing};
use super::imports::{self, Reader, Reading};
use super::upload::kept_until;
use crate::auth::policy;
use crate::clock;
use crate::config::Config;

/// Pages of one turn, after which another run gets its own.
const TURN_PAGES: usize = 20;

/// What became of a page.
pub(super) enum Paged {
    /// It is written, and another one follows.
    More(Step),
    /// It was the last; the run has ended.
    Last,
    /// The run was stopped, or is another worker's now: nothing was written.
    Lost,
}

/// One worker.
pub struct Runner {
    db: Db,
    config: Config,
    reading: Reading,
    writing: Writing,
    worker: Uuid,
    /// What the last turn read of a run that goes on: a large file is read whole, and not again for each turn.
    left_off: Mutex<Option<(RunId, Reader, Held)>>,
}

impl Runner {
    /// A worker with a name of its own.
    #[must_use]
    pub fn new(db: Db, config: Config, reading: Reading, writing: Writing) -> Self {
        Self { db, config, reading, writing, worker: RunId::new(clock::now()).uuid(), left_off: Mutex::new(None) }
    }

    /// Works for a turn at the run that waited longest, or at the wanted one. False when there was nothing to do.
    ///
    /// # Errors
    /// When the database does not answer; what is wrong with a run ends that run.
    pub async fn turn(&self, only: Option<RunId>, stopping: &watch::Receiver<bool>) -> Result<bool, Error> {
        let Some(run) = runs::claim(&self.db, self.worker, only, clock::now()).await? else {
            *self.left_off.lock().unwrap_or_else(PoisonError::into_inner) = None;
            return Ok(false);
        };
        let worked = match run.status {
            Status::Queued | Status::Running => self.pages(run.clone(), stopping).await,
            Status::Done | Status::Failed | Status::Cancelled => Ok(true),
        };
        let has_ended = match worked {
            Ok(has_ended) => has_ended,
            Err(Error::Refused(refusal)) => {
                transaction!(self.db, |tx| runs::end(tx, &run, Some(&refusal), clock::now()).await)?;
                true
            }
            Err(accident) => {
                tracing::warn!(cause = %accident, run = %run.id, "a page of a run is tried again later");
                if runs::postpone(&self.db, &run, self.worker, clock::now()).await? {
                    transaction!(self.db, |tx| runs::end(tx, &run, Some(&given_up()), clock::now()).await)?;
                }
                return Ok(true);
            }
        };
        if has_ended {
            self.complete(&run).await?;
        } else {
            runs::release(&self.db, &run, self.worker, clock::now()).await?;
        }
        Ok(true)
    }

    /// Pages until the turn is over or the process ends; true when the run has ended.
    async fn pages(&self, mut run: Run, stopping: &watch::Receiver<bool>) -> Result<bool, Error> {
        let (mut reader, mut held_back) = self.taken_up(run.id);
        for _ in 0..TURN_PAGES {
            if *stopping.borrow() {
                break;
            }
            let now = clock::now();
            let (reach, caller) = self.acting(&run, now).await?;
            let paged = match run.direction {
                Direction::Import => {
                    let held = (&run, self.worker);
                    imports::page(&self.db, &self.reading, held, &reach, &mut reader, now).await?
                }
                Direction::Export => {
                    let held = (&run, self.worker);
                    let asker = (&reach, caller.as_ref());
                    exports::page(&self.db, &self.writing, held, asker, &mut held_back, now).await?
                }
            };
            match paged {
                Paged::More(step) => run.position = Some(step.position),
                Paged::Last | Paged::Lost => return Ok(true),
            }
        }
        *self.left_off.lock().unwrap_or_else(PoisonError::into_inner) = Some((run.id, reader, held_back));
        Ok(false)
    }

    /// What this worker read of a run before; the page sees whether another one went on with it meanwhile.
    fn taken_up(&self, run: RunId) -> (Reader, Held) {
        let mut left_off = self.left_off.lock().unwrap_or_else(PoisonError::into_inner);
        match left_off.take_if(|(of, ..)| *of == run) {
            Some((_, reader, held)) => (reader, held),
            None => (Reader::default(), Held::default()),
        }
    }

    /// The reach of whoever asked for the run, as it is now.
    async fn acting(&self, run: &Run, now: Timestamp) -> Result<(Reach, Option<Caller>), Error> {
        let day = now.vietnam_day();
        let Some(mandate) = &run.mandate else {
            #[expect(clippy::disallowed_methods, reason = "the operator's own run")]
            return Ok((Reach::system(Reason::Job, day), None));
        };
        let verbs = match run.direction {
            Direction::Import => imports::Kind::parse(&run.kind).map(imports::Kind::verbs),
            Direction::Export => exports::Kind::parse(&run.kind).map(exports::Kind::verbs),
        };
        let verbs = verbs.ok_or_else(unknown)?;
        let caller = callers::standing(&self.db, mandate, day).await?;
        let caller =
            caller.filter(|caller| verbs.iter().all(|verb| policy::may_use(caller, run.purpose.as_deref(), verb)));
        let caller = caller.ok_or_else(no_longer)?;
        // What is left out was decided when it was asked for; a file of two rights would be neither's.
        if run.direction == Direction::Export && run.rights.as_deref() != Some(&caller.rights()) {
            return Err(rights_changed().into());
        }
        Ok((Reach::of(&caller, day), Some(caller)))
    }

    /// Completes the file of a run that has ended, so that it can be fetched.
    async fn complete(&self, run: &Run) -> Result<(), Error> {
        let Some(file) = runs::unfinished_file(&self.db, run).await? else { return Ok(()) };
        let sha256 = files::digest(&self.db, &file).await?;
        let now = clock::now();
        let expires_at = kept_until(&self.config, now);
        transaction!(self.db, |tx| {
            files::complete(tx, run.file, &sha256, expires_at).await?;
            runs::finish(tx, run, now).await
        })
    }
}

/// The caller's role, contract or purpose does not carry the verb.
pub(super) fn forbidden(verb: &str) -> Refusal {
    Refusal::new(
        "FORBIDDEN",
        format!("Your role, contract or stated purpose does not allow `{verb}`."),
        format!("Vai trò, hợp đồng hoặc mục đích đã nêu không cho phép `{verb}`."),
    )
}

/// A run of a kind that this version does not know.
pub(super) fn unknown() -> Error {
    Error::internal("a run is of an unknown kind")
}

fn no_longer() -> Refusal {
    Refusal::new(
        "NO_LONGER_ALLOWED",
        "Whoever asked for this may no longer do it: the client, contract, user or role has ended.",
        "Người yêu cầu không còn quyền thực hiện: ứng dụng, hợp đồng, người dùng hoặc vai trò đã chấm dứt.",
    )
}

fn rights_changed() -> Refusal {
    Refusal::new(
        "RIGHTS_CHANGED",
        "The rights under which this was asked for have changed; ask again.",
        "Quyền của người yêu cầu đã thay đổi; hãy yêu cầu lại.",
    )
}

fn given_up() -> Refusal {
    Refusal::new(
        "INTERNAL",
        "The hub failed at the same page too often; the cause is in its log.",
        "Hệ thống gặp lỗi nhiều lần ở cùng một trang; nguyên nhân nằm trong nhật ký.",
    )
}
