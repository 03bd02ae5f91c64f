//! Issuing and cancelling invoices.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, Object};
use entities::batch::{Batch, RowResult};
use entities::codes::{DEFAULT_PREFIX, InvoiceCode};
use entities::idempotency::Attempt;
use entities::ids::{FeeId, InvoiceId, SchoolId};
use entities::invoices::{self, Issue, NewInvoice, NewInvoiceLine};
use entities::{Refusal, transaction};

use super::attempt;
use super::bank_account::made;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code, or_refused};
use crate::graphql::node_id;
use crate::graphql::query::fee::school_named;
use crate::graphql::scalars::{Day, Vnd};
use crate::graphql::types::invoice::{Invoice, InvoiceGroup};
use crate::graphql::types::row::{Parsed, Rows};
use crate::graphql::types::student_key::StudentKey;

/// What a school asks its families for (lập phiếu báo thu).
#[derive(Clone, Debug, InputObject)]
pub struct CreateInvoicesInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input issues nothing again, with
    /// another input it is refused.
    pub idempotency_key: String,
    /// The school's code (mã trường).
    pub school_code: String,
    /// The invoices (phiếu báo thu), at most 500.
    pub invoices: Vec<InvoiceInput>,
}

/// What one family is asked for (phiếu báo thu). Lines of several accounts become one invoice per account.
#[derive(Clone, Debug, InputObject)]
pub struct InvoiceInput {
    /// The caller's own id (mã riêng), by which a repeat is known; only for clients. Null names none.
    pub external_id: Option<String>,
    /// The student (học sinh), who is or was at the school.
    pub student: StudentKey,
    /// What for (các khoản): 1 to 50 lines of one school year.
    pub lines: Vec<InvoiceLineInput>,
    /// The last day on which to pay (hạn nộp); null sets none. Money that is given freely never gets one.
    pub due_on: Option<Day>,
    /// The caller's own payment codes (mã thanh toán): up to 5, each 6 to 25 letters and digits with at least one of each,
    /// naming one student of the school.
    #[graphql(default)]
    pub payment_references: Vec<String>,
}

/// A line of it (một khoản).
#[derive(Clone, Debug, InputObject)]
pub struct InvoiceLineInput {
    /// The global id of the fee (khoản thu).
    pub fee_id: ID,
    /// How much (số tiền); null takes the amount of the fee.
    pub amount: Option<Vnd>,
    /// The words that families read (nội dung); null takes the name of the fee.
    pub description: Option<String>,
    /// The day on which the family agreed to pay (ngày đồng ý); a voluntary fee needs it. Null records no consent.
    pub opted_in_on: Option<Day>,
}

/// Invoices to be asked for no longer (hủy phiếu báo thu).
#[derive(Clone, Debug, InputObject)]
pub struct CancelInvoicesInput {
    /// Their codes (mã phiếu báo thu), at most 500.
    pub codes: Vec<String>,
}

/// What is done with invoices.
#[derive(Default)]
pub struct InvoiceMutation;

#[Object]
impl InvoiceMutation {
    /// Issues invoices of a school (lập phiếu báo thu).
    async fn create_invoices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school and what it asks for.")] input: CreateInvoicesInput,
    ) -> Result<Rows<InvoiceGroup>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("createInvoices")?;
        let attempt = attempt(request, "createInvoices", &input.idempotency_key, &input)?;
        Ok(match or_refused(create(request, &attempt, input).await)? {
            Err(refused) => Rows::refused(refused),
            Ok(results) => {
                let groups: Vec<_> = made(&results).map(InvoiceId::from_uuid).collect();
                let found = invoices::by_groups(request.db(), &request.reach, &groups).await?;
                let seen = found.into_iter().map(|(id, group)| {
                    (id.uuid(), InvoiceGroup { invoices: group.into_iter().map(Invoice::from).collect() })
                });
                Rows::of(results, &seen.collect::<HashMap<_, _>>())
            }
        })
    }

    /// Cancels invoices on which nothing was paid (hủy phiếu báo thu).
    async fn cancel_invoices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The codes of the invoices.")] input: CancelInvoicesInput,
    ) -> Result<Rows<Invoice>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("cancelInvoices")?;
        Ok(match or_refused(cancel(request, input).await)? {
            Err(refused) => Rows::refused(refused),
            Ok(results) => {
                let ids: Vec<_> = made(&results).map(InvoiceId::from_uuid).collect();
                let found = invoices::by_ids(request.db(), &request.reach, &ids).await?;
                let seen = found.into_iter().map(|(id, invoice)| (id.uuid(), Invoice::from(invoice)));
                Rows::of(results, &seen.collect::<HashMap<_, _>>())
            }
        })
    }
}

async fn create(
    request: &Request,
    attempt: &Attempt,
    input: CreateInvoicesInput,
) -> Result<Vec<RowResult>, entities::Error> {
    let school = school_named(request, &input.school_code).await?;
    let parsed = Parsed::read(input.invoices, |row| row.external_id.clone(), |row| invoice(school, row))?;
    let batch = Batch { reach: &request.reach, attempt: Some(attempt), now: request.now };
    let issue = Issue { batch, prefix: DEFAULT_PREFIX };
    let results = transaction!(request.db(), |tx| invoices::create(tx, &issue, &parsed.rows).await)?;
    Ok(parsed.with(results))
}

/// The row in the ledger's words.
pub(in crate::graphql) fn invoice(school: SchoolId, row: InvoiceInput) -> Result<NewInvoice, Refusal> {
    let lines = row.lines.into_iter().enumerate().map(|(place, row)| {
        let at = |refusal: Refusal| refusal.at(format!("lines.{place}.feeId"));
        Ok(NewInvoiceLine {
            fee: FeeId::from_uuid(node_id::row("Fee", &row.fee_id).map_err(at)?),
            amount: row.amount.map(|amount| amount.0),
            description: row.description,
            opted_in_on: row.opted_in_on.map(|day| day.0),
        })
    });
    Ok(NewInvoice {
        external_id: row.external_id,
        school,
        student: row.student.try_into()?,
        lines: lines.collect::<Result<_, Refusal>>()?,
        issued_on: None,
        due_on: row.due_on.map(|day| day.0),
        references: row.payment_references,
    })
}

async fn cancel(request: &Request, input: CancelInvoicesInput) -> Result<Vec<RowResult>, entities::Error> {
    let parsed = Parsed::read(input.codes, |_| None, |code| InvoiceCode::parse(&code).map_err(bad_code("codes")))?;
    let batch = Batch { reach: &request.reach, attempt: None, now: request.now };
    let results = transaction!(request.db(), |tx| invoices::cancel(tx, &batch, &parsed.rows).await)?;
    Ok(parsed.with(results))
}
