//! Staff of schools by filter.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use entities::catalogues::StaffPosition;
use entities::ids::SchoolId;
use entities::staff;

use super::classes::{bad_code, school_or_none};
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::paging::{Arguments, Cursor, Total, connection, wants_total};
use crate::graphql::types::code_lists::StaffGroup;
use crate::graphql::types::staff::Staff;

/// Which staff are wanted (điều kiện lọc cán bộ); every condition must hold.
#[derive(InputObject, Default)]
pub struct StaffFilter {
    /// Only this group (nhóm cán bộ).
    pub group: Option<StaffGroup>,
    /// Only this position, by the ministry's code (mã loại cán bộ).
    pub position_code: Option<String>,
    /// Part of the full name without regard to diacritics (tìm theo họ tên).
    pub name: Option<String>,
    /// The whole code in the ministry's database (mã cán bộ).
    pub ministry_code: Option<String>,
    /// Those whose employment has ended too (kể cả người đã thôi làm việc); null means only who works there now.
    pub with_ended: Option<bool>,
}

/// Questions about staff.
#[derive(Default)]
pub struct StaffQuery;

#[Object]
impl StaffQuery {
    /// The staff of schools in reach (danh sách cán bộ, giáo viên, nhân viên), by given name, family name, middle names.
    #[expect(clippy::too_many_arguments, reason = "the four arguments of Relay beside school and filter")]
    async fn staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this school, by its code; null means all in reach.")] school_code: Option<
            String,
        >,
        #[graphql(desc = "Which staff; null means all who work there now.")] filter: Option<StaffFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Staff, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("staff")?;
        let page = Arguments { first, after, last, before }.page()?;
        let school = match school_code {
            Some(code) => Some(school_or_none(request, &code).await?),
            None => None,
        };
        let filter = filter.unwrap_or_default().read(school)?;
        let query = staff::Query { filter, descending: false, page };
        let slice = staff::visible(request.db(), &request.reach, &query).await?;
        let total = match wants_total(ctx) {
            true => Total::of(staff::count(request.db(), &request.reach, &query.filter).await?),
            false => Total::default(),
        };
        Ok(connection(slice, total, |staff| Staff::shown(request, staff)))
    }
}

impl StaffFilter {
    /// The filter in the ledger's words, within a school if one is given.
    ///
    /// # Errors
    /// `STAFF_POSITION_UNKNOWN`.
    pub(in crate::graphql) fn read(self, school: Option<SchoolId>) -> Result<staff::Filter, Fault> {
        Ok(staff::Filter {
            school,
            group: self.group.map(Into::into),
            position: self.position_code.as_deref().map(StaffPosition::parse).transpose().map_err(bad_code)?,
            name: self.name,
            ministry_code: self.ministry_code,
            with_ended: self.with_ended.unwrap_or(false),
        })
    }
}
