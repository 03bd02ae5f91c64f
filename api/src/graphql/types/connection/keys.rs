//! The keys of connections, never their content.

use std::collections::HashMap;

use async_graphql::SimpleObject;
use async_graphql::dataloader::Loader;
use entities::connections;
use entities::ids::ConnectionId;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::scalars::Moment;

/// A key of a connection, without its content (khóa của kết nối).
#[derive(SimpleObject, Clone, Debug)]
pub struct ConnectionKey {
    /// When it was made (thời điểm tạo).
    pub created_at: Moment,
    /// From when on it proves nothing any more (thời điểm hết hiệu lực); null while no end is set.
    pub valid_until: Option<Moment>,
    /// When it last proved a message, to a minute (lần cuối được dùng); null when it never did. An old key that is used no
    /// more can be ended.
    pub last_used_at: Option<Moment>,
}

/// The keys of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KeysOf(ConnectionId);

impl Loader<KeysOf> for Ledger {
    type Value = Vec<connections::ConnectionKey>;
    type Error = Failed;

    async fn load(&self, keys: &[KeysOf]) -> Result<HashMap<KeysOf, Self::Value>, Failed> {
        let ids: Vec<ConnectionId> = keys.iter().map(|key| key.0).collect();
        let found = connections::keys_of(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, keys)| (KeysOf(id), keys)).collect())
    }
}

pub(super) async fn of(request: &Request, id: ConnectionId) -> Result<Vec<ConnectionKey>, Fault> {
    let found = request.loaders.load_one(KeysOf(id)).await?.unwrap_or_default();
    let shown = |key: connections::ConnectionKey| ConnectionKey {
        created_at: key.created_at.into(),
        valid_until: key.valid_until.map(Into::into),
        last_used_at: key.last_used_at.map(Into::into),
    };
    Ok(found.into_iter().map(shown).collect())
}
