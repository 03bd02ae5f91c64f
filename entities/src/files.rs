//! Files: what callers send for imports, and what imports and exports give back. The bytes lie sealed in the database, in
//! chunks, so that every process of the hub serves them and none ever holds a whole file.

mod read;
#[cfg(test)]
mod tests;
mod write;

use uuid::Uuid;

use crate::error::{Error, Refusal};
use crate::ids::FileId;
use crate::seal::Place;
use crate::tables::files::Model;
use crate::time::Timestamp;

pub use read::{Chunk, chunk_at, digest, expired, own, owned};
pub(crate) use read::{kept, known, locked};
pub use write::{Limits, NewFile, append, complete, erase, keep_until, open};

/// Bytes of a chunk at most: what a process holds of a file at once, sealed and plain.
pub const CHUNK_BYTES: usize = 512 * 1024;
/// Characters of a file's name at most.
pub const MAX_NAME_CHARS: usize = 200;

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A caller sent it, to be imported.
    Upload,
    /// What an import made of each line.
    Result,
    /// Rows that a caller asked for.
    Export,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Upload, Self::Result, Self::Export];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "UPLOAD",
            Self::Result => "RESULT",
            Self::Export => "EXPORT",
        }
    }
}

/// A file as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// Who may read it: `client:<id>`, `user:<id>` or `hub`.
    pub owner: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Its name, as a browser may save it.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its length, so far.
    pub bytes: u64,
    /// The SHA-256 of the whole; none while it is still written.
    pub sha256: Option<[u8; 32]>,
    /// The fingerprint of the rights under which it was made; none for what its owner sent.
    pub rights: Option<Vec<u8>>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When its bytes are erased.
    pub expires_at: Timestamp,
}

impl TryFrom<Model> for File {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let purpose = Purpose::ALL.into_iter().find(|purpose| purpose.as_str() == row.purpose);
        let sha256 = row.sha256.map(<[u8; 32]>::try_from).transpose();
        Ok(Self {
            id: FileId::from_uuid(row.id),
            owner: row.owner,
            purpose: purpose.ok_or_else(|| Error::internal("a file has an unknown purpose"))?,
            name: row.name,
            media_type: row.media_type,
            bytes: u64::try_from(row.bytes).map_err(Error::internal)?,
            sha256: sha256.map_err(|_| Error::internal("a file's digest is not 32 bytes long"))?,
            rights: row.rights,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

/// Where a chunk lies: its file's id moved on by its place in the file, so that no chunk opens in another's place.
fn place(file: Uuid, start: i64) -> Place {
    let row = Uuid::from_u128(file.as_u128().wrapping_add(u128::from(start.unsigned_abs())));
    Place { table: "file_chunks", row, column: "sealed" }
}

/// The file is not there, not the caller's, or erased.
pub(crate) fn not_found() -> Refusal {
    Refusal::not_found("file").at("fileId")
}
