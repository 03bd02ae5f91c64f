//! One row per school or connection: the audit head, the confirmation counter and the version. Locking the rows of a batch
//! in the order of their ids is the only lock that money needs, and never one for a province.

use std::collections::BTreeMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::bulk;
use crate::db::{Engine, Tx};
use crate::error::Error;
use crate::ids::{ConnectionId, SchoolId};
use crate::merkle::Frontier;
use crate::tables::ledgers;

/// Whose ledger it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Owner {
    School(SchoolId),
    /// For entries without a school.
    Connection(ConnectionId),
}

impl Owner {
    pub(crate) fn id(self) -> Uuid {
        match self {
            Self::School(id) => id.uuid(),
            Self::Connection(id) => id.uuid(),
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::School(_) => "SCHOOL",
            Self::Connection(_) => "CONNECTION",
        }
    }
}

/// Locks the ledgers of these owners in the order of their ids, making those that are missing. Held until the commit.
pub(crate) async fn lock(
    tx: &Tx,
    owners: impl IntoIterator<Item = Owner>,
) -> Result<BTreeMap<Uuid, ledgers::Model>, Error> {
    let owners: BTreeMap<Uuid, Owner> = owners.into_iter().map(|owner| (owner.id(), owner)).collect();
    let mut locked = read_locked(tx, owners.keys().copied()).await?;
    let missing: Vec<Owner> = owners.values().filter(|owner| !locked.contains_key(&owner.id())).copied().collect();
    if !missing.is_empty() {
        let rows = missing.iter().map(|owner| ledgers::ActiveModel {
            id: Set(owner.id()),
            kind: Set(owner.kind().to_owned()),
            version: Set(0),
            confirmations: Set(0),
            audit_size: Set(0),
            audit_frontier: Set(Frontier::default().to_bytes()),
        });
        ledgers::Entity::insert_many(rows)
            .on_conflict(OnConflict::column(ledgers::Column::Id).do_nothing().to_owned())
            .exec_without_returning(tx.conn())
            .await?;
        locked = read_locked(tx, owners.keys().copied()).await?;
    }
    Ok(locked)
}

async fn read_locked(tx: &Tx, ids: impl Iterator<Item = Uuid>) -> Result<BTreeMap<Uuid, ledgers::Model>, Error> {
    let mut select = ledgers::Entity::find().filter(ledgers::Column::Id.is_in(ids)).order_by_asc(ledgers::Column::Id);
    if tx.engine() == Engine::Postgres {
        select = select.lock_exclusive();
    }
    Ok(select.all(tx.conn()).await?.into_iter().map(|row| (row.id, row)).collect())
}

/// Writes back locked ledgers after their logs grew; each version goes up by one.
pub(crate) async fn store(tx: &Tx, grown: Vec<ledgers::Model>) -> Result<(), Error> {
    let columns = ["id", "version", "audit_size", "audit_frontier"];
    let rows = grown
        .into_iter()
        .map(|row| vec![row.id.into(), (row.version + 1).into(), row.audit_size.into(), row.audit_frontier.into()])
        .collect();
    bulk::update(tx, "ledgers", &columns, rows).await
}
