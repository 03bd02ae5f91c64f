//! Questions about connections to banks.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object};
use entities::ids::ConnectionId;
use entities::{connections, inbox};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::types::connection::BankConnection;
use crate::graphql::types::refused_message::RefusedMessage;

/// Questions about connections to banks.
#[derive(Default)]
pub struct ConnectionQuery;

/// Which refused messages are wanted (điều kiện lọc thông điệp bị từ chối).
#[derive(InputObject, Default)]
pub struct RefusedMessageFilter {
    /// Of this connection only (kết nối).
    connection_id: Option<ID>,
}

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

    /// Messages that were refused and are still kept, newest first, never their content (thông điệp bị từ chối): the last 1,000
    /// of each connection, for seven days. From addresses that a connection does not allow none are kept, only counted.
    async fn refused_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which messages; null means all in reach.")] filter: Option<RefusedMessageFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, RefusedMessage, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("refusedMessages")?;
        let wanted = filter.and_then(|filter| filter.connection_id);
        let id = wanted.map(|id| node_id::expect("Connection", &id)).transpose()?.map(ConnectionId::from_uuid);
        let page = Arguments { first, after, last, before }.page_of(ctx)?;
        let slice = inbox::refused_visible(request.db(), &request.reach, id, &page).await?;
        Ok(connection(slice, Total::default(), RefusedMessage::from))
    }
}
