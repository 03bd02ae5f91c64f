//! One page of a roster in OneRoster: rows of one of its files, their results and the run's place, in one transaction. Files are
//! taken in the order in which they refer to each other: classes before people, people before enrollments.

mod known;
mod outcome;
mod people;
mod places;
mod write;

use connectors::oneroster::{self, MAX_FILE_BYTES};
use entities::batch::{Batch, MAX_ITEMS};
use entities::callers::Subject;
use entities::reach::Reach;
use entities::runs::{self, Figures, Run, Step};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, Tx, files, transaction};
use uuid::Uuid;

use self::known::Known;
use self::outcome::Outcome;
use super::Reading;
use crate::clock;
use crate::flows::runner::Paged;

/// Seconds for which a worker holds a run while it reads the archive whole, or rehearses it.
const READING_SECONDS: i64 = 120;
/// Rows of an archive that is rehearsed at most: a rehearsal holds one transaction, and on SQLite everyone else's writes wait.
const MAX_REHEARSED: usize = 10_000;

/// An archive that was read, and how far it is imported.
pub(super) struct Archive {
    known: Known,
    bytes: i64,
    place: usize,
}

/// Writes the next page of a run, of which `archive` is where the last one left off.
pub(super) async fn page(
    db: &Db,
    reading: &Reading,
    (run, worker): (&Run, Uuid),
    reach: &Reach,
    archive: &mut Option<Archive>,
    now: Timestamp,
) -> Result<Paged, Error> {
    let from = place(run.position.as_deref())?;
    let mut file = match archive.take().filter(|archive| archive.place == from) {
        Some(archive) => archive,
        None => read(db, reading, (run, worker), reach, from).await?,
    };
    let total = file.known.rows();
    if run.dry_run && total > MAX_REHEARSED {
        return Err(too_long().into());
    }
    let written = transaction!(db, |tx| {
        if !runs::hold(tx, run, worker).await? {
            return Ok(None);
        }
        let batch = Batch { reach, attempt: None, now };
        let (outcomes, next) = if run.dry_run {
            tx.mark().await?;
            let rehearsed = rehearse(tx, &batch, &file.known).await?;
            tx.rewind().await?;
            (rehearsed, total)
        } else {
            write::page(tx, &batch, &file.known, (from, MAX_ITEMS)).await?
        };
        for piece in outcome::said(&outcomes, run.dry_run, reading.id)?.chunks(files::CHUNK_BYTES) {
            files::append(tx, run.file, piece, None, now).await?;
        }
        let bytes_read = file.bytes_before(next, total)? - file.bytes_before(from, total)?;
        let step = Step { position: next.to_string(), figures: Figures { bytes_read, ..outcome::figures(&outcomes) } };
        runs::step(tx, run, &step, now).await?;
        if next >= total {
            runs::end(tx, run, None, now).await?;
        }
        Ok(Some((step, next)))
    })?;
    let Some((step, next)) = written else { return Ok(Paged::Lost) };
    file.place = next;
    *archive = Some(file);
    Ok(if next >= total { Paged::Last } else { Paged::More(step) })
}

/// Every page in one transaction, which is taken back: a later file needs what an earlier one makes.
async fn rehearse(tx: &Tx, batch: &Batch<'_>, known: &Known) -> Result<Vec<Outcome>, Error> {
    let (mut outcomes, mut from) = (Vec::new(), 0);
    while from < known.rows() {
        let (some, next) = write::page(tx, batch, known, (from, MAX_ITEMS)).await?;
        outcomes.extend(some);
        from = next;
    }
    Ok(outcomes)
}

fn place(position: Option<&str>) -> Result<usize, Error> {
    let place = position.map_or(Ok(0), str::parse);
    place.map_err(|_| Error::internal("a run stands at no place of a roster"))
}

/// Reads the whole archive of a run, beside the threads that answer others. The reader's limits bound what comes from it.
async fn read(
    db: &Db,
    reading: &Reading,
    (run, worker): (&Run, Uuid),
    reach: &Reach,
    place: usize,
) -> Result<Archive, Error> {
    let source = runs::source_of(db, run).await?;
    if source.bytes > MAX_FILE_BYTES {
        return Err(too_large().into());
    }
    runs::keep(db, run, worker, READING_SECONDS, clock::now()).await?;
    let bytes = super::sections::whole(db, &source).await?;
    let read = tokio::task::spawn_blocking(move || oneroster::read(&bytes)).await.map_err(Error::internal)?;
    let roster = read.map_err(|finding| Error::from(outcome::unreadable(finding)))?;
    let is_client = matches!(Subject::parse(&run.owner), Some(Subject::Client(_)));
    let known = Known::read(db, reach, reading.node, (run, is_client), roster).await?;
    let bytes = i64::try_from(source.bytes).map_err(Error::internal)?;
    Ok(Archive { known, bytes, place })
}

impl Archive {
    /// The bytes of the file up to a row, as if its rows were of one length.
    fn bytes_before(&self, rows: usize, total: usize) -> Result<i64, Error> {
        let count = |rows: usize| i64::try_from(rows).map_err(Error::internal);
        if rows >= total { Ok(self.bytes) } else { Ok(self.bytes.saturating_mul(count(rows)?) / count(total)?.max(1)) }
    }
}

fn too_large() -> Refusal {
    Refusal::new(
        "FILE_TOO_LARGE",
        format!("A roster has at most {MAX_FILE_BYTES} bytes."),
        format!("Một tệp danh sách có tối đa {MAX_FILE_BYTES} byte."),
    )
    .at("fileId")
}

fn too_long() -> Refusal {
    Refusal::new(
        "DRY_RUN_TOO_LARGE",
        format!("A dry run takes rosters of up to {MAX_REHEARSED} rows: send one school, or import without it."),
        format!("Chạy thử nhận danh sách tối đa {MAX_REHEARSED} dòng: hãy gửi một trường hoặc nhập không chạy thử."),
    )
    .at("dryRun")
}
