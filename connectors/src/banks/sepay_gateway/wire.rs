//! The gateway's own field names, and what they mean.

use serde::{Deserialize, Serialize};

use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    notice::{Assurance, Direction, Notice, Status},
    time::Vietnam,
    wire::{self, Decimal},
};

pub(super) const PAID: &str = "ORDER_PAID";
pub(super) const VOIDED: &str = "TRANSACTION_VOID";
pub(super) const CAPTURED: &str = "CAPTURED";
pub(super) const APPROVED: &str = "APPROVED";
pub(super) const VND: &str = "VND";

/// A notification, with the fields that we read; others are tolerated.
#[derive(Deserialize)]
struct Message {
    notification_type: String,
    order: Order,
    transaction: Transaction,
}

#[derive(Deserialize)]
struct Order {
    order_status: Option<String>,
    order_invoice_number: Option<String>,
    order_description: Option<String>,
}

#[derive(Deserialize)]
struct Transaction {
    id: Option<String>,
    transaction_id: Option<String>,
    payment_method: Option<String>,
    transaction_date: String,
    transaction_status: Option<String>,
    transaction_amount: Decimal,
    transaction_currency: Option<String>,
}

/// A notification as the gateway words it, for [`super::compose`].
#[derive(Serialize)]
pub(super) struct Notification<'a> {
    pub(super) timestamp: i64,
    pub(super) notification_type: &'a str,
    pub(super) order: NotifiedOrder<'a>,
    pub(super) transaction: NotifiedTransaction<'a>,
}

#[derive(Serialize)]
pub(super) struct NotifiedOrder<'a> {
    pub(super) order_status: &'a str,
    pub(super) order_currency: &'a str,
    pub(super) order_amount: String,
    pub(super) order_invoice_number: &'a str,
    pub(super) order_description: &'a str,
}

#[derive(Serialize)]
pub(super) struct NotifiedTransaction<'a> {
    pub(super) transaction_id: String,
    pub(super) payment_method: &'a str,
    pub(super) transaction_date: String,
    pub(super) transaction_status: &'a str,
    pub(super) transaction_amount: String,
    pub(super) transaction_currency: &'a str,
}

/// Reads a proven body.
pub(super) fn read(body: &[u8], assurance: Assurance) -> Opened {
    let message: Message = match wire::json(body) {
        Ok(message) => message,
        Err(reason) => return Opened::Unreadable(reason),
    };
    let status = status(&message);
    let (event_id, transaction_id) = match identity(&message) {
        Ok(id) => (wire::event_id(&id, status), id),
        Err(reason) => return Opened::Unreadable(reason),
    };
    match notice(message, status, &event_id, &transaction_id, assurance) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => Opened::Unreadable(reason.named(event_id, transaction_id)),
    }
}

/// The status map of the README. Paid needs three words that agree; what is not listed waits.
fn status(message: &Message) -> Status {
    let order = message.order.order_status.as_deref();
    let transaction = message.transaction.transaction_status.as_deref();
    match (message.notification_type.as_str(), order, transaction) {
        (PAID, Some(CAPTURED), Some(APPROVED)) => Status::Settled,
        (VOIDED, ..) => Status::Reversed,
        _ => Status::Waiting,
    }
}

fn notice(
    message: Message,
    status: Status,
    event_id: &str,
    transaction_id: &str,
    assurance: Assurance,
) -> Result<Notice, Reason> {
    let Message { order, transaction, .. } = message;
    if transaction.transaction_currency.is_some_and(|currency| currency != VND) {
        return Err(Reason::new(Drift::Amount, "transaction.transaction_currency"));
    }
    let order_reference = wire::text("order.order_invoice_number", order.order_invoice_number)?;
    Ok(Notice {
        event_id: event_id.to_owned(),
        transaction_id: transaction_id.to_owned(),
        status,
        amount_vnd: wire::amount("transaction.transaction_amount", transaction.transaction_amount.0)?,
        direction: Direction::In,
        account: None,
        virtual_account: None,
        reference: wire::code_of(order_reference.as_deref()),
        order_reference,
        content: wire::text("order.order_description", order.order_description)?,
        payer_name: None,
        payer_account: None,
        method: (transaction.payment_method.as_deref() == Some("CARD")).then_some("CARD"),
        bank_reference: None,
        occurred_at: Some(wire::moment(
            "transaction.transaction_date",
            Vietnam::Spaced.read(&transaction.transaction_date),
        )?),
        assurance,
    })
}

/// The transaction's number, else its key at SePay, else the order together with the time.
fn identity(message: &Message) -> Result<String, Reason> {
    let Transaction { id, transaction_id, transaction_date, .. } = &message.transaction;
    if let Some(number) = wire::stated(transaction_id.as_deref()) {
        return wire::identifier("transaction.transaction_id", number);
    }
    if let Some(key) = wire::stated(id.as_deref()) {
        return wire::identifier("transaction.id", key);
    }
    let order = message.order.order_invoice_number.as_deref().unwrap_or_default();
    Ok(format!("{}@{transaction_date}", wire::identifier("order.order_invoice_number", order)?))
}
