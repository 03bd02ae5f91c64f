//! Signatures of Standard Webhooks, version `v1`: HMAC-SHA256 over id, time and body.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ring::{
    hmac::{self, HMAC_SHA256},
    rand::{SecureRandom, SystemRandom},
};

use crate::{fault::ConfigFault, proof, secret::Secret};

/// Writes padding, and reads base64 with or without it: some ports of the standard forget it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const KEY_PREFIX: &str = "whsec_";
/// The standard allows 24 to 64.
const KEY_BYTES: usize = 32;
/// More signatures than keys in a rotation is no honest message.
const SIGNATURES_AT_MOST: usize = 16;
const MESSAGE_ID_LIMIT_BYTES: usize = 128;

/// A message id is visible ASCII without a dot, since a dot would blur the signed text.
pub(super) fn is_message_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'.';
    (1..=MESSAGE_ID_LIMIT_BYTES).contains(&id.len()) && id.bytes().all(allowed)
}

/// The codes of version `v1` in a list of signatures; other versions are skipped.
pub(super) fn claims(signatures: &str) -> Vec<[u8; 32]> {
    signatures
        .split(' ')
        .take(SIGNATURES_AT_MOST)
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .filter_map(|code| BASE64.decode(code).ok()?.try_into().ok())
        .collect()
}

/// The signing key inside a `whsec_...` text.
pub(super) fn key(secret: &Secret) -> Result<hmac::Key, ConfigFault> {
    let encoded = secret
        .bytes()
        .strip_prefix(KEY_PREFIX.as_bytes())
        .ok_or(ConfigFault::BadKey("it does not begin with whsec_"))?;
    let bytes = BASE64.decode(encoded).map_err(|_| ConfigFault::BadKey("what follows whsec_ is not base64"))?;
    if !(24..=64).contains(&bytes.len()) {
        return Err(ConfigFault::BadKey("it does not hold 24 to 64 bytes"));
    }
    Ok(hmac::Key::new(HMAC_SHA256, &bytes))
}

/// The value of `webhook-signature` for a message sent at this second (Unix time).
///
/// # Errors
/// [`ConfigFault::BadKey`] when the key is not a `whsec_...` text.
pub fn sign(secret: &Secret, id: &str, seconds: i64, body: &[u8]) -> Result<String, ConfigFault> {
    let seconds = seconds.to_string();
    let parts = [id.as_bytes(), b".", seconds.as_bytes(), b".", body];
    let code = proof::sign(&key(secret)?, &parts);
    Ok(format!("v1,{}", BASE64.encode(code)))
}

/// A new key for a partner: `whsec_` and the base64 of 32 random bytes.
///
/// # Errors
/// [`ConfigFault::NoRandomness`] when the system gives none.
pub fn generate_key() -> Result<String, ConfigFault> {
    let mut bytes = [0; KEY_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| ConfigFault::NoRandomness)?;
    Ok(format!("{KEY_PREFIX}{}", BASE64.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::{claims, generate_key, is_message_id, key};
    use crate::secret::Secret;

    #[test]
    fn a_key_is_read_with_or_without_padding_and_never_short() {
        let fresh = generate_key().unwrap();
        assert_ne!(fresh, generate_key().unwrap());
        for good in [fresh.as_str(), fresh.trim_end_matches('=')] {
            assert!(key(&Secret::new(good)).is_ok());
        }
        for bad in ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!", fresh.trim_start_matches("whsec_")] {
            assert!(key(&Secret::new(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn unknown_versions_are_skipped() {
        let code = "7HZpmTlxm/N2Zd3VpRCZYCSY3P3XGFpDxKe2ge1Uf0M=";
        assert_eq!(claims(&format!("v1a,{code} v2,{code} v1,{code} v1,short")).len(), 1);
        assert!(claims("").is_empty());
        assert_eq!(claims(&format!("v1,{code} ").repeat(1_000)).len(), 16);
    }

    #[test]
    fn a_message_id_has_no_dot() {
        assert!(is_message_id("msg_p5jXN8AQM9LWM0D4loKWxJek"));
        for bad in ["", "a.b", "a b", "ă", &"a".repeat(129)] {
            assert!(!is_message_id(bad), "{bad}");
        }
    }
}
