//! Who looked at whose record, for which purpose. Written before the reply leaves, read by the school and by who protects
//! data. A look at a student is the business of the schools at which the student is enrolled; a token that names no school is
//! everybody's.

use std::collections::BTreeSet;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select, Set};
use uuid::Uuid;

use crate::bulk;
use crate::callers::Subject;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::{AccessLogId, SchoolId};
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::{Ground, Reach};
use crate::tables::access_log;
use crate::time::Timestamp;

/// The kind of an entry about a token that was made.
pub const TOKEN: &str = "Token";

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
    let rows = looked_at.iter().map(|access| access_log::ActiveModel {
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
    bulk::insert(tx, rows.collect()).await
}

/// What is written when an operator makes a token for a subject: one entry for each single school on which it stands, and one
/// that every school sees when it stands on more, or on none (as a bank does).
#[must_use]
pub fn token_made(subject: Subject, grounds: &[Ground]) -> Vec<Access> {
    let node = match subject {
        Subject::Client(id) => id.uuid(),
        Subject::User(id) => id.uuid(),
    };
    let single = |ground: &Ground| match ground {
        Ground::School(id) | Ground::Class(id, _) => Some(*id),
        Ground::Nation | Ground::Province(_) | Ground::ManagedBy(_) => None,
    };
    let mut schools: BTreeSet<_> = grounds.iter().map(single).collect();
    if schools.is_empty() {
        schools.insert(None);
    }
    schools.into_iter().map(|school| Access { kind: TOKEN, node, school }).collect()
}

/// One page of the log within a reach, latest first.
pub async fn visible(db: &Db, reach: &Reach, page: &Page) -> Result<Slice<Entry>, Error> {
    use access_log::Column;
    let select = within(reach);
    let sort = Sort { name: "recordedAt", column: Column::RecordedAt, id: Column::Id, descending: true };
    let key = |row: &access_log::Model| (Key::Number(row.recorded_at.micros()), row.id);
    let slice = page::fetch(db.read(), select, sort, page, key).await?;
    Ok(slice.map(Entry::from))
}

/// The entry of an id, as far as it lies in reach.
pub async fn by_id(db: &Db, reach: &Reach, id: AccessLogId) -> Result<Option<Entry>, Error> {
    let select = within(reach).filter(access_log::Column::Id.eq(id.uuid()));
    Ok(select.one(db.read()).await?.map(Entry::from))
}

fn within(reach: &Reach) -> Select<access_log::Entity> {
    use access_log::Column;
    let of_all = Column::Kind.eq(TOKEN).and(Column::SchoolId.is_null());
    let of_student = Column::Kind.eq("Student").and(reach.of_student(Column::NodeId));
    access_log::Entity::find().filter(reach.of_school(Column::SchoolId).or(of_all).or(of_student))
}

impl From<access_log::Model> for Entry {
    fn from(row: access_log::Model) -> Self {
        Self {
            id: AccessLogId::from_uuid(row.id),
            occasion: Occasion { subject: row.subject, role: row.role, purpose: row.purpose, request: row.request_id },
            kind: row.kind,
            node: row.node_id,
            school: row.school_id.map(SchoolId::from_uuid),
            recorded_at: row.recorded_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{OrganizationId, UserId};
    use crate::reach::Reason;
    use crate::testing::{NOW, fresh};
    use crate::transaction;

    fn school(number: u128) -> SchoolId {
        SchoolId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn every_school_of_a_token_hears_of_it() {
        let subject = Subject::User(UserId::from_uuid(Uuid::nil()));
        let heard = |grounds: &[Ground]| {
            token_made(subject, grounds).into_iter().map(|access| access.school).collect::<Vec<_>>()
        };
        let (a, b) = (Ground::School(school(1)), Ground::School(school(2)));
        assert_eq!(heard(&[b, a.clone(), a]), [Some(school(1)), Some(school(2))]);
        assert_eq!(heard(&[Ground::ManagedBy(OrganizationId::from_uuid(Uuid::nil()))]), [None]);
        assert_eq!(heard(&[]), [None]);
    }

    #[tokio::test]
    async fn a_school_reads_its_own_entries_and_those_that_concern_all() {
        let fresh = fresh().await;
        let occasion = Occasion {
            subject: "operator".to_owned(),
            role: "OPERATOR".to_owned(),
            purpose: None,
            request: "token".to_owned(),
        };
        let token = |school| Access { kind: TOKEN, node: Uuid::nil(), school };
        let stranger = Access { kind: "Student", node: Uuid::max(), school: None };
        let made = [token(Some(school(1))), token(Some(school(2))), token(None), stranger];
        transaction!(fresh.db, |tx| append(tx, &occasion, &made, NOW).await).unwrap();
        let read = async |reach: Reach| {
            let slice = visible(&fresh.db, &reach, &Page::first(10)).await.unwrap();
            slice.rows.into_iter().map(|(_, entry)| (entry.kind, entry.school)).collect::<BTreeSet<_>>()
        };
        #[expect(clippy::disallowed_methods, reason = "the test compares a caller's reach with the whole")]
        let all = Reach::system(Reason::Operator, NOW.vietnam_day());
        assert_eq!(read(all).await.len(), 4);
        let own = crate::callers::Caller {
            subject: Subject::User(UserId::from_uuid(Uuid::nil())),
            name: "hieu-truong-mau".to_owned(),
            role: crate::callers::Role::Principal,
            scopes: Vec::new(),
            purposes: Vec::new(),
            requests_per_minute: 1,
            trusted_documents_only: false,
            grounds: vec![Ground::School(school(1))],
            client: None,
            contract: None,
            generation: 0,
        };
        let heard = [Some(school(1)), None].map(|school| (TOKEN.to_owned(), school));
        assert_eq!(read(Reach::of(&own, NOW.vietnam_day())).await, BTreeSet::from(heard));
    }
}
