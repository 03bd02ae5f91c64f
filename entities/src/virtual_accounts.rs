//! Virtual accounts (tài khoản định danh): numbers that name one student, never reassigned. Money paid to one lands in the
//! school's bank account behind it.

mod create;
mod lookup;

use std::collections::HashMap;

pub use create::{NewVirtualAccount, create};
pub(crate) use lookup::{NumberMatch, find_numbers};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::bank_accounts::number_index;
use crate::codes::VirtualAccountNumber;
use crate::db::Db;
use crate::error::Error;
use crate::ids::{BankAccountId, SchoolId, StudentId, VirtualAccountId};
use crate::page;
use crate::reach::Reach;
use crate::seal::Place;
use crate::tables::virtual_accounts::{Column, Entity, Model};

/// A number that names a student. The number stays sealed: see [`numbers`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VirtualAccount {
    /// Its key.
    pub id: VirtualAccountId,
    /// Whose money it collects.
    pub school: SchoolId,
    /// The account in which the money lands.
    pub account: BankAccountId,
    /// The student that it names.
    pub student: StudentId,
    /// The last three characters of the number.
    pub number_tail: String,
}

impl TryFrom<Model> for VirtualAccount {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        Ok(Self {
            id: VirtualAccountId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            account: BankAccountId::from_uuid(row.bank_account_id),
            student: StudentId::from_uuid(row.student_id),
            number_tail: row.number_tail,
        })
    }
}

/// These virtual accounts, as far as they lie in reach.
pub async fn by_ids(
    db: &Db,
    reach: &Reach,
    ids: &[VirtualAccountId],
) -> Result<HashMap<VirtualAccountId, VirtualAccount>, Error> {
    let select = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId));
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(|row| VirtualAccount::try_from(row).map(|account| (account.id, account))).collect()
}

/// The virtual accounts of each of these students at schools in reach, the oldest first; a student has a handful.
pub async fn of_students(
    db: &Db,
    reach: &Reach,
    students: &[StudentId],
) -> Result<HashMap<StudentId, Vec<VirtualAccount>>, Error> {
    let select = Entity::find()
        .filter(Column::StudentId.is_in(students.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    page::gathered(select.all(db.read()).await?, |account: &VirtualAccount| account.student)
}

/// The virtual accounts with this number, as far as they lie in reach; two banks may use one number.
pub async fn of_number(db: &Db, reach: &Reach, number: &VirtualAccountNumber) -> Result<Vec<VirtualAccount>, Error> {
    let select = Entity::find()
        .filter(Column::NumberIndex.eq(number_index(db.vault(), number.as_str())))
        .filter(reach.of_whole_school(Column::SchoolId))
        .order_by_asc(Column::Id);
    select.all(db.read()).await?.into_iter().map(VirtualAccount::try_from).collect()
}

/// The full numbers of these virtual accounts, as far as they lie in reach. Ask only for who may read them.
pub async fn numbers(
    db: &Db,
    reach: &Reach,
    ids: &[VirtualAccountId],
) -> Result<HashMap<VirtualAccountId, VirtualAccountNumber>, Error> {
    let select = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId));
    let mut opened = HashMap::new();
    for row in select.all(db.read()).await? {
        let text = db.vault().open_text(place(row.id), &row.number_sealed)?;
        opened
            .insert(VirtualAccountId::from_uuid(row.id), VirtualAccountNumber::parse(&text).map_err(Error::internal)?);
    }
    Ok(opened)
}

fn place(row: Uuid) -> Place {
    Place { table: "virtual_accounts", row, column: "number_sealed" }
}
