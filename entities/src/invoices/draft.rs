//! Drawing up invoices: each line is judged by the law, and lines of several accounts become one invoice per account.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{InvoiceStatus, ReferenceKind};
use crate::batch;
use crate::catalogues::{Charge, Ownership, may_charge};
use crate::codes::{InvoiceCode, SchoolYear};
use crate::error::Refusal;
use crate::fees::Fee;
use crate::ids::{ClientId, FeeId, InvoiceId, InvoiceLineId, SchoolId, StudentId};
use crate::matching::normalise_reference;
use crate::money::Vnd;
use crate::students;
use crate::tables::{invoice_lines, invoices, payment_references};
use crate::time::Timestamp;

/// Lines asked for at once at most: a family reads them on a phone.
pub const MAX_LINES: usize = 50;
/// Payment references beside the hub's own at most.
pub const MAX_REFERENCES: usize = 5;
const MAX_DESCRIPTION_CHARS: usize = 200;

/// What a school asks a family for.
#[derive(Clone, Debug)]
pub struct NewInvoice {
    /// The caller's own id, by which a repeat is known; only for clients.
    pub external_id: Option<String>,
    /// Who asks.
    pub school: SchoolId,
    /// For whom: a student who is or was enrolled there.
    pub student: students::Key,
    /// What for, 1 to [`MAX_LINES`], of one school year.
    pub lines: Vec<NewInvoiceLine>,
    /// The day of issue; none is today.
    pub issued_on: Option<NaiveDate>,
    /// The last day on which to pay. Invoices for money that is given freely get none.
    pub due_on: Option<NaiveDate>,
    /// The vendor's own payment codes, at most [`MAX_REFERENCES`].
    pub references: Vec<String>,
}

/// A line of it.
#[derive(Clone, Debug)]
pub struct NewInvoiceLine {
    /// What for: an open fee of the school.
    pub fee: FeeId,
    /// How much; none takes the amount of the fee.
    pub amount: Option<Vnd>,
    /// The words that families read; none takes the name of the fee.
    pub description: Option<String>,
    /// The day on which the family agreed to pay.
    pub opted_in_on: Option<NaiveDate>,
}

/// An invoice that is not yet written; its code comes last.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Draft {
    pub(super) invoice: invoices::Model,
    pub(super) lines: Vec<invoice_lines::Model>,
    pub(super) references: Vec<payment_references::Model>,
}

impl Draft {
    /// Gives it its code, which is also the first of its payment references.
    pub(super) fn number(&mut self, code: &InvoiceCode) {
        self.invoice.code = code.as_str().to_owned();
        self.references.push(reference(&self.invoice, code.as_str().to_owned(), ReferenceKind::HubCode));
    }
}

/// What a row is judged by.
pub(super) struct Ground<'a> {
    pub(super) student: StudentId,
    pub(super) fees: &'a HashMap<FeeId, Fee>,
    pub(super) ownership: Ownership,
    pub(super) client: Option<ClientId>,
    pub(super) now: Timestamp,
}

/// The invoices of a row, one per account in the order of their first lines, or why there can be none.
pub(super) fn draw_up(row: &NewInvoice, ground: &Ground<'_>) -> Result<Vec<Draft>, Refusal> {
    let today = ground.now.vietnam_day();
    let issued_on = row.issued_on.unwrap_or(today);
    if row.due_on.is_some_and(|due| due < issued_on) {
        return Err(invalid(
            "dueOn",
            "DUE_DATE_INVALID",
            "The due day lies before the day of issue.",
            "Hạn nộp trước ngày lập.",
        ));
    }
    if row.lines.is_empty() || row.lines.len() > MAX_LINES {
        let (en, vi) =
            (format!("1 to {MAX_LINES} lines are asked for at once."), format!("Cần từ 1 đến {MAX_LINES} dòng."));
        return Err(invalid("lines", "LINES_INVALID", en, vi));
    }
    let references = references(row)?;
    let mut drafts: Vec<Draft> = Vec::new();
    for (place, line) in row.lines.iter().enumerate() {
        let at = |refusal: Refusal| prefixed(refusal, place);
        let fee = ground.fees.get(&line.fee).filter(|fee| fee.school == row.school && fee.closed_at.is_none());
        let fee = fee.ok_or_else(|| at(Refusal::not_found("fee").at("feeId")))?;
        let drawn = draw_line(line, fee, ground.ownership, today).map_err(at)?;
        if drafts.first().is_some_and(|draft| draft.invoice.school_year != start(fee.school_year)) {
            return Err(at(mixed_years()));
        }
        let account = fee.account.uuid();
        let found = drafts.iter().position(|draft| draft.invoice.bank_account_id == account);
        let draft = match found {
            Some(place) => &mut drafts[place],
            None => {
                drafts.push(begin(row, fee, ground, issued_on));
                let last = drafts.len() - 1;
                &mut drafts[last]
            }
        };
        add(draft, drawn).map_err(at)?;
    }
    finish(row, drafts, references)
}

fn begin(row: &NewInvoice, fee: &Fee, ground: &Ground<'_>, issued_on: NaiveDate) -> Draft {
    let free_will = fee.category.group.is_free_will();
    let invoice = invoices::Model {
        id: InvoiceId::new(ground.now).uuid(),
        school_id: row.school.uuid(),
        code: String::new(),
        group_id: Uuid::nil(),
        student_id: ground.student.uuid(),
        bank_account_id: fee.account.uuid(),
        fund: fee.category.group.code().to_owned(),
        school_year: start(fee.school_year),
        amount: 0,
        paid_amount: 0,
        status: InvoiceStatus::Open.as_str().to_owned(),
        issued_on,
        due_on: row.due_on.filter(|_| !free_will),
        client_id: ground.client.map(ClientId::uuid),
        synthetic: true,
        version: 0,
        created_at: ground.now,
        updated_at: ground.now,
    };
    Draft { invoice, lines: Vec::new(), references: Vec::new() }
}

/// A line that is not yet on an invoice.
fn draw_line(
    line: &NewInvoiceLine,
    fee: &Fee,
    ownership: Ownership,
    today: NaiveDate,
) -> Result<invoice_lines::Model, Refusal> {
    let opted_in_on = line.opted_in_on;
    if opted_in_on.is_some_and(|day| day > today) {
        return Err(invalid(
            "optedInOn",
            "OPT_IN_INVALID",
            "A consent lies in the past.",
            "Ngày đồng ý không thể ở tương lai.",
        ));
    }
    let charge = Charge {
        category: fee.category,
        ownership,
        owed_for: fee.arrears_of.unwrap_or(fee.school_year),
        opted_in: opted_in_on.is_some(),
        has_due_date: false,
    };
    may_charge(&charge).map_err(|forbidden| {
        let en = format!("{} Legal basis: {}.", forbidden.reason, forbidden.legal_basis);
        let vi = format!("{} Căn cứ: {}.", forbidden.reason_vi, forbidden.legal_basis);
        invalid(if forbidden.code == "OPT_IN_MISSING" { "optedInOn" } else { "feeId" }, forbidden.code, en, vi)
    })?;
    let amount = line.amount.or(fee.amount).ok_or_else(|| batch::required("amount"))?;
    if !amount.is_positive() {
        return Err(invalid("amount", "AMOUNT_INVALID", "An amount is greater than zero.", "Số tiền phải lớn hơn 0."));
    }
    Ok(invoice_lines::Model {
        id: Uuid::nil(),
        school_id: fee.school.uuid(),
        invoice_id: Uuid::nil(),
        position: 0,
        fee_id: fee.id.uuid(),
        category: fee.category.code.to_owned(),
        description: match &line.description {
            Some(text) => batch::name("description", text, MAX_DESCRIPTION_CHARS)?,
            None => fee.name.clone(),
        },
        amount: amount.get(),
        paid_amount: 0,
        opted_in_on,
    })
}

fn add(draft: &mut Draft, line: invoice_lines::Model) -> Result<(), Refusal> {
    let sum = Vnd::new(draft.invoice.amount).checked_add(Vnd::new(line.amount));
    let overflow = |_| invalid("amount", "AMOUNT_INVALID", "The sum is too large.", "Tổng số tiền quá lớn.");
    draft.invoice.amount = sum.map_err(overflow)?.get();
    let position = i64::try_from(draft.lines.len()).unwrap_or(i64::MAX).saturating_add(1);
    let id = InvoiceLineId::new(draft.invoice.created_at).uuid();
    draft.lines.push(invoice_lines::Model { id, invoice_id: draft.invoice.id, position, ..line });
    Ok(())
}

/// Ties the invoices into a group, which the first one names, and gives each the vendor's codes.
fn finish(row: &NewInvoice, mut drafts: Vec<Draft>, references: Vec<String>) -> Result<Vec<Draft>, Refusal> {
    if row.due_on.is_some() && drafts.iter().all(|draft| draft.invoice.due_on.is_none()) {
        let en = "Voluntary money and sponsorship have no due date: nobody can be late with them.";
        return Err(invalid("dueOn", "DUE_DATE_NOT_ALLOWED", en, "Khoản tự nguyện và tài trợ không có hạn nộp."));
    }
    let group = drafts.first().map_or(Uuid::nil(), |draft| draft.invoice.id);
    for draft in &mut drafts {
        draft.invoice.group_id = group;
        draft.references =
            references.iter().map(|word| reference(&draft.invoice, word.clone(), ReferenceKind::VendorCode)).collect();
    }
    Ok(drafts)
}

fn references(row: &NewInvoice) -> Result<Vec<String>, Refusal> {
    if row.references.len() > MAX_REFERENCES {
        let en = format!("At most {MAX_REFERENCES} payment references are kept.");
        let vi = format!("Tối đa {MAX_REFERENCES} mã thanh toán.");
        return Err(invalid("paymentReferences", "REFERENCE_INVALID", en, vi));
    }
    let mut words = Vec::new();
    for text in &row.references {
        let word = normalise_reference(text).map_err(batch::bad_code("paymentReferences"))?;
        if word.len() == InvoiceCode::LENGTH && InvoiceCode::parse(&word).is_ok() {
            let en = "A payment reference must not look like an invoice code of the hub.";
            let vi = "Mã thanh toán không được trùng dạng mã phiếu báo thu của hệ thống.";
            return Err(invalid("paymentReferences", "REFERENCE_INVALID", en, vi));
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

fn reference(invoice: &invoices::Model, reference: String, kind: ReferenceKind) -> payment_references::Model {
    payment_references::Model {
        reference,
        invoice_id: invoice.id,
        school_id: invoice.school_id,
        kind: kind.as_str().to_owned(),
    }
}

fn start(year: SchoolYear) -> i64 {
    year.start_year().into()
}

fn mixed_years() -> Refusal {
    let en = "The lines belong to several school years; ask for each year by itself.";
    invalid("feeId", "SCHOOL_YEARS_MIXED", en, "Các dòng thuộc nhiều năm học; hãy lập riêng cho từng năm học.")
}

fn invalid(field: &str, code: &'static str, message: impl Into<String>, message_vi: impl Into<String>) -> Refusal {
    Refusal::new(code, message, message_vi).at(field)
}

/// The same refusal, pointing into the line.
fn prefixed(refusal: Refusal, place: usize) -> Refusal {
    let field = refusal.field.as_deref().unwrap_or_default().to_owned();
    refusal.at(format!("lines.{place}.{field}"))
}
