//! What the database knows of the accounts of a batch for which several senders speak: what the batch's credits may be the same
//! as, what waits because of that, and what this again may be the same as. Only with all of it can a credit that waits go on.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::apart;
use super::saying::{Saying, Sayings};
use super::twins::{MAX_DAYS, Twins, asks, is_free, is_gone};
use super::world::World;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::ConnectionId;
use crate::inbox::{Claimed, TransactionStatus};
use crate::tables::bank_transactions::{Column, Entity, Model};
use crate::tables::{connection_accounts, connections, statement_lines};
use crate::time::{earlier, later};

/// Days before and after the credits of a batch of which must be known: from one to its twin, from there to what waits because of
/// the twin, and from there to what that may be the same as too.
const REACH_DAYS: u64 = 3 * MAX_DAYS;

impl World {
    /// Reads what was told of the accounts of these events, whoever told it, besides the rows that they change; gives what of it
    /// the robot may still put elsewhere. Where no account has two senders that is one statement. Of money that goes back it must
    /// be known who waits because of it.
    pub(super) async fn read_known(
        &mut self,
        tx: &Tx,
        events: &[Claimed],
        rows: &[Model],
    ) -> Result<Vec<Model>, Error> {
        let falling = falling(events, rows);
        let told: Vec<Told> = self.settling(events).into_iter().chain(falling.iter().filter_map(Told::of)).collect();
        let shared = shared(tx, told.iter().map(|told| told.account).collect()).await?;
        let heard: Vec<Told> = told.into_iter().filter(|told| shared.contains(&told.account)).collect();
        // What is told again keeps the day on which it settled first.
        let days = heard.iter().map(|told| told.day);
        let again = rows.iter().filter(|row| row.bank_account_id.is_some_and(|account| shared.contains(&account)));
        let days = days.chain(again.filter_map(|row| row.settled_on));
        let (Some(first), Some(last), false) = (days.clone().min(), days.max(), heard.is_empty()) else {
            return Ok(Vec::new());
        };
        let found = Entity::find()
            .filter(Column::SchoolId.is_in(heard.iter().map(|told| told.school)))
            .filter(Column::BookedOn.between(earlier(first, REACH_DAYS), later(last, REACH_DAYS)))
            .filter(Column::BankAccountId.is_in(shared.iter().copied()))
            .filter(Column::Amount.is_in(heard.iter().map(|told| told.amount)))
            .filter(Column::Direction.eq("CREDIT").and(Column::SettledOn.is_not_null()).and(Column::SameAs.is_null()))
            .order_by_asc(Column::Id)
            .all(tx.conn())
            .await?;
        let mut sayings = Sayings::default();
        heard.iter().for_each(|told| sayings.add(&told.saying));
        let (known, free) = concerned(found, sayings);
        let mut senders: HashSet<Uuid> = heard.iter().map(|told| told.sender).collect();
        if !falling.is_empty() {
            // Who waits because of money that goes back is another sender, perhaps one of whom this batch says nothing else.
            let others: BTreeSet<Uuid> = free.iter().map(|row| row.connection_id).collect();
            let unread = |sender: &Uuid| !self.scopes.contains_key(&ConnectionId::from_uuid(*sender));
            let unread: BTreeSet<Uuid> = others.iter().copied().filter(unread).collect();
            if !unread.is_empty() {
                self.read_scopes(tx, unread).await?;
            }
            senders.extend(others);
        }
        self.twins = Twins { senders, known, ..Twins::default() };
        Ok(free)
    }

    /// What these events tell of credits that settle in an account of their connection.
    fn settling(&self, events: &[Claimed]) -> Vec<Told> {
        let settled = events.iter().filter(|event| event.notice.status == TransactionStatus::Settled);
        let told = settled.filter_map(|event| {
            let receiving = self.receiving(event.connection, &event.notice);
            let account = receiving.account()?;
            let virtual_account = receiving.student().map(|(number, _)| number.uuid());
            Some(Told {
                sender: event.connection.uuid(),
                school: account.school.uuid(),
                account: account.id.uuid(),
                amount: event.notice.amount.get(),
                day: event.notice.booked_on(),
                saying: Saying::told(&event.notice, virtual_account),
            })
        });
        told.collect()
    }

    /// Reads which of all these credits are pairs, and which are none.
    pub(super) async fn read_pairs(&mut self, tx: &Tx) -> Result<(), Error> {
        if self.twins.senders.is_empty() {
            return Ok(());
        }
        let held: HashSet<Uuid> = self.held.iter().map(|held| held.row.id).collect();
        self.twins.known.retain(|row| !held.contains(&row.id));
        let ids: Vec<Uuid> = self.twins.known().chain(held.iter().copied()).collect();
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
        self.twins.apart = apart::pairs(tx, held.into_iter().collect()).await?;
        let rows = self.held.iter().map(|held| &held.row).chain(&self.twins.known);
        self.twins.sayings = rows.map(|row| (row.id, Saying::of(row))).collect();
        Ok(())
    }

    /// Takes note of what the credit at a place says now.
    pub(super) fn listen(&mut self, at: usize) {
        if self.twins.senders.is_empty() {
            return;
        }
        let row = &self.held[at].row;
        self.twins.sayings.insert(row.id, Saying::of(row));
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
}

/// What a batch tells of a credit: that it settles, or that it goes back.
struct Told {
    sender: Uuid,
    school: Uuid,
    account: Uuid,
    amount: i64,
    day: NaiveDate,
    saying: Saying,
}

impl Told {
    /// What is stored of a credit; none where it lies in no account.
    fn of(row: &&Model) -> Option<Self> {
        Some(Self {
            sender: row.connection_id,
            school: row.school_id?,
            account: row.bank_account_id?,
            amount: row.amount,
            day: row.settled_on?,
            saying: Saying::of(row),
        })
    }
}

/// The settled credits of which these events tell that they go back.
fn falling<'r>(events: &[Claimed], rows: &'r [Model]) -> Vec<&'r Model> {
    let falls = |event: &&Claimed| event.notice.status.rank() > TransactionStatus::Settled.rank();
    let named: HashSet<(Uuid, &str)> = events
        .iter()
        .filter(falls)
        .map(|event| (event.connection.uuid(), event.notice.transaction_id.as_str()))
        .collect();
    let stands = |row: &&Model| row.settled_on.is_some() && !is_gone(row);
    rows.iter().filter(stands).filter(|row| named.contains(&(row.connection_id, row.transaction_id.as_str()))).collect()
}

/// What of the found concerns a batch that says this, and what of that the robot may still put elsewhere. A school collects one
/// amount from every child: nearly all of what was found concerns nobody here.
fn concerned(found: Vec<Model>, mut sayings: Sayings) -> (Vec<Model>, Vec<Model>) {
    let found: Vec<(Model, Saying)> = found
        .into_iter()
        .map(|row| {
            let saying = Saying::of(&row);
            (row, saying)
        })
        .collect();
    let twins: HashSet<Uuid> = found.iter().filter(|(_, said)| sayings.agree(said)).map(|(row, _)| row.id).collect();
    found.iter().filter(|(row, _)| twins.contains(&row.id)).for_each(|(_, said)| sayings.add(said));
    let waits = |(row, said): &&(Model, Saying)| asks(row) && sayings.are_alike(said);
    let waiting: HashSet<Uuid> = found.iter().filter(waits).map(|(row, _)| row.id).collect();
    found.iter().filter(|(row, _)| waiting.contains(&row.id)).for_each(|(_, said)| sayings.add(said));
    let moves = |row: &Model| is_free(row) && (twins.contains(&row.id) || waiting.contains(&row.id));
    let free = found.iter().map(|(row, _)| row).filter(|row| moves(row)).cloned().collect();
    let known = found.into_iter().filter(|(row, said)| twins.contains(&row.id) || sayings.are_alike(said));
    (known.map(|(row, _)| row).collect(), free)
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
