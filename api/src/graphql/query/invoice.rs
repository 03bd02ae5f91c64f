//! Questions about invoices.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object};
use entities::catalogues::FeeGroup;
use entities::codes::{InvoiceCode, SchoolYear};
use entities::ids::StudentId;
use entities::invoices::{self, Filter, Order, Query};

use super::fee::school_of;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::scalars::Day;
use crate::graphql::types::invoice::{Invoice, InvoiceStatus};

/// Which invoices are wanted (bộ lọc phiếu báo thu); every field narrows, null does not.
#[derive(Clone, Debug, Default, InputObject)]
pub struct InvoiceFilter {
    /// Those of the school with this code (mã trường).
    pub school_code: Option<String>,
    /// Those for the student with this global id (học sinh).
    pub student_id: Option<ID>,
    /// Those in one of these states (trạng thái).
    pub status: Option<Vec<InvoiceStatus>>,
    /// The one with this code (mã phiếu báo thu).
    pub code: Option<String>,
    /// Those of the fund with this code (nhóm khoản thu).
    pub fund: Option<String>,
    /// Those of the school year that starts in this calendar year (năm học).
    pub school_year: Option<i32>,
    /// Those to be paid before this day (hạn nộp trước ngày).
    pub due_before: Option<Day>,
    /// Those for students whose name has this in it, read without diacritics (tên học sinh). Needs the right to read names.
    pub student_name: Option<String>,
}

/// By what invoices are ordered (thứ tự).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Enum)]
#[graphql(remote = "entities::invoices::Order")]
pub enum InvoiceOrderField {
    /// By the day of issue (ngày lập).
    IssuedOn,
    /// By code (mã phiếu báo thu).
    Code,
    /// By what is asked for (số tiền).
    Amount,
}

/// In which order invoices come (sắp xếp phiếu báo thu).
#[derive(Clone, Copy, Debug, InputObject)]
pub struct InvoiceOrder {
    /// By which field (sắp xếp theo).
    pub field: InvoiceOrderField,
    /// Whether the highest comes first (giảm dần).
    #[graphql(default)]
    pub descending: bool,
}

/// Questions about invoices.
#[derive(Default)]
pub struct InvoiceQuery;

#[Object]
impl InvoiceQuery {
    /// The invoice with this code (phiếu báo thu); null when there is none within reach.
    async fn invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invoice code, with its check digit (mã phiếu báo thu).")] code: String,
    ) -> Result<Option<Invoice>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("invoice")?;
        let code = InvoiceCode::parse(&code).map_err(bad_code("code"))?;
        Ok(invoices::by_code(request.db(), &request.reach, &code).await?.map(Invoice::from))
    }

    /// The invoices within reach (danh sách phiếu báo thu), the latest first unless ordered.
    #[expect(clippy::too_many_arguments, reason = "the four arguments of Relay beside filter and order")]
    async fn invoices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which are wanted; null means all within reach.")] filter: Option<InvoiceFilter>,
        #[graphql(desc = "In which order; null means the latest first.")] order_by: Option<InvoiceOrder>,
        #[graphql(desc = "How many from the front, 1 to 200; null means 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins; null begins at the front.")] after: Option<String>,
        #[graphql(desc = "How many from the back, 1 to 200; null reads from the front.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends; null ends at the back.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Invoice, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("invoices")?;
        let filter = wanted(request, filter.unwrap_or_default()).await?;
        let total = if ctx.look_ahead().field("totalCount").exists() {
            let (count, is_capped) = invoices::count(request.db(), &request.reach, &filter).await?;
            Total { total_count: Some(count), total_count_is_capped: is_capped }
        } else {
            Total::default()
        };
        let (order, descending) = order_by.map_or((Order::IssuedOn, true), |by| (by.field.into(), by.descending));
        let page = Arguments { first, after, last, before }.page()?;
        let query = Query { filter, order, descending, page };
        let slice = invoices::visible(request.db(), &request.reach, &query).await?;
        Ok(connection(slice, total, Invoice::from))
    }
}

/// The ledger's filter for an input; searching by a name needs the right to read it.
pub(crate) async fn wanted(request: &Request, filter: InvoiceFilter) -> Result<Filter, Fault> {
    if filter.student_name.is_some() {
        request.allow_field("Student", "fullName")?;
    }
    let student = filter.student_id.map(|id| node_id::expect("Student", &id)).transpose()?;
    Ok(Filter {
        school: school_of(request, filter.school_code).await?,
        student: student.map(StudentId::from_uuid),
        statuses: filter.status.map(|some| some.into_iter().map(Into::into).collect()),
        code: filter.code.as_deref().map(InvoiceCode::parse).transpose().map_err(bad_code("code"))?,
        fund: filter.fund.as_deref().map(FeeGroup::parse).transpose().map_err(bad_code("fund"))?,
        school_year: filter.school_year.map(SchoolYear::starting).transpose().map_err(bad_code("schoolYear"))?,
        due_before: filter.due_before.map(|day| day.0),
        student_name: filter.student_name,
    })
}
