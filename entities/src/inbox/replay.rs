//! Parked messages on their second way: read again after the cause was mended, under the ids that they were kept with.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Content, Event, message_place, notice_place};
use crate::bulk;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::{ConnectionId, InboundEventId};
use crate::reach::Reach;
use crate::tables::{inbound_events, inbound_messages};
use crate::time::Timestamp;

/// Parked events read at once, at most.
pub const MAX_REPLAYED_EVENTS: u64 = 500;

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
    /// What it said when it was read here.
    digest: Vec<u8>,
}

/// The place behind an event that was tried, in the order in which they came.
#[derive(Clone, Copy, Debug)]
pub struct Behind(Timestamp, Uuid);

/// The parked events of a connection in reach, oldest first, `MAX_REPLAYED_EVENTS` at most, and the place behind them; none when there
/// are no more. What stays unreadable must not stand in the way of what came later, so whoever tries goes on from there.
///
/// # Errors
/// The database's, or a message that does not open.
pub async fn parked(
    db: &Db,
    reach: &Reach,
    connection: ConnectionId,
    behind: Option<Behind>,
) -> Result<(Vec<Parked>, Option<Behind>), Error> {
    use inbound_events::Column;
    let mut select = inbound_events::Entity::find()
        .filter(Column::ConnectionId.eq(connection.uuid()))
        .filter(Column::Status.eq("PARKED"))
        .filter(reach.of_connection(Column::ConnectionId));
    if let Some(Behind(at, id)) = behind {
        select = select.filter(Column::ReceivedAt.gt(at).or(Column::ReceivedAt.eq(at).and(Column::Id.gt(id))));
    }
    let select = select.order_by_asc(Column::ReceivedAt).order_by_asc(Column::Id).limit(MAX_REPLAYED_EVENTS);
    let events = select.all(db.read()).await?;
    let behind = events.last().map(|event| Behind(event.received_at, event.id));
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
            digest: event.digest,
        });
    }
    Ok((parked, behind))
}

/// Lets a parked event wait for settlement again, with what it says now; none keeps what it said. Says no where it is parked no more,
/// or says something else since: a message of the sender's own may have corrected it.
///
/// # Errors
/// The database's.
pub async fn revive(tx: &Tx, parked: &Parked, read: Option<&Event>) -> Result<bool, Error> {
    use inbound_events::Column;
    let id = parked.event;
    let held = inbound_events::Entity::find_by_id(id.uuid())
        .filter(Column::Status.eq("PARKED"))
        .filter(Column::Digest.eq(parked.digest.clone()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    if held.is_none() {
        return Ok(false);
    }
    let mut columns = vec!["id", "status", "reason", "detail", "attempts", "lease_until"];
    let none: Option<String> = None;
    let mut values =
        vec![id.uuid().into(), "PENDING".into(), none.clone().into(), none.into(), 0_i64.into(), 0_i64.into()];
    if let Some(event) = read {
        let Content::Notice(notice) = &event.content else { return Ok(false) };
        let plain = serde_json::to_vec(notice).map_err(Error::internal)?;
        columns.extend(["event_id", "digest", "notice_sealed"]);
        values.push(event.event_id.as_str().into());
        values.push(event.digest.to_vec().into());
        values.push(tx.vault().seal(notice_place(id.uuid()), &plain)?.into());
    }
    bulk::update(tx, "inbound_events", &columns, vec![values]).await?;
    Ok(true)
}
