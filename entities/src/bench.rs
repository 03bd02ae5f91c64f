//! Synthetic provinces for the benchmark: many consistent rows in little time, and the statement that reports are measured
//! against. Everything is a function of a number and a seed, so that a second seeding adds what the first left out.

mod live;
mod money;
pub mod reads;
mod roster;
mod sums;
mod words;

pub use live::live_report;
pub use roster::{ACCOUNT_BANK, PROVINCE};

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::codes::InvoiceCode;
use crate::connections::{self, NewConnection};
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::{BankAccountId, ConnectionId};
use crate::tables::inbound_events;
use crate::time::Timestamp;

/// Payments that one transaction writes: enough to be fast, few enough to tell of progress.
const PAYMENTS_PER_STEP: i64 = 50_000;

/// How large the province is to be.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Schools, at least 1.
    pub schools: i64,
    /// Students, at least as many as schools; each has an open invoice.
    pub students: i64,
    /// Payments that are settled, spread over [`MONTHS`] months.
    pub payments: i64,
    /// Another seed gives other amounts, days and methods.
    pub seed: i64,
}

/// Months over which payments lie: two school years.
pub const MONTHS: i64 = 24;
/// The first of them, as `yyyymm`; the last is August 2026.
pub const FIRST_MONTH: i32 = 202_409;
/// The last of them.
pub const LAST_MONTH: i32 = 202_608;

/// How far a seeding has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is being written.
    pub step: &'static str,
    /// Rows written so far.
    pub done: i64,
    /// Rows to write.
    pub of: i64,
}

/// One open invoice of the province.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenInvoice {
    /// Its code.
    pub code: InvoiceCode,
    /// The full number of the account that it is paid to.
    pub account: String,
    /// The code of its school.
    pub school: String,
    /// What is open, in đồng.
    pub amount: i64,
}

/// What each open invoice asks, in đồng: enough for many partial payments.
pub const OPEN_AMOUNT: i64 = 10_000_000;

/// Fills a demo database with a province of a size, or adds the payments that are still missing.
///
/// # Errors
/// Refused in a `real` database and for sizes that make no sense; otherwise the database's.
pub async fn seed(db: &Db, size: &Size, now: Timestamp, mut told: impl FnMut(Progress)) -> Result<(), Error> {
    db.kind().allow_personal_data()?;
    if size.schools < 1 || size.students < size.schools || size.payments < 0 {
        let (en, vi) = (
            "A province has a school, and a student for each school.",
            "Cần ít nhất một trường và mỗi trường một học sinh.",
        );
        return Err(Refusal::new("SIZE_INVALID", en, vi).into());
    }
    let is_new = roster::seed(db, size, now, &mut told).await?;
    let from = money::seeded(db).await?;
    if !is_new && from >= size.payments {
        return Ok(());
    }
    let mut done = from;
    while done < size.payments {
        let next = (done + PAYMENTS_PER_STEP).min(size.payments);
        crate::transaction!(db, |tx| money::payments(tx, size, done, next, now).await)?;
        done = next;
        told(Progress { step: "payments", done: done - from, of: size.payments - from });
    }
    told(Progress { step: "sums", done: 0, of: 1 });
    crate::transaction!(db, |tx| sums::write(tx, size, now).await)?;
    told(Progress { step: "sums", done: 1, of: 1 });
    Ok(())
}

/// The first open invoices of a seeded province that are paid to its first `accounts` schools.
///
/// # Errors
/// Never for a size that was seeded.
pub fn open_invoices(size: &Size, schools: i64, first: usize) -> Result<Vec<OpenInvoice>, Error> {
    (0..size.students)
        .filter(|student| student % size.schools < schools)
        .take(first)
        .map(|student| {
            let school = student % size.schools;
            Ok(OpenInvoice {
                code: money::open_code(student)?,
                account: roster::account_number(2 * school),
                school: roster::school_code(school),
                amount: OPEN_AMOUNT,
            })
        })
        .collect()
}

/// Codes of the first schools of a seeded province.
#[must_use]
pub fn school_codes(size: &Size, first: usize) -> Vec<String> {
    (0..size.schools).take(first).map(roster::school_code).collect()
}

/// Makes a connection that speaks for the accounts of the first schools.
///
/// # Errors
/// As making any connection.
pub async fn connect(tx: &Tx, connection: NewConnection, schools: i64, now: Timestamp) -> Result<ConnectionId, Error> {
    let accounts = (0..schools).map(|school| BankAccountId::from_uuid(id(Kind::Account, 2 * school))).collect();
    let made = connections::create(tx, &NewConnection { accounts, ..connection }, "hub", now).await?;
    Ok(made.id)
}

/// Events that no worker has processed yet.
///
/// # Errors
/// The database's.
pub async fn pending(db: &Db) -> Result<u64, Error> {
    use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
    let pending = inbound_events::Entity::find().filter(inbound_events::Column::Status.eq("PENDING"));
    Ok(pending.count(db.read()).await?)
}

/// Forgets the events that wait to be processed but for the first `most`.
///
/// # Errors
/// The database's.
pub async fn drop_pending_beyond(db: &Db, most: u64) -> Result<(), Error> {
    let waiting = "SELECT id FROM inbound_events WHERE status = 'PENDING' ORDER BY received_at, id";
    let sql = format!("DELETE FROM inbound_events WHERE status = 'PENDING' AND id NOT IN ({waiting} LIMIT {most})");
    db.writer().execute_unprepared(&sql).await?;
    Ok(())
}

/// What a number stands for in an id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Organization = 1,
    School,
    Management,
    Account,
    Student,
    Enrollment,
    Fee,
    Invoice,
    Line,
    Transaction,
    Allocation,
    CashPayment,
    Closing,
    OpenInvoice,
    OpenLine,
    Connection,
}

impl Kind {
    /// Two hexadecimal digits.
    fn digits(self) -> String {
        format!("{:02x}", u8::try_from(self as isize).unwrap_or(0))
    }
}

/// The id of the n-th thing of a kind: a UUIDv7 of the start of 2025 whose random bits count.
fn id(kind: Kind, n: i64) -> Uuid {
    let text = format!("01941f29-7c00-70{}-8000-{n:012x}", kind.digits());
    Uuid::parse_str(&text).unwrap_or_default()
}

async fn run(tx: &Tx, sql: &str) -> Result<(), Error> {
    let backend = tx.conn().get_database_backend();
    tx.conn().execute_raw(Statement::from_string(backend, sql)).await?;
    Ok(())
}
