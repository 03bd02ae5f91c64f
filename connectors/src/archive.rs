//! The inside of a zip archive, as .xlsx files and rosters are: read by its directory, and no further than allowed. Names are
//! looked up and never used as paths.

use std::collections::HashMap;
use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::bytes::{u16_at, u32_at};

const ENTRY_LIMIT: usize = 1_000;
const END_RECORD: &[u8] = b"PK\x05\x06";
const END_RECORD_BYTES: usize = 22;
const DIRECTORY_RECORD: &[u8] = b"PK\x01\x02";
const DIRECTORY_RECORD_BYTES: usize = 46;
const LOCAL_RECORD_BYTES: usize = 30;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;

/// Why an archive is not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// It is cut off, contradicts itself, or is packed in a way that nobody uses.
    Damaged,
    /// An entry is encrypted.
    Password,
    /// It holds more entries, or more bytes, than are read.
    TooLarge,
}

struct Entry {
    method: u16,
    is_encrypted: bool,
    checksum: u32,
    packed_bytes: usize,
    plain_bytes: usize,
    local_at: usize,
}

pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    /// By name in lower case: some writers spell `sharedStrings.xml` otherwise.
    entries: HashMap<String, Entry>,
    has_twins: bool,
    left: usize,
}

impl<'a> Archive<'a> {
    /// Opens an archive, of which so many bytes are unpacked at most, all entries together: a bomb of a few kilobytes unpacks to
    /// gigabytes, whatever it declares.
    pub(crate) fn open(bytes: &'a [u8], unpacked_limit_bytes: usize) -> Result<Self, Fault> {
        // The end record may be followed by a comment of at most 65,535 bytes.
        let from = bytes.len().saturating_sub(END_RECORD_BYTES + usize::from(u16::MAX));
        let place = bytes[from..].windows(END_RECORD.len()).rposition(|window| window == END_RECORD);
        let end = from + place.ok_or(Fault::Damaged)?;
        let count = usize::from(u16_at(bytes, end + 10).ok_or(Fault::Damaged)?);
        if count > ENTRY_LIMIT {
            return Err(Fault::TooLarge);
        }
        let mut at = offset(bytes, end + 16)?;
        let mut entries = HashMap::new();
        for _ in 0..count {
            let record = bytes.get(at..).filter(|rest| rest.starts_with(DIRECTORY_RECORD)).ok_or(Fault::Damaged)?;
            let field = |at| u16_at(record, at).ok_or(Fault::Damaged);
            let name_end = DIRECTORY_RECORD_BYTES + usize::from(field(28)?);
            let name = record.get(DIRECTORY_RECORD_BYTES..name_end).ok_or(Fault::Damaged)?;
            let entry = Entry {
                method: field(10)?,
                is_encrypted: field(8)? & ENCRYPTED != 0,
                checksum: u32_at(record, 16).ok_or(Fault::Damaged)?,
                packed_bytes: offset(record, 20)?,
                plain_bytes: offset(record, 24)?,
                local_at: offset(record, 42)?,
            };
            at += name_end + usize::from(field(30)?) + usize::from(field(32)?);
            entries.entry(String::from_utf8_lossy(name).replace('\\', "/").to_lowercase()).or_insert(entry);
        }
        let has_twins = entries.len() < count;
        Ok(Self { bytes, entries, has_twins, left: unpacked_limit_bytes })
    }

    /// Whether two entries have one name, so that two readers may read two things.
    pub(crate) fn has_twins(&self) -> bool {
        self.has_twins
    }

    /// The names of all entries, in lower case.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&name.to_lowercase())
    }

    /// An entry as text; none when it is not there. What its writer declares of its length is not looked at.
    pub(crate) fn read(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let Some(plain) = self.unpacked(name)? else { return Ok(None) };
        String::from_utf8(plain).map(Some).map_err(|_| Fault::Damaged)
    }

    /// The bytes of an entry, which must have the length and the checksum that its writer declares; none when it is not there.
    pub(crate) fn proven(&mut self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(plain) = self.unpacked(name)? else { return Ok(None) };
        let declared = self.entries.get(&name.to_lowercase()).map(|entry| (entry.plain_bytes, entry.checksum));
        let mut checksum = Crc::new();
        checksum.update(&plain);
        if declared != Some((plain.len(), checksum.sum())) {
            return Err(Fault::Damaged);
        }
        Ok(Some(plain))
    }

    fn unpacked(&mut self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(entry) = self.entries.get(&name.to_lowercase()) else { return Ok(None) };
        if entry.is_encrypted {
            return Err(Fault::Password);
        }
        let local = self.bytes.get(entry.local_at..).ok_or(Fault::Damaged)?;
        let names = [26, 28].map(|at| u16_at(local, at).map(usize::from));
        let [Some(name), Some(extra)] = names else { return Err(Fault::Damaged) };
        let start = LOCAL_RECORD_BYTES + name + extra;
        let packed =
            start.checked_add(entry.packed_bytes).and_then(|end| local.get(start..end)).ok_or(Fault::Damaged)?;
        let mut plain = Vec::new();
        match entry.method {
            // Bytes that lie there once may be named a thousand times.
            STORED if packed.len() > self.left => return Err(Fault::TooLarge),
            STORED => plain.extend_from_slice(packed),
            DEFLATED => {
                let limit = u64::try_from(self.left).unwrap_or(u64::MAX).saturating_add(1);
                DeflateDecoder::new(packed).take(limit).read_to_end(&mut plain).map_err(|_| Fault::Damaged)?;
            }
            _ => return Err(Fault::Damaged),
        }
        self.left = self.left.checked_sub(plain.len()).ok_or(Fault::TooLarge)?;
        Ok(Some(plain))
    }
}

fn offset(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let value = u32_at(bytes, at).ok_or(Fault::Damaged)?;
    usize::try_from(value).map_err(|_| Fault::Damaged)
}
