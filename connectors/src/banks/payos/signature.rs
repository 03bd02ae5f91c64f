//! The text that payOS signs: the fields of `data`, sorted by name, as they are.

use std::borrow::Cow;

use ring::hmac::HMAC_SHA256;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{proof, secret::Secret, wire};

/// What carries the proof. The rest of a message is outside of it, and nothing reads it.
#[derive(Deserialize)]
pub(super) struct Envelope {
    data: Map<String, Value>,
    pub(super) signature: String,
}

impl Envelope {
    /// `None` when there is no signature, no data, or two of either.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        wire::json(body).ok()
    }

    pub(super) fn signed_text(&self) -> String {
        signed_text(&self.data)
    }

    /// Nothing is encoded, so a text such as `a&amount=1` would let the same signature prove other fields, and a name such
    /// as `paymentLinkId=a&reference` would hide one: the payment that it names would be told again as another one.
    pub(super) fn is_ambiguous(&self) -> bool {
        let hides =
            |(name, value): (&String, &Value)| name.contains(['&', '=']) || proof::reads_as_fields(&written(value));
        self.data.iter().any(hides)
    }
}

/// All fields that came, known or not, as `name=value` joined with `&`.
pub(super) fn signed_text(data: &Map<String, Value>) -> String {
    let mut fields: Vec<(&String, &Value)> = data.iter().collect();
    fields.sort_unstable_by_key(|(name, _)| *name);
    let pairs = fields.into_iter().map(|(name, value)| format!("{name}={}", written(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Words that are signed like an empty value. They must also be read like one, or a change between them went unnoticed.
pub(super) fn says_nothing(text: &str) -> bool {
    matches!(text, "" | "null" | "undefined")
}

/// A value as payOS's own package writes it.
fn written(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) if says_nothing(text) => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        // The package turns an object into these words, so nothing in it is signed; no documented field is one.
        Value::Object(_) => Cow::Borrowed("[object Object]"),
        Value::Array(_) => {
            let mut sorted = value.clone();
            sorted.sort_all_objects();
            Cow::Owned(sorted.to_string())
        }
        Value::Bool(_) | Value::Number(_) => Cow::Owned(value.to_string()),
    }
}

/// The value of `signature` for a signed text.
#[must_use]
pub fn sign(key: &Secret, signed_text: &str) -> String {
    proof::sign_hex(&proof::key(HMAC_SHA256, key), &[signed_text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::signed_text;

    #[test]
    fn the_signed_text_is_sorted_and_not_encoded() {
        let Value::Object(data) = json!({
            "b": "x & y = đ", "a": 250_000, "d": null, "e": "undefined", "c": true,
            "f": [{ "z": 1, "y": "/" }], "g": { "h": 1 },
        }) else {
            panic!("it is an object")
        };
        let expected = r#"a=250000&b=x & y = đ&c=true&d=&e=&f=[{"y":"/","z":1}]&g=[object Object]"#;
        assert_eq!(signed_text(&data), expected);
    }
}
