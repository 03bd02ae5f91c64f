//! Staff of schools, dated.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub school_id: Uuid,
    pub ministry_code: Option<String>,
    pub full_name: String,
    pub name_fold: String,
    pub name_sort: String,
    pub birth_date: Option<NaiveDate>,
    pub gender: Option<String>,
    pub phone_sealed: Option<Vec<u8>>,
    pub email_sealed: Option<Vec<u8>>,
    pub personal_id_sealed: Option<Vec<u8>>,
    pub staff_group: String,
    pub position: Option<String>,
    pub status: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub synthetic: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
