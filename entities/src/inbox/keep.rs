//! Keeping a group of messages in one commit. PostgreSQL does it in one statement, SQLite in one transaction of its only
//! writer; a group that fails is halved, so that one bad row never fails its neighbours.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use uuid::Uuid;

use super::corrected::{correct, is_unreadable};
use super::{Content, Message, message_place, notice_place};
use crate::bulk;
use crate::db::{Db, Engine};
use crate::error::Error;
use crate::ids::uuid_v7;
use crate::seal::Vault;
use crate::tables::inbound_events::Model;
use crate::tables::{inbound_events, inbound_messages};

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// At least one event of it is new, or says at last what could not be read before.
    New,
    /// Every event of it was kept before.
    Seen,
    /// An event id came again with other content than what could be read; that event is quarantined.
    Conflict,
}

/// Keeps a group of messages durably and says of each what became of it. When this returns, the rows are committed.
///
/// # Errors
/// For each message its own; a failure that is not the database's absence is narrowed down to the messages that cause it.
pub async fn keep(db: &Db, messages: &[Message]) -> Vec<Result<Kept, Error>> {
    let mut kept: Vec<Result<Kept, Error>> = Vec::with_capacity(messages.len());
    let mut groups: Vec<&[Message]> = vec![messages];
    while let Some(group) = groups.pop() {
        match keep_group(db, group).await {
            Ok(fates) => kept.extend(fates.into_iter().map(Ok)),
            Err(Error::Unavailable(cause)) => kept.extend(group.iter().map(|_| Err(Error::Unavailable(cause.clone())))),
            Err(error) if group.len() < 2 => kept.push(Err(error)),
            Err(_) => {
                let (front, back) = group.split_at(group.len() / 2);
                groups.push(back);
                groups.push(front);
            }
        }
    }
    kept
}

/// Keeps messages whose events nobody can have told before, in the transaction of whoever words them.
///
/// # Errors
/// The database's.
pub async fn keep_within(tx: &crate::db::Tx, messages: &[Message]) -> Result<(), Error> {
    let rows = sealed_rows(tx.vault(), messages)?;
    let mut kept = HashMap::new();
    for row in &rows {
        kept.entry(row.event.message_id).or_insert_with(|| inbound_messages::ActiveModel {
            id: Set(row.event.message_id),
            connection_id: Set(row.event.connection_id),
            sealed: Set(Some(row.message_sealed.as_ref().clone())),
            received_at: Set(messages[row.message].received_at),
        });
    }
    bulk::insert(tx, kept.into_values().collect()).await?;
    let events = rows.into_iter().map(|row| inbound_events::ActiveModel::from(row.event).reset_all());
    bulk::insert(tx, events.collect()).await
}

async fn keep_group(db: &Db, messages: &[Message]) -> Result<Vec<Kept>, Error> {
    let rows = sealed_rows(db.vault(), messages)?;
    let fresh = insert(db, &rows, messages).await?;
    let mut fates = vec![Kept::Seen; messages.len()];
    for row in rows.iter().filter(|row| fresh.contains(&row.event.id)) {
        fates[row.message] = Kept::New;
    }
    let losers: Vec<&Row> = rows.iter().filter(|row| !fresh.contains(&row.event.id)).collect();
    if !losers.is_empty() {
        let conflicts = conflicting(db, &losers).await?;
        let can_correct = |(row, holder): &&(&Row, Model)| row.event.status == "PENDING" && is_unreadable(holder);
        let readable: Vec<_> = conflicts.iter().filter(can_correct).map(|(row, holder)| (*row, holder.id)).collect();
        let corrected = correct(db, &readable).await?;
        let (corrected, conflicts): (Vec<&Row>, Vec<&Row>) =
            conflicts.iter().map(|(row, _)| *row).partition(|row| corrected.contains(&row.event.id));
        corrected.iter().for_each(|row| fates[row.message] = Kept::New);
        conflicts.iter().for_each(|row| fates[row.message] = Kept::Conflict);
        let quarantined: Vec<Row> = conflicts.into_iter().map(Row::quarantined).collect();
        insert(db, &quarantined, messages).await?;
    }
    Ok(fates)
}

/// An event's row and the place of its message in the group.
#[derive(Clone)]
pub(super) struct Row {
    message: usize,
    pub(super) message_sealed: std::sync::Arc<Vec<u8>>,
    pub(super) event: Model,
}

impl Row {
    /// The same event under a key of its own: the id with the digest behind it.
    fn quarantined(&self) -> Self {
        let mut row = self.clone();
        row.event.event_key = format!("{}#{}", row.event.event_id, hex::encode(&row.event.digest));
        row.event.status = "QUARANTINED".to_owned();
        row.event.reason = Some("EVENT_ID_REUSED".to_owned());
        row
    }
}

/// Seals every message and event. The rows are sorted by key, so that two writers never wait for each other in a circle.
fn sealed_rows(vault: &Vault, messages: &[Message]) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::with_capacity(messages.len());
    for (at, message) in messages.iter().enumerate() {
        let message_id = uuid_v7(message.received_at);
        let message_sealed = std::sync::Arc::new(vault.seal(message_place(message_id), &message.raw)?);
        for event in &message.events {
            let id = uuid_v7(message.received_at);
            let (status, reason, detail, notice) = match &event.content {
                Content::Notice(notice) => {
                    ("PENDING", None, None, serde_json::to_vec(notice).map_err(Error::internal)?)
                }
                Content::Unreadable { reason, detail } => {
                    ("PARKED", Some((*reason).to_owned()), Some(detail.clone()), Vec::new())
                }
            };
            let event = inbound_events::Model {
                id,
                connection_id: message.connection.uuid(),
                event_key: event.event_id.clone(),
                event_id: event.event_id.clone(),
                message_id,
                digest: event.digest.to_vec(),
                notice_sealed: vault.seal(notice_place(id), &notice)?,
                status: status.to_owned(),
                reason,
                detail,
                attempts: 0,
                lease_until: crate::time::Timestamp::from_micros(0),
                received_at: message.received_at,
                processed_at: None,
                bank_transaction_id: None,
            };
            rows.push(Row { message: at, message_sealed: message_sealed.clone(), event });
        }
    }
    rows.sort_by(|a, b| (a.event.connection_id, &a.event.event_key).cmp(&(b.event.connection_id, &b.event.event_key)));
    Ok(rows)
}

/// Inserts the events whose keys are free, with their messages, and commits; says which rows are new.
async fn insert(db: &Db, rows: &[Row], messages: &[Message]) -> Result<HashSet<Uuid>, Error> {
    match db.engine() {
        Engine::Postgres => insert_postgres(db, rows).await,
        Engine::Sqlite => insert_sqlite(db, rows, messages).await,
    }
}

const INSERT_POSTGRES: &str = "
    WITH kept AS (
        INSERT INTO inbound_events (id, connection_id, event_key, event_id, message_id, digest, notice_sealed, status,
                                    reason, detail, received_at)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bytea[], $7::bytea[],
                             $8::text[], $9::text[], $10::text[], $11::bigint[])
        ON CONFLICT (connection_id, event_key) DO NOTHING
        RETURNING id, message_id
    ), messages AS (
        INSERT INTO inbound_messages (id, connection_id, sealed, received_at)
        SELECT DISTINCT ON (id) id, connection_id, sealed, received_at
        FROM unnest($5::uuid[], $2::uuid[], $12::bytea[], $11::bigint[]) AS m (id, connection_id, sealed, received_at)
        WHERE id IN (SELECT message_id FROM kept)
        ON CONFLICT (id) DO NOTHING
    )
    SELECT id FROM kept";

async fn insert_postgres(db: &Db, rows: &[Row]) -> Result<HashSet<Uuid>, Error> {
    let column = |of: fn(&inbound_events::Model) -> Uuid| rows.iter().map(|row| of(&row.event)).collect::<Vec<Uuid>>();
    let text = |of: fn(&inbound_events::Model) -> &String| {
        rows.iter().map(|row| of(&row.event).as_str()).collect::<Vec<&str>>()
    };
    let maybe = |of: fn(&inbound_events::Model) -> &Option<String>| {
        rows.iter().map(|row| of(&row.event).as_deref()).collect::<Vec<_>>()
    };
    let bytes = |of: fn(&inbound_events::Model) -> &Vec<u8>| {
        rows.iter().map(|row| of(&row.event).as_slice()).collect::<Vec<&[u8]>>()
    };
    let ids = sqlx::query_scalar::<_, Uuid>(INSERT_POSTGRES)
        .bind(column(|event| event.id))
        .bind(column(|event| event.connection_id))
        .bind(text(|event| &event.event_key))
        .bind(text(|event| &event.event_id))
        .bind(column(|event| event.message_id))
        .bind(bytes(|event| &event.digest))
        .bind(bytes(|event| &event.notice_sealed))
        .bind(text(|event| &event.status))
        .bind(maybe(|event| &event.reason))
        .bind(maybe(|event| &event.detail))
        .bind(rows.iter().map(|row| row.event.received_at.micros()).collect::<Vec<i64>>())
        .bind(rows.iter().map(|row| row.message_sealed.as_slice()).collect::<Vec<&[u8]>>())
        .fetch_all(db.writer().get_postgres_connection_pool())
        .await?;
    Ok(ids.into_iter().collect())
}

async fn insert_sqlite(db: &Db, rows: &[Row], messages: &[Message]) -> Result<HashSet<Uuid>, Error> {
    crate::transaction!(db, |tx| {
        let mut fresh = HashSet::with_capacity(rows.len());
        for some in rows.chunks(crate::db::rows_per_statement(15)) {
            let events = some.iter().map(|row| inbound_events::ActiveModel::from(row.event.clone()).reset_all());
            let free = OnConflict::columns([inbound_events::Column::ConnectionId, inbound_events::Column::EventKey])
                .do_nothing()
                .to_owned();
            let inserted = inbound_events::Entity::insert_many(events)
                .on_conflict(free)
                .exec_with_returning_keys(tx.conn())
                .await?;
            fresh.extend(inserted);
        }
        let mut kept = HashMap::new();
        for row in rows.iter().filter(|row| fresh.contains(&row.event.id)) {
            kept.entry(row.event.message_id).or_insert_with(|| inbound_messages::ActiveModel {
                id: Set(row.event.message_id),
                connection_id: Set(row.event.connection_id),
                sealed: Set(Some(row.message_sealed.as_ref().clone())),
                received_at: Set(messages[row.message].received_at),
            });
        }
        // A message of which one event is new and another is quarantined is kept once.
        for some in kept.into_values().collect::<Vec<_>>().chunks(crate::db::rows_per_statement(4)) {
            let free = OnConflict::column(inbound_messages::Column::Id).do_nothing().to_owned();
            inbound_messages::Entity::insert_many(some.iter().cloned())
                .on_conflict(free)
                .exec_without_returning(tx.conn())
                .await?;
        }
        Ok(fresh)
    })
}

/// Those of the rows whose key is held by other content, each with the event that holds it.
async fn conflicting<'r>(db: &Db, losers: &[&'r Row]) -> Result<Vec<(&'r Row, Model)>, Error> {
    use inbound_events::Column;
    let columns = [Column::ConnectionId, Column::EventKey];
    let keys: BTreeSet<_> = losers.iter().map(|row| (row.event.connection_id, row.event.event_key.as_str())).collect();
    let keys = keys.into_iter().map(|(connection, key)| vec![connection.into(), key.into()]).collect();
    let held = bulk::find::<inbound_events::Entity>(db.writer(), &columns, keys).await?;
    let held: HashMap<(Uuid, &str), &Model> =
        held.iter().map(|event| ((event.connection_id, event.event_key.as_str()), event)).collect();
    let conflicts = losers.iter().filter_map(|row| {
        let holder = held.get(&(row.event.connection_id, row.event.event_key.as_str()))?;
        (holder.digest != row.event.digest).then(|| (*row, (*holder).clone()))
    });
    Ok(conflicts.collect())
}
