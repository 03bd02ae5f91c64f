//! The text that OnePay signs: sorted pairs as they are, without any encoding, joined by `&`.

use ring::hmac::{self, HMAC_SHA256};

use crate::{fault::ConfigFault, form::Form, proof, secret::Secret};

/// Where the signature is.
pub(super) const FIELD: &str = "vpc_SecureHash";
/// Older senders name the algorithm here; it is not signed and not read.
const TYPE_FIELD: &str = "vpc_SecureHashType";
/// OnePay issues 16 bytes; a shorter key could be guessed.
const KEY_BYTES_AT_LEAST: usize = 16;

/// Whether a field is OnePay's or was sent through it, so that it is signed when it is not empty.
pub(super) fn is_theirs(name: &str) -> bool {
    (name.starts_with("vpc_") || name.starts_with("user_")) && name != FIELD && name != TYPE_FIELD
}

/// The signed text; `None` when a name or a value could be read as several.
///
/// Nothing is escaped in this text. Whoever has seen an honest message, as every payer does on the way back to the shop,
/// could otherwise write two of its fields as one, for instance hide the transaction's number inside of its neighbour,
/// and the signature would still fit. OnePay itself allows no `&` in a value.
pub(super) fn signed_text(form: &Form<'_>) -> Option<String> {
    let signed = form.pairs().iter().filter(|(name, value)| is_theirs(name) && !value.is_empty());
    let mut text = String::new();
    for (name, value) in signed {
        if name.contains(['&', '=']) || value.contains('&') {
            return None;
        }
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    Some(text)
}

/// The signing key inside the hex text that OnePay issues.
pub(super) fn key(secret: &Secret) -> Result<hmac::Key, ConfigFault> {
    let bytes = hex::decode(secret.bytes()).map_err(|_| ConfigFault::BadKey("it is not hex"))?;
    if bytes.len() < KEY_BYTES_AT_LEAST {
        return Err(ConfigFault::BadKey("it holds less than 16 bytes"));
    }
    Ok(hmac::Key::new(HMAC_SHA256, &bytes))
}

/// The value of `vpc_SecureHash` for a signed text.
///
/// # Errors
/// [`ConfigFault::BadKey`] when the key is not hex of at least 16 bytes.
pub fn sign(secret: &Secret, signed_text: &str) -> Result<String, ConfigFault> {
    Ok(hex::encode_upper(proof::sign(&key(secret)?, &[signed_text.as_bytes()])))
}

#[cfg(test)]
mod tests {
    use super::{key, signed_text};
    use crate::{form::Form, secret::Secret};

    #[test]
    fn the_signed_text_is_sorted_unencoded_and_has_nothing_unsigned() {
        let form = Form::read(b"vpc_b=x+y%20z&user_c=1&utm=1&vpc_SecureHash=00&vpc_empty=&vpc_a=%C4%83");
        assert_eq!(signed_text(&form).unwrap(), "user_c=1&vpc_a=ă&vpc_b=x y z");
    }

    #[test]
    fn a_field_cannot_hide_in_another_one() {
        for hidden in ["vpc_a=1%26vpc_b=2", "vpc_a%3D1%26vpc_b=2", "vpc_a%3D1=2", "vpc_a%26b=1", "user_%3D=1"] {
            assert_eq!(signed_text(&Form::read(hidden.as_bytes())), None, "{hidden}");
        }
        assert!(signed_text(&Form::read(b"vpc_a=1%3D&utm%26=%26")).is_some());
    }

    #[test]
    fn a_key_is_hex_and_never_short() {
        assert!(key(&Secret::new("0123456789ABCDEF0123456789abcdef")).is_ok());
        for bad in ["", "0123456789ABCDEF", "0123456789ABCDEF0123456789ABCDE", "not hex, and not short either..."] {
            assert!(key(&Secret::new(bad)).is_err(), "{bad}");
        }
    }
}
