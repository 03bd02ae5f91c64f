//! Why a file as a whole is not read: each code at one place, with its sentence in both languages.

use super::Finding;
use crate::sheets::Unreadable;

impl From<Unreadable> for Finding {
    fn from(reason: Unreadable) -> Self {
        match reason {
            Unreadable::NotASheet => not_a_sheet(),
            Unreadable::Password => password(),
            Unreadable::Damaged => damaged(),
            Unreadable::TooOld => too_old(),
            Unreadable::TooLarge => too_large(),
            Unreadable::NoTable => no_header(),
        }
    }
}

fn refused(code: &'static str, message: &str, message_vi: &str) -> Finding {
    Finding { row: None, column: None, code, message: message.to_owned(), message_vi: message_vi.to_owned() }
}

pub(super) fn too_long(limit_bytes: usize) -> Finding {
    refused(
        "STATEMENT_TOO_LONG",
        &format!("The file is longer than {limit_bytes} bytes; ask the bank for a shorter period."),
        &format!("Tệp dài hơn {limit_bytes} byte; hãy xin ngân hàng sao kê của kỳ ngắn hơn."),
    )
}

pub(super) fn too_large() -> Finding {
    refused(
        "STATEMENT_TOO_LARGE",
        "The file is larger than any bank statement: download a shorter period.",
        "Tệp lớn hơn mọi sao kê ngân hàng: hãy tải sao kê cho khoảng thời gian ngắn hơn.",
    )
}

pub(super) fn too_many_entries(limit: usize) -> Finding {
    refused(
        "STATEMENT_TOO_MANY_ENTRIES",
        &format!("The file holds more than {limit} entries; ask the bank for a shorter period."),
        &format!("Tệp có hơn {limit} bút toán; hãy xin ngân hàng sao kê của kỳ ngắn hơn."),
    )
}

pub(super) fn encoding() -> Finding {
    refused(
        "STATEMENT_ENCODING",
        "The file is not text in UTF-8 or UTF-16.",
        "Tệp không phải là văn bản UTF-8 hay UTF-16.",
    )
}

pub(super) fn not_xml() -> Finding {
    refused(
        "STATEMENT_NOT_XML",
        "The file is not well-formed XML, or was cut off.",
        "Tệp không phải là XML đúng quy cách hoặc đã bị cắt cụt.",
    )
}

pub(super) fn dtd() -> Finding {
    refused(
        "STATEMENT_DTD",
        "The file uses a document type definition or its entities; bank messages have none.",
        "Tệp dùng định nghĩa kiểu tài liệu (DTD) hoặc thực thể của nó; điện ngân hàng không có thứ đó.",
    )
}

pub(super) fn too_deep() -> Finding {
    refused(
        "STATEMENT_TOO_DEEP",
        "The elements of the file nest deeper than any bank message.",
        "Các phần tử của tệp lồng nhau sâu hơn mọi điện ngân hàng.",
    )
}

pub(super) fn not_camt() -> Finding {
    refused(
        "STATEMENT_NOT_CAMT",
        "The file is XML, but no bank message camt.052, camt.053 or camt.054.",
        "Tệp là XML nhưng không phải điện ngân hàng camt.052, camt.053 hay camt.054.",
    )
}

pub(super) fn not_mt940() -> Finding {
    refused(
        "STATEMENT_NOT_MT940",
        "The file holds no field of a statement message MT940 or MT942.",
        "Tệp không có trường nào của điện sao kê MT940 hay MT942.",
    )
}

fn not_a_sheet() -> Finding {
    refused(
        "STATEMENT_NOT_A_SHEET",
        "The file is not a spreadsheet: download the statement as Excel (.xlsx, .xls) or CSV.",
        "Tệp không phải bảng tính: hãy tải sao kê dạng Excel (.xlsx, .xls) hoặc CSV.",
    )
}

fn password() -> Finding {
    refused(
        "STATEMENT_PASSWORD",
        "The file is protected by a password: open it, and save it without one.",
        "Tệp được bảo vệ bằng mật khẩu: hãy mở tệp và lưu lại không có mật khẩu.",
    )
}

fn damaged() -> Finding {
    refused(
        "STATEMENT_DAMAGED",
        "The file is damaged or incomplete: download it again.",
        "Tệp bị hỏng hoặc không đầy đủ: hãy tải lại.",
    )
}

fn too_old() -> Finding {
    refused(
        "STATEMENT_TOO_OLD",
        "The file has the format of Excel 95 or older: open it, and save it as .xlsx.",
        "Tệp có định dạng Excel 95 hoặc cũ hơn: hãy mở và lưu lại dạng .xlsx.",
    )
}

pub(super) fn no_header() -> Finding {
    refused(
        "HEADER_NOT_FOUND",
        "No row names the columns of a statement: a date, an amount or debit and credit, and a text.",
        "Không có dòng tiêu đề cột của sao kê: ngày, số tiền hoặc ghi nợ và ghi có, và nội dung.",
    )
}

/// The nearest thing to a header, with what it has and lacks; each in English and Vietnamese.
pub(super) fn no_column(row: u32, found: [&str; 2], missing: [&str; 2]) -> Finding {
    let refusal = refused(
        "COLUMN_NOT_FOUND",
        &format!("Row {row} looks like the header. Found: {}. Not found: {}.", found[0], missing[0]),
        &format!("Dòng {row} có vẻ là dòng tiêu đề. Đã thấy: {}. Không thấy: {}.", found[1], missing[1]),
    );
    Finding { row: Some(row), ..refusal }
}
