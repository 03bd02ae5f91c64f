//! Account statements as the school sees them: where each stands, what was found in it, and what became of its lines.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use entities::ids::{BankAccountId, BankTransactionId, StatementId, StatementLineId};
use entities::page::{Rows, Slice};
use entities::statements::{self, KeptLine, Outcome, Outcomes, Status};

use super::bank_account::BankAccount;
use super::bank_transaction::BankTransaction;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::scalars::{Day, Moment, Vnd};

/// Findings that are shown at most: whoever has more needs another file.
const MAX_FINDINGS: usize = 200;

/// Where a statement stands (trạng thái sao kê).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "Status")]
pub enum StatementStatus {
    /// It does not add up or could not be read whole; nothing is booked until a person has looked (chờ xác nhận).
    Held,
    /// Some of its lines may be kept already (đang nhập).
    Importing,
    /// Every line is kept (đã nhập).
    Imported,
}

/// What became of a line of a statement (kết quả đối chiếu).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "Outcome")]
pub enum StatementOutcome {
    /// A message told of this money (khớp với thông báo).
    Confirmed,
    /// A message with the bank's reference told of another amount; the line books nothing (lệch số tiền).
    Differs,
    /// No message told of this credit: it was booked from the statement (không có thông báo).
    Unheard,
    /// The bank takes back an earlier credit (đảo giao dịch).
    Reversal,
    /// Money that left the account, or came back to it: no fee (không phải khoản thu).
    NoFee,
}

/// Something in a bank's file that a person must look at (điểm cần xem).
#[derive(SimpleObject, Clone, Debug)]
pub struct StatementFinding {
    /// The row of the sheet, the line of the text, or the number of the entry (dòng); null when it concerns the whole.
    pub row: Option<u32>,
    /// The letters of the sheet's column (cột), as `E`; null when it concerns the whole row, and in files without columns.
    pub column: Option<String>,
    /// That column's header as the file prints it (tiêu đề cột), at most 60 characters; null where no column is named.
    pub column_header: Option<String>,
    /// Stable code (mã).
    pub code: String,
    /// The sentence in English (diễn giải bằng tiếng Anh).
    pub message: String,
    /// The sentence in Vietnamese (diễn giải bằng tiếng Việt).
    pub message_vi: String,
}

/// Lines of a statement by what became of them (số dòng theo kết quả).
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct StatementOutcomes {
    /// A message told of them (khớp).
    pub confirmed: u64,
    /// A message told another amount (lệch số tiền).
    pub differing: u64,
    /// No message told of them (không có thông báo).
    pub unheard: u64,
    /// They take back earlier credits (đảo giao dịch).
    pub reversals: u64,
    /// They are no fee (không phải khoản thu).
    pub no_fee: u64,
    /// The account had them from an earlier statement (đã có từ sao kê trước); 0 until every line is kept.
    pub known: u64,
}

/// An account statement (sao kê tài khoản): a section of a bank's file, about one account.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Statement {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// Where it stands (trạng thái).
    pub status: StatementStatus,
    /// The name of the file that it came in (tên tệp).
    pub file_name: String,
    /// The first day that it covers (từ ngày): as it says, or that of its first line; null when it has no line and does not say.
    pub first_day: Option<Day>,
    /// The last day that it covers (đến ngày): as it says, or that of its last line; null when it has no line and does not say.
    pub last_day: Option<Day>,
    /// The balance before its first line as the bank tells it (số dư đầu kỳ); below zero for a debt, null when it does not say.
    pub opening_balance: Option<Vnd>,
    /// The balance behind its last line as the bank tells it (số dư cuối kỳ); below zero for a debt, null when it does not say.
    pub closing_balance: Option<Vnd>,
    /// How many lines it has in its file (số dòng).
    pub line_count: i64,
    /// How many findings there are (số điểm cần xem).
    pub finding_count: usize,
    /// What could not be read, and what does not add up (các điểm cần xem), the first two hundred; empty when nothing was found.
    pub findings: Vec<StatementFinding>,
    /// When it was taken up (thời điểm nhận).
    pub created_at: Moment,
    /// When its last line was kept (thời điểm nhập xong); null while it is held or being imported.
    pub imported_at: Option<Moment>,
    #[graphql(skip)]
    row: StatementId,
    #[graphql(skip)]
    of: BankAccountId,
}

impl From<statements::Statement> for Statement {
    fn from(statement: statements::Statement) -> Self {
        let balance = |dong: i64| Vnd(entities::money::Vnd::new(dong));
        Self {
            id: node_id::encode("Statement", statement.id.uuid()),
            status: statement.status.into(),
            file_name: statement.file_name,
            first_day: statement.days.0.map(Day),
            last_day: statement.days.1.map(Day),
            opening_balance: statement.balances.0.map(balance),
            closing_balance: statement.balances.1.map(balance),
            line_count: statement.lines,
            finding_count: statement.findings.len(),
            findings: statement.findings.into_iter().take(MAX_FINDINGS).map(StatementFinding::from).collect(),
            created_at: Moment(statement.created_at),
            imported_at: statement.imported_at.map(Moment),
            row: statement.id,
            of: statement.account,
        }
    }
}

impl From<statements::Finding> for StatementFinding {
    fn from(finding: statements::Finding) -> Self {
        Self {
            row: finding.row,
            column: finding.column,
            column_header: finding.column_header,
            code: finding.code,
            message: finding.message,
            message_vi: finding.message_vi,
        }
    }
}

#[ComplexObject]
impl Statement {
    /// The account that it is about (tài khoản); null when it lies outside the reach.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<BankAccount>, Fault> {
        let request = Request::of(ctx)?;
        Ok(request.loaders.load_one(self.of).await?.map(|account| BankAccount::of(request, account)))
    }

    /// How many of its lines became what (số dòng theo kết quả).
    async fn outcomes(&self, ctx: &Context<'_>) -> Result<StatementOutcomes, Fault> {
        let counted = Request::of(ctx)?.loaders.load_one(OutcomesOf(self.row)).await?.unwrap_or_default();
        let is_whole = self.status == StatementStatus::Imported;
        let known = self.line_count.unsigned_abs().saturating_sub(counted.fresh());
        Ok(StatementOutcomes {
            confirmed: counted.confirmed,
            differing: counted.differing,
            unheard: counted.unheard,
            reversals: counted.reversals,
            no_fee: counted.no_fee,
            known: if is_whole { known } else { 0 },
        })
    }

    /// The lines that it told first, in the order of the file (các dòng sao kê). A line that an earlier statement of the account
    /// told is that statement's.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only lines of which this became; null means all.")] outcome: Option<StatementOutcome>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, StatementLine, Total>, Fault> {
        let request = Request::of(ctx)?;
        let page = Arguments { first, after, last, before }.page_of(ctx)?;
        let outcome = outcome.map(Outcome::from);
        let slice = if page.beyond.is_none() && !page.backward {
            let key = LinesOf { statement: self.row, outcome, rows: page.rows };
            request.loaders.load_one(key).await?.unwrap_or_else(Slice::empty)
        } else {
            statements::lines(request.db(), &request.reach, self.row, outcome, &page).await?
        };
        Ok(connection(slice, Total::default(), StatementLine::from))
    }
}

/// A line of an account statement (dòng sao kê), kept once for its account. Of what is no credit nothing is kept but that it
/// happened.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct StatementLine {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// The row of the sheet, the line of the text, or the number of the entry (dòng).
    pub row: i64,
    /// The Vietnam day of the transaction (ngày giao dịch).
    pub booked_on: Day,
    /// The moment of the transaction (thời điểm giao dịch); null where the file tells no time of day.
    pub occurred_at: Option<Moment>,
    /// Whether money came into the account (ghi có); otherwise it left it (ghi nợ).
    pub is_credit: bool,
    /// The amount, above zero whatever the direction (số tiền).
    pub amount: Vnd,
    /// The bank's number of the transaction (số tham chiếu); null where the file has none, and for a debit.
    pub reference: Option<String>,
    /// The transfer text (nội dung chuyển khoản); null where the file has none, and for a debit.
    pub content: Option<String>,
    /// Who paid, as the bank says it (người chuyển); null where the file does not say, and for a debit.
    pub payer_name: Option<String>,
    /// What became of it (kết quả đối chiếu).
    pub outcome: StatementOutcome,
    #[graphql(skip)]
    transaction: Option<BankTransactionId>,
    #[graphql(skip)]
    taken: Option<StatementLineId>,
}

impl From<KeptLine> for StatementLine {
    fn from(line: KeptLine) -> Self {
        Self {
            id: node_id::encode("StatementLine", line.id.uuid()),
            row: line.row,
            booked_on: Day(line.booked_on),
            occurred_at: line.occurred_at.map(Moment),
            is_credit: line.direction == entities::inbox::Direction::Credit,
            amount: line.amount.into(),
            reference: line.reference,
            content: line.content,
            payer_name: line.counterparty,
            outcome: line.outcome.into(),
            transaction: line.transaction,
            taken: line.takes_back,
        }
    }
}

#[ComplexObject]
impl StatementLine {
    /// The transaction that it confirms, contradicts or takes back (giao dịch liên quan). Null for what no message told, for a
    /// reversal of nothing that is known, and for what is no fee.
    async fn bank_transaction(&self, ctx: &Context<'_>) -> Result<Option<BankTransaction>, Fault> {
        let Some(id) = self.transaction else { return Ok(None) };
        Ok(Request::of(ctx)?.loaders.load_one(id).await?.map(BankTransaction::shown))
    }

    /// The line that it takes back, where no message told of the credit (dòng bị đảo): that money is taken off its invoices again.
    /// Null for every other line; a credit of which a message told is `bankTransaction`, and waits for a person.
    async fn takes_back(&self, ctx: &Context<'_>) -> Result<Option<StatementLine>, Fault> {
        let Some(id) = self.taken else { return Ok(None) };
        Ok(Request::of(ctx)?.loaders.load_one(id).await?.map(StatementLine::from))
    }
}

impl Loader<StatementLineId> for Ledger {
    type Value = KeptLine;
    type Error = Failed;

    async fn load(&self, keys: &[StatementLineId]) -> Result<HashMap<StatementLineId, KeptLine>, Failed> {
        Ok(statements::lines_by_ids(&self.db, &self.reach, keys).await?)
    }
}

impl Loader<StatementId> for Ledger {
    type Value = statements::Statement;
    type Error = Failed;

    async fn load(&self, keys: &[StatementId]) -> Result<HashMap<StatementId, Self::Value>, Failed> {
        Ok(statements::by_ids(&self.db, &self.reach, keys).await?)
    }
}

/// What became of the lines of this statement?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct OutcomesOf(StatementId);

impl Loader<OutcomesOf> for Ledger {
    type Value = Outcomes;
    type Error = Failed;

    async fn load(&self, keys: &[OutcomesOf]) -> Result<HashMap<OutcomesOf, Outcomes>, Failed> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let counted = statements::counted(&self.db, &self.reach, &ids).await?;
        Ok(counted.into_iter().map(|(id, outcomes)| (OutcomesOf(id), outcomes)).collect())
    }
}

/// A question for the first page of the lines of a statement.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct LinesOf {
    statement: StatementId,
    outcome: Option<Outcome>,
    rows: Rows,
}

impl Loader<LinesOf> for Ledger {
    type Value = Slice<KeptLine>;
    type Error = Failed;

    /// One statement for each distinct question; a document has few of them, whatever the number of statements.
    async fn load(&self, keys: &[LinesOf]) -> Result<HashMap<LinesOf, Self::Value>, Failed> {
        let mut questions: HashMap<(Option<Outcome>, Rows), Vec<StatementId>> = HashMap::new();
        for key in keys {
            questions.entry((key.outcome, key.rows)).or_default().push(key.statement);
        }
        let mut found = HashMap::new();
        for ((outcome, rows), ids) in questions {
            let pages = statements::first_lines(&self.db, &self.reach, &ids, outcome, rows).await?;
            found.extend(pages.into_iter().map(|(statement, page)| (LinesOf { statement, outcome, rows }, page)));
        }
        Ok(found)
    }
}
