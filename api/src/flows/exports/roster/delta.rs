//! What changed since a place in `changes`: each thing once, with the moment of its last change.

use std::collections::BTreeMap;

use entities::changes::{self, Cursor, Kind, MAX_FIRST, Wanted};
use entities::reach::Reach;
use entities::time::Timestamp;
use entities::{Db, Error, Refusal};
use uuid::Uuid;

/// Changed things of one delta at most: what a process holds of them is a few megabytes.
const MAX_THINGS: usize = 50_000;

/// Things that changed, by their ids.
pub(in crate::flows::exports) struct Delta {
    pub(super) schools: BTreeMap<Uuid, Timestamp>,
    pub(super) classes: BTreeMap<Uuid, Timestamp>,
    pub(super) students: BTreeMap<Uuid, Timestamp>,
    pub(super) enrollments: BTreeMap<Uuid, Timestamp>,
}

impl Delta {
    /// What changed within a reach between two cursors: what comes later is told by the next delta.
    pub(super) async fn read(db: &Db, reach: &Reach, since: &str, until: &str) -> Result<Self, Error> {
        let kinds = vec![Kind::School, Kind::SchoolClass, Kind::Student, Kind::Enrollment];
        let wanted = Wanted { kinds, mark: None };
        let mut delta = Self {
            schools: BTreeMap::new(),
            classes: BTreeMap::new(),
            students: BTreeMap::new(),
            enrollments: BTreeMap::new(),
        };
        let (mut place, until) = (Cursor::parse(since)?, Cursor::parse(until)?);
        loop {
            let page = changes::after(db, reach, &wanted, place, MAX_FIRST).await?;
            for told in page.changes.into_iter().filter(|told| told.cursor <= until) {
                let things = match told.kind {
                    Kind::School => &mut delta.schools,
                    Kind::SchoolClass => &mut delta.classes,
                    Kind::Student => &mut delta.students,
                    _ => &mut delta.enrollments,
                };
                things.insert(told.node, told.recorded_at);
            }
            if delta.things() > MAX_THINGS {
                return Err(too_much().into());
            }
            place = page.end;
            if !page.has_more || place >= until {
                return Ok(delta);
            }
        }
    }

    fn things(&self) -> usize {
        self.schools.len() + self.classes.len() + self.students.len() + self.enrollments.len()
    }
}

/// The next things behind a key, and whether more follow.
pub(super) fn some(things: &BTreeMap<Uuid, Timestamp>, behind: Option<Uuid>, most: usize) -> (Vec<Uuid>, bool) {
    let rest = things.keys().filter(|key| behind.is_none_or(|behind| **key > behind));
    let mut some: Vec<Uuid> = rest.take(most + 1).copied().collect();
    let has_more = some.len() > most;
    some.truncate(most);
    (some, has_more)
}

fn too_much() -> Refusal {
    Refusal::new(
        "DELTA_TOO_LARGE",
        format!("More than {MAX_THINGS} things have changed since then: export everything again."),
        format!("Hơn {MAX_THINGS} đối tượng đã thay đổi từ thời điểm đó: hãy xuất lại toàn bộ."),
    )
}
