//! Booking in memory: a notice changes its transaction, and a settled credit finds its invoices or waits for a person.

use uuid::Uuid;

use super::pairing;
use super::receiving::Receiving;
use super::state::{Held, NewCredit, Share, Undone};
use super::twins::is_gone;
use super::world::World;
use crate::error::Error;
use crate::ids::{AllocationId, BankTransactionId, InvoiceId};
use crate::inbox::{Claimed, Direction, Notice, TransactionStatus};
use crate::matching::{Part, ReviewReason};
use crate::money::Vnd;
use crate::tables::{allocations, bank_transactions};
use crate::time::Timestamp;

/// Books one event and names the transaction that it told of.
pub(super) fn book(world: &mut World, event: &Claimed, now: Timestamp) -> Result<BankTransactionId, Error> {
    let receiving = world.receiving(event.connection, &event.notice);
    let key = (event.connection, event.notice.transaction_id.clone());
    let at = match world.held_at.get(&key) {
        Some(at) => *at,
        None => {
            world.held.push(Held::new(unheard(event, &receiving, now)));
            world.held_at.insert(key, world.held.len() - 1);
            world.held.len() - 1
        }
    };
    let held = &mut world.held[at];
    let id = BankTransactionId::from_uuid(held.row.id);
    if contradicts(&held.row, &event.notice) {
        held.deeds.push("bankTransaction.contradicted");
        review(held, ReviewReason::Suspicious);
        return Ok(id);
    }
    let was_gone = is_gone(&held.row);
    let first_settled = event.notice.status == TransactionStatus::Settled && held.row.settled_on.is_none();
    merge(held, event, &receiving, now);
    let status = TransactionStatus::parse(&held.row.status);
    let gone = is_gone(&held.row);
    world.listen(at);
    // Only the settled statement seeks invoices. When it comes after the money is gone, the money is put where it would
    // have been put and taken back at once, so that the sums of every month do not depend on the order.
    if first_settled || (event.notice.status == TransactionStatus::Settled && !gone) {
        settle(world, at, receiving, now)?;
    }
    if gone {
        take_back(world, at, !was_gone, now)?;
    } else if status == Some(TransactionStatus::Suspicious) && !is_settled_by_someone(&world.held[at].row) {
        review(&mut world.held[at], ReviewReason::Suspicious);
    }
    Ok(id)
}

/// A transaction that nobody has told of yet.
fn unheard(event: &Claimed, receiving: &Receiving, now: Timestamp) -> bank_transactions::Model {
    let notice = &event.notice;
    let debit = notice.direction == Direction::Debit;
    bank_transactions::Model {
        id: BankTransactionId::new(now).uuid(),
        connection_id: event.connection.uuid(),
        transaction_id: notice.transaction_id.clone(),
        school_id: receiving.school().map(|school| school.uuid()),
        bank_account_id: receiving.account().map(|account| account.id.uuid()),
        direction: notice.direction.as_str().to_owned(),
        amount: notice.amount.get(),
        status: TransactionStatus::Waiting.as_str().to_owned(),
        status_rank: -1,
        booked_on: notice.booked_on(),
        settled_on: None,
        reversed_on: None,
        refunded_on: None,
        occurred_at: Timestamp::from_micros(notice.occurred_at),
        received_at: event.received_at,
        method: "UNKNOWN".to_owned(),
        method_source: "UNKNOWN".to_owned(),
        assurance: if notice.signed { "HIGH" } else { "LOW" }.to_owned(),
        reference: None,
        content: None,
        payer_name: None,
        payer_name_source: "MISSING".to_owned(),
        bank_reference: None,
        virtual_account_id: receiving.student().map(|(id, _)| id.uuid()),
        review: "NONE".to_owned(),
        review_reason: None,
        nature: if debit { "NO_FEE" } else { "FEE" }.to_owned(),
        allocated_amount: 0,
        credited_amount: 0,
        hand_touched: false,
        same_as: None,
        synthetic: true,
        created_at: now,
        updated_at: now,
    }
}

fn contradicts(row: &bank_transactions::Model, notice: &Notice) -> bool {
    row.amount != notice.amount.get() || row.direction != notice.direction.as_str()
}

/// Merges what a notice says. In whatever order the notices come, the status of the highest rank stays, and the words of one
/// notice stay: the settled one's, or while there is none, those of the highest rank.
fn merge(held: &mut Held, event: &Claimed, receiving: &Receiving, now: Timestamp) {
    let (row, notice) = (&mut held.row, &event.notice);
    let day = notice.booked_on();
    let rises = notice.status.rank() > row.status_rank;
    let speaks = match notice.status {
        TransactionStatus::Settled => true,
        _ => row.settled_on.is_none() && rises,
    };
    match notice.status {
        TransactionStatus::Settled => row.settled_on = row.settled_on.or(Some(day)),
        TransactionStatus::Reversed => row.reversed_on = row.reversed_on.or(Some(day)),
        TransactionStatus::Refunded => row.refunded_on = row.refunded_on.or(Some(day)),
        _ => {}
    }
    if rises {
        row.status_rank = notice.status.rank();
        row.status = notice.status.as_str().to_owned();
        held.deeds.push(deed(notice.status));
    }
    row.updated_at = now;
    if speaks {
        quote(row, notice);
        if held.shares.is_empty() && !held.row.hand_touched && held.row.same_as.is_none() {
            held.row.school_id = receiving.school().map(|school| school.uuid());
            held.row.bank_account_id = receiving.account().map(|account| account.id.uuid());
            held.row.virtual_account_id = receiving.student().map(|(id, _)| id.uuid());
        }
    }
}

/// Takes over the words of a notice. Of a debit nothing is kept but that it happened.
fn quote(row: &mut bank_transactions::Model, notice: &Notice) {
    row.booked_on = row.settled_on.unwrap_or(notice.booked_on());
    row.occurred_at = Timestamp::from_micros(notice.occurred_at);
    row.assurance = if notice.signed { "HIGH" } else { "LOW" }.to_owned();
    if notice.direction == Direction::Debit {
        return;
    }
    row.reference.clone_from(&notice.reference);
    row.content.clone_from(&notice.content);
    row.payer_name.clone_from(&notice.payer_name);
    row.payer_name_source = if notice.payer_name.is_some() { "BANK" } else { "MISSING" }.to_owned();
    row.bank_reference.clone_from(&notice.bank_reference);
    let (method, source) = notice.method.as_deref().map_or(("UNKNOWN", "UNKNOWN"), |method| (method, "BANK_STATED"));
    row.method = method.to_owned();
    row.method_source = source.to_owned();
}

const fn deed(status: TransactionStatus) -> &'static str {
    match status {
        TransactionStatus::Waiting => "bankTransaction.waiting",
        TransactionStatus::Failed => "bankTransaction.failed",
        TransactionStatus::Suspicious => "bankTransaction.suspicious",
        TransactionStatus::Settled => "bankTransaction.settled",
        TransactionStatus::Reversed => "bankTransaction.reversed",
        TransactionStatus::Refunded => "bankTransaction.refunded",
    }
}

/// Whether the robot has nothing more to decide: the money lies somewhere, or a person has decided.
fn is_settled_by_someone(row: &bank_transactions::Model) -> bool {
    row.hand_touched || row.review == "RESOLVED" || row.allocated_amount > 0
}

/// Lets a settled credit find its invoices. What a person has touched the robot leaves alone.
fn settle(world: &mut World, at: usize, receiving: Receiving, now: Timestamp) -> Result<(), Error> {
    let row = &world.held[at].row;
    if is_settled_by_someone(row) || row.same_as.is_some() || row.direction == Direction::Debit.as_str() {
        return Ok(());
    }
    if let Receiving::Elsewhere(reason, _) = receiving {
        review(&mut world.held[at], reason);
        return Ok(());
    }
    pairing::settle(world, at, now)
}

/// Who books, and why: the hub itself, or a person with a reason.
#[derive(Clone, Copy)]
pub(crate) struct By<'b> {
    pub(crate) actor: &'b str,
    pub(crate) reason: Option<&'b str>,
}

/// Puts money on invoices; the surplus becomes credit of the first invoice's student, within its fund.
pub(crate) fn allocate(
    world: &mut World,
    at: usize,
    parts: &[Part],
    surplus: Vnd,
    by: By<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let held = &mut world.held[at];
    for part in parts {
        let balance =
            world.balances.get_mut(part.index).ok_or_else(|| Error::internal("an allocation names no invoice"))?;
        let filled = balance.fill(part.amount)?;
        world.changed.insert(part.index);
        held.row.allocated_amount += part.amount.get();
        let row = allocations::Model {
            id: AllocationId::new(now).uuid(),
            school_id: balance.invoice.school.uuid(),
            bank_transaction_id: Some(held.row.id),
            cash_payment_id: None,
            invoice_id: balance.invoice.id.uuid(),
            amount: part.amount.get(),
            origin: if by.reason.is_some() { "HAND" } else { "ROBOT" }.to_owned(),
            reason: by.reason.map(ToOwned::to_owned),
            actor: by.actor.to_owned(),
            created_at: now,
            undone_at: None,
            undone_by: None,
            undone_cause: None,
            undo_reason: None,
            client_id: balance.invoice.client.map(|client| client.uuid()),
            invoice_code: balance.invoice.code.as_str().to_owned(),
        };
        held.shares.push(Share { row, filled, is_new: true, changed: false });
    }
    if let (true, Some(first)) = (surplus.is_positive(), parts.first()) {
        let invoice = &world.balances[first.index].invoice;
        held.row.credited_amount += surplus.get();
        held.credits.push(NewCredit {
            student: invoice.student,
            fund: invoice.fund.code().to_owned(),
            amount: surplus,
            undone: false,
        });
    }
    held.row.review = if by.reason.is_some() { "RESOLVED" } else { "NONE" }.to_owned();
    held.row.review_reason = None;
    held.row.updated_at = now;
    held.deeds.push("bankTransaction.allocated");
    Ok(())
}

/// The bank took the money back: everything that it paid is open again. Where two senders told of the money and one says that it
/// is gone, a person looks at what the other says still stands. Once nobody says so, what asked whether it is the same money goes on.
fn take_back(world: &mut World, at: usize, falls: bool, now: Timestamp) -> Result<(), Error> {
    undo(world, at, Undone::Reversal, By { actor: "hub", reason: None }, now)?;
    let row = &mut world.held[at].row;
    row.review = "NONE".to_owned();
    row.review_reason = None;
    let (id, counts) = (row.id, row.same_as);
    if !falls {
        // Said once more, it asks nobody again what a person may have decided.
        return Ok(());
    }
    world.held.iter_mut().filter(|held| held.row.same_as == Some(id)).for_each(|held| doubt(held, now));
    if let Some(counts) = counts {
        doubt_counting(world, counts, now)?;
    }
    pairing::let_go(world, counts.unwrap_or(id), now)
}

/// Lets a person look at the credit that counts for one that is gone.
pub(super) fn doubt_counting(world: &mut World, counts: Uuid, now: Timestamp) -> Result<(), Error> {
    let held = world.held.iter_mut().find(|held| held.row.id == counts);
    doubt(held.ok_or_else(|| Error::internal("the credit that counts for another was not read"))?, now);
    Ok(())
}

/// Lets a person look at a credit of which one sender says that it stands, and another that it does not.
pub(super) fn doubt(held: &mut Held, now: Timestamp) {
    if held.row.status == TransactionStatus::Settled.as_str() {
        held.deeds.push("bankTransaction.contradicted");
        held.row.updated_at = now;
        review(held, ReviewReason::Suspicious);
    }
}

/// Undoes every allocation and credit of a transaction that stands.
pub(crate) fn undo(world: &mut World, at: usize, cause: Undone, by: By<'_>, now: Timestamp) -> Result<(), Error> {
    let held = &mut world.held[at];
    for share in held.shares.iter_mut().filter(|share| share.row.undone_at.is_none()) {
        let place = world.balance_at.get(&InvoiceId::from_uuid(share.row.invoice_id)).copied();
        let place = place.ok_or_else(|| Error::internal("an allocated invoice was not read"))?;
        world.balances[place].drain(&share.filled)?;
        world.changed.insert(place);
        share.row.undone_at = Some(now);
        share.row.undone_by = Some(by.actor.to_owned());
        share.row.undone_cause = Some(cause.as_str().to_owned());
        share.row.undo_reason = by.reason.map(ToOwned::to_owned);
        share.changed = true;
    }
    if held.row.allocated_amount > 0 || held.row.credited_amount > 0 {
        held.deeds.push("bankTransaction.unallocated");
    }
    held.credits_undone |= held.row.credited_amount > 0;
    held.credits.iter_mut().for_each(|credit| credit.undone = true);
    held.row.allocated_amount = 0;
    held.row.credited_amount = 0;
    held.row.updated_at = now;
    Ok(())
}

/// Lets a credit wait for a person. Debits wait for nobody.
pub(crate) fn review(held: &mut Held, reason: ReviewReason) {
    if held.row.direction == Direction::Debit.as_str() {
        return;
    }
    held.row.review = "WAITING".to_owned();
    held.row.review_reason = Some(reason.code().to_owned());
}
