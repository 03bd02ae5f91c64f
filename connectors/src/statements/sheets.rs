//! Statements that Vietnamese banks let a customer download as spreadsheets: .xlsx, .xls, web pages named .xls, CSV.
//!
//! No bank publishes its layout, so none is built in: columns are found by their names, and proven by the balance.

mod amount;
mod balance;
mod date;
mod field;
mod header;
mod label;
mod lines;
mod section;
#[cfg(test)]
mod tests;

use amount::{Evidence, Style};
use field::Field;
use label::Labels;
use lines::Reader;
use section::Section;

use super::{Finding, Statement, findings, refusals, text};
use crate::sheets::{self, Grid, Row, Workbook, fold};

/// The columns with amounts.
const MONEY: [Field; 6] = [Field::Debit, Field::Credit, Field::Amount, Field::Balance, Field::Fee, Field::Vat];

/// So many notes are looked through at either end of a table.
const NOTE_ROWS: usize = 200;

/// Reads every account's part of a file, whatever it is called; lines come oldest first.
///
/// # Errors
///
/// A refusal of the whole file, with a stable code: `STATEMENT_NOT_A_SHEET`, `STATEMENT_PASSWORD`, `STATEMENT_DAMAGED`,
/// `STATEMENT_TOO_OLD`, `STATEMENT_TOO_LARGE`, `HEADER_NOT_FOUND`, or `COLUMN_NOT_FOUND`, which names what was found
/// and what was not.
pub fn read(bytes: &[u8]) -> Result<Vec<Statement>, Finding> {
    let workbook = sheets::open(bytes)?;
    let (visible, hidden): (Vec<&Grid>, Vec<&Grid>) = workbook.grids.iter().partition(|grid| !grid.is_hidden);
    // Hidden sheets are left-overs of the bank's template, unless there is nothing else.
    match read_grids(&workbook, &visible) {
        Err(refusal) if !hidden.is_empty() => read_grids(&workbook, &hidden).map_err(|_| refusal),
        read => read,
    }
}

fn read_grids(workbook: &Workbook, grids: &[&Grid]) -> Result<Vec<Statement>, Finding> {
    let mut sections = Vec::new();
    let mut refusal: Option<Finding> = None;
    let mut unread = Vec::new();
    let mut candidates_left = section::CANDIDATE_LIMIT;
    for grid in grids {
        match section::split(&grid.rows, workbook.is_1904, &mut candidates_left) {
            Ok(found) => sections.extend(found),
            Err(reason) if reason.code == refusals::too_large().code => return Err(reason),
            Err(reason) => {
                if grid.rows.iter().any(looks_like_line) {
                    unread.push(findings::sheet_not_read(&grid.name));
                }
                // What is nearest to a header helps most.
                if refusal.as_ref().is_none_or(|refusal| refusal.row.is_none()) {
                    refusal = Some(reason);
                }
            }
        }
    }
    if sections.is_empty() {
        return Err(refusal.unwrap_or_else(refusals::no_header));
    }
    let style = style(&sections);
    let mut statements: Vec<Statement> =
        sections.iter().map(|section| read_section(section, style, workbook)).collect();
    statements[0].findings.extend(unread);
    Ok(statements)
}

/// One style for the whole file, from all cells with amounts.
fn style(sections: &[Section]) -> Style {
    let mut evidence = Evidence::default();
    for section in sections {
        for column in MONEY.iter().filter_map(|field| section.header.column(*field)) {
            section.below.iter().filter_map(|row| row.cell(column)).for_each(|cell| evidence.hear(cell));
        }
    }
    evidence.style()
}

fn read_section(section: &Section, style: Style, workbook: &Workbook) -> Statement {
    let header = &section.header;
    let reader = Reader::new(header, &section.below, style, workbook.is_1904, workbook.is_delimited);
    let notes = notes(section, &reader);
    let above = label::read(&section.above, style, None);
    let below = label::read(&notes, style, header.column(Field::Balance));
    let (account, account_finding) = account(section, &reader, &notes);
    let mut statement = Statement {
        account,
        from: above.from.or(below.from),
        to: above.to.or(below.to),
        opening_vnd: above.opening_vnd.or(below.opening_vnd),
        closing_vnd: above.closing_vnd.or(below.closing_vnd),
        ..Statement::default()
    };
    statement.findings.extend(account_finding);
    let currencies = section.below.iter().filter(|row| reader.has_day(row));
    let currency = header.column(Field::Currency).and_then(|column| {
        let mut told = currencies
            .filter_map(|row| row.cell(column))
            .map(|cell| label::currency(cell).unwrap_or_else(|| findings::start(cell.text.trim()).to_owned()));
        let first = told.next()?;
        Some(told.find(|currency| currency != "VND").unwrap_or(first))
    });
    statement.currency =
        currency.filter(|told| told != "VND" || above.currency.is_none()).or_else(|| above.currency.clone());
    if let Some(currency) = statement.currency.clone().filter(|currency| currency != "VND") {
        statement.findings.push(findings::currency_not_vnd(&currency));
        return statement;
    }
    let lines = reader.read(&section.below);
    statement.findings.extend(lines.findings.iter().cloned());
    match direction_finding(section) {
        Some(finding) => statement.findings.push(finding),
        // Without directions nothing says which lines a total is of.
        None => {
            for labels in [&above, &below] {
                statement.findings.extend(compare(labels, &lines));
            }
            statement.findings.extend(compare_rows(&notes, &lines, header, style));
        }
    }
    let has_one_balance = statement.opening_vnd.is_some() != statement.closing_vnd.is_some();
    if has_one_balance && header.column(Field::Balance).is_none() {
        statement.findings.push(findings::balance_missing());
    }
    let (entries, broken) = balance::prove(lines.entries, statement.opening_vnd, statement.closing_vnd);
    // A row's balance does not follow from the one before.
    let of_row = |finding: &Finding| finding.row.and_then(|_| header.place(Field::Balance));
    statement.findings.extend(broken.into_iter().map(|finding| {
        let place = of_row(&finding);
        finding.at(place)
    }));
    statement.lines = entries.into_iter().flat_map(|entry| entry.lines).collect();
    statement
}

/// The rows that are no lines, where labels may stand: near the header, and at the end.
fn notes<'a>(section: &Section<'a>, reader: &Reader) -> Vec<&'a Row> {
    let mut notes: Vec<&Row> = section.below.iter().copied().filter(|row| !reader.has_day(row)).collect();
    if notes.len() > 2 * NOTE_ROWS {
        notes.drain(NOTE_ROWS..notes.len() - NOTE_ROWS);
    }
    notes
}

/// The account by its label, else by its column; several accounts in one table cannot be told apart here.
fn account(section: &Section, reader: &Reader, notes: &[&Row]) -> (Option<String>, Option<Finding>) {
    let labelled = section.account.clone();
    let rows = section.below.iter().filter(|row| reader.has_day(row));
    let mut told: Vec<&str> = rows.filter_map(|row| section.header.text(row, Field::Account)).collect();
    told.sort_unstable();
    told.dedup();
    if told.len() > 1 {
        return (labelled, Some(findings::accounts_mixed()));
    }
    let of_column = told.first().and_then(|account| text::clean(findings::start(account)));
    (labelled.or(of_column).or_else(|| label::account(notes)), None)
}

/// One column of amounts without a sign anywhere and without a balance says nothing about the direction.
fn direction_finding(section: &Section) -> Option<Finding> {
    let header = &section.header;
    if header.has_sides() || header.column(Field::Sign).is_some() || header.column(Field::Balance).is_some() {
        return None;
    }
    let column = header.column(Field::Amount)?;
    let mut amounts = section.below.iter().filter_map(|row| row.cell(column));
    let is_signed = amounts.any(|cell| cell.text.contains(['-', '+', '(', '\u{2212}']));
    (!is_signed).then(findings::direction_unknown)
}

/// Totals and counts that a label states, against the lines.
fn compare(labels: &Labels, lines: &lines::Lines) -> Vec<Finding> {
    let mut told = Vec::new();
    for side in [0, 1] {
        if let Some((row, total)) = labels.totals_vnd[side]
            && i128::from(total).abs() != lines.sums[side].abs()
        {
            told.push(findings::total_broken(row, total, lines.sums[side]));
        }
        if let Some((row, count)) = labels.counts[side].filter(|(_, count)| *count != lines.counts[side]) {
            let read = lines.counts[side];
            told.push(findings::count_broken(row, count, read));
        }
    }
    told
}

/// Rows of totals in the table itself, against the columns above them.
fn compare_rows(notes: &[&Row], lines: &lines::Lines, header: &header::Header, style: Style) -> Vec<Finding> {
    let mut told = Vec::new();
    let is_total = |row: &Row| {
        row.cells.iter().take(4).any(|(_, cell)| !cell.is_number && label::is_total(&fold::fold(&cell.text)))
    };
    // Pages may have totals of their own: the last one is the statement's.
    let Some(row) = notes.iter().rfind(|row| is_total(row)) else { return told };
    for (field, side) in [(Field::Debit, 0), (Field::Credit, 1)] {
        let cell = header.column(field).and_then(|column| row.cell(column));
        let Ok(Some(total)) = amount::read(cell, style) else { continue };
        if i128::from(total).abs() != lines.sums[side].abs() {
            told.push(findings::total_broken(row.number, total, lines.sums[side]).at(header.place(field)));
        }
    }
    told
}

fn looks_like_line(row: &Row) -> bool {
    row.cells.len() >= 4 && header::holds_date(row)
}
