//! Exports: rows in reach become lines of a file, page by page in the order in which they were made. What the asker may not
//! read is left out and named; whoever's rights change meanwhile starts again.

mod page;
mod rows;

use entities::callers::Caller;
use entities::codes::SchoolYear;
use entities::files::{NewFile, Purpose};
use entities::idempotency::Attempt;
use entities::ids::RunId;
use entities::reach::Reach;
use entities::runs::{self, Direction, NewRun};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, changes, schools, transaction};
use serde_json::Value;

use super::upload::kept_until;
use crate::auth::policy;
use crate::config::Config;

pub(super) use page::page;
pub use rows::{Row, Thing};

/// What the rows of an export are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Schools.
    Schools,
    /// Classes.
    Classes,
    /// Students with a running enrollment.
    Students,
    /// Enrollments, those that ended too.
    Enrollments,
    /// Invoices.
    Invoices,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Schools, Self::Classes, Self::Students, Self::Enrollments, Self::Invoices];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schools => "SCHOOLS",
            Self::Classes => "CLASSES",
            Self::Students => "STUDENTS",
            Self::Enrollments => "ENROLLMENTS",
            Self::Invoices => "INVOICES",
        }
    }

    /// The kind of a stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The query that shows the same rows; its right is needed.
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Schools => "schools",
            Self::Classes => "classes",
            Self::Students | Self::Enrollments => "students",
            Self::Invoices => "invoices",
        }
    }

    /// The GraphQL type of a row.
    #[must_use]
    pub const fn node(self) -> &'static str {
        match self {
            Self::Schools => "School",
            Self::Classes => "SchoolClass",
            Self::Students => "Student",
            Self::Enrollments => "Enrollment",
            Self::Invoices => "Invoice",
        }
    }
}

/// How rows become lines. Their words are the schema's, so GraphQL gives these.
#[derive(Clone, Copy)]
pub struct Writing {
    /// The line of a row, with every field that a line of its kind has.
    pub line: fn(Row) -> Value,
    /// The fields of a line of this kind that the field policy knows by a line of their own.
    pub guarded: fn(Kind) -> &'static [&'static str],
}

/// What is to be exported.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the rows are.
    pub kind: Kind,
    /// Only those of this school.
    pub school_code: Option<String>,
    /// Only those of this school year.
    pub school_year: Option<SchoolYear>,
    /// The purpose that was stated.
    pub purpose: Option<String>,
}

/// Asks for an export; workers take it up. `caller` is none for the operator.
///
/// # Errors
/// `FORBIDDEN` without the right to the query of the same rows, `NOT_FOUND` for a school outside the reach, `BAD_INPUT` for
/// schools of a school or year, and those of [`runs::start`].
pub async fn start(
    db: &Db,
    config: &Config,
    writing: &Writing,
    (reach, caller): (&Reach, Option<&Caller>),
    asked: Asked,
    attempt: Option<&Attempt>,
    now: Timestamp,
) -> Result<RunId, Error> {
    let verb = asked.kind.verb();
    let purpose = asked.purpose.as_deref();
    if caller.is_some_and(|caller| !policy::may_use(caller, purpose, verb)) {
        return Err(super::runner::forbidden(verb).into());
    }
    if asked.kind == Kind::Schools && (asked.school_code.is_some() || asked.school_year.is_some()) {
        let (en, vi) = ("Schools are of no school and of no year.", "Trường không lọc theo trường hoặc năm học.");
        return Err(Refusal::new("BAD_INPUT", en, vi).into());
    }
    if let Some(code) = &asked.school_code {
        let found = schools::by_code(db, reach, code).await?;
        found.ok_or_else(|| Refusal::not_found("school").at("schoolCode"))?;
    }
    let node = asked.kind.node();
    let hidden = |field: &&&str| caller.is_some_and(|caller| !policy::may_read(caller, purpose, node, field));
    let masked = (writing.guarded)(asked.kind).iter().filter(hidden).map(|field| format!("{node}.{field}")).collect();
    // Taken before the first row is read: what is written meanwhile comes after it.
    let head = changes::head(db).await?;
    let day = now.vietnam_day();
    let file = NewFile {
        purpose: Purpose::Export,
        name: format!("{}-{day}.ndjson", asked.kind.as_str().to_lowercase()),
        media_type: "application/x-ndjson",
        rights: caller.map(Caller::rights),
        expires_at: kept_until(config, now),
    };
    let new = NewRun {
        direction: Direction::Export,
        kind: asked.kind.as_str(),
        caller,
        purpose: asked.purpose,
        school_code: asked.school_code,
        account: None,
        school_year: asked.school_year,
        dry_run: false,
        source: None,
        file,
        masked,
        changes_cursor: Some(head.to_string()),
    };
    transaction!(db, |tx| runs::start(tx, reach, &new, attempt, now).await)
}
