//! Texts in a workbook of Excel 97: with one or two bytes for a character, and broken where a record ends.

use super::Unreadable;
use super::grid::CELL_LIMIT;
use crate::bytes::{u16_at, u32_at};

const TWO_BYTES: u8 = 0x01;
const HAS_READING: u8 = 0x04;
const HAS_RUNS: u8 = 0x08;
const RUN_BYTES: usize = 4;

/// A record with those that continue it.
pub(super) struct Parts<'a> {
    parts: Vec<&'a [u8]>,
}

impl<'a> Parts<'a> {
    pub(super) fn new(parts: Vec<&'a [u8]>) -> Self {
        Self { parts }
    }
}

/// All texts that cells point to.
pub(super) fn shared(parts: &Parts) -> Result<Vec<String>, Unreadable> {
    let mut reader = Reader { parts: &parts.parts, part: 0, at: 8 };
    let count = parts.parts.first().and_then(|first| u32_at(first, 4)).ok_or(Unreadable::Damaged)?;
    let mut texts = Vec::new();
    for _ in 0..count {
        if texts.len() > CELL_LIMIT {
            return Err(Unreadable::TooLarge);
        }
        texts.push(reader.text().ok_or(Unreadable::Damaged)?);
    }
    Ok(texts)
}

/// One text behind its length in two bytes.
pub(super) fn long(parts: &Parts) -> Option<String> {
    Reader { parts: &parts.parts, part: 0, at: 0 }.text()
}

/// One text behind its length in one byte: the name of a sheet.
pub(super) fn short(data: &[u8]) -> Option<String> {
    let length = usize::from(*data.first()?);
    let parts = [data];
    let mut reader = Reader { parts: &parts, part: 0, at: 2 };
    reader.characters(length, data.get(1)? & TWO_BYTES != 0)
}

struct Reader<'a, 'b> {
    parts: &'b [&'a [u8]],
    part: usize,
    at: usize,
}

impl Reader<'_, '_> {
    fn byte(&mut self) -> Option<u8> {
        while self.at >= self.parts.get(self.part)?.len() {
            self.part += 1;
            self.at = 0;
        }
        self.at += 1;
        self.parts[self.part].get(self.at - 1).copied()
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::from(self.word()?);
        let flags = self.byte()?;
        let runs = if flags & HAS_RUNS != 0 { usize::from(self.word()?) } else { 0 };
        let reading = if flags & HAS_READING != 0 {
            let size = [self.byte()?, self.byte()?, self.byte()?, self.byte()?];
            usize::try_from(u32::from_le_bytes(size)).ok()?
        } else {
            0
        };
        let text = self.characters(length, flags & TWO_BYTES != 0)?;
        self.skip(reading.checked_add(runs * RUN_BYTES)?)?;
        Some(text)
    }

    /// Where the characters go on in the next part, that part says again how wide they are.
    fn characters(&mut self, length: usize, mut is_wide: bool) -> Option<String> {
        let mut units = Vec::new();
        while units.len() < length {
            let part = self.parts.get(self.part)?;
            if self.at >= part.len() {
                self.part += 1;
                is_wide = self.parts.get(self.part)?.first()? & TWO_BYTES != 0;
                self.at = 1;
                continue;
            }
            if is_wide {
                units.push(u16_at(part, self.at)?);
                self.at += 2;
            } else {
                units.push(u16::from(part[self.at]));
                self.at += 1;
            }
        }
        Some(char::decode_utf16(units).map(|character| character.unwrap_or('\u{fffd}')).collect())
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            let left = self.parts.get(self.part)?.len().saturating_sub(self.at);
            let step = left.min(bytes);
            self.at += step;
            bytes -= step;
            if bytes > 0 {
                self.part += 1;
                self.at = 0;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Parts, long};

    #[test]
    fn a_broken_text_goes_on_in_the_width_that_the_next_part_says() {
        // Four characters: two of one byte, then, behind the flags of the next part, two of two bytes.
        let parts = Parts::new(vec![b"\x04\x00\x00ab", b"\x01\x11\x01c\x00"]);
        assert_eq!(long(&parts).as_deref(), Some("abđc"));
        assert_eq!(long(&Parts::new(vec![b"\x04\x00\x00ab"])), None);
    }
}
