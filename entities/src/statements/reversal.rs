//! Lines by which a bank takes back a credit. A credit of which a message told waits for a person, who decides; one of which only
//! statements told is taken back through the inbox, for the same sender told of both.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::likeness::same_reference;
use super::page::is_taking_back;
use super::{Importing, Keyed, Line, Outcome};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::BankTransactionId;
use crate::inbox::TransactionStatus;
use crate::matching::ReviewReason;
use crate::settle::{self, World, told};
use crate::tables::bank_transactions;
use crate::tables::statement_lines::{Column, Entity, Model};
use crate::time::{Timestamp, earlier};

/// Days in which a bank takes back a credit, at most.
pub(super) const MAX_DAYS: u64 = 90;

/// Names in the rows of reversals what they take back: a transaction that messages told, or a line that only statements told.
/// Each is taken back once.
pub(super) async fn name(
    tx: &Tx,
    importing: &Importing,
    fresh: &[&Keyed],
    rows: &mut [Model],
    heard: &[bank_transactions::Model],
) -> Result<(), Error> {
    let reversals = || fresh.iter().filter(|keyed| is_taking_back(&keyed.line)).map(|keyed| &keyed.line);
    let Some(last) = reversals().map(|line| line.booked_on).max() else { return Ok(()) };
    let amounts: HashSet<i64> = reversals().map(|line| line.amount.get()).collect();
    let first = reversals().map(|line| line.booked_on).min().unwrap_or(last);
    let known = lines(tx, importing, (earlier(first, MAX_DAYS), last), &amounts).await?;
    let is_unheard = |row: &&Model| row.outcome == Outcome::Unheard.as_str();
    let told: Vec<Model> = known.iter().chain(rows.iter()).filter(is_unheard).cloned().collect();
    // A reversal takes money back once; what names it names the line or the transaction.
    let mut gone: HashSet<Uuid> = known.iter().flat_map(|row| [row.takes_back, reversed(row)]).flatten().collect();
    for (keyed, row) in fresh.iter().zip(rows).filter(|(keyed, _)| is_taking_back(&keyed.line)) {
        let line = &keyed.line;
        if let Some(credit) = counting(line, heard, &gone) {
            row.bank_transaction_id = Some(credit);
        } else if let Some(credit) = latest(line, &told, &gone) {
            row.takes_back = Some(credit);
        }
        gone.extend([row.bank_transaction_id, row.takes_back].into_iter().flatten());
    }
    Ok(())
}

fn reversed(row: &Model) -> Option<Uuid> {
    row.bank_transaction_id.filter(|_| row.outcome == Outcome::Reversal.as_str())
}

/// The credit of which a message told and that counts: of the same reference and amount, the latest first.
fn counting(line: &Line, heard: &[bank_transactions::Model], gone: &HashSet<Uuid>) -> Option<Uuid> {
    let fitting = heard.iter().filter(|row| {
        row.same_as.is_none()
            && row.booked_on <= line.booked_on
            && row.amount == line.amount.get()
            && !gone.contains(&row.id)
            && same_reference(line, row)
    });
    fitting.min_by_key(|row| (Reverse(row.booked_on), row.id)).map(|row| row.id)
}

/// The line of which no message told, likewise.
fn latest(line: &Line, unheard: &[Model], gone: &HashSet<Uuid>) -> Option<Uuid> {
    let reference = line.reference.as_deref().and_then(told)?;
    let fitting = unheard.iter().filter(|row| {
        row.booked_on <= line.booked_on
            && row.amount == line.amount.get()
            && !gone.contains(&row.id)
            && row.reference.as_deref().and_then(told).is_some_and(|own| own == reference)
    });
    fitting.min_by_key(|row| (Reverse(row.booked_on), row.id)).map(|row| row.id)
}

/// What the account has of these days and amounts.
async fn lines(
    tx: &Tx,
    importing: &Importing,
    (first, last): (NaiveDate, NaiveDate),
    amounts: &HashSet<i64>,
) -> Result<Vec<Model>, Error> {
    let select = Entity::find()
        .filter(Column::SchoolId.eq(importing.school.uuid()))
        .filter(Column::BankAccountId.eq(importing.account.uuid()))
        .filter(Column::BookedOn.between(first, last))
        .filter(Column::Amount.is_in(amounts.iter().copied()))
        .filter(Column::Outcome.is_in([Outcome::Unheard.as_str(), Outcome::Reversal.as_str()]));
    Ok(select.all(tx.conn()).await?)
}

/// The keys of the lines that these rows take back, by the id of the line.
pub(super) async fn keys(tx: &Tx, rows: &[Model]) -> Result<HashMap<Uuid, String>, Error> {
    let wanted: Vec<Uuid> = rows.iter().filter_map(|row| row.takes_back).collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let select = Entity::find().select_only().columns([Column::Id, Column::LineKey]).filter(Column::Id.is_in(wanted));
    let found: Vec<(Uuid, String)> = select.into_tuple().all(tx.conn()).await?;
    Ok(found.into_iter().collect())
}

/// Lets a person look at the credits that these rows take back, unless a message told already that they are gone.
pub(super) async fn doubt(tx: &Tx, rows: &[Model], now: Timestamp) -> Result<(), Error> {
    for credit in rows.iter().filter_map(reversed) {
        let Some(mut world) = World::of_transaction(tx, BankTransactionId::from_uuid(credit), &[]).await? else {
            continue;
        };
        let Some(held) = world.held.iter_mut().find(|held| held.row.id == credit) else { continue };
        if held.row.status != TransactionStatus::Settled.as_str() {
            continue;
        }
        held.deeds.push("bankTransaction.contradicted");
        held.row.updated_at = now;
        settle::review(held, ReviewReason::Suspicious);
        settle::write(tx, world, "hub", now).await?;
    }
    Ok(())
}
