//! Lines of account statements, each once for its account.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub bank_account_id: Uuid,
    pub statement_id: Uuid,
    pub line_key: String,
    pub row_number: i64,
    pub booked_on: NaiveDate,
    pub occurred_at: Option<Timestamp>,
    pub direction: String,
    pub amount: i64,
    pub reference: Option<String>,
    pub content: Option<String>,
    pub counterparty: Option<String>,
    pub outcome: String,
    pub bank_transaction_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub takes_back: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
