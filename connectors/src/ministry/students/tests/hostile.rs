//! Files that are made to hurt, and files that chance changed: the reader ends, and never panics.

use proptest::prelude::*;

use super::sample::{HEADER, workbook};
use crate::ministry::students::read;

const ROW: &[&str] =
    &["1", "6A1", "9900000001", "Nguyễn Văn Mẫu 001", "14/08/2014", "Nam", "Đang học", "Kinh", "099214000001"];

#[test]
fn a_list_of_a_province_is_no_schools() {
    let table: Vec<&[&str]> = std::iter::once(HEADER).chain(std::iter::repeat_n(&ROW[..2], 20_001)).collect();
    assert_eq!(read(&workbook(&table), None).unwrap_err().code, "WORKBOOK_TOO_LARGE");
}

#[test]
fn a_long_text_is_told_and_not_cut() {
    let long = "Mẫu ".repeat(60);
    let row: &[&str] = &["1", &long, "9900000001", &long, "14/08/2014"];
    let students = read(&workbook(&[HEADER, row]), None).unwrap();
    let codes: Vec<_> = students.rows[0].findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["TEXT_TOO_LONG", "TEXT_TOO_LONG"]);
    assert_eq!((&students.rows[0].class_code, &students.rows[0].full_name), (&None, &None));
}

#[test]
fn what_no_eye_sees_is_not_read() {
    let row = ["1", "6\u{200b}A1", "99000\u{202e}00001", "Nguyễn\u{feff} \u{2028}Văn Mẫu", "14/08/2014"];
    let table = [HEADER.join(";"), row.join(";")].join("\n");
    let students = read(table.as_bytes(), None).unwrap();
    assert_eq!(students.rows[0].class_code.as_deref(), Some("6A1"));
    assert_eq!(students.rows[0].ministry_code.as_deref(), Some("9900000001"));
    assert_eq!(students.rows[0].full_name.as_deref(), Some("Nguyễn Văn Mẫu"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_cells_are_read_or_told(cells in proptest::collection::vec(proptest::collection::vec("\\PC{0,24}|#=[0-9]{1,14}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}", 9), 1..6)) {
        let rows: Vec<Vec<&str>> = cells.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let rows = rows.iter().map(Vec::as_slice);
        // A text that Excel's writer would take for a number and cannot is not meant here.
        let is_plain = |row: &&[&str]| row.iter().all(|cell| cell.strip_prefix("#=").is_none_or(|number| number.parse::<f64>().is_ok()));
        let table: Vec<&[&str]> = std::iter::once(HEADER).chain(rows.filter(is_plain)).collect();
        let students = read(&workbook(&table), None).unwrap();
        for row in &students.rows {
            prop_assert!(row.findings.iter().all(|finding| !finding.message.is_empty() && !finding.message_vi.is_empty()));
            if row.is_sound() {
                prop_assert!(row.ministry_code.is_some() || row.full_name.is_some() && row.birth_date.is_some());
            }
            prop_assert!(row.ministry_code.as_ref().is_none_or(|code| code.len() == 10));
            prop_assert!(row.personal_id.as_ref().is_none_or(|id| id.len() == 12));
        }
    }

    #[test]
    fn changed_workbooks_are_read_or_refused(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), cut in proptest::option::of(any::<prop::sample::Index>())) {
        let mut bytes = workbook(&[HEADER, ROW]);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Err(refusal) = read(&bytes, None) {
            prop_assert!(refusal.code.starts_with("WORKBOOK_"));
        }
    }
}
