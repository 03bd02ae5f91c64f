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
        transaction_date: Vietnam::Spaced.write(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?,
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
    let body = serde_json::to_vec(&notification).map_err(|_| ConfigFault::NOT_JSON)?;
    Ok(Letter::posted([("Authorization", format!("Apikey {}", credentials.first_key_text()?))], body))
}
