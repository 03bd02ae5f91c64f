//! Payment notices to families.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub code: String,
    pub group_id: Uuid,
    pub student_id: Uuid,
    pub bank_account_id: Uuid,
    pub fund: String,
    pub school_year: i64,
    pub amount: i64,
    pub paid_amount: i64,
    pub status: String,
    pub issued_on: NaiveDate,
    pub due_on: Option<NaiveDate>,
    pub client_id: Option<Uuid>,
    pub synthetic: bool,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
