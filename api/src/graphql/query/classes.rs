//! Classes by filter.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use entities::catalogues::Grade;
use entities::classes;
use entities::codes::{CodeError, SchoolYear};
use entities::ids::SchoolId;
use entities::schools;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::paging::{Arguments, Cursor, Total, connection, wants_total};
use crate::graphql::types::school_class::SchoolClass;

/// Which classes are wanted (điều kiện lọc lớp); every condition must hold.
#[derive(InputObject, Default)]
pub struct ClassFilter {
    /// Only those whose school year starts in this year (năm học): 2025 is 2025-2026.
    pub school_year: Option<i32>,
    /// Only those of this grade, by the ministry's code (mã khối).
    pub grade_code: Option<String>,
    /// Part of the name without regard to diacritics, or the whole code (tìm theo tên hoặc mã).
    pub search: Option<String>,
}

/// Questions about classes.
#[derive(Default)]
pub struct ClassQuery;

#[Object]
impl ClassQuery {
    /// The classes in reach (danh sách lớp), 9A before 10A.
    #[expect(clippy::too_many_arguments, reason = "the four arguments of Relay beside filter and order")]
    async fn classes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this school, by its code; null means all in reach.")] school_code: Option<
            String,
        >,
        #[graphql(desc = "Which classes; null means all.")] filter: Option<ClassFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, SchoolClass, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("classes")?;
        let page = Arguments { first, after, last, before }.page()?;
        let school = match school_code {
            Some(code) => Some(school_or_none(request, &code).await?),
            None => None,
        };
        let filter = filter.unwrap_or_default().read(school)?;
        let query = classes::Query { filter, descending: false, page };
        let slice = classes::visible(request.db(), &request.reach, &query).await?;
        let total = match wants_total(ctx) {
            true => Total::of(classes::count(request.db(), &request.reach, &query.filter).await?),
            false => Total::default(),
        };
        Ok(connection(slice, total, SchoolClass::from))
    }
}

impl ClassFilter {
    /// The filter in the ledger's words, within a school if one is given.
    ///
    /// # Errors
    /// `SCHOOL_YEAR_INVALID`, `GRADE_UNKNOWN`.
    pub(in crate::graphql) fn read(self, school: Option<SchoolId>) -> Result<classes::Filter, Fault> {
        Ok(classes::Filter {
            school,
            school_year: self.school_year.map(SchoolYear::starting).transpose().map_err(bad_code)?,
            grade: self.grade_code.as_deref().map(Grade::parse).transpose().map_err(bad_code)?,
            search: self.search,
        })
    }
}

/// The key of the school with this code; a key that names nothing when there is none in reach: outside it a list is empty.
pub(in crate::graphql) async fn school_or_none(request: &Request, code: &str) -> Result<SchoolId, Fault> {
    let found = schools::by_code(request.db(), &request.reach, code).await?;
    Ok(found.map_or(SchoolId::from_uuid(uuid::Uuid::nil()), |school| school.id))
}

/// A code that cannot be.
pub(in crate::graphql) fn bad_code(error: CodeError) -> Fault {
    Fault::refused(error.code, error.message, error.message_vi)
}
