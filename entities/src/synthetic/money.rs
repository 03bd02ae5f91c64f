//! Plants money: invoices that were paid through a bank or in cash, the closings of cash, and the sums of all of it.

use std::ops::Range;

use serde_json::json;
use uuid::Uuid;

use super::NOW;
use super::draw::Draw;
use super::invoice::{Invoice, Issue};
use super::plan::{Province, School, Stream, day, invoice_code, school_year, stream};
use super::review;
use super::rows::insert;
use crate::audit::{self, Entry};
use crate::cash;
use crate::codes::Month;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{ConnectionId, SchoolId};
use crate::inbox::TransactionStatus;
use crate::ledgers::Owner;
use crate::money::Vnd;
use crate::rollups::{self, Postings, Tally};
use crate::settle::{Share, contribution};
use crate::tables::{
    allocation_lines, allocations, bank_transactions, cash_closings, cash_payments, invoice_lines, invoices,
    payment_references,
};
use crate::time::{Timestamp, start_of_day};

/// Serials of invoices that were paid; the lower ones belong to open invoices.
const FIRST_PAID_SERIAL: u64 = 10_000;
/// Ways of paying and how many in a hundred take each; what no bank states stays unknown.
const METHODS: [(&str, u64); 5] = [("QR", 55), ("IB", 20), ("APP", 10), ("COUNTER_CASH_IN", 3), ("UNKNOWN", 12)];

/// Writes the money of some of the province's schools, told of by the connection `through`, which must speak for their
/// accounts. After [`super::plant_ground`]; pieces may be written in several transactions.
///
/// # Errors
/// `REAL_DATA_NOT_ENABLED`; otherwise the database's.
pub async fn plant_money(
    tx: &Tx,
    province: &Province,
    schools: Range<usize>,
    through: ConnectionId,
) -> Result<(), Error> {
    tx.kind().allow_personal_data()?;
    let mut money = Money::default();
    for school in &province.schools[schools] {
        money.add(province, school, through)?;
    }
    money.write(tx).await
}

/// Rows on their way in, with the sums that they make.
#[derive(Default)]
pub(super) struct Money {
    invoices: Vec<invoices::Model>,
    lines: Vec<invoice_lines::Model>,
    references: Vec<payment_references::Model>,
    transactions: Vec<bank_transactions::Model>,
    cash: Vec<cash_payments::Model>,
    allocations: Vec<allocations::Model>,
    allocation_lines: Vec<allocation_lines::Model>,
    closings: Vec<cash_closings::Model>,
    postings: Postings,
    entries: Vec<Entry>,
}

impl Money {
    fn add(&mut self, province: &Province, school: &School, through: ConnectionId) -> Result<(), Error> {
        let mut draw = stream(province.size.seed, school.index, Stream::Money);
        for number in 0..province.size.payments_per_school {
            self.payment(&mut draw, province, school, through, number)?;
        }
        self.close_cash(&mut draw, province, school);
        review::add(self, province, school, through)?;
        let payments = province.size.payments_per_school;
        self.entries.push(Entry {
            owner: Owner::School(school.id),
            kind: "synthetic.planted",
            subject: school.id.uuid(),
            actor: "hub".to_owned(),
            payload: json!({ "payments": payments, "seed": province.size.seed }),
        });
        Ok(())
    }

    /// An invoice of a month and the one payment that filled it.
    fn payment(
        &mut self,
        draw: &mut Draw,
        province: &Province,
        school: &School,
        through: ConnectionId,
        number: usize,
    ) -> Result<(), Error> {
        let months = &province.size.months;
        let month = months[number * months.len() / province.size.payments_per_school];
        let serial = FIRST_PAID_SERIAL + u64::try_from(number).map_err(Error::internal)?;
        let fees = if draw.happens(60) { 2 } else { 1 };
        let mut invoice = Invoice::issue(
            draw,
            &Issue {
                school,
                account: &school.accounts[0],
                student: school.students[number % school.students.len()],
                year: (province.year_place(month), school_year(month)),
                code: &invoice_code(school.index, serial)?,
                on: month.first_day(),
                fees,
            },
        );
        let paid_at = start_of_day(day(month, 2 + draw.below(17)))
            .plus_seconds(i64::try_from(6 * 3_600 + draw.below(15 * 3_600)).unwrap_or(0));
        if draw.happens(school.cashless_percent) {
            self.transfer(draw, &mut invoice, through, paid_at)?;
        } else {
            self.cash(draw, school, &mut invoice, paid_at)?;
        }
        self.invoice(invoice);
        Ok(())
    }

    /// Paid through a bank; one in a hundred was taken back three days later.
    fn transfer(
        &mut self,
        draw: &mut Draw,
        invoice: &mut Invoice,
        through: ConnectionId,
        paid_at: Timestamp,
    ) -> Result<(), Error> {
        let mut row = transaction(draw, invoice, through, paid_at);
        row.content = Some(invoice.row.code.clone());
        let (mut allocation, lines) = invoice.allocation(draw.key(), paid_at);
        allocation.bank_transaction_id = Some(row.id);
        if draw.happens(1) {
            let taken_at = paid_at.plus_seconds(3 * 86_400);
            row.status = TransactionStatus::Reversed.as_str().to_owned();
            row.status_rank = TransactionStatus::Reversed.rank();
            row.reversed_on = Some(taken_at.vietnam_day());
            row.updated_at = taken_at;
            allocation.undone_at = Some(taken_at);
            allocation.undone_by = Some("hub".to_owned());
            allocation.undone_cause = Some("REVERSAL".to_owned());
        } else {
            invoice.pay(paid_at);
            row.allocated_amount = row.amount;
        }
        let share = Share { row: allocation, filled: invoice.filled(), is_new: true, changed: false };
        self.transaction(row, std::slice::from_ref(&share))?;
        self.allocations.push(share.row);
        self.allocation_lines.extend(lines);
        Ok(())
    }

    fn cash(
        &mut self,
        draw: &mut Draw,
        school: &School,
        invoice: &mut Invoice,
        paid_at: Timestamp,
    ) -> Result<(), Error> {
        let (id, amount, paid_on) = (draw.key(), invoice.row.amount, paid_at.vietnam_day());
        let (mut allocation, lines) = invoice.allocation(draw.key(), paid_at);
        allocation.cash_payment_id = Some(id);
        allocation.origin = "HAND".to_owned();
        self.cash.push(cash_payments::Model {
            id,
            school_id: school.id.uuid(),
            invoice_id: invoice.row.id,
            amount,
            paid_on,
            payer_name: None,
            actor: "hub".to_owned(),
            created_at: paid_at,
        });
        self.allocations.push(allocation);
        self.allocation_lines.extend(lines);
        invoice.pay(paid_at);
        cash::post(&mut self.postings, school.id, paid_on, Vnd::new(amount), &invoice.filled())
    }

    /// Closes the cash of most months that are over; what was taken outside the hub is declared with them.
    fn close_cash(&mut self, draw: &mut Draw, province: &Province, school: &School) {
        let over = |month: &&Month| month.last_day() < NOW.vietnam_day();
        for month in province.size.months.iter().filter(over) {
            let (id, is_closed, count) = (draw.key(), draw.happens(92), draw.below(4));
            let each = draw.vnd(100_000, 900_000);
            if !is_closed {
                continue;
            }
            let count = i64::try_from(count).unwrap_or(0);
            self.closings.push(cash_closings::Model {
                id,
                school_id: school.id.uuid(),
                month: i64::from(month.get()),
                outside_count: count,
                outside_amount: count * each,
                actor: "hub".to_owned(),
                closed_at: start_of_day(month.last_day()).plus_seconds(3 * 86_400 + 9 * 3_600),
            });
        }
    }

    pub(super) fn invoice(&mut self, invoice: Invoice) {
        self.invoices.push(invoice.row);
        self.lines.extend(invoice.lines);
        self.references.push(invoice.reference);
    }

    /// A transaction with its shares, counted as the ledger counts it.
    pub(super) fn transaction(&mut self, row: bank_transactions::Model, shares: &[Share]) -> Result<(), Error> {
        self.postings.extend(contribution(&row, shares)?)?;
        self.transactions.push(row);
        Ok(())
    }

    async fn write(self, tx: &Tx) -> Result<(), Error> {
        insert::<invoices::Entity>(tx, self.invoices).await?;
        insert::<invoice_lines::Entity>(tx, self.lines).await?;
        insert::<payment_references::Entity>(tx, self.references).await?;
        insert::<bank_transactions::Entity>(tx, self.transactions).await?;
        insert::<cash_payments::Entity>(tx, self.cash).await?;
        insert::<allocations::Entity>(tx, self.allocations).await?;
        insert::<allocation_lines::Entity>(tx, self.allocation_lines).await?;
        let closed = self.closings.iter().map(closed).collect::<Result<_, _>>()?;
        insert::<cash_closings::Entity>(tx, self.closings).await?;
        rollups::post(tx, self.postings).await?;
        rollups::close(tx, closed).await?;
        audit::append(tx, self.entries, NOW).await
    }
}

/// What the sums keep of a closing.
fn closed(row: &cash_closings::Model) -> Result<(SchoolId, Month, Tally), Error> {
    let month = i32::try_from(row.month).map_err(Error::internal)?;
    let outside = Tally { count: row.outside_count, amount: Vnd::new(row.outside_amount) };
    Ok((SchoolId::from_uuid(row.school_id), Month::new(month).map_err(Error::internal)?, outside))
}

/// A settled credit of an invoice's amount into its account, allocated to nothing yet.
pub(super) fn transaction(
    draw: &mut Draw,
    invoice: &Invoice,
    through: ConnectionId,
    paid_at: Timestamp,
) -> bank_transactions::Model {
    let id: Uuid = draw.key();
    let method = method(draw);
    let source = if method == "UNKNOWN" { "UNKNOWN" } else { "BANK_STATED" };
    bank_transactions::Model {
        id,
        connection_id: through.uuid(),
        transaction_id: format!("MAU-{}", id.simple()),
        school_id: Some(invoice.row.school_id),
        bank_account_id: Some(invoice.row.bank_account_id),
        direction: "CREDIT".to_owned(),
        amount: invoice.row.amount,
        status: TransactionStatus::Settled.as_str().to_owned(),
        status_rank: TransactionStatus::Settled.rank(),
        booked_on: paid_at.vietnam_day(),
        settled_on: Some(paid_at.vietnam_day()),
        reversed_on: None,
        refunded_on: None,
        occurred_at: paid_at,
        received_at: paid_at.plus_seconds(2),
        method: method.to_owned(),
        method_source: source.to_owned(),
        assurance: "HIGH".to_owned(),
        reference: None,
        content: None,
        payer_name: None,
        payer_name_source: "MISSING".to_owned(),
        bank_reference: None,
        virtual_account_id: None,
        review: "NONE".to_owned(),
        review_reason: None,
        nature: "FEE".to_owned(),
        allocated_amount: 0,
        credited_amount: 0,
        hand_touched: false,
        same_as: None,
        synthetic: true,
        created_at: paid_at.plus_seconds(2),
        updated_at: paid_at.plus_seconds(2),
    }
}

fn method(draw: &mut Draw) -> &'static str {
    let mut place = draw.below(100);
    for (method, percent) in METHODS {
        if place < percent {
            return method;
        }
        place -= percent;
    }
    "UNKNOWN"
}
