//! The text that Casso signs: the whole message as compact JSON, with names sorted at every level.

use ring::hmac::{self, HMAC_SHA512};
use serde_json::Value;

use crate::{fault::Refusal, proof, secret::Secret, wire};

pub(super) const ALGORITHM: hmac::Algorithm = HMAC_SHA512;
const MILLISECONDS: i64 = 1_000;

/// The header `t=<milliseconds>,v1=<hex>`.
pub(super) struct Signature<'a> {
    /// The time as it came, for it is signed so.
    pub(super) signed_at: &'a str,
    pub(super) signed_s: i64,
    pub(super) claim: [u8; 64],
}

impl<'a> Signature<'a> {
    pub(super) fn read(header: &'a str) -> Result<Self, Refusal> {
        let (mut signed_at, mut code) = (None, None);
        for part in header.split(',') {
            let place = match part.trim().split_once('=') {
                Some(("t", value)) => signed_at.replace(value),
                Some(("v1", value)) => code.replace(value),
                // A later version may sign beside the one that we know.
                _ => None,
            };
            if place.is_some() {
                return Err(Refusal::Malformed);
            }
        }
        let (signed_at, code) = signed_at.zip(code).ok_or(Refusal::NoProof)?;
        let milliseconds = wire::digits(signed_at).ok_or(Refusal::Malformed)?;
        let mut claim = [0; 64];
        hex::decode_to_slice(code, &mut claim).map_err(|_| Refusal::Malformed)?;
        Ok(Self { signed_at, signed_s: milliseconds / MILLISECONDS, claim })
    }
}

/// The signed text as Casso's JavaScript writes it; `None` when the body is no JSON. It leaves objects inside of lists
/// unsorted, and we do not: no message has one.
pub(super) fn signed_text(body: &[u8]) -> Option<String> {
    let mut message: Value = wire::json(body).ok()?;
    message.sort_all_objects();
    Some(message.to_string())
}

/// The same text as Casso's Python writes it: letters outside of ASCII as `\uXXXX`. They occur inside of texts only.
pub(super) fn in_ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            ascii.push(letter);
        } else {
            let units = letter.encode_utf16(&mut [0; 2]).to_vec();
            ascii.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    ascii
}

/// The same text as Casso's PHP writes it, which escapes slashes, too. They occur inside of texts only.
pub(super) fn with_escaped_slashes(text: &str) -> String {
    in_ascii(text).replace('/', "\\/")
}

/// The value of `X-Casso-Signature` for a body signed at this moment (Unix milliseconds); `None` when it is no JSON.
#[must_use]
pub fn sign(key: &Secret, milliseconds: i64, body: &[u8]) -> Option<String> {
    let text = signed_text(body)?;
    let key = proof::key(ALGORITHM, key);
    let code = proof::sign_hex(&key, &[milliseconds.to_string().as_bytes(), b".", text.as_bytes()]);
    Some(format!("t={milliseconds},v1={code}"))
}

#[cfg(test)]
mod tests {
    use super::{Signature, in_ascii, signed_text, with_escaped_slashes};

    #[test]
    fn three_languages_write_one_message() {
        let body = "{ \"b\": [ {\"d\":1, \"c\":\"đ/\u{1F600}\\u0111\"} ], \"a\": null }";
        let text = signed_text(body.as_bytes()).unwrap();
        assert_eq!(text, "{\"a\":null,\"b\":[{\"c\":\"đ/\u{1F600}đ\",\"d\":1}]}");
        let ascii = r#"{"a":null,"b":[{"c":"\u0111/\ud83d\ude00\u0111","d":1}]}"#;
        assert_eq!(in_ascii(&text), ascii);
        assert_eq!(with_escaped_slashes(&text), ascii.replace('/', "\\/"));
        assert_eq!(signed_text(b"{"), None);
    }

    #[test]
    fn a_header_has_one_time_and_one_code() {
        let code = "0a".repeat(64);
        for good in [format!("t=7999,v1={code}"), format!("v1={code}, t=7999,v2=x,new")] {
            assert_eq!(Signature::read(&good).ok().map(|read| (read.signed_at, read.signed_s)), Some(("7999", 7)));
        }
        for bad in
            ["", "t=1", &format!("v1={code}"), &format!("t=1,t=2,v1={code}"), &format!("t=-1,v1={code}"), "t=1,v1=0a"]
        {
            assert!(Signature::read(bad).is_err(), "{bad}");
        }
    }
}
