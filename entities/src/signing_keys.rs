//! The Ed25519 keys with which the hub signs tokens, tree heads, and answers to banks that share no key with it. What is signed
//! tells by its beginning which of these it is. Two are always ready: the one that signs now and the
//! next one, which is published before it signs, so that whoever caches our keys never meets an unknown one.

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::access;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::SigningKeyId;
use crate::seal::{Place, Vault, random};
use crate::tables::signing_keys;
use crate::time::Timestamp;
use crate::transaction;

/// How long a key signs before the next one takes over, in seconds: 90 days.
pub const ROTATION_SECONDS: i64 = 90 * 86_400;
/// How long a key that no longer signs is still believed, in seconds: as long as a token can live.
pub const GRACE_SECONDS: i64 = 86_400;

/// A key of the hub. Its seed cannot be printed.
#[derive(Clone)]
pub struct SigningKey {
    /// Its id, the `kid` of tokens.
    pub id: SigningKeyId,
    /// The 32 bytes of the public key.
    pub public_key: Vec<u8>,
    /// When it begins to sign.
    pub active_from: Timestamp,
    seed: [u8; 32],
}

impl SigningKey {
    /// The 32 secret bytes, for the signer of tokens only.
    #[must_use]
    pub const fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// Signs a message with Ed25519 (RFC 8032).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(pair(&self.seed)?.sign(message).as_ref().to_vec())
    }
}

/// The keys that are believed at a moment, newest first. Makes what is missing: the first key, the next key, and the end of
/// a key whose successor signs.
pub async fn ready(db: &Db, now: Timestamp) -> Result<Vec<SigningKey>, Error> {
    let keys = believed(db.read(), db.vault(), now).await?;
    if is_complete(&keys, now) {
        return Ok(keys.into_iter().map(|(key, _)| key).collect());
    }
    transaction!(db, |tx| complete(tx, now).await)
}

/// Lets the next key sign from now on. The present one is believed for [`GRACE_SECONDS`] more.
pub async fn rotate(tx: &Tx, now: Timestamp) -> Result<Vec<SigningKey>, Error> {
    complete(tx, now).await?;
    signing_keys::Entity::update_many()
        .col_expr(signing_keys::Column::ActiveFrom, Expr::value(now))
        .filter(signing_keys::Column::ActiveFrom.gt(now))
        .exec(tx.conn())
        .await?;
    complete(tx, now).await
}

/// The key that signs at a moment, of the keys that are ready.
#[must_use]
pub fn current(keys: &[SigningKey], now: Timestamp) -> Option<&SigningKey> {
    keys.iter().filter(|key| key.active_from <= now).max_by_key(|key| (key.active_from, key.id))
}

async fn complete(tx: &Tx, now: Timestamp) -> Result<Vec<SigningKey>, Error> {
    access::raise(tx).await?;
    let mut keys = believed(tx.conn(), tx.vault(), now).await?;
    if !keys.iter().any(|(key, _)| key.active_from <= now) {
        keys.push((insert(tx, now, now).await?, None));
    }
    if !keys.iter().any(|(key, _)| key.active_from > now) {
        keys.push((insert(tx, now.plus_seconds(ROTATION_SECONDS), now).await?, None));
    }
    let signs = keys.iter().map(|(key, _)| key.active_from).filter(|from| *from <= now).max();
    if let Some(since) = signs {
        signing_keys::Entity::update_many()
            .col_expr(signing_keys::Column::RetiredAt, Expr::value(since.plus_seconds(GRACE_SECONDS)))
            .filter(signing_keys::Column::ActiveFrom.lt(since))
            .filter(signing_keys::Column::RetiredAt.is_null())
            .exec(tx.conn())
            .await?;
    }
    let keys = believed(tx.conn(), tx.vault(), now).await?;
    Ok(keys.into_iter().map(|(key, _)| key).collect())
}

/// One key signs, its forerunners have an end, and one key waits.
fn is_complete(keys: &[(SigningKey, Option<Timestamp>)], now: Timestamp) -> bool {
    let endless = |key: &&(SigningKey, Option<Timestamp>)| key.1.is_none();
    let signing = keys.iter().filter(|(key, _)| key.active_from <= now);
    let waiting = keys.iter().any(|(key, _)| key.active_from > now);
    signing.filter(endless).count() == 1 && waiting
}

async fn believed(
    conn: &impl ConnectionTrait,
    vault: &Vault,
    now: Timestamp,
) -> Result<Vec<(SigningKey, Option<Timestamp>)>, Error> {
    use signing_keys::Column;
    let rows = signing_keys::Entity::find()
        .filter(Column::RetiredAt.is_null().or(Column::RetiredAt.gt(now)))
        .order_by_desc(Column::ActiveFrom)
        .order_by_desc(Column::Id)
        .all(conn)
        .await?;
    let read = |row: signing_keys::Model| {
        let seed = vault.open(place(SigningKeyId::from_uuid(row.id)), &row.seed_sealed)?;
        let seed = seed.try_into().map_err(|_| Error::internal("a signing key's seed is not 32 bytes long"))?;
        let id = SigningKeyId::from_uuid(row.id);
        Ok((SigningKey { id, public_key: row.public_key, active_from: row.active_from, seed }, row.retired_at))
    };
    rows.into_iter().map(read).collect()
}

async fn insert(tx: &Tx, active_from: Timestamp, now: Timestamp) -> Result<SigningKey, Error> {
    let id = SigningKeyId::new(now);
    let seed = random()?;
    let public_key = pair(&seed)?.public_key().as_ref().to_vec();
    let row = signing_keys::ActiveModel {
        id: Set(id.uuid()),
        public_key: Set(public_key.clone()),
        seed_sealed: Set(tx.vault().seal(place(id), &seed)?),
        active_from: Set(active_from),
        retired_at: Set(None),
        created_at: Set(now),
    };
    signing_keys::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(SigningKey { id, public_key, active_from, seed })
}

fn pair(seed: &[u8; 32]) -> Result<Ed25519KeyPair, Error> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| Error::internal("a signing key's seed is broken"))
}

fn place(id: SigningKeyId) -> Place {
    Place { table: "signing_keys", row: id.uuid(), column: "seed_sealed" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, fresh};

    #[tokio::test]
    async fn a_key_signs_and_the_next_one_waits() {
        let fresh = fresh().await;
        let first = ready(&fresh.db, NOW).await.unwrap();
        assert_eq!(first.len(), 2);
        let again = ready(&fresh.db, NOW.plus_seconds(60)).await.unwrap();
        let ids = |keys: &[SigningKey]| keys.iter().map(|key| key.id).collect::<Vec<_>>();
        assert_eq!(ids(&first), ids(&again));
        let signing = current(&first, NOW).unwrap();
        let signature = signing.sign(b"lien thong").unwrap();
        let verifier = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &signing.public_key);
        assert!(verifier.verify(b"lien thong", &signature).is_ok());
        assert!(verifier.verify(b"lien thonG", &signature).is_err());
    }

    #[tokio::test]
    async fn the_old_key_is_believed_for_its_grace_and_no_longer() {
        let fresh = fresh().await;
        let before = ready(&fresh.db, NOW).await.unwrap();
        let old = current(&before, NOW).unwrap().id;
        let after = transaction!(fresh.db, |tx| rotate(tx, NOW.plus_seconds(10)).await).unwrap();
        assert_eq!(after.len(), 3);
        assert_ne!(current(&after, NOW.plus_seconds(10)).unwrap().id, old);
        let later = ready(&fresh.db, NOW.plus_seconds(10 + GRACE_SECONDS)).await.unwrap();
        assert!(later.iter().all(|key| key.id != old));
        assert_eq!(later.len(), 2);
    }

    #[tokio::test]
    async fn time_alone_rotates() {
        let fresh = fresh().await;
        let before = ready(&fresh.db, NOW).await.unwrap();
        let then = NOW.plus_seconds(ROTATION_SECONDS + 1);
        let after = ready(&fresh.db, then).await.unwrap();
        assert_eq!(after.len(), 3, "the old one in its grace, the present one, the next one");
        assert_ne!(current(&before, NOW).unwrap().id, current(&after, then).unwrap().id);
    }
}
