//! Students at schools, dated.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement};

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
        Query::select()
            .from(Entity)
            .and_where(Column::ValidFrom.lte(on))
            .and_where(Column::ValidTo.is_null().or(Column::ValidTo.gt(on)))
            .to_owned()
    }
}
