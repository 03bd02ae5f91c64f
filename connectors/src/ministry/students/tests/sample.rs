//! Workbooks of a few rows, and a student in a few words.

use rust_xlsxwriter::Workbook;

use crate::ministry::Finding;
use crate::ministry::students::{DateOrder, Row, Students, read};

/// Rows of cells; a text that begins with `#=` is kept as a number.
pub(super) type Table<'a> = [&'a [&'a str]];

/// The columns of the older version that most tests need.
pub(super) const HEADER: &[&str] = &[
    "STT",
    "Mã lớp",
    "Mã học sinh",
    "Họ tên",
    "Ngày sinh",
    "Giới tính",
    "Trạng thái HS",
    "Dân tộc",
    "Số định danh cá nhân",
];

pub(super) fn workbook(table: &Table) -> Vec<u8> {
    sheets(&[("Sheet1", false, &[], table)])
}

/// By name, whether it is hidden, its hidden columns, and rows; the first is visible.
pub(super) fn sheets(sheets: &[(&str, bool, &[u16], &Table)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, is_hidden, columns, table) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        sheet.set_hidden(*is_hidden);
        for column in *columns {
            sheet.set_column_hidden(*column).unwrap();
        }
        for (row, cells) in (0..).zip(*table) {
            for (column, cell) in (0..).zip(*cells) {
                match cell.strip_prefix("#=") {
                    Some(number) => sheet.write_number(row, column, number.parse::<f64>().unwrap()).unwrap(),
                    None if cell.is_empty() => continue,
                    None => sheet.write_string(row, column, *cell).unwrap(),
                };
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// A list with the usual header.
pub(super) fn list(rows: &Table) -> Students {
    ordered(rows, None)
}

pub(super) fn ordered(rows: &Table, order: Option<DateOrder>) -> Students {
    let table: Vec<&[&str]> = std::iter::once(HEADER).chain(rows.iter().copied()).collect();
    read(&workbook(&table), order).unwrap()
}

/// `2 6A1 9900000001 Nguyễn Văn Mẫu 2014-08-04 01 01 02 099214000001`, with `-` where nothing is said.
pub(super) fn brief(row: &Row) -> String {
    let day = row.birth_date.map(|day| day.to_string());
    let told = [
        row.class_code.as_deref(),
        row.ministry_code.as_deref(),
        row.full_name.as_deref(),
        day.as_deref(),
        row.gender,
        row.status,
        row.ethnic_group,
        row.personal_id.as_deref(),
    ];
    format!("{} {}", row.number, told.map(|text| text.unwrap_or("-")).join(" "))
}

/// `F3 GENDER_UNKNOWN` for each finding of a row.
pub(super) fn codes(findings: &[Finding]) -> Vec<String> {
    let place = |finding: &Finding| {
        let row = finding.row.map(|row| row.to_string()).unwrap_or_default();
        format!("{}{row} {}", finding.column.as_deref().unwrap_or_default(), finding.code)
    };
    findings.iter().map(place).collect()
}

/// The findings of all rows.
pub(super) fn told(students: &Students) -> Vec<String> {
    students.rows.iter().flat_map(|row| codes(&row.findings)).collect()
}
