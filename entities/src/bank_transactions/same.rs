//! What a person says of money that two senders told of: that it is the same.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::by_hand::{reasoned, world_in_reach};
use super::within;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::BankTransactionId;
use crate::reach::Reach;
use crate::settle;
use crate::tables::bank_transactions::{Column, Entity, Model};
use crate::time::Timestamp;

/// Says that a credit is the same money as another, which counts. Nothing of the first may lie on invoices, and nothing may count
/// through it.
///
/// # Errors
/// `NOT_FOUND`, `REASON_NEEDED`, `ALLOCATED`, `NOT_SAME_MONEY`, `COUNTS_FOR_OTHERS`.
pub async fn mark_same(
    tx: &Tx,
    reach: &Reach,
    id: BankTransactionId,
    other: BankTransactionId,
    (actor, reason): (&str, &str),
    now: Timestamp,
) -> Result<(), Error> {
    tx.kind().allow_personal_data()?;
    reasoned(reason)?;
    let mut world = world_in_reach(tx, reach, id, &[]).await?;
    // Under the lock of the school that both belong to, or they are not the same.
    let found = Entity::find_by_id(other.uuid()).filter(within(reach)).one(tx.conn()).await?;
    let counts = found.ok_or_else(|| Refusal::not_found("BankTransaction").at("sameAsId"))?;
    if Entity::find().filter(Column::SameAs.eq(id.uuid())).one(tx.conn()).await?.is_some() {
        let (en, vi) = (
            "Another sender's money counts through this one; say first that it is other money.",
            "Khoản tiền do bên khác báo đang được tính qua giao dịch này; hãy đánh dấu đó là khoản tiền khác trước.",
        );
        return Err(Refusal::new("COUNTS_FOR_OTHERS", en, vi).into());
    }
    let held = &mut world.held[0];
    if held.row.allocated_amount > 0 || held.row.credited_amount > 0 {
        let (en, vi) = ("Take this money off its invoices first.", "Hãy gỡ khoản tiền khỏi phiếu thu trước.");
        return Err(Refusal::new("ALLOCATED", en, vi).into());
    }
    if !can_be_same(&held.row, &counts) {
        let (en, vi) = (
            "The same money has two senders, one account and one amount, and the other transaction counts itself.",
            "Cùng một khoản tiền phải do hai bên gửi báo, cùng tài khoản, cùng số tiền, và giao dịch kia đang được tính.",
        );
        return Err(Refusal::new("NOT_SAME_MONEY", en, vi).at("sameAsId").into());
    }
    held.row.same_as = Some(counts.id);
    held.row.review = "RESOLVED".to_owned();
    held.row.review_reason = None;
    held.row.hand_touched = true;
    held.row.updated_at = now;
    held.deeds.push("bankTransaction.sameMoney");
    settle::put_together(tx, id.uuid(), counts.id).await?;
    settle::write(tx, world, actor, now).await
}

fn can_be_same(row: &Model, other: &Model) -> bool {
    row.id != other.id
        && row.connection_id != other.connection_id
        && other.same_as.is_none()
        && other.settled_on.is_some()
        && row.direction == "CREDIT"
        && other.direction == "CREDIT"
        && row.bank_account_id.is_some()
        && row.bank_account_id == other.bank_account_id
        && row.amount == other.amount
}
