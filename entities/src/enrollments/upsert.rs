//! Making and altering enrollments in bulk: joining, changing class, leaving, moving to another school.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::plans::KIND;
use super::{Joining, Plans};
use crate::batch::{self, Batch, RowResult, Tally};
use crate::changes::Change;
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::external_ids::{self, Link};
use crate::ids::{EnrollmentId, SchoolId};
use crate::tables::enrollments::{Column, Entity};
use crate::{bulk, idempotency, schools, students};

/// By what a row names its enrollment.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// The hub's key; the enrollment must exist.
    Id(EnrollmentId),
    /// The vendor's own id. An enrollment that is new under it needs `student` too.
    External(String),
    /// The student: the enrollment of that school year, and first day if one is given.
    Student(students::Key),
}

/// The wanted state of an enrollment.
#[derive(Clone, Debug)]
pub struct Upsert {
    /// The school, by its code.
    pub school_code: String,
    /// Which enrollment.
    pub key: Key,
    /// The vendor's own id, to be kept beside a key of another kind.
    pub external_id: Option<String>,
    /// The student, for an enrollment that is new under an external id.
    pub student: Option<students::Key>,
    /// How the student is at the school.
    pub joining: Joining,
}

/// Makes or alters enrollments. A student is at one school at a time: a new enrollment ends the running one on its first
/// day, and with it the old school's access. School and student must both lie in reach, else "not found".
///
/// # Errors
/// `REAL_DATA_NOT_ENABLED`, and those of the database; rows are refused one by one.
pub async fn upsert(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Vec<RowResult>, Error> {
    tx.kind().allow_personal_data()?;
    let external_ids: Vec<Option<&str>> = rows.iter().map(Upsert::external_id).collect();
    if let Some(made) = idempotency::recalled(tx, batch.attempt).await? {
        return Ok(batch::repeated(&made, &external_ids, &writable(tx, batch, &made).await?));
    }
    let known = Known::read(tx, batch, rows).await?;
    let of_students = known.students.students.keys().copied().chain(known.enrollments.values().copied());
    let of_students: HashSet<Uuid> = of_students.collect();
    let joinings = rows.iter().map(|row| &row.joining);
    let mut plans = Plans::read(tx, batch.now, &known.schools, of_students.into_iter(), joinings).await?;
    let mut tally = Tally::new(KIND);
    for (row, external_id) in rows.iter().zip(external_ids) {
        if let Err(refusal) = plan(batch, &known, row, &mut plans, &mut tally) {
            tally.refuse(external_id, vec![refusal]);
        }
    }
    plans.save(tx, &mut tally).await?;
    tally.finish(tx, batch).await
}

struct Known {
    schools: HashMap<String, Uuid>,
    students: students::Known,
    by_external_id: HashMap<(Uuid, String), Uuid>,
    /// The student of each enrollment that is named by itself, in reach only.
    enrollments: HashMap<Uuid, Uuid>,
}

impl Known {
    async fn read(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Self, Error> {
        let schools = schools::writable(tx, batch.reach, rows.iter().map(|row| row.school_code.as_str())).await?;
        let external: Vec<&str> = rows.iter().filter_map(Upsert::external_id).map(str::trim).collect();
        let by_external_id = external_ids::find(tx, batch.reach, KIND, &external).await?;
        let ids = rows.iter().filter_map(|row| if let Key::Id(id) = row.key { Some(id.uuid()) } else { None });
        let ids: Vec<Uuid> = by_external_id.values().copied().chain(ids).collect();
        let reachable = writable(tx, batch, &ids).await?;
        let stored = bulk::locked::<Entity>(tx, Column::Id, reachable).await?;
        let enrollments: HashMap<Uuid, Uuid> = stored.into_iter().map(|row| (row.id, row.student_id)).collect();
        let holders: Vec<students::Key> =
            enrollments.values().map(|id| students::Key::Id(crate::ids::StudentId::from_uuid(*id))).collect();
        let keys: Vec<&students::Key> = rows.iter().filter_map(Upsert::student).chain(&holders).collect();
        let students = students::Known::read(tx, batch, &keys, &[], &[], Vec::new()).await?;
        Ok(Self { schools, students, by_external_id, enrollments })
    }
}

async fn writable(tx: &Tx, batch: &Batch<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    let reach = batch.reach.without_classes();
    let mut found = HashSet::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = super::in_reach(&reach).filter(Column::Id.is_in(some.iter().copied()));
        let rows: Vec<Uuid> = select.select_only().column(Column::Id).into_tuple().all(tx.conn()).await?;
        found.extend(rows);
    }
    Ok(found)
}

fn plan(batch: &Batch<'_>, known: &Known, row: &Upsert, plans: &mut Plans, tally: &mut Tally) -> Result<(), Refusal> {
    let school = known.schools.get(row.school_code.trim()).copied();
    let school = school.ok_or_else(|| Refusal::not_found("school").at("schoolCode"))?;
    let external_id = row.external_id().map(|id| external_ids::check(batch.reach, id)).transpose()?;
    let linked = external_id.as_ref().and_then(|id| known.by_external_id.get(&(school, id.clone()))).copied();
    let which = match &row.key {
        Key::Id(id) if linked.is_some_and(|linked| linked != id.uuid()) => return Err(external_ids::taken()),
        Key::Id(id) => Some(id.uuid()),
        Key::External(_) | Key::Student(_) => linked,
    };
    let student = match which {
        Some(which) => student_of(known, plans, school, which)?,
        None => {
            let key = row.student().ok_or_else(|| batch::required("student"))?;
            known.students.reachable(school, key)?.id
        }
    };
    tally.claim(format!("{student} {school} {:?} {:?}", row.joining.school_year, row.joining.from))?;
    if let Some(external_id) = &external_id {
        tally.claim(format!("externalId {school} {external_id}"))?;
    }
    if let Key::Student(key) = &row.key
        && known.students.reachable(school, key)?.id != student
    {
        return Err(external_ids::taken());
    }
    let (id, status) = plans.join(student, school, &row.joining, which)?;
    let link = external_id.filter(|_| linked.is_none()).map(|external_id| Link { school, external_id, node: id });
    let change = Change::upsert(KIND, id, id.to_string(), Some(SchoolId::from_uuid(school)));
    tally.accept(row.external_id(), status, change, link);
    Ok(())
}

/// The student of an enrollment that a row names by itself: it must lie in reach, at that school.
fn student_of(known: &Known, plans: &Plans, school: Uuid, enrollment: Uuid) -> Result<Uuid, Refusal> {
    let reachable = known.enrollments.contains_key(&enrollment);
    let stored = plans.find(enrollment).filter(|row| reachable && row.school_id == school);
    stored.map(|row| row.student_id).ok_or_else(|| Refusal::not_found("enrollment").at("key"))
}

impl Upsert {
    fn external_id(&self) -> Option<&str> {
        if let Key::External(id) = &self.key { Some(id) } else { self.external_id.as_deref() }
    }

    fn student(&self) -> Option<&students::Key> {
        if let Key::Student(key) = &self.key { Some(key) } else { self.student.as_ref() }
    }
}
