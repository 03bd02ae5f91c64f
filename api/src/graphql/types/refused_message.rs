//! Messages that were refused and are still kept, never their content.

use async_graphql::{ID, SimpleObject};
use entities::inbox::RefusedNote;

use crate::graphql::node_id;
use crate::graphql::scalars::Moment;

/// A message that was refused and is kept for a while, so that it can be replayed (thông điệp bị từ chối).
#[derive(SimpleObject, Clone, Debug)]
pub struct RefusedMessage {
    /// Global id of the connection that it named (kết nối).
    pub connection_id: ID,
    /// Stable code of the refusal, as `BAD_PROOF` (mã lý do).
    pub code: String,
    /// Bytes of its body (dung lượng); null for one that was refused before this was written down.
    pub bytes: Option<i64>,
    /// The address from which it came (địa chỉ gửi); null for one that was refused before this was written down.
    pub address: Option<String>,
    /// When it came (thời điểm nhận).
    pub received_at: Moment,
}

impl From<RefusedNote> for RefusedMessage {
    fn from(row: RefusedNote) -> Self {
        Self {
            connection_id: node_id::encode("Connection", row.connection.uuid()),
            code: row.reason,
            bytes: row.bytes,
            address: row.address,
            received_at: row.received_at.into(),
        }
    }
}
