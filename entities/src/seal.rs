//! Sealed columns: account numbers, secrets, personal ids and raw messages lie encrypted in the database.
//!
//! Every value has a key of its own, derived from a data key and the place where the value lies, so that a sealed value
//! moved to another row or column does not open. The data keys lie in the database, sealed by the master key.

use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

use crate::error::Error;

const FORMAT: u8 = 1;
const HEADER_LEN: usize = 1 + NONCE_LEN;

/// The key from which everything else opens: 32 bytes given by the operator, or made on first start with SQLite.
/// It cannot be shown.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// The key made of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A fresh random key and its bytes, for the key file.
    pub fn generate() -> Result<([u8; 32], Self), Error> {
        let bytes = random()?;
        Ok((bytes, Self(bytes)))
    }

    /// What the database keeps to notice another key: a digest that tells nothing of the key.
    pub(crate) fn fingerprint(&self) -> Vec<u8> {
        derive(&self.0, &[b"lienthong master key fingerprint"]).to_vec()
    }
}

/// The place of a sealed value: moving the value elsewhere makes it unreadable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) table: &'static str,
    pub(crate) row: Uuid,
    pub(crate) column: &'static str,
}

/// Seals and opens columns. Cheap to clone; it cannot be shown.
#[derive(Clone)]
pub(crate) struct Vault(Arc<DataKeys>);

struct DataKeys {
    sealing: [u8; 32],
    index: [u8; 32],
}

impl Vault {
    pub(crate) fn new(sealing: [u8; 32], index: [u8; 32]) -> Self {
        Self(Arc::new(DataKeys { sealing, index }))
    }

    /// Format byte, random nonce, ciphertext with its tag.
    pub(crate) fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, Error> {
        seal_with(&self.0.sealing, place, plain)
    }

    pub(crate) fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        open_with(&self.0.sealing, place, sealed)
    }

    /// Opens a value that was sealed as UTF-8 text.
    pub(crate) fn open_text(&self, place: Place, sealed: &[u8]) -> Result<String, Error> {
        String::from_utf8(self.open(place, sealed)?).map_err(Error::internal)
    }

    /// A keyed hash for equality search of a sealed column (a blind index).
    pub(crate) fn index(&self, column: &str, value: &str) -> Vec<u8> {
        derive(&self.0.index, &[column.as_bytes(), value.as_bytes()]).to_vec()
    }
}

/// Seals a data key under the master key; its row is its place.
pub(crate) fn seal_key(master: &MasterKey, row: Uuid, key: &[u8; 32]) -> Result<Vec<u8>, Error> {
    seal_with(&master.0, data_key_place(row), key)
}

/// Opens a data key.
pub(crate) fn open_key(master: &MasterKey, row: Uuid, sealed: &[u8]) -> Result<[u8; 32], Error> {
    let plain = open_with(&master.0, data_key_place(row), sealed)?;
    plain.try_into().map_err(|_| Error::internal("a data key is not 32 bytes long"))
}

fn data_key_place(row: Uuid) -> Place {
    Place { table: "data_keys", row, column: "sealed" }
}

fn seal_with(key: &[u8; 32], place: Place, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let nonce: [u8; NONCE_LEN] = random()?;
    let mut sealed = Vec::with_capacity(HEADER_LEN + plain.len() + AES_256_GCM.tag_len());
    sealed.push(FORMAT);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = aead_key(key, place)?
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from([FORMAT]), &mut sealed[HEADER_LEN..])
        .map_err(|_| Error::internal("sealing failed"))?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

fn open_with(key: &[u8; 32], place: Place, sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let broken = || Error::internal(format!("{}.{} of {} does not open", place.table, place.column, place.row));
    if sealed.first() != Some(&FORMAT) || sealed.len() < HEADER_LEN {
        return Err(broken());
    }
    let nonce = Nonce::try_assume_unique_for_key(&sealed[1..HEADER_LEN]).map_err(|_| broken())?;
    let mut text = sealed[HEADER_LEN..].to_vec();
    let plain_len =
        aead_key(key, place)?.open_in_place(nonce, Aad::from([FORMAT]), &mut text).map_err(|_| broken())?.len();
    text.truncate(plain_len);
    Ok(text)
}

fn aead_key(key: &[u8; 32], place: Place) -> Result<LessSafeKey, Error> {
    let own = derive(key, &[place.table.as_bytes(), place.row.as_bytes(), place.column.as_bytes()]);
    UnboundKey::new(&AES_256_GCM, &own)
        .map(LessSafeKey::new)
        .map_err(|_| Error::internal("an AES-256 key has 32 bytes"))
}

/// HMAC-SHA256 over the parts, each with its length before it.
fn derive(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::internal("the system gives no random bytes"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: u128, column: &'static str) -> Place {
        Place { table: "bank_accounts", row: Uuid::from_u128(row), column }
    }

    #[test]
    fn a_value_opens_only_in_its_place() {
        let vault = Vault::new([7; 32], [8; 32]);
        let sealed = vault.seal(place(1, "number_sealed"), b"9990001").unwrap();
        assert_eq!(vault.open(place(1, "number_sealed"), &sealed).unwrap(), b"9990001");
        assert!(vault.open(place(2, "number_sealed"), &sealed).is_err());
        assert!(vault.open(place(1, "holder"), &sealed).is_err());
        assert!(Vault::new([9; 32], [8; 32]).open(place(1, "number_sealed"), &sealed).is_err());
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(vault.open(place(1, "number_sealed"), &bent).is_err(), "byte {at}");
        }
    }

    #[test]
    fn the_same_value_never_seals_alike_but_always_indexes_alike() {
        let vault = Vault::new([7; 32], [8; 32]);
        assert_ne!(vault.seal(place(1, "a"), b"x").unwrap(), vault.seal(place(1, "a"), b"x").unwrap());
        assert_eq!(vault.index("a", "x"), vault.index("a", "x"));
        assert_ne!(vault.index("a", "bx"), vault.index("ab", "x"));
    }
}
