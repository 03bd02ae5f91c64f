//! The hub's signing keys as this process holds them: one signs, all that are believed verify, and all are published.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entities::signing_keys::{self, SigningKey};
use entities::time::Timestamp;
use entities::{Db, Error};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use uuid::Uuid;

/// The keys at one moment.
pub struct Keys {
    signing: SigningKey,
    believed: HashMap<Uuid, DecodingKey>,
    jwks: Value,
}

impl Keys {
    /// Reads the keys from the database; makes them on first use.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(db: &Db, now: Timestamp) -> Result<Self, Error> {
        Self::of(&signing_keys::ready(db, now).await?, now)
    }

    pub(super) fn of(keys: &[SigningKey], now: Timestamp) -> Result<Self, Error> {
        let signing = signing_keys::current(keys, now).ok_or_else(|| Error::internal("no key signs"))?.clone();
        let believed = keys.iter().map(|key| (key.id.uuid(), DecodingKey::from_ed_der(&key.public_key))).collect();
        let jwks = json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() });
        Ok(Self { signing, believed, jwks })
    }

    /// The key that signs, with the id that tokens carry as `kid`.
    #[must_use]
    pub fn signing(&self) -> (Uuid, EncodingKey) {
        (self.signing.id.uuid(), EncodingKey::from_ed_der(self.signing.seed()))
    }

    /// Signs what is no token, whose first line says what it is, with the key that signs now; gives its `kid`, too.
    ///
    /// # Errors
    /// When the key is broken.
    pub fn sign(&self, text: &[u8]) -> Result<(Uuid, Vec<u8>), Error> {
        Ok((self.signing.id.uuid(), self.signing.sign(text)?))
    }

    /// The key of a `kid` if it is one of ours; an unknown one is looked for nowhere else.
    #[must_use]
    pub fn believed(&self, kid: Uuid) -> Option<&DecodingKey> {
        self.believed.get(&kid)
    }

    /// The published set (RFC 7517, RFC 8037): the keys that sign now and next, and those still believed.
    #[must_use]
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }
}

fn jwk(key: &SigningKey) -> Value {
    let x = URL_SAFE_NO_PAD.encode(&key.public_key);
    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id.uuid(), "x": x })
}
