//! Classes of a school year: who may ask, and the first classes of many schools in one question.

mod upsert;

use std::collections::HashMap;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, QueryFilter, QueryTrait, Select};

use crate::catalogues::Grade;
use crate::codes::SchoolYear;
use crate::db::Db;
use crate::error::Error;
use crate::ids::{ClassId, SchoolId};
use crate::page::{self, Page, Rows, Slice, Sort};
use crate::reach::Reach;
use crate::tables::school_classes::{Column, Entity, Model};

pub use upsert::{Key, Upsert, upsert};

/// A class (lớp học) of one school year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Class {
    /// Its key.
    pub id: ClassId,
    /// The school it belongs to.
    pub school: SchoolId,
    /// Its school year.
    pub school_year: SchoolYear,
    /// Its code, unique within the school and year.
    pub code: String,
    /// Its name in NFC.
    pub name: String,
    /// Its grade.
    pub grade: &'static Grade,
    /// Whether it is invented.
    pub synthetic: bool,
}

/// Which classes are wanted; every condition must hold.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Filter {
    /// Only those of this school.
    pub school: Option<SchoolId>,
    /// Only those of this school year.
    pub school_year: Option<SchoolYear>,
    /// Only those of this grade.
    pub grade: Option<&'static Grade>,
    /// Part of the name without regard to diacritics, or the whole code.
    pub search: Option<String>,
}

/// A question for a page of classes, in the order of their names (9A before 10A).
#[derive(Clone, Debug)]
pub struct Query {
    /// Which are wanted.
    pub filter: Filter,
    /// Whether the order is turned around.
    pub descending: bool,
    /// Which page.
    pub page: Page,
}

/// A page of the classes in reach.
///
/// # Errors
/// `BAD_PAGE` and `BAD_CURSOR`, and those of the database.
pub async fn visible(db: &Db, reach: &Reach, query: &Query) -> Result<Slice<Class>, Error> {
    let select = select(reach, &query.filter);
    let sort = sort(query.descending);
    page::fetch(db.read(), select, sort, &query.page, key_of).await?.try_map(Class::try_from)
}

/// The first classes in reach behind a key that the filter meets, in the order in which they were made.
pub async fn behind(
    db: &Db,
    reach: &Reach,
    filter: &Filter,
    key: Option<ClassId>,
    rows: u64,
) -> Result<Vec<Class>, Error> {
    let found = page::behind(db.read(), select(reach, filter), Column::Id, key.map(ClassId::uuid), rows).await?;
    found.into_iter().map(Class::try_from).collect()
}

/// How many classes in reach the filter meets; the flag says that there are more.
pub async fn count(db: &Db, reach: &Reach, filter: &Filter) -> Result<(u64, bool), Error> {
    page::count(db.read(), select(reach, filter).into_query()).await
}

/// The classes with these keys; those outside the reach are absent.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[ClassId]) -> Result<HashMap<ClassId, Class>, Error> {
    let rows = in_reach(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| Class::try_from(row).map(|class| (class.id, class))).collect()
}

/// The first page of the classes of each school that the filter meets, by school; its own `school` is not looked at.
/// One statement.
pub async fn of_schools(
    db: &Db,
    reach: &Reach,
    schools: &[SchoolId],
    filter: &Filter,
    rows: Rows,
) -> Result<HashMap<SchoolId, Slice<Class>>, Error> {
    let filter = Filter { school: None, ..filter.clone() };
    let parents: Vec<_> = schools.iter().map(|id| id.uuid()).collect();
    let of = |school| select(reach, &filter).filter(Column::SchoolId.into_simple_expr().eq(school)).into_query();
    let found = page::first_of_each(db, &parents, of, sort(false), rows, page::keyed(key_of, Class::try_from)).await?;
    Ok(found.into_iter().map(|(school, page)| (SchoolId::from_uuid(school), page)).collect())
}

fn sort(descending: bool) -> Sort<Column> {
    Sort { name: "NAME", column: Column::NameSort, id: Column::Id, descending }
}

fn key_of(row: &Model) -> (page::Key, uuid::Uuid) {
    (page::Key::Text(row.name_sort.clone()), row.id)
}

fn in_reach(reach: &Reach) -> Select<Entity> {
    Entity::find().filter(reach.of_class(Column::SchoolId, Column::Id))
}

fn select(reach: &Reach, filter: &Filter) -> Select<Entity> {
    let search = filter.search.as_deref().map(|text| {
        Condition::any().add(Column::NameFold.like(page::folded_like(text))).add(Column::Code.eq(text.trim()))
    });
    in_reach(reach).filter(
        Condition::all()
            .add_option(search)
            .add_option(filter.school.map(|school| Column::SchoolId.eq(school.uuid())))
            .add_option(filter.school_year.map(|year| Column::SchoolYear.eq(i64::from(year.start_year()))))
            .add_option(filter.grade.map(|grade| Column::Grade.eq(grade.code))),
    )
}

impl TryFrom<Model> for Class {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        Ok(Self {
            id: ClassId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            school_year: stored_year(row.school_year)?,
            code: row.code,
            name: row.name,
            grade: Grade::parse(&row.grade).map_err(Error::internal)?,
            synthetic: row.synthetic,
        })
    }
}

/// A school year as it was stored.
pub(crate) fn stored_year(year: i64) -> Result<SchoolYear, Error> {
    i32::try_from(year).map_err(Error::internal).and_then(|year| SchoolYear::starting(year).map_err(Error::internal))
}
