//! The text that VNPAY signs: sorted, form-encoded, without the signature itself.

use form_urlencoded::Serializer;
use ring::hmac::HMAC_SHA512;

use crate::{form::Form, proof, secret::Secret};

/// Where the signature is.
pub(super) const FIELD: &str = "vnp_SecureHash";
/// Older senders name the algorithm here; it is not signed and not read.
const TYPE_FIELD: &str = "vnp_SecureHashType";

/// Whether a field is signed: VNPAY's own, not about the signature, not empty. Others may have been put into the
/// address by hand, and nothing reads them.
fn is_signed(name: &str, value: &str) -> bool {
    name.starts_with("vnp_") && name != FIELD && name != TYPE_FIELD && !value.is_empty()
}

/// The signed text, encoded anew.
pub(super) fn signed_text(fields: &Form<'_>) -> String {
    let signed = fields.pairs().iter().filter(|(name, value)| is_signed(name, value));
    Serializer::new(String::new()).extend_pairs(signed).finish()
}

/// The signed text out of the encoded pairs as they came: a sender may encode `! ' ( ) * ~` in another way than we do.
/// Which pairs belong to it is told by their decoded names, the ones that are read afterwards; otherwise a field could be
/// smuggled in under an encoded name.
pub(super) fn text_as_received(query: &str) -> String {
    let belongs = |pair: &&str| {
        form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(name, value)| is_signed(&name, &value))
    };
    let mut pairs: Vec<&str> = query.split('&').filter(belongs).collect();
    pairs.sort_unstable();
    pairs.join("&")
}

/// The value of `vnp_SecureHash` for a signed text.
#[must_use]
pub fn sign(key: &Secret, signed_text: &str) -> String {
    proof::sign_hex(&proof::key(HMAC_SHA512, key), &[signed_text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::{Form, signed_text, text_as_received};

    #[test]
    fn the_signed_text_is_sorted_and_has_nothing_unsigned() {
        let query = "vnp_b=x+%26y&utm=1&vnp_SecureHash=00&vnp_empty=&vnp_a=%C4%83&vnp_SecureHashType=SHA512";
        assert_eq!(signed_text(&Form::read(query.as_bytes())), "vnp_a=%C4%83&vnp_b=x+%26y");
        assert_eq!(text_as_received(query), "vnp_a=%C4%83&vnp_b=x+%26y");
    }

    #[test]
    fn another_encoding_is_kept_as_received() {
        let query = "vnp_b=(x)!%20y";
        assert_eq!(signed_text(&Form::read(query.as_bytes())), "vnp_b=%28x%29%21+y");
        assert_eq!(text_as_received(query), query);
    }
}
