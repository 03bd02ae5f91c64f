//! The cryptography behind bearer tokens: Ed25519 over ring, and nothing else. There is no RSA and no HMAC to be confused
//! with: a token that names another algorithm finds no verifier.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};

static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory: signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };

/// Makes ring the back end of every token in this process. A repeat changes nothing.
pub fn install() {
    // A second call finds the same provider in place; there is no other in the tree.
    let _ = PROVIDER.install_default();
}

struct Signs(Ed25519KeyPair);

impl Signer<Vec<u8>> for Signs {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for Signs {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct Verifies(Vec<u8>);

impl Verifier<Vec<u8>> for Verifies {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Verifies {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

/// The key's bytes are the 32 bytes of its seed.
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    only_eddsa(*algorithm)?;
    let pair =
        Ed25519KeyPair::from_seed_unchecked(key.as_bytes()).map_err(|_| Error::from(ErrorKind::InvalidEddsaKey))?;
    Ok(Box::new(Signs(pair)))
}

/// The key's bytes are the 32 bytes of the public key.
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    only_eddsa(*algorithm)?;
    Ok(Box::new(Verifies(key.try_get_as_bytes()?.to_vec())))
}

fn only_eddsa(algorithm: Algorithm) -> Result<()> {
    if algorithm == Algorithm::EdDSA { Ok(()) } else { Err(ErrorKind::InvalidAlgorithm.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_eddsa_has_a_back_end() {
        for algorithm in [Algorithm::HS256, Algorithm::RS256, Algorithm::PS512, Algorithm::ES256] {
            assert!(signer(&algorithm, &EncodingKey::from_ed_der(&[1; 32])).is_err(), "{algorithm:?}");
            assert!(verifier(&algorithm, &DecodingKey::from_ed_der(&[1; 32])).is_err(), "{algorithm:?}");
        }
        assert!(signer(&Algorithm::EdDSA, &EncodingKey::from_ed_der(&[1; 32])).is_ok());
    }
}
