//! How far senders were asked what they know.

use std::collections::HashMap;

use async_graphql::SimpleObject;
use async_graphql::dataloader::Loader;
use entities::connections;
use entities::ids::ConnectionId;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::scalars::Moment;

/// How far a sender was asked what it knows (đối chiếu chủ động). What it tells and no message had told is in `inboundEvents` with
/// `listed: true`.
#[derive(SimpleObject, Clone, Debug)]
pub struct ConnectionListing {
    /// The moment up to which it was asked (đã hỏi đến thời điểm); null while it never answered.
    pub asked_until: Option<Moment>,
    /// When it last answered (lần trả lời cuối); null while it never did.
    pub asked_at: Option<Moment>,
    /// When it last failed to answer, since it last answered (lần lỗi cuối); null when it answered last.
    pub failed_at: Option<Moment>,
    /// Stable code of that failure (mã lỗi), as `NOT_ALLOWED` or `NO_ANSWER`; null when it answered last.
    pub failure: Option<String>,
}

/// How far a connection's sender was asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ListingOf(ConnectionId);

impl Loader<ListingOf> for Ledger {
    type Value = connections::Listing;
    type Error = Failed;

    async fn load(&self, keys: &[ListingOf]) -> Result<HashMap<ListingOf, Self::Value>, Failed> {
        let ids: Vec<ConnectionId> = keys.iter().map(|key| key.0).collect();
        let found = connections::listings_of(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, listing)| (ListingOf(id), listing)).collect())
    }
}

pub(super) async fn of(request: &Request, id: ConnectionId) -> Result<Option<ConnectionListing>, Fault> {
    let found = request.loaders.load_one(ListingOf(id)).await?;
    Ok(found.map(|listing| ConnectionListing {
        asked_until: listing.asked_until.map(Into::into),
        asked_at: listing.asked_at.map(Into::into),
        failed_at: listing.failed_at.map(Into::into),
        failure: listing.failure,
    }))
}
