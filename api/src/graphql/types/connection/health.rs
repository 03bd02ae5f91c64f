//! How connections fare: all that a reply shows are asked for in one statement.

use std::collections::{BTreeMap, HashMap};

use async_graphql::SimpleObject;
use async_graphql::dataloader::Loader;
use connectors::banks;
use entities::connections::{self, Health};
use entities::ids::ConnectionId;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::scalars::Moment;

/// How a connection fares (tình trạng hoạt động của kết nối). Figures of messages are written down every other second.
#[derive(SimpleObject, Clone, Debug)]
pub struct ConnectionHealth {
    /// When any message last came, taken or not (lần cuối nhận được tín hiệu); null when none ever came.
    pub last_heard_at: Option<Moment>,
    /// When a message was last kept (lần cuối lưu thông điệp); null when none ever was.
    pub last_kept_at: Option<Moment>,
    /// When a message was last not taken (lần cuối từ chối); null when all were.
    pub last_refused_at: Option<Moment>,
    /// Messages kept since midnight in Vietnam, repeats counted again (số thông điệp đã lưu hôm nay).
    pub kept_today: i64,
    /// Messages not taken since midnight in Vietnam (số thông điệp không được nhận hôm nay): refused, too many, or sent while
    /// the connection was paused or the hub could not keep them.
    pub refused_today: i64,
    /// Events that wait to be settled (sự kiện chờ xử lý), counted among the oldest 10,000 that wait in the hub.
    pub waiting: i64,
    /// When the oldest event that waits to be settled came (thời điểm của sự kiện chờ lâu nhất); null when none waits.
    pub oldest_waiting_at: Option<Moment>,
    /// Seconds for which the oldest event has waited to be settled (độ trễ xử lý, giây); 0 when none waits.
    pub lag_seconds: i64,
    /// Events that wait for a person: unreadable, or failing again and again (sự kiện tạm giữ).
    pub parked: i64,
    /// Events whose id had come before with other content (sự kiện cách ly).
    pub quarantined: i64,
    /// The weakest proof that its messages may carry (mức bảo đảm): HIGH, every message is signed; LOW, a key is repeated or
    /// parts are unsigned, so that it needs a second control, as a list of addresses.
    pub assurance: String,
}

/// How this connection fares.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct HealthOf(ConnectionId);

impl Loader<HealthOf> for Ledger {
    type Value = Health;
    type Error = Failed;

    async fn load(&self, keys: &[HealthOf]) -> Result<HashMap<HealthOf, Health>, Failed> {
        let ids: Vec<ConnectionId> = keys.iter().map(|key| key.0).collect();
        let found = connections::health(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, health)| (HealthOf(id), health)).collect())
    }
}

pub(super) async fn of(
    request: &Request,
    id: ConnectionId,
    bank: &str,
    extra: &BTreeMap<String, String>,
) -> Result<ConnectionHealth, Fault> {
    let health = request.loaders.load_one(HealthOf(id)).await?.unwrap_or_default();
    let info = banks::info(bank).map_err(entities::Error::internal)?;
    Ok(ConnectionHealth {
        last_heard_at: health.last_heard_at.map(Into::into),
        last_kept_at: health.last_kept_at.map(Into::into),
        last_refused_at: health.last_refused_at.map(Into::into),
        kept_today: health.kept_today,
        refused_today: health.refused_today,
        waiting: health.waiting,
        oldest_waiting_at: health.oldest_waiting_at.map(Into::into),
        lag_seconds: health.lag_seconds(request.now),
        parked: health.parked,
        quarantined: health.quarantined,
        assurance: info.assurance_with(extra).code().to_owned(),
    })
}
