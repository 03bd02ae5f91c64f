//! What a person is told of a workbook: each code at one place, with its sentence in both languages.

use super::{Finding, Weight};
use crate::sheets::{Unreadable, letters};

/// A cell: the row from 1, and the column from 0.
pub(super) type Place = (u32, usize);

fn refused(code: &'static str, message: impl Into<String>, message_vi: impl Into<String>) -> Finding {
    Finding {
        row: None,
        column: None,
        weight: Weight::Refuses,
        code,
        message: message.into(),
        message_vi: message_vi.into(),
    }
}

fn at((row, column): Place, finding: Finding) -> Finding {
    Finding { row: Some(row), column: Some(letters(column)), ..finding }
}

impl From<Unreadable> for Finding {
    fn from(reason: Unreadable) -> Self {
        match reason {
            Unreadable::NotASheet => refused(
                "WORKBOOK_NOT_A_SHEET",
                "The file is not a spreadsheet: send the workbook as .xlsx or .xls.",
                "Tệp không phải bảng tính: hãy gửi tệp dạng .xlsx hoặc .xls.",
            ),
            Unreadable::Password => refused(
                "WORKBOOK_PASSWORD",
                "The file is protected by a password: open it, and save it without one.",
                "Tệp được bảo vệ bằng mật khẩu: hãy mở tệp và lưu lại không có mật khẩu.",
            ),
            Unreadable::Damaged => refused(
                "WORKBOOK_DAMAGED",
                "The file is damaged or incomplete: save it again.",
                "Tệp bị hỏng hoặc không đầy đủ: hãy lưu lại tệp.",
            ),
            Unreadable::TooOld => refused(
                "WORKBOOK_TOO_OLD",
                "The file has the format of Excel 95 or older: open it, and save it as .xlsx.",
                "Tệp có định dạng Excel 95 hoặc cũ hơn: hãy mở và lưu lại dạng .xlsx.",
            ),
            Unreadable::TooLarge => too_large(),
            Unreadable::NoTable => no_header(),
        }
    }
}

pub(super) fn too_large() -> Finding {
    refused(
        "WORKBOOK_TOO_LARGE",
        "The file is larger than any school's list of students.",
        "Tệp lớn hơn mọi danh sách học sinh của một trường.",
    )
}

pub(super) fn no_header() -> Finding {
    refused(
        "WORKBOOK_HEADER_NOT_FOUND",
        "No visible sheet names the columns of a list of students: ministry code, full name, day of birth, gender, status.",
        "Không trang tính nào có dòng tiêu đề của danh sách học sinh: mã định danh Bộ GD&ĐT, họ tên, ngày sinh, giới tính, \
         trạng thái.",
    )
}

/// A column that only lists of staff have.
pub(super) fn of_staff(row: u32, column: usize) -> Finding {
    at(
        (row, column),
        refused(
            "WORKBOOK_OF_STAFF",
            "The workbook is a list of staff, not of students.",
            "Đây là danh sách cán bộ, giáo viên, không phải danh sách học sinh.",
        ),
    )
}

/// The nearest thing to a header, with what it lacks, in English and Vietnamese.
pub(super) fn column_not_found(row: u32, missing: [&str; 2]) -> Finding {
    let finding = refused(
        "WORKBOOK_COLUMN_NOT_FOUND",
        format!("Row {row} looks like the header. Not found: {}.", missing[0]),
        format!("Dòng {row} có vẻ là dòng tiêu đề. Không thấy: {}.", missing[1]),
    );
    Finding { row: Some(row), ..finding }
}

pub(super) fn column_twice(row: u32, first: usize, second: usize) -> Finding {
    let (first, second_letters) = (letters(first), letters(second));
    at(
        (row, second),
        refused(
            "WORKBOOK_COLUMN_TWICE",
            format!("The columns {first} and {second_letters} have the same name: remove one."),
            format!("Cột {first} và cột {second_letters} trùng tên: hãy bỏ một cột."),
        ),
    )
}

pub(super) fn several_sheets(first: &str, second: &str) -> Finding {
    refused(
        "WORKBOOK_SEVERAL_SHEETS",
        format!("The sheets {first:?} and {second:?} both hold a list of students: send one at a time."),
        format!("Trang tính {first:?} và {second:?} đều là danh sách học sinh: hãy gửi từng danh sách."),
    )
}

pub(super) fn row_without_student(row: u32) -> Finding {
    let finding = refused(
        "ROW_WITHOUT_STUDENT",
        "The row holds something, and none of the columns that are read.",
        "Dòng có dữ liệu nhưng không có ở cột nào được đọc.",
    );
    Finding { row: Some(row), ..finding }
}

pub(super) fn row_not_named(row: u32, needs_code: bool) -> Finding {
    let (message, message_vi) = if needs_code {
        ("The row has no ministry code.", "Dòng thiếu mã định danh Bộ GD&ĐT.")
    } else {
        (
            "The row names nobody: it needs the ministry code, or full name and day of birth.",
            "Dòng không xác định được học sinh: cần mã định danh Bộ GD&ĐT, hoặc họ tên và ngày sinh.",
        )
    };
    Finding { row: Some(row), ..refused("ROW_NOT_NAMED", message, message_vi) }
}

/// A code that names one person stands in two rows: which is right, the file does not say.
pub(super) fn code_twice(place: Place, other: u32) -> Finding {
    at(place, refused("CODE_TWICE", format!("Row {other} has the same code."), format!("Dòng {other} có cùng mã.")))
}

pub(super) fn cell_error(place: Place) -> Finding {
    at(place, refused("CELL_ERROR", "The cell shows an error of the sheet.", "Ô đang hiện lỗi của bảng tính."))
}

pub(super) fn text_too_long(place: Place, limit: usize) -> Finding {
    at(
        place,
        refused(
            "TEXT_TOO_LONG",
            format!("The text is longer than {limit} characters."),
            format!("Nội dung dài hơn {limit} ký tự."),
        ),
    )
}

pub(super) fn name_unreadable(place: Place) -> Finding {
    at(place, refused("NAME_UNREADABLE", "The cell holds no name.", "Ô không chứa họ tên."))
}

pub(super) fn ministry_code_invalid(place: Place) -> Finding {
    at(
        place,
        refused("MINISTRY_CODE_INVALID", "A ministry code has ten digits.", "Mã định danh Bộ GD&ĐT gồm 10 chữ số."),
    )
}

pub(super) fn personal_id_invalid(place: Place) -> Finding {
    at(
        place,
        refused(
            "PERSONAL_ID_INVALID",
            "A personal ID has twelve digits. Keep the column as text: lost zeros are put back only where the day of birth \
             proves them.",
            "Số định danh cá nhân gồm 12 chữ số. Hãy để cột ở dạng văn bản: số 0 bị mất chỉ được bù khi khớp với ngày sinh.",
        ),
    )
}

pub(super) fn phone_invalid(place: Place) -> Finding {
    at(
        place,
        refused("PHONE_INVALID", "The cell holds no single telephone number.", "Ô không chứa đúng một số điện thoại."),
    )
}

pub(super) fn zeros_restored(place: Place) -> Finding {
    let finding = refused(
        "ZEROS_RESTORED",
        "The sheet keeps the code as a number; the leading zeros that it had lost were put back.",
        "Bảng tính lưu mã dạng số nên mất số 0 ở đầu; các số 0 đã được bù lại.",
    );
    at(place, Finding { weight: Weight::Tells, ..finding })
}

pub(super) fn gender_unknown(place: Place) -> Finding {
    at(place, refused("GENDER_UNKNOWN", "Gender is Nam or Nữ.", "Giới tính là Nam hoặc Nữ."))
}

pub(super) fn status_unknown(place: Place) -> Finding {
    at(
        place,
        refused(
            "STUDENT_STATUS_UNKNOWN",
            "The status is none of the twelve of the sheet TRANG_THAI; numbers are not read.",
            "Trạng thái không thuộc 12 trạng thái của trang TRANG_THAI; không đọc mã số.",
        ),
    )
}

pub(super) fn ethnic_group_unknown(place: Place) -> Finding {
    at(
        place,
        refused(
            "ETHNIC_GROUP_UNKNOWN",
            "The ethnic group is not in the sheet DAN_TOC; numbers are not read, since two orders of them are in use.",
            "Dân tộc không có trong trang DAN_TOC; không đọc mã số vì có hai cách đánh số đang dùng.",
        ),
    )
}

pub(super) fn date_unreadable(place: Place) -> Finding {
    at(
        place,
        refused(
            "DATE_UNREADABLE",
            "The cell is no day of the calendar: write dd/mm/yyyy.",
            "Ô không phải ngày hợp lệ: hãy ghi dd/mm/yyyy.",
        ),
    )
}

/// Nothing in the column tells whether the day or the month comes first, or its cells contradict each other.
pub(super) fn date_order_unclear(place: Place) -> Finding {
    at(
        place,
        refused(
            "DATE_ORDER_UNCLEAR",
            "Nothing in the column proves whether the day or the month comes first: tell the order of the file.",
            "Không có căn cứ trong cột cho biết ngày hay tháng đứng trước: hãy cho biết thứ tự của tệp.",
        ),
    )
}

/// The column proves that the month comes first, which is not the ministry's form.
pub(super) fn date_order_foreign(place: Place) -> Finding {
    at(
        place,
        refused(
            "DATE_ORDER_FOREIGN",
            "The column is written month first; the ministry's form is dd/mm/yyyy. Nothing was turned around: tell the order.",
            "Cột ghi tháng trước ngày; mẫu của Bộ là dd/mm/yyyy. Hệ thống không tự đảo: hãy cho biết thứ tự.",
        ),
    )
}

/// The sheet took some texts for dates and left the others: day and month may be exchanged in those that it took.
pub(super) fn date_maybe_swapped(place: Place) -> Finding {
    at(
        place,
        refused(
            "DATE_MAYBE_SWAPPED",
            "The sheet has turned some dates of this column into numbers and left those that do not fit month first: day and \
             month may be exchanged here. Type the day again as text.",
            "Bảng tính đã tự đổi một số ngày trong cột thành dạng số và bỏ lại các ngày không hợp tháng/ngày: ô này có thể bị \
             đảo ngày và tháng. Hãy nhập lại ngày ở dạng văn bản.",
        ),
    )
}
