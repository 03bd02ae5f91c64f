//! Corrected messages. Where nobody could read what a sender told first of an event, the same event told again in words that can be
//! read is no second event: it takes the row of the first, which had no effect, and the log of the connection keeps what that was.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};
use serde_json::json;
use uuid::Uuid;

use super::keep::Row;
use super::notice_place;
use crate::audit::{self, Entry};
use crate::bulk;
use crate::db::{Db, Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::ConnectionId;
use crate::ledgers::{self, Owner};
use crate::tables::inbound_events::{Column, Entity, Model};
use crate::tables::inbound_messages;
use crate::time::Timestamp;

/// The columns of an event that a correction changes, behind its key.
const COLUMNS: [&str; 10] = [
    "id",
    "message_id",
    "digest",
    "notice_sealed",
    "status",
    "reason",
    "detail",
    "attempts",
    "lease_until",
    "received_at",
];

/// Whether a proven event waits because nobody could read it.
pub(super) fn is_unreadable(event: &Model) -> bool {
    event.status == "PARKED" && event.reason.as_deref() != Some("SETTLEMENT_FAILED")
}

/// Lets each of these readable events take the row that holds its key, as long as nobody could read that one; gives the ids of those
/// that did, or that say the same as one that did.
pub(super) async fn correct(db: &Db, rows: &[(&Row, Uuid)]) -> Result<HashSet<Uuid>, Error> {
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    crate::transaction!(db, |tx| take_rows(tx, rows).await)
}

async fn take_rows(tx: &Tx, rows: &[(&Row, Uuid)]) -> Result<HashSet<Uuid>, Error> {
    // The logs are locked before the events, as by everyone who locks both.
    ledgers::lock(tx, rows.iter().map(|(row, _)| owner(row))).await?;
    let ids: HashSet<Uuid> = rows.iter().map(|(_, holder)| *holder).collect();
    let held = bulk::locked::<Entity>(tx, Column::Id, ids).await?;
    let mut held: HashMap<Uuid, Model> = held.into_iter().map(|event| (event.id, event)).collect();
    let mut taken = HashSet::new();
    let (mut changed, mut entries, mut messages) = (Vec::new(), Vec::new(), HashMap::new());
    let mut now = Timestamp::from_micros(0);
    for (row, holder) in rows {
        let Some(holder) = held.get_mut(holder) else { continue };
        if is_unreadable(holder) {
            now = now.max(row.event.received_at);
            entries.push(entry(holder, row));
            changed.push(corrected(tx, holder, row)?);
            messages.insert(row.event.message_id, message(row));
            holder.status = "PENDING".to_owned();
            holder.digest.clone_from(&row.event.digest);
        }
        if holder.digest == row.event.digest {
            taken.insert(row.event.id);
        }
    }
    bulk::update(tx, "inbound_events", &COLUMNS, changed).await?;
    // A message of which another event was new is kept already.
    let messages: Vec<_> = messages.into_values().collect();
    for some in messages.chunks(rows_per_statement(4)) {
        let once = OnConflict::column(inbound_messages::Column::Id).do_nothing().to_owned();
        let insert = inbound_messages::Entity::insert_many(some.iter().cloned()).on_conflict(once);
        insert.exec_without_returning(tx.conn()).await?;
    }
    audit::append(tx, entries, now).await?;
    Ok(taken)
}

fn owner(row: &Row) -> Owner {
    Owner::Connection(ConnectionId::from_uuid(row.event.connection_id))
}

/// What the holder becomes. What it says is sealed for its own place.
fn corrected(tx: &Tx, holder: &Model, row: &Row) -> Result<Vec<sea_orm::Value>, Error> {
    let none: Option<String> = None;
    let plain = tx.vault().open(notice_place(row.event.id), &row.event.notice_sealed)?;
    Ok(vec![
        holder.id.into(),
        row.event.message_id.into(),
        row.event.digest.clone().into(),
        tx.vault().seal(notice_place(holder.id), &plain)?.into(),
        "PENDING".into(),
        none.clone().into(),
        none.into(),
        0_i64.into(),
        0_i64.into(),
        row.event.received_at.micros().into(),
    ])
}

fn message(row: &Row) -> inbound_messages::ActiveModel {
    inbound_messages::ActiveModel {
        id: Set(row.event.message_id),
        connection_id: Set(row.event.connection_id),
        sealed: Set(Some(row.message_sealed.as_ref().clone())),
        received_at: Set(row.event.received_at),
    }
}

/// What the event was before: the message that nobody could read stays kept under its id.
fn entry(holder: &Model, row: &Row) -> Entry {
    Entry {
        owner: owner(row),
        kind: "event.corrected",
        subject: holder.id,
        actor: "hub".to_owned(),
        payload: json!({
            "eventId": holder.event_id,
            "message": row.event.message_id,
            "former": {
                "message": holder.message_id,
                "sha256": hex::encode(&holder.digest),
                "receivedAt": holder.received_at.micros(),
                "reason": holder.reason,
                "detail": holder.detail,
            },
        }),
    }
}
