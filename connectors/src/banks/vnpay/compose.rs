//! Plays VNPAY: words the result of a payment as its IPN would.

use form_urlencoded::Serializer;

use super::{
    sign,
    signature::{FIELD, signed_text},
};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    form::Form,
    letter::{Letter, Payment},
    notice::Status,
    time::{Timestamp, Vietnam},
    wire::HUNDREDTHS,
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, _now: Timestamp) -> Result<Letter, ConfigFault> {
    let (response, transaction) = match payment.status {
        Status::Settled => ("00", "00"),
        Status::Failed => ("24", "02"),
        Status::Suspicious => ("07", "07"),
        Status::Reversed => ("00", "04"),
        Status::Waiting => ("00", "01"),
        Status::Refunded => return Err(ConfigFault::NoWords("VNPAY does not tell a finished refund")),
    };
    let order = payment.reference.as_deref().ok_or(ConfigFault::NoWords("VNPAY always names an order"))?;
    let hundredths = payment.amount_vnd.checked_mul(HUNDREDTHS).ok_or(ConfigFault::TOO_LARGE)?;
    let paid_at = Vietnam::Compact.write(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?;
    let fields = [
        ("vnp_Amount", hundredths.to_string()),
        ("vnp_BankCode", "NCB".to_owned()),
        ("vnp_BankTranNo", format!("VNP{}", payment.transaction)),
        ("vnp_CardType", "ATM".to_owned()),
        ("vnp_OrderInfo", payment.content.clone()),
        ("vnp_PayDate", paid_at),
        ("vnp_ResponseCode", response.to_owned()),
        ("vnp_TmnCode", credentials.setting("tmnCode")?.to_owned()),
        ("vnp_TransactionNo", payment.transaction.to_string()),
        ("vnp_TransactionStatus", transaction.to_owned()),
        ("vnp_TxnRef", order.to_owned()),
    ];
    let mut query = Serializer::new(String::new()).extend_pairs(fields).finish();
    let signature = sign(credentials.first_key()?, &signed_text(&Form::read(query.as_bytes())));
    query.push_str(&format!("&{FIELD}={signature}"));
    Ok(Letter { method: "GET", path_tail: String::new(), query, headers: Vec::new(), body: Vec::new() })
}
