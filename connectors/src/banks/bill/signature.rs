//! Signatures over a call: HMAC-SHA256 with a shared key, or RSA or Ed25519 with a key of the bank. The key tells the algorithm,
//! never the message.

use base64::Engine;
use ring::{
    digest,
    hmac::{self, HMAC_SHA256},
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef, der::Document};
use subtle::ConstantTimeEq;

use crate::{
    fault::ConfigFault,
    proof::{self, BASE64},
    secret::Secret,
};

const HMAC: &str = "hmac-sha256";
const RSA: &str = "rsa-sha256";
const EDDSA: &str = "ed25519";

const PEM: &[u8] = b"-----BEGIN ";
const PUBLIC: &str = "PUBLIC KEY";
const PRIVATE: &str = "PRIVATE KEY";
const RSA_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// The bytes of a 2,048-bit RSA modulus: what is shorter is no key.
const RSA_BYTES: usize = 256;
/// The shortest shared key: as long as what it makes.
const SHARED_BYTES: usize = 32;

/// A nonce has 16 to 64 letters, digits, `-` and `_`.
pub(super) fn is_nonce(nonce: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (16..=64).contains(&nonce.len()) && nonce.bytes().all(allowed)
}

/// What a bank signs: the parts of its call.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The HTTP method, in capitals.
    pub method: &'a str,
    /// The connection's id, as its address has it.
    pub connection: &'a str,
    /// The path behind the connection, such as `/pay`.
    pub tail: &'a str,
    /// When it is signed, in seconds since 1970.
    pub seconds: i64,
    /// The nonce.
    pub nonce: &'a str,
    /// The raw body; empty when there is none.
    pub body: &'a [u8],
}

impl Signed<'_> {
    /// The canonical text: a version, the method, the path, the second, the nonce, and the SHA-256 of the body in hex, each on
    /// its line, without a line end behind the last.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        let Self { method, connection, tail, seconds, nonce, body } = self;
        let body = hex::encode(digest::digest(&digest::SHA256, body));
        format!("LIENTHONG-BILL-V1\n{method}\n/billing/{connection}{tail}\n{seconds}\n{nonce}\n{body}").into_bytes()
    }
}

/// The text of an answer: a version, the connection, the nonce of the call, the HTTP status, and the SHA-256 of the body in hex.
pub(super) fn answered(connection: &str, nonce: &str, status: u16, body: &[u8]) -> Vec<u8> {
    let body = hex::encode(digest::digest(&digest::SHA256, body));
    format!("LIENTHONG-BILL-V1-ANSWER\n/billing/{connection}\n{nonce}\n{status}\n{body}").into_bytes()
}

/// A signature with its algorithm, as the header has it: `hmac-sha256=`, `rsa-sha256=` or `ed25519=`, and base64.
pub(super) struct Claim {
    algorithm: &'static str,
    code: Vec<u8>,
}

impl Claim {
    pub(super) fn read(header: &str) -> Option<Self> {
        let (name, code) = header.split_once('=')?;
        let algorithm = [HMAC, RSA, EDDSA].into_iter().find(|known| *known == name)?;
        Some(Self { algorithm, code: BASE64.decode(code).ok()? })
    }
}

/// What the hub checks with.
pub(super) enum Key {
    Shared(hmac::Key),
    /// The `RSAPublicKey` of PKCS #1.
    Rsa(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Key {
    /// Reads a public key in PEM, or any other text as a shared key.
    pub(super) fn read(secret: &Secret) -> Result<Self, ConfigFault> {
        let bytes = secret.bytes();
        if !bytes.starts_with(PEM) {
            return shared_key(bytes).map(Self::Shared);
        }
        let document = pem(bytes, PUBLIC)
            .ok_or(ConfigFault::BadKey("a key in PEM is a PUBLIC KEY; the private one stays with the bank"))?;
        let info = SubjectPublicKeyInfoRef::try_from(document.as_bytes());
        let info = info.map_err(|_| ConfigFault::BadKey("the public key cannot be read"))?;
        let key = info.subject_public_key.as_bytes().ok_or(ConfigFault::BadKey("the public key has odd bits"))?;
        match info.algorithm.oid {
            RSA_KEY if key.len() > RSA_BYTES => Ok(Self::Rsa(key.to_vec())),
            RSA_KEY => Err(ConfigFault::BadKey("an RSA key has at least 2048 bits")),
            ED25519_KEY => Ok(Self::Ed25519(key.to_vec())),
            _ => Err(ConfigFault::BadKey("a public key is RSA or Ed25519")),
        }
    }

    /// Whether this key made the signature of this text, by its own algorithm alone.
    pub(super) fn proves(&self, text: &[u8], claim: &Claim) -> bool {
        match self {
            Self::Shared(key) => {
                claim.algorithm == HMAC && proof::sign(key, &[text]).as_ref().ct_eq(&claim.code).into()
            }
            Self::Rsa(key) => {
                let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
                claim.algorithm == RSA && key.verify(text, &claim.code).is_ok()
            }
            Self::Ed25519(key) => {
                claim.algorithm == EDDSA && UnparsedPublicKey::new(&ED25519, key).verify(text, &claim.code).is_ok()
            }
        }
    }
}

/// The signature of a shared key, as the header has it.
pub(super) fn shared(key: &hmac::Key, text: &[u8]) -> String {
    format!("{HMAC}={}", BASE64.encode(proof::sign(key, &[text])))
}

/// A signature by the hub's own Ed25519 key, as the header has it.
pub(super) fn by_hub(signature: &[u8]) -> String {
    format!("{EDDSA}={}", BASE64.encode(signature))
}

/// The value of `Lienthong-Signature` for this text, as a bank makes it: with a private key in PEM (PKCS #8, RSA or Ed25519), or
/// with a shared one.
///
/// # Errors
/// [`ConfigFault::BadKey`] when the key is none of these; nobody can sign with a public key.
pub fn sign(secret: &Secret, text: &[u8]) -> Result<String, ConfigFault> {
    let bytes = secret.bytes();
    if !bytes.starts_with(PEM) {
        return Ok(shared(&shared_key(bytes)?, text));
    }
    let document = pem(bytes, PRIVATE).ok_or(ConfigFault::BadKey("only a PRIVATE KEY in PKCS #8 signs"))?;
    if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(document.as_bytes()) {
        return Ok(format!("{EDDSA}={}", BASE64.encode(pair.sign(text))));
    }
    let pair = RsaKeyPair::from_pkcs8(document.as_bytes())
        .map_err(|_| ConfigFault::BadKey("a private key is RSA of 2048 bits and more, or Ed25519"))?;
    let mut code = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut code).map_err(|_| ConfigFault::NoRandomness)?;
    Ok(format!("{RSA}={}", BASE64.encode(code)))
}

/// A new shared key: 64 hex digits, so that it goes through every command line.
///
/// # Errors
/// [`ConfigFault::NoRandomness`] when the system gives none.
pub fn generate_key() -> Result<String, ConfigFault> {
    Ok(hex::encode(proof::random_key()?))
}

fn shared_key(bytes: &[u8]) -> Result<hmac::Key, ConfigFault> {
    if bytes.len() < SHARED_BYTES {
        return Err(ConfigFault::BadKey("a shared key has at least 32 characters"));
    }
    Ok(hmac::Key::new(HMAC_SHA256, bytes))
}

/// What a PEM text with this label holds.
fn pem(bytes: &[u8], label: &str) -> Option<Document> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let (known, document) = Document::from_pem(text).ok()?;
    (known == label).then_some(document)
}
