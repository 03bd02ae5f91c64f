//! ISO 20022 bank messages: camt.053 (statement), camt.054 (notification of entries) and camt.052 (report of the day).
//!
//! Read as a stream, on local element names: versions .001.02 to .001.08 and later differ in a few elements, and the
//! reader knows both spellings. Nothing outside of the statements is looked at, so an envelope does no harm.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::{
    Finding, Statement, encoding,
    figures::{ENTRY_LIMIT, FILE_LIMIT_BYTES},
    findings, refusals,
    text::{append, clean},
};
use section::{Kind, Section};

mod fields;
mod lines;
mod section;
#[cfg(test)]
mod tests;

/// How deep elements may nest; the messages need about fifteen, their envelopes a few more.
const DEPTH_LIMIT: usize = 40;
/// The longest name of an element with its prefix, in bytes; the standard's have under forty.
const NAME_LIMIT_BYTES: usize = 128;
/// The texts of entries that their details repeat, together. Without this, one note for all details of a batch would take a
/// hundred times the file.
const COPIES_LIMIT_BYTES: usize = FILE_LIMIT_BYTES / 2;

/// Reads every account of a message, in the order of the file.
///
/// # Errors
///
/// The file as a whole: `STATEMENT_TOO_LONG` (above 64 MiB), `STATEMENT_ENCODING` (neither UTF-8 nor UTF-16), `STATEMENT_NOT_XML`
/// (not well formed, or cut off), `STATEMENT_DTD` (a document type definition, whose entities could swell or reach out),
/// `STATEMENT_TOO_DEEP`, `STATEMENT_TOO_MANY_ENTRIES`, `STATEMENT_TOO_LARGE` (texts of entries for more details than any bank has),
/// `STATEMENT_NOT_CAMT` (XML of another kind).
pub fn read(bytes: &[u8]) -> Result<Vec<Statement>, Finding> {
    if bytes.len() > FILE_LIMIT_BYTES {
        return Err(refusals::too_long(FILE_LIMIT_BYTES));
    }
    let text = match encoding::decode(bytes) {
        Some(text) => text,
        None => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    };
    let text = text.ok_or_else(refusals::encoding)?;
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text));
    reader.config_mut().expand_empty_elements = true;

    let mut walk = Walk { copies_left: COPIES_LIMIT_BYTES, ..Walk::default() };
    loop {
        match reader.read_event().map_err(|_| refusals::not_xml())? {
            Event::Start(tag) => walk.open(&tag)?,
            Event::End(_) => walk.close()?,
            Event::Text(text) => walk.text(&text.xml10_content())?,
            Event::CData(text) => walk.text(&text.xml10_content())?,
            Event::GeneralRef(name) => walk.text(character(&name)?.encode_utf8(&mut [0; 4]))?,
            Event::DocType(_) => return Err(refusals::dtd()),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return walk.finish(),
        }
    }
}

/// Where the stream stands.
#[derive(Default)]
struct Walk {
    /// The local names of the open elements, each behind a `/`.
    path: String,
    /// How long the path was before each of them.
    starts: Vec<usize>,
    /// The text of the innermost element so far.
    text: String,
    is_text_cut: bool,
    /// The currency of the innermost element, where it is an amount.
    currency: Option<String>,
    /// The open statement, and how long the path to it is.
    section: Option<(usize, Section)>,
    statements: Vec<Statement>,
    counted: usize,
    copies_left: usize,
    has_root: bool,
}

impl Walk {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), Finding> {
        let name = tag.local_name().into_inner();
        let is_second_root = self.starts.is_empty() && self.has_root;
        if is_second_root || name.is_empty() || name.len() > NAME_LIMIT_BYTES || name.contains('/') {
            return Err(refusals::not_xml());
        }
        if self.starts.len() == DEPTH_LIMIT {
            return Err(refusals::too_deep());
        }
        self.has_root = true;
        self.starts.push(self.path.len());
        self.path.push('/');
        self.path.push_str(name);
        self.forget_text();
        if name == "Amt" {
            self.currency = currency(tag)?;
        }
        match &mut self.section {
            Some((length, section)) => {
                if section.open(&self.path[*length..]) {
                    self.counted += 1;
                }
            }
            None => {
                if let Some(kind) = Kind::of(&self.path) {
                    self.section = Some((self.path.len(), Section::new(kind)));
                    self.counted += 1;
                }
            }
        }
        if self.counted > ENTRY_LIMIT { Err(refusals::too_many_entries(ENTRY_LIMIT)) } else { Ok(()) }
    }

    fn close(&mut self) -> Result<(), Finding> {
        let start = self.starts.pop().ok_or_else(refusals::not_xml)?;
        if let Some((length, mut section)) = self.section.take() {
            if start < length {
                self.statements.push(section.finish());
            } else {
                let (path, currency) = (&self.path[length..], self.currency.as_deref());
                section.close(path, &self.text, self.is_text_cut, currency, &mut self.copies_left)?;
                self.section = Some((length, section));
            }
        }
        self.path.truncate(start);
        self.forget_text();
        Ok(())
    }

    fn text(&mut self, piece: &str) -> Result<(), Finding> {
        if self.starts.is_empty() && !piece.trim().is_empty() {
            return Err(refusals::not_xml());
        }
        self.is_text_cut |= append(&mut self.text, piece);
        Ok(())
    }

    fn forget_text(&mut self) {
        self.text.clear();
        self.is_text_cut = false;
        self.currency = None;
    }

    fn finish(self) -> Result<Vec<Statement>, Finding> {
        if !self.starts.is_empty() || !self.has_root {
            return Err(refusals::not_xml());
        }
        if self.statements.is_empty() {
            return Err(refusals::not_camt());
        }
        Ok(self.statements)
    }
}

/// The attribute `Ccy`. Repeated attributes are not looked for: that search is quadratic, and the first one counts.
fn currency(tag: &BytesStart<'_>) -> Result<Option<String>, Finding> {
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| refusals::not_xml())?;
        if attribute.key.into_inner() == "Ccy" {
            return Ok(clean(findings::start(&attribute.value)));
        }
    }
    Ok(None)
}

/// The five names that XML itself knows, and numbers. Any other name needs a document type definition.
fn character(name: &BytesRef<'_>) -> Result<char, Finding> {
    match name.resolve_char_ref() {
        Ok(Some(letter)) => Ok(letter),
        Ok(None) => {
            resolve_xml_entity(&name.xml10_content()).and_then(|text| text.chars().next()).ok_or_else(refusals::dtd)
        }
        Err(_) => Err(refusals::not_xml()),
    }
}
