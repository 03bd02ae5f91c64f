//! Plays OnePay: words the result of a payment as its IPN would.

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
    time::{self, Timestamp},
    vietqr::without_diacritics,
    wire::HUNDREDTHS,
};

/// Characters that OnePay does not allow in a value.
const FORBIDDEN: [char; 5] = ['(', ')', '/', '&', '?'];

pub(super) fn compose(credentials: &Credentials, payment: &Payment, _now: Timestamp) -> Result<Letter, ConfigFault> {
    let response = match payment.status {
        Status::Settled => "0",
        Status::Failed => "99",
        Status::Waiting => "300",
        Status::Suspicious | Status::Reversed | Status::Refunded => {
            return Err(ConfigFault::NoWords("OnePay tells paid, failed and pending payments only"));
        }
    };
    let order = payment.reference.as_deref().ok_or(ConfigFault::NoWords("OnePay always names an order"))?;
    let hundredths = payment.amount_vnd.checked_mul(HUNDREDTHS).ok_or(ConfigFault::TOO_LARGE)?;
    let fields = [
        ("vpc_Amount", hundredths.to_string()),
        ("vpc_Command", "pay".to_owned()),
        ("vpc_CurrencyCode", "VND".to_owned()),
        ("vpc_MerchTxnRef", order.to_owned()),
        ("vpc_Merchant", credentials.setting("merchant")?.to_owned()),
        ("vpc_OrderInfo", plain(&payment.content)),
        ("vpc_PaymentTime", time::write_basic_utc(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?),
        ("vpc_TransactionNo", payment.transaction.to_string()),
        ("vpc_TxnResponseCode", response.to_owned()),
        ("vpc_Version", "2".to_owned()),
    ];
    let mut query = Serializer::new(String::new()).extend_pairs(fields).finish();
    let text = signed_text(&Form::read(query.as_bytes()))
        .ok_or(ConfigFault::NoWords("OnePay allows no & in an order or in a merchant id"))?;
    query.push_str(&format!("&{FIELD}={}", sign(credentials.first_key()?, &text)?));
    Ok(Letter { method: "GET", path_tail: String::new(), query, headers: Vec::new(), body: Vec::new() })
}

/// The text as OnePay would carry it: without diacritics and without what it does not allow.
fn plain(text: &str) -> String {
    let text = without_diacritics(text).replace(FORBIDDEN, " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
