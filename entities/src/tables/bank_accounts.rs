//! Accounts of schools.

use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bank_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub bank_bin: String,
    pub number_sealed: Vec<u8>,
    pub account_index: Vec<u8>,
    pub number_index: Vec<u8>,
    pub number_tail: String,
    pub holder: String,
    pub fund: String,
    pub closed_at: Option<Timestamp>,
    pub synthetic: bool,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
