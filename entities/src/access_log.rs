//! Who looked at whose record, for which purpose. Written before the reply leaves, read by the school and by who protects
//! data. An entry that names no school concerns every school.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::callers::Caller;
use crate::db::{Db, Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::{AccessLogId, SchoolId};
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::{Ground, Reach};
use crate::tables::access_log;
use crate::time::Timestamp;

/// One record that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Access {
    /// The GraphQL type of the record, or `Token` when a token was made for its subject.
    pub kind: &'static str,
    /// Its id.
    pub node: Uuid,
    /// The school it belongs to.
    pub school: Option<SchoolId>,
}

/// Under which right and request records were looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Occasion {
    /// `client:<id>`, `user:<id>` or `operator`.
    pub subject: String,
    /// The role in force.
    pub role: String,
    /// The purpose that was stated.
    pub purpose: Option<String>,
    /// The request.
    pub request: String,
}

/// One entry of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its id.
    pub id: AccessLogId,
    /// Who looked, as in [`Occasion`].
    pub occasion: Occasion,
    /// The GraphQL type of the record.
    pub kind: String,
    /// The id of the record.
    pub node: Uuid,
    /// The school of the record.
    pub school: Option<SchoolId>,
    /// When.
    pub recorded_at: Timestamp,
}

/// Writes down what was looked at.
pub async fn append(tx: &Tx, occasion: &Occasion, looked_at: &[Access], now: Timestamp) -> Result<(), Error> {
    for some in looked_at.chunks(rows_per_statement(9)) {
        let rows = some.iter().map(|access| access_log::ActiveModel {
            id: Set(AccessLogId::new(now).uuid()),
            subject: Set(occasion.subject.clone()),
            role: Set(occasion.role.clone()),
            purpose: Set(occasion.purpose.clone()),
            kind: Set(access.kind.to_owned()),
            node_id: Set(access.node),
            school_id: Set(access.school.map(SchoolId::uuid)),
            request_id: Set(occasion.request.clone()),
            recorded_at: Set(now),
        });
        access_log::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// What is written when an operator makes a token for a caller: one entry for each school on which the caller stands, and
/// one that every school sees when the caller stands on more than single schools.
#[must_use]
pub fn token_made(caller: &Caller) -> Vec<Access> {
    let node = match caller.subject {
        crate::callers::Subject::Client(id) => id.uuid(),
        crate::callers::Subject::User(id) => id.uuid(),
    };
    let mut schools: Vec<_> = caller
        .grounds()
        .iter()
        .map(|ground| match ground {
            Ground::School(id) | Ground::Class(id, _) => Some(*id),
            Ground::Nation | Ground::Province(_) | Ground::ManagedBy(_) => None,
        })
        .collect();
    if schools.is_empty() {
        schools.push(None);
    }
    schools.sort_unstable();
    schools.dedup();
    schools.into_iter().map(|school| Access { kind: "Token", node, school }).collect()
}

/// One page of the log within a reach, latest first.
pub async fn visible(db: &Db, reach: &Reach, page: &Page) -> Result<Slice<Entry>, Error> {
    use access_log::Column;
    let select = access_log::Entity::find().filter(reach.of_school(Column::SchoolId).or(Column::SchoolId.is_null()));
    let sort = Sort { name: "recordedAt", column: Column::RecordedAt, id: Column::Id, descending: true };
    let key = |row: &access_log::Model| (Key::Number(row.recorded_at.micros()), row.id);
    let slice = page::fetch(db.read(), select, sort, page, key).await?;
    Ok(slice.map(|row| Entry {
        id: AccessLogId::from_uuid(row.id),
        occasion: Occasion { subject: row.subject, role: row.role, purpose: row.purpose, request: row.request_id },
        kind: row.kind,
        node: row.node_id,
        school: row.school_id.map(SchoolId::from_uuid),
        recorded_at: row.recorded_at,
    }))
}
