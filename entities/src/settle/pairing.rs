//! Settling a credit of an account of which several senders tell. In whatever order they tell of the same payments, what has the
//! bank's reference in common is booked once, and of what only looks alike never more than one sender alone told of. How much of
//! that waits for a person depends on who speaks first.

use uuid::Uuid;

use super::book::{doubt, doubt_counting, review};
use super::seek;
use super::twins::{is_doubted, is_free, is_gone};
use super::world::World;
use crate::error::Error;
use crate::inbox::TransactionStatus;
use crate::matching::{Decision, ReviewReason};
use crate::time::Timestamp;

/// Settles a credit that lies in an account of its connection.
pub(super) fn settle(world: &mut World, at: usize, now: Timestamp) -> Result<(), Error> {
    match world.twin(at) {
        Some(twin) => pair(world, at, twin, now),
        None => seek_or_ask(world, at, now),
    }
}

/// Lets a credit seek its invoices, or wait where it may be money that lies on invoices already.
fn seek_or_ask(world: &mut World, at: usize, now: Timestamp) -> Result<(), Error> {
    let decision = seek::decision(world, at);
    if matches!(decision, Decision::Allocate { .. }) && world.in_question(at) {
        review(&mut world.held[at], ReviewReason::PossibleDuplicate);
        return Ok(());
    }
    seek::obey(world, at, decision, now)
}

/// A credit that counts is gone, and so is what counts through it, as every sender says: what asked whether it is the same money
/// asks no more, where it may be nothing else either. It seeks its invoices like one that is heard now.
pub(super) fn let_go(world: &mut World, credit: Uuid, now: Timestamp) -> Result<(), Error> {
    if !world.is_wholly_gone(credit) {
        return Ok(());
    }
    for place in world.asking_because_of(credit) {
        // The one before may lie now where this one would be put.
        if !world.in_question(place) {
            let held = &mut world.held[place];
            held.deeds.push("bankTransaction.questionWithdrawn");
            held.row.updated_at = now;
            held.row.review = "NONE".to_owned();
            held.row.review_reason = None;
            seek::seek(world, place, now)?;
        }
    }
    Ok(())
}

/// Two credits are the same money. The one that was heard first counts, unless only the later one finds its invoices.
fn pair(world: &mut World, at: usize, twin: Uuid, now: Timestamp) -> Result<(), Error> {
    let finds = |at: usize| matches!(seek::decision(world, at), Decision::Allocate { .. });
    let waits = |place: &usize| {
        let row = &world.held[*place].row;
        row.id == twin && is_free(row) && !world.counts_for_others(twin)
    };
    let turns = world.held[at].row.status == TransactionStatus::Settled.as_str();
    let first = (0..world.held.len()).find(waits).filter(|place| turns && finds(at) && !finds(*place));
    let id = world.held[at].row.id;
    let (counts, other) = first.map_or((twin, at), |place| (id, place));
    let waiting = world.waiting_for(counts, world.held[other].row.connection_id);
    world.count_through(other, counts);
    let has_gone = world.has_gone(counts);
    let held = &mut world.held[other];
    held.deeds.push("bankTransaction.sameMoney");
    held.row.updated_at = now;
    if !is_doubted(&held.row) {
        held.row.review = "NONE".to_owned();
        held.row.review_reason = None;
    }
    if has_gone {
        doubt(held, now);
    }
    if is_gone(&held.row) {
        doubt_counting(world, counts, now)?;
    }
    if first.is_some() {
        return seek_or_ask(world, at, now);
    }
    // One sender tells of money once: what waited as a possible duplicate of money that has found its twin goes on.
    for place in waiting {
        if place != at && !world.in_question(place) {
            world.held[place].row.updated_at = now;
            seek::seek(world, place, now)?;
        }
    }
    Ok(())
}
