//! Walks every audit log from its first entry: places without gaps, leaves that hash to what is stored, payloads that fit
//! their digests, and in the end the frontier and every signed head.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::audit::{leaf_data, salted};
use crate::db::Db;
use crate::error::Error;
use crate::merkle::{Frontier, Hash, leaf_hash};
use crate::tables::{audit_entries, audit_heads, ledgers};

/// Entries read at once: a log may be long.
const PAGE_ENTRIES: u64 = 5_000;

/// A sentence for each entry, frontier or head that does not hold.
pub(super) async fn differences(db: &Db) -> Result<Vec<String>, Error> {
    let mut sentences = Vec::new();
    let all = ledgers::Entity::find().order_by_asc(ledgers::Column::Id).all(db.read()).await?;
    for ledger in &all {
        walk(db, ledger, &mut sentences).await?;
    }
    let known = all.into_iter().map(|ledger| ledger.id);
    let stray = audit_entries::Entity::find().filter(audit_entries::Column::LedgerId.is_not_in(known)).all(db.read());
    sentences.extend(stray.await?.into_iter().map(|row| format!("audit_entries {}: its log does not exist.", row.id)));
    Ok(sentences)
}

async fn walk(db: &Db, ledger: &ledgers::Model, sentences: &mut Vec<String>) -> Result<(), Error> {
    let heads = audit_heads::Entity::find()
        .filter(audit_heads::Column::LedgerId.eq(ledger.id))
        .order_by_asc(audit_heads::Column::Size)
        .all(db.read())
        .await?;
    let mut heads = heads.into_iter().peekable();
    let mut frontier = Frontier::default();
    let mut next = 0;
    loop {
        let page = entries_from(db, ledger, next).await?;
        let Some(last) = page.last() else { break };
        let after = last.position + 1;
        for entry in &page {
            sentences.extend(wrong(entry, next).map(|what| format!("audit_entries {}: {what}", entry.id)));
            frontier.append(stored(entry)?);
            next = entry.position + 1;
            while let Some(head) = heads.next_if(|head| head.size <= next) {
                if head.size != next || head.root != frontier.root() {
                    let (log, size) = (ledger.id, head.size);
                    sentences.push(format!("audit_heads {log} of size {size}: the log has another root there."));
                }
            }
        }
        next = after;
    }
    if ledger.audit_size != next {
        let (id, size) = (ledger.id, ledger.audit_size);
        sentences.push(format!("ledgers {id}: its log has {size} entries, and {next} are there."));
    }
    if ledger.audit_frontier != frontier.to_bytes() {
        sentences.push(format!("ledgers {}: its frontier is not that of its entries.", ledger.id));
    }
    for head in heads {
        let (log, size) = (ledger.id, head.size);
        sentences.push(format!("audit_heads {log} of size {size}: the log ends before."));
    }
    Ok(())
}

async fn entries_from(db: &Db, ledger: &ledgers::Model, from: i64) -> Result<Vec<audit_entries::Model>, Error> {
    let entries = audit_entries::Entity::find()
        .filter(audit_entries::Column::LedgerId.eq(ledger.id))
        .filter(audit_entries::Column::Position.gte(from))
        .order_by_asc(audit_entries::Column::Position)
        .limit(PAGE_ENTRIES);
    Ok(entries.all(db.read()).await?)
}

fn stored(entry: &audit_entries::Model) -> Result<Hash, Error> {
    entry.leaf_hash.as_slice().try_into().map_err(|_| Error::internal("a leaf's hash has 32 bytes"))
}

/// What is wrong with an entry at its place.
fn wrong(entry: &audit_entries::Model, place: i64) -> Option<String> {
    if entry.position != place {
        return Some(format!("it stands at {}, and {place} is missing.", entry.position));
    }
    let data = leaf_data(
        entry.id,
        entry.ledger_id,
        entry.position,
        &entry.kind,
        entry.subject_id,
        &entry.actor,
        entry.recorded_at,
        &entry.payload_digest,
    );
    if leaf_hash(&data).as_slice() != entry.leaf_hash {
        return Some(format!("the leaf at {place} does not hash to what is stored."));
    }
    match (&entry.salt, &entry.payload) {
        (Some(salt), Some(payload)) if salted(salt, payload) != entry.payload_digest => {
            Some(format!("the payload at {place} is not the one that was digested."))
        }
        _ => None,
    }
}
