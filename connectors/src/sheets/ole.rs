//! The compound file around a workbook of Excel 97: streams in chains of sectors, as [MS-CFB] describes them.

use super::Unreadable;
use crate::bytes::{u16_at, u32_at};

/// The first bytes of every compound file.
pub(super) const SIGNATURE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

const LAST_SECTOR: u32 = 0xFFFF_FFFA;
const HEADER_BYTES: usize = 512;
const MINI_SECTOR_BYTES: usize = 64;
/// Streams that are shorter stand in the mini stream.
const MINI_LIMIT_BYTES: usize = 4_096;
const DIRECTORY_BYTES: usize = 128;
/// The header holds the places of so many parts of the allocation table; the rest are in a chain.
const TABLE_IN_HEADER: usize = 109;

struct Directory {
    name: String,
    start: u32,
    length: usize,
}

pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    mini: Vec<u8>,
    directories: Vec<Directory>,
}

impl<'a> Compound<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let sector_bytes = match u16_at(bytes, 30) {
            Some(9) => 512,
            Some(12) => 4_096,
            _ => return Err(Unreadable::Damaged),
        };
        let field = |at| u32_at(bytes, at).ok_or(Unreadable::Damaged);
        let mut file = Self {
            bytes,
            sector_bytes,
            table: Vec::new(),
            mini_table: Vec::new(),
            mini: Vec::new(),
            directories: Vec::new(),
        };
        file.table = file.allocation_table(field(68)?)?;
        let directory = file.chain(field(48)?, usize::MAX)?;
        file.directories = directory.chunks_exact(DIRECTORY_BYTES).filter_map(read_directory).collect();
        let (start, length) =
            file.directories.first().map(|root| (root.start, root.length)).ok_or(Unreadable::Damaged)?;
        if start < LAST_SECTOR && length > 0 {
            file.mini = file.chain(start, length)?;
            file.mini_table = words(&file.chain(field(60)?, usize::MAX)?);
        }
        Ok(file)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A stream; none when it is not there.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(directory) = self.find(name) else { return Ok(None) };
        if directory.length >= MINI_LIMIT_BYTES {
            return self.chain(directory.start, directory.length).map(Some);
        }
        let mini = |sector: u32| slice(&self.mini, usize::try_from(sector).ok()?, MINI_SECTOR_BYTES);
        follow(&self.mini_table, mini, directory.start, directory.length).map(Some)
    }

    fn find(&self, name: &str) -> Option<&Directory> {
        self.directories.iter().find(|directory| directory.name.eq_ignore_ascii_case(name))
    }

    fn sector(&self, sector: u32) -> Option<&'a [u8]> {
        let from = usize::try_from(sector).ok()?.checked_add(1)?.checked_mul(self.sector_bytes)?;
        let end = from.checked_add(self.sector_bytes)?.min(self.bytes.len());
        self.bytes.get(from..end).filter(|sector| !sector.is_empty())
    }

    fn chain(&self, start: u32, length: usize) -> Result<Vec<u8>, Unreadable> {
        follow(&self.table, |sector| self.sector(sector), start, length)
    }

    /// Which sector follows which.
    fn allocation_table(&self, mut next: u32) -> Result<Vec<u32>, Unreadable> {
        let header = self.bytes.get(HEADER_BYTES - TABLE_IN_HEADER * 4..HEADER_BYTES).ok_or(Unreadable::Damaged)?;
        let mut parts = words(header);
        let most = self.bytes.len() / self.sector_bytes + 1;
        while next < LAST_SECTOR {
            let mut more = words(self.sector(next).ok_or(Unreadable::Damaged)?);
            next = more.pop().ok_or(Unreadable::Damaged)?;
            parts.extend(more);
            if parts.len() > most + TABLE_IN_HEADER + self.sector_bytes {
                return Err(Unreadable::Damaged);
            }
        }
        parts.retain(|part| *part < LAST_SECTOR);
        if parts.len() > most {
            return Err(Unreadable::Damaged);
        }
        let mut table = Vec::new();
        for part in parts {
            // A part that is named twice must not make the table longer than the file.
            if table.len() > most.saturating_add(self.sector_bytes) {
                break;
            }
            table.extend(words(self.sector(part).ok_or(Unreadable::Damaged)?));
        }
        Ok(table)
    }
}

fn slice(bytes: &[u8], index: usize, size: usize) -> Option<&[u8]> {
    let from = index.checked_mul(size)?;
    bytes.get(from..from.checked_add(size)?.min(bytes.len())).filter(|slice| !slice.is_empty())
}

/// Joins a chain; one that is longer than its table runs in a circle.
fn follow<'b>(
    table: &[u32],
    sector: impl Fn(u32) -> Option<&'b [u8]>,
    start: u32,
    length: usize,
) -> Result<Vec<u8>, Unreadable> {
    let mut joined = Vec::new();
    let mut next = start;
    let mut steps = 0;
    while next < LAST_SECTOR && joined.len() < length {
        steps += 1;
        if steps > table.len() {
            return Err(Unreadable::Damaged);
        }
        joined.extend_from_slice(sector(next).ok_or(Unreadable::Damaged)?);
        let place = usize::try_from(next).map_err(|_| Unreadable::Damaged)?;
        next = *table.get(place).ok_or(Unreadable::Damaged)?;
    }
    joined.truncate(length);
    Ok(joined)
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|word| u32_at(word, 0)).collect()
}

fn read_directory(entry: &[u8]) -> Option<Directory> {
    let units = entry.get(..64)?.chunks_exact(2).filter_map(|unit| u16_at(unit, 0)).take_while(|unit| *unit != 0);
    let name: String = char::decode_utf16(units).map(|character| character.unwrap_or('\u{fffd}')).collect();
    Some(Directory { name, start: u32_at(entry, 116)?, length: usize::try_from(u32_at(entry, 120)?).ok()? })
}
