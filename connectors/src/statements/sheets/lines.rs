//! From rows to lines: a row is a line when it has a day and an amount; what looks like one and is not is a finding.

use chrono::NaiveTime;

use super::amount::{self, Style, Unreadable};
use super::balance::Entry;
use super::date::{self, Read};
use super::field::Field;
use super::header::Header;
use super::label;
use crate::notice::Direction;
use crate::sheets::fold::fold;
use crate::sheets::{Cell, Row};
use crate::statements::{Finding, Line, findings};
use crate::text::{TEXT_LIMIT_BYTES, clean, cut};

/// Excel keeps 15 digits of a number.
const NUMBER_DIGITS: usize = 15;
/// So many findings are told one by one: a table in another format would have one for each of a million rows.
const FINDING_LIMIT: usize = 1_000;
/// One bank's export fills blank cells with this.
const FILLER: &str = "37";

/// The columns whose texts become part of a line.
const TEXTS: [Field; 6] = [
    Field::Reference,
    Field::Memo,
    Field::CounterpartyName,
    Field::CounterpartyAccount,
    Field::CounterpartyBank,
    Field::VirtualAccount,
];

/// What the rows of a section gave.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// In the order of the sheet.
    pub(super) entries: Vec<Entry>,
    pub(super) findings: Vec<Finding>,
    /// The sums of the payments without the bank's fees: out, then in, each above zero where money went its way.
    pub(super) sums: [i128; 2],
    /// How many payments there are: out, then in.
    pub(super) counts: [i64; 2],
    /// How many findings are only counted.
    untold: usize,
}

impl Lines {
    fn tell(&mut self, finding: Finding) {
        if self.findings.len() < FINDING_LIMIT { self.findings.push(finding) } else { self.untold += 1 }
    }
}

/// How the cells of a section are to be understood.
pub(super) struct Reader<'a> {
    pub(super) header: &'a Header,
    pub(super) style: Style,
    pub(super) is_1904: bool,
    /// Whether blank cells hold [`FILLER`].
    pub(super) is_filled: bool,
    /// Whether all debits are negative, so that the minus says nothing.
    pub(super) has_negative_debits: bool,
}

/// Direction, amount above zero, and whether it takes back an earlier line.
type Movement = (Direction, i64, bool);

impl<'a> Reader<'a> {
    /// Looks through the rows for the habits of the file.
    pub(super) fn new(header: &'a Header, rows: &[&Row], style: Style, is_1904: bool, is_delimited: bool) -> Self {
        let mut reader = Self { header, style, is_1904, is_filled: false, has_negative_debits: false };
        reader.is_filled = is_delimited && reader.fills(rows);
        let lines = rows.iter().filter(|row| matches!(reader.day(row), Read::Day { .. }));
        let debits: Vec<i64> = lines.filter_map(|row| reader.money(row, Field::Debit).ok().flatten()).collect();
        reader.has_negative_debits = debits.iter().any(|debit| *debit < 0) && debits.iter().all(|debit| *debit <= 0);
        reader
    }

    /// Whether [`FILLER`] stands for blank: it is told as a text, and no line has a blank cell beside it. Elsewhere it is
    /// what somebody wrote, or 37 đồng.
    fn fills(&self, rows: &[&Row]) -> bool {
        let mut is_told = false;
        for row in rows.iter().filter(|row| self.has_day(row)) {
            if self.header.columns.values().any(|column| row.cell(*column).is_none()) {
                return false;
            }
            let texts = [Field::Memo, Field::CounterpartyName];
            is_told |= texts.iter().any(|field| self.header.text(row, *field) == Some(FILLER));
        }
        is_told
    }

    pub(super) fn read(&self, rows: &[&Row]) -> Lines {
        let mut lines = Lines::default();
        for row in rows {
            if let Err(finding) = self.row(row, &mut lines) {
                lines.tell(finding);
            }
        }
        if lines.untold > 0 {
            lines.findings.push(findings::more(lines.untold));
        }
        lines
    }

    /// Whether the row holds a day where days stand.
    pub(super) fn has_day(&self, row: &Row) -> bool {
        self.day(row) != Read::Nothing
    }

    fn cell<'r>(&self, row: &'r Row, field: Field) -> Option<&'r Cell> {
        let cell = self.header.column(field).and_then(|column| row.cell(column))?;
        Some(cell).filter(|cell| !(self.is_filled && cell.text.trim() == FILLER))
    }

    fn text(&self, row: &Row, field: Field) -> Option<String> {
        self.cell(row, field).and_then(|cell| clean(cut(&cell.text).0))
    }

    fn day(&self, row: &Row) -> Read {
        let cell = self.header.date().and_then(|column| row.cell(column));
        cell.map_or(Read::Nothing, |cell| date::read(cell, self.is_1904))
    }

    fn money(&self, row: &Row, field: Field) -> Result<Option<i64>, Unreadable> {
        Ok(amount::read(self.cell(row, field), self.style)?.filter(|amount| *amount != 0))
    }

    fn row(&self, row: &Row, lines: &mut Lines) -> Result<(), Finding> {
        let day = self.day(row);
        if day == Read::Nothing && (self.is_note(row) || !self.has_money(row)) {
            return Ok(());
        }
        let Read::Day { date, time, rest } = day else {
            return Err(if self.has_money(row) || day == Read::Impossible {
                self.no_date(row, self.header.day())
            } else {
                return Ok(());
            });
        };
        let movements = self.movements(row)?;
        if movements.is_empty() {
            return self.without_amount(row);
        }
        let balance_vnd = self.read_money(row, Field::Balance)?;
        self.add(&movements, lines);
        let value = self.header.column(Field::ValueDate).filter(|_| self.header.column(Field::Date).is_some());
        let value_on = match value.and_then(|column| row.cell(column)).map(|cell| date::read(cell, self.is_1904)) {
            Some(Read::Impossible) => return Err(self.no_date(row, Field::ValueDate)),
            Some(value) => value.date(),
            None => None,
        };
        for field in [Field::Reference, Field::CounterpartyAccount, Field::VirtualAccount] {
            if let Some(cell) = self.cell(row, field).filter(|cell| has_lost_digits(cell)) {
                let place = self.header.place(field);
                lines.tell(findings::digits_lost(row.number, &cell.text, field.names()).at(place));
            }
        }
        let is_cut = |field: &Field| self.cell(row, *field).is_some_and(|cell| cut(&cell.text).1);
        if let Some(field) = TEXTS.into_iter().find(is_cut) {
            lines.tell(findings::text_too_long(Some(row.number), TEXT_LIMIT_BYTES).at(self.header.place(field)));
        }
        let line = Line {
            row: row.number,
            booked_on: date,
            // Midnight sharp is how programs write a day without an hour.
            occurred_at: time.filter(|time| *time != NaiveTime::MIN).and_then(|time| date::moment(date, time)),
            value_on,
            direction: Direction::In,
            amount_vnd: 0,
            is_reversal: false,
            reference: self.text(row, Field::Reference).or_else(|| clean(cut(&rest).0)),
            content: self.text(row, Field::Memo),
            counterparty_name: self.text(row, Field::CounterpartyName),
            counterparty_account: self.text(row, Field::CounterpartyAccount),
            counterparty_bank: self.text(row, Field::CounterpartyBank),
            virtual_account: self.text(row, Field::VirtualAccount),
            balance_vnd: None,
        };
        let of_movement = |(content, (direction, amount_vnd, is_reversal)): (Option<String>, Movement)| {
            // A fee is the bank's: it keeps the reference, and neither the text nor the other side of the payment.
            let line = match content {
                None => line.clone(),
                content => Line { content, counterparty_name: None, counterparty_account: None, ..line.clone() },
            };
            Line { direction, amount_vnd, is_reversal, ..line }
        };
        let mut of_row: Vec<Line> = movements.into_iter().map(of_movement).collect();
        if let Some(last) = of_row.last_mut() {
            last.balance_vnd = balance_vnd;
        }
        lines.entries.push(Entry { lines: of_row, balance_vnd });
        Ok(())
    }

    /// Adds a payment to the totals of its column. One that takes another back stands in the column of that one, below zero.
    fn add(&self, movements: &[(Option<String>, Movement)], lines: &mut Lines) {
        let payments = movements.iter().filter(|(title, _)| title.is_none()).map(|(_, payment)| *payment);
        for (direction, amount_vnd, is_reversal) in payments {
            let side = usize::from((direction == Direction::In) != is_reversal);
            lines.sums[side] += if is_reversal { -i128::from(amount_vnd) } else { amount_vnd.into() };
            lines.counts[side] += 1;
        }
    }

    /// A day without an amount: a balance, a zero, or an amount that stands where nobody looks for it.
    fn without_amount(&self, row: &Row) -> Result<(), Finding> {
        let fields = [Field::Debit, Field::Credit, Field::Amount];
        let has_amount = |field: &Field| matches!(self.money(row, *field), Ok(Some(amount)) if amount != 0);
        if let Some(field) = fields.into_iter().find(has_amount) {
            return Err(findings::amount_unclear(row.number).at(self.header.place(field)));
        }
        if self.is_note(row) || fields.iter().any(|field| self.cell(row, *field).is_some()) || row.cells.len() < 3 {
            return Ok(());
        }
        Err(findings::amount_missing(row.number))
    }

    /// Whether the row is a total or a balance.
    fn is_note(&self, row: &Row) -> bool {
        row.cells.iter().take(4).any(|(_, cell)| !cell.is_number && label::is_sum(&fold(&cell.text)))
    }

    fn has_money(&self, row: &Row) -> bool {
        let fields = [Field::Debit, Field::Credit, Field::Amount];
        fields.iter().any(|field| matches!(self.money(row, *field), Ok(Some(_))))
    }

    fn read_money(&self, row: &Row, field: Field) -> Result<Option<i64>, Finding> {
        amount::read(self.cell(row, field), self.style).map_err(|Unreadable| {
            let printed = self.cell(row, field).map_or("", |cell| &cell.text);
            findings::column_unreadable(row.number, printed, field.names()).at(self.header.place(field))
        })
    }

    /// The payment of the row, then its fee and the tax on it with the titles of their columns.
    fn movements(&self, row: &Row) -> Result<Vec<(Option<String>, Movement)>, Finding> {
        let mut movements = Vec::new();
        let payment = if self.header.has_sides() { self.two_columns(row)? } else { self.one_column(row)? };
        movements.extend(payment.map(|payment| (None, payment)));
        for field in [Field::Fee, Field::Vat] {
            let Some(amount) = self.read_money(row, field)?.filter(|amount| *amount != 0) else { continue };
            // Where outgoing money is negative, a plain amount is interest; elsewhere a fee is printed without a sign.
            let is_in = self.has_negative_debits && amount > 0;
            let direction = if is_in { Direction::In } else { Direction::Out };
            let title = self.header.titles.get(&field).cloned().unwrap_or_default();
            movements.push((Some(title), (direction, magnitude(row, amount)?, false)));
        }
        Ok(movements)
    }

    fn two_columns(&self, row: &Row) -> Result<Option<Movement>, Finding> {
        let debit = self.read_money(row, Field::Debit)?.filter(|amount| *amount != 0);
        let credit = self.read_money(row, Field::Credit)?.filter(|amount| *amount != 0);
        match (debit, credit) {
            (Some(_), Some(_)) => Err(findings::both_sides(row.number)),
            (Some(debit), None) if debit > 0 || self.has_negative_debits => {
                Ok(Some((Direction::Out, magnitude(row, debit)?, false)))
            }
            (Some(debit), None) => Ok(Some((Direction::In, magnitude(row, debit)?, true))),
            (None, Some(credit)) if credit > 0 => Ok(Some((Direction::In, credit, false))),
            (None, Some(credit)) => Ok(Some((Direction::Out, magnitude(row, credit)?, true))),
            (None, None) => Ok(None),
        }
    }

    fn one_column(&self, row: &Row) -> Result<Option<Movement>, Finding> {
        let Some(amount) = self.read_money(row, Field::Amount)?.filter(|amount| *amount != 0) else { return Ok(None) };
        let magnitude = magnitude(row, amount)?;
        if self.header.column(Field::Sign).is_none() {
            let direction = if amount > 0 { Direction::In } else { Direction::Out };
            return Ok(Some((direction, magnitude, false)));
        }
        let sign = self.text(row, Field::Sign).unwrap_or_default();
        let direction = match (sign.as_str(), fold(&sign).as_str()) {
            ("+", _) | (_, "c" | "cr" | "co" | "credit" | "ghi co") => Direction::In,
            ("-" | "\u{2212}" | "\u{2013}", _) | (_, "d" | "dr" | "no" | "debit" | "ghi no") => Direction::Out,
            _ => return Err(findings::sign_unreadable(row.number, &sign).at(self.header.place(Field::Sign))),
        };
        // A minus in both places may say the same twice, or take it back.
        if amount < 0 && direction == Direction::In {
            return Err(findings::sign_contradicted(row.number).at(self.header.place(Field::Amount)));
        }
        Ok(Some((direction, magnitude, false)))
    }

    /// A row of money without a day in the column of a field.
    fn no_date(&self, row: &Row, field: Field) -> Finding {
        let printed = self.header.column(field).map_or("", |column| row.text(column));
        findings::day_unreadable(row.number, printed).at(self.header.place(field))
    }
}

fn magnitude(row: &Row, amount: i64) -> Result<i64, Finding> {
    amount.checked_abs().ok_or_else(|| findings::sign_contradicted(row.number))
}

fn has_lost_digits(cell: &Cell) -> bool {
    cell.is_number && (cell.text.contains(['e', 'E']) || cell.text.trim().len() > NUMBER_DIGITS)
}
