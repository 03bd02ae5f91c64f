//! Events read from messages; the row is the job.

use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub connection_id: Uuid,
    pub event_key: String,
    pub event_id: String,
    pub message_id: Uuid,
    pub digest: Vec<u8>,
    pub notice_sealed: Vec<u8>,
    pub status: String,
    pub reason: Option<String>,
    pub detail: Option<String>,
    pub attempts: i64,
    pub lease_until: Timestamp,
    pub received_at: Timestamp,
    pub processed_at: Option<Timestamp>,
    pub bank_transaction_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
