//! What a person must look at: each code at one place, with its sentences in both languages.

use super::Finding;

fn finding(row: Option<u32>, code: &'static str, message: String, message_vi: String) -> Finding {
    Finding { row, column: None, code, message, message_vi }
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
    finding(
        None,
        "CURRENCY_MISSING",
        "The statement does not name its currency; its lines are not read.".to_owned(),
        "Sao kê không ghi loại tiền; các dòng của sao kê này không được đọc.".to_owned(),
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

/// A sheet keeps money in a column with a name, in both languages.
pub(super) fn column_unreadable(row: u32, printed: &str, [name, name_vi]: [&str; 2]) -> Finding {
    let printed = quoted(printed);
    finding(
        Some(row),
        "AMOUNT_UNREADABLE",
        format!("Row {row}: {printed} in the column {name} is not a whole amount of đồng."),
        format!("Dòng {row}: {printed} ở cột {name_vi} không phải là số tiền đồng nguyên."),
    )
}

pub(super) fn amount_unclear(row: u32) -> Finding {
    finding(
        Some(row),
        "AMOUNT_UNCLEAR",
        format!("Row {row} has an amount, and the table does not say whether it came in or went out."),
        format!("Dòng {row} có số tiền nhưng bảng không cho biết là tiền vào hay tiền ra."),
    )
}

pub(super) fn amount_missing(row: u32) -> Finding {
    finding(
        Some(row),
        "AMOUNT_MISSING",
        format!("Row {row} has a date and no amount."),
        format!("Dòng {row} có ngày nhưng không có số tiền."),
    )
}

pub(super) fn both_sides(row: u32) -> Finding {
    finding(
        Some(row),
        "BOTH_SIDES",
        format!("Row {row} has a debit and a credit."),
        format!("Dòng {row} vừa ghi nợ vừa ghi có."),
    )
}

pub(super) fn digits_lost(row: u32, printed: &str, [name, name_vi]: [&str; 2]) -> Finding {
    let printed = quoted(printed);
    finding(
        Some(row),
        "DIGITS_LOST",
        format!(
            "Row {row}: the sheet keeps {printed} in the column {name} as a number, which has lost its last digits."
        ),
        format!("Dòng {row}: {printed} ở cột {name_vi} được lưu dạng số nên đã mất các chữ số cuối."),
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

/// A row of a sheet that has money, and no day where days stand.
pub(super) fn day_unreadable(row: u32, printed: &str) -> Finding {
    let printed = quoted(printed);
    finding(
        Some(row),
        "DATE_UNREADABLE",
        format!("Row {row} looks like a line, and {printed} is not a date."),
        format!("Dòng {row} có vẻ là giao dịch nhưng {printed} không phải là ngày."),
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

pub(super) fn direction_unknown() -> Finding {
    finding(
        None,
        "DIRECTION_UNKNOWN",
        "No sign and no balance tells whether the amounts came or went.".to_owned(),
        "Không có dấu và không có số dư để biết tiền vào hay tiền ra.".to_owned(),
    )
}

pub(super) fn sign_unreadable(row: u32, sign: &str) -> Finding {
    let sign = quoted(sign);
    finding(
        Some(row),
        "SIGN_UNREADABLE",
        format!("Row {row}: {sign} does not tell whether money came or went."),
        format!("Dòng {row}: {sign} không cho biết tiền vào hay tiền ra."),
    )
}

pub(super) fn sign_contradicted(row: u32) -> Finding {
    finding(
        Some(row),
        "SIGN_UNREADABLE",
        format!("Row {row}: the sign and the amount contradict each other."),
        format!("Dòng {row}: dấu và số tiền mâu thuẫn nhau."),
    )
}

pub(super) fn accounts_mixed() -> Finding {
    finding(
        None,
        "ACCOUNTS_MIXED",
        "The lines of several accounts stand in one table: download each account apart.".to_owned(),
        "Nhiều tài khoản nằm chung một bảng: hãy tải riêng từng tài khoản.".to_owned(),
    )
}

pub(super) fn sheet_not_read(name: &str) -> Finding {
    let name = quoted(name);
    finding(
        None,
        "SHEET_NOT_READ",
        format!("The sheet {name} has rows with dates and no header that could be read."),
        format!("Trang {name} có các dòng ngày nhưng không có dòng tiêu đề đọc được."),
    )
}

pub(super) fn total_broken(row: u32, total: i64, sum: i128) -> Finding {
    finding(
        Some(row),
        "TOTAL_BROKEN",
        format!("Row {row} states a total of {total} đồng; the lines give {sum}."),
        format!("Dòng {row} ghi tổng {total} đồng; các dòng cộng lại được {sum}."),
    )
}

pub(super) fn count_broken(row: u32, count: i64, read: i64) -> Finding {
    finding(
        Some(row),
        "COUNT_BROKEN",
        format!("Row {row} states {count} lines; {read} were read."),
        format!("Dòng {row} ghi {count} giao dịch; đọc được {read}."),
    )
}

pub(super) fn columns_swapped() -> Finding {
    finding(
        None,
        "COLUMNS_SWAPPED",
        "The balances fit only if debit and credit are the other way round: check the columns.".to_owned(),
        "Số dư chỉ khớp khi đổi chỗ cột ghi nợ và ghi có: hãy kiểm tra các cột.".to_owned(),
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

/// Of so many findings that a person looks at the file and not at each.
pub(super) fn more(untold: usize) -> Finding {
    finding(
        None,
        "FINDINGS_MORE",
        format!("{untold} more rows cannot be read or need a look; the first ones are told one by one."),
        format!("Còn {untold} dòng khác không đọc được hoặc cần xem lại; chỉ liệt kê các dòng đầu tiên."),
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
    finding(
        None,
        "BALANCE_MISSING",
        "Only one of the opening and the closing balance is there; the lines cannot be proven.".to_owned(),
        "Chỉ có một trong hai số dư đầu kỳ và cuối kỳ; không đối chiếu được các dòng.".to_owned(),
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

/// The running balance of a row does not follow from the one before, or the closing balance from the last one.
pub(super) fn balance_breaks(row: Option<u32>, difference_vnd: i128) -> Finding {
    let [message, message_vi] = match row {
        Some(row) => [
            format!("Row {row}: the balance differs by {difference_vnd} đồng from the line before and the amount."),
            format!("Dòng {row}: số dư lệch {difference_vnd} đồng so với dòng trước và số tiền."),
        ],
        None => [
            format!("The closing balance differs by {difference_vnd} đồng from what the lines give."),
            format!("Số dư cuối kỳ lệch {difference_vnd} đồng so với các dòng."),
        ],
    };
    finding(row, "BALANCE_BROKEN", message, message_vi)
}

pub(super) fn balance_breaks_more(rows: usize) -> Finding {
    finding(
        None,
        "BALANCE_BROKEN",
        format!("The balance breaks in {rows} more rows."),
        format!("Số dư còn lệch ở {rows} dòng khác."),
    )
}

/// Enough of a text to find it in the file; a hostile one must not fill the report.
pub(super) fn start(text: &str) -> &str {
    let end = text.char_indices().nth(60).map_or(text.len(), |(end, _)| end);
    &text[..end]
}

/// A text of a sheet inside of a sentence: short, and on one line.
fn quoted(text: &str) -> String {
    let flat: Vec<&str> = text.split_whitespace().take(60).collect();
    let mut short: String = flat.join(" ").chars().take(60).collect();
    short.insert(0, '"');
    short.push('"');
    short
}
