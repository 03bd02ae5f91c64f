//! SWIFT customer statements in text: MT940, and the interim report MT942.
//!
//! A file holds one or more messages, in the envelope of SWIFT (`{1:…}{2:…}{4:` … `-}`) or without it. A statement of
//! several pages (`:28C:7/1`, `:28C:7/2`) stays one [`Statement`] a page: each has its own balances and is proven alone.

use std::borrow::Cow;

use super::{
    Finding, Statement, encoding,
    figures::{ENTRY_LIMIT, FILE_LIMIT_BYTES},
    refusals,
    text::cut,
};
use message::Message;

mod entry;
mod message;
mod narrative;
#[cfg(test)]
mod tests;

/// The most lines of one field; the longest one of the standard has six.
const FIELD_LINES_LIMIT: usize = 100;

/// The most fields around the lines of one file, as its balances: each may leave a finding. A line that is a message of its own has four.
const HEADER_LIMIT: usize = 2 * ENTRY_LIMIT;
/// The fields around lines that leave something; of all others nothing is kept, and of an `:86:` no more than its line keeps.
const KEPT_TAGS: [&str; 8] = ["20", "25", "25P", "34F", "60F", "60M", "62F", "62M"];

/// The fields that can open a message; `:20:` always does, the others where none is open.
const OPENING_TAGS: [&str; 8] = ["20", "25", "25P", "60F", "60M", "61", "62F", "62M"];

/// Reads every message, in the order of the file.
///
/// # Errors
///
/// The file as a whole: `STATEMENT_TOO_LONG` (above 64 MiB), `STATEMENT_TOO_MANY_ENTRIES`, `STATEMENT_NOT_MT940` (no
/// field of a statement is in it).
pub fn read(bytes: &[u8]) -> Result<Vec<Statement>, Finding> {
    if bytes.len() > FILE_LIMIT_BYTES {
        return Err(refusals::too_long(FILE_LIMIT_BYTES));
    }
    let text = decode(bytes);
    let mut fields = Fields::default();
    for (row, line) in (1..).zip(text.split('\n')) {
        fields.take(row, line)?;
    }
    fields.finish()
}

/// UTF-16 and UTF-8 where the bytes are that, else Windows-1252, where every byte is some letter.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(Some(text)) = encoding::decode(bytes) {
        return text;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect()),
    }
}

/// Where Windows-1252 differs from Latin-1: 0x80 to 0x9F. The five that it leaves open are blanks here.
const WINDOWS_1252: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“', '”', '•', '–',
    '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// One field, as `:86:`.
struct Field<'a> {
    tag: &'a str,
    /// The line of the file that it begins in.
    row: u32,
    lines: Vec<&'a str>,
    /// Whether it has more lines than are kept, or a longer one.
    is_cut: bool,
}

/// Gathers lines to fields and fields to messages.
#[derive(Default)]
struct Fields<'a> {
    field: Option<Field<'a>>,
    message: Option<Message>,
    statements: Vec<Statement>,
    entries: usize,
    headers: usize,
}

impl<'a> Fields<'a> {
    fn take(&mut self, row: u32, line: &'a str) -> Result<(), Finding> {
        // Some systems frame messages with control characters, as on a telex line.
        let mut line = line.trim_matches(|letter: char| letter.is_control());
        if matches!(line.as_bytes(), [b'{', b'1'..=b'5', b':', ..]) {
            self.end_message();
            // The text block may begin on the line of its envelope.
            line = line.split_once("{4:").map_or("", |(_, text)| text);
        }
        if line == "-" || line.starts_with("-}") {
            self.end_message();
        } else if let Some((tag, value)) = tagged(line) {
            self.end_field();
            let (value, is_cut) = cut(value);
            self.open(Field { tag, row, lines: vec![value], is_cut })?;
        } else if let Some(field) = &mut self.field {
            let (line, is_cut) = cut(line);
            field.is_cut |= is_cut || field.lines.len() == FIELD_LINES_LIMIT;
            if field.lines.len() < FIELD_LINES_LIMIT {
                field.lines.push(line);
            }
        }
        Ok(())
    }

    fn open(&mut self, field: Field<'a>) -> Result<(), Finding> {
        self.entries += usize::from(field.tag == "61");
        self.headers += usize::from(KEPT_TAGS.contains(&field.tag));
        if self.entries > ENTRY_LIMIT || self.headers > HEADER_LIMIT {
            return Err(refusals::too_many_entries(ENTRY_LIMIT));
        }
        if field.tag == "20" || self.message.is_none() && OPENING_TAGS.contains(&field.tag) {
            self.end_message();
            self.message = Some(Message::default());
        }
        self.field = self.message.is_some().then_some(field);
        Ok(())
    }

    fn end_field(&mut self) {
        if let (Some(field), Some(message)) = (self.field.take(), &mut self.message) {
            message.take(&field);
        }
    }

    fn end_message(&mut self) {
        self.end_field();
        self.statements.extend(self.message.take().map(Message::finish));
    }

    fn finish(mut self) -> Result<Vec<Statement>, Finding> {
        self.end_message();
        if self.statements.is_empty() {
            return Err(refusals::not_mt940());
        }
        Ok(self.statements)
    }
}

/// `:86:text` as `86` and `text`. A tag has two digits and at most one letter, so that a colon in a text opens no field.
pub(super) fn tagged(line: &str) -> Option<(&str, &str)> {
    let (tag, value) = line.strip_prefix(':')?.split_once(':')?;
    let is_tag = match tag.as_bytes() {
        [first, second] => first.is_ascii_digit() && second.is_ascii_digit(),
        [first, second, letter] => first.is_ascii_digit() && second.is_ascii_digit() && letter.is_ascii_uppercase(),
        _ => false,
    };
    is_tag.then_some((tag, value))
}
