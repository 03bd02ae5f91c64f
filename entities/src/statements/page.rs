//! A page of lines: what is known is left, what a message told is confirmed, and what nobody told goes through the inbox, all in
//! one transaction.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use ring::digest::{SHA256, digest};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::likeness::{MAX_DAYS, judged, taken_back};
use super::{Importing, Keyed, Line, Outcome, Outcomes, sender};
use crate::bank_accounts::place;
use crate::bulk;
use crate::db::{Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::StatementLineId;
use crate::inbox::{self, Content, Event, Message, Notice, TransactionStatus};
use crate::ledgers::{self, Owner};
use crate::tables::{bank_accounts, bank_transactions, statement_lines};
use crate::time::{self, Timestamp};

/// Lines that are judged and written together.
pub const PAGE_LINES: usize = 2_000;
/// Days in which a bank takes back a credit, at most.
const MAX_REVERSAL_DAYS: u64 = 90;

/// What earlier pages of a dry run would have spoken for.
#[derive(Clone, Default, Debug)]
pub struct Spoken(HashSet<Uuid>);

/// Judges a page of lines and keeps them, unless `dry` tells what earlier pages of a dry run spoke for; says what became of the new
/// ones.
///
/// # Errors
/// The database's.
pub async fn page(
    tx: &Tx,
    importing: &Importing,
    lines: &[Keyed],
    dry: Option<&Spoken>,
    now: Timestamp,
) -> Result<(Outcomes, Spoken), Error> {
    // Settlement of this school, and another statement of the account, wait until the page is written.
    ledgers::lock(tx, [Owner::School(importing.school)]).await?;
    let known = known(tx, importing, lines).await?;
    let mut seen = HashSet::new();
    let fresh: Vec<&Keyed> = lines.iter().filter(|line| !known.contains(&line.key) && seen.insert(&line.key)).collect();
    let mut spoken = dry.cloned().unwrap_or_default();
    let mut outcomes = Outcomes::default();
    let judged = judge(tx, importing, &fresh, &mut spoken).await?;
    judged.iter().for_each(|(outcome, _)| outcomes.add(*outcome, 1));
    outcomes.known = u64::try_from(lines.len() - fresh.len()).map_err(Error::internal)?;
    if dry.is_none() {
        write(tx, importing, &fresh, &judged, now).await?;
    }
    Ok((outcomes, spoken))
}

async fn known(tx: &Tx, importing: &Importing, lines: &[Keyed]) -> Result<HashSet<String>, Error> {
    use statement_lines::Column;
    let mut known = HashSet::new();
    for some in lines.chunks(rows_per_statement(1) - 2) {
        let found: Vec<String> = statement_lines::Entity::find()
            .select_only()
            .column(Column::LineKey)
            .filter(Column::SchoolId.eq(importing.school.uuid()))
            .filter(Column::BankAccountId.eq(importing.account.uuid()))
            .filter(Column::LineKey.is_in(some.iter().map(|line| line.key.as_str())))
            .into_tuple()
            .all(tx.conn())
            .await?;
        known.extend(found);
    }
    Ok(known)
}

async fn judge(
    tx: &Tx,
    importing: &Importing,
    fresh: &[&Keyed],
    spoken: &mut Spoken,
) -> Result<Vec<(Outcome, Option<Uuid>)>, Error> {
    let lines: Vec<&Line> = fresh.iter().map(|keyed| &keyed.line).collect();
    let days = || lines.iter().map(|line| line.booked_on);
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return Ok(Vec::new()) };
    let has_reversals = lines.iter().any(|line| is_taking_back(line));
    let back = if has_reversals { MAX_REVERSAL_DAYS } else { MAX_DAYS };
    let heard = heard(tx, importing, (earlier(first, back), later(last, MAX_DAYS))).await?;
    spoken.0.extend(confirmed(tx, importing, (earlier(first, MAX_DAYS), later(last, MAX_DAYS))).await?);
    let own = sender::known(tx, importing.account).await?.map(crate::ids::ConnectionId::uuid);
    let (by_statement, by_message): (Vec<_>, Vec<_>) =
        heard.into_iter().partition(|row| Some(row.connection_id) == own);
    let mut judged = judged(&lines, &by_message, &mut spoken.0);
    let credits = [by_message, by_statement].concat();
    for (line, outcome) in lines.iter().zip(&mut judged).filter(|(line, _)| is_taking_back(line)) {
        *outcome = (Outcome::Reversal, taken_back(line, &credits));
    }
    Ok(judged)
}

fn is_taking_back(line: &Line) -> bool {
    line.is_reversal && line.direction == inbox::Direction::Debit
}

/// The settled credits of the account in these days.
async fn heard(
    tx: &Tx,
    importing: &Importing,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<bank_transactions::Model>, Error> {
    use bank_transactions::Column;
    let select = bank_transactions::Entity::find()
        .filter(Column::SchoolId.eq(importing.school.uuid()))
        .filter(Column::BookedOn.between(first, last))
        .filter(Column::BankAccountId.eq(importing.account.uuid()))
        .filter(Column::Direction.eq("CREDIT").and(Column::SettledOn.is_not_null()))
        .order_by_asc(Column::OccurredAt)
        .order_by_asc(Column::Id);
    Ok(select.all(tx.conn()).await?)
}

/// The transactions that lines of these days speak for.
async fn confirmed(
    tx: &Tx,
    importing: &Importing,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<impl Iterator<Item = Uuid>, Error> {
    use statement_lines::Column;
    let found: Vec<Option<Uuid>> = statement_lines::Entity::find()
        .select_only()
        .column(Column::BankTransactionId)
        .filter(Column::SchoolId.eq(importing.school.uuid()))
        .filter(Column::BankAccountId.eq(importing.account.uuid()))
        .filter(Column::BookedOn.between(earlier(first, MAX_DAYS), later(last, MAX_DAYS)))
        .filter(Column::Outcome.is_in(["CONFIRMED", "DIFFERS"]))
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(found.into_iter().flatten())
}

async fn write(
    tx: &Tx,
    importing: &Importing,
    fresh: &[&Keyed],
    judged: &[(Outcome, Option<Uuid>)],
    now: Timestamp,
) -> Result<(), Error> {
    let rows = fresh.iter().zip(judged).map(|(keyed, judged)| row(importing, keyed, *judged, now).into_active_model());
    bulk::insert(tx, rows.collect()).await?;
    let unheard: Vec<&Keyed> = fresh
        .iter()
        .zip(judged)
        .filter(|(_, (outcome, _))| *outcome == Outcome::Unheard)
        .map(|(line, _)| *line)
        .collect();
    if unheard.is_empty() {
        return Ok(());
    }
    let number = number(tx, importing).await?;
    let rows: Vec<u32> = unheard.iter().map(|keyed| keyed.line.row).collect();
    let raw = serde_json::json!({ "statement": importing.id.to_string(), "rows": rows });
    let message = Message {
        connection: sender::of(tx, importing.account, now).await?,
        raw: raw.to_string().into_bytes(),
        received_at: now,
        events: unheard.into_iter().map(|keyed| event(keyed, &number)).collect::<Result<_, _>>()?,
    };
    inbox::keep_within(tx, &[message]).await
}

async fn number(tx: &Tx, importing: &Importing) -> Result<String, Error> {
    let found = bank_accounts::Entity::find_by_id(importing.account.uuid()).one(tx.conn()).await?;
    let row = found.ok_or_else(|| Error::internal("the account of a statement is gone"))?;
    tx.vault().open_text(place(row.id), &row.number_sealed)
}

fn row(
    importing: &Importing,
    keyed: &Keyed,
    (outcome, transaction): (Outcome, Option<Uuid>),
    now: Timestamp,
) -> statement_lines::Model {
    let line = &keyed.line;
    let told = |text: &Option<String>| if line.is_credit() { text.clone() } else { None };
    statement_lines::Model {
        id: StatementLineId::new(now).uuid(),
        school_id: importing.school.uuid(),
        bank_account_id: importing.account.uuid(),
        statement_id: importing.id.uuid(),
        line_key: keyed.key.clone(),
        row_number: i64::from(line.row),
        booked_on: line.booked_on,
        occurred_at: line.occurred_at,
        direction: line.direction.as_str().to_owned(),
        amount: line.amount.get(),
        reference: told(&line.reference),
        content: told(&line.content),
        counterparty: told(&line.counterparty),
        outcome: outcome.as_str().to_owned(),
        bank_transaction_id: transaction,
        created_at: now,
    }
}

/// The event of a credit that only the statement told. A line without a time of day stands at the beginning of its day.
fn event(keyed: &Keyed, number: &str) -> Result<Event, Error> {
    let line = &keyed.line;
    let occurred_at = line.occurred_at.unwrap_or_else(|| time::start_of_day(line.booked_on));
    let notice = Notice {
        transaction_id: keyed.key.clone(),
        status: TransactionStatus::Settled,
        amount: line.amount,
        direction: line.direction,
        account: Some(number.to_owned()),
        virtual_account: line.virtual_account.clone(),
        reference: None,
        content: line.content.clone(),
        payer_name: line.counterparty.clone(),
        method: None,
        bank_reference: line.reference.clone(),
        occurred_at: occurred_at.micros(),
        signed: false,
    };
    let written = serde_json::to_vec(&notice).map_err(Error::internal)?;
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, &written).as_ref());
    Ok(Event { event_id: keyed.key.clone(), digest: sha256, content: Content::Notice(Box::new(notice)) })
}

fn earlier(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}
