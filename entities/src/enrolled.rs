//! Whom a row of money names: a student who is or was at the school. One who left may still owe.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::external_ids;
use crate::ids::{SchoolId, StudentId};
use crate::reach::Reach;
use crate::students::Key;
use crate::tables::{enrollments, students};

/// Students asked for in one statement, beside their schools.
const MAX_STUDENTS: usize = 10_000;

/// The students that the rows of a batch name.
pub(crate) struct Enrolled {
    by_ministry_code: HashMap<String, Uuid>,
    by_external_id: HashMap<(Uuid, String), Uuid>,
    pairs: HashSet<(SchoolId, StudentId)>,
}

impl Enrolled {
    /// Reads whom these keys name at these schools, in three statements.
    pub(crate) async fn read(tx: &Tx, reach: &Reach, rows: &[(SchoolId, &Key)]) -> Result<Self, Error> {
        let codes: Vec<&str> = rows.iter().filter_map(|(_, key)| ministry_code(key)).collect();
        let external: Vec<&str> = rows.iter().filter_map(|(_, key)| external_id(key)).collect();
        let mut named = Self {
            by_ministry_code: by_ministry_code(tx, &codes).await?,
            by_external_id: external_ids::find(tx, reach, "Student", &external).await?,
            pairs: HashSet::new(),
        };
        let wanted = rows.iter().filter_map(|(school, key)| Some((*school, named.named(*school, key)?))).collect();
        named.pairs = enrolled(tx, &wanted).await?;
        Ok(named)
    }

    /// The student whom a key names at a school.
    ///
    /// # Errors
    /// `NOT_FOUND` for nobody and for somebody of other schools alike.
    pub(crate) fn student(&self, school: SchoolId, key: &Key) -> Result<StudentId, Refusal> {
        let found = self.named(school, key).filter(|student| self.pairs.contains(&(school, *student)));
        found.ok_or_else(|| Refusal::not_found("student").at("student"))
    }

    fn named(&self, school: SchoolId, key: &Key) -> Option<StudentId> {
        let found = match key {
            Key::Id(id) => return Some(*id),
            Key::MinistryCode(code) => self.by_ministry_code.get(code.trim()),
            Key::External(id) => self.by_external_id.get(&(school.uuid(), id.trim().to_owned())),
        };
        found.copied().map(StudentId::from_uuid)
    }
}

fn ministry_code(key: &Key) -> Option<&str> {
    if let Key::MinistryCode(code) = key { Some(code.trim()) } else { None }
}

fn external_id(key: &Key) -> Option<&str> {
    if let Key::External(id) = key { Some(id.trim()) } else { None }
}

async fn by_ministry_code(tx: &Tx, codes: &[&str]) -> Result<HashMap<String, Uuid>, Error> {
    use students::Column;
    let mut found = HashMap::new();
    for some in codes.chunks(rows_per_statement(1)) {
        let rows: Vec<(Option<String>, Uuid)> = students::Entity::find()
            .select_only()
            .columns([Column::MinistryCode, Column::Id])
            .filter(Column::MinistryCode.is_in(some.iter().copied()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        found.extend(rows.into_iter().filter_map(|(code, id)| Some((code?, id))));
    }
    Ok(found)
}

/// Those of the pairs that an enrollment ties together, at whatever time.
async fn enrolled(tx: &Tx, wanted: &HashSet<(SchoolId, StudentId)>) -> Result<HashSet<(SchoolId, StudentId)>, Error> {
    use enrollments::Column;
    let schools: HashSet<Uuid> = wanted.iter().map(|(school, _)| school.uuid()).collect();
    let students: Vec<Uuid> = wanted.iter().map(|(_, student)| student.uuid()).collect();
    let mut found = HashSet::new();
    for some in students.chunks(MAX_STUDENTS) {
        let rows: Vec<(Uuid, Uuid)> = enrollments::Entity::find()
            .select_only()
            .columns([Column::SchoolId, Column::StudentId])
            .distinct()
            .filter(Column::SchoolId.is_in(schools.iter().copied()))
            .filter(Column::StudentId.is_in(some.iter().copied()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        let pairs =
            rows.into_iter().map(|(school, student)| (SchoolId::from_uuid(school), StudentId::from_uuid(student)));
        found.extend(pairs.filter(|pair| wanted.contains(pair)));
    }
    Ok(found)
}
