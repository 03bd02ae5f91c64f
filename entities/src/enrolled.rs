//! Who is or was at a school: money may name a student only there. A student who left may still owe.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Error;
use crate::ids::{SchoolId, StudentId};
use crate::tables::enrollments::{Column, Entity};

/// Students asked for in one statement, beside their schools.
const MAX_STUDENTS: usize = 10_000;

/// Those of the pairs that an enrollment ties together, at whatever time.
pub(crate) async fn enrolled(
    tx: &Tx,
    pairs: impl IntoIterator<Item = (SchoolId, StudentId)>,
) -> Result<HashSet<(SchoolId, StudentId)>, Error> {
    let wanted: HashSet<(SchoolId, StudentId)> = pairs.into_iter().collect();
    let schools: HashSet<Uuid> = wanted.iter().map(|(school, _)| school.uuid()).collect();
    let students: Vec<Uuid> = wanted.iter().map(|(_, student)| student.uuid()).collect();
    let mut found = HashSet::new();
    for some in students.chunks(MAX_STUDENTS) {
        let rows: Vec<(Uuid, Uuid)> = Entity::find()
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
