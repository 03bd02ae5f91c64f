//! The sentences of what bank messages leave open, in both languages.

use super::Finding;

fn finding(row: Option<u32>, code: &'static str, message: String, message_vi: String) -> Finding {
    Finding { row, code, message, message_vi }
}

/// The file as a whole is refused.
pub(super) fn refused(code: &'static str, message: &str, message_vi: &str) -> Finding {
    finding(None, code, message.to_owned(), message_vi.to_owned())
}

pub(super) fn too_long(limit_bytes: usize) -> Finding {
    finding(
        None,
        "STATEMENT_TOO_LONG",
        format!("The file is longer than {limit_bytes} bytes; ask the bank for a shorter period."),
        format!("Tệp dài hơn {limit_bytes} byte; hãy xin ngân hàng sao kê của kỳ ngắn hơn."),
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
    finding(
        None,
        "STATEMENT_TOO_MANY_ENTRIES",
        format!("The file holds more than {limit} entries; ask the bank for a shorter period."),
        format!("Tệp có hơn {limit} bút toán; hãy xin ngân hàng sao kê của kỳ ngắn hơn."),
    )
}

pub(super) fn currency_not_vnd(currency: &str) -> Finding {
    finding(
        None,
        "CURRENCY_NOT_VND",
        format!("The account is kept in {currency:?}, not in VND; its lines are not read."),
        format!("Tài khoản theo loại tiền {currency:?}, không phải VND; các dòng của tài khoản này không được đọc."),
    )
}

pub(super) fn currency_missing() -> Finding {
    refused(
        "CURRENCY_MISSING",
        "The statement does not name its currency; its lines are not read.",
        "Sao kê không ghi loại tiền; các dòng của sao kê này không được đọc.",
    )
}

pub(super) fn amount_unreadable(row: u32, text: &str) -> Finding {
    finding(
        Some(row),
        "AMOUNT_UNREADABLE",
        format!("The amount {:?} is not a whole number of đồng above zero.", start(text)),
        format!("Số tiền {:?} không phải là số đồng nguyên lớn hơn 0.", start(text)),
    )
}

pub(super) fn date_unreadable(row: Option<u32>, text: &str) -> Finding {
    finding(
        row,
        "DATE_UNREADABLE",
        format!("The date {:?} is missing or is no day of the calendar.", start(text)),
        format!("Ngày {:?} bị thiếu hoặc không hợp lệ.", start(text)),
    )
}

pub(super) fn direction_unreadable(row: u32, text: &str) -> Finding {
    finding(
        Some(row),
        "DIRECTION_UNREADABLE",
        format!("{:?} says neither credit nor debit.", start(text)),
        format!("{:?} không cho biết ghi có hay ghi nợ.", start(text)),
    )
}

pub(super) fn line_unreadable(row: u32, text: &str) -> Finding {
    finding(
        Some(row),
        "LINE_UNREADABLE",
        format!("The line {:?} is not a statement line.", start(text)),
        format!("Dòng {:?} không phải là dòng sao kê.", start(text)),
    )
}

pub(super) fn entry_not_booked(row: u32, status: &str) -> Finding {
    finding(
        Some(row),
        "ENTRY_NOT_BOOKED",
        format!("The bank has not booked this entry (status {:?}); it is not read.", start(status)),
        format!("Ngân hàng chưa hạch toán bút toán này (trạng thái {:?}); không đọc.", start(status)),
    )
}

pub(super) fn details_differ(row: u32, entry_vnd: i64, details: usize) -> Finding {
    finding(
        Some(row),
        "DETAILS_DIFFER",
        format!("The {details} details do not add up to the entry's {entry_vnd} đồng; the entry is read as one line."),
        format!("{details} giao dịch chi tiết không cộng thành {entry_vnd} đồng của bút toán; đọc thành một dòng."),
    )
}

pub(super) fn text_too_long(row: Option<u32>, limit_bytes: usize) -> Finding {
    finding(
        row,
        "TEXT_TOO_LONG",
        format!("A text is longer than {limit_bytes} bytes and was cut."),
        format!("Có nội dung dài hơn {limit_bytes} byte và đã bị cắt bớt."),
    )
}

pub(super) fn balance_unreadable(row: Option<u32>, text: &str) -> Finding {
    finding(
        row,
        "BALANCE_UNREADABLE",
        format!("The balance {:?} is not a whole number of đồng with a sign.", start(text)),
        format!("Số dư {:?} không phải là số đồng nguyên có dấu nợ hoặc có.", start(text)),
    )
}

pub(super) fn balance_missing() -> Finding {
    refused(
        "BALANCE_MISSING",
        "Only one of the opening and the closing balance is there; the lines cannot be proven.",
        "Chỉ có một trong hai số dư đầu kỳ và cuối kỳ; không đối chiếu được các dòng.",
    )
}

pub(super) fn balance_broken(difference_vnd: i128) -> Finding {
    finding(
        None,
        "BALANCE_BROKEN",
        format!(
            "Opening balance and lines give {difference_vnd} đồng less (above zero) or more than the closing balance."
        ),
        format!("Số dư đầu kỳ cộng các dòng lệch số dư cuối kỳ {difference_vnd} đồng (số dương: các dòng còn thiếu)."),
    )
}

/// Enough of a text to find it in the file; a hostile one must not fill the report.
pub(super) fn start(text: &str) -> &str {
    let end = text.char_indices().nth(60).map_or(text.len(), |(end, _)| end);
    &text[..end]
}
