//! Spreadsheets as people send them: .xlsx, .xls of Excel 97 to 2003, web pages named .xls, text with delimiters. Only the
//! values of cells are read, with limits against files made to hurt; what a sheet means, its readers know.

mod biff;
mod container;
mod delimited;
pub(crate) mod fold;
pub(crate) mod grid;
mod html;
mod markup;
mod ole;
mod strings;
mod xlsx;

pub(crate) use container::open;
pub(crate) use grid::{Cell, Grid, Row, Workbook};

/// Why a file is no sheet that can be read; each reader of sheets has its own sentence for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is something else: a document, a picture, an archive.
    NotASheet,
    /// It is protected by a password.
    Password,
    /// It is cut off, or contradicts itself.
    Damaged,
    /// It has the format of Excel 95 or older.
    TooOld,
    /// It is larger than any sheet that a bank or a school has.
    TooLarge,
    /// It is text without columns.
    NoTable,
}

/// The letters of a column that is counted from 0: `A` to `Z`, then `AA`.
pub(crate) fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_are_lettered_as_in_the_sheet() {
        let cases = [(0, "A"), (25, "Z"), (26, "AA"), (28, "AC"), (73, "BV"), (255, "IV"), (701, "ZZ"), (702, "AAA")];
        for (column, expected) in cases {
            assert_eq!(letters(column), expected);
        }
    }
}
