//! What a person does with money that waits.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use entities::Refusal;
use entities::bank_transactions::{self, HandAllocation, HandAllocations};
use entities::idempotency::Attempt;
use entities::ids::{BankTransactionId, ConnectionId, InvoiceId};
use entities::transaction;
use serde_json::json;

use crate::flows::replay::{Kinds, Replayed, replay};
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, UserError, or_refused};
use crate::graphql::node_id;
use crate::graphql::scalars::Vnd;
use crate::graphql::types::bank_transaction::{BankTransaction, TransactionNature};

/// Money matters decided by people.
#[derive(Default)]
pub struct MoneyMutation;

/// Money for one invoice (số tiền gạch cho một phiếu).
#[derive(InputObject)]
pub struct AllocationInput {
    /// Global id of the invoice (phiếu báo thu).
    invoice_id: ID,
    /// How much, at most what the invoice is open for (số tiền).
    amount: Vnd,
}

/// A settled credit put on invoices by hand (gạch nợ thủ công).
#[derive(InputObject)]
pub struct AllocateInput {
    /// Global id of the bank transaction (giao dịch ngân hàng).
    bank_transaction_id: ID,
    /// The invoices, all of the receiving account's school and fund (các phiếu báo thu).
    allocations: Vec<AllocationInput>,
    /// Whether what exceeds the invoices becomes credit of the first invoice's student (ghi tiền dư cho học sinh).
    #[graphql(default)]
    surplus_to_credit: bool,
    /// Why, in 1 to 500 characters (lý do).
    reason: String,
    /// The same key makes the same thing once (khóa chống lặp).
    idempotency_key: String,
}

/// A credit taken off its invoices again (hủy gạch nợ).
#[derive(InputObject)]
pub struct UndoAllocationInput {
    /// Global id of the bank transaction (giao dịch ngân hàng).
    bank_transaction_id: ID,
    /// Why, in 1 to 500 characters (lý do).
    reason: String,
}

/// What kind of money a transaction is (phân loại khoản tiền).
#[derive(InputObject)]
pub struct ClassifyBankTransactionInput {
    /// Global id of the bank transaction (giao dịch ngân hàng).
    bank_transaction_id: ID,
    /// What it is (tính chất).
    nature: TransactionNature,
    /// Why, in 1 to 500 characters (lý do).
    reason: String,
}

/// What became of a decision about a bank transaction (kết quả xử lý giao dịch).
#[derive(SimpleObject)]
pub struct BankTransactionPayload {
    /// The transaction as it is now (giao dịch ngân hàng); null when the decision was refused.
    bank_transaction: Option<BankTransaction>,
    /// Why the decision was refused; empty when it was carried out (lỗi dữ liệu nhập).
    user_errors: Vec<UserError>,
}

/// The parked and refused messages of a connection, sent through again (xử lý lại).
#[derive(InputObject)]
pub struct ReplayEventsInput {
    /// Global id of the connection (kết nối).
    connection_id: ID,
    /// Which messages (loại thông điệp); null means all.
    kinds: Option<Vec<ReplayKind>>,
}

/// Which messages of a connection are sent through again (loại thông điệp được xử lý lại).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReplayKind {
    /// Those that were proven, and could not be read or settled (tạm giữ).
    Parked,
    /// Those that were refused and are still kept (bị từ chối).
    Refused,
}

/// What a replay did (kết quả xử lý lại).
#[derive(SimpleObject)]
pub struct ReplayEventsPayload {
    /// Messages that are on their way to settlement now (đã xử lý lại).
    revived: u32,
    /// Messages that still cannot be proven or read; they stay where they were (còn giữ lại).
    left: u32,
    /// Why nothing was replayed; empty when it was (lỗi dữ liệu nhập).
    user_errors: Vec<UserError>,
}

/// A credit that is the same money as another (cùng một khoản tiền).
#[derive(InputObject)]
pub struct MarkSameMoneyInput {
    /// The credit that is to count no longer (giao dịch bị trùng).
    bank_transaction_id: ID,
    /// The credit of another sender that counts (giao dịch được tính), into the same account and of the same amount.
    same_as_id: ID,
    /// Why (lý do), in 1 to 500 characters.
    reason: String,
}

/// A credit that is not the same money as another (khoản tiền khác).
#[derive(InputObject)]
pub struct MarkOtherMoneyInput {
    /// The credit that waits as a possible duplicate, or counts through another (giao dịch bị coi là trùng).
    bank_transaction_id: ID,
    /// Why (lý do), in 1 to 500 characters.
    reason: String,
}

#[Object]
impl MoneyMutation {
    /// Sends the parked and refused messages of a connection through again (xử lý lại thông điệp bị giữ hoặc bị từ chối), after
    /// the cause was mended. What was kept once is never booked twice.
    async fn replay_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: ReplayEventsInput,
    ) -> Result<ReplayEventsPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("replayEvents")?;
        let id = ConnectionId::from_uuid(node_id::expect("Connection", &input.connection_id)?);
        let has = |kind| input.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
        let kinds = Kinds { parked: has(ReplayKind::Parked), refused: has(ReplayKind::Refused) };
        let done = replay(request.db(), &request.reach, id, kinds, request.now).await?;
        request.hub.settlement.notify_one();
        let missing = || vec![Refusal::not_found("Connection").into()];
        let Replayed { revived, left } = done.unwrap_or_default();
        Ok(ReplayEventsPayload { revived, left, user_errors: if done.is_none() { missing() } else { Vec::new() } })
    }

    /// Puts a credit that waits on invoices, with a reason (gạch nợ thủ công). The robot never overrides it.
    async fn allocate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: AllocateInput,
    ) -> Result<BankTransactionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("allocate")?;
        let id = transaction_id(&input.bank_transaction_id)?;
        let part = |part: &AllocationInput| {
            let invoice = InvoiceId::from_uuid(node_id::expect("Invoice", &part.invoice_id)?);
            Ok(HandAllocation { invoice, amount: part.amount.0 })
        };
        let parts: Vec<HandAllocation> = input.allocations.iter().map(part).collect::<Result<_, Fault>>()?;
        let shape: Vec<_> = parts.iter().map(|part| json!([part.invoice.to_string(), part.amount.get()])).collect();
        let AllocateInput { surplus_to_credit, reason, idempotency_key: key, .. } = input;
        let attempt = Attempt {
            subject: request.caller.actor(),
            key,
            verb: "allocate",
            input: json!({
                "bankTransactionId": id.to_string(),
                "allocations": shape,
                "surplusToCredit": surplus_to_credit,
                "reason": reason,
            }),
        };
        let wanted = HandAllocations { transaction: id, parts, surplus_to_credit, reason };
        let done = transaction!(request.db(), |tx| {
            bank_transactions::allocate(tx, &request.reach, &wanted, &attempt, request.now).await
        });
        payload(request, id, done).await
    }

    /// Takes a credit off its invoices again, with a reason (hủy gạch nợ); it then waits for a person.
    async fn undo_allocation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: UndoAllocationInput,
    ) -> Result<BankTransactionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("undoAllocation")?;
        let id = transaction_id(&input.bank_transaction_id)?;
        let actor = request.caller.actor();
        let done = transaction!(request.db(), |tx| {
            bank_transactions::unallocate(tx, &request.reach, id, &actor, &input.reason, request.now).await
        });
        payload(request, id, done).await
    }

    /// Says that a credit is the same money as another, of which another sender told, with a reason (đánh dấu cùng một khoản tiền):
    /// the other counts, this one no longer.
    async fn mark_same_money(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: MarkSameMoneyInput,
    ) -> Result<BankTransactionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("markSameMoney")?;
        let (id, other) = (transaction_id(&input.bank_transaction_id)?, transaction_id(&input.same_as_id)?);
        let actor = request.caller.actor();
        let by = (actor.as_str(), input.reason.as_str());
        let done = transaction!(request.db(), |tx| {
            bank_transactions::mark_same(tx, &request.reach, id, other, by, request.now).await
        });
        payload(request, id, done).await
    }

    /// Says that a credit is not the same money as another sender's, with a reason (đánh dấu khoản tiền khác): it counts, seeks its
    /// invoices by the usual rules, and is never again taken for what is known by now. Said once more, it changes nothing.
    async fn mark_other_money(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: MarkOtherMoneyInput,
    ) -> Result<BankTransactionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("markOtherMoney")?;
        let id = transaction_id(&input.bank_transaction_id)?;
        let actor = request.caller.actor();
        let by = (actor.as_str(), input.reason.as_str());
        let done = transaction!(request.db(), |tx| {
            bank_transactions::mark_other(tx, &request.reach, id, by, request.now).await
        });
        payload(request, id, done).await
    }

    /// Says what kind of money a transaction is, with a reason (phân loại khoản tiền).
    async fn classify_bank_transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: ClassifyBankTransactionInput,
    ) -> Result<BankTransactionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("classifyBankTransaction")?;
        let id = transaction_id(&input.bank_transaction_id)?;
        let actor = request.caller.actor();
        let by = (actor.as_str(), input.reason.as_str());
        let done = transaction!(request.db(), |tx| {
            bank_transactions::classify(tx, &request.reach, id, input.nature.into(), by, request.now).await
        });
        payload(request, id, done).await
    }
}

fn transaction_id(id: &ID) -> Result<BankTransactionId, Fault> {
    node_id::expect("BankTransaction", id).map(BankTransactionId::from_uuid)
}

async fn payload(
    request: &Request,
    id: BankTransactionId,
    done: Result<(), entities::Error>,
) -> Result<BankTransactionPayload, Fault> {
    if let Err(user_errors) = or_refused(done)? {
        return Ok(BankTransactionPayload { bank_transaction: None, user_errors });
    }
    let found = bank_transactions::by_ids(request.db(), &request.reach, &[id]).await?.pop();
    let bank_transaction = found.map(BankTransaction::shown);
    Ok(BankTransactionPayload { bank_transaction, user_errors: Vec::new() })
}
