//! Plays Viettel Money: words the result of a payment as its gateway would.

use form_urlencoded::Serializer;

use super::{ACCESS_CODE, MERCHANT_CODE, sign, signature::signed_text};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    form::Form,
    letter::{Letter, Payment},
    notice::Status,
    time::Timestamp,
    wire::without_attempt,
};

/// A phone number that nobody has.
const PAYER: &str = "84000000000";

pub(super) fn compose(credentials: &Credentials, payment: &Payment, _now: Timestamp) -> Result<Letter, ConfigFault> {
    let (error, status) = match payment.status {
        Status::Settled => ("00", "1"),
        Status::Failed => ("V06", "5"),
        Status::Waiting => ("W04", "3"),
        Status::Suspicious | Status::Reversed | Status::Refunded => {
            return Err(ConfigFault::NoWords("Viettel Money tells paid, failed and undecided payments only"));
        }
    };
    let order = payment.reference.as_deref().ok_or(ConfigFault::NoWords("Viettel Money always names an order"))?;
    let fields = [
        ("billcode", without_attempt(order).to_owned()),
        ("cust_msisdn", PAYER.to_owned()),
        ("error_code", error.to_owned()),
        ("merchant_code", credentials.setting(MERCHANT_CODE)?.to_owned()),
        ("order_id", order.to_owned()),
        ("payment_status", status.to_owned()),
        ("trans_amount", payment.amount_vnd.to_string()),
        ("vt_transaction_id", payment.transaction.to_string()),
    ];
    let mut form = Serializer::new(String::new());
    let unsigned = form.extend_pairs(fields).finish();
    let text = signed_text(credentials.setting(ACCESS_CODE)?, &Form::read(unsigned.as_bytes()), None);
    let sum = sign(credentials.first_key()?, &text);
    let body = Serializer::new(unsigned).append_pair("check_sum", &sum).finish();
    let headers = vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    Ok(Letter { headers, ..Letter::posted([], body) })
}
