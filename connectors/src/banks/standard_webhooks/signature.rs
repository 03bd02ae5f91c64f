//! Signatures of Standard Webhooks over id, time and body: version `v1` is HMAC-SHA256, version `v1a` is Ed25519.

use base64::Engine;
use ring::{
    hmac::{self, HMAC_SHA256},
    signature::{ED25519, ED25519_PUBLIC_KEY_LEN, Ed25519KeyPair, UnparsedPublicKey},
};
use subtle::ConstantTimeEq;

use crate::{
    fault::ConfigFault,
    proof::{self, BASE64},
    secret::Secret,
};

const SHARED: &str = "whsec_";
const SECRET_HALF: &str = "whsk_";
const PUBLIC_HALF: &str = "whpk_";
/// An Ed25519 secret key without its public half.
const SEED_BYTES: usize = 32;
/// More signatures than keys in a rotation is no honest message.
const SIGNATURES_AT_MOST: usize = 16;
const MESSAGE_ID_LIMIT_BYTES: usize = 128;

/// A message id is visible ASCII without a dot, since a dot would blur the signed text.
pub(super) fn is_message_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'.';
    (1..=MESSAGE_ID_LIMIT_BYTES).contains(&id.len()) && id.bytes().all(allowed)
}

/// One signature of a list, by its version.
pub(super) enum Claim {
    V1([u8; 32]),
    V1a([u8; 64]),
}

/// The signatures of versions `v1` and `v1a` in a list; other versions are skipped.
pub(super) fn claims(signatures: &str) -> Vec<Claim> {
    signatures.split(' ').take(SIGNATURES_AT_MOST).filter_map(claim).collect()
}

fn claim(signature: &str) -> Option<Claim> {
    let (version, code) = signature.split_once(',')?;
    match version {
        "v1" => BASE64.decode(code).ok()?.try_into().ok().map(Claim::V1),
        "v1a" => BASE64.decode(code).ok()?.try_into().ok().map(Claim::V1a),
        _ => None,
    }
}

/// What a receiver checks with: the key that it shares with the sender, or the public half of the sender's own.
pub(super) enum Key {
    Shared(hmac::Key),
    Public([u8; ED25519_PUBLIC_KEY_LEN]),
}

impl Key {
    /// Reads a `whsec_...` or `whpk_...` text.
    pub(super) fn read(secret: &Secret) -> Result<Self, ConfigFault> {
        if let Some(encoded) = secret.bytes().strip_prefix(PUBLIC_HALF.as_bytes()) {
            let public = decoded(encoded)?.try_into();
            return public.map(Self::Public).map_err(|_| ConfigFault::BadKey("what follows whpk_ is not 32 bytes"));
        }
        if secret.bytes().starts_with(SECRET_HALF.as_bytes()) {
            return Err(ConfigFault::BadKey(
                "whsk_ is for the sender alone; the receiver has the whpk_ of the same pair",
            ));
        }
        shared(secret).map(Self::Shared)
    }

    /// Whether some claim of this key's version fits these parts, put together. Each key proves its own version only:
    /// a public key, which anybody may know, must never be taken for a shared one.
    pub(super) fn proves(&self, parts: &[&[u8]], claims: &[Claim]) -> bool {
        match self {
            Self::Shared(key) => {
                let code = proof::sign(key, parts);
                claims.iter().any(|claim| matches!(claim, Claim::V1(claim) if code.as_ref().ct_eq(claim).into()))
            }
            Self::Public(key) => {
                let key = UnparsedPublicKey::new(&ED25519, key);
                let mut text = Vec::new();
                claims.iter().any(|claim| {
                    let Claim::V1a(claim) = claim else { return false };
                    if text.is_empty() {
                        text = parts.concat();
                    }
                    key.verify(&text, claim).is_ok()
                })
            }
        }
    }
}

/// The signing key inside a `whsec_...` text.
fn shared(secret: &Secret) -> Result<hmac::Key, ConfigFault> {
    let encoded = secret
        .bytes()
        .strip_prefix(SHARED.as_bytes())
        .ok_or(ConfigFault::BadKey("it begins neither with whsec_ nor with whpk_"))?;
    let bytes = decoded(encoded)?;
    if !(24..=64).contains(&bytes.len()) {
        return Err(ConfigFault::BadKey("it does not hold 24 to 64 bytes"));
    }
    Ok(hmac::Key::new(HMAC_SHA256, &bytes))
}

/// The pair inside a `whsk_...` text: the secret half, and behind it the public one when the sender's tool wrote both.
fn pair(encoded: &[u8]) -> Result<Ed25519KeyPair, ConfigFault> {
    let bytes = decoded(encoded)?;
    let pair = match bytes.split_at_checked(SEED_BYTES) {
        Some((seed, [])) => Ed25519KeyPair::from_seed_unchecked(seed),
        Some((seed, public)) => Ed25519KeyPair::from_seed_and_public_key(seed, public),
        None => return Err(ConfigFault::BadKey("what follows whsk_ is shorter than 32 bytes")),
    };
    pair.map_err(|_| ConfigFault::BadKey("what follows whsk_ is not a secret key, alone or with its public half"))
}

fn decoded(encoded: &[u8]) -> Result<Vec<u8>, ConfigFault> {
    BASE64.decode(encoded).map_err(|_| ConfigFault::BadKey("what follows its prefix is not base64"))
}

/// The value of `webhook-signature` for a message sent at this second (Unix time): `v1` with a `whsec_...` key, `v1a`
/// with a `whsk_...` key.
///
/// # Errors
/// [`ConfigFault::BadKey`] when the key is neither; nobody can sign with a `whpk_...` key.
pub fn sign(secret: &Secret, id: &str, seconds: i64, body: &[u8]) -> Result<String, ConfigFault> {
    let seconds = seconds.to_string();
    let parts = [id.as_bytes(), b".", seconds.as_bytes(), b".", body];
    if let Some(encoded) = secret.bytes().strip_prefix(SECRET_HALF.as_bytes()) {
        return Ok(format!("v1a,{}", BASE64.encode(pair(encoded)?.sign(&parts.concat()))));
    }
    if secret.bytes().starts_with(PUBLIC_HALF.as_bytes()) {
        return Err(ConfigFault::BadKey("whpk_ only checks; the sender signs with the whsk_ of the same pair"));
    }
    Ok(format!("v1,{}", BASE64.encode(proof::sign(&shared(secret)?, &parts))))
}

/// A new key for a partner: `whsec_` and the base64 of 32 random bytes. A pair for `v1a` is the partner's to make.
///
/// # Errors
/// [`ConfigFault::NoRandomness`] when the system gives none.
pub fn generate_key() -> Result<String, ConfigFault> {
    Ok(format!("{SHARED}{}", BASE64.encode(proof::random_key()?)))
}

#[cfg(test)]
mod tests {
    use super::{Key, claims, generate_key, is_message_id, sign};
    use crate::secret::Secret;

    // The pair and the signature that the specification and its reference server publish.
    const WHSK: &str = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    const WHPK: &str = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
    const V1A: &str = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

    #[test]
    fn a_key_is_read_with_or_without_padding_and_never_short() {
        let fresh = generate_key().unwrap();
        assert_ne!(fresh, generate_key().unwrap());
        for good in [fresh.as_str(), fresh.trim_end_matches('='), WHPK, WHPK.trim_end_matches('=')] {
            assert!(Key::read(&Secret::new(good)).is_ok());
        }
        let bare = fresh.trim_start_matches("whsec_");
        for bad in ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!", bare, "whpk_", "whpk_c2hvcnQ=", WHSK] {
            assert!(Key::read(&Secret::new(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_published_pair_signs_as_published() {
        let signed = |key: &str| sign(&Secret::new(key), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, BODY);
        const BODY: &[u8] = br#"{"test": 2432232314}"#;
        assert_eq!(signed(WHSK).unwrap(), V1A);
        assert_eq!(signed("whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=").unwrap(), V1A);
        let halves_of_two_pairs = WHSK.replace("Kvg==", "Kvw==");
        for bad in [WHPK, "whsk_", "whsk_c2hvcnQ=", "whsk_!", &halves_of_two_pairs] {
            assert!(signed(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn unknown_versions_are_skipped() {
        let code = "7HZpmTlxm/N2Zd3VpRCZYCSY3P3XGFpDxKe2ge1Uf0M=";
        assert_eq!(claims(&format!("v1a,{code} v2,{code} v1,{code} v1,short {V1A}")).len(), 2);
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
