//! The row that names the columns: names are compared without marks, case, line breaks and punctuation, and never by their
//! place, which differs between versions.

use std::collections::BTreeMap;

use crate::ministry::{Finding, findings};
use crate::sheets::Row;
use crate::sheets::fold::fold;

/// The header stands within so many rows; exports have three lines of titles above it.
const HEADER_ROWS: usize = 30;
/// A row with so many known names is meant as the header.
const NEAR: usize = 3;
/// A longer cell names no column.
const TITLE_LIMIT_BYTES: usize = 400;

/// What is read from a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    ClassCode,
    ClassName,
    MinistryCode,
    FullName,
    BirthDate,
    Gender,
    Status,
    StatusOn,
    EthnicGroup,
    Phone,
    PersonalId,
}

/// The folded names of each field, whole: `ho ten` is not `ho ten cha`.
const NAMES: [(Field, &[&str]); 11] = [
    (Field::ClassCode, &["ma lop"]),
    (Field::ClassName, &["lop hoc", "ten lop", "lop"]),
    (
        Field::MinistryCode,
        &[
            "ma hoc sinh ma dinh danh bo gd dt",
            "ma dinh danh bo gd dt",
            "ma dinh danh bo gd dt tren csdl nganh",
            "ma dinh danh bo gddt",
            "ma dinh danh bo",
        ],
    ),
    (Field::FullName, &["ho ten", "ho va ten", "ho ten hoc sinh", "ho va ten hoc sinh"]),
    (Field::BirthDate, &["ngay sinh", "ngay thang nam sinh"]),
    (Field::Gender, &["gioi tinh"]),
    (Field::Status, &["trang thai hs", "trang thai hoc sinh", "trang thai"]),
    (Field::StatusOn, &["ngay nhap trang thai"]),
    (Field::EthnicGroup, &["dan toc"]),
    (Field::Phone, &["so dien thoai lien he", "sdt lien he"]),
    (Field::PersonalId, &["so dinh danh ca nhan", "so ddcn"]),
];
/// The ministry's code in the older version; beside a column that names the ministry it is the school's own code.
const PLAIN_CODE: &str = "ma hoc sinh";
/// What only lists of staff have: their people have codes, names and days of birth too, and are no students.
const STAFF: [&str; 6] =
    ["trang thai cb", "trang thai can bo", "vi tri viec lam", "nhom chuc vu", "ma giao vien", "mon day"];
/// Running numbers, with which the empty template comes already filled.
const SERIAL: [&str; 3] = ["stt", "tt", "so tt"];

/// The columns of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    /// The row of the header, from 1.
    pub(super) row: u32,
    /// The column of each field, from 0.
    pub(super) of: BTreeMap<Field, usize>,
    /// The column of running numbers.
    pub(super) serial: Option<usize>,
    /// The names of the columns that nobody reads, as printed.
    pub(super) unread: Vec<String>,
}

impl Columns {
    pub(super) fn has(&self, field: Field) -> bool {
        self.of.contains_key(&field)
    }

    /// A list of students has names and statuses, which lists of marks have not; the update of identification has none of
    /// them, and the personal ID.
    fn is_of_students(&self) -> bool {
        let needed: &[Field] = if self.has(Field::FullName) {
            &[Field::MinistryCode, Field::BirthDate, Field::Gender, Field::Status]
        } else {
            &[Field::MinistryCode, Field::BirthDate, Field::PersonalId]
        };
        needed.iter().all(|field| self.has(*field))
    }
}

/// The header of a sheet; none when no row looks like one.
pub(super) fn find(rows: &[Row]) -> Result<Option<Columns>, Finding> {
    let mut nearest: Option<Finding> = None;
    for row in rows.iter().take(HEADER_ROWS) {
        let columns = match read(row) {
            Ok(columns) => columns,
            Err(reason) => {
                nearest.get_or_insert(reason);
                continue;
            }
        };
        if columns.is_of_students() {
            return Ok(Some(columns));
        }
        if columns.of.len() >= NEAR {
            nearest.get_or_insert_with(|| missing(&columns));
        }
    }
    nearest.map_or(Ok(None), Err)
}

fn read(row: &Row) -> Result<Columns, Finding> {
    let mut columns = Columns { row: row.number, of: BTreeMap::new(), serial: None, unread: Vec::new() };
    let mut plain: Option<(usize, String)> = None;
    for (column, cell) in &row.cells {
        let title = cell.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let folded = if title.len() > TITLE_LIMIT_BYTES { String::new() } else { fold(&title) };
        let field = NAMES.iter().find(|(_, names)| names.contains(&folded.as_str())).map(|(field, _)| *field);
        if STAFF.contains(&folded.as_str()) {
            return Err(findings::of_staff(row.number, *column));
        }
        match field {
            Some(field) => {
                if let Some(first) = columns.of.insert(field, *column) {
                    return Err(findings::column_twice(row.number, first, *column));
                }
            }
            None if folded == PLAIN_CODE => {
                if let Some((first, _)) = plain.replace((*column, title)) {
                    return Err(findings::column_twice(row.number, first, *column));
                }
            }
            None if SERIAL.contains(&folded.as_str()) => columns.serial = columns.serial.or(Some(*column)),
            None => columns.unread.push(title),
        }
    }
    if let Some((column, title)) = plain {
        if columns.has(Field::MinistryCode) {
            columns.unread.push(title);
        } else {
            columns.of.insert(Field::MinistryCode, column);
        }
    }
    Ok(columns)
}

fn missing(columns: &Columns) -> Finding {
    let needed = [
        (Field::MinistryCode, "ministry code", "mã định danh Bộ GD&ĐT"),
        (Field::FullName, "full name", "họ tên"),
        (Field::BirthDate, "day of birth", "ngày sinh"),
        (Field::Gender, "gender", "giới tính"),
        (Field::Status, "status", "trạng thái"),
    ];
    let lacks: Vec<_> = needed.iter().filter(|(field, ..)| !columns.has(*field)).collect();
    let english = lacks.iter().map(|lack| lack.1).collect::<Vec<_>>().join(", ");
    let vietnamese = lacks.iter().map(|lack| lack.2).collect::<Vec<_>>().join(", ");
    findings::column_not_found(columns.row, [&english, &vietnamese])
}
