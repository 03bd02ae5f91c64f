//! Settlement: what banks said becomes bank transactions, allocations and sums, one transaction per batch.
//!
//! A batch reads its world in a handful of statements (`world`), decides in memory (`book`), and writes what came of it
//! in a handful more (`write`). Money is never guessed: what is not sure waits for a person with a reason.

mod apart;
mod book;
mod contribution;
mod known;
mod pairing;
mod receiving;
mod saying;
mod seek;
mod state;
mod twins;
mod words;
mod world;
mod write;

use crate::db::Db;
use crate::error::Error;
use crate::ids::InboundEventId;
use crate::inbox;
use crate::time::Timestamp;

pub(crate) use apart::{is_told_apart, put_together, tell_apart};
pub(crate) use book::{By, allocate, review, undo};
pub(crate) use contribution::contribution;
pub(crate) use seek::seek;
pub(crate) use state::{Share, Undone};
pub(crate) use twins::{lookalikes, told};
pub(crate) use words::Words;
pub(crate) use world::World;
pub(crate) use write::write;

/// Settles the oldest events that are due, at most `limit`, and says how many there were.
///
/// A batch that fails is halved; an event that fails alone is tried again later and in the end parked with its cause.
///
/// # Errors
/// [`Error::Unavailable`] when the database is away; nothing is lost, the events wait.
pub async fn settle_due(db: &Db, limit: u64, now: Timestamp) -> Result<usize, Error> {
    let due = inbox::due(db, limit, now).await?;
    let mut groups: Vec<&[InboundEventId]> = if due.is_empty() { Vec::new() } else { vec![&due] };
    while let Some(group) = groups.pop() {
        match settle_group(db, group, now).await {
            Ok(()) => {}
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(error) => match group {
                [id] => {
                    tracing::error!(event = %id, cause = %error, "an event could not be settled");
                    crate::transaction!(db, |tx| inbox::postpone(tx, *id, &error, now).await)?;
                }
                _ => {
                    let (front, back) = group.split_at(group.len() / 2);
                    groups.push(back);
                    groups.push(front);
                }
            },
        }
    }
    Ok(due.len())
}

async fn settle_group(db: &Db, ids: &[InboundEventId], now: Timestamp) -> Result<(), Error> {
    crate::transaction!(db, |tx| {
        let events = inbox::claim(tx, ids).await?;
        if events.is_empty() {
            return Ok(());
        }
        let mut world = World::read(tx, &events).await?;
        let mut done = Vec::with_capacity(events.len());
        for event in &events {
            done.push((event.id, book::book(&mut world, event, now)?));
        }
        world.drop_untouched();
        write(tx, world, "hub", now).await?;
        inbox::finish(tx, done, now).await
    })
}
