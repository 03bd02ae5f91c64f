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
use crate::matching::ReviewReason;
use crate::tables::bank_transactions::{Column, Entity, Model};
use crate::tables::{connection_accounts, connections, statement_lines};

/// Days between what two senders call the day of the same money, at most.
const MAX_DAYS: u64 = 3;
/// Characters of a bank's reference that can tell money apart, at least.
const MIN_REFERENCE_CHARS: usize = 6;

/// What is known of other senders' money in the accounts of a batch.
#[derive(Default)]
pub(crate) struct Twins {
    /// The senders of the batch whose credits may have twins.
    senders: HashSet<Uuid>,
    /// The credits of other batches that may be the same as one of this, and those of the same senders that wait for being so.
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

    /// Leaves out what the batch itself holds.
    pub(super) fn leave_out(&mut self, held: &HashSet<Uuid>) {
        self.known.retain(|row| !held.contains(&row.id));
    }
}

impl World {
    /// Reads what other senders told of the accounts of these events, and gives what of it the robot may still put elsewhere.
    /// Where no account has two senders that is one statement.
    pub(super) async fn read_known(&mut self, tx: &Tx, events: &[Claimed]) -> Result<Vec<Model>, Error> {
        let settled = events.iter().filter(|event| event.notice.status == TransactionStatus::Settled);
        let settled: Vec<_> = settled
            .filter_map(|event| Some((event, self.receiving(event.connection, &event.notice).account()?)))
            .collect();
        let shared = shared(tx, settled.iter().map(|(_, account)| account.id.uuid()).collect()).await?;
        let heard: Vec<_> = settled.iter().filter(|(_, account)| shared.contains(&account.id.uuid())).collect();
        let days = heard.iter().map(|(event, _)| event.notice.booked_on());
        let (Some(first), Some(last)) = (days.clone().min(), days.max()) else { return Ok(Vec::new()) };
        let senders: HashSet<Uuid> = heard.iter().map(|(event, _)| event.connection.uuid()).collect();
        let mut select = Entity::find()
            .filter(Column::SchoolId.is_in(heard.iter().map(|(_, account)| account.school.uuid())))
            .filter(Column::BookedOn.between(earlier(first), later(last)))
            .filter(Column::BankAccountId.is_in(shared))
            .filter(Column::Amount.is_in(heard.iter().map(|(event, _)| event.notice.amount.get())))
            .filter(Column::Direction.eq("CREDIT").and(Column::SettledOn.is_not_null()).and(Column::SameAs.is_null()))
            .order_by_asc(Column::Id);
        if senders.len() == 1 {
            let others = Column::ConnectionId.is_not_in(senders.iter().copied());
            select = select.filter(others.or(Column::ReviewReason.eq(ReviewReason::PossibleDuplicate.code())));
        }
        let known = select.all(tx.conn()).await?;
        let told_by = |reference: Option<&str>, name: &str| [reference.and_then(told), told(name)];
        let names = heard.iter().flat_map(|(event, _)| {
            told_by(event.notice.bank_reference.as_deref(), &event.notice.transaction_id).into_iter().flatten()
        });
        let names: HashSet<String> = names.collect();
        let agrees = |row: &Model| {
            told_by(row.bank_reference.as_deref(), &row.transaction_id)
                .iter()
                .flatten()
                .any(|name| names.contains(name))
        };
        let free = known.iter().filter(|row| is_free(row) && (asks(row) || agrees(row))).cloned().collect();
        self.twins = Twins { senders, known, ..Twins::default() };
        Ok(free)
    }

    /// Reads which of all these credits are pairs, and which are none.
    pub(super) async fn read_pairs(&mut self, tx: &Tx) -> Result<(), Error> {
        if self.twins.senders.is_empty() {
            return Ok(());
        }
        let heard_before: Vec<Uuid> = self.held.iter().map(|held| held.row.id).collect();
        let ids: Vec<Uuid> = self.twins.known().chain(heard_before.iter().copied()).collect();
        let taken: Vec<(Option<Uuid>, Uuid)> = Entity::find()
            .select_only()
            .columns([Column::SameAs, Column::ConnectionId])
            .filter(Column::SameAs.is_in(ids.clone()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        let taken: HashSet<(Uuid, Uuid)> =
            taken.into_iter().filter_map(|(same, connection)| Some((same?, connection))).collect();
        self.twins.counting = taken.iter().map(|(credit, _)| *credit).collect();
        let confirmed = self.confirmed(tx, &self.twins.senders, ids).await?;
        self.twins.taken = taken.into_iter().chain(confirmed).collect();
        self.twins.apart = apart::pairs(tx, heard_before).await?;
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

    /// The credit of another sender that has the bank's reference in common with the one at a place, the oldest first. Each
    /// sender tells of money once, so a credit has one twin of each. What counts for others counts itself, and what a person
    /// told apart stays apart.
    pub(super) fn twin(&self, at: usize) -> Option<Uuid> {
        let row = &self.held[at].row;
        if self.counts_for_others(row.id) {
            return None;
        }
        self.others(row).filter(|other| self.can_be(row, other) && agree(row, other)).map(|other| other.id).min()
    }

    /// Whether the credit at a place may be money that lies on invoices already, which only a person can know: another sender
    /// told of the same invoice or student. How many others of this sender wait for the same is not weighed: a reference that
    /// is told later may pair them with other money, and then this one would have been booked unasked.
    pub(super) fn in_question(&self, at: usize) -> bool {
        let row = &self.held[at].row;
        let words = named(row);
        let lies = |other: &Model| other.allocated_amount > 0 && self.can_be(row, other);
        self.others(row).any(|other| lies(other) && self.is_alike(row, &words, other))
    }

    /// Whether other senders' credits count through this one.
    pub(super) fn counts_for_others(&self, credit: Uuid) -> bool {
        self.twins.counting.contains(&credit)
    }

    /// Remembers that a credit counts through another, which then has its twin of this sender.
    pub(super) fn count_through(&mut self, at: usize, counts: Uuid) {
        let row = &mut self.held[at].row;
        row.same_as = Some(counts);
        self.twins.taken.insert((counts, row.connection_id));
        self.twins.counting.insert(counts);
    }

    /// Every other credit that is known.
    fn others<'w>(&'w self, row: &'w Model) -> impl Iterator<Item = &'w Model> {
        let held = self.held.iter().map(|held| &held.row);
        held.chain(&self.twins.known).filter(|other| other.id != row.id)
    }

    /// Whether two credits can be one at all: of two senders, neither of which told of the other's before.
    fn can_be(&self, row: &Model, other: &Model) -> bool {
        let Twins { taken, apart, .. } = &self.twins;
        may_be(row, other)
            && !taken.contains(&(other.id, row.connection_id))
            && !taken.contains(&(row.id, other.connection_id))
            && !apart.contains(&(row.id, other.id))
    }

    /// Whether they name the same invoice or the same student.
    fn is_alike(&self, row: &Model, words: &Words, other: &Model) -> bool {
        let theirs = named(other);
        let same_code = words.codes.iter().any(|code| theirs.codes.contains(code));
        let same_token =
            words.tokens.iter().any(|token| self.named.contains_key(token) && theirs.tokens.contains(token));
        let same_student = row.virtual_account_id.is_some() && row.virtual_account_id == other.virtual_account_id;
        same_code || same_token || same_student
    }
}

/// Whether the robot may still decide about a credit: it waits, and no person has touched it.
pub(super) fn is_free(row: &Model) -> bool {
    row.review == "WAITING"
        && row.allocated_amount == 0
        && !row.hand_touched
        && row.same_as.is_none()
        && row.status == TransactionStatus::Settled.as_str()
}

/// Whether it waits for a person to say whether it is another's money.
pub(super) fn asks(row: &Model) -> bool {
    row.review == "WAITING" && row.review_reason.as_deref() == Some(ReviewReason::PossibleDuplicate.code())
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
        && other.settled_on.is_some()
        && other.same_as.is_none()
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
