//! Senders that can be asked what they know.

use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connection_listings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub connection_id: Uuid,
    pub token_sealed: Vec<u8>,
    pub base_url: Option<String>,
    pub asked_until: Option<Timestamp>,
    pub asked_at: Option<Timestamp>,
    pub failed_at: Option<Timestamp>,
    pub failure: Option<String>,
    pub due_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
