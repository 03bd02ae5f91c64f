//! What each reference of a bank was answered.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bill_payments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub connection_id: Uuid,
    pub bank_reference: String,
    pub digest: Option<Vec<u8>>,
    pub refusal: Option<String>,
    pub bank_account_id: Option<Uuid>,
    pub invoice_code: Option<String>,
    pub amount: i64,
    pub day: NaiveDate,
    pub created_at: Timestamp,
    pub reversed_at: Option<Timestamp>,
    pub student_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
