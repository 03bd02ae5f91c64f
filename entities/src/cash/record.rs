//! Taking cash for invoices: it fills their lines at once, counts as not cashless, and enters no closed month.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Entry};
use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::bulk;
use crate::catalogues::PaymentMethod;
use crate::changes::Change;
use crate::codes::{InvoiceCode, Month};
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::idempotency;
use crate::ids::{AllocationId, CashPaymentId, SchoolId};
use crate::invoices::{self, Balance, Filled, InvoiceStatus};
use crate::ledgers::{self, Owner};
use crate::money::Vnd;
use crate::rollups::{self, Grain, Postings, Sums, TOTAL};
use crate::school_facts;
use crate::tables::{allocation_lines, allocations, cash_closings, cash_payments};

const MAX_PAYER_CHARS: usize = 140;

/// Cash that was taken at the desk.
#[derive(Clone, Debug)]
pub struct NewCashPayment {
    /// The invoice that it pays, wholly or in part.
    pub invoice: InvoiceCode,
    /// How much: never more than is open.
    pub amount: Vnd,
    /// The day on which it was taken.
    pub paid_on: NaiveDate,
    /// Who paid.
    pub payer_name: Option<String>,
}

/// Records cash payments, one result per row in their order. Give the batch an attempt: a repeat would count twice.
///
/// # Errors
/// Rows are refused with `NOT_FOUND` (invoice), `INVOICE_CANCELLED`, `INVOICE_PAID`, `AMOUNT_ABOVE_OPEN`, `AMOUNT_INVALID`,
/// `PAID_ON_INVALID`, `CASH_CLOSED` or `BAD_TEXT`; the whole batch with `REAL_DATA_NOT_ENABLED` or `IDEMPOTENCY_KEY_REUSED`.
pub async fn record(tx: &Tx, batch: &Batch<'_>, rows: &[NewCashPayment]) -> Result<Vec<RowResult>, Error> {
    tx.kind().allow_personal_data()?;
    if let Some(attempt) = batch.attempt
        && let Some(made) = idempotency::recall(tx, attempt).await?
    {
        let visible = visible(tx, batch, &made).await?;
        return Ok(batch::repeated(&made, &vec![None; made.len()], &visible));
    }
    let (mut balances, closed) = lock(tx, batch, rows).await?;
    let (mut tally, mut entered, mut touched) = (Tally::new("CashPayment"), Entered::default(), BTreeSet::new());
    for row in rows {
        match judge(row, balances.get_mut(row.invoice.as_str()), &closed, batch) {
            Err(refusal) => tally.refuse(None, vec![refusal]),
            Ok((balance, payer_name)) => {
                let id = CashPaymentId::new(batch.now);
                let school = balance.invoice.school;
                entered.enter(row, id, balance, payer_name, batch)?;
                touched.insert(row.invoice.as_str());
                let change = Change::upsert("CashPayment", id.uuid(), id.to_string(), Some(school));
                tally.accept(None, RowStatus::Created, change, None);
            }
        }
    }
    let changed: Vec<Balance> = touched.into_iter().filter_map(|code| balances.remove(code)).collect();
    changed.iter().for_each(|balance| tally.also(balance.change()));
    invoices::store(tx, &changed, batch.now).await?;
    entered.write(tx, batch).await?;
    tally.finish(tx, batch).await
}

type Closed = HashSet<(Uuid, i64)>;

/// Locks the ledgers of the schools and then the invoices, as settlement does; reads which months are closed.
async fn lock(
    tx: &Tx,
    batch: &Batch<'_>,
    rows: &[NewCashPayment],
) -> Result<(HashMap<String, Balance>, Closed), Error> {
    let codes: Vec<InvoiceCode> = rows.iter().map(|row| row.invoice.clone()).collect();
    let schools = invoices::schools_of(tx, &codes).await?;
    let reached = school_facts::in_reach(tx, batch.reach, schools).await?;
    ledgers::lock(tx, reached.keys().map(|school| Owner::School(*school))).await?;
    let locked = invoices::lock_by_codes(tx, &codes).await?;
    let in_reach = locked.into_iter().filter(|balance| reached.contains_key(&balance.invoice.school));
    let balances = in_reach.map(|balance| (balance.invoice.code.as_str().to_owned(), balance)).collect();
    let closings = cash_closings::Entity::find()
        .filter(cash_closings::Column::SchoolId.is_in(reached.keys().map(|school| school.uuid())));
    let closed = closings.all(tx.conn()).await?.into_iter().map(|row| (row.school_id, row.month)).collect();
    Ok((balances, closed))
}

/// The invoice to fill and the payer's name as it is stored, or why the cash cannot be taken so.
fn judge<'b>(
    row: &NewCashPayment,
    balance: Option<&'b mut Balance>,
    closed: &Closed,
    batch: &Batch<'_>,
) -> Result<(&'b mut Balance, Option<String>), Refusal> {
    let balance = balance.ok_or_else(|| Refusal::not_found("invoice").at("invoiceCode"))?;
    let invoice = &balance.invoice;
    let refuse = |field, code, en: &str, vi: &str| Err(Refusal::new(code, en, vi).at(field));
    match invoice.status {
        InvoiceStatus::Cancelled => {
            return refuse(
                "invoiceCode",
                "INVOICE_CANCELLED",
                "The invoice was cancelled.",
                "Phiếu báo thu đã bị hủy.",
            );
        }
        InvoiceStatus::Paid => {
            return refuse("invoiceCode", "INVOICE_PAID", "The invoice is paid already.", "Phiếu báo thu đã nộp đủ.");
        }
        InvoiceStatus::Open | InvoiceStatus::PartiallyPaid => {}
    }
    if !row.amount.is_positive() {
        return refuse("amount", "AMOUNT_INVALID", "An amount is greater than zero.", "Số tiền phải lớn hơn 0.");
    }
    if row.amount > invoice.open() {
        let en = format!("Only {} is open on this invoice.", invoice.open());
        let vi = format!("Phiếu báo thu chỉ còn phải nộp {}.", invoice.open());
        return refuse("amount", "AMOUNT_ABOVE_OPEN", &en, &vi);
    }
    let month = Month::of(row.paid_on).map_err(batch::bad_code("paidOn"))?;
    if row.paid_on > batch.now.vietnam_day() {
        return refuse(
            "paidOn",
            "PAID_ON_INVALID",
            "Cash is not taken in the future.",
            "Ngày thu không thể ở tương lai.",
        );
    }
    if closed.contains(&(invoice.school.uuid(), month.get().into())) {
        let en = "The cash of this month is closed.";
        return refuse("paidOn", "CASH_CLOSED", en, "Tiền mặt của tháng này đã được chốt.");
    }
    let payer = row.payer_name.as_deref().map(|name| batch::name("payerName", name, MAX_PAYER_CHARS)).transpose()?;
    Ok((balance, payer))
}

/// What the accepted rows write beside the invoices.
#[derive(Default)]
struct Entered {
    payments: Vec<cash_payments::ActiveModel>,
    allocations: Vec<allocations::ActiveModel>,
    lines: Vec<allocation_lines::ActiveModel>,
    postings: Postings,
    entries: Vec<Entry>,
}

impl Entered {
    fn enter(
        &mut self,
        row: &NewCashPayment,
        id: CashPaymentId,
        balance: &mut Balance,
        payer_name: Option<String>,
        batch: &Batch<'_>,
    ) -> Result<(), Error> {
        let filled = balance.fill(row.amount)?;
        let (school, invoice) = (balance.invoice.school, balance.invoice.id);
        let (actor, allocation) = (batch.reach.actor().to_owned(), AllocationId::new(batch.now).uuid());
        post(&mut self.postings, school, row.paid_on, row.amount, &filled)?;
        self.payments.push(
            cash_payments::Model {
                id: id.uuid(),
                school_id: school.uuid(),
                invoice_id: invoice.uuid(),
                amount: row.amount.get(),
                paid_on: row.paid_on,
                payer_name,
                actor: actor.clone(),
                created_at: batch.now,
            }
            .into_active_model(),
        );
        self.allocations.push(
            allocations::Model {
                id: allocation,
                school_id: school.uuid(),
                bank_transaction_id: None,
                cash_payment_id: Some(id.uuid()),
                invoice_id: invoice.uuid(),
                amount: row.amount.get(),
                origin: "HAND".to_owned(),
                reason: None,
                actor: actor.clone(),
                created_at: batch.now,
                undone_at: None,
                undone_by: None,
                undo_reason: None,
                undone_cause: None,
                client_id: balance.invoice.client.map(|client| client.uuid()),
                invoice_code: balance.invoice.code.as_str().to_owned(),
            }
            .into_active_model(),
        );
        self.lines.extend(filled.into_iter().map(|part| {
            allocation_lines::Model {
                allocation_id: allocation,
                invoice_line_id: part.line.uuid(),
                category: part.category.to_owned(),
                amount: part.amount.get(),
            }
            .into_active_model()
        }));
        let payload =
            json!({ "invoice": row.invoice.as_str(), "amount": row.amount, "paidOn": row.paid_on.to_string() });
        let owner = Owner::School(school);
        self.entries.push(Entry { owner, kind: "cash.recorded", subject: id.uuid(), actor, payload });
        Ok(())
    }

    async fn write(self, tx: &Tx, batch: &Batch<'_>) -> Result<(), Error> {
        bulk::insert(tx, self.payments).await?;
        bulk::insert(tx, self.allocations).await?;
        bulk::insert(tx, self.lines).await?;
        rollups::post(tx, self.postings).await?;
        audit::append(tx, self.entries, batch.now).await
    }
}

/// Posts a cash payment: it counts once in the total and once in each category that it reached.
pub(crate) fn post(
    postings: &mut Postings,
    school: SchoolId,
    paid_on: NaiveDate,
    amount: Vnd,
    filled: &[Filled],
) -> Result<(), Error> {
    let month = Month::of(paid_on).map_err(Error::internal)?;
    let mut parts: HashMap<&str, Vnd> = HashMap::from([(TOTAL, amount)]);
    for part in filled {
        let sum = parts.entry(part.category).or_default();
        *sum = sum.checked_add(part.amount).map_err(Error::internal)?;
    }
    for (category, amount) in parts {
        let method = PaymentMethod::Cash.code().to_owned();
        let grain = Grain { school, month, category: category.to_owned(), method };
        postings.add(grain, Sums { settled: rollups::Tally::one(amount), ..Sums::default() })?;
    }
    Ok(())
}

async fn visible(tx: &Tx, batch: &Batch<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    use cash_payments::Column;
    let mut visible = HashSet::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = cash_payments::Entity::find()
            .filter(Column::Id.is_in(some.iter().copied()))
            .filter(batch.reach.of_whole_school(Column::SchoolId));
        visible.extend(select.all(tx.conn()).await?.into_iter().map(|row| row.id));
    }
    Ok(visible)
}
