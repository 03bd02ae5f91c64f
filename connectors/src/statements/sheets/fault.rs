//! What the reader says when it cannot go on, and what it says about a row: a stable code, and two languages.

use crate::statements::Finding;

fn whole(code: &'static str, message: &str, message_vi: &str) -> Finding {
    Finding { row: None, code, message: message.to_owned(), message_vi: message_vi.to_owned() }
}

pub(super) use crate::statements::findings::too_large;

pub(super) fn not_a_sheet() -> Finding {
    whole(
        "STATEMENT_NOT_A_SHEET",
        "The file is not a spreadsheet: download the statement as Excel (.xlsx, .xls) or CSV.",
        "Tệp không phải bảng tính: hãy tải sao kê dạng Excel (.xlsx, .xls) hoặc CSV.",
    )
}

pub(super) fn password() -> Finding {
    whole(
        "STATEMENT_PASSWORD",
        "The file is protected by a password: open it, and save it without one.",
        "Tệp được bảo vệ bằng mật khẩu: hãy mở tệp và lưu lại không có mật khẩu.",
    )
}

pub(super) fn damaged() -> Finding {
    whole(
        "STATEMENT_DAMAGED",
        "The file is damaged or incomplete: download it again.",
        "Tệp bị hỏng hoặc không đầy đủ: hãy tải lại.",
    )
}

pub(super) fn too_old() -> Finding {
    whole(
        "STATEMENT_TOO_OLD",
        "The file has the format of Excel 95 or older: open it, and save it as .xlsx.",
        "Tệp có định dạng Excel 95 hoặc cũ hơn: hãy mở và lưu lại dạng .xlsx.",
    )
}

pub(super) fn no_header() -> Finding {
    whole(
        "HEADER_NOT_FOUND",
        "No row names the columns of a statement: a date, an amount or debit and credit, and a text.",
        "Không có dòng tiêu đề cột của sao kê: ngày, số tiền hoặc ghi nợ và ghi có, và nội dung.",
    )
}

/// The nearest thing to a header, with what it has and lacks; each in English and Vietnamese.
pub(super) fn no_column(row: u32, found: [&str; 2], missing: [&str; 2]) -> Finding {
    at(
        row,
        "COLUMN_NOT_FOUND",
        format!("Row {row} looks like the header. Found: {}. Not found: {}.", found[0], missing[0]),
        format!("Dòng {row} có vẻ là dòng tiêu đề. Đã thấy: {}. Không thấy: {}.", found[1], missing[1]),
    )
}

/// About a row.
pub(super) fn at(row: u32, code: &'static str, message: String, message_vi: String) -> Finding {
    Finding { row: Some(row), code, message, message_vi }
}

/// About the whole statement.
pub(super) fn about(code: &'static str, message: String, message_vi: String) -> Finding {
    Finding { row: None, code, message, message_vi }
}

/// A text of the file inside of a sentence: short, and on one line.
pub(super) fn quoted(text: &str) -> String {
    let flat: Vec<&str> = text.split_whitespace().collect();
    let mut short: String = flat.join(" ").chars().take(60).collect();
    short.insert(0, '"');
    short.push('"');
    short
}
