//! Account statements (sao kê tài khoản): what a bank's file says about an account, in one language for all formats.

use chrono::NaiveDate;

use crate::notice::Direction;
use crate::text;
use crate::time::Timestamp;

pub mod camt;
mod encoding;
mod figures;
mod findings;
mod kind;
mod moment;
pub mod mt940;
mod refusals;
pub mod sheets;
#[cfg(test)]
mod tests;

/// Reads a statement of any kind, told by its bytes: camt, MT940 and MT942, Excel, web page, CSV.
///
/// # Errors
///
/// The refusal of the reader that the file is for, with its stable code; see [`camt::read`], [`mt940::read`] and
/// [`sheets::read`].
pub fn read(bytes: &[u8]) -> Result<Vec<Statement>, Finding> {
    match kind::Kind::of(bytes) {
        kind::Kind::Camt => camt::read(bytes),
        kind::Kind::Mt940 => mt940::read(bytes),
        kind::Kind::Sheet => sheets::read(bytes),
    }
}

/// What a file says about one account; a file may hold several.
///
/// Texts are kept as printed; `None` means that the file does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// The account number (số tài khoản).
    pub account: Option<String>,
    /// The ISO 4217 code of the currency; only `VND` is read.
    pub currency: Option<String>,
    /// The first day that it covers.
    pub from: Option<NaiveDate>,
    /// The last day that it covers.
    pub to: Option<NaiveDate>,
    /// The balance before the first line, in whole đồng (số dư đầu kỳ).
    pub opening_vnd: Option<i64>,
    /// The balance behind the last line, in whole đồng (số dư cuối kỳ).
    pub closing_vnd: Option<i64>,
    /// The lines, oldest first.
    pub lines: Vec<Line>,
    /// What could not be read, and what does not add up. A statement with findings is held for a person.
    pub findings: Vec<Finding>,
}

/// One line of a statement (một dòng sao kê).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The row of the sheet, the line of the text, or the number of the entry, from 1.
    pub row: u32,
    /// The Vietnam day of the transaction.
    pub booked_on: NaiveDate,
    /// The moment, where the file tells a time of day.
    pub occurred_at: Option<Timestamp>,
    /// The value date or accounting date, where it is told apart.
    pub value_on: Option<NaiveDate>,
    /// Into the account or out of it.
    pub direction: Direction,
    /// The amount in whole đồng, above zero whatever the direction.
    pub amount_vnd: i64,
    /// Whether the bank takes back an earlier line.
    pub is_reversal: bool,
    /// The bank's number of the transaction; not always unique.
    pub reference: Option<String>,
    /// The transfer text as printed (nội dung).
    pub content: Option<String>,
    /// Who stands on the other side.
    pub counterparty_name: Option<String>,
    /// The account on the other side.
    pub counterparty_account: Option<String>,
    /// The bank on the other side.
    pub counterparty_bank: Option<String>,
    /// The virtual account that was paid to (tài khoản định danh).
    pub virtual_account: Option<String>,
    /// The running balance behind the line, in whole đồng.
    pub balance_vnd: Option<i64>,
}

/// Something in a file that a person must look at. Nothing is skipped silently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The row of the sheet, the line of the text, or the number of the entry, from 1; none when it concerns the whole.
    pub row: Option<u32>,
    /// The column of the sheet; none when it concerns the whole row, and in files without columns.
    pub column: Option<Column>,
    /// A stable code, as `AMOUNT_UNREADABLE`.
    pub code: &'static str,
    /// The sentence in English.
    pub message: String,
    /// The sentence in Vietnamese.
    pub message_vi: String,
}

impl Finding {
    /// The same in a column, where that is known.
    fn at(self, column: Option<Column>) -> Self {
        Self { column, ..self }
    }
}

/// A column of a sheet, as whoever opens the file sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its letters, as `AC`.
    pub letters: String,
    /// Its header as printed, on one line and at most 60 characters; what stands in two rows is put together.
    pub header: String,
}
