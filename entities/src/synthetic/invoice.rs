//! An invoice of a plan with its lines and its code, and how money fills it.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::draw::Draw;
use super::plan::{Account, School};
use crate::codes::InvoiceCode;
use crate::ids::InvoiceLineId;
use crate::invoices::Filled;
use crate::money::Vnd;
use crate::tables::{allocation_lines, allocations, invoice_lines, invoices, payment_references};
use crate::time::{Timestamp, start_of_day};

/// Whom an invoice is for and when it was issued.
pub(super) struct Issue<'a> {
    pub(super) school: &'a School,
    pub(super) account: &'a Account,
    pub(super) student: Uuid,
    /// The school year, as its place in the plan and as the calendar year in which it begins.
    pub(super) year: (usize, i32),
    pub(super) code: &'a InvoiceCode,
    pub(super) on: NaiveDate,
    /// How many fees of the account it asks for.
    pub(super) fees: usize,
}

pub(super) struct Invoice {
    pub(super) row: invoices::Model,
    pub(super) lines: Vec<invoice_lines::Model>,
    pub(super) reference: payment_references::Model,
    categories: Vec<&'static str>,
}

impl Invoice {
    pub(super) fn issue(draw: &mut Draw, issue: &Issue<'_>) -> Self {
        let (id, school) = (draw.key(), issue.school.id.uuid());
        let fees = &issue.account.fees[..issue.fees];
        let lines: Vec<_> = fees
            .iter()
            .zip(1..)
            .map(|(fee, position)| invoice_lines::Model {
                id: draw.key(),
                school_id: school,
                invoice_id: id,
                position,
                fee_id: fee.ids[issue.year.0],
                category: fee.category.code.to_owned(),
                description: fee.category.name_vi.to_owned(),
                amount: fee.amount,
                paid_amount: 0,
                opted_in_on: None,
            })
            .collect();
        let row = invoices::Model {
            id,
            school_id: school,
            code: issue.code.as_str().to_owned(),
            group_id: draw.key(),
            student_id: issue.student,
            bank_account_id: issue.account.id.uuid(),
            fund: issue.account.fund.code().to_owned(),
            school_year: i64::from(issue.year.1),
            amount: lines.iter().map(|line| line.amount).sum(),
            paid_amount: 0,
            status: "OPEN".to_owned(),
            issued_on: issue.on,
            due_on: issue.on.checked_add_days(Days::new(30)),
            client_id: None,
            synthetic: true,
            version: 0,
            created_at: start_of_day(issue.on),
            updated_at: start_of_day(issue.on),
        };
        let reference = payment_references::Model {
            reference: row.code.clone(),
            invoice_id: id,
            school_id: school,
            kind: "HUB_CODE".to_owned(),
        };
        Self { row, lines, reference, categories: fees.iter().map(|fee| fee.category.code).collect() }
    }

    /// What a payment of the whole amount does to the lines.
    pub(super) fn filled(&self) -> Vec<Filled> {
        let parts = self.lines.iter().zip(&self.categories);
        parts
            .map(|(line, category)| Filled {
                line: InvoiceLineId::from_uuid(line.id),
                category,
                amount: Vnd::new(line.amount),
            })
            .collect()
    }

    /// Marks it as paid in full.
    pub(super) fn pay(&mut self, now: Timestamp) {
        self.row.paid_amount = self.row.amount;
        self.row.status = "PAID".to_owned();
        self.row.version = 1;
        self.row.updated_at = now;
        for line in &mut self.lines {
            line.paid_amount = line.amount;
        }
    }

    /// The allocation of its whole amount.
    pub(super) fn allocation(&self, id: Uuid, now: Timestamp) -> (allocations::Model, Vec<allocation_lines::Model>) {
        let row = allocations::Model {
            id,
            school_id: self.row.school_id,
            bank_transaction_id: None,
            cash_payment_id: None,
            invoice_id: self.row.id,
            amount: self.row.amount,
            origin: "ROBOT".to_owned(),
            reason: None,
            actor: "hub".to_owned(),
            created_at: now,
            undone_at: None,
            undone_by: None,
            undone_cause: None,
            undo_reason: None,
            client_id: self.row.client_id,
            invoice_code: self.row.code.clone(),
        };
        let lines = self.lines.iter().map(|line| allocation_lines::Model {
            allocation_id: id,
            invoice_line_id: line.id,
            category: line.category.clone(),
            amount: line.amount,
        });
        (row, lines.collect())
    }
}
