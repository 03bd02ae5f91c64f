//! Taking in a file: unpacked, digested, sealed and kept piece by piece as it comes, so that no process ever holds it whole.

use std::io::Write;

use entities::files::{self, CHUNK_BYTES, File, Limits, NewFile, Purpose};
use entities::ids::FileId;
use entities::reach::Reach;
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, transaction};
use flate2::write::MultiGzDecoder;
use ring::digest::{Context, SHA256};

use super::{imports, statements};
use crate::config::Config;

/// The media types of rows, of rosters and of what banks write, each with the end of its files' names. A bank's file is told by its bytes
/// when it is read: browsers name it as they like.
const MEDIA: [Media; 12] = [
    Media::of(Content::Rows, "application/x-ndjson", "ndjson"),
    Media::of(Content::Rows, "application/jsonl", "ndjson"),
    Media::of(Content::Roster, "application/zip", "zip"),
    Media::of(Content::Roster, "application/x-zip-compressed", "zip"),
    Media::of(Content::Statement, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    Media::of(Content::Statement, "application/vnd.ms-excel", "xls"),
    Media::of(Content::Statement, "text/html", "html"),
    Media::of(Content::Statement, "text/csv", "csv"),
    Media::of(Content::Statement, "application/xml", "xml"),
    Media::of(Content::Statement, "text/xml", "xml"),
    Media::of(Content::Statement, "text/plain", "txt"),
    Media::of(Content::Statement, "application/octet-stream", "bin"),
];
/// Bytes that are unpacked at once: they become at most a thousand times as many.
const UNPACKED_AT_ONCE: usize = 1024;
/// Seconds after which an upload that broke off is erased.
const BROKEN_SECONDS: i64 = 3_600;
/// Uploads that one process takes in at once; each holds about two chunks.
pub const MAX_AT_ONCE: usize = 16;

/// What a file is sent for, as its media type says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Content {
    /// Rows of some kind, one line of JSON each.
    Rows,
    /// An account statement.
    Statement,
    /// A roster in OneRoster.
    Roster,
}

impl Content {
    /// The verbs whose rights are needed to send it, all of them.
    #[must_use]
    pub const fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Rows => &["startImport"],
            Self::Statement => imports::Kind::Statements.verbs(),
            Self::Roster => imports::Kind::OneRoster.verbs(),
        }
    }

    /// Bytes of such a file at most, where the operator allows `longest`.
    #[must_use]
    pub fn longest(self, longest: u64) -> u64 {
        match self {
            Self::Rows => longest,
            Self::Statement => longest.min(statements::MAX_FILE_BYTES),
            Self::Roster => longest.min(connectors::oneroster::MAX_FILE_BYTES),
        }
    }
}

/// A media type as the hub knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Media {
    /// What such files are for.
    pub content: Content,
    /// Its name.
    pub name: &'static str,
    /// The end of its files' names.
    pub ending: &'static str,
}

impl Media {
    const fn of(content: Content, name: &'static str, ending: &'static str) -> Self {
        Self { content, name, ending }
    }
}

/// The media type as the hub knows it; none for one that nothing reads.
#[must_use]
pub fn media(content_type: &str) -> Option<Media> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    MEDIA.into_iter().find(|known| known.name == kind)
}

/// How long complete files are kept.
#[must_use]
pub fn kept_until(config: &Config, now: Timestamp) -> Timestamp {
    let hours = i64::try_from(config.number("LIENTHONG_FILE_HOURS")).unwrap_or(i64::MAX);
    now.plus_seconds(hours.saturating_mul(3_600))
}

/// A file on its way in.
pub struct Upload {
    db: Db,
    id: FileId,
    limits: Limits,
    pending: Vec<u8>,
    kept: Context,
    sent: Context,
    unpacking: Option<MultiGzDecoder<Vec<u8>>>,
}

impl Upload {
    /// Begins a file of whoever asks.
    ///
    /// # Errors
    /// `BAD_FILE_NAME`, and those of the database.
    pub async fn begin(
        db: &Db,
        config: &Config,
        reach: &Reach,
        (name, media): (String, Media),
        is_packed: bool,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let expires_at = now.plus_seconds(BROKEN_SECONDS);
        let new = NewFile { purpose: Purpose::Upload, name, media_type: media.name, rights: None, expires_at };
        let id = transaction!(db, |tx| files::open(tx, reach, &new, now).await)?;
        let limits = Limits {
            file_bytes: media.content.longest(config.number("LIENTHONG_FILE_BYTES")),
            day_bytes: config.number("LIENTHONG_FILE_BYTES_PER_DAY"),
        };
        Ok(Self {
            db: db.clone(),
            id,
            limits,
            pending: Vec::new(),
            kept: Context::new(&SHA256),
            sent: Context::new(&SHA256),
            unpacking: is_packed.then(|| MultiGzDecoder::new(Vec::new())),
        })
    }

    /// Takes the next bytes as they were sent.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE` and `FILE_QUOTA_USED` as soon as a limit is passed, `BAD_ENCODING`, and those of the database.
    pub async fn push(&mut self, bytes: &[u8], now: Timestamp) -> Result<(), Error> {
        self.sent.update(bytes);
        for some in bytes.chunks(UNPACKED_AT_ONCE) {
            match &mut self.unpacking {
                None => self.pending.extend_from_slice(some),
                Some(decoder) => {
                    decoder.write_all(some).map_err(|_| bad_encoding())?;
                    self.pending.append(decoder.get_mut());
                }
            }
            self.keep(CHUNK_BYTES, now).await?;
        }
        Ok(())
    }

    /// Ends the file; `claimed` is the SHA-256 of the bytes as they were sent, where the sender said it.
    ///
    /// # Errors
    /// `DIGEST_MISMATCH`, and those of [`Upload::push`].
    pub async fn finish(
        &mut self,
        claimed: Option<[u8; 32]>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<File, Error> {
        if let Some(decoder) = &mut self.unpacking {
            decoder.try_finish().map_err(|_| bad_encoding())?;
            self.pending.append(decoder.get_mut());
        }
        self.keep(CHUNK_BYTES, now).await?;
        self.keep(1, now).await?;
        if claimed.is_some_and(|claimed| claimed.as_slice() != self.sent.clone().finish().as_ref()) {
            return Err(Refusal::new(
                "DIGEST_MISMATCH",
                "The bytes that arrived are not those of the stated digest; send the file again.",
                "Dữ liệu nhận được không khớp với mã băm đã nêu; hãy gửi lại tệp.",
            )
            .into());
        }
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.kept.clone().finish().as_ref());
        transaction!(self.db, |tx| files::complete(tx, self.id, &sha256, expires_at).await)
    }

    /// Erases what has arrived: the file was refused or broke off.
    ///
    /// # Errors
    /// Those of the database; the bytes then go when their hour is over.
    pub async fn abandon(self) -> Result<(), Error> {
        transaction!(self.db, |tx| files::erase(tx, self.id).await)
    }

    /// Keeps whole chunks while there are at least `least` bytes.
    async fn keep(&mut self, least: usize, now: Timestamp) -> Result<(), Error> {
        while self.pending.len() >= least {
            let rest = self.pending.split_off(self.pending.len().min(CHUNK_BYTES));
            let chunk = std::mem::replace(&mut self.pending, rest);
            self.kept.update(&chunk);
            transaction!(self.db, |tx| files::append(tx, self.id, &chunk, Some(&self.limits), now).await)?;
        }
        Ok(())
    }
}

fn bad_encoding() -> Refusal {
    Refusal::new(
        "BAD_ENCODING",
        "This body is not gzip, or it broke off.",
        "Nội dung không phải gzip hoặc bị đứt đoạn.",
    )
}

#[cfg(test)]
mod tests {
    use super::{Content, media};

    #[test]
    fn parameters_of_a_media_type_say_nothing_about_it() {
        let told = |content_type| media(content_type).map(|media| (media.content, media.ending));
        assert_eq!(told("Application/X-NDJSON; charset=utf-8"), Some((Content::Rows, "ndjson")));
        assert_eq!(told("text/csv; charset=utf-8"), Some((Content::Statement, "csv")));
        for unknown in ["", "text/css", "application/json", "application/x-ndjsonx"] {
            assert_eq!(media(unknown), None, "{unknown}");
        }
    }
}
