//! Tables in the containers that banks use, and a line in a few words.

use rust_xlsxwriter::Workbook;

use crate::statements::sheets::read;
use crate::statements::{Finding, Line, Statement};

/// Rows of cells; a text that begins with `#` is kept as a number where the container has numbers.
pub(super) type Table<'a> = [&'a [&'a str]];

pub(super) fn xlsx(table: &Table) -> Vec<u8> {
    sheets(&[("Sheet1", false, table)])
}

/// By name, whether it is hidden, and rows; the first is visible.
pub(super) fn sheets(sheets: &[(&str, bool, &Table)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, is_hidden, table) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        sheet.set_hidden(*is_hidden);
        if !is_hidden {
            sheet.set_active(true);
        }
        for (row, cells) in (0..).zip(*table) {
            for (column, cell) in (0..).zip(*cells) {
                match cell.strip_prefix('#') {
                    Some(number) => sheet.write_number(row, column, number.parse::<f64>().unwrap()).unwrap(),
                    None if cell.is_empty() => continue,
                    None => sheet.write_string(row, column, *cell).unwrap(),
                };
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

pub(super) fn csv(table: &Table, delimiter: u8) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(delimiter).from_writer(Vec::new());
    for cells in table {
        writer.write_record(cells.iter().map(|cell| cell.trim_start_matches('#'))).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// As old systems write it: rows and cells are not closed.
pub(super) fn html(table: &Table) -> String {
    let mut page = "<html><head><title>x</title><style>td { a: b }</style></head><body><TABLE border=1>".to_owned();
    for cells in table {
        page.push_str("<TR>");
        for cell in *cells {
            let text = cell.trim_start_matches('#').replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>");
            page.push_str(&format!("<td nowrap>&nbsp;{text}"));
        }
    }
    page.push_str("</TABLE></body></html>");
    page
}

/// The only statement of a file, which must have no findings.
pub(super) fn clean(bytes: &[u8]) -> Statement {
    let statement = single(bytes);
    assert_eq!(statement.findings, []);
    statement
}

pub(super) fn single(bytes: &[u8]) -> Statement {
    let mut statements = read(bytes).unwrap();
    assert_eq!(statements.len(), 1);
    statements.remove(0)
}

pub(super) fn codes(findings: &[Finding]) -> Vec<(Option<u32>, &'static str)> {
    findings.iter().map(|finding| (finding.row, finding.code)).collect()
}

/// `2026-08-04 +163000 =1163000 1234 - 00002 | text`: day, amount, balance, reference, text.
pub(super) fn brief(statement: &Statement) -> Vec<String> {
    statement.lines.iter().map(brief_line).collect()
}

fn brief_line(line: &Line) -> String {
    let sign = if line.direction.code() == "IN" { "+" } else { "-" };
    let reversal = if line.is_reversal { " REVERSAL" } else { "" };
    let balance = line.balance_vnd.map(|balance| format!(" ={balance}")).unwrap_or_default();
    let reference = line.reference.as_deref().unwrap_or("?");
    let content = line.content.as_deref().unwrap_or("?");
    format!("{} {sign}{}{balance}{reversal} {reference} | {content}", line.booked_on, line.amount_vnd)
}
