//! The cells of a file, whatever contained them: sparse, and never more than a bank's file can need.

use super::Unreadable;
use crate::text;

/// The most cells that hold something, over all sheets: a year of a large school has some 100,000 lines of up to twenty cells. They
/// take less than 100 bytes each beside their texts.
pub(crate) const CELL_LIMIT: usize = 2_000_000;
/// The longest cell in bytes of UTF-8; Excel itself ends at 32,767 characters.
const CELL_LIMIT_BYTES: usize = 100_000;
/// The texts of all cells together: a text that is kept once may be pointed to a million times.
const TEXT_LIMIT_BYTES: usize = 64 << 20;
/// As many rows as Excel has.
const ROW_LIMIT: u32 = 1_048_576;
/// The widest described layout ends below column 40.
pub(crate) const COLUMN_LIMIT: usize = 256;
const SHEET_LIMIT: usize = 64;

/// What stands in a cell that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// A text as printed, or a number with a decimal point and without separators, perhaps with an exponent.
    pub(crate) text: String,
    /// Whether the container keeps it as a number: such a cell may be a date, and has lost its leading zeros.
    pub(crate) is_number: bool,
}

/// A row that holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// From 1.
    pub(crate) number: u32,
    /// By column, from 0.
    pub(crate) cells: Vec<(usize, Cell)>,
}

impl Row {
    /// None when it is blank.
    pub(crate) fn cell(&self, column: usize) -> Option<&Cell> {
        let place = self.cells.binary_search_by_key(&column, |(column, _)| *column).ok()?;
        Some(&self.cells[place].1)
    }

    /// The trimmed text, empty when it is blank.
    pub(crate) fn text(&self, column: usize) -> &str {
        self.cell(column).map_or("", |cell| cell.text.trim())
    }
}

/// One sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    pub(crate) name: String,
    pub(crate) is_hidden: bool,
    /// From top to bottom.
    pub(crate) rows: Vec<Row>,
}

/// All sheets of a file, filled by the reader of its container.
#[derive(Debug)]
pub(crate) struct Workbook {
    pub(crate) grids: Vec<Grid>,
    /// Whether days are counted from 1904, as old Macintosh programs did.
    pub(crate) is_1904: bool,
    /// Whether it was text with delimiters, which some banks fill with a literal for blank.
    pub(crate) is_delimited: bool,
    cells_left: usize,
    bytes_left: usize,
}

impl Workbook {
    pub(crate) fn new() -> Self {
        Self {
            grids: Vec::new(),
            is_1904: false,
            is_delimited: false,
            cells_left: CELL_LIMIT,
            bytes_left: TEXT_LIMIT_BYTES,
        }
    }

    /// Starts the next sheet.
    pub(crate) fn begin(&mut self, name: &str, is_hidden: bool) -> Result<(), Unreadable> {
        if self.grids.len() == SHEET_LIMIT {
            return Err(Unreadable::TooLarge);
        }
        self.grids.push(Grid { name: text::clean(name).unwrap_or_default(), is_hidden, rows: Vec::new() });
        Ok(())
    }

    /// Puts a cell into the sheet that was begun last; row and column from 0. Blank cells take no room.
    pub(crate) fn put(&mut self, row: u32, column: usize, text: String, is_number: bool) -> Result<(), Unreadable> {
        let text = text::seen(text);
        if text.trim().is_empty() {
            return Ok(());
        }
        if row >= ROW_LIMIT || column >= COLUMN_LIMIT || text.len() > CELL_LIMIT_BYTES {
            return Err(Unreadable::TooLarge);
        }
        self.cells_left = self.cells_left.checked_sub(1).ok_or(Unreadable::TooLarge)?;
        self.bytes_left = self.bytes_left.checked_sub(text.len()).ok_or(Unreadable::TooLarge)?;
        let Some(grid) = self.grids.last_mut() else { return Ok(()) };
        let cell = (column, Cell { text, is_number });
        match grid.rows.last_mut() {
            Some(last) if last.number == row + 1 => last.cells.push(cell),
            _ => grid.rows.push(Row { number: row + 1, cells: vec![cell] }),
        }
        Ok(())
    }

    /// Puts rows and cells into order: nothing forces a file to keep it. A cell that is told twice keeps the first.
    pub(crate) fn finish(mut self) -> Self {
        for grid in &mut self.grids {
            grid.rows.sort_by_key(|row| row.number);
            let mut rows: Vec<Row> = Vec::with_capacity(grid.rows.len());
            for row in grid.rows.drain(..) {
                match rows.last_mut() {
                    Some(last) if last.number == row.number => last.cells.extend(row.cells),
                    _ => rows.push(row),
                }
            }
            for row in &mut rows {
                row.cells.sort_by_key(|(column, _)| *column);
                row.cells.dedup_by_key(|(column, _)| *column);
            }
            grid.rows = rows;
        }
        self
    }
}
