//! Invoices (phiếu báo thu, not e-invoices): what a family is asked to pay, in lines of one account, and how much of it
//! came in. What is asked for at once but belongs to several accounts is a group of invoices.

mod balance;
mod cancel;
mod create;
mod draft;
mod lines;
mod lookup;
mod numbering;
mod read;
mod repeat;

pub(crate) use balance::{Balance, Filled, lock, lock_by_codes, store};
pub use cancel::cancel;
use chrono::NaiveDate;
pub use create::{Issue, create};
pub use draft::{MAX_LINES, MAX_REFERENCES, NewInvoice, NewInvoiceLine};
pub use lines::{InvoiceLine, PaymentReference, ReferenceKind, lines_of, references_of};
pub(crate) use lookup::{Named, named_by, open_of_students, schools_of};
pub use read::{Filter, Order, Query, behind, by_code, by_groups, by_ids, count, of_schools, of_students, visible};

use crate::catalogues::FeeGroup;
use crate::codes::{InvoiceCode, SchoolYear};
use crate::error::Error;
use crate::fees::school_year;
use crate::ids::{BankAccountId, ClientId, InvoiceId, SchoolId, StudentId};
use crate::money::Vnd;
use crate::tables::invoices::Model;
use crate::time::Timestamp;

/// How far an invoice is paid.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum InvoiceStatus {
    /// Nothing is paid.
    Open,
    /// Something is paid, and something is left.
    PartiallyPaid,
    /// Everything is paid.
    Paid,
    /// It is asked for no longer; nothing was paid.
    Cancelled,
}

impl InvoiceStatus {
    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::PartiallyPaid => "PARTIALLY_PAID",
            Self::Paid => "PAID",
            Self::Cancelled => "CANCELLED",
        }
    }

    fn stored(word: &str) -> Result<Self, Error> {
        [Self::Open, Self::PartiallyPaid, Self::Paid, Self::Cancelled]
            .into_iter()
            .find(|status| status.as_str() == word)
            .ok_or_else(|| Error::internal("an invoice has an unknown status"))
    }
}

/// An invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invoice {
    /// Its key.
    pub id: InvoiceId,
    /// Who asks for the money.
    pub school: SchoolId,
    /// The code that a transfer carries back.
    pub code: InvoiceCode,
    /// The first invoice of those that were asked for at once, which names the group; this one, when it stands alone.
    pub group: InvoiceId,
    /// For whom it is.
    pub student: StudentId,
    /// The account into which it is paid.
    pub account: BankAccountId,
    /// The fund, which is that of the account.
    pub fund: FeeGroup,
    /// The school year in which it is collected.
    pub school_year: SchoolYear,
    /// What is asked for: the sum of its lines.
    pub amount: Vnd,
    /// What came in so far.
    pub paid: Vnd,
    /// How far it is paid.
    pub status: InvoiceStatus,
    /// The day on which it was issued.
    pub issued_on: NaiveDate,
    /// The last day on which to pay; none for money that is given freely.
    pub due_on: Option<NaiveDate>,
    /// The client that made it; none when people or the hub did.
    pub client: Option<ClientId>,
    /// Whether the row is synthetic.
    pub synthetic: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Invoice {
    /// What is still to be paid; zero once it is cancelled.
    #[must_use]
    pub fn open(&self) -> Vnd {
        match self.status {
            InvoiceStatus::Cancelled => Vnd::ZERO,
            _ => self.amount.checked_sub(self.paid).unwrap_or(Vnd::ZERO),
        }
    }
}

impl TryFrom<Model> for Invoice {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        Ok(Self {
            id: InvoiceId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            code: InvoiceCode::parse(&row.code).map_err(Error::internal)?,
            group: InvoiceId::from_uuid(row.group_id),
            student: StudentId::from_uuid(row.student_id),
            account: BankAccountId::from_uuid(row.bank_account_id),
            fund: FeeGroup::parse(&row.fund).map_err(Error::internal)?,
            school_year: school_year(row.school_year)?,
            amount: Vnd::new(row.amount),
            paid: Vnd::new(row.paid_amount),
            status: InvoiceStatus::stored(&row.status)?,
            issued_on: row.issued_on,
            due_on: row.due_on,
            client: row.client_id.map(ClientId::from_uuid),
            synthetic: row.synthetic,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

#[cfg(test)]
mod tests;
