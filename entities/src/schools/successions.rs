//! Which school became which, so that a code on an old paper still finds the school of today.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{School, in_reach};
use crate::batch::Batch;
use crate::bulk;
use crate::changes::{self, Change};
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::SchoolId;
use crate::reach::Reach;
use crate::tables::school_successions::{Column, Entity, Model};
use crate::tables::schools;

/// A school that went into another one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Succession {
    /// The school that was; outside the reach only its code is known.
    pub predecessor: SchoolId,
    /// The code of the school that was: a former code of its successors.
    pub predecessor_code: String,
    /// The school that came.
    pub successor: SchoolId,
    /// The day on which it took effect.
    pub took_effect_on: NaiveDate,
}

/// What these schools were before, by successor; schools outside the reach are absent. One statement.
pub async fn before(db: &Db, reach: &Reach, schools: &[SchoolId]) -> Result<HashMap<SchoolId, Vec<Succession>>, Error> {
    if let Some(known) = super::memory::of(db).await? {
        return Ok(known.successions(reach, schools, true));
    }
    let found = asked(db, reach, Column::SuccessorId, schools).await?;
    Ok(grouped(found, |succession| succession.successor))
}

/// What became of these schools, by predecessor; schools outside the reach are absent. One statement.
pub async fn after(db: &Db, reach: &Reach, schools: &[SchoolId]) -> Result<HashMap<SchoolId, Vec<Succession>>, Error> {
    if let Some(known) = super::memory::of(db).await? {
        return Ok(known.successions(reach, schools, false));
    }
    let found = asked(db, reach, Column::PredecessorId, schools).await?;
    Ok(grouped(found, |succession| succession.predecessor))
}

/// Records that a school went into another one. Its status is set by the verb that writes schools.
///
/// # Errors
/// `NOT_FOUND` when one of the two lies outside the reach, or the caller may not place schools there.
pub async fn record(
    tx: &Tx,
    batch: &Batch<'_>,
    predecessor: SchoolId,
    successor: SchoolId,
    on: NaiveDate,
) -> Result<(), Error> {
    let ids = [predecessor, successor].map(SchoolId::uuid);
    let found = in_reach(batch.reach).filter(schools::Column::Id.is_in(ids)).all(tx.conn()).await?;
    let Some(heir) = found.iter().find(|school| school.id == successor.uuid()).filter(|_| found.len() == 2) else {
        return Err(Refusal::not_found("school").into());
    };
    let row = Model { predecessor_id: predecessor.uuid(), successor_id: successor.uuid(), took_effect_on: on };
    bulk::save::<Entity>(tx, vec![row]).await?;
    let change = |school: &schools::Model| {
        Change::upsert("School", school.id, school.code.clone(), Some(SchoolId::from_uuid(school.id)))
    };
    let was = found.iter().find(|school| school.id == predecessor.uuid());
    let inherited = change(heir).known_before_as(was.map(|school| school.code.clone()));
    changes::append(tx, was.map(change).into_iter().chain([inherited]).collect(), batch.now).await
}

/// The one successor in reach of the school with this code; none when there are several, or none.
pub(super) async fn successor_of(db: &Db, reach: &Reach, code: &str) -> Result<Option<School>, Error> {
    let bearer = Query::select()
        .column(schools::Column::Id)
        .from(schools::Entity)
        .and_where(schools::Column::Code.eq(code))
        .to_owned();
    let heirs = Query::select()
        .column(Column::SuccessorId)
        .from(Entity)
        .and_where(Column::PredecessorId.in_subquery(bearer))
        .to_owned();
    let select = in_reach(reach).filter(schools::Column::Id.in_subquery(heirs)).limit(2);
    match <[_; 1]>::try_from(select.all(db.read()).await?) {
        Ok([heir]) => School::try_from(heir).map(Some),
        Err(_) => Ok(None),
    }
}

async fn asked(db: &Db, reach: &Reach, side: Column, asked: &[SchoolId]) -> Result<Vec<Succession>, Error> {
    let ids = asked.iter().map(|id| id.uuid());
    let select = Entity::find()
        .select_only()
        .columns([Column::PredecessorId, Column::SuccessorId, Column::TookEffectOn])
        .column(schools::Column::Code)
        .join(sea_orm::JoinType::InnerJoin, predecessor())
        .filter(side.is_in(ids))
        .filter(reach.of_school(side))
        .order_by_asc(schools::Column::Code);
    let rows: Vec<(uuid::Uuid, uuid::Uuid, NaiveDate, String)> = select.into_tuple().all(db.read()).await?;
    let successions = rows.into_iter().map(|(predecessor, successor, took_effect_on, predecessor_code)| Succession {
        predecessor: SchoolId::from_uuid(predecessor),
        predecessor_code,
        successor: SchoolId::from_uuid(successor),
        took_effect_on,
    });
    Ok(successions.collect())
}

fn predecessor() -> sea_orm::RelationDef {
    Entity::belongs_to(schools::Entity).from(Column::PredecessorId).to(schools::Column::Id).into()
}

fn grouped(found: Vec<Succession>, by: impl Fn(&Succession) -> SchoolId) -> HashMap<SchoolId, Vec<Succession>> {
    let mut groups: HashMap<SchoolId, Vec<Succession>> = HashMap::new();
    for succession in found {
        groups.entry(by(&succession)).or_default().push(succession);
    }
    groups
}
