//! Values of school profiles, each with the versions in which it holds.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "school_profile_values")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub field: String,
    pub from_version: i64,
    pub to_version: Option<i64>,
    pub value: Option<String>,
    pub sealed: Option<Vec<u8>>,
    pub source: String,
    pub actor: String,
    pub decided_by: Option<String>,
    pub stated_on: NaiveDate,
    pub heard_at: Timestamp,
    pub proposal_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
