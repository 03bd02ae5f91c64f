//! The same money heard from two senders, a bank and an intermediary: booked once, and flagged. It is never merged in silence,
//! and what is only likely waits for a person.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::saying::Saying;
use super::world::World;
use crate::db::Tx;
use crate::error::Error;
use crate::inbox::TransactionStatus;
use crate::matching::ReviewReason;
use crate::tables::bank_transactions::{Column, Entity, Model};
use crate::time::{earlier, later};

/// Days between what two senders call the day of the same money, at most.
pub(super) const MAX_DAYS: u64 = 3;
/// Characters of a bank's reference that can tell money apart, at least.
const MIN_REFERENCE_CHARS: usize = 6;

/// What is known of other senders' money in the accounts of a batch.
#[derive(Default)]
pub(crate) struct Twins {
    /// The senders of the batch whose credits may have twins.
    pub(super) senders: HashSet<Uuid>,
    /// The credits of other batches that concern this one, but for those that it holds.
    pub(super) known: Vec<Model>,
    /// What these credits and those of the batch say.
    pub(super) sayings: HashMap<Uuid, Saying>,
    /// Which connections have told of a credit that counts through another: the credit, and the connection.
    pub(super) taken: HashSet<(Uuid, Uuid)>,
    /// The credits through which others count.
    pub(super) counting: HashSet<Uuid>,
    /// What a person told apart.
    pub(super) apart: HashSet<(Uuid, Uuid)>,
}

impl Twins {
    /// The credits of other batches that concern this one.
    pub(super) fn known(&self) -> impl Iterator<Item = Uuid> {
        self.known.iter().map(|row| row.id)
    }
}

impl World {
    /// The credit of another sender that has the bank's reference in common with the one at a place, the oldest first. Each
    /// sender tells of money once, so a credit has one twin of each. What counts for others counts itself, and what a person
    /// told apart stays apart.
    pub(super) fn twin(&self, at: usize) -> Option<Uuid> {
        let row = &self.held[at].row;
        if self.counts_for_others(row.id) {
            return None;
        }
        let same = |other: &&Model| self.agree(row.id, other.id) && self.can_be(row, other);
        self.others(row).filter(same).map(|other| other.id).min()
    }

    /// Whether the credit at a place may be money that lies on invoices already, which only a person can know: another sender
    /// told of the same invoice or student. How many others of this sender wait for the same is not weighed: a reference that
    /// is told later may pair them with other money, and then this one would have been booked unasked.
    pub(super) fn in_question(&self, at: usize) -> bool {
        let row = &self.held[at].row;
        self.others(row)
            .any(|other| other.allocated_amount > 0 && self.is_alike(row.id, other.id) && self.can_be(row, other))
    }

    /// The places of what waits, perhaps, because of a credit that now has its twin of this sender: the credit itself, and
    /// what the sender told of the same invoice or student. What else is known may be less than what there is.
    pub(super) fn waiting_for(&self, credit: Uuid, sender: Uuid) -> Vec<usize> {
        let held = self.held.iter().map(|held| &held.row);
        let Some(paired) = held.clone().chain(&self.twins.known).find(|row| row.id == credit) else {
            return Vec::new();
        };
        let concerns = |row: &Model| {
            row.id == credit || row.connection_id == sender && may_be(row, paired) && self.is_alike(row.id, credit)
        };
        let waits = |(_, row): &(usize, &Model)| is_free(row) && asks(row) && concerns(row);
        self.held.iter().map(|held| &held.row).enumerate().filter(waits).map(|(at, _)| at).collect()
    }

    /// Whether a credit is gone, and all that count through it.
    pub(super) fn is_wholly_gone(&self, credit: Uuid) -> bool {
        let stands = |row: &Model| (row.id == credit || row.same_as == Some(credit)) && !is_gone(row);
        self.has_gone(credit) && !self.every().any(stands)
    }

    /// The places of what asks, perhaps, because of a credit that is gone.
    pub(super) fn asking_because_of(&self, gone: Uuid) -> Vec<usize> {
        let Some(fallen) = self.every().find(|row| row.id == gone) else { return Vec::new() };
        let concerns = |row: &Model| may_be(row, fallen) && self.is_alike(row.id, gone);
        let waits = |(_, row): &(usize, &Model)| is_free(row) && asks(row) && concerns(row);
        self.held.iter().map(|held| &held.row).enumerate().filter(waits).map(|(at, _)| at).collect()
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

    /// The other credits that one may be at all by what both are.
    fn others<'w>(&'w self, row: &'w Model) -> impl Iterator<Item = &'w Model> {
        self.every().filter(|other| other.id != row.id && may_be(row, other))
    }

    fn every(&self) -> impl Iterator<Item = &Model> {
        self.held.iter().map(|held| &held.row).chain(&self.twins.known)
    }

    /// Whether the bank took back a credit that is known.
    pub(super) fn has_gone(&self, credit: Uuid) -> bool {
        self.every().any(|row| row.id == credit && is_gone(row))
    }

    /// Whether they can be one by what is known of both: neither's sender told of the other before, and nobody told them apart.
    fn can_be(&self, row: &Model, other: &Model) -> bool {
        let Twins { taken, apart, .. } = &self.twins;
        !taken.contains(&(other.id, row.connection_id))
            && !taken.contains(&(row.id, other.connection_id))
            && !apart.contains(&(row.id, other.id))
    }

    /// Whether they have the bank's reference in common.
    fn agree(&self, one: Uuid, other: Uuid) -> bool {
        self.both(one, other).is_some_and(|(one, other)| one.agrees(other))
    }

    /// Whether they name the same invoice or the same student.
    fn is_alike(&self, one: Uuid, other: Uuid) -> bool {
        let Some((one, other)) = self.both(one, other) else { return false };
        let same_code = one.words.codes.iter().any(|code| other.words.codes.contains(code));
        let named = |token: &&String| self.named.contains_key(*token);
        let same_token = one.words.tokens.iter().filter(named).any(|token| other.words.tokens.contains(token));
        let same_student = one.virtual_account.is_some() && one.virtual_account == other.virtual_account;
        same_code || same_token || same_student
    }

    fn both(&self, one: Uuid, other: Uuid) -> Option<(&Saying, &Saying)> {
        let sayings = &self.twins.sayings;
        Some((sayings.get(&one)?, sayings.get(&other)?))
    }
}

/// Whether the robot may still decide about a credit: it waits, nobody doubts it, and no person has touched it.
pub(super) fn is_free(row: &Model) -> bool {
    row.review == "WAITING"
        && !is_doubted(row)
        && row.allocated_amount == 0
        && !row.hand_touched
        && row.same_as.is_none()
        && row.status == TransactionStatus::Settled.as_str()
}

/// Whether somebody contradicted what was told of it: only a person ends that.
pub(super) fn is_doubted(row: &Model) -> bool {
    row.review == "WAITING" && row.review_reason.as_deref() == Some(ReviewReason::Suspicious.code())
}

/// Whether the bank took it back or gave it back.
pub(super) fn is_gone(row: &Model) -> bool {
    row.status_rank > TransactionStatus::Settled.rank()
}

/// Whether it waits for a person to say whether it is another's money.
pub(super) fn asks(row: &Model) -> bool {
    row.review == "WAITING" && row.review_reason.as_deref() == Some(ReviewReason::PossibleDuplicate.code())
}

/// The credits of other senders that could be the same money as this one, whether or not anything speaks for it.
pub(crate) async fn lookalikes(tx: &Tx, row: &Model) -> Result<HashSet<Uuid>, Error> {
    let found = Entity::find()
        .filter(Column::SchoolId.eq(row.school_id))
        .filter(Column::BookedOn.between(earlier(row.booked_on, MAX_DAYS), later(row.booked_on, MAX_DAYS)))
        .filter(Column::BankAccountId.eq(row.bank_account_id))
        .filter(Column::Amount.eq(row.amount))
        .filter(Column::Direction.eq("CREDIT"));
    let others = found.all(tx.conn()).await?;
    Ok(others.iter().filter(|other| may_be(row, other)).map(|other| other.id).collect())
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
        && (earlier(row.booked_on, MAX_DAYS)..=later(row.booked_on, MAX_DAYS)).contains(&other.booked_on)
}

/// A reference without what senders write differently; none when it is too short or too plain to tell money apart.
pub(crate) fn told(reference: &str) -> Option<String> {
    let told: String = reference.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let tells = told.len() >= MIN_REFERENCE_CHARS && told.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    tells.then_some(told)
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
