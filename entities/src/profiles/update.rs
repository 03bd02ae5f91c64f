//! Stating what a profile says: a result for each field, and a proposal where somebody else decides.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::content::Content;
use super::plan::{Desk, Plan};
use super::proposals::open_ones;
use super::register::{Subject, not_found};
use super::write::{Held, Said, record, tell};
use super::{Cause, Source};
use crate::batch::{self, Batch};
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::idempotency;
use crate::ids::{ProfileProposalId, SchoolId};
use crate::schools;

/// What somebody says of one field.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The field's name.
    pub key: String,
    /// What it says; none removes it.
    pub content: Option<Content>,
}

/// What somebody says of a school.
#[derive(Clone, Debug)]
pub struct Update {
    /// The school's code.
    pub school_code: String,
    /// The version that the writer has seen.
    pub version: i64,
    /// Whether it was read from a file: such values never overwrite what a person said.
    pub is_from_file: bool,
    /// The day for which it is said; none means today.
    pub stated_on: Option<NaiveDate>,
    /// The fields, each once.
    pub statements: Vec<Statement>,
    /// Whether the writer may read people in full. Who may not does not write them either, and so learns nothing by trying.
    pub may_read_persons: bool,
}

/// What became of one field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It says so from the new version on.
    Applied,
    /// It said so before; nothing was written.
    Unchanged,
    /// Somebody else decides: a proposal waits for them.
    Proposed,
    /// It cannot be accepted; nothing was written.
    Refused,
}

/// The result of one field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldResult {
    /// The field's name, as it was given.
    pub key: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The proposal that waits; none otherwise.
    pub proposal: Option<ProfileProposalId>,
    /// Why it was refused.
    pub error: Option<Refusal>,
}

/// What became of an update.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Updated {
    /// The school.
    pub school: SchoolId,
    /// One result for each field, in the order of the input.
    pub results: Vec<FieldResult>,
}

/// Writes what is said of a school's profile.
///
/// # Errors
/// `NOT_FOUND` outside the reach, `SCHOOL_ENDED`, `VERSION_CONFLICT`, `TOO_MANY_ROWS`, `PROFILE_DAY_INVALID`,
/// `REAL_DATA_NOT_ENABLED`; fields are refused one by one.
pub async fn update(tx: &Tx, batch: &Batch<'_>, update: &Update) -> Result<Updated, Error> {
    tx.kind().allow_personal_data()?;
    check(batch, update)?;
    let found = schools::writable(tx, batch.reach, std::iter::once(update.school_code.as_str())).await?;
    let school = SchoolId::from_uuid(*found.get(update.school_code.trim()).ok_or_else(not_found)?);
    let subject = Subject::locked(tx, batch, school).await?;
    // Under the lock: a first attempt that still ran has ended, and is found.
    if let Some(made) = idempotency::recalled(tx, batch.attempt).await? {
        return Ok(Updated { school, results: repeated(update, school, &made) });
    }
    let held = Held::read(tx, school).await?;
    held.expect(update.version)?;
    let desk = Desk { tx, batch, update, subject: &subject, held: &held };
    let mut plans = desk.plan()?;
    let changed = desk.change_register(&mut plans).await?;
    let after = changed.as_ref().unwrap_or(&subject);
    let said: Vec<Said> = plans.iter().filter_map(|plan| desk.said(plan)).collect();
    let applied: Vec<&str> = said.iter().map(|said| said.field.key).collect();
    if !said.is_empty() {
        record(tx, batch, after, &held, Cause::Updated, said).await?;
    }
    let proposed = desk.propose(&mut plans, open_ones(tx, school).await?).await?;
    if !applied.is_empty() || !proposed.is_empty() {
        let payload = json!({ "fields": applied, "proposed": proposed });
        tell(tx, batch, &after.school, "schoolProfile.updated", payload).await?;
    }
    let results: Vec<FieldResult> = plans.into_iter().map(Plan::result).collect();
    if let Some(attempt) = batch.attempt {
        let marks: Vec<Uuid> = results.iter().map(|result| mark(result, school)).collect();
        idempotency::remember(tx, attempt, &marks, batch.now).await?;
    }
    Ok(Updated { school, results })
}

impl Update {
    /// From whom it is heard.
    pub(super) fn source(&self, batch: &Batch<'_>) -> Source {
        match (batch.reach.client(), self.is_from_file) {
            (Some(_), _) => Source::Vendor,
            (None, true) => Source::Import,
            (None, false) => Source::Person,
        }
    }

    /// The day for which it is said.
    pub(super) fn day(&self, batch: &Batch<'_>) -> NaiveDate {
        self.stated_on.unwrap_or(batch.now.vietnam_day())
    }
}

fn check(batch: &Batch<'_>, update: &Update) -> Result<(), Refusal> {
    if update.statements.len() > batch::MAX_ITEMS {
        let en = format!("At most {} fields are taken at once.", batch::MAX_ITEMS);
        return Err(Refusal::new("TOO_MANY_ROWS", en, format!("Mỗi lần gửi tối đa {} trường.", batch::MAX_ITEMS)));
    }
    if update.day(batch) > batch.now.vietnam_day() {
        let (en, vi) = ("Nothing is said for a day to come.", "Không khai cho ngày trong tương lai.");
        return Err(Refusal::new("PROFILE_DAY_INVALID", en, vi).at("statedOn"));
    }
    Ok(())
}

/// What is remembered of a result under the caller's key: the school for what was applied, the proposal for what waits.
fn mark(result: &FieldResult, school: SchoolId) -> Uuid {
    match result.outcome {
        Outcome::Refused => Uuid::nil(),
        Outcome::Applied | Outcome::Unchanged => school.uuid(),
        Outcome::Proposed => result.proposal.map_or(Uuid::nil(), ProfileProposalId::uuid),
    }
}

/// The results of an earlier attempt under the same key; nothing is applied again.
fn repeated(update: &Update, school: SchoolId, made: &[Uuid]) -> Vec<FieldResult> {
    let result = |(statement, mark): (&Statement, &Uuid)| {
        let (outcome, proposal, error) = match *mark {
            mark if mark.is_nil() => (Outcome::Refused, None, Some(batch::refused_before())),
            mark if mark == school.uuid() => (Outcome::Unchanged, None, None),
            mark => (Outcome::Proposed, Some(ProfileProposalId::from_uuid(mark)), None),
        };
        FieldResult { key: statement.key.clone(), outcome, proposal, error }
    };
    update.statements.iter().zip(made).map(result).collect()
}
