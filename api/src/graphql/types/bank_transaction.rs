//! Bank transactions and why they wait for a person.

use std::collections::HashMap;
use std::sync::OnceLock;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, Object, SelectionField, SimpleObject};
use entities::bank_transactions::{self, Details, Extent, Nature};
use entities::ids::{BankTransactionId, InvoiceId};
use entities::matching::ReviewReason;
use entities::{allocations, inbox};

use super::allocation::{self, Allocation};
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::nodes;
use crate::graphql::plan::Planned;
use crate::graphql::quick::{AtHand, Quick};
use crate::graphql::scalars::{Day, Moment, Vnd};
use crate::graphql::shown::Shown;
use crate::graphql::worded::{Priced, Worded};

mod lists;

pub(super) use lists::of_school;
pub(in crate::graphql) use lists::{Ahead, ahead};

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

/// Money that moved, as a bank or intermediary tells it.
#[derive(Clone, Debug)]
pub struct BankTransaction {
    row: bank_transactions::BankTransaction,
    /// Worded when somebody asks for it.
    id: OnceLock<ID>,
}

impl BankTransaction {
    /// The only way from the ledger's struct to the schema's; what is masked is masked where it is read.
    #[must_use]
    pub const fn shown(row: bank_transactions::BankTransaction) -> Self {
        Self { row, id: OnceLock::new() }
    }

    fn global_id(&self) -> &ID {
        self.id.get_or_init(|| node_id::encode("BankTransaction", self.row.id.uuid()))
    }

    fn details(&self) -> Result<&Details, Fault> {
        Ok(self.row.details()?)
    }
}

/// The fields of a line.
const LINE: [&str; 6] = ["__typename", "id", "amount", "bookedOn", "method", "allocations"];
/// The fields that need no details beside them.
const BRIEF: [&str; 3] = ["direction", "status", "nature"];

/// What a list needs of its transactions, and of their allocations; none where nobody asks for them. `lists` are the fields
/// whose pages are wanted.
#[must_use]
pub fn extent<'a>(lists: impl IntoIterator<Item = SelectionField<'a>>) -> (Extent, Option<allocations::Extent>) {
    let mut extents = (Extent::Line, None);
    for field in nodes(lists) {
        extents.0 = extents.0.max(match field.name() {
            name if LINE.contains(&name) => Extent::Line,
            name if BRIEF.contains(&name) => Extent::Brief,
            _ => Extent::Whole,
        });
        if field.name() == "allocations" {
            extents.1 = extents.1.max(Some(allocation::extent(&field)));
        }
    }
    extents
}

impl AtHand for BankTransaction {
    fn at_hand(&self, request: &Request, field: &Planned<'_>, out: &mut Worded) -> Option<Priced> {
        let row = &self.row;
        Some(match field.name {
            "id" => out.plain(self.global_id().as_str()),
            "amount" => out.plain(&row.amount.get()),
            "bookedOn" => out.day(row.booked_on),
            "method" => out.plain(&row.method),
            "allocations" if field.may(|| request.may_read("Allocation", "amount")) => {
                let (rows, plan) = (row.allocations.as_ref()?, field.inner("Allocation")?);
                let part = |row: &_, out: &mut Worded| {
                    plan.object(out, |field, out| allocation::at_hand(row, request, field, out))
                };
                out.list(rows, part)?
            }
            _ => return None,
        })
    }
}

/// Money that moved, as a bank or intermediary tells it (giao dịch ngân hàng).
#[Object]
impl BankTransaction {
    /// Global id (mã toàn cục).
    pub async fn id(&self) -> &ID {
        self.global_id()
    }

    /// The sender's name for the transaction (mã giao dịch).
    async fn transaction_id(&self) -> Result<&str, Fault> {
        Ok(&self.details()?.transaction_id)
    }

    /// Into or out of the account (chiều giao dịch).
    async fn direction(&self) -> Result<TransactionDirection, Fault> {
        Ok(self.row.standing()?.direction.into())
    }

    /// How much (số tiền).
    async fn amount(&self) -> Vnd {
        self.row.amount.into()
    }

    /// The merged status (trạng thái).
    async fn status(&self) -> Result<BankTransactionStatus, Fault> {
        Ok(self.row.standing()?.status.into())
    }

    /// The Vietnam day of the bank's booking (ngày hạch toán).
    async fn booked_on(&self) -> Day {
        self.row.booked_on.into()
    }

    /// When the bank booked it (thời điểm giao dịch).
    async fn occurred_at(&self) -> Result<Moment, Fault> {
        Ok(self.details()?.occurred_at.into())
    }

    /// When the hub first heard of it (thời điểm nhận tin).
    async fn received_at(&self) -> Result<Moment, Fault> {
        Ok(self.details()?.received_at.into())
    }

    /// Code of the payment method (hình thức thanh toán); `UNKNOWN` when the sender does not say.
    async fn method(&self) -> &str {
        &self.row.method
    }

    /// Where the method is known from: `BANK_STATED`, `DECLARED` or `UNKNOWN` (nguồn của hình thức).
    async fn method_source(&self) -> Result<&str, Fault> {
        Ok(&self.details()?.method_source)
    }

    /// `HIGH` when a signature proves the message, `LOW` for a static key (mức tin cậy).
    async fn assurance(&self) -> Result<&str, Fault> {
        Ok(&self.details()?.assurance)
    }

    /// The order or bill code that the sender named (mã đơn hàng); null when it named none.
    async fn reference(&self) -> Result<Option<&str>, Fault> {
        Ok(self.details()?.reference.as_deref())
    }

    /// The transfer text (nội dung chuyển khoản). Null when there is none, or masked.
    async fn content(&self, ctx: &Context<'_>) -> Result<Shown<String>, Fault> {
        let may = Request::of(ctx)?.may_read("BankTransaction", "content");
        Ok(Shown::when(may, self.details()?.content.clone()))
    }

    /// Who paid, as the bank says it (người nộp). Null when the bank names nobody, or masked.
    async fn payer_name(&self, ctx: &Context<'_>) -> Result<Shown<String>, Fault> {
        let may = Request::of(ctx)?.may_read("BankTransaction", "payerName");
        Ok(Shown::when(may, self.details()?.payer_name.clone()))
    }

    /// Where the payer's name is from: `BANK`, `PAY_PAGE`, `DESK` or `MISSING` (nguồn tên người nộp).
    async fn payer_name_source(&self) -> Result<&str, Fault> {
        Ok(&self.details()?.payer_name_source)
    }

    /// The bank's own reference (số tham chiếu ngân hàng); null when it gives none.
    async fn bank_reference(&self) -> Result<Option<&str>, Fault> {
        Ok(self.details()?.bank_reference.as_deref())
    }

    /// `WAITING` while a person must decide, `RESOLVED` when one did, else `NONE` (đối soát).
    async fn review(&self) -> Result<&str, Fault> {
        Ok(&self.details()?.review)
    }

    /// Why it waits (lý do chờ); null when it does not wait.
    async fn review_reason(&self) -> Result<Option<ReviewReasonInfo>, Fault> {
        Ok(self.details()?.review_reason.map(Into::into))
    }

    /// The transaction that counts, where another sender told of the same money (cùng một khoản tiền do bên gửi khác báo). Null
    /// when this one counts itself, or outside the reach.
    async fn same_as(&self, ctx: &Context<'_>) -> Result<Option<BankTransaction>, Fault> {
        let Some(id) = self.details()?.same_as else { return Ok(None) };
        Ok(Request::of(ctx)?.loaders.load_one(id).await?.map(BankTransaction::shown))
    }

    /// The transactions by which other senders told of this money too (giao dịch cùng một khoản tiền do bên gửi khác báo), newest
    /// booking first, the last 10; they count through this one. Empty when nobody else told of it, or outside the reach.
    async fn also_heard_from(&self, ctx: &Context<'_>) -> Result<Vec<BankTransaction>, Fault> {
        let found = Request::of(ctx)?.loaders.load_one(HeardFrom(self.row.id)).await?;
        Ok(found.unwrap_or_default().into_iter().map(BankTransaction::shown).collect())
    }

    /// What kind of money it is (tính chất).
    async fn nature(&self) -> Result<TransactionNature, Fault> {
        Ok(self.row.standing()?.nature.into())
    }

    /// How much of it lies on invoices (đã gạch nợ).
    async fn allocated_amount(&self) -> Result<Vnd, Fault> {
        Ok(self.details()?.allocated.into())
    }

    /// How much of it is a student's credit (tiền dư của học sinh).
    async fn credited_amount(&self) -> Result<Vnd, Fault> {
        Ok(self.details()?.credited.into())
    }

    /// Which invoices it pays, or paid, oldest first (gạch nợ). Null when masked.
    async fn allocations(&self, ctx: &Context<'_>) -> Result<Shown<Vec<Quick<Allocation>>>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("Allocation", "amount") {
            return Ok(Shown::Masked);
        }
        let found = match &self.row.allocations {
            Some(read) => read.clone(),
            None => request.loaders.load_one(AllocationsOf(self.row.id)).await?.unwrap_or_default(),
        };
        Ok(Shown::Value(Some(found.into_iter().map(|row| Quick(Allocation::from(row))).collect())))
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
        let found = allocations::of_transactions(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (AllocationsOf(id), rows)).collect())
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
        let found = allocations::of_invoices(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (AllocationsTo(id), rows)).collect())
    }
}

/// Asks which other transactions tell of the money that one counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HeardFrom(pub BankTransactionId);

impl Loader<HeardFrom> for Ledger {
    type Value = Vec<bank_transactions::BankTransaction>;
    type Error = Failed;

    async fn load(&self, keys: &[HeardFrom]) -> Result<HashMap<HeardFrom, Self::Value>, Failed> {
        let ids: Vec<BankTransactionId> = keys.iter().map(|key| key.0).collect();
        let found = bank_transactions::also_heard(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (HeardFrom(id), rows)).collect())
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
