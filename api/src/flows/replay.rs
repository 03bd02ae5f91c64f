//! Replaying what a connection's sender sent in vain: parked messages after the connector learned to read them, refused ones
//! after our own wrong secret was corrected. Signatures are proven as of the moment when the message came.

use connectors::banks::Opened;
use connectors::inbound::Inbound;
use entities::ids::{ConnectionId, RefusedMessageId};
use entities::inbox::{self, Content, Event, Message, Parked};
use entities::reach::Reach;
use entities::time::Timestamp;
use entities::{Db, Error, transaction};

use super::desk::{self, Desk};
use super::receive::{Raw, WHOLE_BY_CONTENT, event, several};

/// Which messages are replayed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kinds {
    /// Those that were proven, and could not be read or settled.
    pub parked: bool,
    /// Those that were refused and are still kept.
    pub refused: bool,
}

impl Kinds {
    /// All of them.
    pub const ALL: Self = Self { parked: true, refused: true };
}

/// What a replay did.
#[derive(Clone, Copy, Default, Debug)]
pub struct Replayed {
    /// Messages that are on their way to settlement now.
    pub revived: u32,
    /// Messages that still cannot be proven or read; they stay where they were.
    pub left: u32,
}

/// Replays parked and refused messages of a connection in reach, by its keys as they are now; none when there is no such
/// connection. The settling worker takes what it revives within a second.
///
/// # Errors
/// The database's.
pub async fn replay(
    db: &Db,
    reach: &Reach,
    id: ConnectionId,
    kinds: Kinds,
    now: Timestamp,
) -> Result<Option<Replayed>, Error> {
    let seen = entities::connections::by_ids(db, reach, &[id]).await?;
    let desk = desk::fresh(db, id, now).await?;
    let (Some(desk), false) = (desk, seen.is_empty()) else { return Ok(None) };
    let mut replayed = Replayed::default();
    if kinds.parked {
        replay_parked(db, reach, (id, &desk), &mut replayed).await?;
    }
    let refused = if kinds.refused { inbox::refused_of(db, id).await? } else { Vec::new() };
    for refused in refused {
        let revived = match read(&desk, &refused.raw, refused.received_at) {
            Some(events) => {
                keep(db, refused.id, Message { connection: id, raw: refused.raw, received_at: now, events }).await?
            }
            None => false,
        };
        replayed.count(revived);
    }
    Ok(Some(replayed))
}

impl Replayed {
    fn count(&mut self, revived: bool) {
        if revived {
            self.revived += 1;
        } else {
            self.left += 1;
        }
    }
}

/// Tries parked events, the oldest first, until enough are on their way or none is left: those that stay unreadable block nobody.
async fn replay_parked(
    db: &Db,
    reach: &Reach,
    (id, desk): (ConnectionId, &Desk),
    replayed: &mut Replayed,
) -> Result<(), Error> {
    let mut behind = None;
    loop {
        let (some, next) = inbox::parked(db, reach, id, behind).await?;
        for parked in &some {
            let revived = if parked.was_readable {
                revive(db, parked, None).await?
            } else {
                match read(desk, &parked.raw, parked.received_at) {
                    Some(events) => again(db, parked, events).await?,
                    None => false,
                }
            };
            replayed.count(revived);
        }
        behind = next;
        if behind.is_none() || u64::from(replayed.revived) >= inbox::MAX_REPLAYED_EVENTS {
            return Ok(());
        }
    }
}

/// Revives a parked event by what its message says now. One of several transactions is found by its id; a message that was parked
/// as a whole has the first that can be read in its place, and the others are kept beside it under their own ids. These come first:
/// whoever is interrupted in between does it again, and what is kept is kept once.
async fn again(db: &Db, parked: &Parked, mut events: Vec<Event>) -> Result<bool, Error> {
    let is_readable = |event: &Event| matches!(event.content, Content::Notice(_));
    let own = events.iter().position(|event| event.event_id == parked.event_id);
    if let Some(own) = own.or((events.len() == 1).then_some(0)).and_then(|own| events.get(own)) {
        return if is_readable(own) { revive(db, parked, Some(own)).await } else { Ok(false) };
    }
    let Some(first) = events.iter().position(is_readable).filter(|_| parked.event_id.starts_with(WHOLE_BY_CONTENT))
    else {
        return Ok(false);
    };
    let first = events.remove(first);
    let rest =
        Message { connection: parked.connection, raw: parked.raw.clone(), received_at: parked.received_at, events };
    for kept in inbox::keep(db, &[rest]).await {
        kept?;
    }
    revive(db, parked, Some(&first)).await
}

async fn revive(db: &Db, parked: &Parked, read: Option<&Event>) -> Result<bool, Error> {
    transaction!(db, |tx| inbox::revive(tx, parked, read).await)
}

async fn keep(db: &Db, id: RefusedMessageId, message: Message) -> Result<bool, Error> {
    for kept in inbox::keep(db, &[message]).await {
        kept?;
    }
    transaction!(db, |tx| inbox::drop_refused(tx, &[id]).await)?;
    Ok(true)
}

/// What a kept request says when it is proven as of `received_at`; none when it still cannot be proven, or nothing of it be read.
fn read(desk: &Desk, raw: &[u8], received_at: Timestamp) -> Option<Vec<Event>> {
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = (raw.get(..end)?, raw.get(end + 4..)?);
    let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let request = std::str::from_utf8(lines.next()?).ok()?;
    let (method, target) = request.split_once(' ')?;
    let (tail, query) = target.split_once('?')?;
    let header = |line: &'_ [u8]| -> Option<(String, Vec<u8>)> {
        let at = line.windows(2).position(|two| two == b": ")?;
        Some((String::from_utf8(line.get(..at)?.to_vec()).ok()?, line.get(at + 2..)?.to_vec()))
    };
    let headers: Vec<(String, Vec<u8>)> = lines.filter_map(header).collect();
    let pairs: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let raw = Raw { method, tail, query, headers: &pairs, body };
    let inbound = Inbound::new(raw.method, raw.tail, raw.query, raw.headers, raw.body);
    let events: Vec<Event> = match desk.bank.open(&inbound, received_at.micros()) {
        Ok(Opened::Notices(notices)) => notices.into_iter().map(|notice| event(notice, received_at)).collect(),
        Ok(Opened::Several { notices, unreadable }) => several(notices, &unreadable, raw, received_at),
        _ => return None,
    };
    events.iter().any(|event| matches!(event.content, Content::Notice(_))).then_some(events)
}
