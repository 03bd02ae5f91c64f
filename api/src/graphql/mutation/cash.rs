//! Taking cash and closing a month's cash.

use std::collections::HashMap;

use async_graphql::{Context, InputObject, Object};
use entities::batch::{Batch, RowResult};
use entities::cash::{self, Closing, NewCashPayment};
use entities::codes::{InvoiceCode, Month};
use entities::idempotency::Attempt;
use entities::ids::{CashClosingId, CashPaymentId};
use entities::{Refusal, transaction};

use super::attempt;
use super::bank_account::made;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code, or_refused};
use crate::graphql::query::fee::school_named;
use crate::graphql::scalars::{Day, Vnd};
use crate::graphql::types::cash::{CashClosing, CashPayment, CloseCashPayload};
use crate::graphql::types::row::{Parsed, Rows};

/// Cash that was taken at the desk (ghi nhận thu tiền mặt).
#[derive(Clone, Debug, InputObject)]
pub struct RecordCashPaymentsInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input records nothing again, with
    /// another input it is refused.
    pub idempotency_key: String,
    /// The payments (các lần thu), at most 500.
    pub payments: Vec<CashPaymentInput>,
}

/// Cash for one invoice (một lần thu tiền mặt).
#[derive(Clone, Debug, InputObject)]
pub struct CashPaymentInput {
    /// The code of the invoice that it pays, wholly or in part (mã phiếu báo thu).
    pub invoice_code: String,
    /// How much (số tiền): never more than is open.
    pub amount: Vnd,
    /// The day on which it was taken (ngày thu), in a month whose cash is not closed.
    pub paid_on: Day,
    /// Who paid (người nộp); null when nobody asked.
    pub payer_name: Option<String>,
}

/// A month whose cash is counted (chốt tiền mặt của tháng).
#[derive(Clone, Debug, InputObject)]
pub struct CloseCashInput {
    /// The school's code (mã trường).
    pub school_code: String,
    /// The month, which is over, as `2026-10` (tháng).
    pub month: String,
    /// Cash payments that were taken outside the hub (số lần thu ngoài hệ thống); zero when there were none.
    pub outside_count: i64,
    /// Their amount (số tiền thu ngoài hệ thống).
    pub outside_amount: Vnd,
}

/// What is done with cash.
#[derive(Default)]
pub struct CashMutation;

#[Object]
impl CashMutation {
    /// Records cash payments (ghi nhận thu tiền mặt): each fills the lines of its invoice and counts as not cashless.
    async fn record_cash_payments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payments.")] input: RecordCashPaymentsInput,
    ) -> Result<Rows<CashPayment>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("recordCashPayments")?;
        let attempt = attempt(request, "recordCashPayments", &input.idempotency_key, &input)?;
        Ok(match or_refused(record(request, &attempt, input).await)? {
            Err(refused) => Rows::refused(refused),
            Ok(results) => {
                let ids: Vec<_> = made(&results).map(CashPaymentId::from_uuid).collect();
                let found = cash::by_ids(request.db(), &request.reach, &ids).await?;
                let seen = found.into_iter().map(|(id, payment)| (id.uuid(), CashPayment::from(payment)));
                Rows::of(results, &seen.collect::<HashMap<_, _>>())
            }
        })
    }

    /// Closes a school's cash for a month (chốt tiền mặt): from then on its share of cashless payment is known.
    async fn close_cash(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school, the month and what was taken outside the hub.")] input: CloseCashInput,
    ) -> Result<CloseCashPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("closeCash")?;
        Ok(match or_refused(close(request, input).await)? {
            Err(user_errors) => CloseCashPayload { cash_closing: None, user_errors },
            Ok(id) => {
                let found = cash::closing(request.db(), &request.reach, id).await?;
                CloseCashPayload { cash_closing: found.map(CashClosing::from), user_errors: Vec::new() }
            }
        })
    }
}

async fn record(
    request: &Request,
    attempt: &Attempt,
    input: RecordCashPaymentsInput,
) -> Result<Vec<RowResult>, entities::Error> {
    let parsed = Parsed::read(input.payments, |_| None, payment)?;
    let batch = Batch { reach: &request.reach, attempt: Some(attempt), now: request.now };
    let results = transaction!(request.db(), |tx| cash::record(tx, &batch, &parsed.rows).await)?;
    Ok(parsed.with(results))
}

fn payment(row: CashPaymentInput) -> Result<NewCashPayment, Refusal> {
    Ok(NewCashPayment {
        invoice: InvoiceCode::parse(&row.invoice_code).map_err(bad_code("invoiceCode"))?,
        amount: row.amount.0,
        paid_on: row.paid_on.0,
        payer_name: row.payer_name,
    })
}

async fn close(request: &Request, input: CloseCashInput) -> Result<CashClosingId, entities::Error> {
    let closing = Closing {
        school: school_named(request, &input.school_code).await?,
        month: Month::parse(&input.month).map_err(bad_code("month"))?,
        outside_count: input.outside_count,
        outside_amount: input.outside_amount.0,
    };
    let batch = Batch { reach: &request.reach, attempt: None, now: request.now };
    transaction!(request.db(), |tx| cash::close(tx, &batch, closing).await)
}
