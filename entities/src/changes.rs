//! The outbox: every write verb appends what it changed, in its own transaction. Delivery, subscriptions, feeds and
//! caches are readers with cursors; nothing is sent from inside a transaction.
//!
//! A change says that something happened to a thing, not what the thing is: a reader looks at the thing afterwards, under
//! its own reach. So changes may be heard again, and a copy still becomes equal to the source.

mod cursor;
mod kind;
mod reach;
mod read;
mod tail;

use sea_orm::Set;
use uuid::Uuid;

use crate::bulk;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{ClassId, SchoolId};
use crate::tables::changes;
use crate::time::Timestamp;

pub use cursor::{Cursor, restored};
pub use kind::Kind;
pub use read::{MAX_FIRST, Page, Told, Wanted, after};
pub use tail::{Heard, head, heard};

/// What happened to a thing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// It was made or altered.
    Upsert,
    /// It is gone, or has left the school or class that the change names.
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

    fn parse(word: &str) -> Option<Self> {
        [Self::Upsert, Self::Delete, Self::Key].into_iter().find(|op| op.as_str() == word)
    }
}

/// What a change of money means beside the change itself; it happens to a thing once, or once more after it was undone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mark {
    /// A credit was heard of for the first time.
    Received,
    /// An invoice became paid in full.
    Paid,
}

impl Mark {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "RECEIVED",
            Self::Paid => "PAID",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Received, Self::Paid].into_iter().find(|mark| mark.as_str() == word)
    }
}

/// One change of one thing.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Change {
    /// The GraphQL type of the thing: a word of [`Kind`].
    pub kind: &'static str,
    /// What happened to it.
    pub op: Op,
    /// Its id.
    pub node: Uuid,
    /// The key by which the outside knows it; its id when there is none.
    pub natural_key: String,
    /// The key by which the outside knew it before; none when that has not changed, or there was none.
    pub former_key: Option<String>,
    /// The school it belongs to, or has left; none for what stands above schools.
    pub school: Option<SchoolId>,
    /// The class it has left; none when it left the whole school, or nothing.
    pub class: Option<ClassId>,
    /// What the change means beside itself.
    pub mark: Option<Mark>,
}

impl Change {
    /// A thing was made or altered.
    #[must_use]
    pub fn upsert(kind: &'static str, node: Uuid, natural_key: impl Into<String>, school: Option<SchoolId>) -> Self {
        let natural_key = natural_key.into();
        Self { kind, op: Op::Upsert, node, natural_key, former_key: None, school, class: None, mark: None }
    }

    /// A thing left a school, or a class of it: whoever sees no more than that sees it no longer.
    #[must_use]
    pub fn departure(
        kind: &'static str,
        node: Uuid,
        natural_key: impl Into<String>,
        school: SchoolId,
        class: Option<ClassId>,
    ) -> Self {
        Self { op: Op::Delete, class, ..Self::upsert(kind, node, natural_key, Some(school)) }
    }

    /// The same change, of a thing that was known under another key, or under none, before.
    #[must_use]
    pub fn known_before_as(self, former_key: Option<String>) -> Self {
        Self { op: Op::Key, former_key, ..self }
    }

    /// The same change with what it means.
    #[must_use]
    pub fn marked(self, mark: Option<Mark>) -> Self {
        Self { mark, ..self }
    }
}

/// Appends changes in their order.
pub(crate) async fn append(tx: &Tx, changes: Vec<Change>, now: Timestamp) -> Result<(), Error> {
    for change in &changes {
        tx.names(change.kind);
    }
    let rows = changes.into_iter().map(|change| changes::ActiveModel {
        kind: Set(change.kind.to_owned()),
        op: Set(change.op.as_str().to_owned()),
        node_id: Set(change.node),
        natural_key: Set(change.natural_key),
        former_key: Set(change.former_key),
        school_id: Set(change.school.map(SchoolId::uuid)),
        class_id: Set(change.class.map(ClassId::uuid)),
        mark: Set(change.mark.map(|mark| mark.as_str().to_owned())),
        recorded_at: Set(now),
        ..Default::default()
    });
    bulk::insert(tx, rows.collect()).await
}

#[cfg(test)]
mod tests;
