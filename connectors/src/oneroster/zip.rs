//! An archive that is written piece by piece, by processes that may die between two pieces: what must be remembered is a few
//! numbers for each file, and no piece needs the one before it. Lengths and checksums follow the bytes of a file, as the format
//! allows, and stand in the directory at the end.

use std::io::Write;

use crc32fast::Hasher;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const DIRECTORY: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const VERSION: u16 = 20;
/// Lengths follow the bytes (bit 3), and names are UTF-8 (bit 11).
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;
/// The first day of the format's calendar: an archive of the same rows is the same bytes.
const DAY: u16 = 0x21;
/// A last block without bytes, which ends a file.
const NOTHING: [u8; 2] = [3, 0];

/// The archive, or a file in it, is longer than its format can say (4 GiB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// An archive as far as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zip {
    files: Vec<File>,
    bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct File {
    name: String,
    at: u64,
    checksum: u32,
    packed: u64,
    plain: u64,
}

impl Zip {
    /// The bytes that begin a file.
    pub fn begin(&mut self, name: &str) -> Result<Vec<u8>, Full> {
        let mut head = LOCAL.to_le_bytes().to_vec();
        for number in [VERSION, FLAGS, DEFLATED, 0, DAY] {
            head.extend(number.to_le_bytes());
        }
        head.extend([0; 12]);
        head.extend(short(name.len())?.to_le_bytes());
        head.extend([0; 2]);
        head.extend(name.as_bytes());
        self.files.push(File { name: name.to_owned(), at: self.bytes, checksum: 0, packed: 0, plain: 0 });
        self.said(head)
    }

    /// The bytes of a piece of the file that was begun last.
    pub fn add(&mut self, plain: &[u8]) -> Result<Vec<u8>, Full> {
        let Some(file) = self.files.last_mut() else { return Ok(Vec::new()) };
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        // A vector takes every byte; what is flushed ends with a whole byte and is not the last block.
        encoder.write_all(plain).and_then(|()| encoder.flush()).map_err(|_| Full)?;
        let packed = std::mem::take(encoder.get_mut());
        let mut checksum = Hasher::new_with_initial(file.checksum);
        checksum.update(plain);
        file.checksum = checksum.finalize();
        file.plain += long(plain.len())?;
        file.packed += long(packed.len())?;
        self.said(packed)
    }

    /// The bytes that end the file that was begun last.
    pub fn end(&mut self) -> Result<Vec<u8>, Full> {
        let Some(file) = self.files.last_mut() else { return Ok(Vec::new()) };
        file.packed += long(NOTHING.len())?;
        let mut tail = NOTHING.to_vec();
        for number in [DESCRIPTOR, file.checksum, word(file.packed)?, word(file.plain)?] {
            tail.extend(number.to_le_bytes());
        }
        self.said(tail)
    }

    /// The bytes that end the archive: its directory.
    pub fn finish(&self) -> Result<Vec<u8>, Full> {
        let mut directory = Vec::new();
        for file in &self.files {
            directory.extend(DIRECTORY.to_le_bytes());
            for number in [VERSION, VERSION, FLAGS, DEFLATED, 0, DAY] {
                directory.extend(number.to_le_bytes());
            }
            for number in [file.checksum, word(file.packed)?, word(file.plain)?] {
                directory.extend(number.to_le_bytes());
            }
            directory.extend(short(file.name.len())?.to_le_bytes());
            directory.extend([0; 12]);
            directory.extend(word(file.at)?.to_le_bytes());
            directory.extend(file.name.as_bytes());
        }
        let count = short(self.files.len())?.to_le_bytes();
        let mut end = END.to_le_bytes().to_vec();
        end.extend([0; 4]);
        end.extend(count);
        end.extend(count);
        end.extend(word(long(directory.len())?)?.to_le_bytes());
        end.extend(word(self.bytes)?.to_le_bytes());
        end.extend([0; 2]);
        Ok([directory, end].concat())
    }

    fn said(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, Full> {
        self.bytes += long(bytes.len())?;
        word(self.bytes)?;
        Ok(bytes)
    }
}

fn short(number: usize) -> Result<u16, Full> {
    u16::try_from(number).map_err(|_| Full)
}

fn word(number: u64) -> Result<u32, Full> {
    u32::try_from(number).map_err(|_| Full)
}

fn long(number: usize) -> Result<u64, Full> {
    u64::try_from(number).map_err(|_| Full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_format_cannot_say_is_not_written() {
        let mut zip = Zip { files: Vec::new(), bytes: u64::from(u32::MAX) - 100 };
        zip.begin("orgs.csv").unwrap();
        assert_eq!(zip.add(&[b'x'; 10]).and_then(|_| zip.end()).and_then(|_| zip.add(b"more")).map(drop), Ok(()));
        assert_eq!(zip.begin("users.csv").map(drop), Err(Full));
    }
}
