//! The lines of a file, a page at a time, whatever its length: one chunk and one page are all that is held.

use entities::files::{self, Chunk, File};
use entities::{Db, Error};

/// Lines of a page at most: what a bulk mutation takes.
const PAGE_LINES: usize = entities::batch::MAX_ITEMS;
/// Bytes of a page, after which it takes no further line.
const PAGE_BYTES: u64 = 1_048_576;
/// Bytes of a line at most: a row of the widest kind has a few thousand.
pub(super) const LINE_BYTES: usize = 65_536;

/// A line that is not blank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// Its number in the file, from 1.
    pub(super) number: u64,
    /// Its bytes without the end of line; none when it is longer than [`LINE_BYTES`].
    pub(super) text: Option<Vec<u8>>,
}

/// A place in a file, between two lines.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Place {
    /// Bytes before it.
    pub(super) offset: u64,
    /// Lines before it.
    pub(super) line: u64,
}

impl Place {
    /// The place that a run has kept.
    pub(super) fn parse(position: Option<&str>) -> Result<Self, Error> {
        let Some(position) = position else { return Ok(Self::default()) };
        let wrong = || Error::internal("a run stands at no place of a file");
        let (offset, line) = position.split_once(':').ok_or_else(wrong)?;
        Ok(Self { offset: offset.parse().map_err(|_| wrong())?, line: line.parse().map_err(|_| wrong())? })
    }

    /// How a run keeps it.
    pub(super) fn position(self) -> String {
        format!("{}:{}", self.offset, self.line)
    }
}

/// A file that is read from a place on.
pub(super) struct Lines {
    db: Db,
    file: File,
    chunk: Option<Chunk>,
    pub(super) place: Place,
}

impl Lines {
    pub(super) fn from(db: &Db, file: File, place: Place) -> Self {
        Self { db: db.clone(), file, chunk: None, place }
    }

    /// The next lines; the second is true at the end of the file.
    pub(super) async fn page(&mut self) -> Result<(Vec<Line>, bool), Error> {
        let (mut lines, begun) = (Vec::new(), self.place.offset);
        while lines.len() < PAGE_LINES && self.place.offset - begun < PAGE_BYTES {
            let Some(text) = self.line().await? else { return Ok((lines, true)) };
            if text.as_ref().is_none_or(|text| !text.trim_ascii().is_empty()) {
                lines.push(Line { number: self.place.line, text });
            }
        }
        Ok((lines, self.place.offset >= self.file.bytes))
    }

    /// One line; none at the end of the file, an empty inner one for a line that is too long.
    async fn line(&mut self) -> Result<Option<Option<Vec<u8>>>, Error> {
        let (mut text, mut is_long, begun) = (Vec::new(), false, self.place.offset);
        while self.place.offset < self.file.bytes {
            let rest = self.rest().await?;
            let end = rest.iter().position(|byte| *byte == b'\n');
            let some = &rest[..end.unwrap_or(rest.len())];
            is_long |= text.len() + some.len() > LINE_BYTES;
            if !is_long {
                text.extend_from_slice(some);
            }
            self.place.offset += u64::try_from(end.map_or(rest.len(), |end| end + 1)).map_err(Error::internal)?;
            if end.is_some() {
                break;
            }
        }
        if self.place.offset == begun {
            return Ok(None);
        }
        self.place.line += 1;
        if self.place.line == 1 && text.starts_with(b"\xef\xbb\xbf") {
            text.drain(..3);
        }
        Ok(Some((!is_long).then_some(text)))
    }

    /// What is left of the chunk in which the place lies.
    async fn rest(&mut self) -> Result<Vec<u8>, Error> {
        let at = self.place.offset;
        let holds = |chunk: &Chunk| {
            let inside = usize::try_from(at.checked_sub(chunk.start)?).ok()?;
            chunk.bytes.get(inside..).filter(|rest| !rest.is_empty()).map(<[u8]>::to_vec)
        };
        if let Some(rest) = self.chunk.as_ref().and_then(holds) {
            return Ok(rest);
        }
        self.chunk = files::chunk_at(&self.db, &self.file, at).await?;
        self.chunk.as_ref().and_then(holds).ok_or_else(gone)
    }
}

/// The file was erased while it was read.
pub(super) fn gone() -> Error {
    entities::Refusal::new("FILE_GONE", "The file has expired; send it again.", "Tệp đã hết hạn; hãy gửi lại.").into()
}
