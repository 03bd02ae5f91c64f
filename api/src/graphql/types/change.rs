//! What happened to things, as the feed and its streams tell it.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use entities::changes::{self, Told};
use entities::ids::SchoolId;

use super::bank_transaction::BankTransaction;
use super::invoice::Invoice;
use super::node::{self, Node};
use super::school::School;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::scalars::Moment;
use crate::graphql::shown::Shown;

/// Of what kind a changed thing is (loại đối tượng). What belongs to another thing changes with it: lines, payment references
/// and what is paid with their invoice, allocations with their bank transaction.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "changes::Kind")]
pub enum ChangeKind {
    /// An organization (tổ chức).
    Organization,
    /// A school (trường).
    School,
    /// The profile of a school, with what is proposed for it (hồ sơ trường); its key is the school's code.
    SchoolProfile,
    /// A class of a school year (lớp).
    SchoolClass,
    /// A student (học sinh).
    Student,
    /// A student at a school (quá trình học).
    Enrollment,
    /// A bank account of a school (tài khoản ngân hàng).
    BankAccount,
    /// A number that names one student (tài khoản định danh).
    VirtualAccount,
    /// A fee (khoản thu).
    Fee,
    /// An invoice, also when it becomes paid or is cancelled (phiếu báo thu).
    Invoice,
    /// A bank transaction, also when it is allocated or classified (giao dịch ngân hàng).
    BankTransaction,
    /// Cash taken at the desk (thu tiền mặt).
    CashPayment,
    /// A month whose cash was counted (chốt tiền mặt).
    CashClosing,
    /// An account statement, also when it is held, confirmed or imported (sao kê tài khoản).
    Statement,
    /// A connection to a bank or intermediary (kết nối).
    Connection,
    /// A client of the hub (ứng dụng).
    Client,
    /// A client's contract (hợp đồng).
    Contract,
    /// A person who signs in (người dùng).
    User,
}

/// What happened to a thing (thao tác).
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "changes::Op")]
pub enum ChangeOp {
    /// It was made or altered, or came into reach (thêm hoặc sửa).
    Upsert,
    /// It is gone, or has left the reach (xóa hoặc ra khỏi phạm vi).
    Delete,
    /// Its natural key changed (đổi mã).
    Key,
}

/// A change of one thing (thay đổi). It says that something happened, not what the thing was then: `node` is the thing as it
/// is now. A copy that follows every change becomes equal to what its owner may see.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Change {
    /// What happened (thao tác).
    pub op: ChangeOp,
    /// The kind of the thing (loại đối tượng).
    pub kind: ChangeKind,
    /// The thing's global id (mã toàn cục của đối tượng).
    pub node_id: ID,
    /// The key by which the outside knows the thing (mã tự nhiên): the code of a school, class or invoice, the ministry's code
    /// of a student, a name. Null when it has none, when a student has left the reach, or masked.
    pub natural_key: Shown<String>,
    /// The key by which the outside knew it before (mã cũ). Null when that has not changed, when there was none, or masked.
    pub former_key: Shown<String>,
    /// When it was written (thời điểm ghi nhận).
    pub recorded_at: Moment,
    /// The place in the feed right after this change (con trỏ): send it back as `since` to go on from here.
    pub cursor: String,
    #[graphql(skip)]
    is_visible: bool,
    #[graphql(skip)]
    owner: Option<SchoolId>,
}

impl Change {
    /// A change as a request shows it: the only way from the ledger's struct to the schema's.
    #[must_use]
    pub fn shown(request: &Request, told: Told) -> Self {
        let is_person = told.kind == changes::Kind::Student;
        let (kind, field) = (told.kind.as_str(), if is_person { "ministryCode" } else { "id" });
        let may_read = request.may_read(kind, field);
        let key = |key: Option<String>| Shown::when(may_read, key.filter(|_| told.is_visible || !is_person));
        Self {
            op: told.op.into(),
            kind: told.kind.into(),
            node_id: node_id::encode(kind, told.node),
            natural_key: key(told.natural_key),
            former_key: key(told.former_key),
            recorded_at: told.recorded_at.into(),
            cursor: told.cursor.to_string(),
            is_visible: told.is_visible,
            owner: told.school,
        }
    }
}

#[ComplexObject]
impl Change {
    /// The school to which the thing belongs, or which it has left (trường). Null when it belongs to none, or the school lies
    /// outside the reach.
    async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>, Fault> {
        let Some(school) = self.owner else { return Ok(None) };
        Ok(Request::of(ctx)?.loaders.load_one(school).await?.map(School::from))
    }

    /// The thing as it is now (đối tượng hiện tại). Null when it is gone or out of reach.
    async fn node(&self, ctx: &Context<'_>) -> Result<Option<Node>, Fault> {
        if !self.is_visible {
            return Ok(None);
        }
        node::find(Request::of(ctx)?, &self.node_id).await
    }
}

/// A page of changes, in the order in which they are to be applied (trang thay đổi).
#[derive(SimpleObject)]
pub struct ChangePage {
    /// The changes (các thay đổi).
    pub changes: Vec<Change>,
    /// Where the next page begins (con trỏ cuối): send it back as `since`. It moves on even over changes that are none of the
    /// reader's business, so keep it also when the page is empty.
    pub end_cursor: String,
    /// Whether more can be read at once (còn nữa).
    pub has_more: bool,
}

/// A credit that the hub has heard of for the first time (báo có mới).
#[derive(SimpleObject)]
pub struct BankTransactionReceived {
    /// The transaction as it is now (giao dịch).
    pub bank_transaction: BankTransaction,
    /// The place in the feed right after it (con trỏ): send it back as `since` to go on from here.
    pub cursor: String,
}

/// An invoice that became paid in full (phiếu báo thu đã nộp đủ).
#[derive(SimpleObject)]
pub struct InvoicePaid {
    /// The invoice as it is now (phiếu báo thu).
    pub invoice: Invoice,
    /// The place in the feed right after it (con trỏ): send it back as `since` to go on from here.
    pub cursor: String,
}
