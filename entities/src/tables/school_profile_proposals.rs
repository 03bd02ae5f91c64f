//! What was proposed for a school's profile.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "school_profile_proposals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub field: String,
    pub value: Option<String>,
    pub sealed: Option<Vec<u8>>,
    pub source: String,
    pub actor: String,
    pub client_id: Option<Uuid>,
    pub stated_on: NaiveDate,
    pub proposed_at: Timestamp,
    pub status: String,
    pub decided_by: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
