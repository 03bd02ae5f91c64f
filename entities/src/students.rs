//! Students: persons without a school. Enrollments give the reach, so that a transfer moves rights and not rows.

mod known;
mod upsert;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::sea_query::{ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, QueryFilter, QuerySelect, QueryTrait, Select};

use crate::catalogues::Gender;
use crate::codes::{Phone, SchoolYear};
use crate::db::Db;
use crate::error::Error;
use crate::ids::{ClassId, SchoolId, StudentId};
use crate::page::{self, Page, Slice, Sort};
use crate::reach::Reach;
use crate::seal::{Place, Vault};
use crate::tables::enrollments;
use crate::tables::students::{Column, Entity, Model};

pub use known::Key;
pub(crate) use known::{KIND, Known, keys};
pub(crate) use upsert::index;
pub use upsert::{Upsert, upsert};

/// Whether the personal ID of a person is known. No digit of it is ever shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonalIdStatus {
    /// None was given.
    Missing,
    /// One was given and is well-formed; nobody has compared it with the population database.
    Recorded,
}

/// A student (học sinh).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Student {
    /// The key.
    pub id: StudentId,
    /// The code in the ministry's database; none before it was given.
    pub ministry_code: Option<String>,
    /// The full name in NFC: family name, middle names, given name; never split.
    pub full_name: String,
    /// The day of birth.
    pub birth_date: Option<NaiveDate>,
    /// The gender.
    pub gender: Option<Gender>,
    /// The ethnic group by its two-digit code of the order of 2008.
    pub ethnic_group: Option<String>,
    /// The phone of the family.
    pub phone: Option<Phone>,
    /// Whether the personal ID is known.
    pub personal_id_status: PersonalIdStatus,
    /// Whether the person is invented.
    pub synthetic: bool,
}

/// Which students are wanted; every condition must hold. School, class and year mean a running enrollment.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub struct Filter {
    /// Only those at this school.
    pub school: Option<SchoolId>,
    /// Only those in this class.
    pub class: Option<ClassId>,
    /// Only those enrolled for this school year.
    pub school_year: Option<SchoolYear>,
    /// Part of the full name without regard to diacritics.
    pub name: Option<String>,
    /// The whole code of the ministry's database.
    pub ministry_code: Option<String>,
    /// Only this gender.
    pub gender: Option<Gender>,
    /// Only those born on this day or later.
    pub born_from: Option<NaiveDate>,
    /// Only those born on this day or earlier.
    pub born_to: Option<NaiveDate>,
}

/// By what students are ordered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Order {
    /// By given name, family name, middle names, as Vietnamese lists do.
    #[default]
    Name,
    /// By the moment in which the hub first heard of them; tells nothing of the person.
    Created,
}

/// A question for a page of students.
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

/// A page of the students in reach.
///
/// # Errors
/// `BAD_PAGE` and `BAD_CURSOR`, and those of the database.
pub async fn visible(db: &Db, reach: &Reach, query: &Query) -> Result<Slice<Student>, Error> {
    let (sort, key) = query.order.sort(query.descending);
    let slice = page::fetch(db.read(), select(reach, &query.filter), sort, &query.page, key).await?;
    slice.try_map(|row| opened(db, row))
}

/// The first students in reach behind a key that the filter meets, in the order in which they were made.
pub async fn behind(
    db: &Db,
    reach: &Reach,
    filter: &Filter,
    key: Option<StudentId>,
    rows: u64,
) -> Result<Vec<Student>, Error> {
    let found = page::behind(db.read(), select(reach, filter), Column::Id, key.map(StudentId::uuid), rows).await?;
    found.into_iter().map(|row| opened(db, row)).collect()
}

/// Those of the students who lie in reach.
pub async fn reachable(db: &Db, reach: &Reach, ids: &[StudentId]) -> Result<HashSet<StudentId>, Error> {
    let select = in_reach(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let found: Vec<uuid::Uuid> = select.select_only().column(Column::Id).into_tuple().all(db.read()).await?;
    Ok(found.into_iter().map(StudentId::from_uuid).collect())
}

/// The first page of the students of each of these schools; the filter's own `school` is not looked at. One statement.
///
/// # Errors
/// Those of the database.
pub async fn of_schools(
    db: &Db,
    reach: &Reach,
    schools: &[SchoolId],
    query: &Query,
) -> Result<HashMap<SchoolId, Slice<Student>>, Error> {
    let query = Query { filter: Filter { school: None, ..query.filter.clone() }, ..query.clone() };
    let parents: Vec<_> = schools.iter().map(|id| id.uuid()).collect();
    let found = first_of_each(db, reach, &parents, enrollments::Column::SchoolId, &query).await?;
    Ok(found.into_iter().map(|(school, page)| (SchoolId::from_uuid(school), page)).collect())
}

/// The first page of the students of each of these classes; the filter's own `class` is not looked at. One statement.
///
/// # Errors
/// Those of the database.
pub async fn of_classes(
    db: &Db,
    reach: &Reach,
    classes: &[ClassId],
    query: &Query,
) -> Result<HashMap<ClassId, Slice<Student>>, Error> {
    let query = Query { filter: Filter { class: None, ..query.filter.clone() }, ..query.clone() };
    let parents: Vec<_> = classes.iter().map(|id| id.uuid()).collect();
    let found = first_of_each(db, reach, &parents, enrollments::Column::ClassId, &query).await?;
    Ok(found.into_iter().map(|(class, page)| (ClassId::from_uuid(class), page)).collect())
}

async fn first_of_each(
    db: &Db,
    reach: &Reach,
    parents: &[uuid::Uuid],
    side: enrollments::Column,
    query: &Query,
) -> Result<HashMap<uuid::Uuid, Slice<Student>>, Error> {
    let (sort, key) = query.order.sort(query.descending);
    let of = |parent| {
        let enrolled = enrolled_as(reach, &query.filter).and_where(side.into_simple_expr().eq(parent)).to_owned();
        in_reach(reach).filter(Column::Id.in_subquery(enrolled)).filter(of_person(&query.filter)).into_query()
    };
    page::first_of_each(db, parents, of, sort, query.page.rows, page::keyed(key, |row| opened(db, row))).await
}

/// What tells the place of a row in its order.
type KeyOf = fn(&Model) -> (page::Key, uuid::Uuid);

impl Order {
    fn sort(self, descending: bool) -> (Sort<Column>, KeyOf) {
        let (name, column, key): (_, _, KeyOf) = match self {
            Self::Name => ("NAME", Column::NameSort, |row| (page::Key::Text(row.name_sort.clone()), row.id)),
            Self::Created => ("CREATED", Column::CreatedAt, |row| (page::Key::Number(row.created_at.micros()), row.id)),
        };
        (Sort { name, column, id: Column::Id, descending }, key)
    }
}

/// How many students in reach the filter meets; the flag says that there are more.
pub async fn count(db: &Db, reach: &Reach, filter: &Filter) -> Result<(u64, bool), Error> {
    page::count(db.read(), select(reach, filter).into_query()).await
}

/// The student in reach with this code of the ministry's database.
pub async fn by_ministry_code(db: &Db, reach: &Reach, code: &str) -> Result<Option<Student>, Error> {
    let found = in_reach(reach).filter(Column::MinistryCode.eq(code.trim())).one(db.read()).await?;
    found.map(|row| opened(db, row)).transpose()
}

/// The students with these keys; those outside the reach are absent.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[StudentId]) -> Result<HashMap<StudentId, Student>, Error> {
    let rows = in_reach(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| opened(db, row).map(|student| (student.id, student))).collect()
}

pub(crate) fn in_reach(reach: &Reach) -> Select<Entity> {
    Entity::find().filter(reach.of_student(Column::Id))
}

fn select(reach: &Reach, filter: &Filter) -> Select<Entity> {
    let enrolled = filter.school.is_some() || filter.class.is_some() || filter.school_year.is_some();
    let somewhere = enrolled.then(|| Column::Id.in_subquery(enrolled_as(reach, filter)));
    in_reach(reach).filter(of_person(filter).add_option(somewhere))
}

/// The conditions on the person alone.
fn of_person(filter: &Filter) -> Condition {
    Condition::all()
        .add_option(filter.name.as_deref().map(|name| Column::NameFold.like(page::folded_like(name))))
        .add_option(filter.ministry_code.as_deref().map(|code| Column::MinistryCode.eq(code.trim())))
        .add_option(filter.gender.map(|gender| Column::Gender.eq(gender.code())))
        .add_option(filter.born_from.map(|day| Column::BirthDate.gte(day)))
        .add_option(filter.born_to.map(|day| Column::BirthDate.lte(day)))
}

/// Students whose running enrollment in reach is of the wanted school, class and year: one outside it tells nothing.
fn enrolled_as(reach: &Reach, filter: &Filter) -> SelectStatement {
    use enrollments::Column;
    let wanted = Condition::all()
        .add_option(filter.school.map(|school| Column::SchoolId.eq(school.uuid())))
        .add_option(filter.class.map(|class| Column::ClassId.eq(class.uuid())))
        .add_option(filter.school_year.map(|year| Column::SchoolYear.eq(i64::from(year.start_year()))));
    enrollments::Entity::running(reach.day())
        .column(Column::StudentId)
        .cond_where(wanted)
        .and_where(reach.of_class(Column::SchoolId, Column::ClassId))
        .to_owned()
}

fn opened(db: &Db, row: Model) -> Result<Student, Error> {
    let phone =
        row.phone_sealed.as_deref().map(|sealed| open_phone(db.vault(), db.kind(), row.id, sealed)).transpose()?;
    let personal_id_status =
        if row.personal_id_sealed.is_some() { PersonalIdStatus::Recorded } else { PersonalIdStatus::Missing };
    Ok(Student {
        id: StudentId::from_uuid(row.id),
        ministry_code: row.ministry_code,
        full_name: row.full_name,
        birth_date: row.birth_date,
        gender: row.gender.as_deref().map(Gender::parse).transpose().map_err(Error::internal)?,
        ethnic_group: row.ethnic_group,
        phone,
        personal_id_status,
        synthetic: row.synthetic,
    })
}

/// Where a sealed column of a student lies.
pub(crate) const fn place(student: uuid::Uuid, column: &'static str) -> Place {
    Place { table: "students", row: student, column }
}

fn open_phone(vault: &Vault, kind: crate::hub::Kind, student: uuid::Uuid, sealed: &[u8]) -> Result<Phone, Error> {
    let text = vault.open_text(place(student, "phone_sealed"), sealed)?;
    Phone::parse(&text, kind).map_err(Error::internal)
}
