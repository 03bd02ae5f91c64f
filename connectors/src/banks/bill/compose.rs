//! Plays a bank: words a payment, or its way back, as a call and signs it.

use serde::Serialize;

use super::{NONCE, SIGNATURE, TIMESTAMP, signature};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{self, Timestamp},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pay<'a> {
    bank_reference: String,
    account: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    virtual_account: Option<&'a str>,
    amount: i64,
    paid_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer_name: Option<&'a str>,
    content: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reverse {
    bank_reference: String,
    amount: i64,
}

pub(super) fn compose(credentials: &Credentials, payment: &Payment, now: Timestamp) -> Result<Letter, ConfigFault> {
    let bank_reference = payment.transaction.to_string();
    let (tail, body) = match payment.status {
        Status::Settled => {
            let virtual_account = payment.virtual_account.as_deref();
            let invoice_code = payment.reference.as_deref().filter(|_| virtual_account.is_none());
            if virtual_account.or(invoice_code).is_none() {
                return Err(ConfigFault::NoWords("a bank names the invoice or the virtual account that is paid"));
            }
            let pay = Pay {
                bank_reference,
                account: &payment.account,
                invoice_code,
                virtual_account,
                amount: payment.amount_vnd,
                paid_at: time::write_rfc3339(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?,
                payer_name: payment.payer_name.as_deref(),
                content: &payment.content,
            };
            ("/pay", serde_json::to_vec(&pay))
        }
        Status::Reversed => ("/reverse", serde_json::to_vec(&Reverse { bank_reference, amount: payment.amount_vnd })),
        _ => {
            return Err(ConfigFault::NoWords("a bank of the bill protocol pays and gives back, and says nothing else"));
        }
    };
    let body = body.map_err(|_| ConfigFault::NOT_JSON)?;
    let (seconds, nonce) = (time::seconds(now), signature::generate_key()?);
    let signed = signature::Signed {
        method: "POST",
        connection: &credentials.connection,
        tail,
        seconds,
        nonce: &nonce,
        body: &body,
    };
    let code = signature::sign(credentials.first_key()?, &signed.text())?;
    let headers = [(TIMESTAMP, seconds.to_string()), (NONCE, nonce), (SIGNATURE, code)];
    Ok(Letter { path_tail: tail.to_owned(), ..Letter::posted(headers, body) })
}
