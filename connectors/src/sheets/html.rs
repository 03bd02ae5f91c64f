//! Web pages that are named .xls: their tables, one below the other, as one sheet.

use super::Unreadable;
use super::grid::{COLUMN_LIMIT, Workbook};
use super::markup::{Piece, Scanner, attribute};

/// More columns than any table of a bank spans; more rows than any header does.
const SPAN_LIMIT: usize = 64;
/// A text outside of a table that is longer is no label.
const LABEL_LIMIT_BYTES: usize = 4_096;

/// Reads the page. A text outside of a table is a row of its own, since labels often stand there.
pub(super) fn read(document: &str) -> Result<Workbook, Unreadable> {
    let mut workbook = Workbook::new();
    workbook.begin("", false)?;
    let mut page =
        Page { workbook, next_row: 0, column: 0, reaching: Vec::new(), is_row: false, text: String::new(), cell: None };
    let mut scanner = Scanner::new(document);
    while let Some(piece) = scanner.next() {
        match piece {
            Piece::Text(text) => page.text.push_str(&text),
            Piece::Open { name, attributes, is_empty } => match name.to_ascii_lowercase().as_str() {
                "script" | "style" | "title" if !is_empty => scanner.skip_to_close(name),
                "br" => page.text.push('\n'),
                "p" | "div" | "li" if page.cell.is_some() => page.text.push('\n'),
                "tr" => page.begin_row()?,
                "td" | "th" => page.begin_cell(attributes)?,
                "table" => page.begin_table()?,
                "p" | "div" | "li" | "h1" | "h2" | "h3" | "h4" if !page.is_row => page.end_row()?,
                _ => {}
            },
            Piece::Close(name) => match name.to_ascii_lowercase().as_str() {
                "td" | "th" => page.end_cell()?,
                "tr" | "table" => page.end_row()?,
                "p" | "div" | "h1" | "h2" | "h3" | "h4" if !page.is_row => page.end_row()?,
                _ => {}
            },
        }
    }
    page.end_row()?;
    Ok(page.workbook.finish())
}

struct Page {
    workbook: Workbook,
    next_row: u32,
    column: usize,
    /// For each column, how many rows the last cell still reaches down, this row counted.
    reaching: Vec<usize>,
    is_row: bool,
    text: String,
    /// The columns and rows that the open cell spans.
    cell: Option<(usize, usize)>,
}

impl Page {
    fn begin_table(&mut self) -> Result<(), Unreadable> {
        self.end_row()?;
        self.reaching.clear();
        Ok(())
    }

    fn begin_row(&mut self) -> Result<(), Unreadable> {
        self.end_row()?;
        self.is_row = true;
        self.column = 0;
        Ok(())
    }

    fn begin_cell(&mut self, attributes: &str) -> Result<(), Unreadable> {
        self.end_cell()?;
        if !self.is_row {
            self.begin_row()?;
        }
        let span = |name| {
            let value = attribute(attributes, name).and_then(|value| value.trim().parse::<usize>().ok());
            value.unwrap_or(1).clamp(1, SPAN_LIMIT)
        };
        self.text.clear();
        self.cell = Some((span("colspan"), span("rowspan")));
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), Unreadable> {
        let Some((columns, rows)) = self.cell.take() else { return Ok(()) };
        while self.reaching.get(self.column).is_some_and(|rows| *rows > 0) {
            self.column += 1;
        }
        let text = std::mem::take(&mut self.text);
        self.workbook.put(self.next_row, self.column, text.trim().to_owned(), false)?;
        let end = (self.column + columns).min(COLUMN_LIMIT);
        if self.reaching.len() < end {
            self.reaching.resize(end, 0);
        }
        if let Some(reached) = self.reaching.get_mut(self.column..end) {
            reached.fill(rows);
        }
        self.column += columns;
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Unreadable> {
        self.end_cell()?;
        let text = std::mem::take(&mut self.text);
        if self.is_row {
            self.reaching.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        } else if text.trim().is_empty() || text.len() > LABEL_LIMIT_BYTES {
            return Ok(());
        } else {
            self.workbook.put(self.next_row, 0, text.trim().to_owned(), false)?;
        }
        self.is_row = false;
        self.next_row = self.next_row.saturating_add(1);
        Ok(())
    }
}
