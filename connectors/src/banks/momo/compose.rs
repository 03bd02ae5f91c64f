//! Plays MoMo: words the result of a payment as its IPN would.

use serde_json::Value;

use super::{
    ACCESS_KEY, PARTNER_CODE, sign,
    signature::{FIELD, signed_text},
    wire::PaymentResult,
};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{self, Timestamp},
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, _now: Timestamp) -> Result<Letter, ConfigFault> {
    let (result_code, message) = match payment.status {
        Status::Settled => (0, "Successful."),
        Status::Failed => (1006, "Transaction denied by user."),
        Status::Waiting => (9000, "Transaction is authorized successfully."),
        Status::Suspicious | Status::Reversed | Status::Refunded => {
            return Err(ConfigFault::NoWords("MoMo tells paid, failed and waiting payments only"));
        }
    };
    let order = payment.reference.as_deref().ok_or(ConfigFault::NoWords("MoMo always names an order"))?;
    let result = PaymentResult {
        partner_code: credentials.setting(PARTNER_CODE)?,
        order_id: order,
        request_id: order,
        amount: payment.amount_vnd,
        order_info: &payment.content,
        order_type: "momo_wallet",
        trans_id: payment.transaction,
        result_code,
        message,
        pay_type: "qr",
        response_time: time::milliseconds(payment.occurred_at),
        extra_data: "",
    };
    let Ok(Value::Object(mut fields)) = serde_json::to_value(result) else { return Err(ConfigFault::NOT_JSON) };
    let text = signed_text(&fields, credentials.setting(ACCESS_KEY)?).ok_or(ConfigFault::NOT_JSON)?;
    fields.insert(FIELD.to_owned(), Value::String(sign(credentials.first_key()?, &text)));
    Ok(Letter::posted([], Value::Object(fields).to_string()))
}
