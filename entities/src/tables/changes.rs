//! The outbox: one row for every change, in order.

use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "changes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub kind: String,
    pub op: String,
    pub node_id: Uuid,
    pub natural_key: String,
    pub former_key: Option<String>,
    pub school_id: Option<Uuid>,
    pub class_id: Option<Uuid>,
    pub mark: Option<String>,
    pub recorded_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
