//! Fees (khoản thu): what a school collects for in a school year, on which legal basis, and into which account.

mod create;

use std::collections::HashMap;

pub use create::{NewFee, create};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QueryTrait};

use crate::catalogues::FeeCategory;
use crate::codes::SchoolYear;
use crate::db::Db;
use crate::error::Error;
use crate::ids::{BankAccountId, FeeId, SchoolId};
use crate::money::Vnd;
use crate::page::{self, Key, Page, Rows, Slice, Sort};
use crate::reach::Reach;
use crate::tables::fees::{Column, Entity, Model};
use crate::time::Timestamp;

const OLDEST_FIRST: Sort<Column> =
    Sort { name: "CREATED", column: Column::CreatedAt, id: Column::Id, descending: false };

/// A fee of a school.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fee {
    /// Its key.
    pub id: FeeId,
    /// Who collects it.
    pub school: SchoolId,
    /// The school year in which it is collected.
    pub school_year: SchoolYear,
    /// What kind of money it is.
    pub category: &'static FeeCategory,
    /// The name that families read.
    pub name: String,
    /// Where it is written that it may be collected; none when nobody stated it.
    pub legal_basis: Option<String>,
    /// The account into which it is paid.
    pub account: BankAccountId,
    /// What one pays; none when each invoice names its amount.
    pub amount: Option<Vnd>,
    /// The earlier school year for which it is still owed; none for a fee of its own year.
    pub arrears_of: Option<SchoolYear>,
    /// When it was closed; none while invoices may use it.
    pub closed_at: Option<Timestamp>,
    /// Whether the row is synthetic.
    pub synthetic: bool,
}

impl TryFrom<Model> for Fee {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        Ok(Self {
            id: FeeId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            school_year: school_year(row.school_year)?,
            category: FeeCategory::parse(&row.category).map_err(Error::internal)?,
            name: row.name,
            legal_basis: row.legal_basis,
            account: BankAccountId::from_uuid(row.bank_account_id),
            amount: row.amount.map(Vnd::new),
            arrears_of: row.arrears_of.map(school_year).transpose()?,
            closed_at: row.closed_at,
            synthetic: row.synthetic,
        })
    }
}

/// The school year that a column names by its first calendar year.
pub(crate) fn school_year(start: i64) -> Result<SchoolYear, Error> {
    let year = i32::try_from(start).map_err(Error::internal)?;
    SchoolYear::starting(year).map_err(Error::internal)
}

/// Which fees are wanted; none means any.
#[derive(Clone, Default, Debug)]
pub struct Filter {
    /// Those of one school.
    pub school: Option<SchoolId>,
    /// Those of one school year.
    pub school_year: Option<SchoolYear>,
    /// Those of one category.
    pub category: Option<&'static FeeCategory>,
    /// Those that are still open, or those that are closed.
    pub open: Option<bool>,
}

/// The fees of schools in reach, the oldest first.
pub async fn visible(db: &Db, reach: &Reach, filter: &Filter, page: &Page) -> Result<Slice<Fee>, Error> {
    let mut select = Entity::find().filter(reach.of_whole_school(Column::SchoolId));
    if let Some(school) = filter.school {
        select = select.filter(Column::SchoolId.eq(school.uuid()));
    }
    if let Some(year) = filter.school_year {
        select = select.filter(Column::SchoolYear.eq(i64::from(year.start_year())));
    }
    if let Some(category) = filter.category {
        select = select.filter(Column::Category.eq(category.code));
    }
    if let Some(open) = filter.open {
        select = select.filter(if open { Column::ClosedAt.is_null() } else { Column::ClosedAt.is_not_null() });
    }
    page::fetch(db.read(), select, OLDEST_FIRST, page, created).await?.try_map(Fee::try_from)
}

/// These fees, as far as they lie in reach.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[FeeId]) -> Result<HashMap<FeeId, Fee>, Error> {
    let select = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId));
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(|row| Fee::try_from(row).map(|fee| (fee.id, fee))).collect()
}

/// The first page of the fees of each of these schools, the oldest first. One statement.
pub async fn of_schools(
    db: &Db,
    reach: &Reach,
    schools: &[SchoolId],
    rows: Rows,
) -> Result<HashMap<SchoolId, Slice<Fee>>, Error> {
    let parents: Vec<_> = schools.iter().map(|id| id.uuid()).collect();
    let of = |school| {
        let own = Column::SchoolId.into_simple_expr().eq(school);
        Entity::find().filter(own).filter(reach.of_whole_school(Column::SchoolId)).into_query()
    };
    let found = page::first_of_each(db, &parents, of, OLDEST_FIRST, rows, page::keyed(created, Fee::try_from)).await?;
    Ok(found.into_iter().map(|(school, page)| (SchoolId::from_uuid(school), page)).collect())
}

fn created(row: &Model) -> (Key, uuid::Uuid) {
    (Key::Number(row.created_at.micros()), row.id)
}
