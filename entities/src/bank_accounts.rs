//! Bank accounts of schools (tài khoản ngân hàng). An account belongs to one fund, a purse whose money must not mix with
//! another; its number lies sealed and is found by a blind index.

mod create;

use std::collections::HashMap;

pub use create::{NewBankAccount, create};
pub(crate) use create::{account_index, number_index, tail};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::catalogues::FeeGroup;
use crate::codes::{AccountNumber, BankBin};
use crate::db::Db;
use crate::error::Error;
use crate::ids::{BankAccountId, SchoolId};
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::seal::Place;
use crate::tables::bank_accounts::{Column, Entity, Model};
use crate::time::Timestamp;

/// An account of a school. The number stays sealed: see [`numbers`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BankAccount {
    /// Its key.
    pub id: BankAccountId,
    /// Whose account it is.
    pub school: SchoolId,
    /// The bank.
    pub bank: BankBin,
    /// The last three characters of the number.
    pub number_tail: String,
    /// The name of the holder, as the bank writes it.
    pub holder: String,
    /// The fund: the group of fees that it may receive.
    pub fund: FeeGroup,
    /// When it was closed; none while it is open.
    pub closed_at: Option<Timestamp>,
    /// Whether the row is synthetic.
    pub synthetic: bool,
}

impl TryFrom<Model> for BankAccount {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        Ok(Self {
            id: BankAccountId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            bank: BankBin::parse(&row.bank_bin).map_err(Error::internal)?,
            number_tail: row.number_tail,
            holder: row.holder,
            fund: FeeGroup::parse(&row.fund).map_err(Error::internal)?,
            closed_at: row.closed_at,
            synthetic: row.synthetic,
        })
    }
}

/// The accounts of schools in reach, the oldest first; of one school when it is named.
pub async fn visible(
    db: &Db,
    reach: &Reach,
    school: Option<SchoolId>,
    page: &Page,
) -> Result<Slice<BankAccount>, Error> {
    let mut select = Entity::find().filter(reach.of_whole_school(Column::SchoolId));
    if let Some(school) = school {
        select = select.filter(Column::SchoolId.eq(school.uuid()));
    }
    let sort = Sort { name: "CREATED", column: Column::CreatedAt, id: Column::Id, descending: false };
    let key = |row: &Model| (Key::Number(row.created_at.micros()), row.id);
    page::fetch(db.read(), select, sort, page, key).await?.try_map(BankAccount::try_from)
}

/// These accounts, as far as they lie in reach.
pub async fn by_ids(
    db: &Db,
    reach: &Reach,
    ids: &[BankAccountId],
) -> Result<HashMap<BankAccountId, BankAccount>, Error> {
    let select = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId));
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(|row| BankAccount::try_from(row).map(|account| (account.id, account))).collect()
}

/// The accounts of each of these schools, the oldest first; a school has a handful.
pub async fn of_schools(
    db: &Db,
    reach: &Reach,
    schools: &[SchoolId],
) -> Result<HashMap<SchoolId, Vec<BankAccount>>, Error> {
    let select = Entity::find()
        .filter(Column::SchoolId.is_in(schools.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    page::gathered(select.all(db.read()).await?, |account: &BankAccount| account.school)
}

/// The open accounts with each of these numbers, as far as they lie in reach; two banks may use one number.
pub async fn of_numbers(
    db: &Db,
    reach: &Reach,
    numbers: &[AccountNumber],
) -> Result<HashMap<AccountNumber, Vec<BankAccount>>, Error> {
    let indexes: HashMap<Vec<u8>, &AccountNumber> =
        numbers.iter().map(|number| (number_index(db.vault(), number.as_str()), number)).collect();
    let select = Entity::find()
        .filter(Column::NumberIndex.is_in(indexes.keys().cloned()))
        .filter(Column::ClosedAt.is_null())
        .filter(reach.of_whole_school(Column::SchoolId));
    let mut found: HashMap<AccountNumber, Vec<BankAccount>> = HashMap::new();
    for row in select.all(db.read()).await? {
        if let Some(number) = indexes.get(&row.number_index) {
            found.entry((*number).clone()).or_default().push(BankAccount::try_from(row)?);
        }
    }
    Ok(found)
}

/// The full numbers of these accounts, as far as they lie in reach. Ask only for who may read them, or to draw a VietQR.
pub async fn numbers(
    db: &Db,
    reach: &Reach,
    ids: &[BankAccountId],
) -> Result<HashMap<BankAccountId, AccountNumber>, Error> {
    let select = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId));
    let mut opened = HashMap::new();
    for row in select.all(db.read()).await? {
        let text = db.vault().open_text(place(row.id), &row.number_sealed)?;
        opened.insert(BankAccountId::from_uuid(row.id), AccountNumber::parse(&text).map_err(Error::internal)?);
    }
    Ok(opened)
}

pub(crate) fn place(row: uuid::Uuid) -> Place {
    Place { table: "bank_accounts", row, column: "number_sealed" }
}
