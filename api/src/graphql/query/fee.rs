//! Questions about fees.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use entities::catalogues::FeeCategory;
use entities::codes::SchoolYear;
use entities::ids::SchoolId;
use entities::{Refusal, fees, schools};
use uuid::Uuid;

use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code};
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::types::fee::Fee;

/// Which fees are wanted (bộ lọc khoản thu); every field narrows, null does not.
#[derive(Clone, Debug, Default, InputObject)]
pub struct FeeFilter {
    /// Those of the school with this code (mã trường).
    pub school_code: Option<String>,
    /// Those of the school year that starts in this calendar year (năm học).
    pub school_year: Option<i32>,
    /// Those of the category with this code (mã khoản thu).
    pub category: Option<String>,
    /// True for those that invoices may use, false for closed ones (còn thu).
    pub open: Option<bool>,
}

/// Questions about fees.
#[derive(Default)]
pub struct FeeQuery;

#[Object]
impl FeeQuery {
    /// The fees of schools within reach (khoản thu), the oldest first.
    async fn fees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which are wanted; null means all within reach.")] filter: Option<FeeFilter>,
        #[graphql(desc = "How many from the front, 1 to 200; null means 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins; null begins at the front.")] after: Option<String>,
        #[graphql(desc = "How many from the back, 1 to 200; null reads from the front.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends; null ends at the back.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Fee, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("fees")?;
        let filter = filter.unwrap_or_default();
        let wanted = fees::Filter {
            school: school_of(request, filter.school_code).await?,
            school_year: filter.school_year.map(SchoolYear::starting).transpose().map_err(bad_code("schoolYear"))?,
            category: filter.category.as_deref().map(FeeCategory::parse).transpose().map_err(bad_code("category"))?,
            open: filter.open,
        };
        let page = Arguments { first, after, last, before }.page()?;
        let slice = fees::visible(request.db(), &request.reach, &wanted, &page).await?;
        Ok(connection(slice, Total::default(), Fee::from))
    }
}

/// The school that a filter names. One outside the reach is none, so that nothing is found.
pub(crate) async fn school_of(request: &Request, code: Option<String>) -> Result<Option<SchoolId>, Fault> {
    let Some(code) = code else { return Ok(None) };
    let found = schools::by_code(request.db(), &request.reach, &code).await?;
    Ok(Some(found.map_or(SchoolId::from_uuid(Uuid::nil()), |school| school.id)))
}

/// The school that an input names.
pub(crate) async fn school_named(request: &Request, code: &str) -> Result<SchoolId, entities::Error> {
    let found = schools::by_code(request.db(), &request.reach, code).await?;
    found.map(|school| school.id).ok_or_else(|| Refusal::not_found("school").at("schoolCode").into())
}
