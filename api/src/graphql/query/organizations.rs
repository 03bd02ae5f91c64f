//! Organizations by filter and by code.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use entities::organizations;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::paging::{Arguments, Cursor, Total, connection, wants_total};
use crate::graphql::types::code_lists::OrganizationKind;
use crate::graphql::types::organization::Organization;

/// Which organizations are wanted (điều kiện lọc cơ quan); every condition must hold.
#[derive(InputObject, Default)]
pub struct OrganizationFilter {
    /// Only this kind (loại cơ quan).
    pub kind: Option<OrganizationKind>,
    /// Only those of this province, by its present code (mã tỉnh).
    pub province_code: Option<String>,
    /// Part of the name without regard to diacritics, or the whole code (tìm theo tên hoặc mã).
    pub search: Option<String>,
}

/// Questions about organizations.
#[derive(Default)]
pub struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// Organizations (cơ quan, tổ chức), by code. Offices of the state are seen by everyone.
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organizations; null means all.")] filter: Option<OrganizationFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Organization, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("organizations")?;
        let page = Arguments { first, after, last, before }.page()?;
        let OrganizationFilter { kind, province_code, search } = filter.unwrap_or_default();
        let filter = organizations::Filter { kind: kind.map(Into::into), province_code, search };
        let query = organizations::Query { filter, page };
        let slice = organizations::visible(request.db(), &request.reach, &query).await?;
        let total = match wants_total(ctx) {
            true => Total::of(organizations::count(request.db(), &request.reach, &query.filter).await?),
            false => Total::default(),
        };
        Ok(connection(slice, total, Organization::from))
    }

    /// The organization with this code (cơ quan theo mã). Null when there is none in reach.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code in the hub.")] code: String,
    ) -> Result<Option<Organization>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("organizations")?;
        Ok(organizations::by_code(request.db(), &request.reach, code.trim()).await?.map(Organization::from))
    }
}
