//! Text with delimiters (CSV), as banks and spreadsheet programs write it.

use csv::{ReaderBuilder, StringRecord};

use super::Unreadable;
use super::grid::Workbook;

/// In the order of their likelihood: the first wins where two fit as well.
const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];
/// The delimiter is chosen by this much of the text.
const SAMPLE_BYTES: usize = 64 << 10;
/// A line of a table has at least so many fields.
const TABLE_FIELDS: usize = 3;

/// Reads the text; the rows are its lines, counted from 1, and a row begins at the line of its first field.
pub(super) fn read(text: &str) -> Result<Workbook, Unreadable> {
    let mut workbook = Workbook::new();
    workbook.is_delimited = true;
    workbook.begin("", false)?;
    // Lines are counted by their ends, whose two bytes would count as two lines, and those of old machines as none.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let delimiter = delimiter(&text).ok_or(Unreadable::NoTable)?;
    let mut record = StringRecord::new();
    let mut reader = reader(&text, delimiter);
    while reader.read_record(&mut record).map_err(|_| Unreadable::Damaged)? {
        let line = record.position().map_or(1, csv::Position::line);
        let row = u32::try_from(line.saturating_sub(1)).map_err(|_| Unreadable::TooLarge)?;
        for (column, field) in record.iter().enumerate() {
            workbook.put(row, column, field.to_owned(), false)?;
        }
    }
    Ok(workbook.finish())
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

/// The one that gives the most lines of a table.
fn delimiter(text: &str) -> Option<u8> {
    let mut end = text.len().min(SAMPLE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut best = None;
    for delimiter in DELIMITERS {
        let records = reader(&text[..end], delimiter).into_records().map_while(Result::ok);
        let lines = records.filter(|record| record.len() >= TABLE_FIELDS).count();
        if lines > best.map_or(0, |(_, lines)| lines) {
            best = Some((delimiter, lines));
        }
    }
    best.map(|(delimiter, _)| delimiter)
}
