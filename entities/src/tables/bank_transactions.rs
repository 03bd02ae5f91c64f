//! Money that moved, as banks tell it.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bank_transactions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub connection_id: Uuid,
    pub transaction_id: String,
    pub school_id: Option<Uuid>,
    pub bank_account_id: Option<Uuid>,
    pub direction: String,
    pub amount: i64,
    pub status: String,
    pub status_rank: i64,
    pub booked_on: NaiveDate,
    pub settled_on: Option<NaiveDate>,
    pub reversed_on: Option<NaiveDate>,
    pub refunded_on: Option<NaiveDate>,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
    pub method: String,
    pub method_source: String,
    pub assurance: String,
    pub reference: Option<String>,
    pub content: Option<String>,
    pub payer_name: Option<String>,
    pub payer_name_source: String,
    pub bank_reference: Option<String>,
    pub virtual_account_id: Option<Uuid>,
    pub review: String,
    pub review_reason: Option<String>,
    pub nature: String,
    pub allocated_amount: i64,
    pub credited_amount: i64,
    pub hand_touched: bool,
    pub same_as: Option<Uuid>,
    pub synthetic: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
