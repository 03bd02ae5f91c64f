//! Plays SePay BankHub: words a credit as its webhook would.

use super::wire::Notification;
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{Timestamp, Vietnam},
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, _now: Timestamp) -> Result<Letter, ConfigFault> {
    if payment.status != Status::Settled {
        return Err(ConfigFault::NoWords("BankHub tells settled transactions only"));
    }
    let notification = Notification {
        gateway: "SANDBOX",
        transaction_date: Vietnam::Spaced
            .write(payment.occurred_at)
            .ok_or(ConfigFault::NoWords("the moment is outside the calendar"))?,
        account_number: &payment.account,
        bank_account_xid: "sandbox",
        va: payment.virtual_account.as_deref(),
        payment_code: payment.reference.as_deref(),
        content: &payment.content,
        transfer_type: "credit",
        amount: payment.amount_vnd,
        reference_code: format!("SANDBOX{}", payment.transaction),
        accumulated: 0,
        transaction_id: payment.transaction.to_string(),
    };
    let body =
        serde_json::to_vec(&notification).map_err(|_| ConfigFault::NoWords("the payment cannot be written as JSON"))?;
    let key = credentials.first_key()?.bytes();
    let key = std::str::from_utf8(key).map_err(|_| ConfigFault::BadKey("it is not text"))?;
    let headers = vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("Authorization".to_owned(), format!("Apikey {key}")),
    ];
    Ok(Letter { method: "POST", path_tail: String::new(), query: String::new(), headers, body })
}
