//! Plays Casso: words a credit as its webhook of either version would.

use serde_json::{Value, json};

use super::{BY_TOKEN, SIGNATURE, TOKEN, VERSION, sign};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{self, Timestamp, Vietnam},
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, now: Timestamp) -> Result<Letter, ConfigFault> {
    if payment.status != Status::Settled {
        return Err(ConfigFault::NoWords("Casso tells settled transactions only"));
    }
    let booked_at = Vietnam::Spaced.write(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?;
    let (header, value, body) = if credentials.setting(VERSION)? == BY_TOKEN {
        (TOKEN, credentials.first_key_text()?.to_owned(), old(payment, &booked_at).to_string())
    } else {
        let body = new(payment, &booked_at).to_string();
        let signature = sign(credentials.first_key()?, time::milliseconds(now), body.as_bytes());
        (SIGNATURE, signature.ok_or(ConfigFault::NOT_JSON)?, body)
    };
    Ok(Letter::posted([(header, value)], body))
}

fn new(payment: &Payment, booked_at: &str) -> Value {
    json!({ "error": 0, "data": {
        "id": payment.transaction,
        "reference": format!("SANDBOX{}", payment.transaction),
        "description": payment.content,
        "amount": payment.amount_vnd,
        "runningBalance": 0,
        "transactionDateTime": booked_at,
        "accountNumber": payment.account,
        "bankName": "SANDBOX",
        "bankAbbreviation": "SANDBOX",
        "virtualAccountNumber": payment.virtual_account.as_deref().unwrap_or_default(),
        "virtualAccountName": "",
        "counterAccountName": payment.payer_name.as_deref().unwrap_or_default(),
        "counterAccountNumber": "",
        "counterAccountBankId": "",
        "counterAccountBankName": "",
    } })
}

fn old(payment: &Payment, booked_at: &str) -> Value {
    json!({ "error": 0, "data": [{
        "id": payment.transaction,
        "tid": format!("SANDBOX{}", payment.transaction),
        "description": payment.content,
        "amount": payment.amount_vnd,
        "cusum_balance": 0,
        "when": booked_at,
        "bank_sub_acc_id": payment.account,
        "subAccId": payment.account,
        "bankName": "SANDBOX",
        "bankAbbreviation": "SANDBOX",
        "virtualAccount": payment.virtual_account.as_deref().unwrap_or_default(),
        "virtualAccountName": "",
        "corresponsiveName": payment.payer_name.as_deref().unwrap_or_default(),
        "corresponsiveAccount": "",
        "corresponsiveBankId": "",
        "corresponsiveBankName": "",
    }] })
}
