//! The same money heard from two senders, a bank and an intermediary: booked once, and flagged. It is never merged in silence,
//! and what is only likely waits for a person.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::apart;
use super::words::Words;
use super::world::World;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::ConnectionId;
use crate::inbox::{Claimed, TransactionStatus};
use crate::tables::bank_transactions::{Column, Entity, Model};
use crate::tables::{connection_accounts, connections, statement_lines};

/// Days between what two senders call the day of the same money, at most.
const MAX_DAYS: u64 = 3;
/// Characters of a bank's reference that can tell money apart, at least.
const MIN_REFERENCE_CHARS: usize = 6;

/// What is known of other senders' money in the accounts of a batch.
#[derive(Default)]
pub(crate) struct Twins {
    /// Credits of other batches that may be the same as one of this.
    known: Vec<Model>,
    /// Which connections have told of a credit that counts through another: the credit, and the connection.
    taken: HashSet<(Uuid, Uuid)>,
    /// The credits through which others count.
    counting: HashSet<Uuid>,
    /// What a person told apart.
    apart: HashSet<(Uuid, Uuid)>,
}

impl Twins {
    /// The credits of other batches that may be the same as one of this.
    pub(super) fn known(&self) -> impl Iterator<Item = Uuid> {
        self.known.iter().map(|row| row.id)
    }
}

/// How sure it is that two credits are one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Likeness {
    /// They name the same invoice or the same student, and the other lies on invoices: only a person can know.
    Likely,
    /// They have the bank's own reference in common.
    Sure,
}

impl World {
    /// Reads what other senders told of the accounts of these events. Where no account has two senders that is one statement.
    pub(super) async fn read_twins(&mut self, tx: &Tx, events: &[Claimed]) -> Result<(), Error> {
        let settled = events.iter().filter(|event| event.notice.status == TransactionStatus::Settled);
        let settled: Vec<_> = settled
            .filter_map(|event| Some((event, self.receiving(event.connection, &event.notice).account()?)))
            .collect();
        let shared = shared(tx, settled.iter().map(|(_, account)| account.id.uuid()).collect()).await?;
        let heard: Vec<_> = settled.iter().filter(|(_, account)| shared.contains(&account.id.uuid())).collect();
        let days = heard.iter().map(|(event, _)| event.notice.booked_on());
        let (Some(first), Some(last)) = (days.clone().min(), days.max()) else { return Ok(()) };
        let senders: HashSet<Uuid> = heard.iter().map(|(event, _)| event.connection.uuid()).collect();
        let mut select = Entity::find()
            .filter(Column::SchoolId.is_in(heard.iter().map(|(_, account)| account.school.uuid())))
            .filter(Column::BookedOn.between(earlier(first), later(last)))
            .filter(Column::BankAccountId.is_in(shared))
            .filter(Column::Amount.is_in(heard.iter().map(|(event, _)| event.notice.amount.get())))
            .filter(Column::Direction.eq("CREDIT").and(Column::SettledOn.is_not_null()).and(Column::SameAs.is_null()))
            .order_by_asc(Column::Id);
        if senders.len() == 1 {
            select = select.filter(Column::ConnectionId.is_not_in(senders.iter().copied()));
        }
        let known = select.all(tx.conn()).await?;
        let ids: Vec<Uuid> = known.iter().chain(self.held.iter().map(|held| &held.row)).map(|row| row.id).collect();
        let taken: Vec<(Option<Uuid>, Uuid)> = Entity::find()
            .select_only()
            .columns([Column::SameAs, Column::ConnectionId])
            .filter(Column::SameAs.is_in(ids.clone()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        let taken = taken.into_iter().filter_map(|(same, connection)| Some((same?, connection)));
        let mut taken: HashSet<(Uuid, Uuid)> = taken.collect();
        let counting = taken.iter().map(|(credit, _)| *credit).collect();
        taken.extend(self.confirmed(tx, &senders, ids).await?);
        let heard_before = self.held.iter().map(|held| held.row.id).collect();
        let apart = apart::pairs(tx, heard_before).await?;
        self.twins = Twins { known, taken, counting, apart };
        Ok(())
    }

    /// The credits of which a statement told by confirming them: its account's statements do not tell of them once more.
    async fn confirmed(
        &self,
        tx: &Tx,
        senders: &HashSet<Uuid>,
        credits: Vec<Uuid>,
    ) -> Result<Vec<(Uuid, Uuid)>, Error> {
        let statements: Vec<Uuid> = connections::Entity::find()
            .select_only()
            .column(connections::Column::Id)
            .filter(connections::Column::Id.is_in(senders.iter().copied()))
            .filter(connections::Column::Bank.eq(crate::statements::BANK))
            .into_tuple()
            .all(tx.conn())
            .await?;
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let lines: Vec<(Option<Uuid>, Uuid)> = statement_lines::Entity::find()
            .select_only()
            .columns([statement_lines::Column::BankTransactionId, statement_lines::Column::BankAccountId])
            .filter(statement_lines::Column::BankTransactionId.is_in(credits))
            .filter(statement_lines::Column::Outcome.eq("CONFIRMED"))
            .into_tuple()
            .all(tx.conn())
            .await?;
        let speaks = |connection: &Uuid, account: Uuid| {
            let scope = self.scopes.get(&ConnectionId::from_uuid(*connection));
            scope.is_some_and(|scope| scope.iter().any(|own| own.id.uuid() == account))
        };
        let told = lines.into_iter().filter_map(|(credit, account)| {
            Some((credit?, *statements.iter().find(|connection| speaks(connection, account))?))
        });
        Ok(told.collect())
    }

    /// The credit of another sender that the one at a place is the same as, the surest and oldest first. Each sender tells of
    /// money once, so a credit has one twin of each. What counts for others counts itself, and what a person told apart stays
    /// apart.
    pub(super) fn twin(&self, at: usize) -> Option<(Likeness, Uuid)> {
        let row = &self.held[at].row;
        if self.twins.counting.contains(&row.id) {
            return None;
        }
        let words = named(row);
        let held = self.held.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, held)| &held.row);
        let elsewhere = self.twins.known.iter().filter(|known| self.held.iter().all(|held| held.row.id != known.id));
        let mut alike: Vec<_> = held
            .chain(elsewhere)
            .filter(|other| may_be(row, other) && !self.twins.taken.contains(&(other.id, row.connection_id)))
            .filter(|other| !self.twins.apart.contains(&(row.id, other.id)))
            .filter_map(|other| Some((self.likeness(row, &words, other)?, other)))
            .collect();
        alike.sort_by(|(one, first), (other, second)| other.cmp(one).then(first.id.cmp(&second.id)));
        alike.first().map(|(likeness, other)| (*likeness, other.id))
    }

    /// Remembers that a credit counts through another, which then has its twin of this sender.
    pub(super) fn pair(&mut self, at: usize, other: Uuid) {
        let row = &mut self.held[at].row;
        row.same_as = Some(other);
        self.twins.taken.insert((other, row.connection_id));
        self.twins.counting.insert(other);
    }

    fn likeness(&self, row: &Model, words: &Words, other: &Model) -> Option<Likeness> {
        if agree(row, other) {
            return Some(Likeness::Sure);
        }
        if other.allocated_amount == 0 {
            return None;
        }
        let theirs = named(other);
        let same_code = words.codes.iter().any(|code| theirs.codes.contains(code));
        let same_token =
            words.tokens.iter().any(|token| self.named.contains_key(token) && theirs.tokens.contains(token));
        let same_student = row.virtual_account_id.is_some() && row.virtual_account_id == other.virtual_account_id;
        (same_code || same_token || same_student).then_some(Likeness::Likely)
    }
}

/// The credits of other senders that could be the same money as this one, whether or not anything speaks for it.
pub(crate) async fn lookalikes(tx: &Tx, row: &Model) -> Result<HashSet<Uuid>, Error> {
    let found = Entity::find()
        .filter(Column::SchoolId.eq(row.school_id))
        .filter(Column::BookedOn.between(earlier(row.booked_on), later(row.booked_on)))
        .filter(Column::BankAccountId.eq(row.bank_account_id))
        .filter(Column::Amount.eq(row.amount))
        .filter(Column::Direction.eq("CREDIT"));
    let others = found.all(tx.conn()).await?;
    Ok(others.iter().filter(|other| may_be(row, other)).map(|other| other.id).collect())
}

/// Those of the accounts for which more than one connection speaks.
async fn shared(tx: &Tx, accounts: HashSet<Uuid>) -> Result<HashSet<Uuid>, Error> {
    use connection_accounts::Column;
    if accounts.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<Uuid> = connection_accounts::Entity::find()
        .select_only()
        .column(Column::BankAccountId)
        .filter(Column::BankAccountId.is_in(accounts))
        .group_by(Column::BankAccountId)
        .having(Column::ConnectionId.count().gt(1))
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(found.into_iter().collect())
}

/// Whether two credits can be one at all: of two senders, into one account, of one amount, within a few days; and the other
/// counts itself.
fn may_be(row: &Model, other: &Model) -> bool {
    row.connection_id != other.connection_id
        && other.same_as.is_none()
        && other.settled_on.is_some()
        && other.direction == row.direction
        && row.bank_account_id.is_some()
        && row.bank_account_id == other.bank_account_id
        && row.amount == other.amount
        && (earlier(row.booked_on)..=later(row.booked_on)).contains(&other.booked_on)
}

/// Whether they have the bank's reference in common; an intermediary may use it as the name of the transaction.
fn agree(row: &Model, other: &Model) -> bool {
    let reference = |row: &Model| row.bank_reference.as_deref().and_then(told);
    let (own, theirs) = (reference(row), reference(other));
    let (own_name, their_name) = (told(&row.transaction_id), told(&other.transaction_id));
    own.is_some() && (own == theirs || own == their_name) || theirs.is_some() && theirs == own_name
}

/// A reference without what senders write differently; none when it is too short or too plain to tell money apart.
pub(crate) fn told(reference: &str) -> Option<String> {
    let told: String = reference.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let tells = told.len() >= MIN_REFERENCE_CHARS && told.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    tells.then_some(told)
}

fn named(row: &Model) -> Words {
    Words::of_texts(row.reference.as_deref(), row.content.as_deref())
}

fn earlier(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(MAX_DAYS)).unwrap_or(day)
}

fn later(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(MAX_DAYS)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn a_reference_tells_money_apart_or_is_none() {
        assert_eq!(told("ft2522-7000 001").as_deref(), Some("FT25227000001"));
        for plain in ["", "12345", "ABCDEF", "000000", "------1"] {
            assert_eq!(told(plain), None, "{plain}");
        }
    }
}
