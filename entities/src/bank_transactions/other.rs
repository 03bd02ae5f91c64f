//! What a person says of money that was taken for another sender's, or may be it: that it is other money.

use super::by_hand::{Nature, in_reach, leaves_ledger, missing, reasoned};
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::BankTransactionId;
use crate::inbox::TransactionStatus;
use crate::matching::ReviewReason;
use crate::reach::Reach;
use crate::settle::{self, Undone, World};
use crate::time::Timestamp;

/// Says that a credit is no other's money: one that waits with `POSSIBLE_DUPLICATE`, or that counts through another. It counts
/// from now on and seeks its invoices by the usual rules, and the robot never again takes it for what is known by now. Said
/// once more, it changes nothing.
///
/// # Errors
/// `NOT_FOUND`, `REASON_NEEDED`, `NOT_IN_QUESTION`.
pub async fn mark_other(
    tx: &Tx,
    reach: &Reach,
    id: BankTransactionId,
    (actor, reason): (&str, &str),
    now: Timestamp,
) -> Result<(), Error> {
    tx.kind().allow_personal_data()?;
    reasoned(reason)?;
    in_reach(tx, reach, id).await?;
    let mut world = World::of_credit(tx, id).await?.ok_or_else(missing)?;
    let row = &mut world.held[0].row;
    let waits = row.review_reason.as_deref() == Some(ReviewReason::PossibleDuplicate.code());
    let counted = row.same_as.take();
    if counted.is_none() && !waits {
        return if settle::is_told_apart(tx, id.uuid()).await? { Ok(()) } else { Err(not_in_question()) };
    }
    let mut others = settle::lookalikes(tx, row).await?;
    others.extend(counted);
    settle::tell_apart(tx, id.uuid(), &others).await?;
    // The one that counted is told of by one sender less.
    for held in world.held.iter_mut().filter(|held| held.row.id == id.uuid() || Some(held.row.id) == counted) {
        held.row.updated_at = now;
        held.deeds.push("bankTransaction.otherMoney");
    }
    go_on(&mut world, now)?;
    settle::write(tx, world, actor, now).await
}

fn not_in_question() -> Error {
    let (en, vi) = (
        "Nobody takes this money for another's: it neither waits with POSSIBLE_DUPLICATE nor counts through another.",
        "Khoản tiền này không bị coi là trùng: không chờ vì có thể trùng, cũng không được tính qua giao dịch khác.",
    );
    Refusal::new("NOT_IN_QUESTION", en, vi).into()
}

/// Where a credit goes on that counts by itself. What a person decided of it before stands.
fn go_on(world: &mut World, now: Timestamp) -> Result<(), Error> {
    let held = &mut world.held[0];
    let by_hand = Some(Undone::Hand.as_str());
    let taken_off = held.shares.iter().any(|share| share.row.undone_cause.as_deref() == by_hand);
    held.row.review_reason = None;
    if leaves_ledger(&held.row.nature) {
        held.row.review = "RESOLVED".to_owned();
    } else if held.row.status != TransactionStatus::Settled.as_str() {
        // It has nothing to be put on invoices, now or yet; when it settles the robot books it.
        held.row.review = "NONE".to_owned();
        held.row.hand_touched = false;
    } else if taken_off || held.row.nature != Nature::Fee.as_str() {
        settle::review(held, ReviewReason::AllocationUndone);
    } else {
        held.row.hand_touched = false;
        settle::seek(world, 0, now)?;
        let row = &mut world.held[0].row;
        if row.allocated_amount > 0 {
            row.review = "RESOLVED".to_owned();
        }
    }
    Ok(())
}
