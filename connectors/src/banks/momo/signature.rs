//! The text that MoMo signs: twelve fields of the message behind the access key, in a fixed order, as they are.

use std::borrow::Cow;

use ring::hmac::HMAC_SHA256;
use serde_json::{Map, Value};

use super::ACCESS_KEY;
use crate::{proof, secret::Secret, wire};

const SIGNATURE: &str = "signature";
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
pub(super) struct Fields {
    fields: Map<String, Value>,
    signature: String,
}

impl Fields {
    /// `None` when there is no signature.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let fields: Map<String, Value> = wire::json(body).ok()?;
        let signature = fields.get(SIGNATURE)?.as_str()?.to_owned();
        Some(Self { fields, signature })
    }

    pub(super) fn signature(&self) -> &str {
        &self.signature
    }

    /// The text of a field, which is a number or a string.
    pub(super) fn written(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.fields.get(name)? {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }

    /// `None` when a signed field is missing or is neither a number nor a string.
    pub(super) fn signed_text(&self, access_key: &str) -> Option<String> {
        let mut text = format!("{ACCESS_KEY}={access_key}");
        for name in SIGNED {
            text.push_str(&format!("&{name}={}", self.written(name)?));
        }
        Some(text)
    }

    /// Values are not encoded, so a text such as `a&orderId=1` would let the same signature prove other fields.
    pub(super) fn are_ambiguous(&self) -> bool {
        SIGNED.iter().filter_map(|name| self.written(name)).any(|value| proof::reads_as_fields(&value))
    }

    /// The fields of a message that we write ourselves.
    pub(super) fn of(fields: Map<String, Value>) -> Self {
        Self { fields, signature: String::new() }
    }

    /// The message with its signature.
    pub(super) fn signed_with(mut self, signature: String) -> Value {
        self.fields.insert(SIGNATURE.to_owned(), Value::String(signature));
        Value::Object(self.fields)
    }
}

/// The value of `signature` for a signed text.
#[must_use]
pub fn sign(key: &Secret, signed_text: &str) -> String {
    proof::sign_hex(&proof::key(HMAC_SHA256, key), &[signed_text.as_bytes()])
}
