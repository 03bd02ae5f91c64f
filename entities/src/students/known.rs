//! What the database holds of the students that a batch names.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::batch::Batch;
use crate::bulk;
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::external_ids;
use crate::ids::StudentId;
use crate::tables::enrollments;
use crate::tables::students::{Column, Entity, Model};

pub(crate) const KIND: &str = "Student";

/// By what a row names its student.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// The hub's key; the student must exist.
    Id(StudentId),
    /// The code in the ministry's database.
    MinistryCode(String),
    /// The vendor's own id, which counts within the row's school.
    External(String),
}

/// The students of a batch, locked, and which of them the caller may write.
pub(crate) struct Known {
    pub(crate) students: HashMap<Uuid, Model>,
    pub(crate) by_ministry_code: HashMap<String, Uuid>,
    pub(crate) by_external_id: HashMap<(Uuid, String), Uuid>,
    pub(crate) by_personal_id: HashMap<Vec<u8>, Uuid>,
    pub(crate) in_reach: HashSet<Uuid>,
    /// Those who are enrolled somewhere, in reach or not.
    pub(crate) enrolled: HashSet<Uuid>,
}

impl Known {
    pub(crate) async fn read(
        tx: &Tx,
        batch: &Batch<'_>,
        keys: &[&Key],
        ministry_codes: &[&str],
        external_ids: &[&str],
        personal_ids: Vec<Vec<u8>>,
    ) -> Result<Self, Error> {
        let (mut ids, mut codes, mut external) = (HashSet::new(), HashSet::new(), HashSet::new());
        codes.extend(ministry_codes.iter().map(|code| code.trim()));
        external.extend(external_ids.iter().map(|id| id.trim()));
        for key in keys {
            match key {
                Key::Id(id) => drop(ids.insert(id.uuid())),
                Key::MinistryCode(code) => drop(codes.insert(code.trim())),
                Key::External(id) => drop(external.insert(id.trim())),
            }
        }
        let external: Vec<&str> = external.into_iter().collect();
        let by_external_id = external_ids::find(tx, batch.reach, KIND, &external).await?;
        ids.extend(by_external_id.values().copied());
        let mut stored = bulk::locked::<Entity>(tx, Column::Id, ids).await?;
        stored.extend(bulk::locked::<Entity>(tx, Column::MinistryCode, codes).await?);
        stored.extend(bulk::locked::<Entity>(tx, Column::PersonalIdIndex, personal_ids).await?);
        let students: HashMap<Uuid, Model> = stored.into_iter().map(|student| (student.id, student)).collect();
        let found: Vec<Uuid> = students.keys().copied().collect();
        Ok(Self {
            by_ministry_code: index(&students, |student| student.ministry_code.clone()),
            by_personal_id: index(&students, |student| student.personal_id_index.clone()),
            in_reach: writable(tx, batch, &found).await?,
            enrolled: enrolled(tx, batch, &found).await?,
            students,
            by_external_id,
        })
    }

    /// The student that a key names, in reach or not; none when there is none.
    pub(crate) fn find(&self, school: Uuid, key: &Key) -> Option<&Model> {
        let id = match key {
            Key::Id(id) => Some(id.uuid()),
            Key::MinistryCode(code) => self.by_ministry_code.get(code.trim()).copied(),
            Key::External(id) => self.by_external_id.get(&(school, id.trim().to_owned())).copied(),
        };
        id.and_then(|id| self.students.get(&id))
    }

    /// The student in reach that a key names.
    pub(crate) fn reachable(&self, school: Uuid, key: &Key) -> Result<&Model, Refusal> {
        let found = self.find(school, key).filter(|student| self.in_reach.contains(&student.id));
        found.ok_or_else(|| Refusal::not_found("student").at("student"))
    }
}

fn index<K: std::hash::Hash + Eq>(
    students: &HashMap<Uuid, Model>,
    key: impl Fn(&Model) -> Option<K>,
) -> HashMap<K, Uuid> {
    students.values().filter_map(|student| key(student).map(|key| (key, student.id))).collect()
}

/// The codes by which the outside knows these students; those without a code are absent.
pub(crate) async fn keys(tx: &Tx, students: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, String>, Error> {
    let ids: Vec<Uuid> = students.collect();
    let mut found = HashMap::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = Entity::find().filter(Column::Id.is_in(some.iter().copied())).select_only();
        let select = select.columns([Column::Id, Column::MinistryCode]);
        let rows: Vec<(Uuid, Option<String>)> = select.into_tuple().all(tx.conn()).await?;
        found.extend(rows.into_iter().filter_map(|(id, code)| Some((id, code?))));
    }
    Ok(found)
}

/// Those of the students whom the caller may write: enrolled in a whole school of the reach, not only taught there.
pub(super) async fn writable(tx: &Tx, batch: &Batch<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    let mut found = HashSet::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = super::in_reach(&batch.reach.without_classes()).filter(Column::Id.is_in(some.iter().copied()));
        let rows: Vec<Uuid> = select.select_only().column(Column::Id).into_tuple().all(tx.conn()).await?;
        found.extend(rows);
    }
    Ok(found)
}

async fn enrolled(tx: &Tx, batch: &Batch<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    let mut found = HashSet::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = enrollments::Entity::find()
            .filter(enrollments::Column::StudentId.is_in(some.iter().copied()))
            .filter(enrollments::Entity::runs(batch.now.vietnam_day()));
        let rows: Vec<Uuid> =
            select.select_only().column(enrollments::Column::StudentId).into_tuple().all(tx.conn()).await?;
        found.extend(rows);
    }
    Ok(found)
}
