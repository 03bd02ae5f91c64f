//! One page of a roster in OneRoster: rows of one of its files become the next bytes of a zip. What the archive is so far stands
//! in the run's place, so that another process goes on where one was killed, and none ever holds more than a page.

mod delta;
mod lines;
mod sources;

use connectors::oneroster::{Full, Mode, Table, Zip, head, manifest};
use entities::callers::Caller;
use entities::codes::Kind as DatabaseKind;
use entities::reach::Reach;
use entities::runs::{Figures, Run, Step};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(super) use self::delta::Delta as Changed;
use self::sources::{Asking, Found};
use super::Writing;
use crate::flows::runner::Paged;

/// Where a run stands in its archive.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Place {
    /// The cursor from which changes are told; none for everything.
    since: Option<String>,
    part: usize,
    behind: Option<Uuid>,
    zip: Zip,
}

/// What is read from the ledger, in the order in which files refer to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Sessions,
    Schools,
    Courses,
    Classes,
    Users,
    Roles,
    /// Roles of those who left; there are none in a bulk archive.
    EndedRoles,
    Demographics,
    Enrollments,
}

impl Part {
    const BULK: &[Self] = &[
        Self::Sessions,
        Self::Schools,
        Self::Courses,
        Self::Classes,
        Self::Users,
        Self::Roles,
        Self::Demographics,
        Self::Enrollments,
    ];
    /// School years do not change.
    const DELTA: &[Self] = &[
        Self::Schools,
        Self::Courses,
        Self::Classes,
        Self::Users,
        Self::Roles,
        Self::EndedRoles,
        Self::Demographics,
        Self::Enrollments,
    ];

    const fn table(self) -> Table {
        match self {
            Self::Sessions => Table::AcademicSessions,
            Self::Schools => Table::Orgs,
            Self::Courses => Table::Courses,
            Self::Classes => Table::Classes,
            Self::Users => Table::Users,
            Self::Roles | Self::EndedRoles => Table::Roles,
            Self::Demographics => Table::Demographics,
            Self::Enrollments => Table::Enrollments,
        }
    }
}

/// Where a run begins that tells the changes since a cursor, or everything.
pub(super) fn beginning(since: Option<String>) -> Result<String, Error> {
    serde_json::to_string(&Place { since, ..Place::default() }).map_err(Error::internal)
}

/// Writes the next page of a run; `delta` is what changed, as the last page found it.
pub(super) async fn page(
    db: &Db,
    writing: &Writing,
    (run, worker): (&Run, Uuid),
    (reach, caller): (&Reach, Option<&Caller>),
    delta: &mut Option<Changed>,
    now: Timestamp,
) -> Result<Paged, Error> {
    let place: Option<Place> =
        run.position.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
    let mut place = place.unwrap_or_default();
    if let Some(since) = place.since.as_deref().filter(|_| delta.is_none()) {
        *delta = Some(Changed::read(db, reach, since, run.changes_cursor.as_deref().unwrap_or(since)).await?);
    }
    let parts = if place.since.is_some() { Part::DELTA } else { Part::BULK };
    let part = *parts.get(place.part).ok_or_else(|| Error::internal("a run stands at no part of a roster"))?;
    let asking = Asking::of(db, writing, reach, run).await?;
    let found = match delta {
        Some(delta) => asking.changed(part, delta, place.behind).await?,
        None => asking.all(part, place.behind).await?,
    };
    let source = if db.kind() == DatabaseKind::Demo { "Liên Thông (dữ liệu mẫu)" } else { "Liên Thông" };
    let bytes = write(&mut place, parts, source, &found).map_err(|Full| too_large())?;
    let is_last = place.part == parts.len();
    let figures = Figures { rows: i64::try_from(found.rows).map_err(Error::internal)?, ..Figures::default() };
    let step = Step { position: serde_json::to_string(&place).map_err(Error::internal)?, figures };
    super::page::keep(db, (run, worker), caller, &found.people, &bytes, (step, is_last), now).await
}

/// The bytes of a page, and the place behind it. `source` says whose archive it is, and whether anything in it is true.
fn write(place: &mut Place, parts: &[Part], source: &str, found: &Found) -> Result<Vec<u8>, Full> {
    let Some(part) = parts.get(place.part) else { return Ok(Vec::new()) };
    let table = |at: usize| parts.get(at).map(|part| part.table());
    let mut bytes = Vec::new();
    let is_first = place.behind.is_none();
    if place.part == 0 && is_first {
        let mut held: Vec<Table> = parts.iter().map(|part| part.table()).collect();
        held.dedup();
        let mode = if place.since.is_some() { Mode::Delta } else { Mode::Bulk };
        bytes.extend(place.zip.begin("manifest.csv")?);
        bytes.extend(place.zip.add(&manifest(&held, mode, source))?);
        bytes.extend(place.zip.end()?);
    }
    let is_begun = place.part > 0 && table(place.part - 1) == table(place.part);
    if is_first && !is_begun {
        bytes.extend(place.zip.begin(&part.table().file())?);
        bytes.extend(place.zip.add(&head(part.table()))?);
    }
    bytes.extend(place.zip.add(&found.lines)?);
    place.behind = found.behind;
    if found.behind.is_none() {
        if table(place.part) != table(place.part + 1) {
            bytes.extend(place.zip.end()?);
        }
        place.part += 1;
        if place.part == parts.len() {
            bytes.extend(place.zip.finish()?);
        }
    }
    Ok(bytes)
}

fn too_large() -> Refusal {
    Refusal::new(
        "EXPORT_TOO_LARGE",
        "The archive is longer than a zip can be (4 GiB): export school by school.",
        "Tệp nén dài hơn giới hạn của zip (4 GiB): hãy xuất theo từng trường.",
    )
}
