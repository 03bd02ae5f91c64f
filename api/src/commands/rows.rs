//! What `import` and `export` have in common: in whose name they run, how far they are, and the file at the end.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use clap::Args;
use entities::Db;
use entities::callers::{self, Caller, Subject};
use entities::files;
use entities::ids::RunId;
use entities::reach::Reach;
use entities::runs::{self, Direction, Run};
use entities::time::Timestamp;
use tokio::sync::watch;

use super::{Failure, said, token, whole};
use crate::clock;
use crate::config::Config;
use crate::flows::runner::Runner;
use crate::graphql::{reading, writing};

/// How often another worker's progress is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// In whose name; without either, the operator's.
#[derive(Args)]
pub(super) struct Asker {
    /// Act as this person.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Act as this client, by id or name.
    #[arg(long, value_name = "ID", conflicts_with = "user")]
    client: Option<String>,
    /// State this purpose.
    #[arg(long, value_name = "PURPOSE")]
    pub(super) purpose: Option<String>,
}

impl Asker {
    /// Whether somebody else than the operator asks.
    pub(super) const fn is_named(&self) -> bool {
        self.user.is_some() || self.client.is_some()
    }

    /// The reach, and the caller unless it is the operator.
    pub(super) async fn reach(&self, db: &Db, now: Timestamp) -> Result<(Reach, Option<Caller>), Failure> {
        if self.user.is_none() && self.client.is_none() {
            return Ok((whole(now), None));
        }
        let (subject, generation) = token::subject(db, (self.user.as_deref(), self.client.as_deref()), now).await?;
        let day = now.vietnam_day();
        let found = match subject {
            Subject::Client(id) => callers::of_client(db, id, None, day).await,
            Subject::User(id) => callers::of_user(db, id, generation, None, day).await,
        };
        let caller = found.map_err(said)?.ok_or("It has no running role or contract today.")?;
        if self.purpose.as_ref().is_some_and(|purpose| !caller.purposes.contains(purpose)) {
            return Err("Neither its contract nor its role carries this purpose.".to_owned());
        }
        Ok((Reach::of(&caller, day), Some(caller)))
    }
}

/// Works at a run until its file is complete; the workers of running hubs may take turns at it.
pub(super) async fn finish(
    db: &Db,
    config: Config,
    reach: &Reach,
    direction: Direction,
    id: RunId,
) -> Result<Run, Failure> {
    let runner = Runner::new(db.clone(), config, reading::READING, writing::WRITING);
    let (_running, stopping) = watch::channel(false);
    loop {
        let worked = runner.turn(Some(id), &stopping).await.map_err(said)?;
        let mut found = runs::by_ids(db, reach, direction, &[id]).await.map_err(said)?;
        let run = found.remove(&id).ok_or("The run is gone.")?;
        show(&run);
        if run.finished_at.is_some() && !files::owned(db, reach, &[run.file]).await.map_err(said)?.is_empty() {
            return Ok(run);
        }
        if !worked {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Writes the file of a run, chunk by chunk.
pub(super) async fn copy(db: &Db, reach: &Reach, run: &Run, mut to: impl Write) -> Result<(), Failure> {
    let found = files::own(db, reach, run.file, clock::now()).await.map_err(said)?;
    let file = found.ok_or("The file is gone.")?;
    let mut at = 0;
    while let Some(chunk) = files::chunk_at(db, &file, at).await.map_err(said)? {
        to.write_all(&chunk.bytes).map_err(|error| error.to_string())?;
        at = chunk.start + u64::try_from(chunk.bytes.len()).map_err(|error| error.to_string())?;
    }
    to.flush().map_err(|error| error.to_string())
}

/// The failure of a run that did not reach its end.
pub(super) fn failure(run: &Run) -> Result<(), Failure> {
    match (&run.failure, run.status) {
        (Some(failure), _) => Err(format!("{}: {}", failure.code, failure.message)),
        (None, runs::Status::Cancelled) => Err("It was cancelled.".to_owned()),
        (None, _) => Ok(()),
    }
}

/// A bar on a terminal; nothing elsewhere.
fn show(run: &Run) {
    let mut terminal = std::io::stderr();
    if !terminal.is_terminal() {
        return;
    }
    let part = run.bytes.filter(|bytes| *bytes > 0).map(|bytes| run.figures.bytes_read.saturating_mul(30) / bytes);
    let bar: String = match part {
        Some(done) => (0..30).map(|at| if at < done { '#' } else { '.' }).collect(),
        None => String::new(),
    };
    let end = if run.finished_at.is_some() { "\n" } else { "" };
    // A bar that cannot be drawn is no reason to stop.
    let _ = write!(terminal, "\r{bar} {} rows, {} refused {end}", run.figures.rows, run.figures.refused);
}
