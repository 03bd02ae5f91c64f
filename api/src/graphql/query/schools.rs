//! Schools by filter and by code.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entities::ids::OrganizationId;
use entities::schools;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Direction, Total, connection, wants_total};
use crate::graphql::quick::{Quick, QuickPage};
use crate::graphql::types::bank_transaction;
use crate::graphql::types::code_lists::{EducationLevel, Ownership, SchoolStatus};
use crate::graphql::types::school::School;

/// Which schools are wanted (điều kiện lọc trường); every condition must hold.
#[derive(InputObject, Default)]
pub struct SchoolFilter {
    /// Part of the name without regard to diacritics, or the whole code (tìm theo tên hoặc mã).
    pub search: Option<String>,
    /// Only those located in this province, by its present code (mã tỉnh).
    pub province_code: Option<String>,
    /// Only those located in this commune, by its present code (mã xã, phường).
    pub location_commune_code: Option<String>,
    /// Only those that this organization manages today (cơ quan quản lý), by its global id.
    pub managing_organization: Option<ID>,
    /// Only those that teach this level (cấp học).
    pub level: Option<EducationLevel>,
    /// Only those of this ownership (loại hình).
    pub ownership: Option<Ownership>,
    /// Only those of this status (trạng thái).
    pub status: Option<SchoolStatus>,
}

/// By what schools are ordered (sắp xếp).
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "schools::Order")]
pub enum SchoolOrderField {
    /// By name, as Vietnamese lists do (tên trường).
    Name,
    /// By code (mã trường).
    Code,
}

/// In which order schools are wanted (thứ tự trường).
#[derive(InputObject)]
pub struct SchoolOrder {
    /// By which field (sắp xếp theo).
    pub field: SchoolOrderField,
    /// In which direction (chiều sắp xếp); null means ascending.
    #[graphql(default)]
    pub direction: Direction,
}

/// Questions about schools.
#[derive(Default)]
pub struct SchoolQuery;

#[Object]
impl SchoolQuery {
    /// The school with this code, present or former (trường theo mã). A school that went into another answers with its
    /// status and `successors`; where it lies outside the reach, its one successor in reach answers, with the code
    /// among its `formerCodes`. Null when there is none in reach.
    async fn school(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school's code, kept as given.")] code: String,
    ) -> Result<Option<Quick<School>>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("school")?;
        Ok(schools::by_code(request.db(), &request.reach, &code).await?.map(|school| Quick(School::from(school))))
    }

    /// The schools in reach (danh sách trường).
    #[expect(clippy::too_many_arguments, reason = "the four arguments of Relay beside filter and order")]
    async fn schools(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which schools; null means all in reach.")] filter: Option<SchoolFilter>,
        #[graphql(desc = "In which order; null means by name.")] order_by: Option<SchoolOrder>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<QuickPage<School>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("schools")?;
        let page = Arguments { first, after, last, before }.page_of(ctx)?;
        let filter = filter.unwrap_or_default().read()?;
        let order = order_by.as_ref().map_or(schools::Order::Name, |order| order.field.into());
        let descending = order_by.is_some_and(|order| order.direction.is_descending());
        let query = schools::Query { filter, order, descending, page };
        let slice = schools::visible(request.db(), &request.reach, &query).await?;
        let total = match wants_total(ctx) {
            true => Total::of(schools::count(request.db(), &request.reach, &query.filter).await?),
            false => Total::default(),
        };
        let ids: Vec<_> = slice.rows.iter().map(|(_, school)| school.id).collect();
        let ahead = bank_transaction::ahead(ctx, &ids).await?.map(Arc::new);
        let shown = |school| Quick(School::from(school).reading_ahead(ahead.clone()));
        Ok(Quick(connection(slice, total, shown)))
    }
}

impl SchoolFilter {
    fn read(self) -> Result<schools::Filter, Fault> {
        let manager = self.managing_organization.map(|id| node_id::expect("Organization", &id)).transpose()?;
        Ok(schools::Filter {
            search: self.search,
            province_code: self.province_code,
            location_commune_code: self.location_commune_code,
            managing_organization: manager.map(OrganizationId::from_uuid),
            level: self.level.map(Into::into),
            ownership: self.ownership.map(Into::into),
            status: self.status.map(Into::into),
        })
    }
}
