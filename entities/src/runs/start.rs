//! Asking for a run, and taking it back.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Direction, Run, Status};
use crate::callers::Caller;
use crate::changes::{self, Change};
use crate::codes::SchoolYear;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::files::{self, File, NewFile};
use crate::idempotency::{self, Attempt};
use crate::ids::{BankAccountId, RunId};
use crate::reach::Reach;
use crate::tables::runs::{Column, Entity, Model};
use crate::time::Timestamp;

/// Runs of one owner that may wait or run at once.
pub const MAX_WAITING: u64 = 20;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct NewRun<'a> {
    /// Which way the rows go.
    pub direction: Direction,
    /// What the rows are, in SCREAMING_SNAKE_CASE.
    pub kind: &'static str,
    /// Who asks; none for the hub itself.
    pub caller: Option<&'a Caller>,
    /// The purpose that was stated.
    pub purpose: Option<String>,
    /// The school that every row is of.
    pub school_code: Option<String>,
    /// The bank account that every row is about, where its file does not say.
    pub account: Option<BankAccountId>,
    /// Only rows of this school year.
    pub school_year: Option<SchoolYear>,
    /// Whether it only shows what it would do.
    pub dry_run: bool,
    /// The file it reads, which the asker has by its own reach.
    pub source: Option<&'a File>,
    /// The file it writes.
    pub file: NewFile,
    /// The fields that are left out.
    pub masked: Vec<String>,
    /// The cursor of the changes from which its owner follows on.
    pub changes_cursor: Option<String>,
    /// Where it begins, in its own words; none at the start.
    pub position: Option<String>,
}

/// Keeps a run for the workers. The same attempt again answers with the same run.
///
/// # Errors
/// `TOO_MANY_RUNS`, `IDEMPOTENCY_KEY_REUSED`, and those of the database.
pub async fn start(
    tx: &Tx,
    reach: &Reach,
    new: &NewRun<'_>,
    attempt: Option<&Attempt>,
    now: Timestamp,
) -> Result<RunId, Error> {
    if let Some(made) = idempotency::recalled(tx, attempt).await? {
        return Ok(RunId::from_uuid(made.first().copied().unwrap_or(Uuid::nil())));
    }
    let waiting = Entity::find().filter(Column::Owner.eq(reach.actor())).filter(Column::HasWork.eq(true));
    if waiting.count(tx.conn()).await? >= MAX_WAITING {
        return Err(too_many().into());
    }
    let file = files::open(tx, reach, &new.file, now).await?;
    if let Some(source) = new.source {
        files::keep_until(tx, source.id, new.file.expires_at).await?;
    }
    let id = RunId::new(now);
    let mandate = new.caller.map(Caller::mandate);
    let row = Model {
        id: id.uuid(),
        direction: new.direction.as_str().to_owned(),
        kind: new.kind.to_owned(),
        owner: reach.actor().to_owned(),
        role: mandate.as_ref().map(|mandate| mandate.role.as_str().to_owned()),
        generation: mandate.as_ref().map_or(0, |mandate| mandate.generation),
        contract: mandate.and_then(|mandate| mandate.contract),
        purpose: new.purpose.clone(),
        rights: new.caller.map(Caller::rights),
        school_code: new.school_code.clone(),
        school_year: new.school_year.map(|year| i64::from(year.start_year())),
        dry_run: new.dry_run,
        source_id: new.source.map(|source| source.id.uuid()),
        file_id: file.uuid(),
        status: Status::Queued.as_str().to_owned(),
        has_work: true,
        worker: None,
        lease_until: now,
        attempts: 0,
        failure: None,
        failure_en: None,
        failure_vi: None,
        position: new.position.clone(),
        bytes_read: 0,
        bytes: new.source.map(|source| i64::try_from(source.bytes)).transpose().map_err(Error::internal)?,
        rows_read: 0,
        rows_created: 0,
        rows_updated: 0,
        rows_unchanged: 0,
        rows_refused: 0,
        masked: (!new.masked.is_empty()).then(|| new.masked.join(" ")),
        changes_cursor: new.changes_cursor.clone(),
        created_at: now,
        started_at: None,
        finished_at: None,
        bank_account_id: new.account.map(BankAccountId::uuid),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    if let Some(attempt) = attempt {
        idempotency::remember(tx, attempt, &[id.uuid()], now).await?;
    }
    tell(tx, new.direction, id, now).await?;
    Ok(id)
}

fn too_many() -> Refusal {
    Refusal::new(
        "TOO_MANY_RUNS",
        format!("At most {MAX_WAITING} of your imports and exports may wait at once."),
        format!("Tối đa {MAX_WAITING} lượt nhập, xuất của bạn được chờ cùng lúc."),
    )
}

/// Stops a run of whoever asks before its next page; one that has ended stays as it is.
///
/// # Errors
/// `NOT_FOUND` for a run of another.
pub async fn cancel(tx: &Tx, reach: &Reach, direction: Direction, id: RunId, now: Timestamp) -> Result<Run, Error> {
    let found = Entity::find_by_id(id.uuid())
        .filter(Column::Owner.eq(reach.actor()))
        .filter(Column::Direction.eq(direction.as_str()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    let mut row = found.ok_or_else(|| Refusal::not_found("run").at("id"))?;
    if matches!(row.status.as_str(), "QUEUED" | "RUNNING") {
        row.status = Status::Cancelled.as_str().to_owned();
        row.finished_at = Some(now);
        Entity::update_many()
            .col_expr(Column::Status, Expr::val(row.status.as_str()))
            .col_expr(Column::FinishedAt, Expr::val(now.micros()))
            .col_expr(Column::LeaseUntil, Expr::val(now.micros()))
            .filter(Column::Id.eq(row.id))
            .exec(tx.conn())
            .await?;
        tell(tx, direction, id, now).await?;
    }
    Run::try_from(row)
}

/// Tells the followers of changes that a run moved on.
pub(super) async fn tell(tx: &Tx, direction: Direction, id: RunId, now: Timestamp) -> Result<(), Error> {
    changes::append(tx, vec![Change::upsert(direction.node(), id.uuid(), id.to_string(), None)], now).await
}
