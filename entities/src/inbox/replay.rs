//! Parked messages on their second way: read again after the cause was mended, under the ids that they were kept with.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Content, Event, message_place, notice_place};
use crate::bulk;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::{ConnectionId, InboundEventId};
use crate::reach::Reach;
use crate::tables::{inbound_events, inbound_messages};
use crate::time::Timestamp;

/// Parked events read again at once, at most.
const MAX_REPLAYED_EVENTS: u64 = 500;

/// A parked event with the message that it came in.
#[derive(Clone, Debug)]
pub struct Parked {
    /// The event.
    pub event: InboundEventId,
    /// The id that it was kept with.
    pub event_id: String,
    /// The connection through which it came.
    pub connection: ConnectionId,
    /// The request as it came.
    pub raw: Vec<u8>,
    /// When it came: signatures are proven as of then.
    pub received_at: Timestamp,
    /// Whether it could be read and failed later; it needs no new reading.
    pub was_readable: bool,
}

/// The parked events of a connection in reach, oldest first.
///
/// # Errors
/// The database's, or a message that does not open.
pub async fn parked(db: &Db, reach: &Reach, connection: ConnectionId) -> Result<Vec<Parked>, Error> {
    use inbound_events::Column;
    let events = inbound_events::Entity::find()
        .filter(Column::ConnectionId.eq(connection.uuid()))
        .filter(Column::Status.eq("PARKED"))
        .filter(reach.of_connection(Column::ConnectionId))
        .order_by_asc(Column::ReceivedAt)
        .limit(MAX_REPLAYED_EVENTS)
        .all(db.read())
        .await?;
    let ids = events.iter().map(|event| event.message_id);
    let messages =
        inbound_messages::Entity::find().filter(inbound_messages::Column::Id.is_in(ids)).all(db.read()).await?;
    let mut parked = Vec::with_capacity(events.len());
    for event in events {
        let sealed =
            messages.iter().find(|message| message.id == event.message_id).and_then(|message| message.sealed.as_ref());
        let Some(sealed) = sealed else { continue };
        parked.push(Parked {
            event: InboundEventId::from_uuid(event.id),
            event_id: event.event_id,
            connection,
            raw: db.vault().open(message_place(event.message_id), sealed)?,
            received_at: event.received_at,
            was_readable: event.reason.as_deref() == Some("SETTLEMENT_FAILED"),
        });
    }
    Ok(parked)
}

/// Lets a parked event wait for settlement again, with what it says now; none keeps what it said.
///
/// # Errors
/// The database's.
pub async fn revive(tx: &Tx, id: InboundEventId, read: Option<&Event>) -> Result<(), Error> {
    let mut columns = vec!["id", "status", "reason", "detail", "attempts", "lease_until"];
    let none: Option<String> = None;
    let mut values =
        vec![id.uuid().into(), "PENDING".into(), none.clone().into(), none.into(), 0_i64.into(), 0_i64.into()];
    if let Some(event) = read {
        let Content::Notice(notice) = &event.content else { return Ok(()) };
        let plain = serde_json::to_vec(notice).map_err(Error::internal)?;
        columns.extend(["event_id", "digest", "notice_sealed"]);
        values.push(event.event_id.as_str().into());
        values.push(event.digest.to_vec().into());
        values.push(tx.vault().seal(notice_place(id.uuid()), &plain)?.into());
    }
    bulk::update(tx, "inbound_events", &columns, vec![values]).await
}
