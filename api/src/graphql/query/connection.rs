//! Questions about connections to banks.

use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
use entities::connections;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::types::connection::BankConnection;

/// Questions about connections to banks.
#[derive(Default)]
pub struct ConnectionQuery;

#[Object]
impl ConnectionQuery {
    /// Connections to banks and intermediaries (kết nối) by name: a bank's own, those that speak for a school's accounts
    /// and for no other school's, all for an operator of the hub.
    async fn connections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Connections wanted from the front, 1 to 200.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Connections wanted from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, BankConnection, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("connections")?;
        let page = Arguments { first, after, last, before }.page()?;
        let slice = connections::visible(request.db(), &request.reach, &page).await?;
        Ok(connection(slice, Total::default(), |row| BankConnection::of(request, row)))
    }
}
