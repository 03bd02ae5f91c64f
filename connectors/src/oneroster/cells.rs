//! CSV after RFC 4180: cells of text, quoted where they must be, lines that end with CR LF.

use super::findings::{self, Finding};

/// Bytes of a cell at most: lists of ids are the longest.
pub(super) const CELL_BYTES: usize = 4_096;
/// Columns of a file at most.
const COLUMNS: usize = 200;
const MARK: &[u8] = b"\xef\xbb\xbf";

/// One line of a file.
pub(super) fn line<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut line = Vec::with_capacity(128);
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            line.push(b',');
        }
        if cell.contains(['"', ',', '\r', '\n', '\'']) {
            line.push(b'"');
            line.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            line.push(b'"');
        } else {
            line.extend_from_slice(cell.as_bytes());
        }
    }
    line.extend_from_slice(b"\r\n");
    line
}

/// The rows of a file with the lines on which they begin; blank lines are none.
pub(super) struct Grid<'a> {
    bytes: &'a [u8],
    records: csv::StringRecordsIntoIter<&'a [u8]>,
    /// How far lines are counted.
    at: usize,
    line: u64,
}

impl<'a> Grid<'a> {
    /// # Errors
    /// `ONEROSTER_ENCODING` for what is no UTF-8.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Finding> {
        let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
        if std::str::from_utf8(bytes).is_err() || bytes.contains(&0) {
            return Err(findings::encoding());
        }
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        Ok(Self { bytes, records: reader.into_records(), at: 0, line: 1 })
    }
}

impl Iterator for Grid<'_> {
    type Item = (u64, Vec<String>);

    fn next(&mut self) -> Option<Self::Item> {
        // The text is in memory and in UTF-8, rows may be of any length: no record fails.
        let record = self.records.next()?.ok()?;
        let start = record.position().and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(self.at);
        Some((self.line_of(start), record.iter().take(COLUMNS + 1).map(str::to_owned).collect()))
    }
}

impl Grid<'_> {
    /// The line on which a record begins. One behind CR LF is told from the LF on, and one behind blank lines from the first.
    fn line_of(&mut self, start: usize) -> u64 {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.bytes.get(self.at..start + blank).unwrap_or_default();
        self.line += passed.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.at = start + blank;
        self.line
    }
}

/// Whether a row is wider than any file of the binding with all its extensions.
pub(super) fn is_too_wide(cells: &[String]) -> bool {
    cells.len() > COLUMNS
}
