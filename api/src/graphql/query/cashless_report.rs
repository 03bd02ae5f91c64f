//! `cashlessReport`: one or two statements over roll-ups, whatever the size of the province.

use async_graphql::{Context, Object};
use entities::reports::cashless::{Query, cashless};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::types::cashless_report::{CashlessGrouping, CashlessReport, ReportPeriod, ReportScope};

/// Reports over many schools.
#[derive(Default)]
pub struct CashlessReportQuery;

#[Object]
impl CashlessReportQuery {
    /// The cashless report of a scope over a period (báo cáo thanh toán không dùng tiền mặt). A share is null, neither 0 nor
    /// 100, until cash is closed; `coverage` says how many schools the shares rest on.
    async fn cashless_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose figures; \"not found\" when no school of it lies within your reach.")]
        scope: ReportScope,
        #[graphql(desc = "The months, both included.")] period: ReportPeriod,
        #[graphql(desc = "What each row stands for.", default_with = "CashlessGrouping::None")]
        group_by: CashlessGrouping,
    ) -> Result<CashlessReport, Fault> {
        let request = Request::of(ctx)?;
        request.allow("cashlessReport")?;
        let (from, to) = period.read()?;
        let with_total = ctx.look_ahead().field("total").exists();
        let query = Query { scope: scope.read()?, from, to, grouping: group_by.into(), with_total };
        let report = cashless(request.db(), &request.reach, &query, request.now).await?;
        Ok(CashlessReport::show(report, query.grouping, request.now))
    }
}
