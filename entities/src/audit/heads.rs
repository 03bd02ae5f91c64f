//! Signed tree heads: what the hub swears its audit logs were, minute by minute. Whoever keeps a head can prove later that an
//! entry was in the log, and that the log was only ever added to.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::db::Db;
use crate::error::Error;
use crate::merkle::Frontier;
use crate::signing_keys;
use crate::tables::{audit_heads, ledgers};
use crate::time::Timestamp;

/// Logs signed in one transaction; what is left waits for the next round.
const MAX_SIGNED_LOGS: u64 = 500;

/// Signs the heads of the logs that grew since they were signed last, and says how many.
///
/// # Errors
/// The database's.
pub async fn sign_heads(db: &Db, now: Timestamp) -> Result<usize, Error> {
    let keys = signing_keys::ready(db, now).await?;
    let key = signing_keys::current(&keys, now).ok_or_else(|| Error::internal("there is no signing key"))?;
    let signed = Query::select()
        .expr(Expr::val(1))
        .from(audit_heads::Entity)
        .and_where(
            Expr::col((audit_heads::Entity, audit_heads::Column::LedgerId))
                .equals((ledgers::Entity, ledgers::Column::Id)),
        )
        .and_where(
            Expr::col((audit_heads::Entity, audit_heads::Column::Size))
                .equals((ledgers::Entity, ledgers::Column::AuditSize)),
        )
        .to_owned();
    let grown = ledgers::Entity::find()
        .filter(ledgers::Column::AuditSize.gt(0))
        .filter(Expr::exists(signed).not())
        .order_by_asc(ledgers::Column::Id)
        .limit(MAX_SIGNED_LOGS)
        .all(db.writer())
        .await?;
    let mut heads = Vec::with_capacity(grown.len());
    for ledger in &grown {
        let root = Frontier::from_bytes(&ledger.audit_frontier).map_err(Error::internal)?.root();
        let signature = key.sign(&head_data(ledger.id, ledger.audit_size, &root, now))?;
        heads.push(audit_heads::ActiveModel {
            ledger_id: Set(ledger.id),
            size: Set(ledger.audit_size),
            root: Set(root.to_vec()),
            signed_at: Set(now),
            key_id: Set(key.id.uuid()),
            signature: Set(signature),
        });
    }
    if !heads.is_empty() {
        crate::transaction!(db, |tx| {
            let once =
                OnConflict::columns([audit_heads::Column::LedgerId, audit_heads::Column::Size]).do_nothing().to_owned();
            audit_heads::Entity::insert_many(heads.clone()).on_conflict(once).exec_without_returning(tx.conn()).await?;
            Ok(())
        })?;
    }
    Ok(grown.len())
}

/// The bytes under a head's signature, in one line.
fn head_data(ledger: uuid::Uuid, size: i64, root: &[u8], signed_at: Timestamp) -> Vec<u8> {
    format!("audit-head.v1 {ledger} {size} {} {}", hex::encode(root), signed_at.micros()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SchoolId;
    use crate::ledgers::Owner;
    use crate::testing::{NOW, fresh};
    use ring::signature::{ED25519, UnparsedPublicKey};
    use serde_json::json;

    #[tokio::test]
    async fn a_log_that_grew_is_signed_once() {
        let fresh = fresh().await;
        let owner = Owner::School(SchoolId::new(NOW));
        let entry = || crate::audit::Entry {
            owner,
            kind: "test.done",
            subject: owner.id(),
            actor: "hub".into(),
            payload: json!({}),
        };
        crate::transaction!(fresh.db, |tx| crate::audit::append(tx, vec![entry(), entry()], NOW).await).unwrap();
        assert_eq!(sign_heads(&fresh.db, NOW).await.unwrap(), 1);
        assert_eq!(sign_heads(&fresh.db, NOW).await.unwrap(), 0);

        let head = audit_heads::Entity::find().one(fresh.db.read()).await.unwrap().unwrap();
        let keys = signing_keys::ready(&fresh.db, NOW).await.unwrap();
        let key = keys.iter().find(|key| key.id.uuid() == head.key_id).unwrap();
        let data = head_data(head.ledger_id, 2, &head.root, NOW);
        UnparsedPublicKey::new(&ED25519, &key.public_key).verify(&data, &head.signature).unwrap();
    }
}
