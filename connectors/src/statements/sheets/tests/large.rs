//! A year of a large school: 100,000 lines of eleven cells, in each container that can hold so many rows. Every run reads them as
//! text, which proves the limits of cells; pages and workbooks have a fifth of them, and all where rounds are asked for.

use std::fmt::Write as _;

use super::hostile::{RELATIONS, WORKBOOK, archive};
use super::sample::clean;

const LINES: usize = 100_000;
/// Compiled in, as in `LIENTHONG_TEST_ROUNDS=1 cargo test -p connectors large`: a debug build takes some ten seconds for each.
const SOME: usize = if option_env!("LIENTHONG_TEST_ROUNDS").is_some() { LINES } else { LINES / 5 };
const HEADER: [&str; 11] = [
    "STT",
    "Ngày giao dịch",
    "Số tham chiếu",
    "Phát sinh nợ",
    "Phát sinh có",
    "Số dư",
    "Nội dung",
    "Tên đối ứng",
    "Tài khoản đối ứng",
    "Ngân hàng đối ứng",
    "Mã GDV",
];

/// The header and so many lines in one text: `cell` words a cell, `end` ends a row.
fn rows(lines: usize, cell: impl Fn(&str) -> String, end: &str) -> String {
    let mut text = String::new();
    let mut put = |cells: &[&str]| {
        cells.iter().for_each(|text_of_cell| text.push_str(&cell(text_of_cell)));
        text.push_str(end);
    };
    put(&HEADER);
    let (mut number, mut balance) = (String::new(), String::new());
    for line in 1..=lines {
        number.clear();
        balance.clear();
        // A string takes whatever is written to it.
        _ = (write!(number, "FT{line:09}"), write!(balance, "{}", line * 1_000));
        let content = "MBVCB.0000000001.LT10000000018 nop tien ban tru va hoc phi thang 8 NGUYEN VAN AN MAU lop 6A truong THCS Mau nam \
                       hoc 2026-2027.CT tu 9999000000009 NGUYEN VAN MAU toi 9999000000001 TRUONG THCS MAU";
        let (name, account) = ("NGUYEN VAN MAU", "9999000000009");
        put(&["1", "04/08/2026", &number, "", "1000", &balance, content, name, account, "SANDBOX", "T01"]);
    }
    text
}

fn holds(file: &[u8], lines: usize) {
    let statement = clean(file);
    assert_eq!(statement.lines.len(), lines);
    let balance = statement.lines.last().and_then(|line| line.balance_vnd);
    assert_eq!(balance, i64::try_from(lines * 1_000).ok());
}

#[test]
fn text_holds_a_hundred_thousand_lines() {
    let text = rows(LINES, |text| format!("{text},"), "\n");
    assert!(text.len() > 16 << 20, "as large as such files are");
    holds(text.as_bytes(), LINES);
}

#[test]
fn a_page_holds_a_hundred_thousand_lines() {
    let table = rows(SOME, |text| format!("<td class=x>{text}</td>"), "</tr><tr>");
    holds(format!("<html><body><table><tr>{table}</tr></table></body></html>").as_bytes(), SOME);
}

#[test]
fn a_workbook_holds_a_hundred_thousand_lines() {
    let cells = rows(SOME, |text| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"), "</row><row>");
    let sheet = format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>");
    assert!(SOME < LINES || sheet.len() > 64 << 20, "as large as such sheets are");
    let parts = [("xl/workbook.xml", WORKBOOK), ("xl/_rels/workbook.xml.rels", RELATIONS)];
    let mut parts: Vec<(&str, Vec<u8>)> = parts.map(|(name, text)| (name, text.as_bytes().to_vec())).into();
    parts.push(("xl/worksheets/sheet1.xml", sheet.into_bytes()));
    holds(&archive(&parts), SOME);
}
