//! Plants what is unfinished in deep schools: open invoices, and money that waits for a person.

use super::NOW;
use super::draw::Draw;
use super::invoice::{Invoice, Issue};
use super::money::{Money, transaction};
use super::plan::{Province, School, Stream, stream};
use crate::codes::Month;
use crate::error::Error;
use crate::ids::ConnectionId;
use crate::matching::ReviewReason;
use crate::tables::bank_transactions;

/// What waits in the queue of each deep school, one of each.
const WAITING: [ReviewReason; 5] = [
    ReviewReason::NoReference,
    ReviewReason::UnknownReference,
    ReviewReason::AmountMismatch,
    ReviewReason::SeveralInvoices,
    ReviewReason::Suspicious,
];

pub(super) fn add(money: &mut Money, province: &Province, school: &School, through: ConnectionId) -> Result<(), Error> {
    if !school.is_deep {
        return Ok(());
    }
    let mut draw = stream(province.size.seed, school.index, Stream::Review);
    let on = NOW.vietnam_day();
    let month = Month::of(on).map_err(Error::internal)?;
    let year = (province.year_place(month), super::plan::school_year(month));
    for (place, open) in school.open_invoices.iter().enumerate() {
        let (account, student) = (&school.accounts[open.account], school.students[open.student]);
        let issue = Issue { school, account, student, year, code: &open.code, on: month.first_day(), fees: 2 };
        let invoice = Invoice::issue(&mut draw, &issue);
        if let Some(reason) = WAITING.get(place) {
            money.transaction(waiting(&mut draw, &invoice, through, *reason), &[])?;
        }
        money.invoice(invoice);
    }
    Ok(())
}

/// Money that was meant for an open invoice and could not be sure of it.
fn waiting(
    draw: &mut Draw,
    invoice: &Invoice,
    through: ConnectionId,
    reason: ReviewReason,
) -> bank_transactions::Model {
    let hours = i64::try_from(1 + draw.below(72)).unwrap_or(1);
    let mut row = transaction(draw, invoice, through, NOW.plus_seconds(-hours * 3_600));
    row.review = "WAITING".to_owned();
    row.review_reason = Some(reason.code().to_owned());
    row.content = Some(match reason {
        ReviewReason::UnknownReference => "LT10000000000 tien an thang 11".to_owned(),
        ReviewReason::NoReference | ReviewReason::SeveralInvoices => "nop tien an thang 11 cho con".to_owned(),
        _ => format!("{} tien an", invoice.row.code),
    });
    match reason {
        ReviewReason::AmountMismatch => row.amount -= 5_000,
        ReviewReason::Suspicious => row.assurance = "LOW".to_owned(),
        _ => {}
    }
    row
}
