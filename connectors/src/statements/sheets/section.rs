//! The parts of a sheet: one account each, with labels, a header, lines, and notes.

use super::header::{self, Header};
use super::{date, label};
use crate::sheets::Row;
use crate::sheets::fold;
use crate::statements::{Finding, refusals};

/// The first header stands within so many rows.
const HEADER_ROWS: usize = 60;
/// The most rows of words that are looked at for a header, in all sheets: titles and notes of some 5,000 pages.
pub(super) const CANDIDATE_LIMIT: usize = 20_000;
/// The titles with which banks begin a statement, folded.
const TITLES: [&str; 7] = [
    "sao ke tai khoan",
    "bang sao ke",
    "statement of account",
    "so phu",
    "lich su giao dich",
    "account statement",
    "sao ke giao dich",
];

/// One account's part of a sheet.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// The rows above the header.
    pub(super) above: Vec<&'a Row>,
    /// The account that they name: read once, since every repeated header asks for it.
    pub(super) account: Option<String>,
    pub(super) header: Header,
    /// The rows below it, without repeated headers.
    pub(super) below: Vec<&'a Row>,
}

/// The sections of a sheet, from top to bottom; what is missing when there is none.
pub(super) fn split<'a>(
    rows: &'a [Row],
    is_1904: bool,
    candidates_left: &mut usize,
) -> Result<Vec<Section<'a>>, Finding> {
    let mut headers = Vec::new();
    let mut index = 0;
    while index < rows.len() && (index < HEADER_ROWS || !headers.is_empty()) {
        if header::may_be_header(&rows[index]) {
            *candidates_left = candidates_left.checked_sub(1).ok_or_else(refusals::too_large)?;
        }
        match header::at(rows, index) {
            Some(header) => {
                let height = header.height;
                headers.push((index, header));
                index += height;
            }
            None => index += 1,
        }
    }
    let top = &rows[..rows.len().min(HEADER_ROWS)];
    if headers.is_empty() {
        return Err(header::nearest(top).unwrap_or_else(refusals::no_header));
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut from = 0;
    for (index, header) in headers {
        let between = &rows[from..index];
        from = index + header.height;
        let Some(current) = sections.last_mut() else {
            sections.push(begin(between, header));
            continue;
        };
        if between.is_empty() && current.below.is_empty() {
            // The same names once more, in another language.
            continue;
        }
        let last = between.iter().rposition(|row| is_line(row, &current.header, is_1904)).map_or(0, |last| last + 1);
        let title = between[last..].iter().position(begins_section).map(|title| last + title);
        let account = label::account(&between[title.unwrap_or(between.len())..].iter().collect::<Vec<_>>());
        let is_same = account.is_none() && title.is_none() || account.is_some() && account == current.account;
        if is_same && current.header.columns == header.columns {
            // A page break repeats the header, and perhaps the title and the labels.
            current.below.extend(&between[..title.unwrap_or(between.len())]);
            continue;
        }
        let end = title.unwrap_or(between.len());
        current.below.extend(&between[..end]);
        sections.push(begin(&between[end..], header));
    }
    if let Some(last) = sections.last_mut() {
        last.below.extend(&rows[from..]);
    }
    Ok(sections)
}

/// Labels are near their table: what is further away is not looked through for every header again.
fn begin(above: &[Row], header: Header) -> Section<'_> {
    let from = above.len().saturating_sub(HEADER_ROWS);
    let above: Vec<&Row> = above[from..].iter().collect();
    let account = label::account(&above);
    Section { above, account, header, below: Vec::new() }
}

fn is_line(row: &Row, header: &Header, is_1904: bool) -> bool {
    let cell = header.date().and_then(|column| row.cell(column));
    cell.is_some_and(|cell| date::read(cell, is_1904).date().is_some()) && row.cells.len() > 2
}

fn begins_section(row: &Row) -> bool {
    row.cells.iter().any(|(_, cell)| {
        let folded = if cell.text.len() > 300 { String::new() } else { fold::fold(&cell.text) };
        TITLES.iter().any(|title| fold::begins(&folded, title)) || label::is_account(&folded)
    })
}

#[cfg(test)]
mod tests {
    use super::{CANDIDATE_LIMIT, split};
    use crate::sheets::fold::count;
    use crate::sheets::{Cell, Row};

    /// Pages of a printed statement: 50 lines of letterhead once, then on each page its title, its header and a line.
    fn pages(pages: u32) -> Vec<Row> {
        let title = &["Số tài khoản: 9999000000001"][..];
        let header = &["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Nội dung"][..];
        let line = &["04/08/2026", "R1", "", "5.000", "A (mẫu)"][..];
        let mut tables = vec![&["Trường", "mẫu"][..]; 50];
        for _ in 0..pages {
            tables.extend([title, header, line]);
        }
        let row = |(number, texts): (u32, &[&str])| {
            let texts = texts.iter().enumerate().filter(|(_, text)| !text.is_empty());
            let cell = |(column, text): (usize, &&str)| (column, Cell { text: (*text).to_owned(), is_number: false });
            Row { number, cells: texts.map(cell).collect() }
        };
        (1..).zip(tables).map(row).collect()
    }

    #[test]
    fn repeated_headers_cost_what_the_rows_between_them_cost() {
        let folded = |number| {
            let rows = pages(number);
            let before = count::folded();
            let sections = split(&rows, false, &mut { CANDIDATE_LIMIT }).unwrap();
            assert_eq!(sections.len(), 1);
            assert_eq!(sections[0].account.as_deref(), Some("9999000000001"));
            count::folded() - before
        };
        let (few, many) = (folded(100), folded(1_000));
        // A page has ten cells, each of which is looked at a few times, however many pages there are.
        assert!(many - few <= 900 * 10 * 5, "{few} {many}");
    }
}
