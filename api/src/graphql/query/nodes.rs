//! Things by their global ids.

use async_graphql::{Context, ID, Object};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::types::node::{self, Node};

/// Ids asked for at once at most: a page.
const MAX_IDS: usize = 200;

/// Questions by global id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing with this global id (đối tượng theo mã). Null when it does not exist or lies outside the reach.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The global id.")] id: ID) -> Result<Option<Node>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("node")?;
        node::find(request, &id).await
    }

    /// The things with these global ids, in their order (nhiều đối tượng theo mã). Null in the place of each that does
    /// not exist or lies outside the reach.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids, 200 at most.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("nodes")?;
        if ids.len() > MAX_IDS {
            return Err(Fault::refused(
                "TOO_MANY_IDS",
                format!("Ask for {MAX_IDS} ids at most."),
                format!("Chỉ được hỏi tối đa {MAX_IDS} mã."),
            ));
        }
        futures_util::future::try_join_all(ids.iter().map(|id| node::find(request, id))).await
    }
}
