//! The row that names the columns, wherever it stands.

use std::collections::{BTreeMap, BTreeSet};

use super::date;
use super::field::{self, Field};
use crate::sheets::{Row, letters};
use crate::statements::{Column, Finding, refusals};
use crate::text::clean;

/// A header has at least so many fields.
const FIELDS: usize = 4;
/// Characters of a column's name at most.
const NAME_CHARS: usize = 60;

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The row of the sheet, from 1.
    pub(super) row: u32,
    /// One row, or two that are read together.
    pub(super) height: usize,
    /// The column of each field, from 0.
    pub(super) columns: BTreeMap<Field, usize>,
    /// What the columns of fees and of VAT are called, as printed.
    pub(super) titles: BTreeMap<Field, String>,
    /// What every column is called, for a person.
    names: BTreeMap<Field, String>,
}

impl Header {
    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.columns.get(&field).copied()
    }

    /// The column of a field as a person sees it.
    pub(super) fn place(&self, field: Field) -> Option<Column> {
        let letters = letters(self.column(field)?);
        Some(Column { letters, header: self.names.get(&field).cloned().unwrap_or_default() })
    }

    /// The field that tells the day: where only a value date is told, that.
    pub(super) fn day(&self) -> Field {
        if self.columns.contains_key(&Field::Date) { Field::Date } else { Field::ValueDate }
    }

    /// The cell's text, none when it is blank or the table has no such column.
    pub(super) fn text<'a>(&self, row: &'a Row, field: Field) -> Option<&'a str> {
        self.column(field).map(|column| row.text(column)).filter(|text| !text.is_empty())
    }

    /// The column that tells the day.
    pub(super) fn date(&self) -> Option<usize> {
        self.column(self.day())
    }

    pub(super) fn has_sides(&self) -> bool {
        self.columns.contains_key(&Field::Debit) && self.columns.contains_key(&Field::Credit)
    }

    fn is_whole(&self) -> bool {
        let has_amount = self.has_sides() || self.columns.contains_key(&Field::Amount);
        self.columns.len() >= FIELDS && self.date().is_some() && has_amount
    }
}

/// Reads the header that begins at the row, alone or together with the next one.
pub(super) fn at(rows: &[Row], index: usize) -> Option<Header> {
    let row = rows.get(index).filter(|row| may_be_header(row))?;
    let alone = columns(row.number, [row].into_iter());
    if alone.is_whole() && alone.has_sides() {
        return Some(alone);
    }
    // A title over two columns, as "Phát sinh" over "Nợ" and "Có", is only whole with the row below.
    let next = rows.get(index + 1).filter(|next| next.number == row.number + 1 && holds_names(next));
    // A row that is whole by itself needs no label from above.
    let next = next.filter(|next| !columns(next.number, [*next].into_iter()).is_whole());
    let joined = next.map(|next| columns(row.number, [row, next].into_iter()));
    match joined.filter(Header::is_whole) {
        Some(joined) if joined.has_sides() || !alone.is_whole() => Some(joined),
        _ => Some(alone).filter(Header::is_whole),
    }
}

/// What the best of the rows has and lacks, for a person; none when no row looks like a header.
pub(super) fn nearest(rows: &[Row]) -> Option<Finding> {
    let candidates = rows.iter().filter(|row| !holds_date(row)).map(|row| columns(row.number, [row].into_iter()));
    // The first of those that have most.
    let mut best: Option<Header> = None;
    for candidate in candidates {
        if candidate.columns.len() > best.as_ref().map_or(2, |best| best.columns.len()) {
            best = Some(candidate);
        }
    }
    let best = best?;
    let found: Vec<Field> = best.columns.keys().copied().collect();
    let lacks = |field| !best.columns.contains_key(&field);
    let mut missing = Vec::new();
    if best.date().is_none() {
        missing.push(Field::Date);
    }
    match (lacks(Field::Debit), lacks(Field::Credit), lacks(Field::Amount)) {
        (true, true, true) => missing.extend([Field::Debit, Field::Credit]),
        (false, true, _) => missing.push(Field::Credit),
        (true, false, _) => missing.push(Field::Debit),
        _ => {}
    }
    if missing.is_empty() {
        missing.push(if lacks(Field::Memo) { Field::Memo } else { Field::Reference });
    }
    let names = |fields: &[Field]| {
        [0, 1].map(|language| fields.iter().map(|field| field.names()[language]).collect::<Vec<_>>().join(", "))
    };
    let (found, missing) = (names(&found), names(&missing));
    Some(refusals::no_column(best.row, [&found[0], &found[1]], [&missing[0], &missing[1]]))
}

/// Spares the words of the rows that cannot be one: those with a date or a number, and those with too few words.
pub(super) fn may_be_header(row: &Row) -> bool {
    let words = row.cells.iter().filter(|(_, cell)| cell.text.chars().any(char::is_alphabetic)).count();
    words >= 2 && holds_names(row)
}

fn holds_names(row: &Row) -> bool {
    !row.cells.iter().any(|(_, cell)| cell.is_number) && !holds_date(row)
}

pub(super) fn holds_date(row: &Row) -> bool {
    row.cells.iter().any(|(_, cell)| date::text(&cell.text).date().is_some())
}

fn columns<'a>(number: u32, rows: impl Iterator<Item = &'a Row> + Clone) -> Header {
    let places: BTreeSet<usize> = rows.clone().flat_map(|row| row.cells.iter().map(|(column, _)| *column)).collect();
    let height = rows.clone().count();
    let (columns, titles, names) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut header = Header { row: number, height, columns, titles, names };
    let mut ranks: BTreeMap<Field, usize> = BTreeMap::new();
    for column in places {
        let texts: Vec<&str> = rows.clone().map(|row| row.text(column)).filter(|text| !text.is_empty()).collect();
        let title = texts.join("\n");
        let lowest = texts.last().and_then(|text| field::of(text));
        // "Số tiền" over "Có" is the credit.
        let side = lowest.filter(|(field, _)| matches!(field, Field::Debit | Field::Credit));
        let Some((field, rank)) = side.or_else(|| field::of(&title)) else { continue };
        if ranks.get(&field).is_none_or(|best| rank < *best) {
            ranks.insert(field, rank);
            header.columns.insert(field, column);
            header.names.insert(field, name(&title));
            header.titles.insert(field, title);
        }
    }
    header.titles.retain(|field, _| matches!(field, Field::Fee | Field::Vat));
    header
}

/// The title of a column for a person: short, and on one line.
fn name(title: &str) -> String {
    let flat = title.split_whitespace().take(NAME_CHARS).collect::<Vec<_>>().join(" ");
    clean(&flat).unwrap_or_default().chars().take(NAME_CHARS).collect()
}
