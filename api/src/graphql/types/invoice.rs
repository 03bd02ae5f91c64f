//! Invoices with everything that a family needs to pay them.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use entities::ids::FeeId;
use entities::invoices;

use super::allocation::Allocation;
use super::bank_account::BankAccount;
use super::bank_transaction::AllocationsTo;
use super::external_id::ExternalId;
use super::fee::{Fee, FeeCategory, FeeGroup};
use super::school::School;
use super::student::Student;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::scalars::{Day, Moment, Vnd};
use crate::graphql::shown::Shown;

mod lists;
mod loaders;
mod payer;
mod payment;

pub(super) use lists::{of_school, of_student};
pub use loaders::{CashOf, GroupOf, LinesOf, ReferencesOf};
pub use payment::InvoicePayment;

/// How far an invoice is paid (trạng thái phiếu báo thu).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Enum)]
#[graphql(remote = "entities::invoices::InvoiceStatus")]
pub enum InvoiceStatus {
    /// Nothing is paid (chưa nộp).
    Open,
    /// Something is paid, and something is left (đã nộp một phần).
    PartiallyPaid,
    /// Everything is paid (đã nộp đủ).
    Paid,
    /// It is asked for no longer (đã hủy).
    Cancelled,
}

/// A request for payment (phiếu báo thu): not an e-invoice (hóa đơn điện tử). All its lines are paid into one account.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Invoice {
    /// The global id (mã toàn cục).
    pub id: ID,
    /// The code that a transfer carries back (mã phiếu báo thu); unique in the hub, with a check digit.
    pub code: String,
    /// How far it is paid (trạng thái).
    pub status: InvoiceStatus,
    /// What is asked for (số tiền phải nộp).
    pub amount: Vnd,
    /// What came in so far (số tiền đã nộp).
    pub paid_amount: Vnd,
    /// What is still to be paid (số tiền còn phải nộp); zero once it is paid or cancelled.
    pub open_amount: Vnd,
    /// The fund (nhóm khoản thu), which is that of its account.
    pub fund: FeeGroup,
    /// The school year in which it is collected (năm học), named by its first calendar year.
    pub school_year: i32,
    /// The day of issue (ngày lập).
    pub issued_on: Day,
    /// The last day on which to pay (hạn nộp); null when none was set, and always for money that is given freely.
    pub due_on: Option<Day>,
    /// When it last changed (cập nhật lần cuối).
    pub updated_at: Moment,
    #[graphql(skip)]
    pub(crate) row: invoices::Invoice,
}

impl From<invoices::Invoice> for Invoice {
    fn from(row: invoices::Invoice) -> Self {
        Self {
            id: node_id::encode("Invoice", row.id.uuid()),
            code: row.code.to_string(),
            status: row.status.into(),
            amount: row.amount.into(),
            paid_amount: row.paid.into(),
            open_amount: row.open().into(),
            fund: row.fund.into(),
            school_year: row.school_year.start_year(),
            issued_on: row.issued_on.into(),
            due_on: row.due_on.map(Day),
            updated_at: row.updated_at.into(),
            row,
        }
    }
}

#[ComplexObject]
impl Invoice {
    /// What it consists of (các khoản), in the order in which money fills them.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<InvoiceLine>, Fault> {
        let lines = Request::of(ctx)?.loaders.load_one(LinesOf(self.row.id)).await?.unwrap_or_default();
        Ok(lines.into_iter().map(InvoiceLine::from).collect())
    }

    /// The words by which a transfer may name it (mã thanh toán), the hub's own first.
    async fn payment_references(&self, ctx: &Context<'_>) -> Result<Vec<PaymentReference>, Fault> {
        let found = Request::of(ctx)?.loaders.load_one(ReferencesOf(self.row.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(PaymentReference::from).collect())
    }

    /// The account into which it is paid (tài khoản thu); null when it lies outside the reach.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<BankAccount>, Fault> {
        let request = Request::of(ctx)?;
        let found = request.loaders.load_one(self.row.account).await?;
        Ok(found.map(|account| BankAccount::of(request, account)))
    }

    /// The invoices that were asked for at once with it (cùng đợt lập), this one among them.
    async fn group(&self, ctx: &Context<'_>) -> Result<Vec<Self>, Fault> {
        let found = Request::of(ctx)?.loaders.load_one(GroupOf(self.row.group)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Self::from).collect())
    }

    /// The school that asks for the money (trường); null when it lies outside the reach.
    async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>, Fault> {
        Ok(Request::of(ctx)?.loaders.load_one(self.row.school).await?.map(School::from))
    }

    /// For whom it is (học sinh); null when the student is enrolled in the caller's reach no longer.
    async fn student(&self, ctx: &Context<'_>) -> Result<Option<Student>, Fault> {
        let request = Request::of(ctx)?;
        let found = request.loaders.load_one(self.row.student).await?;
        Ok(found.map(|student| Student::shown(request, student)))
    }

    /// The money that lies, or lay, on it (gạch nợ), oldest first; null without the right.
    async fn allocations(&self, ctx: &Context<'_>) -> Result<Shown<Vec<Allocation>>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("Allocation", "amount") {
            return Ok(Shown::Masked);
        }
        let found = request.loaders.load_one(AllocationsTo(self.row.id)).await?.unwrap_or_default();
        Ok(Shown::Value(Some(found.into_iter().map(Allocation::from).collect())))
    }

    /// The caller's own ids of the request that it belongs to (mã riêng của ứng dụng); people see those of every client.
    async fn external_ids(&self, ctx: &Context<'_>) -> Result<Vec<ExternalId>, Fault> {
        ExternalId::of(Request::of(ctx)?, self.row.group.uuid()).await
    }

    /// Legal field: who paid (người nộp tiền), by the latest payment that stands. Null until somebody paid, when the bank or
    /// the desk named nobody, and without the right; never copied from the family's data.
    async fn payer_name(&self, ctx: &Context<'_>) -> Result<Shown<String>, Fault> {
        payer::of(Request::of(ctx)?, &self.row).await
    }

    /// Legal field: the unit that receives (đơn vị thụ hưởng), as its bank writes it; null without the right.
    async fn beneficiary(&self, ctx: &Context<'_>) -> Result<Shown<String>, Fault> {
        let request = Request::of(ctx)?;
        let found = request.loaders.load_one(self.row.account).await?;
        Ok(Shown::when(request.may_read("BankAccount", "holder"), found.map(|account| account.holder)))
    }

    /// Legal field: the reason for payment (lý do nộp), which are its lines in words.
    async fn reason(&self, ctx: &Context<'_>) -> Result<String, Fault> {
        let lines = Request::of(ctx)?.loaders.load_one(LinesOf(self.row.id)).await?.unwrap_or_default();
        Ok(lines.into_iter().map(|line| line.description).collect::<Vec<_>>().join("; "))
    }

    /// How to pay what is open (hướng dẫn thanh toán); null when nothing is open.
    async fn payment(&self, ctx: &Context<'_>) -> Result<Option<InvoicePayment>, Fault> {
        InvoicePayment::of(Request::of(ctx)?, &self.row).await
    }
}

/// A line of an invoice (một khoản trên phiếu báo thu).
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct InvoiceLine {
    /// Its place on the invoice, from 1 (số thứ tự).
    pub position: i64,
    /// The category of its fee (khoản thu).
    pub category: FeeCategory,
    /// The words that families read (nội dung).
    pub description: String,
    /// What is asked for (số tiền).
    pub amount: Vnd,
    /// What came in so far (đã nộp).
    pub paid_amount: Vnd,
    /// The day on which the family agreed to pay (ngày đồng ý); null where no consent is asked for.
    pub opted_in_on: Option<Day>,
    #[graphql(skip)]
    fee: FeeId,
}

impl From<invoices::InvoiceLine> for InvoiceLine {
    fn from(line: invoices::InvoiceLine) -> Self {
        Self {
            position: line.position,
            category: line.category.into(),
            description: line.description,
            amount: line.amount.into(),
            paid_amount: line.paid.into(),
            opted_in_on: line.opted_in_on.map(Day),
            fee: line.fee,
        }
    }
}

#[ComplexObject]
impl InvoiceLine {
    /// The fee (khoản thu của trường); null when it lies outside the reach.
    async fn fee(&self, ctx: &Context<'_>) -> Result<Option<Fee>, Fault> {
        Ok(Request::of(ctx)?.loaders.load_one(self.fee).await?.map(Fee::from))
    }
}

/// Whose word a payment reference is (nguồn mã thanh toán).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Enum)]
#[graphql(remote = "entities::invoices::ReferenceKind")]
pub enum ReferenceKind {
    /// The hub's invoice code (mã của hệ thống).
    HubCode,
    /// A vendor's own payment code (mã của ứng dụng).
    VendorCode,
}

/// A word by which a transfer may name an invoice (mã thanh toán).
#[derive(Clone, SimpleObject)]
pub struct PaymentReference {
    /// Whose word it is (nguồn mã thanh toán).
    pub kind: ReferenceKind,
    /// The word (mã thanh toán), in capital letters and digits.
    pub reference: String,
}

impl From<invoices::PaymentReference> for PaymentReference {
    fn from(reference: invoices::PaymentReference) -> Self {
        Self { kind: reference.kind.into(), reference: reference.reference }
    }
}

/// What was asked for at once: one invoice for each account (nhóm phiếu báo thu).
#[derive(Clone, SimpleObject)]
pub struct InvoiceGroup {
    /// Its invoices (các phiếu báo thu), in the order of their codes.
    pub invoices: Vec<Invoice>,
}
