//! What a person does with money that waits: put it on invoices with a reason, take it off again, or say what it is. The
//! robot never overrides a person.

use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use uuid::Uuid;

use super::within;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::idempotency::{self, Attempt};
use crate::ids::{BankTransactionId, InvoiceId};
use crate::inbox::TransactionStatus;
use crate::invoices::InvoiceStatus;
use crate::matching::{Part, ReviewReason};
use crate::money::Vnd;
use crate::reach::Reach;
use crate::settle::{self, By, Undone, World};
use crate::tables::bank_transactions;
use crate::time::Timestamp;

/// What kind of money a transaction is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// A family pays the school.
    Fee,
    /// Not a fee: interest, a grant, a payment out.
    NoFee,
    /// The cashier banked cash that was counted when it was taken.
    CashDeposit,
    /// A teacher passes on cash of many families (thu hộ); it counts as cash.
    LumpTransfer,
}

impl Nature {
    /// Every nature.
    pub const ALL: [Self; 4] = [Self::Fee, Self::NoFee, Self::CashDeposit, Self::LumpTransfer];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fee => "FEE",
            Self::NoFee => "NO_FEE",
            Self::CashDeposit => "CASH_DEPOSIT",
            Self::LumpTransfer => "LUMP_TRANSFER",
        }
    }

    /// The nature of a stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nature| nature.as_str() == word)
    }
}

/// Money that a person puts on one invoice.
#[derive(Clone, Copy, Debug)]
pub struct HandAllocation {
    /// The invoice.
    pub invoice: InvoiceId,
    /// How much, above zero, at most what the invoice is open for.
    pub amount: Vnd,
}

/// What a person decides about one credit.
#[derive(Clone, Debug)]
pub struct HandAllocations {
    /// The credit.
    pub transaction: BankTransactionId,
    /// The invoices, each with its money.
    pub parts: Vec<HandAllocation>,
    /// Whether what exceeds the invoices becomes credit of the first invoice's student.
    pub surplus_to_credit: bool,
    /// Why, in 1 to 500 characters.
    pub reason: String,
}

/// Puts a settled credit on invoices of its school and fund. The whole credit must be used; what exceeds the invoices
/// becomes credit of the first invoice's student when `surplus_to_credit` says so.
///
/// # Errors
/// `NOT_FOUND`, `REASON_NEEDED`, `NOT_ALLOCATABLE`, `WRONG_ACCOUNT`, `AMOUNT_MISMATCH`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn allocate(
    tx: &Tx,
    reach: &Reach,
    wanted: &HandAllocations,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<(), Error> {
    tx.kind().allow_personal_data()?;
    if idempotency::recall(tx, attempt).await?.is_some() {
        return Ok(());
    }
    let HandAllocations { transaction: id, ref parts, surplus_to_credit, ref reason } = *wanted;
    let (actor, reason) = (reach.actor(), reasoned(reason)?);
    let invoices: Vec<InvoiceId> = parts.iter().map(|part| part.invoice).collect();
    let mut world = world_in_reach(tx, reach, id, &invoices).await?;
    let row = &world.held[0].row;
    let is_settled_credit = row.status == TransactionStatus::Settled.as_str() && row.direction == "CREDIT";
    if !is_settled_credit || row.allocated_amount > 0 || row.same_as.is_some() || leaves_ledger(&row.nature) {
        let (en, vi) = (
            "Only a settled credit that counts, pays fees and has no allocations can be allocated.",
            "Chỉ khoản thu đã vào tài khoản và chưa gạch nợ mới gạch nợ được.",
        );
        return Err(Refusal::new("NOT_ALLOCATABLE", en, vi).into());
    }
    let amount = Vnd::new(row.amount);
    let checked = checked_parts(&world, parts)?;
    let used = Vnd::checked_sum(checked.iter().map(|part| part.amount)).map_err(|_| mismatch())?;
    let surplus = amount.checked_sub(used).map_err(|_| mismatch())?;
    if surplus < Vnd::ZERO || (surplus.is_positive() && !surplus_to_credit) {
        return Err(mismatch());
    }
    settle::allocate(&mut world, 0, &checked, surplus, By { actor, reason: Some(reason) }, now)?;
    world.held[0].row.hand_touched = true;
    settle::write(tx, world, actor, now).await?;
    idempotency::remember(tx, attempt, &[id.uuid()], now).await
}

/// Takes a credit off its invoices again; it then waits for a person and the robot leaves it alone.
///
/// # Errors
/// `NOT_FOUND`, `REASON_NEEDED`, `NOT_ALLOCATED`.
pub async fn unallocate(
    tx: &Tx,
    reach: &Reach,
    id: BankTransactionId,
    actor: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    tx.kind().allow_personal_data()?;
    let reason = reasoned(reason)?;
    let mut world = world_in_reach(tx, reach, id, &[]).await?;
    if world.held[0].row.allocated_amount == 0 {
        let (en, vi) = ("This money lies on no invoice.", "Khoản tiền này chưa gạch nợ phiếu thu nào.");
        return Err(Refusal::new("NOT_ALLOCATED", en, vi).into());
    }
    settle::undo(&mut world, 0, Undone::Hand, By { actor, reason: Some(reason) }, now)?;
    settle::review(&mut world.held[0], ReviewReason::AllocationUndone);
    world.held[0].row.hand_touched = true;
    settle::write(tx, world, actor, now).await
}

/// Says what kind of money a transaction is. Money on invoices must be taken off before it becomes no fee or a deposit.
///
/// # Errors
/// `NOT_FOUND`, `REASON_NEEDED`, `ALLOCATED`, `NOT_A_CREDIT`.
pub async fn classify(
    tx: &Tx,
    reach: &Reach,
    id: BankTransactionId,
    nature: Nature,
    by: (&str, &str),
    now: Timestamp,
) -> Result<(), Error> {
    tx.kind().allow_personal_data()?;
    let (actor, _) = (by.0, reasoned(by.1)?);
    let mut world = world_in_reach(tx, reach, id, &[]).await?;
    let held = &mut world.held[0];
    if held.row.direction != "CREDIT" && nature != Nature::NoFee {
        let (en, vi) = ("Money that went out pays no fee.", "Khoản tiền ra không phải là khoản thu.");
        return Err(Refusal::new("NOT_A_CREDIT", en, vi).at("nature").into());
    }
    let leaves_ledger = leaves_ledger(nature.as_str());
    if leaves_ledger && held.row.allocated_amount > 0 {
        let (en, vi) = ("Take this money off its invoices first.", "Hãy gỡ khoản tiền khỏi phiếu thu trước.");
        return Err(Refusal::new("ALLOCATED", en, vi).into());
    }
    held.row.nature = nature.as_str().to_owned();
    held.row.hand_touched = true;
    held.row.updated_at = now;
    if leaves_ledger {
        held.row.review = "RESOLVED".to_owned();
        held.row.review_reason = None;
    } else if held.row.review == "RESOLVED"
        && held.row.allocated_amount == 0
        && held.row.status == TransactionStatus::Settled.as_str()
    {
        settle::review(held, ReviewReason::AllocationUndone);
    }
    held.deeds.push("bankTransaction.classified");
    settle::write(tx, world, actor, now).await
}

/// Whether money of this nature counts neither as paid nor as unmatched.
pub(super) fn leaves_ledger(nature: &str) -> bool {
    matches!(Nature::parse(nature), Some(Nature::NoFee | Nature::CashDeposit))
}

/// The transaction, when it is in reach: outside it, the answer is the same as for nothing.
pub(super) async fn world_in_reach(
    tx: &Tx,
    reach: &Reach,
    id: BankTransactionId,
    wanted: &[InvoiceId],
) -> Result<World, Error> {
    in_reach(tx, reach, id).await?;
    World::of_transaction(tx, id, wanted).await?.ok_or_else(missing)
}

pub(super) async fn in_reach(tx: &Tx, reach: &Reach, id: BankTransactionId) -> Result<(), Error> {
    let seen = bank_transactions::Entity::find_by_id(id.uuid()).filter(within(reach)).one(tx.conn()).await?;
    seen.map(|_| ()).ok_or_else(missing)
}

pub(super) fn missing() -> Error {
    Refusal::not_found("BankTransaction").into()
}

fn checked_parts(world: &World, parts: &[HandAllocation]) -> Result<Vec<Part>, Error> {
    let row = &world.held[0].row;
    let scope = world.scopes.values().flatten().find(|account| Some(account.id.uuid()) == row.bank_account_id);
    let mut seen = std::collections::BTreeSet::<Uuid>::new();
    let check = |part: &HandAllocation| {
        let index = world.place_of(part.invoice).ok_or_else(|| Refusal::not_found("Invoice"))?;
        let invoice = &world.balances[index].invoice;
        if Some(invoice.school.uuid()) != row.school_id {
            return Err(Refusal::not_found("Invoice").into());
        }
        if !scope.is_some_and(|account| account.school == invoice.school && account.fund == invoice.fund) {
            let (en, vi) = (ReviewReason::WrongAccount.sentence(), ReviewReason::WrongAccount.sentence_vi());
            return Err(Error::from(Refusal::new("WRONG_ACCOUNT", en, vi)));
        }
        let fits =
            part.amount.is_positive() && part.amount <= invoice.open() && invoice.status != InvoiceStatus::Cancelled;
        if !fits || !seen.insert(part.invoice.uuid()) {
            return Err(mismatch());
        }
        Ok(Part { index, amount: part.amount })
    };
    let parts: Vec<Part> = parts.iter().map(check).collect::<Result<_, _>>()?;
    if parts.is_empty() { Err(mismatch()) } else { Ok(parts) }
}

pub(super) fn reasoned(reason: &str) -> Result<&str, Error> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        let (en, vi) = ("Say why, in 1 to 500 characters.", "Hãy nêu lý do, từ 1 đến 500 ký tự.");
        return Err(Refusal::new("REASON_NEEDED", en, vi).at("reason").into());
    }
    Ok(reason)
}

fn mismatch() -> Error {
    let (en, vi) = (
        "The amounts must be above zero, fit the open invoices and add up to the credit.",
        "Số tiền phải lớn hơn 0, không vượt số còn phải thu và cộng lại bằng khoản tiền nhận.",
    );
    Refusal::new("AMOUNT_MISMATCH", en, vi).at("allocations").into()
}
