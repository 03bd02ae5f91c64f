//! Students by filter, id and ministry code. Nobody filters or orders by what they may not read.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entities::codes::SchoolYear;
use entities::ids::{ClassId, StudentId};
use entities::page::Page;
use entities::students;

use super::classes::{bad_code, school_or_none};
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Direction, Total, connection, wants_total};
use crate::graphql::scalars::Day;
use crate::graphql::types::code_lists::Gender;
use crate::graphql::types::student::Student;

/// Which students are wanted (điều kiện lọc học sinh); every condition must hold. School, class and year mean an
/// enrollment that runs today.
#[derive(InputObject, Default)]
pub struct StudentFilter {
    /// Only those at this school, by its code (mã trường).
    pub school_code: Option<String>,
    /// Only those in this class, by its global id (lớp).
    pub class_id: Option<ID>,
    /// Only those enrolled for the school year that starts in this year (năm học).
    pub school_year: Option<i32>,
    /// Part of the full name without regard to diacritics (tìm theo họ tên).
    pub name: Option<String>,
    /// The whole code in the ministry's database (mã định danh học sinh).
    pub ministry_code: Option<String>,
    /// Only this gender (giới tính).
    pub gender: Option<Gender>,
    /// Only those born on this day or later (sinh từ ngày).
    pub born_from: Option<Day>,
    /// Only those born on this day or earlier (sinh đến ngày).
    pub born_to: Option<Day>,
}

/// By what students are ordered (sắp xếp).
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "students::Order")]
pub enum StudentOrderField {
    /// By given name, family name, middle names (tên, họ, đệm).
    Name,
    /// By the moment in which the hub first heard of them; tells nothing of the person (thời điểm tạo).
    Created,
}

/// In which order students are wanted (thứ tự học sinh).
#[derive(InputObject)]
pub struct StudentOrder {
    /// By which field (sắp xếp theo).
    pub field: StudentOrderField,
    /// In which direction (chiều sắp xếp); null means ascending.
    #[graphql(default)]
    pub direction: Direction,
}

/// By what one student is named (cách chỉ một học sinh).
#[derive(OneofObject)]
pub enum StudentLookup {
    /// The global id (mã toàn cục).
    Id(ID),
    /// The code in the ministry's database (mã định danh học sinh).
    MinistryCode(String),
}

/// Questions about students.
#[derive(Default)]
pub struct StudentQuery;

#[Object]
impl StudentQuery {
    /// One student (học sinh). Null when there is none in reach.
    async fn student(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which student.")] by: StudentLookup,
    ) -> Result<Option<Student>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("student")?;
        let found = match by {
            StudentLookup::Id(id) => {
                let Ok(row) = node_id::expect("Student", &id) else { return Ok(None) };
                request.loaders.load_one(StudentId::from_uuid(row)).await?
            }
            StudentLookup::MinistryCode(code) => {
                request.allow_field("Student", "ministryCode")?;
                students::by_ministry_code(request.db(), &request.reach, &code).await?
            }
        };
        Ok(found.map(|student| Student::shown(request, student)))
    }

    /// The students in reach (danh sách học sinh): those enrolled today at a school or class in reach.
    #[expect(clippy::too_many_arguments, reason = "the four arguments of Relay beside filter and order")]
    async fn students(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which students; null means all in reach.")] filter: Option<StudentFilter>,
        #[graphql(desc = "In which order; null means by name, or by creation where the caller may not read names.")]
        order_by: Option<StudentOrder>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Student, Total>, Fault> {
        let request = Request::of(ctx)?;
        let page = Arguments { first, after, last, before }.page()?;
        let query = StudentFilter::query(request, filter, order_by, page).await?;
        let slice = students::visible(request.db(), &request.reach, &query).await?;
        let total = match wants_total(ctx) {
            true => Total::of(students::count(request.db(), &request.reach, &query.filter).await?),
            false => Total::default(),
        };
        Ok(connection(slice, total, |student| Student::shown(request, student)))
    }
}

impl StudentFilter {
    /// The question in the ledger's words. Cursors hold what rows are ordered by, so the default order falls back to
    /// creation where the caller may not read names.
    ///
    /// # Errors
    /// `FORBIDDEN` without the right to list students, `FIELD_NOT_ALLOWED` for fields the caller may not read in full.
    pub(in crate::graphql) async fn query(
        request: &Request,
        filter: Option<Self>,
        order_by: Option<StudentOrder>,
        page: Page,
    ) -> Result<students::Query, Fault> {
        request.allow("students")?;
        let order = match &order_by {
            Some(order) => order.field.into(),
            None if request.may_read("Student", "fullName") => students::Order::Name,
            None => students::Order::Created,
        };
        if order == students::Order::Name {
            request.allow_field("Student", "fullName")?;
        }
        let filter = filter.unwrap_or_default();
        filter.allow(request)?;
        let school = match &filter.school_code {
            Some(code) => Some(school_or_none(request, code).await?),
            None => None,
        };
        let class = filter.class_id.as_ref().map(|id| node_id::expect("SchoolClass", id)).transpose()?;
        let filter = students::Filter {
            school,
            class: class.map(ClassId::from_uuid),
            school_year: filter.school_year.map(SchoolYear::starting).transpose().map_err(bad_code)?,
            name: filter.name,
            ministry_code: filter.ministry_code,
            gender: filter.gender.map(Into::into),
            born_from: filter.born_from.map(|day| day.0),
            born_to: filter.born_to.map(|day| day.0),
        };
        let descending = order_by.is_some_and(|order| order.direction.is_descending());
        Ok(students::Query { filter, order, descending, page })
    }

    fn allow(&self, request: &Request) -> Result<(), Fault> {
        let used = [
            (self.name.is_some(), "fullName"),
            (self.ministry_code.is_some(), "ministryCode"),
            (self.gender.is_some(), "gender"),
            (self.born_from.is_some() || self.born_to.is_some(), "birthDate"),
        ];
        used.iter().filter(|(used, _)| *used).try_for_each(|(_, field)| request.allow_field("Student", field))
    }
}
