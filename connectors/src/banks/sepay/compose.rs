//! Plays SePay: words a credit as its webhook would.

use super::{AUTHORIZATION, SIGNATURE, TIMESTAMP, sign, wire::Notification};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{self, Timestamp, Vietnam},
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, now: Timestamp) -> Result<Letter, ConfigFault> {
    if payment.status != Status::Settled {
        return Err(ConfigFault::NoWords("SePay tells settled transactions only"));
    }
    let body = serde_json::to_vec(&notification(payment)?)
        .map_err(|_| ConfigFault::NoWords("the payment cannot be written as JSON"))?;
    let key = credentials.first_key()?;
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    if credentials.setting("auth")? == "apikey" {
        let key = std::str::from_utf8(key.bytes()).map_err(|_| ConfigFault::BadKey("it is not text"))?;
        headers.push((AUTHORIZATION.to_owned(), format!("Apikey {key}")));
    } else {
        let seconds = time::seconds(now);
        headers.push((TIMESTAMP.to_owned(), seconds.to_string()));
        headers.push((SIGNATURE.to_owned(), sign(key, seconds, &body)));
    }
    Ok(Letter { method: "POST", path_tail: String::new(), query: String::new(), headers, body })
}

fn notification(payment: &Payment) -> Result<Notification<'_>, ConfigFault> {
    Ok(Notification {
        id: payment.transaction,
        gateway: "SANDBOX",
        transaction_date: Vietnam::Spaced
            .write(payment.occurred_at)
            .ok_or(ConfigFault::NoWords("the moment is outside the calendar"))?,
        account_number: &payment.account,
        sub_account: payment.virtual_account.as_deref(),
        code: payment.reference.as_deref(),
        content: &payment.content,
        transfer_type: "in",
        description: format!("BankAPINotify {}", payment.content),
        transfer_amount: payment.amount_vnd,
        accumulated: 0,
        reference_code: format!("SANDBOX{}", payment.transaction),
    })
}
