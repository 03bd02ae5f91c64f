//! What the database holds of the families that a batch names, locked, and where their students are.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{KIND, Upsert};
use crate::batch::Batch;
use crate::bulk;
use crate::catalogues::GuardianRelation;
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::ids::{ClassId, GuardianId, SchoolId};
use crate::tables::{enrollments, guardians, guardianships};
use crate::{external_ids, schools, students};

/// By what a row names its guardian.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// The hub's key; the person must answer for a student of the row's school.
    Id(GuardianId),
    /// The vendor's own id, which counts within the row's school.
    External(String),
    /// What the person is to the student: the one who is so today, or a new one.
    Relation(GuardianRelation),
}

/// Where a student is today.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct Stand {
    pub(super) school: SchoolId,
    pub(super) class: Option<ClassId>,
}

/// The families of a batch, as they lie in the database.
pub(super) struct Known {
    pub(super) schools: HashMap<String, Uuid>,
    pub(super) students: students::Known,
    pub(super) guardians: HashMap<Uuid, guardians::Model>,
    /// The links of the students that are named, those that ended too, and those that their guardians hold to others.
    pub(super) links: HashMap<Uuid, guardianships::Model>,
    pub(super) by_external_id: HashMap<(Uuid, String), Uuid>,
    stands: HashMap<Uuid, Vec<Stand>>,
}

impl Known {
    /// Students are locked before guardians, as transfers do, so that nobody moves while a family is written.
    pub(super) async fn read(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Self, Error> {
        use guardianships::{Column, Entity};
        let schools = schools::writable(tx, batch.reach, rows.iter().map(|row| row.school_code.as_str())).await?;
        let keys: Vec<&students::Key> = rows.iter().map(|row| &row.student).collect();
        let students = students::Known::read(tx, batch, &keys, &[], &[], Vec::new()).await?;
        let named: HashSet<Uuid> = students.students.keys().copied().collect();
        let own: Vec<&str> = rows.iter().filter_map(Upsert::external_id).map(str::trim).collect();
        let by_external_id = external_ids::find(tx, batch.reach, KIND, &own).await?;
        let mut links: HashMap<Uuid, guardianships::Model> = HashMap::new();
        keep(&mut links, bulk::locked::<Entity>(tx, Column::StudentId, named.iter().copied()).await?);
        let ids = rows.iter().filter_map(|row| if let Key::Id(id) = row.key { Some(id.uuid()) } else { None });
        let mut people: HashSet<Uuid> = links.values().map(|link| link.guardian_id).collect();
        people.extend(ids.chain(by_external_id.values().copied()));
        let stored = bulk::locked::<guardians::Entity>(tx, guardians::Column::Id, people.iter().copied()).await?;
        keep(&mut links, bulk::locked::<Entity>(tx, Column::GuardianId, people).await?);
        let everyone: HashSet<Uuid> = links.values().map(|link| link.student_id).chain(named).collect();
        Ok(Self {
            schools,
            students,
            guardians: stored.into_iter().map(|guardian| (guardian.id, guardian)).collect(),
            links,
            by_external_id,
            stands: stands(tx, batch, &everyone.into_iter().collect::<Vec<_>>()).await?,
        })
    }

    /// Where a student is today; nowhere for one whom no school holds.
    pub(super) fn stands_of(&self, student: Uuid) -> &[Stand] {
        self.stands.get(&student).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_at(&self, student: Uuid, school: Uuid) -> bool {
        self.stands_of(student).iter().any(|stand| stand.school.uuid() == school)
    }

    /// The student whom a row names: in reach, and at the school in whose name the row is sent.
    pub(super) fn student(&self, school: Uuid, key: &students::Key) -> Result<Uuid, Refusal> {
        let student = self.students.reachable(school, key)?.id;
        if self.is_at(student, school) { Ok(student) } else { Err(Refusal::not_found("student").at("student")) }
    }
}

fn keep(links: &mut HashMap<Uuid, guardianships::Model>, found: Vec<guardianships::Model>) {
    links.extend(found.into_iter().map(|link| (link.id, link)));
}

async fn stands(tx: &Tx, batch: &Batch<'_>, students: &[Uuid]) -> Result<HashMap<Uuid, Vec<Stand>>, Error> {
    use enrollments::{Column, Entity};
    let mut found: HashMap<Uuid, Vec<Stand>> = HashMap::new();
    for some in students.chunks(rows_per_statement(1)) {
        let select = Entity::find()
            .filter(Column::StudentId.is_in(some.iter().copied()))
            .filter(Entity::runs(batch.now.vietnam_day()));
        for row in select.all(tx.conn()).await? {
            let (school, class) = (SchoolId::from_uuid(row.school_id), row.class_id.map(ClassId::from_uuid));
            found.entry(row.student_id).or_default().push(Stand { school, class });
        }
    }
    Ok(found)
}
