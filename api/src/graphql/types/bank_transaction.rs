//! Bank transactions and why they wait for a person.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use entities::bank_transactions::{self, Nature};
use entities::ids::{BankTransactionId, InvoiceId};
use entities::matching::ReviewReason;
use entities::{allocations, inbox};

use super::allocation::Allocation;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::scalars::{Day, Moment, Vnd};
use crate::graphql::shown::Shown;

/// Into or out of an account (báo có, báo nợ).
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "inbox::Direction")]
pub enum TransactionDirection {
    /// Money came in (báo có).
    Credit,
    /// Money went out (báo nợ).
    Debit,
}

/// What is known of a bank transaction (trạng thái giao dịch). Statuses merge by rank, in whatever order banks send them.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "inbox::TransactionStatus")]
pub enum BankTransactionStatus {
    /// Nothing certain yet (đang chờ).
    Waiting,
    /// It did not happen (thất bại).
    Failed,
    /// The sender suspects fraud; a person decides (nghi vấn).
    Suspicious,
    /// The money arrived (thành công).
    Settled,
    /// The bank took it back (đảo giao dịch).
    Reversed,
    /// It was given back (hoàn tiền).
    Refunded,
}

/// What kind of money a transaction is (tính chất khoản tiền).
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Nature")]
pub enum TransactionNature {
    /// A family pays the school (khoản thu).
    Fee,
    /// Not a fee: interest, a grant, a payment out (không phải khoản thu).
    NoFee,
    /// The cashier banked cash that was counted when it was taken (nộp tiền mặt vào tài khoản).
    CashDeposit,
    /// A teacher passes on the cash of many families (thu hộ rồi chuyển khoản gộp); counts as cash.
    LumpTransfer,
}

/// Why money waits for a person (lý do chờ đối soát).
#[derive(SimpleObject)]
pub struct ReviewReasonInfo {
    /// Stable code (mã lý do), as `WRONG_ACCOUNT`.
    pub code: String,
    /// The sentence in English (thông báo bằng tiếng Anh).
    pub message: String,
    /// The sentence in Vietnamese (thông báo bằng tiếng Việt).
    pub message_vi: String,
}

impl From<ReviewReason> for ReviewReasonInfo {
    fn from(reason: ReviewReason) -> Self {
        Self {
            code: reason.code().to_owned(),
            message: reason.sentence().to_owned(),
            message_vi: reason.sentence_vi().to_owned(),
        }
    }
}

/// Money that moved, as a bank or intermediary tells it (giao dịch ngân hàng).
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct BankTransaction {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// The sender's name for the transaction (mã giao dịch).
    pub transaction_id: String,
    /// Into or out of the account (chiều giao dịch).
    pub direction: TransactionDirection,
    /// How much (số tiền).
    pub amount: Vnd,
    /// The merged status (trạng thái).
    pub status: BankTransactionStatus,
    /// The Vietnam day of the bank's booking (ngày hạch toán).
    pub booked_on: Day,
    /// When the bank booked it (thời điểm giao dịch).
    pub occurred_at: Moment,
    /// When the hub first heard of it (thời điểm nhận tin).
    pub received_at: Moment,
    /// Code of the payment method (hình thức thanh toán); `UNKNOWN` when the sender does not say.
    pub method: String,
    /// Where the method is known from: `BANK_STATED`, `DECLARED` or `UNKNOWN` (nguồn của hình thức).
    pub method_source: String,
    /// `HIGH` when a signature proves the message, `LOW` for a static key (mức tin cậy).
    pub assurance: String,
    /// The order or bill code that the sender named (mã đơn hàng); null when it named none.
    pub reference: Option<String>,
    /// The transfer text (nội dung chuyển khoản). Null when there is none, or masked.
    pub content: Shown<String>,
    /// Who paid, as the bank says it (người nộp). Null when the bank names nobody, or masked.
    pub payer_name: Shown<String>,
    /// Where the payer's name is from: `BANK`, `PAY_PAGE`, `DESK` or `MISSING` (nguồn tên người nộp).
    pub payer_name_source: String,
    /// The bank's own reference (số tham chiếu ngân hàng); null when it gives none.
    pub bank_reference: Option<String>,
    /// `WAITING` while a person must decide, `RESOLVED` when one did, else `NONE` (đối soát).
    pub review: String,
    /// Why it waits (lý do chờ); null when it does not wait.
    pub review_reason: Option<ReviewReasonInfo>,
    /// What kind of money it is (tính chất).
    pub nature: TransactionNature,
    /// How much of it lies on invoices (đã gạch nợ).
    pub allocated_amount: Vnd,
    /// How much of it is a student's credit (tiền dư của học sinh).
    pub credited_amount: Vnd,
    #[graphql(skip)]
    row: BankTransactionId,
}

impl BankTransaction {
    /// The only way from the ledger's struct to the schema's: here fields are masked.
    #[must_use]
    pub fn shown(request: &Request, row: bank_transactions::BankTransaction) -> Self {
        let shown = |field: &str, value: Option<String>| Shown::when(request.may_read("BankTransaction", field), value);
        Self {
            id: node_id::encode("BankTransaction", row.id.uuid()),
            transaction_id: row.transaction_id,
            direction: row.direction.into(),
            amount: row.amount.into(),
            status: row.status.into(),
            booked_on: row.booked_on.into(),
            occurred_at: row.occurred_at.into(),
            received_at: row.received_at.into(),
            method: row.method,
            method_source: row.method_source,
            assurance: row.assurance,
            reference: row.reference,
            content: shown("content", row.content),
            payer_name: shown("payerName", row.payer_name),
            payer_name_source: row.payer_name_source,
            bank_reference: row.bank_reference,
            review: row.review,
            review_reason: row.review_reason.map(Into::into),
            nature: row.nature.into(),
            allocated_amount: row.allocated.into(),
            credited_amount: row.credited.into(),
            row: row.id,
        }
    }
}

#[ComplexObject]
impl BankTransaction {
    /// Which invoices it pays, or paid, oldest first (gạch nợ). Null when masked.
    async fn allocations(&self, ctx: &Context<'_>) -> Result<Shown<Vec<Allocation>>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("Allocation", "amount") {
            return Ok(Shown::Masked);
        }
        let found = request.loaders.load_one(AllocationsOf(self.row)).await?.unwrap_or_default();
        Ok(Shown::Value(Some(found.into_iter().map(Allocation::from).collect())))
    }
}

/// Asks for the allocations of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AllocationsOf(pub BankTransactionId);

impl Loader<AllocationsOf> for Ledger {
    type Value = Vec<allocations::Allocation>;
    type Error = Failed;

    async fn load(&self, keys: &[AllocationsOf]) -> Result<HashMap<AllocationsOf, Self::Value>, Failed> {
        let ids: Vec<BankTransactionId> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<AllocationsOf, Self::Value> = HashMap::new();
        for row in allocations::of_transactions(&self.db, &self.reach, &ids).await? {
            if let Some(transaction) = row.bank_transaction {
                found.entry(AllocationsOf(transaction)).or_default().push(row);
            }
        }
        Ok(found)
    }
}

/// Asks for the allocations to an invoice.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AllocationsTo(pub InvoiceId);

impl Loader<AllocationsTo> for Ledger {
    type Value = Vec<allocations::Allocation>;
    type Error = Failed;

    async fn load(&self, keys: &[AllocationsTo]) -> Result<HashMap<AllocationsTo, Self::Value>, Failed> {
        let ids: Vec<InvoiceId> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<AllocationsTo, Self::Value> = HashMap::new();
        for row in allocations::of_invoices(&self.db, &self.reach, &ids).await? {
            found.entry(AllocationsTo(row.invoice)).or_default().push(row);
        }
        Ok(found)
    }
}

impl Loader<BankTransactionId> for Ledger {
    type Value = bank_transactions::BankTransaction;
    type Error = Failed;

    async fn load(&self, keys: &[BankTransactionId]) -> Result<HashMap<BankTransactionId, Self::Value>, Failed> {
        let rows = bank_transactions::by_ids(&self.db, &self.reach, keys).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
