//! Who manages a school, and when: stored and dated with its source, because level and place only propose a default.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::db::Db;
use crate::error::Error;
use crate::ids::{OrganizationId, SchoolId};
use crate::reach::Reach;
use crate::tables::school_managements::{Column, Entity, Model};

/// A stretch of time in which an organization manages a school (cơ quan quản lý trực tiếp).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Management {
    /// The school.
    pub school: SchoolId,
    /// The organization that manages it.
    pub organization: OrganizationId,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The day after the last one; none while it lasts.
    pub valid_to: Option<NaiveDate>,
    /// Where it is written or who said so; `DEFAULT_BY_LEVEL` when the hub proposed it.
    pub source: String,
}

/// Who manages these schools on a day; schools outside the reach are absent. One statement.
pub async fn of_schools(
    db: &Db,
    reach: &Reach,
    schools: &[SchoolId],
    on: NaiveDate,
) -> Result<HashMap<SchoolId, Management>, Error> {
    if let Some(known) = super::memory::of(db).await? {
        return Ok(known.managements(reach, schools, on));
    }
    let select = Entity::find()
        .filter(Column::SchoolId.is_in(schools.iter().map(|id| id.uuid())))
        .filter(reach.of_school(Column::SchoolId))
        .filter(running(on));
    let rows = select.all(db.read()).await?;
    Ok(rows.into_iter().map(Management::from).map(|management| (management.school, management)).collect())
}

/// The managements that run on a day.
pub(crate) fn running(on: NaiveDate) -> Condition {
    Condition::all()
        .add(Column::ValidFrom.lte(on))
        .add(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gt(on)))
}

/// The schools that an organization manages on a day.
pub(crate) fn schools_of(manager: OrganizationId, on: NaiveDate) -> SelectStatement {
    Query::select()
        .column(Column::SchoolId)
        .from(Entity)
        .and_where(Column::OrganizationId.eq(manager.uuid()))
        .cond_where(running(on))
        .to_owned()
}

impl From<Model> for Management {
    fn from(row: Model) -> Self {
        Self {
            school: SchoolId::from_uuid(row.school_id),
            organization: OrganizationId::from_uuid(row.organization_id),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
        }
    }
}
