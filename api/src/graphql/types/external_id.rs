//! The vendors' own ids of things.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{ID, SimpleObject};
use entities::external_ids;
use uuid::Uuid;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;

/// A vendor's own id of a thing (mã riêng của ứng dụng), unique per client, school and type.
#[derive(SimpleObject)]
pub struct ExternalId {
    /// Global id of the client whose id it is (ứng dụng).
    pub client: ID,
    /// The id as the client gave it (mã riêng).
    pub id: String,
}

/// The external ids of a thing.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ExternalIdsOf(Uuid);

impl ExternalId {
    /// The external ids of a thing that was read within the reach.
    pub(super) async fn of(request: &Request, node: Uuid) -> Result<Vec<Self>, Fault> {
        let found = request.loaders.load_one(ExternalIdsOf(node)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Self::from).collect())
    }
}

impl From<external_ids::ExternalId> for ExternalId {
    fn from(external: external_ids::ExternalId) -> Self {
        Self { client: node_id::encode("Client", external.client.uuid()), id: external.id }
    }
}

impl Loader<ExternalIdsOf> for Ledger {
    type Value = Vec<external_ids::ExternalId>;
    type Error = Failed;

    async fn load(&self, keys: &[ExternalIdsOf]) -> Result<HashMap<ExternalIdsOf, Self::Value>, Failed> {
        let nodes: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = external_ids::of_nodes(&self.db, &self.reach, &nodes).await?;
        Ok(found.into_iter().map(|(node, ids)| (ExternalIdsOf(node), ids)).collect())
    }
}
