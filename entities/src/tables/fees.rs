//! What a school collects for.

use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fees")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub school_year: i64,
    pub category: String,
    pub name: String,
    pub legal_basis: Option<String>,
    pub bank_account_id: Uuid,
    pub amount: Option<i64>,
    pub arrears_of: Option<i64>,
    pub client_id: Option<Uuid>,
    pub closed_at: Option<Timestamp>,
    pub synthetic: bool,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
