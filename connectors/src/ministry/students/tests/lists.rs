//! Headers in every version and spelling, what is a row, and whose code stands twice.

use unicode_normalization::UnicodeNormalization;

use super::sample::{HEADER, Table, brief, codes, list, sheets, told, workbook};
use crate::ministry::students::{Purpose, read};

const STUDENT: &[&str] =
    &["1", "6A1", "9900000001", "Nguyễn Văn Mẫu 001", "14/08/2014", "Nam", "Đang học", "Kinh", "099214000001"];
const TOLD: &str = "2 6A1 9900000001 Nguyễn Văn Mẫu 001 2014-08-14 01 01 01 099214000001";

#[test]
fn a_list_is_read_by_names() {
    let students =
        list(&[STUDENT, &["2", "6A1", "9900000002", "Trần Thị Thử Xanh", "", "Nữ", "Chuyển đến kỳ 2", "H'Mông"]]);
    assert_eq!(students.purpose, Purpose::List);
    assert_eq!(students.header_row, 1);
    assert_eq!(students.unread_columns, Vec::<String>::new());
    let rows: Vec<String> = students.rows.iter().map(brief).collect();
    assert_eq!(rows, [TOLD, "3 6A1 9900000002 Trần Thị Thử Xanh - 02 06 08 -"]);
    assert_eq!(told(&students), Vec::<String>::new());
    assert!(students.rows.iter().all(|row| row.is_sound()));
}

#[test]
fn version_three_moves_columns_breaks_lines_and_decomposes_letters() {
    let header = [
        "STT",
        "Mã lớp (*)",
        "Mã học sinh\n(Mã định danh Bộ GD&ĐT)",
        "HỌ VÀ TÊN",
        "Ngày sinh",
        "Số định danh cá nhân",
        "Giới tính",
        "Dân tộc",
        "Trạng thái HS",
        "Ngày nhập\ntrạng thái",
        "Số điện thoại liên hệ",
        "Họ tên cha",
        "Số định danh cá nhân cha",
        "Cha dân tộc",
    ];
    let row: &[&str] = &[
        "1",
        "6A1",
        "9900000001",
        "Nguyễn Văn Mẫu 001",
        "14/08/2014",
        "099214000001",
        "Nam",
        "Kinh",
        "Đang học",
        "15/09/2025",
        "019 1234 5678",
        "Nguyễn Văn Thử",
        "099080000001",
        "Tày",
    ];
    for decomposed in [false, true] {
        let header: Vec<String> =
            header.iter().map(|name| if decomposed { name.nfd().collect() } else { (*name).to_owned() }).collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let bytes = sheets(&[
            ("Sheet1", false, &[1, 5], &[&header, row]),
            ("DAN_TOC", false, &[], &[&["STT", "Mã", "Tên dân tộc"]]),
        ]);
        let students = read(&bytes, None).unwrap();
        assert_eq!(students.rows.iter().map(brief).collect::<Vec<_>>(), [TOLD]);
        assert_eq!(students.rows[0].phone.as_deref(), Some("01912345678"));
        assert_eq!(students.rows[0].status_on.unwrap().to_string(), "2025-09-15");
        assert_eq!(students.unread_columns.len(), 3, "{:?}", students.unread_columns);
    }
}

#[test]
fn the_update_of_identification_has_no_names() {
    let table: &Table = &[
        &["STT", "Mã lớp", "Mã định danh Bộ GD&ĐT\n(trên CSDL ngành)", "Ngày sinh", "Giới tính", "Dân tộc", "Số ĐDCN"],
        &["1", "6A1", "9900000001", "14/08/2014", "nam", "Kinh", "099214000001"],
        &["2", "6A1", "", "15/08/2014", "Nữ", "Kinh", "099314000002"],
    ];
    let students = read(&workbook(table), None).unwrap();
    assert_eq!(students.purpose, Purpose::Identification);
    assert_eq!(brief(&students.rows[0]), TOLD.replace("Nguyễn Văn Mẫu 001", "-").replace("01 01 01", "01 - 01"));
    assert_eq!(told(&students), ["3 ROW_NOT_NAMED"]);
}

#[test]
fn an_export_has_titles_above_and_names_of_classes() {
    let table: &Table = &[
        &["DANH SÁCH HỌC SINH (mẫu)"],
        &["Năm học 2025-2026"],
        &[],
        &["STT", "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc", "Trạng thái", "Lớp học"],
        &["1", "9900000001", "Nguyễn Văn Mẫu 001", "14/08/2014", "Nam", "Kinh", "Đang học", "#=11"],
    ];
    let students = read(&workbook(table), None).unwrap();
    assert_eq!(students.header_row, 4);
    assert_eq!(brief(&students.rows[0]), "5 - 9900000001 Nguyễn Văn Mẫu 001 2014-08-14 01 01 01 -");
    assert_eq!(students.rows[0].class_name.as_deref(), Some("11"));
}

#[test]
fn a_plain_code_beside_the_ministrys_is_the_schools_own() {
    let table: &Table = &[
        &["Mã học sinh", "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Giới tính", "Trạng thái HS"],
        &["HS-1", "9900000001", "Nguyễn Văn Mẫu 001", "14/08/2014"],
    ];
    let students = read(&workbook(table), None).unwrap();
    assert_eq!(students.rows[0].ministry_code.as_deref(), Some("9900000001"));
    assert_eq!(students.unread_columns, ["Mã học sinh"]);
}

#[test]
fn numbered_rows_of_the_template_are_none_and_nothing_else_is_skipped() {
    let students = list(&[
        STUDENT,
        &["2"],
        &["", "", "", "", "", "", "", "", "", "ghi chú"],
        &["", "", "", "Hiệu trưởng (mẫu)"],
        &["3", "", "", "", "", "Nam"],
    ]);
    assert_eq!(students.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 4, 5, 6]);
    assert_eq!(told(&students), ["4 ROW_WITHOUT_STUDENT", "5 ROW_NOT_NAMED", "6 ROW_NOT_NAMED"]);
}

#[test]
fn what_no_catalogue_names_refuses_the_row() {
    let students = list(&[
        &["1", "6A1", "9900000001", "Nguyễn Văn Mẫu 001", "14/08/2014", "01", "1", "04", ""],
        &["2", "6A1", "9900000002", "#=17", "14/08/2014", "Năm", "Chuyển đi", "Có", ""],
        &["3", "6A1", "9900000003", "#N/A", "14/08/2014", "#=1", "#=1", "#=1", ""],
    ]);
    let expected = ["F2 GENDER_UNKNOWN", "G2 STUDENT_STATUS_UNKNOWN", "H2 ETHNIC_GROUP_UNKNOWN", "D3 NAME_UNREADABLE"];
    assert_eq!(told(&students)[..4], expected);
    assert_eq!(told(&students)[7], "D4 CELL_ERROR");
    assert!(students.rows.iter().all(|row| !row.is_sound()));
}

#[test]
fn a_code_that_stands_twice_refuses_each_of_its_rows() {
    let other: &[&str] =
        &["2", "6A2", "9900000001", "Trần Thị Thử Xanh", "15/08/2014", "Nữ", "Đang học", "Kinh", "099314000002"];
    let third: &[&str] =
        &["3", "6A2", "9900000003", "Lê Văn Mẫu 003", "15/08/2014", "Nam", "Đang học", "Kinh", "099314000002"];
    let students = list(&[STUDENT, other, third]);
    assert_eq!(told(&students), ["C2 CODE_TWICE", "C3 CODE_TWICE", "I3 CODE_TWICE", "I4 CODE_TWICE"]);
    assert!(students.rows[0].findings[0].message.contains("Row 3"));
    assert!(students.rows[1].findings[0].message.contains("Row 2"));
}

#[test]
fn a_file_without_one_list_is_refused() {
    let refusal = |bytes: &[u8]| codes(&[read(bytes, None).unwrap_err()]).remove(0);
    let header: &Table = &[HEADER];
    assert_eq!(refusal(&workbook(&[&["Họ tên cha", "Ngày cấp"]])), " WORKBOOK_HEADER_NOT_FOUND");
    let lacks: &Table = &[&["x"], &["Mã lớp", "Họ tên", "Ngày sinh", "Giới tính"]];
    assert_eq!(refusal(&workbook(lacks)), "2 WORKBOOK_COLUMN_NOT_FOUND");
    let twice: &Table = &[&["Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính", "HỌ VÀ TÊN"]];
    assert_eq!(refusal(&workbook(twice)), "E1 WORKBOOK_COLUMN_TWICE");
    let two = sheets(&[("A", false, &[], header), ("B", false, &[], header)]);
    assert_eq!(refusal(&two), " WORKBOOK_SEVERAL_SHEETS");
    let hidden = sheets(&[("A", false, &[], &[&["x"]]), ("B", true, &[], header)]);
    assert_eq!(refusal(&hidden), " WORKBOOK_HEADER_NOT_FOUND");
    assert_eq!(refusal(b"%PDF-1.7"), " WORKBOOK_NOT_A_SHEET");
}

#[test]
fn staff_and_marks_are_no_students() {
    let staff: &Table = &[
        &[
            "STT",
            "Mã định danh Bộ GD&ĐT",
            "Họ tên",
            "Ngày sinh",
            "Giới tính",
            "Trạng thái",
            "Dân tộc",
            "Vị trí\nviệc làm",
        ],
        &["1", "9900000001", "Nguyễn Văn Mẫu 001", "14/08/1984", "Nam", "Đang học", "Kinh", "Giáo viên"],
    ];
    assert_eq!(codes(&[read(&workbook(staff), None).unwrap_err()]), ["H1 WORKBOOK_OF_STAFF"]);
    let marks: &Table = &[
        &["STT", "Mã học sinh", "Họ tên", "Ngày sinh", "Toán", "Tiếng Việt"],
        &["1", "9900000001", "Nguyễn Văn Mẫu 001", "14/08/2014", "T", "H"],
    ];
    let refusal = read(&workbook(marks), None).unwrap_err();
    assert_eq!(codes(std::slice::from_ref(&refusal)), ["1 WORKBOOK_COLUMN_NOT_FOUND"]);
    assert!(refusal.message.ends_with("Not found: gender, status."), "{}", refusal.message);
}

#[test]
fn a_formula_is_a_text_and_nobody_is_shown() {
    let name = "=HYPERLINK(\"http://x.example\",\"Mẫu\")";
    let students = list(&[&["1", "6A1", "9900000001", name, "14/08/2014", "Nam", "Đang học", "Kinh", "099214000001"]]);
    assert_eq!(students.rows[0].full_name.as_deref(), Some(name));
    let shown = format!("{students:?}");
    assert!(!shown.contains("9900000001") && !shown.contains("099214000001") && !shown.contains("2014"), "{shown}");
}
