//! What operators of the hub do about senders that can be asked.

use async_graphql::{Context, ID, InputObject, Object};

use super::connection::{ConnectionPayload, connection, kept};
use crate::flows::care;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;

/// Senders that can be asked.
#[derive(Default)]
pub struct ListingMutation;

#[Object]
impl ListingMutation {
    /// Lets the hub ask a sender what it knows, on a schedule (đối chiếu chủ động): what no message had told is found within
    /// minutes. A sender that lists nothing is asked about each order that waits. The key for questions is never shown again.
    async fn set_connection_listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sender is to be asked, and with which key.")] input: SetConnectionListingInput,
    ) -> Result<ConnectionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("setConnectionListing")?;
        let id = connection(&input.connection_id)?;
        let (token, url) = (input.token.as_str(), input.url.as_deref());
        kept(request, care::set_listing(request.db(), &request.reach, id, token, url, request.now).await)
    }

    /// Asks a sender no more (dừng đối chiếu chủ động), and forgets the key for questions.
    async fn remove_connection_listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose sender is not to be asked any more.")] input: RemoveConnectionListingInput,
    ) -> Result<ConnectionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("removeConnectionListing")?;
        let id = connection(&input.connection_id)?;
        kept(request, care::drop_listing(request.db(), &request.reach, id, request.now).await)
    }
}

/// A sender that is not to be asked any more (dừng đối chiếu chủ động).
#[derive(InputObject)]
pub struct RemoveConnectionListingInput {
    /// The connection's global id (kết nối).
    connection_id: ID,
}

/// A sender that is to be asked (đối chiếu chủ động).
#[derive(InputObject)]
pub struct SetConnectionListingInput {
    /// The connection's global id (kết nối).
    connection_id: ID,
    /// The key of the sender's interface for questions (khóa API). It is not the one of its messages, but for MoMo, where it is the
    /// secret key once more; ZaloPay's is `key1`, payOS's the client id, a colon and the API key.
    token: String,
    /// Where the interface is (địa chỉ giao diện), with https and without a slash at the end; null means where the sender's
    /// documentation says.
    url: Option<String>,
}
