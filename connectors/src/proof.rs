//! Message authentication codes: every key of a connection is tried, every comparison takes constant time.

use base64::{
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use subtle::ConstantTimeEq;

use crate::{
    fault::{ConfigFault, Refusal},
    notice::Assurance,
    secret::Secret,
};

/// Writes padding, and reads base64 with or without it: some senders, and some ports of Standard Webhooks, forget it.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// Standard Webhooks allows 24 to 64.
const RANDOM_KEY_BYTES: usize = 32;
/// That of HMAC-SHA512.
const LONGEST_CODE_BYTES: usize = 64;

/// The keys of a connection, ready to check. Old and new overlap while a key is being rotated.
pub(crate) struct Keys(Vec<hmac::Key>);

impl Keys {
    /// Takes the keys as the bytes they are.
    pub(crate) fn new(algorithm: hmac::Algorithm, secrets: &[Secret]) -> Result<Self, ConfigFault> {
        Self::each(secrets, |secret| Ok(key(algorithm, secret)))
    }

    /// Takes the keys through the scheme's own decoding.
    pub(crate) fn each(
        secrets: &[Secret],
        read: impl Fn(&Secret) -> Result<hmac::Key, ConfigFault>,
    ) -> Result<Self, ConfigFault> {
        usable(secrets)?;
        secrets.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether some key gives the claimed code for these parts, put together.
    pub(crate) fn prove(&self, parts: &[&[u8]], claim: &[u8]) -> bool {
        self.proving(parts, claim).is_some()
    }

    /// Accepts a code in hex, in letters of either case.
    pub(crate) fn prove_hex(&self, parts: &[&[u8]], claim: &str) -> Result<(), Refusal> {
        let mut code = [0; LONGEST_CODE_BYTES];
        // No connection is without a key, and its keys are of one algorithm.
        let key = self.0.first().ok_or(Refusal::BadProof)?;
        let code = &mut code[..key.algorithm().digest_algorithm().output_len()];
        hex::decode_to_slice(claim, code).map_err(|_| Refusal::Malformed)?;
        if self.prove(parts, code) { Ok(()) } else { Err(Refusal::BadProof) }
    }

    /// The key that gives the claimed code for these parts, put together: a sender that expects signed answers knows this
    /// one.
    pub(crate) fn proving(&self, parts: &[&[u8]], claim: &[u8]) -> Option<&hmac::Key> {
        self.0.iter().find(|key| sign(key, parts).as_ref().ct_eq(claim).into())
    }
}

/// Accepts whoever knows one of the keys: it proves that they know it and nothing about what they say.
pub(crate) fn static_key(keys: &[Secret], claim: &str) -> Result<Assurance, Refusal> {
    if keys.iter().any(|key| key.matches(claim.as_bytes())) { Ok(Assurance::Low) } else { Err(Refusal::BadProof) }
}

/// Refuses an empty list and an empty key: both would let anybody in.
pub(crate) fn usable(secrets: &[Secret]) -> Result<(), ConfigFault> {
    if secrets.is_empty() {
        return Err(ConfigFault::NoKey);
    }
    if secrets.iter().any(|secret| secret.bytes().is_empty()) {
        return Err(ConfigFault::BadKey("it is empty"));
    }
    Ok(())
}

pub(crate) fn key(algorithm: hmac::Algorithm, secret: &Secret) -> hmac::Key {
    hmac::Key::new(algorithm, secret.bytes())
}

/// The code of these parts, put together.
pub(crate) fn sign(key: &hmac::Key, parts: &[&[u8]]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    context.sign()
}

/// The same in hex, as most senders write it.
pub(crate) fn sign_hex(key: &hmac::Key, parts: &[&[u8]]) -> String {
    hex::encode(sign(key, parts))
}

/// What a key that we make ourselves is made of.
pub(crate) fn random_key() -> Result<[u8; RANDOM_KEY_BYTES], ConfigFault> {
    let mut bytes = [0; RANDOM_KEY_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| ConfigFault::NoRandomness)?;
    Ok(bytes)
}

/// Whether a value could be read as further fields of a text like `a=1&b=2` whose values are not encoded. The same text
/// would then prove another message, too, in which these fields stand on their own.
pub(crate) fn reads_as_fields(value: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    value.split('&').skip(1).any(|pair| pair.split_once('=').is_some_and(|(name, _)| is_name(name)))
}

#[cfg(test)]
mod tests {
    use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA512};

    use super::{Keys, key, reads_as_fields, sign};
    use crate::{fault::Refusal, secret::Secret};

    #[test]
    fn a_code_in_hex_is_whole_and_of_its_text() {
        for algorithm in [HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA512] {
            let secret = Secret::new("a key");
            let keys = Keys::new(algorithm, &[Secret::new("an older key"), secret.clone()]).unwrap();
            let code = hex::encode(sign(&key(algorithm, &secret), &[b"a te", b"xt"]));
            assert_eq!(keys.prove_hex(&[b"a text"], &code), Ok(()));
            assert_eq!(keys.prove_hex(&[b"a text"], &code.to_uppercase()), Ok(()));
            assert_eq!(keys.prove_hex(&[b"a tex"], &code), Err(Refusal::BadProof));
            let other = format!("{}{}", if code.starts_with('0') { "1" } else { "0" }, &code[1..]);
            assert_eq!(keys.prove_hex(&[b"a text"], &other), Err(Refusal::BadProof));
            for bad in ["", &code[2..], &format!("{code}00"), &code.replacen(&code[..1], "x", 1), &format!(" {code}")] {
                assert_eq!(keys.prove_hex(&[b"a text"], bad), Err(Refusal::Malformed), "{bad}");
            }
        }
    }

    #[test]
    fn an_ampersand_alone_is_no_field() {
        for plain in ["", "a=1", "bán trú & xe", "a & b = c", "a&=1", "a&b"] {
            assert!(!reads_as_fields(plain), "{plain}");
        }
        for more in ["&a=", "x&amount=9", "a&b&orderCode=1"] {
            assert!(reads_as_fields(more), "{more}");
        }
    }
}
