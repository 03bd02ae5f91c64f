//! What a worker does with runs: takes one by a lease, moves it on page by page, ends it, or gives it back.

use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::start::tell;
use super::{Figures, Run, Status};
use crate::db::{Db, Engine, Tx};
use crate::error::{Error, Refusal};
use crate::ids::RunId;
use crate::tables::runs::{Column, Entity, Model};
use crate::time::Timestamp;
use crate::transaction;

/// Seconds for which a worker holds a run between two pages. One that dies gives it back by falling silent.
pub const LEASE_SECONDS: i64 = 10;
/// Attempts at one page after which a run fails.
const MAX_ATTEMPTS: i64 = 8;

/// What a page adds to its run.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where the next page begins.
    pub position: String,
    /// What the page has done.
    pub figures: Figures,
}

/// Takes the run that waited longest, or the wanted one if it waits; none when there is nothing to do. Whoever was served
/// last waits longest for the next turn, so that a long import does not keep others waiting.
pub async fn claim(db: &Db, worker: Uuid, only: Option<RunId>, now: Timestamp) -> Result<Option<Run>, Error> {
    transaction!(db, |tx| {
        let mut select = Entity::find()
            .filter(Column::HasWork.eq(true))
            .filter(Column::LeaseUntil.lte(now))
            .order_by_asc(Column::LeaseUntil)
            .order_by_asc(Column::Id)
            .limit(1);
        if let Some(only) = only {
            select = select.filter(Column::Id.eq(only.uuid()));
        }
        if tx.engine() == Engine::Postgres {
            select = select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        match select.one(tx.conn()).await? {
            None => Ok(None),
            Some(row) => take(tx, row, worker, now).await.map(Some),
        }
    })
}

async fn take(tx: &Tx, mut row: Model, worker: Uuid, now: Timestamp) -> Result<Run, Error> {
    if row.status == Status::Queued.as_str() {
        row.status = Status::Running.as_str().to_owned();
    }
    row.started_at = row.started_at.or(Some(now));
    Entity::update_many()
        .col_expr(Column::Status, Expr::val(row.status.as_str()))
        .col_expr(Column::StartedAt, Expr::val(row.started_at.map(Timestamp::micros)))
        .col_expr(Column::Worker, Expr::val(worker))
        .col_expr(Column::LeaseUntil, Expr::val(now.plus_seconds(LEASE_SECONDS).micros()))
        .filter(Column::Id.eq(row.id))
        .exec(tx.conn())
        .await?;
    Run::try_from(row)
}

/// Locks the run for a page. False when it is no longer this worker's, stands elsewhere, or was stopped: then the page must
/// not be written.
pub async fn hold(tx: &Tx, run: &Run, worker: Uuid) -> Result<bool, Error> {
    let row = Entity::find_by_id(run.id.uuid()).lock_exclusive().one(tx.conn()).await?;
    Ok(row.is_some_and(|row| {
        row.worker == Some(worker) && row.position == run.position && row.status == Status::Running.as_str()
    }))
}

/// Holds a run for longer than a page takes: its file is to be read whole first.
pub async fn keep(db: &Db, run: &Run, worker: Uuid, seconds: i64, now: Timestamp) -> Result<(), Error> {
    due(db, run, worker, run.attempts, now.plus_seconds(seconds)).await
}

/// Moves the run on, in the transaction of its page.
pub async fn step(tx: &Tx, run: &Run, step: &Step, now: Timestamp) -> Result<(), Error> {
    let plus = |column: Column, more: i64| Expr::col(column).add(more);
    Entity::update_many()
        .col_expr(Column::Position, Expr::val(step.position.as_str()))
        .col_expr(Column::BytesRead, plus(Column::BytesRead, step.figures.bytes_read))
        .col_expr(Column::RowsRead, plus(Column::RowsRead, step.figures.rows))
        .col_expr(Column::RowsCreated, plus(Column::RowsCreated, step.figures.created))
        .col_expr(Column::RowsUpdated, plus(Column::RowsUpdated, step.figures.updated))
        .col_expr(Column::RowsUnchanged, plus(Column::RowsUnchanged, step.figures.unchanged))
        .col_expr(Column::RowsRefused, plus(Column::RowsRefused, step.figures.refused))
        .col_expr(Column::Attempts, Expr::val(0))
        .col_expr(Column::LeaseUntil, Expr::val(now.plus_seconds(LEASE_SECONDS).micros()))
        .filter(Column::Id.eq(run.id.uuid()))
        .exec(tx.conn())
        .await?;
    tell(tx, run.direction, run.id, now).await
}

/// Ends a run that still runs. Its file is yet to be completed: see [`finish`].
pub async fn end(tx: &Tx, run: &Run, failure: Option<&Refusal>, now: Timestamp) -> Result<(), Error> {
    let status = if failure.is_some() { Status::Failed } else { Status::Done };
    Entity::update_many()
        .col_expr(Column::Status, Expr::val(status.as_str()))
        .col_expr(Column::Failure, Expr::val(failure.map(|failure| failure.code)))
        .col_expr(Column::FailureEn, Expr::val(failure.map(|failure| failure.message.as_str())))
        .col_expr(Column::FailureVi, Expr::val(failure.map(|failure| failure.message_vi.as_str())))
        .col_expr(Column::FinishedAt, Expr::val(now.micros()))
        .filter(Column::Id.eq(run.id.uuid()))
        .filter(Column::Status.eq(Status::Running.as_str()))
        .exec(tx.conn())
        .await?;
    tell(tx, run.direction, run.id, now).await
}

/// Nothing is left to do for a run: it has ended, and its file is complete.
pub async fn finish(tx: &Tx, run: &Run, now: Timestamp) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::HasWork, Expr::val(false))
        .filter(Column::Id.eq(run.id.uuid()))
        .exec(tx.conn())
        .await?;
    tell(tx, run.direction, run.id, now).await
}

/// Gives a run back, to be taken up again when its turn comes.
pub async fn release(db: &Db, run: &Run, worker: Uuid, now: Timestamp) -> Result<(), Error> {
    due(db, run, worker, run.attempts, now).await
}

/// After an accident: the run is due again later, each time a little later. True when it has been tried too often.
pub async fn postpone(db: &Db, run: &Run, worker: Uuid, now: Timestamp) -> Result<bool, Error> {
    let attempts = run.attempts + 1;
    due(db, run, worker, attempts, now.plus_seconds(1_i64 << Ord::min(attempts, 6))).await?;
    Ok(attempts >= MAX_ATTEMPTS)
}

async fn due(db: &Db, run: &Run, worker: Uuid, attempts: i64, at: Timestamp) -> Result<(), Error> {
    transaction!(db, |tx| {
        Entity::update_many()
            .col_expr(Column::Attempts, Expr::val(attempts))
            .col_expr(Column::LeaseUntil, Expr::val(at.micros()))
            .filter(Column::Id.eq(run.id.uuid()).and(Column::Worker.eq(worker)))
            .exec(tx.conn())
            .await?;
        Ok(())
    })
}
