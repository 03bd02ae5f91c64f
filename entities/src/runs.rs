//! Imports and exports: work over many rows that outlives a request and the process. The row is the job; each page of it
//! moves the run on in the transaction that writes the page, so that what was killed goes on without a gap or a double.

mod read;
mod start;
#[cfg(test)]
mod tests;
mod work;

use crate::callers::{Mandate, Role, Subject};
use crate::codes::SchoolYear;
use crate::error::Error;
use crate::ids::{BankAccountId, FileId, RunId};
use crate::tables::runs::Model;
use crate::time::Timestamp;

pub use read::{by_ids, source_of, unfinished_file, visible};
pub use start::{MAX_WAITING, NewRun, cancel, start};
pub use work::{LEASE_SECONDS, Step, claim, end, finish, hold, keep, postpone, release, step};

/// Which way the rows go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From a file into the ledger.
    Import,
    /// From the ledger into a file.
    Export,
}

impl Direction {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "IMPORT",
            Self::Export => "EXPORT",
        }
    }

    /// The GraphQL type of such a run.
    #[must_use]
    pub const fn node(self) -> &'static str {
        match self {
            Self::Import => "ImportRun",
            Self::Export => "ExportRun",
        }
    }
}

/// Where a run stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// No worker has taken it up yet.
    Queued,
    /// A worker has it, or the next one will.
    Running,
    /// Every row was seen.
    Done,
    /// It stopped before its end; the failure says why.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl Status {
    const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Done => "DONE",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// Why a run stopped before its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Stable code in SCREAMING_SNAKE_CASE.
    pub code: String,
    /// The sentence in English.
    pub message: String,
    /// The sentence in Vietnamese.
    pub message_vi: String,
}

/// What a run has done so far, or what a page adds to it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Figures {
    /// Bytes of the source that were read; 0 for an export.
    pub bytes_read: i64,
    /// Rows read from the source, or written into the export.
    pub rows: i64,
    /// Rows that made something new.
    pub created: i64,
    /// Rows that altered something.
    pub updated: i64,
    /// Rows that found everything so already.
    pub unchanged: i64,
    /// Rows that could not be accepted.
    pub refused: i64,
}

/// An import or export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Which way the rows go.
    pub direction: Direction,
    /// What the rows are, in SCREAMING_SNAKE_CASE.
    pub kind: String,
    /// Whose run it is: `client:<id>`, `user:<id>` or `hub`.
    pub owner: String,
    /// Under what its owner acts; none for the hub itself.
    pub mandate: Option<Mandate>,
    /// The purpose that was stated when it was asked for.
    pub purpose: Option<String>,
    /// The fingerprint of the owner's rights when it was asked for; none for the hub itself.
    pub rights: Option<Vec<u8>>,
    /// The school that every row is of; none when each row names its own.
    pub school_code: Option<String>,
    /// The bank account that every row is about; none when the file says it, or rows are about none.
    pub account: Option<BankAccountId>,
    /// Only rows of this school year; none for all.
    pub school_year: Option<SchoolYear>,
    /// Whether it only shows what it would do.
    pub dry_run: bool,
    /// The file it reads; none for an export.
    pub source: Option<FileId>,
    /// The length of that file.
    pub bytes: Option<i64>,
    /// The file it writes: results of an import, rows of an export.
    pub file: FileId,
    /// Where it stands.
    pub status: Status,
    /// Attempts at its present page that failed.
    pub attempts: i64,
    /// Why it stopped; none unless it failed.
    pub failure: Option<Failure>,
    /// Where its next page begins, in its own words; none at the start.
    pub position: Option<String>,
    /// What it has done.
    pub figures: Figures,
    /// The fields that its owner may not read and that are left out, as `Student.birthDate`.
    pub masked: Vec<String>,
    /// The cursor of the changes from which its owner follows on.
    pub changes_cursor: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When a worker took it up.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl TryFrom<Model> for Run {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let status = Status::ALL.into_iter().find(|status| status.as_str() == row.status);
        let mandate = match (Subject::parse(&row.owner), row.role.as_deref().and_then(Role::parse)) {
            (Some(subject), Some(role)) => {
                Some(Mandate { subject, role, contract: row.contract, generation: row.generation })
            }
            _ => None,
        };
        let year = row.school_year.map(|year| i32::try_from(year).map_err(Error::internal)).transpose()?;
        let failure = row.failure.map(|code| Failure {
            code,
            message: row.failure_en.unwrap_or_default(),
            message_vi: row.failure_vi.unwrap_or_default(),
        });
        Ok(Self {
            id: RunId::from_uuid(row.id),
            direction: if row.direction == "IMPORT" { Direction::Import } else { Direction::Export },
            kind: row.kind,
            owner: row.owner,
            mandate,
            purpose: row.purpose,
            rights: row.rights,
            school_code: row.school_code,
            account: row.bank_account_id.map(BankAccountId::from_uuid),
            school_year: year.map(SchoolYear::starting).transpose().map_err(Error::internal)?,
            dry_run: row.dry_run,
            source: row.source_id.map(FileId::from_uuid),
            bytes: row.bytes,
            file: FileId::from_uuid(row.file_id),
            status: status.ok_or_else(|| Error::internal("a run has an unknown status"))?,
            attempts: row.attempts,
            failure,
            position: row.position,
            figures: Figures {
                bytes_read: row.bytes_read,
                rows: row.rows_read,
                created: row.rows_created,
                updated: row.rows_updated,
                unchanged: row.rows_unchanged,
                refused: row.rows_refused,
            },
            masked: crate::access::words(row.masked.as_deref().unwrap_or_default()),
            changes_cursor: row.changes_cursor,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}
