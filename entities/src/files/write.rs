//! Writing files: chunk after chunk, each in a transaction of the caller's, within the limits of the owner.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use super::{File, Purpose, locked, not_found, place};
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::FileId;
use crate::reach::Reach;
use crate::tables::{file_chunks, files};
use crate::text;
use crate::time::{Timestamp, start_of_day};

/// A file that is to be written.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What it is for.
    pub purpose: Purpose,
    /// Its name, 1 to [`super::MAX_NAME_CHARS`] characters, none of them a slash or a control character.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// The fingerprint of the rights under which it is made; none for what its owner sends.
    pub rights: Option<Vec<u8>>,
    /// When its bytes are erased, complete or not.
    pub expires_at: Timestamp,
}

/// What an owner may send.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files that one owner sends on one Vietnam day, broken and erased ones included.
    pub day_bytes: u64,
}

/// Begins an empty file that belongs to whoever asks.
///
/// # Errors
/// `BAD_FILE_NAME`.
pub async fn open(tx: &Tx, reach: &Reach, new: &NewFile, now: Timestamp) -> Result<FileId, Error> {
    let name = text::nfc_required(&new.name, super::MAX_NAME_CHARS).ok();
    let name = name.filter(|name| !name.contains(['/', '\\'])).ok_or_else(bad_name)?;
    let id = FileId::new(now);
    let row = files::Model {
        id: id.uuid(),
        owner: reach.actor().to_owned(),
        purpose: new.purpose.as_str().to_owned(),
        name,
        media_type: new.media_type.to_owned(),
        bytes: 0,
        sha256: None,
        rights: new.rights.clone(),
        status: "OPEN".to_owned(),
        created_at: now,
        expires_at: new.expires_at,
    };
    files::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// Adds bytes to the end of an open file. Without limits for what the hub itself writes.
///
/// # Errors
/// `FILE_TOO_LARGE`, `FILE_QUOTA_USED`, `NOT_FOUND` for a file that is no longer open.
pub async fn append(tx: &Tx, id: FileId, bytes: &[u8], limits: Option<&Limits>, now: Timestamp) -> Result<(), Error> {
    if bytes.is_empty() {
        return Ok(());
    }
    let file = locked(tx, id).await?.filter(|file| file.status == "OPEN").ok_or_else(not_found)?;
    let length = i64::try_from(bytes.len()).map_err(Error::internal)?;
    if let Some(limits) = limits {
        within(tx, &file, length, limits, now).await?;
    }
    let sealed = tx.vault().seal(place(file.id, file.bytes), bytes)?;
    let chunk = file_chunks::Model { file_id: file.id, start: file.bytes, length, sealed };
    file_chunks::Entity::insert(chunk.into_active_model()).exec_without_returning(tx.conn()).await?;
    files::Entity::update_many()
        .col_expr(files::Column::Bytes, Expr::val(file.bytes + length))
        .filter(files::Column::Id.eq(file.id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Ends a file: from here on it is read, and never written again.
///
/// # Errors
/// `NOT_FOUND` for a file that is no longer open.
pub async fn complete(tx: &Tx, id: FileId, sha256: &[u8; 32], expires_at: Timestamp) -> Result<File, Error> {
    let file = locked(tx, id).await?.filter(|file| file.status == "OPEN").ok_or_else(not_found)?;
    files::Entity::update_many()
        .col_expr(files::Column::Status, Expr::val("COMPLETE"))
        .col_expr(files::Column::Sha256, Expr::val(sha256.to_vec()))
        .col_expr(files::Column::ExpiresAt, Expr::val(expires_at.micros()))
        .filter(files::Column::Id.eq(file.id))
        .exec(tx.conn())
        .await?;
    File::try_from(files::Model { sha256: Some(sha256.to_vec()), expires_at, ..file })
}

/// Keeps a file at least until a moment: an import reads it.
pub async fn keep_until(tx: &Tx, id: FileId, until: Timestamp) -> Result<(), Error> {
    files::Entity::update_many()
        .col_expr(files::Column::ExpiresAt, Expr::val(until.micros()))
        .filter(files::Column::Id.eq(id.uuid()).and(files::Column::ExpiresAt.lt(until)))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Erases the bytes of a file; that it was there, and how long it was, stays known.
pub async fn erase(tx: &Tx, id: FileId) -> Result<(), Error> {
    files::Entity::update_many()
        .col_expr(files::Column::Status, Expr::val("ERASED"))
        .filter(files::Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    file_chunks::Entity::delete_many().filter(file_chunks::Column::FileId.eq(id.uuid())).exec(tx.conn()).await?;
    Ok(())
}

async fn within(tx: &Tx, file: &files::Model, length: i64, limits: &Limits, now: Timestamp) -> Result<(), Error> {
    let cap = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    if file.bytes + length > cap(limits.file_bytes) {
        return Err(Refusal::new(
            "FILE_TOO_LARGE",
            format!("A file has at most {} bytes.", limits.file_bytes),
            format!("Một tệp có tối đa {} byte.", limits.file_bytes),
        )
        .into());
    }
    let sent = files::Entity::find()
        .select_only()
        .expr(Expr::cust("CAST(COALESCE(SUM(bytes), 0) AS bigint)"))
        .filter(files::Column::Owner.eq(&file.owner))
        .filter(files::Column::Purpose.eq(Purpose::Upload.as_str()))
        .filter(files::Column::CreatedAt.gte(start_of_day(now.vietnam_day())));
    let sent: i64 = sent.into_tuple().one(tx.conn()).await?.unwrap_or(0);
    if sent + length > cap(limits.day_bytes) {
        return Err(Refusal::new(
            "FILE_QUOTA_USED",
            format!("You may send {} bytes of files a day; come again tomorrow.", limits.day_bytes),
            format!("Mỗi ngày được gửi tối đa {} byte; hãy quay lại vào ngày mai.", limits.day_bytes),
        )
        .into());
    }
    Ok(())
}

fn bad_name() -> Refusal {
    Refusal::new(
        "BAD_FILE_NAME",
        format!("A file's name has 1 to {} characters, no slash and no control character.", super::MAX_NAME_CHARS),
        format!("Tên tệp có từ 1 đến {} ký tự, không chứa dấu gạch chéo hoặc ký tự điều khiển.", super::MAX_NAME_CHARS),
    )
}
