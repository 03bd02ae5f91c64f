//! One row of a list: each cell is read by what its column is for, and what cannot be read refuses the row with its place.

use unicode_normalization::UnicodeNormalization;

use super::columns::{Columns, Field};
use super::dates::{self, DateOrder};
use super::{Purpose, Row, digits, names};
use crate::ministry::Finding;
use crate::ministry::findings::{self, Place};
use crate::sheets::{self, Cell};
use crate::text;

/// The longest full name.
const NAME_LIMIT_CHARS: usize = 200;
/// The longest code or name of a class.
const CLASS_LIMIT_CHARS: usize = 100;
/// What Excel shows where a formula fails.
const ERRORS: [&str; 8] = ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"];

/// What reads the rows below a header.
pub(super) struct Reader<'a> {
    columns: &'a Columns,
    purpose: Purpose,
    births: dates::Column,
    statuses: dates::Column,
}

impl<'a> Reader<'a> {
    pub(super) fn new<'r>(
        columns: &'a Columns,
        purpose: Purpose,
        rows: impl Iterator<Item = &'r sheets::Row> + Clone,
        is_1904: bool,
        order: Option<DateOrder>,
    ) -> Self {
        let hear = |field| {
            let column = columns.of.get(&field).copied();
            dates::Column::hear(rows.clone().filter_map(|row| row.cell(column?)), is_1904, order)
        };
        Self { columns, purpose, births: hear(Field::BirthDate), statuses: hear(Field::StatusOn) }
    }

    /// The student of a row; none when it holds nothing but a running number.
    pub(super) fn read(&self, row: &sheets::Row) -> Option<Row> {
        let mut findings = Vec::new();
        let is_serial = |column: usize| self.columns.serial == Some(column);
        if row.cells.iter().all(|(column, _)| is_serial(*column)) {
            return None;
        }
        let number = row.number;
        let is_told = self.columns.of.values().any(|column| row.cell(*column).is_some());
        let mut cells = Cells { reader: self, row, findings: &mut findings };
        let birth_date = cells.take(Field::BirthDate, |cell, place| self.births.read(cell, place));
        let mut student = Row {
            number,
            class_code: cells.take(Field::ClassCode, class),
            class_name: cells.take(Field::ClassName, class),
            ministry_code: cells.restored(Field::MinistryCode, digits::ministry_code),
            full_name: cells.take(Field::FullName, full_name),
            birth_date,
            gender: cells.named(Field::Gender, names::gender, findings::gender_unknown),
            status: cells.named(Field::Status, names::status, findings::status_unknown),
            status_on: cells.take(Field::StatusOn, |cell, place| self.statuses.read(cell, place)),
            ethnic_group: cells.named(Field::EthnicGroup, names::ethnic_group, findings::ethnic_group_unknown),
            phone: cells.restored(Field::Phone, digits::phone),
            personal_id: cells.restored(Field::PersonalId, |cell, place| digits::personal_id(cell, birth_date, place)),
            findings: Vec::new(),
        };
        student.findings = findings;
        if is_told {
            student.findings.extend(self.unnamed(row, &student));
        } else {
            student.findings.push(findings::row_without_student(number));
        }
        Some(student)
    }

    /// A row whose cells name nobody; one whose names could not be read has its findings already.
    fn unnamed(&self, row: &sheets::Row, student: &Row) -> Option<Finding> {
        let holds = |field| self.columns.of.get(&field).is_some_and(|column| row.cell(*column).is_some());
        let is_named = holds(Field::MinistryCode)
            || self.purpose == Purpose::List && holds(Field::FullName) && holds(Field::BirthDate);
        (!is_named).then(|| findings::row_not_named(student.number, self.purpose == Purpose::Identification))
    }
}

/// The cells of one row, and what was found in them.
struct Cells<'a> {
    reader: &'a Reader<'a>,
    row: &'a sheets::Row,
    findings: &'a mut Vec<Finding>,
}

impl Cells<'_> {
    fn take<T>(&mut self, field: Field, read: impl Fn(&Cell, Place) -> Result<T, Finding>) -> Option<T> {
        let column = self.reader.columns.of.get(&field).copied()?;
        let place = (self.row.number, column);
        let cell = self.row.cell(column)?;
        let told =
            if ERRORS.contains(&cell.text.trim()) { Err(findings::cell_error(place)) } else { read(cell, place) };
        told.map_err(|finding| self.findings.push(finding)).ok()
    }

    /// A code of digits, which may have got its zeros back.
    fn restored(
        &mut self,
        field: Field,
        read: impl Fn(&Cell, Place) -> Result<(String, bool), Finding>,
    ) -> Option<String> {
        let (code, is_restored) = self.take(field, read)?;
        if let Some(column) = self.reader.columns.of.get(&field).filter(|_| is_restored) {
            self.findings.push(findings::zeros_restored((self.row.number, *column)));
        }
        Some(code)
    }

    /// A value that a catalogue names.
    fn named(
        &mut self,
        field: Field,
        find: fn(&str) -> Option<&'static str>,
        unknown: fn(Place) -> Finding,
    ) -> Option<&'static str> {
        self.take(field, |cell, place| find(&cell.text).filter(|_| !cell.is_number).ok_or_else(|| unknown(place)))
    }
}

fn full_name(cell: &Cell, place: Place) -> Result<String, Finding> {
    let name = one_line(&cell.text).filter(|_| !cell.is_number).ok_or_else(|| findings::name_unreadable(place))?;
    if !name.chars().any(char::is_alphabetic) {
        return Err(findings::name_unreadable(place));
    }
    limited(name, NAME_LIMIT_CHARS, place)
}

fn class(cell: &Cell, place: Place) -> Result<String, Finding> {
    // A class is called 11 in some schools: a number is its digits.
    let whole = if cell.is_number { digits::whole(cell.text.trim()) } else { None };
    let class = whole.or_else(|| one_line(&cell.text)).ok_or_else(|| findings::cell_error(place))?;
    limited(class, CLASS_LIMIT_CHARS, place)
}

fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    text::clean(&words.join(" ")).map(|text| text.nfc().collect())
}

fn limited(text: String, limit: usize, place: Place) -> Result<String, Finding> {
    if text.chars().count() > limit { Err(findings::text_too_long(place, limit)) } else { Ok(text) }
}
