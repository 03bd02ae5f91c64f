//! Students at schools, dated.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::enrollments::{self, Filter};
use entities::ids::{ClassId, EnrollmentId, SchoolId, StudentId};
use entities::page::{Rows, Slice};

use super::code_lists::StudentStatus;
use super::external_id::ExternalId;
use super::school::School;
use super::school_class::SchoolClass;
use super::student::Student;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::scalars::Day;

/// A student at a school (quá trình học tại trường).
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Enrollment {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// The year in which its school year starts (năm học): 2025 is 2025-2026.
    pub school_year: i32,
    /// How the student is, or why no longer, at the school (trạng thái học sinh).
    pub status: StudentStatus,
    /// The first day (từ ngày).
    pub valid_from: Day,
    /// The day after the last one (đến ngày); null while it runs.
    pub valid_to: Option<Day>,
    #[graphql(skip)]
    row: EnrollmentId,
    #[graphql(skip)]
    school: SchoolId,
    #[graphql(skip)]
    student: StudentId,
    #[graphql(skip)]
    class: Option<ClassId>,
}

#[ComplexObject]
impl Enrollment {
    /// The school (trường). Null when it left the reach meanwhile.
    async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>, Fault> {
        Ok(Request::of(ctx)?.loaders.load_one(self.school).await?.map(School::from))
    }

    /// The student (học sinh). Null when the student left the reach: a school keeps the enrollment, not the person.
    async fn student(&self, ctx: &Context<'_>) -> Result<Option<Student>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("Student", "id") {
            return Ok(None);
        }
        Ok(request.loaders.load_one(self.student).await?.map(|student| Student::shown(request, student)))
    }

    /// The class (lớp). Null before the student is put into one.
    async fn school_class(&self, ctx: &Context<'_>) -> Result<Option<SchoolClass>, Fault> {
        let Some(class) = self.class else { return Ok(None) };
        Ok(Request::of(ctx)?.loaders.load_one(class).await?.map(SchoolClass::from))
    }

    /// The caller's own ids of this enrollment (mã riêng của ứng dụng); people see those of every client.
    async fn external_ids(&self, ctx: &Context<'_>) -> Result<Vec<ExternalId>, Fault> {
        ExternalId::of(Request::of(ctx)?, self.row.uuid()).await
    }
}

impl From<enrollments::Enrollment> for Enrollment {
    fn from(enrollment: enrollments::Enrollment) -> Self {
        Self {
            id: node_id::encode("Enrollment", enrollment.id.uuid()),
            row: enrollment.id,
            school: enrollment.school,
            student: enrollment.student,
            class: enrollment.class,
            school_year: enrollment.school_year.start_year(),
            status: enrollment.status.into(),
            valid_from: enrollment.valid_from.into(),
            valid_to: enrollment.valid_to.map(Day),
        }
    }
}

/// A page of enrollments as every edge to them answers it.
pub(super) type Enrollments = Connection<Cursor, Enrollment, Total>;

/// The enrollments of a student; without a cursor they are asked for together with those of other students.
pub(super) async fn of_student(
    request: &Request,
    student: StudentId,
    arguments: Arguments,
) -> Result<Enrollments, Fault> {
    let page = arguments.page()?;
    let filter = Filter { student: Some(student), ..Filter::default() };
    let slice = if page.beyond.is_none() && !page.backward {
        request.loaders.load_one(OfStudent(student, page.rows)).await?.unwrap_or_else(Slice::empty)
    } else {
        enrollments::visible(request.db(), &request.reach, &enrollments::Query { filter, page }).await?
    };
    Ok(connection(slice, Total::default(), Enrollment::from))
}

/// The enrollments in a class; without a cursor they are asked for together with those of other classes.
pub(super) async fn of_class(request: &Request, class: ClassId, arguments: Arguments) -> Result<Enrollments, Fault> {
    if !request.may_read("Enrollment", "id") {
        return Err(Fault::forbidden("SchoolClass.enrollments"));
    }
    let page = arguments.page()?;
    let filter = Filter { class: Some(class), ..Filter::default() };
    let slice = if page.beyond.is_none() && !page.backward {
        request.loaders.load_one(OfClass(class, page.rows)).await?.unwrap_or_else(Slice::empty)
    } else {
        enrollments::visible(request.db(), &request.reach, &enrollments::Query { filter, page }).await?
    };
    Ok(connection(slice, Total::default(), Enrollment::from))
}

/// The first enrollments of a student.
#[derive(Clone, PartialEq, Eq, Hash)]
struct OfStudent(StudentId, Rows);

/// The first enrollments in a class.
#[derive(Clone, PartialEq, Eq, Hash)]
struct OfClass(ClassId, Rows);

impl Loader<OfStudent> for Ledger {
    type Value = Slice<enrollments::Enrollment>;
    type Error = Failed;

    async fn load(&self, keys: &[OfStudent]) -> Result<HashMap<OfStudent, Self::Value>, Failed> {
        let mut found = HashMap::new();
        for (rows, students) in by_rows(keys.iter().map(|key| (key.1, key.0))) {
            let pages = enrollments::of_students(&self.db, &self.reach, &students, &Filter::default(), rows).await?;
            found.extend(pages.into_iter().map(|(student, page)| (OfStudent(student, rows), page)));
        }
        Ok(found)
    }
}

impl Loader<OfClass> for Ledger {
    type Value = Slice<enrollments::Enrollment>;
    type Error = Failed;

    async fn load(&self, keys: &[OfClass]) -> Result<HashMap<OfClass, Self::Value>, Failed> {
        let mut found = HashMap::new();
        for (rows, classes) in by_rows(keys.iter().map(|key| (key.1, key.0))) {
            let pages = enrollments::of_classes(&self.db, &self.reach, &classes, &Filter::default(), rows).await?;
            found.extend(pages.into_iter().map(|(class, page)| (OfClass(class, rows), page)));
        }
        Ok(found)
    }
}

impl Loader<EnrollmentId> for Ledger {
    type Value = enrollments::Enrollment;
    type Error = Failed;

    async fn load(&self, keys: &[EnrollmentId]) -> Result<HashMap<EnrollmentId, Self::Value>, Failed> {
        Ok(enrollments::by_ids(&self.db, &self.reach, keys).await?)
    }
}

/// Parents by the number of rows wanted of each: one statement for each number that a document names.
fn by_rows<P>(keys: impl Iterator<Item = (Rows, P)>) -> HashMap<Rows, Vec<P>> {
    let mut groups: HashMap<Rows, Vec<P>> = HashMap::new();
    for (rows, parent) in keys {
        groups.entry(rows).or_default().push(parent);
    }
    groups
}
