//! Account statements (sao kê tài khoản): what the bank's own files say. Each line is kept once for its account and held
//! against what messages told; money that no message told of goes through the inbox, and is booked once like every other.

mod begin;
mod confirm;
mod keyed;
mod likeness;
mod page;
mod read;
mod reconcile;
mod reversal;
mod sender;
mod tally;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{BankAccountId, BankTransactionId, SchoolId, StatementId, StatementLineId};
use crate::inbox::Direction;
use crate::money::Vnd;
use crate::time::Timestamp;

pub use begin::{Begun, NewStatement, begin, finish};
pub use confirm::{Confirmed, confirm};
pub use keyed::{Keyed, Keys};
pub use page::{Kept, PAGE_LINES, Seen, Spoken, page};
pub use read::{Filter, by_ids, first_lines, lines, lines_by_ids, visible};
pub use reconcile::{Day, Sum, confirming_nothing, day, lines_of_day};
pub use sender::BANK;
pub use tally::{Outcomes, counted, outcomes};

/// Where a statement stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It does not add up or could not be read whole; nothing is booked until a person has looked.
    Held,
    /// Some of its lines may be kept already.
    Importing,
    /// Every line is kept.
    Imported,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Held, Self::Importing, Self::Imported];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "HELD",
            Self::Importing => "IMPORTING",
            Self::Imported => "IMPORTED",
        }
    }
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// A message told of this money.
    Confirmed,
    /// A message with the bank's reference told of another amount; nothing is booked.
    Differs,
    /// No message told of this credit: it goes through the inbox.
    Unheard,
    /// The bank takes back an earlier credit.
    Reversal,
    /// A debit, or money that came back to the account: no fee.
    NoFee,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [Self::Confirmed, Self::Differs, Self::Unheard, Self::Reversal, Self::NoFee];

    /// The outcome of a stable word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Differs => "DIFFERS",
            Self::Unheard => "UNHEARD",
            Self::Reversal => "REVERSAL",
            Self::NoFee => "NO_FEE",
        }
    }
}

/// Something in a file that a person must look at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The row of the sheet, the line of the text, or the number of the entry; none when it concerns the whole.
    pub row: Option<u32>,
    /// The letters of the sheet's column; none when it concerns the whole row, in files without columns, and of what was found
    /// before columns were kept.
    #[serde(default)]
    pub column: Option<String>,
    /// That column's header as printed.
    #[serde(default)]
    pub column_header: Option<String>,
    /// A stable code.
    pub code: String,
    /// The sentence in English.
    pub message: String,
    /// The sentence in Vietnamese.
    pub message_vi: String,
}

/// A line as the file tells it, in the ledger's own values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The row of the sheet, the line of the text, or the number of the entry.
    pub row: u32,
    /// The Vietnam day of the transaction.
    pub booked_on: NaiveDate,
    /// The moment, where the file tells a time of day.
    pub occurred_at: Option<Timestamp>,
    /// Into the account or out of it.
    pub direction: Direction,
    /// Above zero whatever the direction.
    pub amount: Vnd,
    /// Whether the bank takes back an earlier line.
    pub is_reversal: bool,
    /// The bank's number of the transaction.
    pub reference: Option<String>,
    /// The transfer text.
    pub content: Option<String>,
    /// Who stands on the other side.
    pub counterparty: Option<String>,
    /// The virtual account that was paid to.
    pub virtual_account: Option<String>,
    /// The running balance behind the line.
    pub balance: Option<i64>,
}

impl Line {
    /// Whether it may be a fee's money.
    pub(crate) fn is_credit(&self) -> bool {
        self.direction == Direction::Credit && !self.is_reversal
    }
}

/// A statement as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// Whose account it is about.
    pub school: SchoolId,
    /// The account.
    pub account: BankAccountId,
    /// The name of the file that it came in.
    pub file_name: String,
    /// The first and the last day that it covers; none for a file without lines that does not say.
    pub days: (Option<NaiveDate>, Option<NaiveDate>),
    /// The balances before its first and behind its last line, where it says so.
    pub balances: (Option<i64>, Option<i64>),
    /// How many lines it has in its file.
    pub lines: i64,
    /// What could not be read, and what does not add up.
    pub findings: Vec<Finding>,
    /// Where it stands.
    pub status: Status,
    /// When it was taken up.
    pub created_at: Timestamp,
    /// When its last line was kept.
    pub imported_at: Option<Timestamp>,
}

/// A line as its account keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptLine {
    /// Its id.
    pub id: StatementLineId,
    /// The statement that told it first.
    pub statement: StatementId,
    /// The row of the sheet, the line of the text, or the number of the entry.
    pub row: i64,
    /// The Vietnam day of the transaction.
    pub booked_on: NaiveDate,
    /// The moment, where the file tells a time of day.
    pub occurred_at: Option<Timestamp>,
    /// Into the account or out of it.
    pub direction: Direction,
    /// Above zero whatever the direction.
    pub amount: Vnd,
    /// The bank's number of the transaction; of a credit alone.
    pub reference: Option<String>,
    /// The transfer text; of a credit alone.
    pub content: Option<String>,
    /// Who stands on the other side; of a credit alone.
    pub counterparty: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The transaction that it confirms, contradicts or takes back.
    pub transaction: Option<BankTransactionId>,
    /// The line that it takes back, where no message told of the credit.
    pub takes_back: Option<StatementLineId>,
}

/// A statement that is being imported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Importing {
    /// Its id.
    pub id: StatementId,
    /// Whose account it is about.
    pub school: SchoolId,
    /// The account.
    pub account: BankAccountId,
}
