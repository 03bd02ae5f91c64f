//! Enrollments: which student is at which school and class, from when to when. They are the reach over students.

mod plans;
mod upsert;

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QueryTrait, Select};

use crate::catalogues::StudentStatus;
use crate::classes::stored_year;
use crate::codes::SchoolYear;
use crate::db::Db;
use crate::error::Error;
use crate::ids::{ClassId, EnrollmentId, SchoolId, StudentId};
use crate::page::{self, Page, Rows, Slice, Sort};
use crate::reach::Reach;
use crate::tables::enrollments::{Column, Entity, Model};

pub use plans::Joining;
pub(crate) use plans::Plans;
pub use upsert::{Key, Upsert, upsert};

/// A student at a school (quá trình học tại trường).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enrollment {
    /// Its key.
    pub id: EnrollmentId,
    /// The school.
    pub school: SchoolId,
    /// The student; a school keeps the enrollment of one who left, but no longer reaches the person.
    pub student: StudentId,
    /// The class; none before the student is put into one.
    pub class: Option<ClassId>,
    /// The school year.
    pub school_year: SchoolYear,
    /// How the student is, or why no longer, at the school.
    pub status: StudentStatus,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The day after the last one; none while it runs.
    pub valid_to: Option<NaiveDate>,
}

/// Which enrollments are wanted; every condition must hold.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Filter {
    /// Only those of this student.
    pub student: Option<StudentId>,
    /// Only those in this class.
    pub class: Option<ClassId>,
    /// Only those at this school.
    pub school: Option<SchoolId>,
    /// Only those of this school year.
    pub school_year: Option<SchoolYear>,
    /// Only those that run on this day.
    pub running_on: Option<NaiveDate>,
}

/// A question for a page of enrollments, by their first day.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which are wanted.
    pub filter: Filter,
    /// Which page.
    pub page: Page,
}

/// A page of the enrollments at schools and classes in reach, the earliest first.
///
/// # Errors
/// `BAD_PAGE` and `BAD_CURSOR`, and those of the database.
pub async fn visible(db: &Db, reach: &Reach, query: &Query) -> Result<Slice<Enrollment>, Error> {
    let slice = page::fetch(db.read(), select(reach, &query.filter), sort(), &query.page, key_of).await?;
    slice.try_map(Enrollment::try_from)
}

/// The first enrollments in reach behind a key that the filter meets, in the order in which they were made.
pub async fn behind(
    db: &Db,
    reach: &Reach,
    filter: &Filter,
    key: Option<EnrollmentId>,
    rows: u64,
) -> Result<Vec<Enrollment>, Error> {
    let found = page::behind(db.read(), select(reach, filter), Column::Id, key.map(EnrollmentId::uuid), rows).await?;
    found.into_iter().map(Enrollment::try_from).collect()
}

/// The enrollments with these keys; those outside the reach are absent.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[EnrollmentId]) -> Result<HashMap<EnrollmentId, Enrollment>, Error> {
    let rows = in_reach(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| Enrollment::try_from(row).map(|enrollment| (enrollment.id, enrollment))).collect()
}

/// The first page of the enrollments of each student that the filter meets, by student; its own `student` is not looked
/// at. One statement.
pub async fn of_students(
    db: &Db,
    reach: &Reach,
    students: &[StudentId],
    filter: &Filter,
    rows: Rows,
) -> Result<HashMap<StudentId, Slice<Enrollment>>, Error> {
    let filter = Filter { student: None, ..filter.clone() };
    let parents: Vec<_> = students.iter().map(|id| id.uuid()).collect();
    let of = |student| select(reach, &filter).filter(Column::StudentId.into_simple_expr().eq(student)).into_query();
    let found = page::first_of_each(db, &parents, of, sort(), rows, page::keyed(key_of, Enrollment::try_from)).await?;
    Ok(found.into_iter().map(|(student, page)| (StudentId::from_uuid(student), page)).collect())
}

/// The first page of the enrollments in each class that the filter meets, by class; its own `class` is not looked at.
/// One statement.
pub async fn of_classes(
    db: &Db,
    reach: &Reach,
    classes: &[ClassId],
    filter: &Filter,
    rows: Rows,
) -> Result<HashMap<ClassId, Slice<Enrollment>>, Error> {
    let filter = Filter { class: None, ..filter.clone() };
    let parents: Vec<_> = classes.iter().map(|id| id.uuid()).collect();
    let of = |class| select(reach, &filter).filter(Column::ClassId.into_simple_expr().eq(class)).into_query();
    let found = page::first_of_each(db, &parents, of, sort(), rows, page::keyed(key_of, Enrollment::try_from)).await?;
    Ok(found.into_iter().map(|(class, page)| (ClassId::from_uuid(class), page)).collect())
}

fn sort() -> Sort<Column> {
    Sort { name: "FROM", column: Column::ValidFrom, id: Column::Id, descending: false }
}

fn key_of(row: &Model) -> (page::Key, uuid::Uuid) {
    (page::Key::Day(row.valid_from), row.id)
}

pub(crate) fn in_reach(reach: &Reach) -> Select<Entity> {
    Entity::find().filter(reach.of_class(Column::SchoolId, Column::ClassId))
}

fn select(reach: &Reach, filter: &Filter) -> Select<Entity> {
    use sea_orm::Condition;
    in_reach(reach).filter(
        Condition::all()
            .add_option(filter.school.map(|school| Column::SchoolId.eq(school.uuid())))
            .add_option(filter.school_year.map(|year| Column::SchoolYear.eq(i64::from(year.start_year()))))
            .add_option(filter.student.map(|student| Column::StudentId.eq(student.uuid())))
            .add_option(filter.class.map(|class| Column::ClassId.eq(class.uuid())))
            .add_option(filter.running_on.map(Entity::runs)),
    )
}

impl TryFrom<Model> for Enrollment {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        Ok(Self {
            id: EnrollmentId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            student: StudentId::from_uuid(row.student_id),
            class: row.class_id.map(ClassId::from_uuid),
            school_year: stored_year(row.school_year)?,
            status: StudentStatus::parse(&row.status).map_err(Error::internal)?,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        })
    }
}
