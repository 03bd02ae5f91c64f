//! The outbox: every write verb appends what it changed, in its own transaction. Delivery, subscriptions, feeds and
//! caches are readers with cursors; nothing is sent from inside a transaction.

use sea_orm::{EntityTrait, Set};
use uuid::Uuid;

use crate::db::{Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::SchoolId;
use crate::tables::changes;
use crate::time::Timestamp;

/// What happened to a thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// It was made or altered.
    Upsert,
    /// It is gone.
    Delete,
    /// Its natural key changed.
    Key,
}

impl Op {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Upsert => "UPSERT",
            Self::Delete => "DELETE",
            Self::Key => "KEY",
        }
    }
}

/// One change of one thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The GraphQL type of the thing.
    pub kind: &'static str,
    /// What happened to it.
    pub op: Op,
    /// Its id.
    pub node: Uuid,
    /// The key by which the outside knows it.
    pub natural_key: String,
    /// The school it belongs to; none for what stands above schools.
    pub school: Option<SchoolId>,
}

impl Change {
    /// A thing was made or altered.
    #[must_use]
    pub fn upsert(kind: &'static str, node: Uuid, natural_key: impl Into<String>, school: Option<SchoolId>) -> Self {
        Self { kind, op: Op::Upsert, node, natural_key: natural_key.into(), school }
    }
}

/// Appends changes in their order.
pub(crate) async fn append(tx: &Tx, changes: Vec<Change>, now: Timestamp) -> Result<(), Error> {
    for some in changes.chunks(rows_per_statement(6)) {
        let rows = some.iter().map(|change| changes::ActiveModel {
            kind: Set(change.kind.to_owned()),
            op: Set(change.op.as_str().to_owned()),
            node_id: Set(change.node),
            natural_key: Set(change.natural_key.clone()),
            school_id: Set(change.school.map(SchoolId::uuid)),
            recorded_at: Set(now),
            ..Default::default()
        });
        changes::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}
