//! Workbooks of Excel 97 to 2003 (BIFF8): the values of cells as they were saved, as [MS-XLS] describes them.

use super::Unreadable;
use super::grid::Workbook;
use super::ole::Compound;
use super::strings::{self, Parts};
use crate::bytes::{f64_at, u16_at, u32_at};

const BIFF8: u16 = 0x0600;

const FORMULA: u16 = 0x0006;
const END: u16 = 0x000A;
const DATE_MODE: u16 = 0x0022;
const FILE_PASSWORD: u16 = 0x002F;
const CONTINUE: u16 = 0x003C;
const SHEET: u16 = 0x0085;
const NUMBERS: u16 = 0x00BD;
const RICH_TEXT: u16 = 0x00D6;
const SHARED_STRINGS: u16 = 0x00FC;
const SHARED_TEXT: u16 = 0x00FD;
const NUMBER: u16 = 0x0203;
const TEXT: u16 = 0x0204;
const FORMULA_TEXT: u16 = 0x0207;
const SHORT_NUMBER: u16 = 0x027E;
const BEGIN: u16 = 0x0809;

pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Unreadable> {
    let compound = Compound::open(bytes)?;
    if compound.has("EncryptedPackage") {
        return Err(Unreadable::Password);
    }
    let Some(stream) = compound.read("Workbook")? else {
        return Err(if compound.has("Book") { Unreadable::TooOld } else { Unreadable::NotASheet });
    };
    let mut workbook = Workbook::new();
    let mut texts = Vec::new();
    let mut sheets = Vec::new();
    let mut records = Records { stream: &stream, at: 0 };
    while let Some((kind, data)) = records.next() {
        match kind {
            BEGIN if u16_at(data, 0) != Some(BIFF8) => return Err(Unreadable::TooOld),
            FILE_PASSWORD => return Err(Unreadable::Password),
            DATE_MODE => workbook.is_1904 = u16_at(data, 0) == Some(1),
            // A sheet of cells has the kind 0; charts and macros have others.
            SHEET if data.get(5) == Some(&0) => sheets.push((
                u32_at(data, 0).ok_or(Unreadable::Damaged)?,
                data[4] & 3 != 0,
                strings::short(data.get(6..).unwrap_or_default()).unwrap_or_default(),
            )),
            SHARED_STRINGS => texts = strings::shared(&records.with_continued(data))?,
            END => break,
            _ => {}
        }
    }
    for (at, is_hidden, name) in sheets {
        workbook.begin(&name, is_hidden)?;
        let at = usize::try_from(at).map_err(|_| Unreadable::Damaged)?;
        cells(Records { stream: &stream, at }, &texts, &mut workbook)?;
    }
    Ok(workbook.finish())
}

struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    fn next(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = u16_at(self.stream, self.at)?;
        let from = self.at.checked_add(4)?;
        let end = from.checked_add(usize::from(u16_at(self.stream, self.at.checked_add(2)?)?))?;
        let data = self.stream.get(from..end)?;
        self.at = end;
        Some((kind, data))
    }

    /// A record holds at most 8,224 bytes; what is longer goes on in the records behind it.
    fn with_continued(&mut self, first: &'a [u8]) -> Parts<'a> {
        let mut parts = vec![first];
        while u16_at(self.stream, self.at) == Some(CONTINUE) {
            let Some((_, data)) = self.next() else { break };
            parts.push(data);
        }
        Parts::new(parts)
    }
}

fn cells(mut records: Records, texts: &[String], workbook: &mut Workbook) -> Result<(), Unreadable> {
    // Charts stand inside of a sheet with a beginning and an end of their own.
    let mut depth = 0_u32;
    let mut formula = None;
    while let Some((kind, data)) = records.next() {
        match kind {
            BEGIN => depth = depth.saturating_add(1),
            END if depth <= 1 => return Ok(()),
            END => depth -= 1,
            _ if depth != 1 => {}
            FORMULA_TEXT => {
                if let Some((row, column)) = formula.take() {
                    let text = strings::long(&records.with_continued(data)).ok_or(Unreadable::Damaged)?;
                    workbook.put(row, column, text, false)?;
                }
            }
            NUMBERS => numbers(data, workbook)?,
            SHARED_TEXT | RICH_TEXT | TEXT | NUMBER | SHORT_NUMBER | FORMULA => {
                let place = u16_at(data, 0).zip(u16_at(data, 2)).ok_or(Unreadable::Damaged)?;
                let (row, column) = (u32::from(place.0), usize::from(place.1));
                let value = data.get(6..).unwrap_or_default();
                let (text, is_number) = match kind {
                    SHARED_TEXT => {
                        let index = u32_at(value, 0).and_then(|index| usize::try_from(index).ok());
                        (index.and_then(|index| texts.get(index)).cloned(), false)
                    }
                    RICH_TEXT | TEXT => (strings::long(&records.with_continued(value)), false),
                    NUMBER => (f64_at(value, 0).map(|number| number.to_string()), true),
                    SHORT_NUMBER => (u32_at(value, 0).map(short_number), true),
                    // A result that is no number is marked at its end; a text follows in a record of its own.
                    _ if u16_at(value, 6) == Some(u16::MAX) => {
                        formula = (value[0] == 0).then_some((row, column));
                        continue;
                    }
                    _ => (f64_at(value, 0).map(|number| number.to_string()), true),
                };
                workbook.put(row, column, text.ok_or(Unreadable::Damaged)?, is_number)?;
            }
            _ => {}
        }
    }
    // A sheet that ends in the middle may lack lines.
    Err(Unreadable::Damaged)
}

/// Several numbers side by side, each behind the index of its style.
fn numbers(data: &[u8], workbook: &mut Workbook) -> Result<(), Unreadable> {
    let place = u16_at(data, 0).zip(u16_at(data, 2)).ok_or(Unreadable::Damaged)?;
    let values = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
    for (index, value) in values.chunks_exact(6).enumerate() {
        let number = u32_at(value, 2).ok_or(Unreadable::Damaged)?;
        workbook.put(u32::from(place.0), usize::from(place.1) + index, short_number(number), true)?;
    }
    Ok(())
}

/// A number in four bytes: a whole number of 30 bits or the upper half of a float, perhaps in hundredths.
fn short_number(bits: u32) -> String {
    let is_hundredths = bits & 1 != 0;
    if bits & 2 != 0 {
        // The sign is the highest bit.
        let whole = i32::from_le_bytes(bits.to_le_bytes()) >> 2;
        if !is_hundredths {
            return whole.to_string();
        }
        return (f64::from(whole) / 100.0).to_string();
    }
    let float = f64::from_bits(u64::from(bits & !3) << 32);
    if is_hundredths { (float / 100.0).to_string() } else { float.to_string() }
}
