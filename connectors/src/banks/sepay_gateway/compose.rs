//! Plays SePay's payment gateway: words a paid or a voided order as its IPN would.

use super::{
    SECRET_KEY,
    wire::{APPROVED, CAPTURED, Notification, NotifiedOrder, NotifiedTransaction, PAID, VND, VOIDED},
};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{self, Timestamp, Vietnam},
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, now: Timestamp) -> Result<Letter, ConfigFault> {
    let kind = match payment.status {
        Status::Settled => PAID,
        Status::Reversed => VOIDED,
        Status::Waiting | Status::Failed | Status::Suspicious | Status::Refunded => {
            return Err(ConfigFault::NoWords("SePay's gateway tells paid orders and voided transactions only"));
        }
    };
    let order = payment.reference.as_deref().ok_or(ConfigFault::NoWords("the gateway always names an order"))?;
    let notification = Notification {
        timestamp: time::seconds(now),
        notification_type: kind,
        order: NotifiedOrder {
            order_status: CAPTURED,
            order_currency: VND,
            order_amount: format!("{}.00", payment.amount_vnd),
            order_invoice_number: order,
            order_description: &payment.content,
        },
        transaction: NotifiedTransaction {
            transaction_id: payment.transaction.to_string(),
            payment_method: "BANK_TRANSFER",
            transaction_date: Vietnam::Spaced.write(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?,
            transaction_status: APPROVED,
            transaction_amount: payment.amount_vnd.to_string(),
            transaction_currency: VND,
        },
    };
    let body = serde_json::to_vec(&notification).map_err(|_| ConfigFault::NOT_JSON)?;
    Ok(Letter::posted([(SECRET_KEY, credentials.first_key_text()?.to_owned())], body))
}
