//! The bodies of calls. Fields that are not named here are tolerated.

use serde::Deserialize;

use crate::{
    banks::Reason,
    bill::{Asked, Payer, Payment},
    fault::Drift,
    notice::{self, Assurance, Direction, Notice, Status},
    time,
    wire::{self, Whole},
};

/// The longest reference of a bank.
const REFERENCE_BYTES: usize = 64;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inquiry {
    invoice_code: Option<String>,
    virtual_account: Option<String>,
    student_code: Option<String>,
}

/// A payment as a call, a line of a file or an entry of a list tells it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pay {
    pub(super) bank_reference: String,
    pub(super) account: String,
    pub(super) invoice_code: Option<String>,
    pub(super) virtual_account: Option<String>,
    pub(super) amount: Whole,
    pub(super) paid_at: String,
    pub(super) payer_name: Option<String>,
    pub(super) content: Option<String>,
    pub(super) channel: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusOf {
    bank_reference: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reverse {
    bank_reference: String,
    amount: Whole,
}

pub(super) fn inquiry(body: &[u8]) -> Result<Asked, Reason> {
    let Inquiry { invoice_code, virtual_account, student_code } = wire::json(body)?;
    payer(invoice_code, virtual_account, student_code).map(Asked::Inquiry)
}

pub(super) fn pay(body: &[u8]) -> Result<Asked, Reason> {
    let pay: Pay = wire::json(body)?;
    pay.payment().map(|payment| Asked::Pay(Box::new(payment)))
}

pub(super) fn status(body: &[u8]) -> Result<Asked, Reason> {
    let StatusOf { bank_reference } = wire::json(body)?;
    Ok(Asked::Status { bank_reference: reference(bank_reference)? })
}

pub(super) fn reverse(body: &[u8]) -> Result<Asked, Reason> {
    let Reverse { bank_reference, amount } = wire::json(body)?;
    Ok(Asked::Reverse { bank_reference: reference(bank_reference)?, amount_vnd: wire::amount("amount", amount.0)? })
}

impl Pay {
    pub(super) fn payment(self) -> Result<Payment, Reason> {
        let bank_reference = reference(self.bank_reference)?;
        let payer = payer(self.invoice_code, self.virtual_account, None)?;
        let (invoice_code, virtual_account) = match &payer {
            Payer::VirtualAccount(number) => (None, Some(number.clone())),
            Payer::Invoice(code) | Payer::Student(code) => (Some(code.clone()), None),
        };
        let amount_vnd = wire::amount("amount", self.amount.0)?;
        let notice = Notice {
            event_id: wire::event_id(&bank_reference, Status::Settled),
            transaction_id: bank_reference.clone(),
            status: Status::Settled,
            amount_vnd,
            direction: Direction::In,
            account: Some(wire::identifier("account", &self.account)?),
            virtual_account,
            order_reference: invoice_code.clone(),
            reference: invoice_code,
            content: wire::text("content", self.content)?,
            payer_name: wire::text("payerName", self.payer_name)?,
            payer_account: None,
            method: self.channel.as_deref().and_then(notice::method),
            bank_reference: Some(bank_reference.clone()),
            occurred_at: Some(wire::moment("paidAt", time::read_rfc3339(&self.paid_at))?),
            assurance: Assurance::High,
        };
        Ok(Payment { bank_reference, payer, amount_vnd, notice })
    }
}

/// One of the three, and no other one beside it.
fn payer(invoice: Option<String>, account: Option<String>, student: Option<String>) -> Result<Payer, Reason> {
    let named = |field, value: &str| wire::identifier(field, value);
    match (invoice, account, student) {
        (Some(code), None, None) => named("invoiceCode", &code).map(Payer::Invoice),
        (None, Some(number), None) => named("virtualAccount", &number).map(Payer::VirtualAccount),
        (None, None, Some(code)) => named("studentCode", &code).map(Payer::Student),
        _ => Err(Reason::whole(Drift::Shape)),
    }
}

/// A bank's reference: 1 to 64 letters, digits and `. _ : / -`, the first a letter or digit, so that no spreadsheet takes it for
/// a formula.
pub(super) fn reference(text: String) -> Result<String, Reason> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'/' | b'-');
    let begins = text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
    if begins && text.len() <= REFERENCE_BYTES && text.bytes().all(allowed) {
        Ok(text)
    } else {
        Err(Reason::new(Drift::NoIdentity, "bankReference"))
    }
}
