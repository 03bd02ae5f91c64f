//! Imports: a file of rows goes through the same verbs as the bulk mutations, page by page. A page's rows, their results and
//! the run's place in the file are one transaction, so a run that was killed repeats nothing and loses nothing.

mod lines;
mod page;
mod roster;
mod rows;
mod sections;

use entities::callers::Caller;
use entities::codes::Kind as DatabaseKind;
use entities::files::{self, File, NewFile, Purpose};
use entities::idempotency::Attempt;
use entities::ids::{BankAccountId, FileId, RunId, SchoolId, StatementId};
use entities::reach::Reach;
use entities::runs::{self, Direction, NewRun, Run};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, bank_accounts, statements, transaction};
use serde_json::Value;
use uuid::Uuid;

use super::runner::{Paged, unknown};
use super::upload::kept_until;
use crate::auth::policy;
use crate::config::Config;

pub use rows::{Read, Rows};

/// What the rows of an import are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Schools, as `upsertSchools` takes them.
    Schools,
    /// Classes, as `upsertClasses` takes them.
    Classes,
    /// Students, as `upsertStudents` takes them.
    Students,
    /// Enrollments, as `upsertEnrollments` takes them.
    Enrollments,
    /// Fees of one school, as `createFees` takes them.
    Fees,
    /// Invoices of one school, as `createInvoices` takes them.
    Invoices,
    /// Lines of a bank's account statements, of one school.
    Statements,
    /// Classes, students and enrollments as OneRoster writes them.
    OneRoster,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Schools,
        Self::Classes,
        Self::Students,
        Self::Enrollments,
        Self::Fees,
        Self::Invoices,
        Self::Statements,
        Self::OneRoster,
    ];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schools => "SCHOOLS",
            Self::Classes => "CLASSES",
            Self::Students => "STUDENTS",
            Self::Enrollments => "ENROLLMENTS",
            Self::Fees => "FEES",
            Self::Invoices => "INVOICES",
            Self::Statements => "STATEMENTS",
            Self::OneRoster => "ONEROSTER",
        }
    }

    /// The kind of a stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The mutations whose rights are needed, all of them: those that take the same rows, or that answer for them.
    #[must_use]
    pub const fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Schools => &["upsertSchools"],
            Self::Classes => &["upsertClasses"],
            Self::Students => &["upsertStudents"],
            Self::Enrollments => &["upsertEnrollments"],
            Self::Fees => &["createFees"],
            Self::Invoices => &["createInvoices"],
            Self::Statements => &["confirmStatement"],
            Self::OneRoster => &["upsertClasses", "upsertStudents", "upsertEnrollments"],
        }
    }

    /// The GraphQL type of what a row makes; of a roster, whose rows make several, that of its people.
    #[must_use]
    pub const fn node(self) -> &'static str {
        match self {
            Self::Schools => "School",
            Self::Classes => "SchoolClass",
            Self::Students | Self::OneRoster => "Student",
            Self::Enrollments => "Enrollment",
            Self::Fees => "Fee",
            Self::Invoices => "Invoice",
            Self::Statements => "StatementLine",
        }
    }

    /// Whether rows do not name their school, so that the run must.
    #[must_use]
    pub const fn is_of_one_school(self) -> bool {
        matches!(self, Self::Fees | Self::Invoices | Self::Statements)
    }
}

/// How lines become rows and ids become words. The descriptions of rows are the GraphQL inputs', so GraphQL gives these.
#[derive(Clone, Copy)]
pub struct Reading {
    /// Reads parsed lines as rows of a kind; fees and invoices are of the given school.
    pub rows: fn(Kind, DatabaseKind, Option<SchoolId>, Vec<Value>) -> Read,
    /// The global id of a row of a type.
    pub id: fn(&str, Uuid) -> String,
    /// The type and row of a global id; none when it is no id of the hub.
    pub node: fn(&str) -> Option<(String, Uuid)>,
}

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the rows are.
    pub kind: Kind,
    /// The file that holds them.
    pub file: FileId,
    /// The school of every row.
    pub school_code: Option<String>,
    /// The account of a statement, where its file does not say.
    pub account: Option<BankAccountId>,
    /// Whether it only shows what it would do.
    pub dry_run: bool,
    /// The purpose that was stated.
    pub purpose: Option<String>,
}

/// Asks for an import; workers take it up. `caller` is none for the operator.
///
/// # Errors
/// `FORBIDDEN` without the right to the mutation of the same rows, `NOT_FOUND` for another's file, `REQUIRED` for a school
/// that rows do not name, and those of [`runs::start`].
pub async fn start(
    db: &Db,
    config: &Config,
    (reach, caller): (&Reach, Option<&Caller>),
    asked: Asked,
    attempt: Option<&Attempt>,
    now: Timestamp,
) -> Result<RunId, Error> {
    let may_not = |verb: &&&str| caller.is_some_and(|caller| !policy::may_use(caller, asked.purpose.as_deref(), verb));
    if let Some(verb) = asked.kind.verbs().iter().find(may_not) {
        return Err(super::runner::forbidden(verb).into());
    }
    if asked.kind.is_of_one_school() && asked.school_code.is_none() {
        return Err(Refusal::new(
            "REQUIRED",
            "Name the school: these rows do not.",
            "Cần nêu mã trường vì các dòng không nêu trường.",
        )
        .at("schoolCode")
        .into());
    }
    if asked.kind == Kind::Schools && asked.school_code.is_some() {
        return Err(Refusal::new(
            "BAD_INPUT",
            "Schools are of no school.",
            "Danh sách trường không thuộc một trường nào.",
        )
        .at("schoolCode")
        .into());
    }
    match asked.account {
        None => {}
        Some(account) if asked.kind == Kind::Statements => {
            let found = bank_accounts::by_ids(db, reach, &[account]).await?;
            found.get(&account).ok_or_else(|| Refusal::not_found("BankAccount").at("bankAccountId"))?;
        }
        Some(_) => return Err(not_of_an_account().into()),
    }
    let found = files::own(db, reach, asked.file, now).await?.filter(|file| file.purpose == Purpose::Upload);
    let source = found.ok_or_else(|| Refusal::not_found("file").at("fileId"))?;
    let new = NewRun {
        direction: Direction::Import,
        kind: asked.kind.as_str(),
        caller,
        purpose: asked.purpose,
        school_code: asked.school_code,
        account: asked.account,
        school_year: None,
        dry_run: asked.dry_run,
        source: Some(&source),
        file: results_of(&source, kept_until(config, now)),
        masked: Vec::new(),
        changes_cursor: None,
        position: None,
    };
    transaction!(db, |tx| runs::start(tx, reach, &new, attempt, now).await)
}

/// Lets the lines of a held statement be kept: a person has looked at its findings. Workers read its file again.
///
/// # Errors
/// Those of [`statements::confirm`] and [`runs::start`].
pub async fn confirm(
    db: &Db,
    config: &Config,
    (reach, caller): (&Reach, &Caller),
    statement: StatementId,
    purpose: Option<String>,
    now: Timestamp,
) -> Result<RunId, Error> {
    let expires_at = kept_until(config, now);
    transaction!(db, |tx| {
        let confirmed = statements::confirm(tx, reach, statement, now).await?;
        let new = NewRun {
            direction: Direction::Import,
            kind: Kind::Statements.as_str(),
            caller: Some(caller),
            purpose: purpose.clone(),
            school_code: Some(confirmed.school_code),
            account: Some(confirmed.statement.account),
            school_year: None,
            dry_run: false,
            source: Some(&confirmed.source),
            file: results_of(&confirmed.source, expires_at),
            masked: Vec::new(),
            changes_cursor: None,
            position: None,
        };
        runs::start(tx, reach, &new, None, now).await
    })
}

/// The next page of an import, of whatever kind. `reader` is where the last one left off.
pub(super) async fn page(
    db: &Db,
    reading: &Reading,
    (run, worker): (&Run, Uuid),
    reach: &Reach,
    reader: &mut Reader,
    now: Timestamp,
) -> Result<Paged, Error> {
    match Kind::parse(&run.kind).ok_or_else(unknown)? {
        Kind::Statements => sections::page(db, reading, (run, worker), reach, &mut reader.sections, now).await,
        Kind::OneRoster => roster::page(db, reading, (run, worker), reach, &mut reader.archive, now).await,
        kind => page::page(db, reading, (run, worker, kind), reach, &mut reader.lines, now).await,
    }
}

/// Where the last page of a run left off in its file.
#[derive(Default)]
pub(super) struct Reader {
    lines: Option<lines::Lines>,
    sections: Option<sections::Sections>,
    archive: Option<roster::Archive>,
}

fn not_of_an_account() -> Refusal {
    Refusal::new("BAD_INPUT", "Only statements are of one account.", "Chỉ sao kê mới thuộc một tài khoản.")
        .at("bankAccountId")
}

fn results_of(source: &File, expires_at: Timestamp) -> NewFile {
    let stem: String = source
        .name
        .trim_end_matches(".ndjson")
        .trim_end_matches(".zip")
        .chars()
        .take(files::MAX_NAME_CHARS - 20)
        .collect();
    let name = format!("{stem}.results.ndjson");
    NewFile { purpose: Purpose::Result, name, media_type: "application/x-ndjson", rights: None, expires_at }
}
