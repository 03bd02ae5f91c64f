//! Rows of one kind on their way through the verb of that kind.

use entities::batch::{Batch, RowResult};
use entities::codes::DEFAULT_PREFIX;
use entities::invoices::Issue;
use entities::{Error, Tx, classes, enrollments, fees, invoices, schools, students};

/// Rows that could be read, all of one kind.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Schools.
    Schools(Vec<schools::Upsert>),
    /// Classes.
    Classes(Vec<classes::Upsert>),
    /// Students.
    Students(Vec<students::Upsert>),
    /// Enrollments.
    Enrollments(Vec<enrollments::Upsert>),
    /// Fees.
    Fees(Vec<fees::NewFee>),
    /// Invoices.
    Invoices(Vec<invoices::NewInvoice>),
}

/// What became of lines.
#[derive(Clone, Debug)]
pub struct Read {
    /// The rows that could be read.
    pub rows: Rows,
    /// The place of each of them among the lines.
    pub places: Vec<usize>,
    /// The lines that could not.
    pub refused: Vec<RowResult>,
}

impl Rows {
    /// Writes the rows, with a result for each in their order.
    pub(super) async fn write(&self, tx: &Tx, batch: &Batch<'_>) -> Result<Vec<RowResult>, Error> {
        match self {
            Self::Schools(rows) => schools::upsert(tx, batch, rows).await,
            Self::Classes(rows) => classes::upsert(tx, batch, rows).await,
            Self::Students(rows) => students::upsert(tx, batch, rows).await,
            Self::Enrollments(rows) => enrollments::upsert(tx, batch, rows).await,
            Self::Fees(rows) => fees::create(tx, batch, rows).await,
            Self::Invoices(rows) => {
                let issue = Issue { batch: *batch, prefix: DEFAULT_PREFIX };
                invoices::create(tx, &issue, rows).await
            }
        }
    }
}
