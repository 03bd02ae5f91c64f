//! Imports and exports; the row is the job.

use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub direction: String,
    pub kind: String,
    pub owner: String,
    pub role: Option<String>,
    pub generation: i64,
    pub contract: Option<String>,
    pub purpose: Option<String>,
    pub rights: Option<Vec<u8>>,
    pub school_code: Option<String>,
    pub school_year: Option<i64>,
    pub dry_run: bool,
    pub source_id: Option<Uuid>,
    pub file_id: Uuid,
    pub status: String,
    pub has_work: bool,
    pub worker: Option<Uuid>,
    pub lease_until: Timestamp,
    pub attempts: i64,
    pub failure: Option<String>,
    pub failure_en: Option<String>,
    pub failure_vi: Option<String>,
    pub position: Option<String>,
    pub bytes_read: i64,
    pub bytes: Option<i64>,
    pub rows_read: i64,
    pub rows_created: i64,
    pub rows_updated: i64,
    pub rows_unchanged: i64,
    pub rows_refused: i64,
    pub masked: Option<String>,
    pub changes_cursor: Option<String>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub bank_account_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
