//! Reading runs: everyone sees the own ones alone.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::{Direction, Run, Status};
use crate::db::Db;
use crate::error::Error;
use crate::files::{self, File};
use crate::ids::RunId;
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::tables::runs::{Column, Entity, Model};

/// A page of the runs of whoever asks, the latest first.
pub async fn visible(db: &Db, reach: &Reach, direction: Direction, page: &Page) -> Result<Slice<Run>, Error> {
    let sort = Sort { name: "createdAt", column: Column::CreatedAt, id: Column::Id, descending: true };
    let key = |row: &Model| (Key::Number(row.created_at.micros()), row.id);
    let slice = page::fetch(db.primary(), own(reach, direction), sort, page, key).await?;
    slice.try_map(Run::try_from)
}

/// The runs with these ids; those of others are absent.
pub async fn by_ids(db: &Db, reach: &Reach, direction: Direction, ids: &[RunId]) -> Result<HashMap<RunId, Run>, Error> {
    let select = own(reach, direction).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let rows = select.all(db.primary()).await?;
    rows.into_iter().map(|row| Run::try_from(row).map(|run| (run.id, run))).collect()
}

/// The file that an import reads.
pub async fn source_of(db: &Db, run: &Run) -> Result<File, Error> {
    let found = files::known(db, run.source).await?.pop();
    found.ok_or_else(|| Error::internal("an import has no file"))
}

/// The file of a run that has ended, as long as it waits to be completed; none for a run that still moves.
pub async fn unfinished_file(db: &Db, run: &Run) -> Result<Option<File>, Error> {
    let ended = Entity::find_by_id(run.id.uuid())
        .filter(Column::HasWork.eq(true))
        .filter(Column::Status.is_not_in([Status::Queued.as_str(), Status::Running.as_str()]));
    if ended.one(db.primary()).await?.is_none() {
        return Ok(None);
    }
    Ok(files::known(db, [run.file]).await?.pop())
}

fn own(reach: &Reach, direction: Direction) -> Select<Entity> {
    Entity::find().filter(Column::Owner.eq(reach.actor())).filter(Column::Direction.eq(direction.as_str()))
}
