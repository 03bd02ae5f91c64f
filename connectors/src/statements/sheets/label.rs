//! What stands above and below the table: the account, the period, the balances, the totals.

use chrono::NaiveDate;

use super::amount::{self, Style};
use super::date;
use crate::sheets::fold::{begins, fold, has};
use crate::sheets::{Cell, Row};

/// A label is short; a longer cell is a note.
const LABEL_LIMIT_BYTES: usize = 300;
/// The value stands at most so many filled cells to the right.
const VALUE_CELLS: usize = 2;

const ACCOUNT: [&str; 6] =
    ["so tai khoan", "so tk", "tai khoan so", "account no", "account number", "tai khoan account no"];
/// The number of somebody else, or a former one.
const OTHER_ACCOUNT: [&str; 8] =
    ["cu", "old", "doi ung", "doi tac", "thu huong", "corresponsive", "remitter s", "beneficiary"];
const OPENING: [&str; 4] = ["so du dau", "opening balance", "open balance", "opening"];
const CLOSING: [&str; 4] = ["so du cuoi", "closing balance", "ending balance", "closing"];
const TOTAL: [&str; 7] =
    ["tong phat sinh", "tong cong", "tong so", "cong phat sinh", "cong doanh so", "total", "tong gia tri"];
const COUNT: [&str; 4] = ["tong so giao dich", "so luong giao dich", "number of", "so giao dich"];
const CURRENCY: [&str; 3] = ["loai tien", "tien te", "currency"];

/// What the labels of a section say; none where they do not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Labels {
    pub(super) currency: Option<String>,
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
    pub(super) opening_vnd: Option<i64>,
    pub(super) closing_vnd: Option<i64>,
    /// Stated totals with their rows: out, then in.
    pub(super) totals_vnd: [Option<(u32, i64)>; 2],
    /// Stated counts of lines with their rows: out, then in.
    pub(super) counts: [Option<(u32, i64)>; 2],
}

/// Whether the folded cell names the section's account.
pub(super) fn is_account(folded: &str) -> bool {
    ACCOUNT.iter().any(|words| has(folded, words)) && !OTHER_ACCOUNT.iter().any(|words| has(folded, words))
}

/// The account that the rows name.
pub(super) fn account(rows: &[&Row]) -> Option<String> {
    // A number of 16 digits or more has lost its last ones in the sheet.
    let value = |cell: &Cell| account_in(&cell.text).filter(|account| !cell.is_number || account.len() < 16);
    find(rows, is_account, value, value).map(|(_, account)| account)
}

/// Whether the folded cell says that its row is no line: a total, or a balance.
pub(super) fn is_sum(folded: &str) -> bool {
    // A company (công ty, tổng công ty) is somebody who pays.
    let is_company = begins(folded, "cong ty") || begins(folded, "tong cong ty");
    !is_company
        && ([&TOTAL[..], &OPENING, &CLOSING].iter().any(|words| begins_any(folded, words)) || begins(folded, "cong"))
}

/// Whether the folded cell begins a row of totals.
pub(super) fn is_total(folded: &str) -> bool {
    begins_any(folded, &TOTAL) && !COUNT.iter().any(|words| has(folded, words))
}

/// Reads the labels. Where they stand in the table, the balance is in its column, and so are the totals.
pub(super) fn read(rows: &[&Row], style: Style, balance: Option<usize>) -> Labels {
    let money = |cell: &Cell| amount::read(Some(cell), style).ok().flatten();
    let behind = |cell: &Cell| money(&Cell { text: behind(&cell.text)?.to_owned(), is_number: false });
    let in_balance = |row: &Row| balance.and_then(|column| row.cell(column)).and_then(money);
    let sum = |words: &[&str]| {
        let is_label = |folded: &str| words.iter().any(|words| begins(folded, words) || has(folded, words));
        let in_table = rows.iter().find(|row| folded(row).any(|folded| begins_any(&folded, words)));
        let in_table = in_table.and_then(|row| in_balance(row));
        in_table.or_else(|| find(rows, is_label, behind, money).map(|(_, amount)| amount))
    };
    let side = |is_count: bool, words: [&str; 2]| {
        let is_label = move |folded: &str| {
            let is_total = begins(folded, "tong") || begins(folded, "total");
            let other = if words[0] == "co" { ["no", "debit", "debits"] } else { ["co", "credit", "credits"] };
            is_total
                && COUNT.iter().any(|count| has(folded, count)) == is_count
                && (has(folded, words[0]) || has(folded, words[1]) || has(folded, &format!("{}s", words[1])))
                && !other.iter().any(|other| has(folded, other))
        };
        find(rows, is_label, behind, money)
    };
    let period = period(rows);
    Labels {
        currency: find(rows, |folded| begins_any(folded, &CURRENCY), currency_behind, currency).map(|found| found.1),
        from: period[0],
        to: period[1],
        opening_vnd: sum(&OPENING),
        closing_vnd: sum(&CLOSING),
        totals_vnd: [side(false, ["no", "debit"]), side(false, ["co", "credit"])],
        counts: [side(true, ["no", "debit"]), side(true, ["co", "credit"])],
    }
}

fn begins_any(folded: &str, words: &[&str]) -> bool {
    words.iter().any(|words| begins(folded, words))
}

fn folded(row: &Row) -> impl Iterator<Item = String> {
    row.cells.iter().filter(|(_, cell)| cell.text.len() <= LABEL_LIMIT_BYTES).map(|(_, cell)| fold(&cell.text))
}

/// The first value of such a label, with its row: in its own cell, else to the right, else in the cell below.
fn find<T>(
    rows: &[&Row],
    is_label: impl Fn(&str) -> bool,
    own: impl Fn(&Cell) -> Option<T>,
    value: impl Fn(&Cell) -> Option<T>,
) -> Option<(u32, T)> {
    for (index, row) in rows.iter().enumerate() {
        for (place, (column, cell)) in row.cells.iter().enumerate() {
            if cell.text.len() > LABEL_LIMIT_BYTES || cell.is_number || !is_label(&fold(&cell.text)) {
                continue;
            }
            let right = row.cells[place + 1..].iter().take(VALUE_CELLS).map(|(_, cell)| cell);
            let below = rows.get(index + 1).filter(|below| below.number == row.number + 1);
            let found = own(cell)
                .or_else(|| right.take_while(|cell| !is_any_label(cell)).find_map(&value))
                .or_else(|| below.and_then(|below| below.cell(*column)).and_then(&value));
            if let Some(found) = found {
                return Some((row.number, found));
            }
        }
    }
    None
}

fn is_any_label(cell: &Cell) -> bool {
    let folded = if cell.is_number || cell.text.len() > LABEL_LIMIT_BYTES { String::new() } else { fold(&cell.text) };
    is_sum(&folded) || is_account(&folded) || begins_any(&folded, &CURRENCY)
}

/// The value in the label's own cell: behind the colon, else from the first digit; a remark in parentheses is left out.
fn behind(text: &str) -> Option<&str> {
    let value = match text.split_once(':') {
        Some((_, value)) => value,
        None => &text[text.find(|character: char| character.is_ascii_digit())?..],
    };
    let value = value.trim();
    let end = value.char_indices().skip(1).find(|(_, character)| *character == '(' || *character == '\n');
    Some(value[..end.map_or(value.len(), |(end, _)| end)].trim()).filter(|value| !value.is_empty())
}

/// An account number in a cell: digits, perhaps in groups, perhaps behind a label or before a name.
fn account_in(text: &str) -> Option<String> {
    let value = text.rsplit_once(':').map_or(text, |(_, value)| value);
    let value = &value[value.find(|character: char| character.is_ascii_digit())?..];
    let mut digits = String::new();
    for word in value.split_whitespace() {
        let end = word.find(|character: char| !character.is_ascii_digit() && character != '.' && character != '-');
        let (group, behind) = word.split_at(end.unwrap_or(word.len()));
        if behind.starts_with('/') || !group.starts_with(|first: char| first.is_ascii_digit()) {
            break;
        }
        digits.extend(group.chars().filter(char::is_ascii_digit));
        // Groups of three or four go on; a whole number is followed by something else.
        if group.len() >= 6 || !behind.is_empty() {
            break;
        }
    }
    (6..=19).contains(&digits.len()).then_some(digits)
}

fn currency_behind(cell: &Cell) -> Option<String> {
    currency(&Cell { text: cell.text.split_once(':')?.1.to_owned(), is_number: false })
}

/// The code of a currency: what means đồng is `VND`, else three letters.
pub(super) fn currency(cell: &Cell) -> Option<String> {
    let folded = fold(&cell.text);
    if ["vnd", "dong", "dong viet nam", "viet nam dong", "vietnam dong"].contains(&folded.as_str()) {
        return Some("VND".to_owned());
    }
    (folded.len() == 3 && folded.bytes().all(|byte| byte.is_ascii_lowercase())).then(|| folded.to_uppercase())
}

/// The days from and to.
fn period(rows: &[&Row]) -> [Option<NaiveDate>; 2] {
    let mut period = [None, None];
    for row in rows {
        let words: String = row.cells.iter().take(12).map(|(_, cell)| cell.text.as_str()).collect::<Vec<_>>().join(" ");
        if words.len() > 2 * LABEL_LIMIT_BYTES {
            continue;
        }
        let folded = fold(&words);
        let days = date::all_in(&words);
        let is_from = ["tu ngay", "from", "tu from"].iter().any(|words| has(&folded, words));
        let is_to = ["den ngay", "to", "den to"].iter().any(|words| has(&folded, words));
        match (is_from, is_to, days.as_slice()) {
            (true, _, [from, to]) if period[0].is_none() => return [Some(*from), Some(*to)],
            (true, false, [from]) if period[0].is_none() => period[0] = Some(*from),
            (false, true, [to]) if period[0].is_some() && period[1].is_none() => period[1] = Some(*to),
            _ => {}
        }
    }
    period
}

#[cfg(test)]
mod tests {
    use super::{account_in, behind, is_account};

    #[test]
    fn account_numbers_are_found_behind_labels_and_before_names() {
        let cases = [
            ("9999000000001", Some("9999000000001")),
            ("Số tài khoản: 9999 000 000 001", Some("9999000000001")),
            ("Tài khoản/Account No: 9999.0000.00001 - TRƯỜNG (mẫu)", Some("9999000000001")),
            ("9999000000001(VND)", Some("9999000000001")),
            ("9999000000001 01/08/2026", Some("9999000000001")),
            ("04/08/2026", None),
            ("Số tài khoản/ Account number", None),
            ("12345", None),
        ];
        for (text, expected) in cases {
            assert_eq!(account_in(text).as_deref(), expected, "{text}");
        }
        assert!(is_account("so tai khoan account number"));
        assert!(!is_account("so tai khoan cu"));
        assert!(!is_account("so tai khoan doi ung"));
    }

    #[test]
    fn values_stand_behind_the_colon_or_at_the_first_digit() {
        assert_eq!(behind("Số dư cuối kỳ: 12,000 VND (Bằng chữ: x)"), Some("12,000 VND"));
        assert_eq!(behind("Số dư đầu kỳ: (12,000)"), Some("(12,000)"));
        assert_eq!(behind("Số dư đầu kỳ 5.000"), Some("5.000"));
        assert_eq!(behind("Số dư đầu kỳ"), None);
    }
}
