//! The inside of a .xlsx file, which is a zip archive: read by its directory, and no further than allowed.

use std::collections::HashMap;
use std::io::Read;

use flate2::read::DeflateDecoder;

use super::bytes::{u16_at, u32_at};
use crate::statements::{Finding, refusals};

const ENTRY_LIMIT: usize = 1_000;
/// All entries that are read together, unpacked: a bomb of a few kilobytes unpacks to gigabytes, whatever it declares.
const UNPACKED_LIMIT_BYTES: usize = 64 << 20;

const END_RECORD: &[u8] = b"PK\x05\x06";
const END_RECORD_BYTES: usize = 22;
const DIRECTORY_RECORD: &[u8] = b"PK\x01\x02";
const DIRECTORY_RECORD_BYTES: usize = 46;
const LOCAL_RECORD_BYTES: usize = 30;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;

struct Entry {
    method: u16,
    is_encrypted: bool,
    packed_bytes: usize,
    local_at: usize,
}

pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    /// By name in lower case: some writers spell `sharedStrings.xml` otherwise.
    entries: HashMap<String, Entry>,
    left: usize,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Finding> {
        // The end record may be followed by a comment of at most 65,535 bytes.
        let from = bytes.len().saturating_sub(END_RECORD_BYTES + usize::from(u16::MAX));
        let place = bytes[from..].windows(END_RECORD.len()).rposition(|window| window == END_RECORD);
        let end = from + place.ok_or_else(refusals::damaged)?;
        let count = usize::from(u16_at(bytes, end + 10).ok_or_else(refusals::damaged)?);
        if count > ENTRY_LIMIT {
            return Err(refusals::too_large());
        }
        let mut at = offset(bytes, end + 16)?;
        let mut entries = HashMap::new();
        for _ in 0..count {
            let record =
                bytes.get(at..).filter(|rest| rest.starts_with(DIRECTORY_RECORD)).ok_or_else(refusals::damaged)?;
            let field = |at| u16_at(record, at).ok_or_else(refusals::damaged);
            let name_end = DIRECTORY_RECORD_BYTES + usize::from(field(28)?);
            let name = record.get(DIRECTORY_RECORD_BYTES..name_end).ok_or_else(refusals::damaged)?;
            let entry = Entry {
                method: field(10)?,
                is_encrypted: field(8)? & ENCRYPTED != 0,
                packed_bytes: offset(record, 20)?,
                local_at: offset(record, 42)?,
            };
            at += name_end + usize::from(field(30)?) + usize::from(field(32)?);
            entries.entry(String::from_utf8_lossy(name).replace('\\', "/").to_lowercase()).or_insert(entry);
        }
        Ok(Self { bytes, entries, left: UNPACKED_LIMIT_BYTES })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&name.to_lowercase())
    }

    /// An entry as text; none when it is not there.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<String>, Finding> {
        let Some(entry) = self.entries.get(&name.to_lowercase()) else { return Ok(None) };
        if entry.is_encrypted {
            return Err(refusals::password());
        }
        let local = self.bytes.get(entry.local_at..).ok_or_else(refusals::damaged)?;
        let names = [26, 28].map(|at| u16_at(local, at).map(usize::from));
        let [Some(name), Some(extra)] = names else { return Err(refusals::damaged()) };
        let start = LOCAL_RECORD_BYTES + name + extra;
        let packed = start
            .checked_add(entry.packed_bytes)
            .and_then(|end| local.get(start..end))
            .ok_or_else(refusals::damaged)?;
        let mut plain = Vec::new();
        match entry.method {
            STORED => plain.extend_from_slice(packed),
            DEFLATED => {
                let limit = u64::try_from(self.left).unwrap_or(u64::MAX).saturating_add(1);
                DeflateDecoder::new(packed).take(limit).read_to_end(&mut plain).map_err(|_| refusals::damaged())?;
            }
            _ => return Err(refusals::damaged()),
        }
        self.left = self.left.checked_sub(plain.len()).ok_or_else(refusals::too_large)?;
        String::from_utf8(plain).map(Some).map_err(|_| refusals::damaged())
    }
}

fn offset(bytes: &[u8], at: usize) -> Result<usize, Finding> {
    let value = u32_at(bytes, at).ok_or_else(refusals::damaged)?;
    usize::try_from(value).map_err(|_| refusals::damaged())
}
