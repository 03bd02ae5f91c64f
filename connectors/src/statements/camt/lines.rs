//! From the texts of an entry to lines, or to the reason why there is none.

use super::{
    super::{
        Finding, Line,
        figures::{Posting, whole_dong},
        findings, moment,
    },
    fields::{Balance, Detail, Entry, Money},
};
use crate::notice::Direction;

/// Why an entry or a balance gives no figure.
pub(super) enum Fault {
    /// It is in this currency.
    Foreign(String),
    /// A person must look at it.
    Finding(Finding),
}

/// The lines of an entry: one for each detail where these add up to the entry, else one for the whole, with a finding.
///
/// Texts of a detail move to its line; those of the entry are told by each that has none of its own.
pub(super) fn read(mut entry: Entry, row: u32, account: Option<&str>) -> Result<(Vec<Line>, Vec<Finding>), Fault> {
    let money = entry.amount.as_ref();
    let amount_vnd = match money.map(vnd) {
        Some(Ok(amount)) if amount > 0 => amount,
        Some(Err(Some(currency))) => return Err(Fault::Foreign(currency)),
        _ => {
            let text = money.map_or("", |money| money.text.as_str());
            return Err(Fault::Finding(findings::amount_unreadable(row, text)));
        }
    };
    if entry.status.as_deref() != Some("BOOK") {
        let status = entry.status.as_deref().unwrap_or_default();
        return Err(Fault::Finding(findings::entry_not_booked(row, status)));
    }
    // The indicator says where the money went now; a reversal of a credit is written as a debit already.
    let side = entry.side.as_deref().unwrap_or_default();
    let direction = direction(side).ok_or_else(|| Fault::Finding(findings::direction_unreadable(row, side)))?;
    let day = |text: &Option<String>| text.as_deref().map(moment::read);
    let (booked, valued) = (day(&entry.booked), day(&entry.valued));
    // Where only a value date is told, it is the date.
    let (Some((booked_on, occurred_at)), value_on) = (match booked {
        Some(booked) => (booked, valued.flatten().map(|(day, _)| day)),
        None => (valued.flatten(), None),
    }) else {
        let text = entry.booked.as_deref().or(entry.valued.as_deref()).unwrap_or_default();
        return Err(Fault::Finding(findings::date_unreadable(Some(row), text)));
    };
    let mut told = Vec::new();
    if let (Some(None), Some(text)) = (valued, entry.valued.as_deref()) {
        told.push(findings::date_unreadable(Some(row), text));
    }
    let details = std::mem::take(&mut entry.details);
    let line = |detail: Option<Detail>, direction, amount_vnd| {
        let is_reversal = entry.is_reversal;
        let occurred_at = detail.as_ref().and_then(moment_of).or(occurred_at);
        let posting = Posting { row, booked_on, occurred_at, value_on, direction, amount_vnd, is_reversal };
        name(posting.line(), &entry, detail, account)
    };
    if let Some(shares) = shares(&details, direction, amount_vnd) {
        let shared = details.into_iter().zip(shares);
        return Ok((shared.map(|(detail, (own, share))| line(Some(detail), own, share)).collect(), told));
    }
    let count = details.len();
    let only = details.into_iter().next().filter(|_| count == 1);
    let says_nothing = count == 0 || only.as_ref().is_some_and(|only| only.amount().is_none());
    if !says_nothing {
        told.push(findings::details_differ(row, amount_vnd, count));
    }
    Ok((vec![line(only, direction, amount_vnd)], told))
}

/// The signed amount of a balance.
pub(super) fn balance(balance: &Balance) -> Result<i64, Fault> {
    let text = balance.amount.as_ref().map_or("", |money| money.text.as_str());
    let unreadable = || Fault::Finding(findings::balance_unreadable(None, text));
    let amount = match balance.amount.as_ref().map(vnd) {
        Some(Ok(amount)) => amount,
        Some(Err(Some(currency))) => return Err(Fault::Foreign(currency)),
        _ => return Err(unreadable()),
    };
    match direction(balance.side.as_deref().unwrap_or_default()) {
        Some(Direction::In) => Ok(amount),
        Some(Direction::Out) => Ok(-amount),
        None => Err(unreadable()),
    }
}

/// Whole đồng; else the currency that it is in, or nothing where it cannot be read.
fn vnd(money: &Money) -> Result<i64, Option<String>> {
    match money.currency.as_deref() {
        Some("VND") => whole_dong(&money.text, '.').ok_or(None),
        other => Err(other.map(str::to_owned)),
    }
}

fn direction(side: &str) -> Option<Direction> {
    match side {
        "CRDT" => Some(Direction::In),
        "DBIT" => Some(Direction::Out),
        _ => None,
    }
}

/// What each detail takes of the entry, where all say so in đồng and the sum is the entry's amount. A detail may go the
/// other way than its entry, which is then the net of both.
fn shares(details: &[Detail], whole: Direction, amount_vnd: i64) -> Option<Vec<(Direction, i64)>> {
    let mut shares = Vec::with_capacity(details.len());
    let mut sum: i64 = 0;
    for detail in details {
        let amount = vnd(detail.amount()?).ok().filter(|amount| *amount > 0)?;
        let own = match detail.side.as_deref() {
            Some(side) => direction(side)?,
            None => whole,
        };
        sum = if own == whole { sum.checked_add(amount)? } else { sum.checked_sub(amount)? };
        shares.push((own, amount));
    }
    (sum == amount_vnd).then_some(shares)
}

fn moment_of(detail: &Detail) -> Option<crate::time::Timestamp> {
    let read = |text: &Option<String>| moment::read(text.as_deref()?)?.1;
    read(&detail.transacted).or_else(|| read(&detail.accepted))
}

/// Puts the texts to a line.
fn name(mut line: Line, entry: &Entry, detail: Option<Detail>, account: Option<&str>) -> Line {
    let Some(detail) = detail else {
        line.reference = entry.bank_reference.clone().or_else(|| entry.entry_reference.clone());
        line.content.clone_from(&entry.note);
        return line;
    };
    line.reference = detail
        .bank_reference
        .or_else(|| entry.bank_reference.clone())
        .or(detail.transaction_id)
        .or(detail.end_to_end_id)
        .or_else(|| entry.entry_reference.clone());
    let remittance = Some(detail.remittance).filter(|text| !text.is_empty());
    line.content = remittance.or(detail.note).or_else(|| entry.note.clone());

    // A reversal keeps the roles of what it takes back, so the other side of an incoming one is the creditor.
    let pays_us = (line.direction == Direction::In) != line.is_reversal;
    let (mut other, mut own) =
        if pays_us { (detail.debtor, detail.creditor) } else { (detail.creditor, detail.debtor) };
    // Not every bank keeps to that; the statement's own account is never the other side.
    if account.is_some() && other.account.as_deref() == account {
        std::mem::swap(&mut other, &mut own);
    }
    other.put(&mut line);
    let is_paid_to_another = account.is_some() && own.account.as_deref() != account;
    if line.direction == Direction::In && !line.is_reversal && is_paid_to_another {
        line.virtual_account = own.account;
    }
    line
}
