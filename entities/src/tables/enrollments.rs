//! Students at schools, dated.

use chrono::NaiveDate;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "enrollments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub student_id: Uuid,
    pub class_id: Option<Uuid>,
    pub school_year: i64,
    pub status: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// A query of the enrollments that run on a day.
    pub(crate) fn running(on: NaiveDate) -> SelectStatement {
        Query::select().from(Entity).cond_where(Self::runs(on)).to_owned()
    }

    /// The condition that an enrollment runs on a day; its last day is the one before `valid_to`.
    pub(crate) fn runs(on: NaiveDate) -> Condition {
        Condition::all()
            .add(Column::ValidFrom.lte(on))
            .add(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gt(on)))
    }
}
