//! A page of lines: what is known is left, what a message told is confirmed, and what nobody told goes through the inbox, all in
//! one transaction.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use ring::digest::{SHA256, digest};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::likeness::{MAX_DAYS, judged};
use super::{Importing, Keyed, Line, Outcome, Outcomes, reversal, sender};
use crate::bank_accounts::place;
use crate::bulk;
use crate::codes::AccountNumber;
use crate::db::{Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::StatementLineId;
use crate::inbox::{self, Content, Event, Message, Notice, TransactionStatus};
use crate::ledgers::{self, Owner};
use crate::settle;
use crate::tables::{bank_accounts, bank_transactions, statement_lines};
use crate::time::{self, Timestamp, earlier, later};
use crate::virtual_accounts::find_numbers;

/// Lines that are judged and written together.
pub const PAGE_LINES: usize = 2_000;

/// Characters of a virtual account's number, at least: shorter ones stand in any text.
const MIN_NUMBER_CHARS: usize = 6;

/// What earlier pages of a dry run would have spoken for.
#[derive(Clone, Default, Debug)]
pub struct Spoken(HashSet<Uuid>);

/// A line as its account keeps it, or would keep it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Its id.
    pub id: StatementLineId,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether the account did not have it before.
    pub is_new: bool,
}

/// What became of a page.
#[derive(Clone, Default, Debug)]
pub struct Kept {
    /// How many lines became what.
    pub outcomes: Outcomes,
    /// Each line of the page.
    pub lines: Vec<Seen>,
    /// What it spoke for, with what was spoken for before.
    pub spoken: Spoken,
}

/// Judges a page of lines and keeps them, unless `dry` tells what earlier pages of a dry run spoke for; says what became of
/// each.
///
/// # Errors
/// The database's.
pub async fn page(
    tx: &Tx,
    importing: &Importing,
    lines: &[Keyed],
    dry: Option<&Spoken>,
    now: Timestamp,
) -> Result<Kept, Error> {
    // Settlement of this school, and another statement of the account, wait until the page is written.
    ledgers::lock(tx, [Owner::School(importing.school)]).await?;
    let mut seen = known(tx, importing, lines).await?;
    let mut fresh: Vec<&Keyed> = Vec::new();
    for line in lines {
        if !seen.contains_key(&line.key) {
            let new = Seen { id: StatementLineId::new(now), outcome: Outcome::Unheard, is_new: true };
            seen.insert(line.key.clone(), new);
            fresh.push(line);
        }
    }
    let mut kept = Kept { spoken: dry.cloned().unwrap_or_default(), ..Kept::default() };
    let (judged, heard) = judge(tx, importing, &fresh, &mut kept.spoken).await?;
    let mut rows = Vec::with_capacity(fresh.len());
    for (line, judged) in fresh.iter().zip(judged) {
        kept.outcomes.add(judged.0, 1);
        if let Some(seen) = seen.get_mut(&line.key) {
            seen.outcome = judged.0;
            rows.push(row(importing, line, seen.id, judged, now));
        }
    }
    kept.outcomes.known = u64::try_from(lines.len() - fresh.len()).map_err(Error::internal)?;
    kept.lines = lines.iter().filter_map(|line| seen.get(&line.key).copied()).collect();
    if dry.is_none() {
        reversal::name(tx, importing, &fresh, &mut rows, &heard).await?;
        write(tx, importing, &fresh, rows, now).await?;
    }
    Ok(kept)
}

/// Those of the lines that the account has. A line's day is a part of its key, so only the lines of these days are read, and of an
/// ordered file these are few.
async fn known(tx: &Tx, importing: &Importing, lines: &[Keyed]) -> Result<HashMap<String, Seen>, Error> {
    use statement_lines::Column;
    let days: BTreeSet<NaiveDate> = lines.iter().map(|keyed| keyed.line.booked_on).collect();
    let found: Vec<(String, Uuid, String)> = statement_lines::Entity::find()
        .select_only()
        .columns([Column::LineKey, Column::Id, Column::Outcome])
        .filter(Column::SchoolId.eq(importing.school.uuid()))
        .filter(Column::BankAccountId.eq(importing.account.uuid()))
        .filter(Column::BookedOn.is_in(days))
        .into_tuple()
        .all(tx.conn())
        .await?;
    let wanted: HashSet<&str> = lines.iter().map(|line| line.key.as_str()).collect();
    let mut known = HashMap::with_capacity(lines.len());
    for (key, id, word) in found.into_iter().filter(|(key, ..)| wanted.contains(key.as_str())) {
        let outcome = Outcome::parse(&word).ok_or_else(|| Error::internal("a line has an unknown outcome"))?;
        known.insert(key, Seen { id: StatementLineId::from_uuid(id), outcome, is_new: false });
    }
    Ok(known)
}

async fn judge(
    tx: &Tx,
    importing: &Importing,
    fresh: &[&Keyed],
    spoken: &mut Spoken,
) -> Result<(Vec<(Outcome, Option<Uuid>)>, Vec<bank_transactions::Model>), Error> {
    let lines: Vec<&Line> = fresh.iter().map(|keyed| &keyed.line).collect();
    let days = || lines.iter().map(|line| line.booked_on);
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return Ok((Vec::new(), Vec::new())) };
    let has_reversals = lines.iter().any(|line| is_taking_back(line));
    let back = if has_reversals { reversal::MAX_DAYS } else { MAX_DAYS };
    let heard = heard(tx, importing, (earlier(first, back), later(last, MAX_DAYS))).await?;
    let own = sender::known(tx, importing.account).await?.map(crate::ids::ConnectionId::uuid);
    let by_message: Vec<_> = heard.into_iter().filter(|row| Some(row.connection_id) != own).collect();
    spoken.0.extend(spoken_for(tx, &by_message).await?);
    let named = virtual_accounts(tx, importing, &lines, &by_message).await?;
    let mut judged = judged(&lines, &named, &by_message, &mut spoken.0);
    for (_, outcome) in lines.iter().zip(&mut judged).filter(|(line, _)| is_taking_back(line)) {
        *outcome = (Outcome::Reversal, None);
    }
    Ok((judged, by_message))
}

/// The virtual account that each line names, where the bank gave it no reference. Nobody looks where no message told of one.
async fn virtual_accounts(
    tx: &Tx,
    importing: &Importing,
    lines: &[&Line],
    heard: &[bank_transactions::Model],
) -> Result<Vec<Option<Uuid>>, Error> {
    let mut named = vec![None; lines.len()];
    if heard.iter().all(|row| row.virtual_account_id.is_none()) {
        return Ok(named);
    }
    let numbers: Vec<Vec<String>> = lines.iter().map(|line| numbers(line)).collect();
    let wanted: Vec<String> = numbers.iter().flatten().cloned().collect::<HashSet<_>>().into_iter().collect();
    let mut found = HashMap::new();
    for some in wanted.chunks(rows_per_statement(1)) {
        let own = find_numbers(tx, some).await?.into_iter().filter(|found| found.account == importing.account);
        found.extend(own.filter_map(|own| Some((own.number, own.student?.0.uuid()))));
    }
    for (place, numbers) in named.iter_mut().zip(numbers) {
        *place = numbers.iter().find_map(|number| found.get(number).copied());
    }
    Ok(named)
}

/// What may be the number of a virtual account in a credit without a reference.
fn numbers(line: &Line) -> Vec<String> {
    let is_told = line.reference.as_deref().and_then(settle::told).is_some();
    let texts = [&line.virtual_account, &line.content].into_iter().flatten().filter(|_| line.is_credit() && !is_told);
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
    words
        .filter(|word| word.len() >= MIN_NUMBER_CHARS && word.bytes().any(|byte| byte.is_ascii_digit()))
        .filter_map(|word| Some(AccountNumber::parse(word).ok()?.as_str().to_owned()))
        .collect()
}

pub(super) fn is_taking_back(line: &Line) -> bool {
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

/// Those of the transactions that lines speak for already.
async fn spoken_for(tx: &Tx, heard: &[bank_transactions::Model]) -> Result<HashSet<Uuid>, Error> {
    use statement_lines::Column;
    let mut spoken = HashSet::new();
    for some in heard.chunks(rows_per_statement(1)) {
        let found: Vec<Option<Uuid>> = statement_lines::Entity::find()
            .select_only()
            .column(Column::BankTransactionId)
            .filter(Column::BankTransactionId.is_in(some.iter().map(|row| row.id)))
            .filter(Column::Outcome.is_in([Outcome::Confirmed.as_str(), Outcome::Differs.as_str()]))
            .into_tuple()
            .all(tx.conn())
            .await?;
        spoken.extend(found.into_iter().flatten());
    }
    Ok(spoken)
}

async fn write(
    tx: &Tx,
    importing: &Importing,
    fresh: &[&Keyed],
    rows: Vec<statement_lines::Model>,
    now: Timestamp,
) -> Result<(), Error> {
    let is_unheard = |row: &statement_lines::Model| row.outcome == Outcome::Unheard.as_str();
    let unheard: Vec<&Keyed> =
        fresh.iter().zip(&rows).filter(|(_, row)| is_unheard(row)).map(|(line, _)| *line).collect();
    // What is taken back stands before what takes it back, in whatever statement each is inserted.
    let (taking, others): (Vec<_>, Vec<_>) = rows.iter().cloned().partition(|row| row.takes_back.is_some());
    let ordered = others.into_iter().chain(taking).map(IntoActiveModel::into_active_model);
    bulk::insert(tx, ordered.collect()).await?;
    reversal::doubt(tx, &rows, now).await?;
    let reversed = reversal::keys(tx, &rows).await?;
    if unheard.is_empty() && reversed.is_empty() {
        return Ok(());
    }
    let number = number(tx, importing).await?;
    let mut events: Vec<Event> = Vec::with_capacity(unheard.len() + reversed.len());
    for keyed in &unheard {
        events.push(event(&keyed.key, &keyed.key, &keyed.line, TransactionStatus::Settled, &number)?);
    }
    let key = |row: &statement_lines::Model| row.takes_back.and_then(|credit| reversed.get(&credit));
    for (keyed, credit) in fresh.iter().zip(&rows).filter_map(|(keyed, row)| Some((keyed, key(row)?))) {
        events.push(event(&keyed.key, credit, &keyed.line, TransactionStatus::Reversed, &number)?);
    }
    let told: Vec<u32> = unheard.iter().map(|keyed| keyed.line.row).collect();
    let raw = serde_json::json!({ "statement": importing.id.to_string(), "rows": told });
    let message = Message {
        connection: sender::of(tx, importing.account, now).await?,
        raw: raw.to_string().into_bytes(),
        received_at: now,
        events,
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
    id: StatementLineId,
    (outcome, transaction): (Outcome, Option<Uuid>),
    now: Timestamp,
) -> statement_lines::Model {
    let line = &keyed.line;
    let told = |text: &Option<String>| if line.is_credit() { text.clone() } else { None };
    statement_lines::Model {
        id: id.uuid(),
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
        takes_back: None,
    }
}

/// The event of a credit that only statements told: that it came, or that it is gone. A line without a time of day stands at the
/// beginning of its day.
fn event(key: &str, credit: &str, line: &Line, status: TransactionStatus, number: &str) -> Result<Event, Error> {
    let occurred_at = line.occurred_at.unwrap_or_else(|| time::start_of_day(line.booked_on));
    let notice = Notice {
        transaction_id: credit.to_owned(),
        status,
        amount: line.amount,
        direction: inbox::Direction::Credit,
        account: Some(number.to_owned()),
        virtual_account: line.virtual_account.clone(),
        reference: None,
        order_reference: None,
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
    Ok(Event { event_id: key.to_owned(), digest: sha256, content: Content::Notice(Box::new(notice)) })
}
