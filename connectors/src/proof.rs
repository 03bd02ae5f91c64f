//! Message authentication codes: every key of a connection is tried, every comparison takes constant time.

use ring::hmac;
use subtle::ConstantTimeEq;

use crate::{
    fault::{ConfigFault, Refusal},
    notice::Assurance,
    secret::Secret,
};

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

    /// Whether some key gives one of the claimed codes for these parts, put together.
    pub(crate) fn prove<'c>(&self, parts: &[&[u8]], claims: impl Iterator<Item = &'c [u8]> + Clone) -> bool {
        self.proving(parts, claims).is_some()
    }

    /// The key that gives one of the claimed codes for these parts, put together: a sender that expects signed answers
    /// knows this one.
    pub(crate) fn proving<'c>(
        &self,
        parts: &[&[u8]],
        claims: impl Iterator<Item = &'c [u8]> + Clone,
    ) -> Option<&hmac::Key> {
        self.0.iter().find(|key| {
            let code = sign(key, parts);
            claims.clone().any(|claim| code.as_ref().ct_eq(claim).into())
        })
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

/// Whether a value could be read as further fields of a text like `a=1&b=2` whose values are not encoded. The same text
/// would then prove another message, too, in which these fields stand on their own.
pub(crate) fn reads_as_fields(value: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    value.split('&').skip(1).any(|pair| pair.split_once('=').is_some_and(|(name, _)| is_name(name)))
}

#[cfg(test)]
mod tests {
    use super::reads_as_fields;

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
