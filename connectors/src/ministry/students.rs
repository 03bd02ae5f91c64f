//! The workbooks of students: the list of each level in its versions (`Filemau-…-HocSinhDiaPhuong`), the update of
//! identification (`Filemau-CapNhatDinhDanh`), and the list that the ministry's database exports.

mod columns;
mod dates;
mod digits;
mod names;
mod row;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;

use chrono::NaiveDate;

use super::{Finding, Weight, findings};
use crate::sheets::{self, Grid};
use columns::{Columns, Field};

pub use dates::DateOrder;

/// The largest schools have some five thousand students; a ward's list of all its schools has fewer than this.
const ROW_LIMIT: usize = 20_000;

/// What a workbook is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A list of students (danh sách học sinh).
    List,
    /// Personal IDs and data of birth for students who are known (cập nhật định danh); it has no names.
    Identification,
}

/// A workbook of students as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Students {
    /// What the workbook is for.
    pub purpose: Purpose,
    /// The name of the sheet that holds them.
    pub sheet: String,
    /// The row of the header, from 1.
    pub header_row: u32,
    /// The names of the columns that hold what is not read, as printed, from left to right.
    pub unread_columns: Vec<String>,
    /// The students, from top to bottom; rows that hold nothing, or only a running number, are none.
    pub rows: Vec<Row>,
}

/// One student of a workbook. What is `None` stands in no cell: it says nothing, and erases nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The row of the sheet, from 1.
    pub number: u32,
    /// The code of the class (mã lớp).
    pub class_code: Option<String>,
    /// The name of the class (lớp học), which exports tell instead of the code.
    pub class_name: Option<String>,
    /// The code in the ministry's database (mã định danh Bộ GD&ĐT), ten digits.
    pub ministry_code: Option<String>,
    /// The full name (họ tên), in NFC.
    pub full_name: Option<String>,
    /// The day of birth (ngày sinh).
    pub birth_date: Option<NaiveDate>,
    /// The gender (giới tính) by its code in `DM_GIOI_TINH`: `01` Nam, `02` Nữ.
    pub gender: Option<&'static str>,
    /// The status (trạng thái) by its code in `DM_TRANG_THAI_HOC_SINH`, `01` to `12`.
    pub status: Option<&'static str>,
    /// The day from which the status holds (ngày nhập trạng thái).
    pub status_on: Option<NaiveDate>,
    /// The ethnic group (dân tộc) by its code in the order of 2008.
    pub ethnic_group: Option<&'static str>,
    /// The telephone of the family (số điện thoại liên hệ): digits, perhaps behind a `+`.
    pub phone: Option<String>,
    /// The personal ID (số định danh cá nhân), twelve digits.
    pub personal_id: Option<String>,
    /// What a person must know of the row.
    pub findings: Vec<Finding>,
}

impl Row {
    /// Whether the row can be taken as it is.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.weight == Weight::Tells)
    }
}

/// A child's data are in no log: only the place of the row is shown.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("number", &self.number).field("findings", &self.findings).finish_non_exhaustive()
    }
}

/// Reads a workbook, whatever it is called. `order` is what the sender says of dates that could be either; without it the
/// cells must prove their order.
///
/// # Errors
///
/// A refusal of the whole file: `WORKBOOK_NOT_A_SHEET`, `WORKBOOK_PASSWORD`, `WORKBOOK_DAMAGED`, `WORKBOOK_TOO_OLD`,
/// `WORKBOOK_TOO_LARGE`, `WORKBOOK_HEADER_NOT_FOUND`, `WORKBOOK_COLUMN_NOT_FOUND`, `WORKBOOK_COLUMN_TWICE`,
/// `WORKBOOK_OF_STAFF` or `WORKBOOK_SEVERAL_SHEETS`.
pub fn read(bytes: &[u8], order: Option<DateOrder>) -> Result<Students, Finding> {
    let workbook = sheets::open(bytes)?;
    let mut refusal: Option<Finding> = None;
    let mut found: Option<(&Grid, Columns)> = None;
    // Hidden sheets are catalogues, and left-overs of other schools' lists.
    for grid in workbook.grids.iter().filter(|grid| !grid.is_hidden) {
        match columns::find(&grid.rows) {
            Ok(None) => {}
            Ok(Some(columns)) => {
                if let Some((first, _)) = found.replace((grid, columns)) {
                    return Err(findings::several_sheets(&first.name, &grid.name));
                }
            }
            Err(reason) => refusal = refusal.or(Some(reason)),
        }
    }
    let Some((grid, columns)) = found else { return Err(refusal.unwrap_or_else(findings::no_header)) };
    let below = grid.rows.iter().filter(|row| row.number > columns.row);
    if below.clone().count() > ROW_LIMIT {
        return Err(findings::too_large());
    }
    let purpose = if columns.has(Field::FullName) { Purpose::List } else { Purpose::Identification };
    let reader = row::Reader::new(&columns, purpose, below.clone(), workbook.is_1904, order);
    let mut rows: Vec<Row> = below.filter_map(|row| reader.read(row)).collect();
    refuse_repeated(&mut rows, &columns, Field::MinistryCode, |row| row.ministry_code.as_deref());
    refuse_repeated(&mut rows, &columns, Field::PersonalId, |row| row.personal_id.as_deref());
    Ok(Students { purpose, sheet: grid.name.clone(), header_row: columns.row, unread_columns: columns.unread, rows })
}

/// Every row of a code that stands in several: the file does not say which is right.
fn refuse_repeated(rows: &mut [Row], columns: &Columns, field: Field, code: impl Fn(&Row) -> Option<&str>) {
    let Some(column) = columns.of.get(&field).copied() else { return };
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(code) = code(row) {
            places.entry(code.to_owned()).or_default().push(index);
        }
    }
    for places in places.values().filter(|places| places.len() > 1) {
        let first = rows[places[0]].number;
        for (nth, index) in places.iter().enumerate() {
            let other = if nth == 0 { rows[places[1]].number } else { first };
            let row = &mut rows[*index];
            row.findings.push(findings::code_twice((row.number, column), other));
        }
    }
}
