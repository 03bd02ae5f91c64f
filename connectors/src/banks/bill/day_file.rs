//! The daily reconciliation file, both ways: CSV in UTF-8 with a header, columns by name in any order, amounts in whole đồng.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::wire::{self, Pay};
use crate::{
    banks::Reason,
    bill::{Collected, Compared, FileLine, Taken},
    fault::Drift,
    time,
    wire::{self as words, Whole},
};

/// Payments of one bank on one day, and more than any has.
const LINES_AT_MOST: usize = 200_000;

const SETTLED: &str = "SETTLED";
const REVERSED: &str = "REVERSED";
/// What every file has.
const NEEDED: [&str; 4] = ["bankReference", "amount", "status", "paidAt"];

/// Reads a bank's day. A line that cannot be read is one of the lines; a file without its columns is none.
pub(super) fn read(body: &[u8]) -> Result<Vec<FileLine>, Reason> {
    let text = std::str::from_utf8(body).map_err(|_| Reason::whole(Drift::Text))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| Reason::whole(Drift::Shape))?;
    let columns: HashMap<String, usize> = header.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
    let repeated = columns.len() != header.len();
    if repeated || NEEDED.iter().any(|name| !columns.contains_key(*name)) {
        return Err(Reason::whole(Drift::Shape));
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        if lines.len() == LINES_AT_MOST {
            return Err(Reason::whole(Drift::Text));
        }
        let row = u64::try_from(lines.len()).map_or(u64::MAX, |read| read.saturating_add(2));
        lines.push(match record {
            Ok(record) => line(row, &Cells { columns: &columns, record: &record }),
            Err(_) => FileLine { row, bank_reference: None, read: Err(Reason::whole(Drift::Shape)) },
        });
    }
    Ok(lines)
}

struct Cells<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a StringRecord,
}

impl Cells<'_> {
    /// The cell of a column; an empty one says nothing.
    fn get(&self, name: &str) -> Option<String> {
        let cell = self.record.get(*self.columns.get(name)?)?;
        (!cell.is_empty()).then(|| cell.to_owned())
    }
}

fn line(row: u64, cells: &Cells<'_>) -> FileLine {
    let bank_reference = cells.get("bankReference").and_then(|text| wire::reference(text).ok());
    let read = match &bank_reference {
        Some(reference) => collected(reference, cells),
        None => Err(Reason::new(Drift::NoIdentity, "bankReference")),
    };
    FileLine { row, bank_reference, read }
}

fn collected(reference: &str, cells: &Cells<'_>) -> Result<Collected, Reason> {
    let amount_vnd = cells.get("amount").as_deref().and_then(words::digits).unwrap_or(0);
    let amount_vnd = words::amount("amount", amount_vnd)?;
    let is_reversed = match cells.get("status").as_deref() {
        Some(SETTLED) => false,
        Some(REVERSED) => true,
        _ => return Err(Reason::new(Drift::UnknownEvent, "status")),
    };
    let paid_at = cells.get("paidAt").unwrap_or_default();
    let day = time::read_rfc3339(&paid_at).and_then(time::vietnam_day).ok_or(Reason::new(Drift::Time, "paidAt"))?;
    // Only a line that says into which account, and for what, can be taken in.
    let payment = cells.get("account").and_then(|account| {
        let told = Pay {
            bank_reference: reference.to_owned(),
            account,
            invoice_code: cells.get("invoiceCode"),
            virtual_account: cells.get("virtualAccount"),
            amount: Whole(amount_vnd),
            paid_at,
            payer_name: cells.get("payerName"),
            content: cells.get("content"),
            channel: cells.get("channel"),
        };
        told.payment().ok()
    });
    Ok(Collected { amount_vnd, is_reversed, day, payment: payment.map(Box::new) })
}

/// The hub's day, for the bank.
pub(super) fn write_taken(taken: &[Taken]) -> String {
    let mut rows = vec![["bankReference", "amount", "state", "invoiceCode", "receivedAt"].map(str::to_owned)];
    rows.extend(taken.iter().map(|Taken { standing, invoice_code }| {
        [
            standing.bank_reference.clone(),
            standing.amount_vnd.to_string(),
            standing.state.code().to_owned(),
            invoice_code.clone().unwrap_or_default(),
            time::write_rfc3339(standing.received_at).unwrap_or_default(),
        ]
    }));
    written(&rows)
}

/// How the two days compare, for the bank.
pub(super) fn write_compared(compared: &[Compared]) -> String {
    let mut rows = vec![["row", "bankReference", "code", "bankAmount", "hubAmount"].map(str::to_owned)];
    rows.extend(compared.iter().map(|one| {
        let number = |vnd: Option<i64>| vnd.map(|vnd| vnd.to_string()).unwrap_or_default();
        [
            one.row.map(|row| row.to_string()).unwrap_or_default(),
            one.bank_reference.clone().unwrap_or_default(),
            one.finding.code().to_owned(),
            number(one.bank_vnd),
            number(one.hub_vnd),
        ]
    }));
    written(&rows)
}

/// No cell needs quotes: codes, numbers and times, and references that are checked.
fn written(rows: &[[String; 5]]) -> String {
    rows.iter().map(|row| row.join(",") + "\r\n").collect()
}
