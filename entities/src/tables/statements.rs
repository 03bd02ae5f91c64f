//! Account statements, one row for each section of a file.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub bank_account_id: Uuid,
    pub file_name: String,
    pub sha256: Vec<u8>,
    pub section: i64,
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
    pub opening: Option<i64>,
    pub closing: Option<i64>,
    pub line_count: i64,
    pub findings: String,
    pub status: String,
    pub actor: String,
    pub created_at: Timestamp,
    pub imported_at: Option<Timestamp>,
    pub source_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
