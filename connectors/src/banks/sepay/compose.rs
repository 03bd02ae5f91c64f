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
    let body = serde_json::to_vec(&notification(payment)?).map_err(|_| ConfigFault::NOT_JSON)?;
    if credentials.setting("auth")? == "apikey" {
        return Ok(Letter::posted([(AUTHORIZATION, format!("Apikey {}", credentials.first_key_text()?))], body));
    }
    let seconds = time::seconds(now);
    let signature = sign(credentials.first_key()?, seconds, &body);
    Ok(Letter::posted([(TIMESTAMP, seconds.to_string()), (SIGNATURE, signature)], body))
}

fn notification(payment: &Payment) -> Result<Notification<'_>, ConfigFault> {
    Ok(Notification {
        id: payment.transaction,
        gateway: "SANDBOX",
        transaction_date: Vietnam::Spaced.write(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?,
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
