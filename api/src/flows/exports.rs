//! Exports: rows in reach become lines of a file, page by page in the order in which they were made. What the asker may not
//! read is left out and named; whoever's rights change meanwhile starts again.

mod page;
mod roster;
mod rows;

use entities::callers::Caller;
use entities::codes::SchoolYear;
use entities::files::{NewFile, Purpose};
use entities::idempotency::Attempt;
use entities::ids::RunId;
use entities::reach::Reach;
use entities::runs::{self, Direction, NewRun, Run};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, changes, schools, transaction};
use serde_json::Value;
use uuid::Uuid;

use super::runner::{Paged, unknown};
use super::upload::kept_until;
use crate::auth::policy;
use crate::config::Config;

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
    /// Schools, classes, students and enrollments of a school year, as OneRoster writes them.
    OneRoster,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Schools, Self::Classes, Self::Students, Self::Enrollments, Self::Invoices, Self::OneRoster];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schools => "SCHOOLS",
            Self::Classes => "CLASSES",
            Self::Students => "STUDENTS",
            Self::Enrollments => "ENROLLMENTS",
            Self::Invoices => "INVOICES",
            Self::OneRoster => "ONEROSTER",
        }
    }

    /// The kind of a stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The queries that show the same rows; the rights to all of them are needed.
    #[must_use]
    pub const fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Schools => &["schools"],
            Self::Classes => &["classes"],
            Self::Students | Self::Enrollments => &["students"],
            Self::Invoices => &["invoices"],
            Self::OneRoster => &["schools", "classes", "students"],
        }
    }

    /// The GraphQL type of a row; of a roster, whose rows are of several, that of its people.
    #[must_use]
    pub const fn node(self) -> &'static str {
        match self {
            Self::Schools => "School",
            Self::Classes => "SchoolClass",
            Self::Students | Self::OneRoster => "Student",
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
    /// The global id of a row of a type.
    pub id: fn(&str, Uuid) -> String,
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
    /// Only what changed since this cursor of `changes`.
    pub since: Option<String>,
    /// The purpose that was stated.
    pub purpose: Option<String>,
}

/// What the last page of a run found that the next one needs.
#[derive(Default)]
pub(super) struct Held {
    delta: Option<roster::Changed>,
}

/// The next page of an export, of whatever kind.
pub(super) async fn page(
    db: &Db,
    writing: &Writing,
    work: (&Run, Uuid),
    asker: (&Reach, Option<&Caller>),
    held: &mut Held,
    now: Timestamp,
) -> Result<Paged, Error> {
    match Kind::parse(&work.0.kind).ok_or_else(unknown)? {
        Kind::OneRoster => roster::page(db, writing, work, asker, &mut held.delta, now).await,
        _ => page::page(db, writing, work, asker, now).await,
    }
}

/// Asks for an export; workers take it up. `caller` is none for the operator.
///
/// # Errors
/// `FORBIDDEN` without the right to the queries of the same rows, `NOT_FOUND` for a school outside the reach, `BAD_INPUT` for
/// schools of a school or year and for changes of anything but a roster, `REQUIRED` for a roster of no year, `BAD_CURSOR`, and
/// those of [`runs::start`].
pub async fn start(
    db: &Db,
    config: &Config,
    writing: &Writing,
    (reach, caller): (&Reach, Option<&Caller>),
    asked: Asked,
    attempt: Option<&Attempt>,
    now: Timestamp,
) -> Result<RunId, Error> {
    let purpose = asked.purpose.as_deref();
    let may_not = |verb: &&&str| caller.is_some_and(|caller| !policy::may_use(caller, purpose, verb));
    if let Some(verb) = asked.kind.verbs().iter().find(may_not) {
        return Err(super::runner::forbidden(verb).into());
    }
    let position = beginning(&asked)?;
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
    let (name, media_type) = file_of(&asked, now);
    let file = NewFile {
        purpose: Purpose::Export,
        name,
        media_type,
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
        position,
    };
    transaction!(db, |tx| runs::start(tx, reach, &new, attempt, now).await)
}

/// Where a run begins; none for one that begins with its first row.
fn beginning(asked: &Asked) -> Result<Option<String>, Error> {
    if asked.kind != Kind::OneRoster {
        let (en, vi) =
            ("Only a roster tells its changes alone.", "Chỉ danh sách OneRoster mới xuất riêng phần thay đổi.");
        return if asked.since.is_none() {
            Ok(None)
        } else {
            Err(Refusal::new("BAD_INPUT", en, vi).at("since").into())
        };
    }
    if asked.school_year.is_none() {
        let (en, vi) = ("A roster is of one school year.", "Danh sách OneRoster thuộc một năm học; cần nêu năm học.");
        return Err(Refusal::new("REQUIRED", en, vi).at("schoolYear").into());
    }
    if let Some(since) = &asked.since {
        changes::Cursor::parse(since)?;
    }
    roster::beginning(asked.since.clone()).map(Some)
}

/// The name and the media type of the file.
fn file_of(asked: &Asked, now: Timestamp) -> (String, &'static str) {
    let (kind, day) = (asked.kind.as_str().to_lowercase(), now.vietnam_day());
    match (asked.kind, asked.school_year) {
        (Kind::OneRoster, Some(year)) => {
            let part = if asked.since.is_some() { "-delta" } else { "" };
            (format!("{kind}-{year}{part}-{day}.zip"), "application/zip")
        }
        _ => (format!("{kind}-{day}.ndjson"), "application/x-ndjson"),
    }
}
