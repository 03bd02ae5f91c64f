//! Questions about invoices, each within a reach and in one statement.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait;
use sea_orm::sea_query::{SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder, QueryTrait, Select};
use uuid::Uuid;

use super::{Invoice, InvoiceStatus};
use crate::catalogues::FeeGroup;
use crate::codes::{InvoiceCode, SchoolYear};
use crate::db::Db;
use crate::error::Error;
use crate::ids::{InvoiceId, SchoolId, StudentId};
use crate::page::{self, Key, Page, Rows, Slice, Sort};
use crate::reach::Reach;
use crate::tables::invoices::{Column, Entity, Model};
use crate::tables::students;

/// Which invoices are wanted; none means any, and every field narrows.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub struct Filter {
    /// Those of one school.
    pub school: Option<SchoolId>,
    /// Those for one student.
    pub student: Option<StudentId>,
    /// Those in one of these states.
    pub statuses: Option<Vec<InvoiceStatus>>,
    /// The one with this code.
    pub code: Option<InvoiceCode>,
    /// Those of one fund.
    pub fund: Option<FeeGroup>,
    /// Those of one school year.
    pub school_year: Option<SchoolYear>,
    /// Those to be paid before this day.
    pub due_before: Option<NaiveDate>,
    /// Those for students whose name has this in it, read without diacritics. Ask only for who may read names in full.
    pub student_name: Option<String>,
}

/// By what invoices are ordered.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Order {
    /// By the day of issue.
    #[default]
    IssuedOn,
    /// By code.
    Code,
    /// By what is asked for.
    Amount,
}

/// A question for a page of invoices.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which are wanted.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// Whether the order is turned around.
    pub descending: bool,
    /// Which page.
    pub page: Page,
}

const LATEST_FIRST: Sort<Column> =
    Sort { name: "ISSUED_ON", column: Column::IssuedOn, id: Column::Id, descending: true };

/// A page of the invoices in reach.
pub async fn visible(db: &Db, reach: &Reach, query: &Query) -> Result<Slice<Invoice>, Error> {
    let (name, column) = match query.order {
        Order::IssuedOn => ("ISSUED_ON", Column::IssuedOn),
        Order::Code => ("CODE", Column::Code),
        Order::Amount => ("AMOUNT", Column::Amount),
    };
    let sort = Sort { name, column, id: Column::Id, descending: query.descending };
    let key = |row: &Model| match query.order {
        Order::IssuedOn => issued(row),
        Order::Code => (Key::Text(row.code.clone()), row.id),
        Order::Amount => (Key::Number(row.amount), row.id),
    };
    page::fetch(db.read(), wanted(reach, &query.filter), sort, &query.page, key).await?.try_map(Invoice::try_from)
}

/// The first invoices in reach behind a key that the filter meets, in the order in which they were made.
pub async fn behind(
    db: &Db,
    reach: &Reach,
    filter: &Filter,
    key: Option<InvoiceId>,
    rows: u64,
) -> Result<Vec<Invoice>, Error> {
    let found = page::behind(db.read(), wanted(reach, filter), Column::Id, key.map(InvoiceId::uuid), rows).await?;
    found.into_iter().map(Invoice::try_from).collect()
}

/// How many invoices in reach the filter leaves, counted up to [`page::MAX_COUNTED_ROWS`]; whether there are more.
pub async fn count(db: &Db, reach: &Reach, filter: &Filter) -> Result<(u64, bool), Error> {
    page::count(db.read(), wanted(reach, filter).into_query()).await
}

/// The invoice with this code, if it lies in reach.
pub async fn by_code(db: &Db, reach: &Reach, code: &InvoiceCode) -> Result<Option<Invoice>, Error> {
    let filter = Filter { code: Some(code.clone()), ..Filter::default() };
    wanted(reach, &filter).one(db.read()).await?.map(Invoice::try_from).transpose()
}

/// These invoices, as far as they lie in reach.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[InvoiceId]) -> Result<HashMap<InvoiceId, Invoice>, Error> {
    let select = in_reach(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(|row| Invoice::try_from(row).map(|invoice| (invoice.id, invoice))).collect()
}

/// The invoices of each of these groups in the order of their codes, as far as they lie in reach.
pub async fn by_groups(
    db: &Db,
    reach: &Reach,
    groups: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<Invoice>>, Error> {
    let select =
        in_reach(reach).filter(Column::GroupId.is_in(groups.iter().map(|id| id.uuid()))).order_by_asc(Column::Code);
    page::gathered(select.all(db.read()).await?, |invoice: &Invoice| invoice.group)
}

/// The first page of the invoices of each of these students that the filter leaves, the latest first; its own `student` is
/// not looked at. One statement.
pub async fn of_students(
    db: &Db,
    reach: &Reach,
    students: &[StudentId],
    filter: &Filter,
    rows: Rows,
) -> Result<HashMap<StudentId, Slice<Invoice>>, Error> {
    let filter = Filter { student: None, ..filter.clone() };
    let parents: Vec<_> = students.iter().map(|id| id.uuid()).collect();
    let of = |student| wanted(reach, &filter).filter(Column::StudentId.into_simple_expr().eq(student)).into_query();
    let found =
        page::first_of_each(db, &parents, of, LATEST_FIRST, rows, page::keyed(issued, Invoice::try_from)).await?;
    Ok(found.into_iter().map(|(student, page)| (StudentId::from_uuid(student), page)).collect())
}

/// The first page of the invoices of each of these schools that the filter leaves, the latest first; its own `school` is not
/// looked at. One statement.
pub async fn of_schools(
    db: &Db,
    reach: &Reach,
    schools: &[SchoolId],
    filter: &Filter,
    rows: Rows,
) -> Result<HashMap<SchoolId, Slice<Invoice>>, Error> {
    let filter = Filter { school: None, ..filter.clone() };
    let parents: Vec<_> = schools.iter().map(|id| id.uuid()).collect();
    let of = |school| wanted(reach, &filter).filter(Column::SchoolId.into_simple_expr().eq(school)).into_query();
    let found =
        page::first_of_each(db, &parents, of, LATEST_FIRST, rows, page::keyed(issued, Invoice::try_from)).await?;
    Ok(found.into_iter().map(|(school, page)| (SchoolId::from_uuid(school), page)).collect())
}

fn issued(row: &Model) -> (Key, Uuid) {
    (Key::Day(row.issued_on), row.id)
}

fn in_reach(reach: &Reach) -> Select<Entity> {
    Entity::find().filter(reach.of_whole_school(Column::SchoolId))
}

fn wanted(reach: &Reach, filter: &Filter) -> Select<Entity> {
    conditions(filter).into_iter().fold(in_reach(reach), QueryFilter::filter)
}

fn conditions(filter: &Filter) -> Vec<SimpleExpr> {
    let statuses = filter.statuses.as_ref().map(|some| Column::Status.is_in(some.iter().map(|status| status.as_str())));
    [
        filter.school.map(|school| Column::SchoolId.eq(school.uuid())),
        filter.student.map(|student| Column::StudentId.eq(student.uuid())),
        statuses,
        filter.code.as_ref().map(|code| Column::Code.eq(code.as_str())),
        filter.fund.map(|fund| Column::Fund.eq(fund.code())),
        filter.school_year.map(|year| Column::SchoolYear.eq(i64::from(year.start_year()))),
        filter.due_before.map(|day| Column::DueOn.lt(day)),
        filter.student_name.as_ref().map(|name| Column::StudentId.in_subquery(students_named(name))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn students_named(name: &str) -> SelectStatement {
    SelectStatement::new()
        .column(students::Column::Id)
        .from(students::Entity)
        .and_where(students::Column::NameFold.like(page::folded_like(name)))
        .to_owned()
}
