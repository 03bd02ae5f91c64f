//! Questions about the days of banks that speak the bill protocol.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object};
use entities::bills::{self, Filter};
use entities::ids::ConnectionId;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::scalars::Day;
use crate::graphql::types::bill_reconciliation::BillReconciliation;

/// Questions about the days of banks that speak the bill protocol.
#[derive(Default)]
pub struct BillReconciliationQuery;

/// Which comparisons are wanted (điều kiện lọc kết quả đối soát); every condition must hold.
#[derive(InputObject, Default)]
pub struct BillReconciliationFilter {
    /// Of this connection only (kết nối).
    connection_id: Option<ID>,
    /// Of this Vietnam day or later (từ ngày).
    from: Option<Day>,
    /// Of this Vietnam day or earlier (đến ngày).
    to: Option<Day>,
}

#[Object]
impl BillReconciliationQuery {
    /// How the days of banks compared with the hub's (đối soát thu hộ), latest day first: a bank's own, those of connections that
    /// speak for a school's accounts and for no other school's, all for an operator of the hub.
    async fn bill_reconciliations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comparisons; null means all in reach.")] filter: Option<BillReconciliationFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, BillReconciliation, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("billReconciliations")?;
        let BillReconciliationFilter { connection_id, from, to } = filter.unwrap_or_default();
        let id = connection_id.map(|id| node_id::expect("Connection", &id)).transpose()?;
        let wanted = Filter {
            connection: id.map(ConnectionId::from_uuid),
            from: from.map(|day| day.0),
            to: to.map(|day| day.0),
        };
        let page = Arguments { first, after, last, before }.page_of(ctx)?;
        let slice = bills::visible(request.db(), &request.reach, &wanted, &page).await?;
        Ok(connection(slice, Total::default(), BillReconciliation::from))
    }
}
