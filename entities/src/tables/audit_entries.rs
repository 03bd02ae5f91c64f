//! Leaves of the audit logs.

use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ledger_id: Uuid,
    pub position: i64,
    pub kind: String,
    pub subject_id: Uuid,
    pub actor: String,
    pub recorded_at: Timestamp,
    pub leaf_hash: Vec<u8>,
    pub payload_digest: Vec<u8>,
    pub salt: Option<Vec<u8>>,
    pub payload: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
