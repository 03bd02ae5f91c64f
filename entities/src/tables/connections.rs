//! Connections to banks and intermediaries.

use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub bank: String,
    pub name: String,
    pub extra: String,
    pub version: i64,
    pub client_id: Option<Uuid>,
    pub paused_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub allowed_addresses: String,
    pub body_bytes: Option<i64>,
    pub messages_per_second: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
