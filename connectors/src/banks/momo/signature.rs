//! The text that MoMo signs: twelve fields of the message behind the access key, in a fixed order, as they are.

use std::borrow::Cow;

use ring::hmac::HMAC_SHA256;
use serde_json::{Map, Value};

use super::ACCESS_KEY;
use crate::{proof, secret::Secret};

/// Where the signature is.
pub(super) const FIELD: &str = "signature";
/// The signed fields. Others, such as `paymentOption`, are not signed and not read.
const SIGNED: [&str; 12] = [
    "amount",
    "extraData",
    "message",
    "orderId",
    "orderInfo",
    "orderType",
    "partnerCode",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
];

/// The fields of a message, before and after proof.
pub(super) type Fields = Map<String, Value>;

/// The signature of a message.
pub(super) fn claim(fields: &Fields) -> Option<&str> {
    fields.get(FIELD)?.as_str()
}

/// The text of a field, which is a number or a string.
pub(super) fn written<'f>(fields: &'f Fields, name: &str) -> Option<Cow<'f, str>> {
    match fields.get(name)? {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// `None` when a signed field is missing or is neither a number nor a string.
pub(super) fn signed_text(fields: &Fields, access_key: &str) -> Option<String> {
    let mut text = format!("{ACCESS_KEY}={access_key}");
    for name in SIGNED {
        text.extend(["&", name, "=", &written(fields, name)?]);
    }
    Some(text)
}

/// Values are not encoded, so a text such as `a&orderId=1` would let the same signature prove other fields.
pub(super) fn is_ambiguous(fields: &Fields) -> bool {
    SIGNED.iter().filter_map(|name| written(fields, name)).any(|value| proof::reads_as_fields(&value))
}

/// The value of `signature` for a signed text.
#[must_use]
pub fn sign(key: &Secret, signed_text: &str) -> String {
    proof::sign_hex(&proof::key(HMAC_SHA256, key), &[signed_text.as_bytes()])
}
