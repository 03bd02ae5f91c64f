//! Workbooks of Excel 2007 and later: the values of cells as they were saved, no formula, no link, no style.

use std::collections::HashMap;

use super::Unreadable;
use super::grid::{CELL_LIMIT, Workbook};
use super::markup::{Piece, Scanner, attribute, local, prefixed};
use crate::archive::{Archive, Fault};

/// All parts that are read together, unpacked: 100,000 lines of eleven cells take some 70 MB where each cell has its own text.
const UNPACKED_LIMIT_BYTES: usize = 128 << 20;
const WORKBOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";

impl From<Fault> for Unreadable {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged => Self::Damaged,
            Fault::Password => Self::Password,
            Fault::TooLarge => Self::TooLarge,
        }
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Unreadable> {
    let mut archive = Archive::open(bytes, UNPACKED_LIMIT_BYTES)?;
    if !archive.has(WORKBOOK) {
        // Another kind of document, as .docx, .xlsb or a plain archive.
        return Err(Unreadable::NotASheet);
    }
    let index = archive.read(WORKBOOK)?.unwrap_or_default();
    let relations = archive.read(RELATIONS)?.map(|text| targets(&text)).unwrap_or_default();
    let strings = match relations.values().find(|target| target.ends_with("sharedStrings.xml")) {
        Some(target) => archive.read(target)?,
        None => archive.read("xl/sharedStrings.xml")?,
    };
    let strings = strings.map(|text| shared_strings(&text)).transpose()?.unwrap_or_default();

    let mut workbook = Workbook::new();
    for piece in Scanner::new(&index) {
        let Piece::Open { name, attributes, .. } = piece else { continue };
        match local(name) {
            "workbookPr" => {
                workbook.is_1904 = matches!(attribute(attributes, "date1904").as_deref(), Some("1" | "true"));
            }
            "sheet" => {
                let is_hidden = attribute(attributes, "state").is_some_and(|state| state != "visible");
                let target = prefixed(attributes, "id").and_then(|id| relations.get(id.as_ref()));
                let Some(sheet) = target.map(|target| archive.read(target)).transpose()?.flatten() else {
                    // A sheet that is told of and not there may hold what the others lack.
                    if is_hidden { continue } else { return Err(Unreadable::Damaged) }
                };
                workbook.begin(&attribute(attributes, "name").unwrap_or_default(), is_hidden)?;
                cells(&sheet, &strings, &mut workbook)?;
            }
            _ => {}
        }
    }
    Ok(workbook.finish())
}

/// The entry behind each relation; nothing outside of the archive is ever opened.
fn targets(relations: &str) -> HashMap<String, String> {
    let mut targets = HashMap::new();
    for piece in Scanner::new(relations) {
        let Piece::Open { name, attributes, .. } = piece else { continue };
        if local(name) != "Relationship" {
            continue;
        }
        let (Some(id), Some(target)) = (attribute(attributes, "Id"), attribute(attributes, "Target")) else { continue };
        let entry = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
        targets.insert(id.into_owned(), entry);
    }
    targets
}

/// The texts that cells point to; the runs of a rich text are joined, readings of Asian letters are left out.
fn shared_strings(document: &str) -> Result<Vec<String>, Unreadable> {
    let mut strings = Vec::new();
    let mut text: Option<String> = None;
    let mut is_text = false;
    let mut is_reading = false;
    for piece in Scanner::new(document) {
        if strings.len() > CELL_LIMIT {
            return Err(Unreadable::TooLarge);
        }
        match piece {
            Piece::Open { name, is_empty, .. } => match local(name) {
                "si" if is_empty => strings.push(String::new()),
                "si" => text = Some(String::new()),
                "t" => is_text = !is_empty,
                "rPh" => is_reading = !is_empty,
                _ => {}
            },
            Piece::Close(name) => match local(name) {
                "si" => strings.extend(text.take().map(unmask)),
                "t" => is_text = false,
                "rPh" => is_reading = false,
                _ => {}
            },
            Piece::Text(piece) => {
                if let Some(text) = text.as_mut().filter(|_| is_text && !is_reading) {
                    text.push_str(&piece);
                }
            }
        }
    }
    Ok(strings)
}

/// Excel writes a control character as `_x000D_`, and the line that begins what only looks like one as `_x005F_`.
fn unmask(text: String) -> String {
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("_x") {
        plain.push_str(before);
        let code = after.get(..5).and_then(|code| code.strip_suffix('_')).filter(|code| !code.contains('+'));
        let letter = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        match letter.filter(|letter| letter.is_ascii_control() || *letter == '_') {
            Some(letter) => {
                plain.push(letter);
                rest = &after[5..];
            }
            None => {
                plain.push_str("_x");
                rest = after;
            }
        }
    }
    if plain.is_empty() {
        return text;
    }
    plain.push_str(rest);
    plain
}

struct Open {
    row: u32,
    column: usize,
    kind: String,
    value: String,
}

/// The cells of a sheet. Its declared size is not read: it may say anything.
fn cells(sheet: &str, strings: &[String], workbook: &mut Workbook) -> Result<(), Unreadable> {
    let (mut row, mut column) = (0_u32, 0_usize);
    let mut cell: Option<Open> = None;
    let mut is_value = false;
    let mut is_reading = false;
    for piece in Scanner::new(sheet) {
        match piece {
            Piece::Open { name, attributes, is_empty } => match local(name) {
                "row" => {
                    let number = attribute(attributes, "r").and_then(|number| number.trim().parse::<u32>().ok());
                    row = number.unwrap_or(row.saturating_add(1)).max(1);
                    column = 0;
                }
                "c" => {
                    let place = attribute(attributes, "r").and_then(|place| read_place(&place));
                    let (cell_row, cell_column) = place.unwrap_or((row.max(1), column));
                    column = cell_column.saturating_add(1);
                    let kind = attribute(attributes, "t").unwrap_or_default().into_owned();
                    let open = Open { row: cell_row, column: cell_column, kind, value: String::new() };
                    cell = Some(open).filter(|_| !is_empty);
                }
                "v" | "t" => is_value = !is_empty,
                "rPh" => is_reading = !is_empty,
                "sheetData" if is_empty => return Ok(()),
                // A sheet that is a picture has no cells.
                "chartsheet" => return Ok(()),
                _ => {}
            },
            Piece::Close(name) => match local(name) {
                "v" | "t" => is_value = false,
                "rPh" => is_reading = false,
                "c" => {
                    if let Some(cell) = cell.take() {
                        put(cell, strings, workbook)?;
                    }
                }
                "sheetData" => return Ok(()),
                _ => {}
            },
            Piece::Text(text) => {
                if let Some(cell) = cell.as_mut().filter(|_| is_value && !is_reading) {
                    cell.value.push_str(&text);
                }
            }
        }
    }
    // A sheet that ends in the middle may lack lines.
    Err(Unreadable::Damaged)
}

fn put(cell: Open, strings: &[String], workbook: &mut Workbook) -> Result<(), Unreadable> {
    let (text, is_number) = match cell.kind.as_str() {
        "s" => {
            let index = cell.value.trim().parse::<usize>().map_err(|_| Unreadable::Damaged)?;
            (strings.get(index).ok_or(Unreadable::Damaged)?.clone(), false)
        }
        "" | "n" => (cell.value, true),
        _ => (unmask(cell.value), false),
    };
    workbook.put(cell.row - 1, cell.column, text, is_number)
}

/// `C12` is the row 12, counted from 1, and the column 2, counted from 0.
fn read_place(place: &str) -> Option<(u32, usize)> {
    let digits = place.find(|character: char| character.is_ascii_digit())?;
    let (letters, number) = place.split_at(digits);
    let mut column = 0_usize;
    for letter in letters.bytes() {
        let value = letter.to_ascii_uppercase().checked_sub(b'A').filter(|value| *value < 26)?;
        column = column.checked_mul(26)?.checked_add(usize::from(value) + 1)?;
    }
    let row = number.parse::<u32>().ok().filter(|row| *row > 0)?;
    Some((row, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::unmask;

    #[test]
    fn masked_letters_are_read_once() {
        for (masked, plain) in [
            ("a_x000D_b_x0000_", "a\rb\0"),
            ("_x005F_x000D_", "_x000D_"),
            ("ma_x_000D_ _x00 _x0041_ _x+00D_ _xệệ_", "ma_x_000D_ _x00 _x0041_ _x+00D_ _xệệ_"),
            ("", ""),
        ] {
            assert_eq!(unmask(masked.to_owned()), plain);
        }
    }
}
