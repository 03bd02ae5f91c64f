//! The audit log of each school: a Merkle log in the manner of RFC 6962. A leaf holds ids, kind, time and a salted digest of
//! the payload, so that salt and payload can be erased and the log still verifies.

mod heads;

use ring::digest::{SHA256, digest};
use sea_orm::Set;
use uuid::Uuid;

use crate::bulk;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::AuditEntryId;
use crate::ledgers::{self, Owner};
use crate::merkle::{Frontier, leaf_hash};
use crate::seal::random;
use crate::tables::audit_entries;
use crate::time::Timestamp;

pub use heads::sign_heads;

const SALT_BYTES: usize = 16;

/// One thing that was done, to be remembered for ever.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) owner: Owner,
    /// What was done, as `bankTransaction.settled`.
    pub(crate) kind: &'static str,
    /// The thing it was done to.
    pub(crate) subject: Uuid,
    /// Who did it: `client:<id>`, `user:<id>`, `hub`.
    pub(crate) actor: String,
    /// What to show; erasable.
    pub(crate) payload: serde_json::Value,
}

/// Appends entries to the logs of their owners, in their order.
pub(crate) async fn append(tx: &Tx, entries: Vec<Entry>, now: Timestamp) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut locked = ledgers::lock(tx, entries.iter().map(|entry| entry.owner)).await?;
    let mut frontiers = std::collections::BTreeMap::new();
    for (id, row) in &locked {
        frontiers.insert(*id, Frontier::from_bytes(&row.audit_frontier).map_err(Error::internal)?);
    }
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let ledger = locked.get_mut(&entry.owner.id()).ok_or_else(|| Error::internal("a ledger is missing"))?;
        let row = leaf(&entry, ledger.audit_size, now)?;
        if let (Some(frontier), Ok(hash)) =
            (frontiers.get_mut(&ledger.id), row.leaf_hash.as_ref().as_slice().try_into())
        {
            frontier.append(hash);
            ledger.audit_frontier = frontier.to_bytes();
        }
        ledger.audit_size += 1;
        rows.push(row);
    }
    bulk::insert(tx, rows).await?;
    ledgers::store(tx, locked.into_values().collect()).await
}

fn leaf(entry: &Entry, position: i64, now: Timestamp) -> Result<audit_entries::ActiveModel, Error> {
    let id = AuditEntryId::new(now).uuid();
    let salt: [u8; SALT_BYTES] = random()?;
    let payload = entry.payload.to_string();
    let payload_digest = salted(&salt, &payload);
    let data = leaf_data(id, entry.owner.id(), position, entry.kind, entry.subject, &entry.actor, now, &payload_digest);
    Ok(audit_entries::ActiveModel {
        id: Set(id),
        ledger_id: Set(entry.owner.id()),
        position: Set(position),
        kind: Set(entry.kind.to_owned()),
        subject_id: Set(entry.subject),
        actor: Set(entry.actor.clone()),
        recorded_at: Set(now),
        leaf_hash: Set(leaf_hash(&data).to_vec()),
        payload_digest: Set(payload_digest),
        salt: Set(Some(salt.to_vec())),
        payload: Set(Some(payload)),
    })
}

/// SHA-256 over salt and payload.
pub(crate) fn salted(salt: &[u8], payload: &str) -> Vec<u8> {
    digest(&SHA256, &[salt, payload.as_bytes()].concat()).as_ref().to_vec()
}

/// The bytes under a leaf's hash: every column but salt and payload, in one line.
#[expect(clippy::too_many_arguments, reason = "a leaf is exactly these columns")]
pub(crate) fn leaf_data(
    id: Uuid,
    ledger: Uuid,
    position: i64,
    kind: &str,
    subject: Uuid,
    actor: &str,
    recorded_at: Timestamp,
    payload_digest: &[u8],
) -> Vec<u8> {
    let digest = hex::encode(payload_digest);
    format!("audit.v1 {id} {ledger} {position} {kind} {subject} {actor} {} {digest}", recorded_at.micros()).into_bytes()
}
