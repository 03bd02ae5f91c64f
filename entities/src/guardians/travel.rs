//! What a student takes along. Guardians follow the student, so who comes or leaves brings or takes them; and a family whose
//! children go to different schools becomes two records, so that neither school ever alters what the other holds.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::ColumnTrait;
use uuid::Uuid;

use super::{KIND, person};
use crate::batch::Tally;
use crate::bulk;
use crate::changes::Change;
use crate::db::Tx;
use crate::error::Error;
use crate::tables::{guardians, guardianships};
use crate::time::Timestamp;

/// Tells of the guardians what was told of their students, after giving those who come to another school a family of their own.
/// `arrivals` names the new school of each student who had another one before.
pub(crate) async fn travel(
    tx: &Tx,
    told: &[Change],
    arrivals: &HashMap<Uuid, Uuid>,
    now: Timestamp,
    tally: &mut Tally,
) -> Result<(), Error> {
    use guardianships::{Column, Entity};
    let students: HashSet<Uuid> = told.iter().map(|change| change.node).chain(arrivals.keys().copied()).collect();
    if students.is_empty() {
        return Ok(());
    }
    let links = bulk::locked::<Entity>(tx, Column::StudentId, students).await?;
    let links: Vec<guardianships::Model> = links.into_iter().filter(|link| link.valid_to.is_none()).collect();
    if links.is_empty() {
        return Ok(());
    }
    let apart = part(tx, &links, arrivals, now).await?;
    for change in told {
        for link in links.iter().filter(|link| link.student_id == change.node) {
            // Who left is told of the person that was known there, who comes of the one that came.
            let is_departure = change.op == crate::changes::Op::Delete;
            let known = apart.get(&link.id).copied().filter(|_| !is_departure).unwrap_or(link.guardian_id);
            let told =
                Change { kind: KIND, node: known, natural_key: known.to_string(), former_key: None, ..change.clone() };
            tally.also(told);
        }
    }
    Ok(())
}

/// Copies the guardians whom arriving students share with others, one copy for those who come to the same school; answers
/// the copy to which each link leads from now on.
async fn part(
    tx: &Tx,
    links: &[guardianships::Model],
    arrivals: &HashMap<Uuid, Uuid>,
    now: Timestamp,
) -> Result<HashMap<Uuid, Uuid>, Error> {
    use guardianships::{Column, Entity};
    let came = |student: &Uuid| arrivals.get(student).copied();
    let people: HashSet<Uuid> =
        links.iter().filter(|link| came(&link.student_id).is_some()).map(|link| link.guardian_id).collect();
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let stored = bulk::locked::<guardians::Entity>(tx, guardians::Column::Id, people.iter().copied()).await?;
    let all = bulk::locked::<Entity>(tx, Column::GuardianId, people).await?;
    let mut families: BTreeMap<Uuid, Vec<guardianships::Model>> = BTreeMap::new();
    for link in all.into_iter().filter(|link| link.valid_to.is_none()) {
        families.entry(link.guardian_id).or_default().push(link);
    }
    let (mut copies, mut moved, mut apart) = (Vec::new(), Vec::new(), HashMap::new());
    for guardian in stored {
        let family = families.remove(&guardian.id).unwrap_or_default();
        let schools: HashSet<Option<Uuid>> = family.iter().map(|link| came(&link.student_id)).collect();
        if schools.len() < 2 {
            continue;
        }
        for school in schools.into_iter().flatten() {
            let copy = person::copied(tx, &guardian, now)?;
            for link in family.iter().filter(|link| came(&link.student_id) == Some(school)) {
                apart.insert(link.id, copy.id);
                moved.push(guardianships::Model { guardian_id: copy.id, updated_at: now, ..link.clone() });
            }
            copies.push(copy);
        }
    }
    bulk::save::<guardians::Entity>(tx, copies).await?;
    bulk::save::<Entity>(tx, moved).await?;
    Ok(apart)
}
