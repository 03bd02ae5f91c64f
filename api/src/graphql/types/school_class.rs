//! Classes of a school year.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::classes;
use entities::ids::{ClassId, SchoolId};

use super::code_lists::Grade;
use super::enrollment::{self, Enrollment};
use super::external_id::ExternalId;
use super::school::School;
use super::student::{self, Student};
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total};
use crate::graphql::query::students::{StudentFilter, StudentOrder};

/// A class (lớp học) of one school year.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct SchoolClass {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// Its code (mã lớp), unique within the school and year.
    pub code: String,
    /// Its name (tên lớp).
    pub name: String,
    /// The year in which its school year starts (năm học): 2025 is 2025-2026.
    pub school_year: i32,
    /// Its grade (khối).
    pub grade: Grade,
    /// Whether it is invented (dữ liệu mẫu).
    pub synthetic: bool,
    #[graphql(skip)]
    row: ClassId,
    #[graphql(skip)]
    school: SchoolId,
}

#[ComplexObject]
impl SchoolClass {
    /// The school (trường). Null when it left the reach meanwhile.
    async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>, Fault> {
        Ok(Request::of(ctx)?.loaders.load_one(self.school).await?.map(School::from))
    }

    /// The enrollments in this class (học sinh của lớp), the earliest first; those that ended too.
    async fn enrollments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Enrollment, Total>, Fault> {
        enrollment::of_class(Request::of(ctx)?, self.row, Arguments { first, after, last, before }).await
    }

    /// The students in this class today (học sinh), by given name.
    #[expect(clippy::too_many_arguments, reason = "the four arguments of Relay beside filter and order")]
    async fn students(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which students; null means all of the class.")] filter: Option<StudentFilter>,
        #[graphql(desc = "In which order; null means by name.")] order_by: Option<StudentOrder>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Student, Total>, Fault> {
        let page = Arguments { first, after, last, before }.page()?;
        student::of_class(Request::of(ctx)?, self.row, filter, order_by, page).await
    }

    /// The caller's own ids of this class (mã riêng của ứng dụng); people see those of every client.
    async fn external_ids(&self, ctx: &Context<'_>) -> Result<Vec<ExternalId>, Fault> {
        ExternalId::of(Request::of(ctx)?, self.row.uuid()).await
    }
}

impl From<classes::Class> for SchoolClass {
    fn from(class: classes::Class) -> Self {
        Self {
            id: node_id::encode("SchoolClass", class.id.uuid()),
            row: class.id,
            school: class.school,
            code: class.code,
            name: class.name,
            school_year: class.school_year.start_year(),
            grade: class.grade.into(),
            synthetic: class.synthetic,
        }
    }
}

impl Loader<ClassId> for Ledger {
    type Value = classes::Class;
    type Error = Failed;

    async fn load(&self, keys: &[ClassId]) -> Result<HashMap<ClassId, Self::Value>, Failed> {
        Ok(classes::by_ids(&self.db, &self.reach, keys).await?)
    }
}
