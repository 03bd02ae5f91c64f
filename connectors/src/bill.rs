//! The hub's own bill protocol: what a bank asks before it collects and tells after, and what it hears. [`crate::banks::bill`]
//! proves the words and writes the answers; the hub decides in between.

use chrono::NaiveDate;

use crate::{banks::Reason, notice::Notice, time::Timestamp};

/// A proven call. Whoever acts on it makes sure that its nonce was never used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Names this call, unique among the calls of its connection.
    pub nonce: String,
    /// The last moment at which the same call could be proven again: until then the nonce must be remembered.
    pub provable_until: Timestamp,
    /// Which amounts this bank may collect.
    pub amounts: Amounts,
    /// Whether it is the hour in which this bank may collect.
    pub collects_now: bool,
    /// What is asked.
    pub asked: Asked,
}

/// Which amounts a bank may collect for an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amounts {
    /// What is open, to the đồng.
    Exact,
    /// What the payer chooses, up to what is open.
    Chosen,
}

impl Amounts {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Exact => "EXACT",
            Self::Chosen => "UP_TO",
        }
    }
}

/// What a bank asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// What may be paid.
    Inquiry(Payer),
    /// The bank has taken this money from its customer: a settled credit under the bank's reference. A refusal means that the
    /// bank gives it back.
    Pay(Box<Payment>),
    /// What became of a payment.
    Status {
        /// The bank's reference of the payment.
        bank_reference: String,
    },
    /// The bank gives a payment back to its customer, wholly.
    Reverse {
        /// The bank's reference of the payment.
        bank_reference: String,
        /// The amount of the payment, in whole đồng.
        amount_vnd: i64,
    },
    /// What the hub took of this bank on a day.
    DayFile(NaiveDate),
    /// What the bank collected on a day, to be compared.
    Compare(NaiveDate, Vec<FileLine>),
    /// The bank wrote it and we cannot read it.
    Unreadable(Reason),
}

/// For whom a bank wants to collect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payer {
    /// The student of an invoice, and this invoice alone.
    Invoice(String),
    /// The student to whom a virtual account belongs.
    VirtualAccount(String),
    /// The student with this ministry code.
    Student(String),
}

/// A payment as a bank tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The bank's reference, unique among the payments of its connection for ever.
    pub bank_reference: String,
    /// What is paid: an invoice or a virtual account, never [`Payer::Student`].
    pub payer: Payer,
    /// The amount in whole đồng, above zero.
    pub amount_vnd: i64,
    /// The same as every sender says it.
    pub notice: Notice,
}

impl Payment {
    /// SHA-256 over what makes it this payment: reference, amount, account and what is paid. A bank that tells it again may word
    /// the rest another way.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let bare = Notice { content: None, payer_name: None, method: None, occurred_at: None, ..self.notice.clone() };
        bare.digest()
    }
}

/// A line of a bank's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// Its row in the file; the header is row 1.
    pub row: u64,
    /// The bank's reference, where it could be read.
    pub bank_reference: Option<String>,
    /// What it says.
    pub read: Result<Collected, Reason>,
}

/// What a line of a bank's day says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// The amount in whole đồng, above zero.
    pub amount_vnd: i64,
    /// Whether the bank gave it back since.
    pub is_reversed: bool,
    /// The Vietnam day of the payment.
    pub day: NaiveDate,
    /// The payment, when the line says enough to take it in.
    pub payment: Option<Box<Payment>>,
}

/// What a bank hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What may be paid for a student.
    Bills(Bills),
    /// How a payment stands.
    Standing(Standing),
    /// What the hub took on a day.
    DayFile(Vec<Taken>),
    /// How a bank's day compares with the hub's.
    Compared(Vec<Compared>),
    /// The hub says no.
    No(No),
}

/// What may be paid for a student.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bills {
    /// The student's name, all but the last word cut to its first letter.
    pub student_name: String,
    /// Which amounts this bank may collect.
    pub amounts: Amounts,
    /// The open invoices, the oldest first.
    pub bills: Vec<Bill>,
}

/// An open invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// Its code.
    pub invoice_code: String,
    /// The name of the school that asks for it.
    pub school_name: String,
    /// What it is for: the names of its fees.
    pub title: String,
    /// The account into which it is paid, in full: it is kept at this bank.
    pub account: String,
    /// The whole amount in đồng.
    pub amount_vnd: i64,
    /// What is still open of it, in đồng.
    pub open_vnd: i64,
    /// The last day to pay; none when there is none.
    pub due_on: Option<NaiveDate>,
}

/// How a payment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The bank's reference.
    pub bank_reference: String,
    /// Its state.
    pub state: State,
    /// The amount in đồng.
    pub amount_vnd: i64,
    /// When the hub took it.
    pub received_at: Timestamp,
}

/// The state of a payment that the hub took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// On disk; not settled yet.
    Received,
    /// It pays what it was meant for.
    Settled,
    /// A person at the school decides what it pays.
    InReview,
    /// It was given back.
    Reversed,
    /// The hub said no to it: the bank gives it back.
    Refused,
}

impl State {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Received => "RECEIVED",
            Self::Settled => "SETTLED",
            Self::InReview => "IN_REVIEW",
            Self::Reversed => "REVERSED",
            Self::Refused => "REFUSED",
        }
    }
}

/// A payment of the hub's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// How it stands.
    pub standing: Standing,
    /// The invoice that the bank named, if any.
    pub invoice_code: Option<String>,
}

/// A payment that one or both sides know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The bank's reference; none when the line could not be read.
    pub bank_reference: Option<String>,
    /// The row in the bank's file; none when it is not there.
    pub row: Option<u64>,
    /// What the comparison says.
    pub finding: Finding,
    /// The bank's amount in đồng, when the line is there and could be read.
    pub bank_vnd: Option<i64>,
    /// The hub's amount in đồng, when the hub knows the payment.
    pub hub_vnd: Option<i64>,
}

/// What a comparison says of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finding {
    /// Both sides say the same.
    Matched,
    /// The hub never heard of it, and takes it in by the file.
    MissingAtHub,
    /// The hub never heard of it, and the file says too little to take it in.
    Unknown,
    /// The bank's file does not have it.
    MissingAtBank,
    /// The amounts differ.
    AmountDiffers,
    /// One side gave it back and the other did not: the hub takes the bank's word that it went back.
    StatusDiffers,
    /// The hub said no to it and the bank kept it: the bank gives it back.
    RefusedAtHub,
    /// The reference stood in an earlier row.
    DuplicateInFile,
    /// The payment is of another day.
    WrongDay,
    /// The line cannot be read.
    Unreadable,
}

impl Finding {
    /// Every finding.
    pub const ALL: [Self; 10] = [
        Self::Matched,
        Self::MissingAtHub,
        Self::Unknown,
        Self::MissingAtBank,
        Self::AmountDiffers,
        Self::StatusDiffers,
        Self::RefusedAtHub,
        Self::DuplicateInFile,
        Self::WrongDay,
        Self::Unreadable,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Matched => "MATCHED",
            Self::MissingAtHub => "MISSING_AT_HUB",
            Self::Unknown => "UNKNOWN_AT_HUB",
            Self::MissingAtBank => "MISSING_AT_BANK",
            Self::AmountDiffers => "AMOUNT_DIFFERS",
            Self::StatusDiffers => "STATUS_DIFFERS",
            Self::RefusedAtHub => "REFUSED_AT_HUB",
            Self::DuplicateInFile => "DUPLICATE_IN_FILE",
            Self::WrongDay => "WRONG_DAY",
            Self::Unreadable => "UNREADABLE",
        }
    }
}

/// Why the hub says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum No {
    /// Nothing that this bank may collect has this code, number or student; or it was withdrawn.
    NotFound,
    /// It needs no more money.
    AlreadyPaid,
    /// Not this amount.
    AmountNotAllowed,
    /// It is not paid into this account.
    WrongAccount,
    /// It is not the hour in which this bank may collect.
    OutsideHours,
    /// The reference names another payment.
    ReferenceConflict,
    /// No payment has this reference.
    UnknownReference,
    /// The payment was given back before it was told.
    Reversed,
    /// The day on which the bank may give it back alone is over.
    NotReversible,
    /// The call, or its field, cannot be read.
    Unreadable,
    /// The nonce was used before.
    NonceUsed,
    /// Too many codes were tried that nobody has.
    TooManyUnknown {
        /// When to come again, in seconds.
        retry_after_s: u32,
    },
}

impl No {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyPaid => "ALREADY_PAID",
            Self::AmountNotAllowed => "AMOUNT_NOT_ALLOWED",
            Self::WrongAccount => "WRONG_ACCOUNT",
            Self::OutsideHours => "OUTSIDE_HOURS",
            Self::ReferenceConflict => "REFERENCE_CONFLICT",
            Self::UnknownReference => "UNKNOWN_REFERENCE",
            Self::Reversed => "REVERSED",
            Self::NotReversible => "NOT_REVERSIBLE",
            Self::Unreadable => "UNREADABLE",
            Self::NonceUsed => "NONCE_USED",
            Self::TooManyUnknown { .. } => "TOO_MANY_UNKNOWN",
        }
    }

    /// The refusal of a payment that was kept under its code.
    #[must_use]
    pub fn of_payment(code: &str) -> Option<Self> {
        let all = [
            Self::NotFound,
            Self::AlreadyPaid,
            Self::AmountNotAllowed,
            Self::WrongAccount,
            Self::OutsideHours,
            Self::Reversed,
        ];
        all.into_iter().find(|no| no.code() == code)
    }
}
