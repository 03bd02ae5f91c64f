//! Plays payOS: words a payment to a payment link as its webhook would.

use serde_json::{Value, json};

use super::{
    sign,
    signature::signed_text,
    wire::{CURRENCY, SUCCESS, Transfer},
};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{Timestamp, Vietnam},
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, _now: Timestamp) -> Result<Letter, ConfigFault> {
    if payment.status != Status::Settled {
        return Err(ConfigFault::NoWords("payOS tells settled payments only"));
    }
    let Ok(Value::Object(data)) = serde_json::to_value(transfer(payment)?) else {
        return Err(ConfigFault::NOT_JSON);
    };
    let signature = sign(credentials.first_key()?, &signed_text(&data));
    let body = json!({ "code": SUCCESS, "desc": "success", "success": true, "data": data, "signature": signature });
    Ok(Letter::posted([], body.to_string()))
}

fn transfer(payment: &Payment) -> Result<Transfer<'_>, ConfigFault> {
    Ok(Transfer {
        order_code: payment.transaction,
        amount: payment.amount_vnd,
        description: &payment.content,
        account_number: &payment.account,
        reference: payment.transaction.to_string(),
        transaction_date_time: Vietnam::Spaced.write(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?,
        currency: CURRENCY,
        payment_link_id: format!("sandbox{}", payment.transaction),
        code: SUCCESS,
        desc: "success",
        counter_account_bank_id: None,
        counter_account_bank_name: None,
        counter_account_name: payment.payer_name.as_deref(),
        counter_account_number: None,
        virtual_account_name: "",
        virtual_account_number: payment.virtual_account.as_deref().unwrap_or_default(),
    })
}
