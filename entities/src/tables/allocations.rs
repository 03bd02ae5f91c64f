//! Which money pays which invoice.

use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "allocations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub bank_transaction_id: Option<Uuid>,
    pub cash_payment_id: Option<Uuid>,
    pub invoice_id: Uuid,
    pub amount: i64,
    pub origin: String,
    pub reason: Option<String>,
    pub actor: String,
    pub created_at: Timestamp,
    pub undone_at: Option<Timestamp>,
    pub undone_by: Option<String>,
    pub undone_cause: Option<String>,
    pub undo_reason: Option<String>,
    pub client_id: Option<Uuid>,
    pub invoice_code: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
