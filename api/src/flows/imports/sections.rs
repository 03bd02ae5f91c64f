//! One page of a bank's file: lines of one section, their results and the run's place, in one transaction.

use entities::files::{self, File};
use entities::reach::Reach;
use entities::runs::{self, Figures, Run, Step};
use entities::statements::{self, Finding, Importing, Kept, Keyed, PAGE_LINES, Spoken, Status};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, Tx, bank_accounts, transaction};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Kind, Reading};
use crate::clock;
use crate::flows::runner::Paged;
use crate::flows::statements::{Asked, Judged, MAX_FILE_BYTES, PassedOver, ready, rehearsed};

/// Seconds for which a worker holds a run while it reads the file whole.
const READING_SECONDS: i64 = 120;

/// A file that was read, and how far it is imported.
pub(super) struct Sections {
    ready: Vec<Judged>,
    bytes: i64,
    place: Place,
    /// What earlier pages of a dry run spoke for, in this turn of the worker.
    spoken: Spoken,
}

/// A place in a file, before a line.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Place {
    section: usize,
    line: usize,
}

impl Place {
    fn parse(position: Option<&str>) -> Result<Self, Error> {
        let Some(position) = position else { return Ok(Self::default()) };
        let wrong = || Error::internal("a run stands at no place of a statement");
        let (section, line) = position.split_once(':').ok_or_else(wrong)?;
        Ok(Self { section: section.parse().map_err(|_| wrong())?, line: line.parse().map_err(|_| wrong())? })
    }

    fn position(self) -> String {
        format!("{}:{}", self.section, self.line)
    }
}

/// Writes the next page of a run, of which `sections` is where the last one left off.
pub(super) async fn page(
    db: &Db,
    reading: &Reading,
    (run, worker): (&Run, Uuid),
    reach: &Reach,
    sections: &mut Option<Sections>,
    now: Timestamp,
) -> Result<Paged, Error> {
    let from = Place::parse(run.position.as_deref())?;
    let mut file = match sections.take().filter(|sections| sections.place == from) {
        Some(sections) => sections,
        None => read(db, (run, worker), reach, from).await?,
    };
    let rehearsal = match file.ready.get(from.section) {
        Some(Ok((new, _))) if run.dry_run && !new.is_held() => Some(rehearsed(db, reach, new, now).await?),
        _ => None,
    };
    let written = transaction!(db, |tx| {
        if !runs::hold(tx, run, worker).await? {
            return Ok(None);
        }
        let (done, next) = file.some(tx, reach, from, (run.dry_run, rehearsal.as_ref()), now).await?;
        let is_last = next.section >= file.ready.len();
        files::append(tx, run.file, &done.said(from.section, run.dry_run, reading.id)?, None, now).await?;
        let step = Step { position: next.position(), figures: file.figures(&done, from, next)? };
        runs::step(tx, run, &step, now).await?;
        if is_last {
            runs::end(tx, run, None, now).await?;
        }
        Ok(Some((step, next, done.spoken())))
    })?;
    let Some((step, next, spoken)) = written else { return Ok(Paged::Lost) };
    let is_last = next.section >= file.ready.len();
    file.place = next;
    file.spoken = spoken.unwrap_or_default();
    *sections = Some(file);
    Ok(if is_last { Paged::Last } else { Paged::More(step) })
}

/// Reads the whole file of a run. What comes from it is bounded by the limits of the readers.
async fn read(db: &Db, (run, worker): (&Run, Uuid), reach: &Reach, place: Place) -> Result<Sections, Error> {
    let source = runs::source_of(db, run).await?;
    if source.bytes > MAX_FILE_BYTES {
        return Err(too_large().into());
    }
    runs::keep(db, run, worker, READING_SECONDS, clock::now()).await?;
    let account = match run.account {
        None => None,
        Some(id) => {
            let found = bank_accounts::numbers(db, reach, &[id]).await?.remove(&id);
            let number = found.ok_or_else(|| Refusal::not_found("BankAccount").at("bankAccountId"))?;
            Some(number.as_str().to_owned())
        }
    };
    let asked = Asked {
        name: source.name.clone(),
        bytes: whole(db, &source).await?,
        source: Some(source.id),
        school_code: run.school_code.clone().unwrap_or_default(),
        account,
        dry_run: run.dry_run,
        confirmed: false,
    };
    let bytes = i64::try_from(source.bytes).map_err(Error::internal)?;
    Ok(Sections { ready: ready(db, reach, asked).await?, bytes, place, spoken: Spoken::default() })
}

/// The bytes of a file that is read as a whole.
pub(super) async fn whole(db: &Db, file: &File) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(usize::try_from(file.bytes).map_err(Error::internal)?);
    while let Some(chunk) = files::chunk_at(db, file, u64::try_from(bytes.len()).map_err(Error::internal)?).await? {
        bytes.extend(chunk.bytes);
    }
    if u64::try_from(bytes.len()).ok() != Some(file.bytes) {
        return Err(super::lines::gone());
    }
    Ok(bytes)
}

/// What a page has done.
enum Done<'f> {
    /// The section waits for a person, or is passed over.
    Held(&'f [Finding], usize),
    /// Lines were kept, or would be.
    Kept(&'f [Keyed], Kept),
    /// There are no sections.
    Nothing,
}

impl Sections {
    /// Imports a page, and says where the next one begins. A section that is held is passed over as a whole, so that one which
    /// is confirmed meanwhile is never kept by halves.
    async fn some(
        &self,
        tx: &Tx,
        reach: &Reach,
        from: Place,
        (dry_run, rehearsal): (bool, Option<&Importing>),
        now: Timestamp,
    ) -> Result<(Done<'_>, Place), Error> {
        let behind = Place { section: from.section + 1, line: 0 };
        let (new, lines) = match self.ready.get(from.section) {
            Some(Ok((new, lines))) => (new, lines),
            Some(Err(PassedOver { finding, lines })) => {
                return Ok((Done::Held(std::slice::from_ref(finding), *lines), behind));
            }
            None => return Ok((Done::Nothing, behind)),
        };
        let to = lines.len().min(from.line.saturating_add(PAGE_LINES));
        let next = if to < lines.len() { Place { line: to, ..from } } else { behind };
        let some = lines.get(from.line..to).unwrap_or_default();
        if let Some(importing) = rehearsal {
            let kept = statements::page(tx, importing, some, Some(&self.spoken), now).await?;
            return Ok((Done::Kept(some, kept), next));
        }
        let held = Done::Held(&new.findings, lines.len());
        if dry_run {
            return Ok((held, behind));
        }
        let begun = statements::begin(tx, reach, new, now).await?;
        if begun.status == Status::Held {
            return Ok((held, behind));
        }
        let kept = statements::page(tx, &begun.importing, some, None, now).await?;
        if next == behind {
            statements::finish(tx, &begun.importing, reach.actor(), now).await?;
        }
        Ok((Done::Kept(some, kept), next))
    }

    fn figures(&self, done: &Done<'_>, from: Place, next: Place) -> Result<Figures, Error> {
        let number = |lines: usize| i64::try_from(lines).map_err(Error::internal);
        let bytes_read = self.bytes_before(next)? - self.bytes_before(from)?;
        Ok(match done {
            Done::Nothing => Figures { bytes_read, ..Figures::default() },
            Done::Held(_, lines) => {
                Figures { bytes_read, rows: number(*lines)?, refused: number(*lines)?, ..Figures::default() }
            }
            Done::Kept(lines, kept) => {
                let created = number(kept.lines.iter().filter(|line| line.is_new).count())?;
                let rows = number(lines.len())?;
                Figures { bytes_read, rows, created, unchanged: rows - created, ..Figures::default() }
            }
        })
    }

    /// The bytes of the file up to a place, as if its lines were of one length.
    fn bytes_before(&self, place: Place) -> Result<i64, Error> {
        if place.section >= self.ready.len() {
            return Ok(self.bytes);
        }
        let count = |lines: usize| i64::try_from(lines).map_err(Error::internal);
        let lines = |judged: &Judged| judged.as_ref().map_or_else(|passed| passed.lines, |(_, lines)| lines.len());
        let all = count(self.ready.iter().map(lines).sum())?;
        let before = count(self.ready.iter().take(place.section).map(lines).sum())?;
        Ok(self.bytes.saturating_mul(before + count(place.line)?) / all.max(1))
    }
}

impl Done<'_> {
    fn spoken(self) -> Option<Spoken> {
        match self {
            Self::Kept(_, kept) => Some(kept.spoken),
            Self::Held(..) | Self::Nothing => None,
        }
    }

    /// The results as lines of the result file. What a rehearsal would have made has no id.
    fn said(&self, section: usize, dry_run: bool, id: fn(&str, Uuid) -> String) -> Result<Vec<u8>, Error> {
        let mut said = Vec::new();
        let mut say = |line: Value| {
            serde_json::to_writer(&mut said, &line).map_err(Error::internal)?;
            said.push(b'\n');
            Ok::<_, Error>(())
        };
        match self {
            Self::Nothing => {}
            Self::Held(findings, _) => {
                for finding in *findings {
                    say(json!({
                        "line": finding.row, "section": section, "externalId": null, "status": "REFUSED", "id": null,
                        "outcome": null, "errors": [{ "code": finding.code, "field": null, "column": finding.column,
                            "columnHeader": finding.column_header, "message": finding.message,
                            "messageVi": finding.message_vi }],
                    }))?;
                }
            }
            Self::Kept(lines, kept) => {
                for (line, seen) in lines.iter().zip(&kept.lines) {
                    let made = (!(dry_run && seen.is_new)).then(|| id(Kind::Statements.node(), seen.id.uuid()));
                    let status = if seen.is_new { "CREATED" } else { "UNCHANGED" };
                    say(json!({
                        "line": line.line.row, "section": section, "externalId": null, "status": status, "id": made,
                        "outcome": seen.outcome.as_str(), "errors": [],
                    }))?;
                }
            }
        }
        Ok(said)
    }
}

fn too_large() -> Refusal {
    Refusal::new(
        "FILE_TOO_LARGE",
        format!("A statement has at most {MAX_FILE_BYTES} bytes."),
        format!("Một tệp sao kê có tối đa {MAX_FILE_BYTES} byte."),
    )
    .at("fileId")
}
