//! Reading files: by their owner alone, one chunk at a time.

use ring::digest::{Context, SHA256};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{File, place};
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::FileId;
use crate::reach::Reach;
use crate::tables::file_chunks;
use crate::tables::files::{Column, Entity, Model};
use crate::time::Timestamp;

/// A piece of a file.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The place of its first byte in the file.
    pub start: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The complete file of whoever asks; none when there is no such file, when it is another's, and when it has expired.
pub async fn own(db: &Db, reach: &Reach, id: FileId, now: Timestamp) -> Result<Option<File>, Error> {
    let found = Entity::find_by_id(id.uuid())
        .filter(Column::Owner.eq(reach.actor()))
        .filter(Column::Status.eq("COMPLETE"))
        .filter(Column::ExpiresAt.gt(now))
        .one(db.primary())
        .await?;
    found.map(File::try_from).transpose()
}

/// The complete files of whoever asks among these, expired ones left out.
pub async fn owned(db: &Db, reach: &Reach, ids: &[FileId]) -> Result<Vec<File>, Error> {
    let found = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(Column::Owner.eq(reach.actor()))
        .filter(Column::Status.eq("COMPLETE"))
        .all(db.primary())
        .await?;
    found.into_iter().map(File::try_from).collect()
}

/// Files by their ids, whatever state they are in, for whoever was led to them by a row of its own.
pub(crate) async fn known(db: &Db, ids: impl IntoIterator<Item = FileId>) -> Result<Vec<File>, Error> {
    let found = Entity::find().filter(Column::Id.is_in(ids.into_iter().map(FileId::uuid))).all(db.primary()).await?;
    found.into_iter().map(File::try_from).collect()
}

/// A complete file that has not expired, for whoever was led to it by a row of its own.
pub(crate) async fn kept(tx: &Tx, id: FileId, now: Timestamp) -> Result<Option<File>, Error> {
    let select = Entity::find_by_id(id.uuid()).filter(Column::Status.eq("COMPLETE")).filter(Column::ExpiresAt.gt(now));
    select.one(tx.conn()).await?.map(File::try_from).transpose()
}

/// The chunk in which the byte at `offset` lies; none beyond the end. The caller has the file by its reach.
pub async fn chunk_at(db: &Db, file: &File, offset: u64) -> Result<Option<Chunk>, Error> {
    let wanted = i64::try_from(offset).map_err(Error::internal)?;
    let found = file_chunks::Entity::find()
        .filter(file_chunks::Column::FileId.eq(file.id.uuid()))
        .filter(file_chunks::Column::Start.lte(wanted))
        .order_by_desc(file_chunks::Column::Start)
        .limit(1)
        .one(db.primary())
        .await?;
    let Some(row) = found.filter(|row| wanted < row.start + row.length) else { return Ok(None) };
    let bytes = db.vault().open(place(row.file_id, row.start), &row.sealed)?;
    Ok(Some(Chunk { start: u64::try_from(row.start).map_err(Error::internal)?, bytes }))
}

/// The SHA-256 of a file, read chunk by chunk.
pub async fn digest(db: &Db, file: &File) -> Result<[u8; 32], Error> {
    let mut context = Context::new(&SHA256);
    let mut at = 0;
    while let Some(chunk) = chunk_at(db, file, at).await? {
        at = chunk.start + u64::try_from(chunk.bytes.len()).map_err(Error::internal)?;
        context.update(&chunk.bytes);
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(context.finish().as_ref());
    Ok(sha256)
}

/// Files whose time is over and whose bytes are still there, at most `limit`.
pub async fn expired(db: &Db, limit: u64, now: Timestamp) -> Result<Vec<FileId>, Error> {
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.ne("ERASED"))
        .filter(Column::ExpiresAt.lte(now))
        .order_by_asc(Column::ExpiresAt)
        .limit(limit)
        .into_tuple()
        .all(db.primary())
        .await?;
    Ok(ids.into_iter().map(FileId::from_uuid).collect())
}

/// The row of a file, held until the transaction ends.
pub(crate) async fn locked(tx: &Tx, id: FileId) -> Result<Option<Model>, Error> {
    Ok(Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?)
}
