//! Everything that a batch needs to know, read in a handful of statements under the locks of the schools concerned.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::state::{Held, Share};
use super::twins::{Twins, is_free, is_gone};
use super::words::{Words, numbers};
use crate::bulk;
use crate::catalogues::{FeeCategory, FeeGroup};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{BankAccountId, BankTransactionId, ConnectionId, InvoiceId, InvoiceLineId, SchoolId, StudentId};
use crate::inbox::{Claimed, TransactionStatus};
use crate::invoices::{self, Balance, Filled, Named};
use crate::ledgers::{self, Owner};
use crate::money::Vnd;
use crate::tables::{
    allocation_lines, allocations, bank_accounts, bank_transactions, connection_accounts, virtual_accounts,
};
use crate::virtual_accounts::{NumberMatch, find_numbers};

/// An account that a connection may speak for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Account {
    pub(crate) id: BankAccountId,
    pub(crate) school: SchoolId,
    pub(crate) fund: FeeGroup,
}

/// What a batch knows, and what it changes.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) scopes: HashMap<ConnectionId, Vec<Account>>,
    pub(crate) numbers: HashMap<String, Vec<NumberMatch>>,
    pub(crate) named: HashMap<String, Vec<Named>>,
    pub(crate) of_student: HashMap<StudentId, Vec<InvoiceId>>,
    /// The students whom virtual accounts name.
    pub(crate) students: HashMap<Uuid, StudentId>,
    pub(crate) held: Vec<Held>,
    pub(crate) held_at: HashMap<(ConnectionId, String), usize>,
    pub(crate) balances: Vec<Balance>,
    pub(crate) balance_at: HashMap<InvoiceId, usize>,
    pub(crate) changed: BTreeSet<usize>,
    pub(crate) twins: Twins,
}

impl World {
    /// Reads what these events need. The ledgers of the schools concerned are locked first, in the order of their ids.
    pub(crate) async fn read(tx: &Tx, events: &[Claimed]) -> Result<Self, Error> {
        let mut world = Self::default();
        let connections: BTreeSet<Uuid> = events.iter().map(|event| event.connection.uuid()).collect();
        world.read_scopes(tx, connections).await?;
        world.read_numbers(tx, events).await?;
        let keys: Vec<(Uuid, String)> =
            events.iter().map(|event| (event.connection.uuid(), event.notice.transaction_id.clone())).collect();
        let mut owners: BTreeSet<Owner> = events
            .iter()
            .map(|event| world.receiving(event.connection, &event.notice).owner(event.connection))
            .collect();
        owners.extend(told_of(tx, &keys).await?.iter().map(owner));
        ledgers::lock(tx, owners.clone()).await?;
        let mut rows = told_of(tx, &keys).await?;
        stay(&rows, |row| owners.contains(&owner(row)))?;
        let moving = world.read_known(tx, events, &rows).await?;
        let heard: HashSet<Uuid> = rows.iter().map(|row| row.id).collect();
        rows.extend(moving.into_iter().filter(|row| !heard.contains(&row.id)));
        let free: Vec<_> = rows.iter().filter(|row| is_free(row)).collect();
        let named = world.read_named(tx, events, &free).await?;
        world.hold(tx, rows, named).await?;
        world.hold_counting(tx, events).await?;
        world.read_pairs(tx).await?;
        Ok(world)
    }

    /// Reads one transaction and the invoices that a person names, for booking by hand.
    pub(crate) async fn of_transaction(
        tx: &Tx,
        id: BankTransactionId,
        wanted: &[InvoiceId],
    ) -> Result<Option<Self>, Error> {
        let Some((mut world, rows)) = Self::locked(tx, id).await? else { return Ok(None) };
        world.hold(tx, rows, wanted.to_vec()).await?;
        Ok(Some(world))
    }

    /// Reads one transaction with the invoices that its words and its virtual account name, and the one that counts for it, so
    /// that it can seek its invoices as a new one does.
    pub(crate) async fn of_credit(tx: &Tx, id: BankTransactionId) -> Result<Option<Self>, Error> {
        let Some((mut world, mut rows)) = Self::locked(tx, id).await? else { return Ok(None) };
        let wanted = world.read_named(tx, &[], &rows.iter().collect::<Vec<_>>()).await?;
        let counts: Vec<Uuid> = rows.iter().filter_map(|row| row.same_as).collect();
        if !counts.is_empty() {
            let counting = bank_transactions::Column::Id.is_in(counts);
            rows.extend(bank_transactions::Entity::find().filter(counting).all(tx.conn()).await?);
        }
        world.hold(tx, rows, wanted).await?;
        Ok(Some(world))
    }

    /// A transaction under the lock of its ledger, in a world that knows the accounts of its connection.
    async fn locked(tx: &Tx, id: BankTransactionId) -> Result<Option<(Self, Vec<bank_transactions::Model>)>, Error> {
        let find = || bank_transactions::Entity::find_by_id(id.uuid());
        let Some(row) = find().one(tx.conn()).await? else { return Ok(None) };
        let locked = owner(&row);
        ledgers::lock(tx, [locked]).await?;
        let mut world = Self::default();
        world.read_scopes(tx, BTreeSet::from([row.connection_id])).await?;
        let rows = find().all(tx.conn()).await?;
        stay(&rows, |row| owner(row) == locked)?;
        Ok(Some((world, rows)))
    }

    pub(super) async fn read_scopes(&mut self, tx: &Tx, connections: BTreeSet<Uuid>) -> Result<(), Error> {
        let links = connection_accounts::Entity::find()
            .filter(connection_accounts::Column::ConnectionId.is_in(connections))
            .all(tx.conn())
            .await?;
        let ids: BTreeSet<Uuid> = links.iter().map(|link| link.bank_account_id).collect();
        let rows = bank_accounts::Entity::find().filter(bank_accounts::Column::Id.is_in(ids)).all(tx.conn()).await?;
        let mut accounts = HashMap::new();
        for row in rows {
            let fund = FeeGroup::parse(&row.fund).map_err(Error::internal)?;
            accounts.insert(
                row.id,
                Account { id: BankAccountId::from_uuid(row.id), school: SchoolId::from_uuid(row.school_id), fund },
            );
        }
        for link in links {
            let account = accounts.get(&link.bank_account_id).copied();
            self.scopes.entry(ConnectionId::from_uuid(link.connection_id)).or_default().extend(account);
        }
        Ok(())
    }

    async fn read_numbers(&mut self, tx: &Tx, events: &[Claimed]) -> Result<(), Error> {
        let wanted: BTreeSet<String> = events.iter().flat_map(|event| numbers(&event.notice)).collect();
        for found in find_numbers(tx, &wanted.into_iter().collect::<Vec<_>>()).await? {
            self.numbers.entry(found.number.clone()).or_default().push(found);
        }
        Ok(())
    }

    /// Looks up every word and every student of a virtual account, of these events and of stored transactions; gives the invoices
    /// to be read.
    async fn read_named(
        &mut self,
        tx: &Tx,
        events: &[Claimed],
        rows: &[&bank_transactions::Model],
    ) -> Result<Vec<InvoiceId>, Error> {
        let stored: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.virtual_account_id).collect();
        let told = self.numbers.values().flatten().filter_map(|found| found.student);
        self.students.extend(told.map(|(id, student)| (id.uuid(), student)));
        self.students.extend(students_of(tx, stored).await?);
        let told = events.iter().map(|event| Words::of(&event.notice));
        let stored = rows.iter().map(|row| Words::of_texts(row.reference.as_deref(), row.content.as_deref()));
        let words: BTreeSet<String> = told.chain(stored).flat_map(|words| words.all().collect::<Vec<_>>()).collect();
        let mut wanted = Vec::new();
        for named in invoices::named_by(tx, &words.into_iter().collect::<Vec<_>>()).await? {
            wanted.push(named.invoice);
            self.named.entry(named.reference.clone()).or_default().push(named);
        }
        let students: BTreeSet<StudentId> = self.students.values().copied().collect();
        for (student, _, invoice) in invoices::open_of_students(tx, &students.into_iter().collect::<Vec<_>>()).await? {
            wanted.push(invoice);
            self.of_student.entry(student).or_default().push(invoice);
        }
        Ok(wanted)
    }

    /// Takes up transactions with their allocations, and the invoices of both.
    async fn hold(
        &mut self,
        tx: &Tx,
        rows: Vec<bank_transactions::Model>,
        mut wanted: Vec<InvoiceId>,
    ) -> Result<(), Error> {
        let shares = read_shares(tx, rows.iter().map(|row| row.id).collect()).await?;
        wanted.extend(shares.values().flatten().map(|share| InvoiceId::from_uuid(share.row.invoice_id)));
        self.balances = invoices::lock(tx, &wanted).await?;
        self.balance_at = self.balances.iter().enumerate().map(|(at, balance)| (balance.invoice.id, at)).collect();
        self.take_up(rows, shares)
    }

    /// Where the bank takes money back, or may have to, takes up what counts for it and what counts through it: whoever told of the
    /// money last must not be overheard because another tells of it too. Their money stays where it lies.
    async fn hold_counting(&mut self, tx: &Tx, events: &[Claimed]) -> Result<(), Error> {
        let falls = |status: TransactionStatus| status.rank() > TransactionStatus::Settled.rank();
        let fallen = self.held.iter().any(|held| is_gone(&held.row));
        if !fallen && !events.iter().any(|event| falls(event.notice.status)) {
            return Ok(());
        }
        let held: BTreeSet<Uuid> = self.held.iter().map(|held| held.row.id).collect();
        let counting = self.held.iter().filter_map(|held| held.row.same_as).chain(self.twins.known());
        let missing: BTreeSet<Uuid> = counting.filter(|id| !held.contains(id)).collect();
        let through = bank_transactions::Column::SameAs.is_in(held.iter().chain(&missing).copied());
        let wanted = bank_transactions::Column::Id.is_in(missing).or(through);
        let mut rows = bank_transactions::Entity::find().filter(wanted).all(tx.conn()).await?;
        rows.retain(|row| !held.contains(&row.id));
        let shares = read_shares(tx, rows.iter().map(|row| row.id).collect()).await?;
        self.take_up(rows, shares)
    }

    /// Lets go of transactions of which nothing changed.
    pub(super) fn drop_untouched(&mut self) {
        self.held.retain(|held| !held.deeds.is_empty() || held.was.as_ref() != Some(&held.row));
    }

    fn take_up(
        &mut self,
        rows: Vec<bank_transactions::Model>,
        mut shares: HashMap<Uuid, Vec<Share>>,
    ) -> Result<(), Error> {
        for row in rows {
            let key = (ConnectionId::from_uuid(row.connection_id), row.transaction_id.clone());
            self.held_at.insert(key, self.held.len());
            let own = shares.remove(&row.id).unwrap_or_default();
            self.held.push(Held::stored(row, own)?);
        }
        Ok(())
    }
}

/// The ledger in which a transaction is written down.
pub(crate) fn owner(row: &bank_transactions::Model) -> Owner {
    let connection = ConnectionId::from_uuid(row.connection_id);
    row.school_id.map(SchoolId::from_uuid).map_or(Owner::Connection(connection), Owner::School)
}

/// Refuses what went to another ledger while this one was waited for: run again, from the question who may see it.
fn stay(rows: &[bank_transactions::Model], is_locked: impl Fn(&bank_transactions::Model) -> bool) -> Result<(), Error> {
    if rows.iter().all(is_locked) {
        return Ok(());
    }
    Err(Error::Conflict("a transaction went to another ledger".to_owned()))
}

/// The students whom these virtual accounts name.
async fn students_of(tx: &Tx, numbers: BTreeSet<Uuid>) -> Result<Vec<(Uuid, StudentId)>, Error> {
    use virtual_accounts::Column;
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let select = virtual_accounts::Entity::find().select_only().columns([Column::Id, Column::StudentId]);
    let named: Vec<(Uuid, Uuid)> = select.filter(Column::Id.is_in(numbers)).into_tuple().all(tx.conn()).await?;
    Ok(named.into_iter().map(|(id, student)| (id, StudentId::from_uuid(student))).collect())
}

/// The stored transactions with these keys.
async fn told_of(tx: &Tx, keys: &[(Uuid, String)]) -> Result<Vec<bank_transactions::Model>, Error> {
    use bank_transactions::Column;
    let columns = [Column::ConnectionId, Column::TransactionId];
    let keys: BTreeSet<_> = keys.iter().collect();
    let keys = keys.into_iter().map(|(connection, name)| vec![(*connection).into(), name.clone().into()]).collect();
    bulk::find::<bank_transactions::Entity>(tx.conn(), &columns, keys).await
}

async fn read_shares(tx: &Tx, transactions: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<Share>>, Error> {
    let mut shares: HashMap<Uuid, Vec<Share>> = HashMap::new();
    if transactions.is_empty() {
        return Ok(shares);
    }
    let rows = allocations::Entity::find()
        .filter(allocations::Column::BankTransactionId.is_in(transactions))
        .order_by_asc(allocations::Column::Id)
        .all(tx.conn())
        .await?;
    let lines = allocation_lines::Entity::find()
        .filter(allocation_lines::Column::AllocationId.is_in(rows.iter().map(|row| row.id)))
        .all(tx.conn())
        .await?;
    let mut filled: HashMap<Uuid, Vec<Filled>> = HashMap::new();
    for line in lines {
        let category = FeeCategory::parse(&line.category).map_err(Error::internal)?.code;
        let part =
            Filled { line: InvoiceLineId::from_uuid(line.invoice_line_id), category, amount: Vnd::new(line.amount) };
        filled.entry(line.allocation_id).or_default().push(part);
    }
    for row in rows {
        let Some(transaction) = row.bank_transaction_id else { continue };
        let filled = filled.remove(&row.id).unwrap_or_default();
        shares.entry(transaction).or_default().push(Share { row, filled, is_new: false, changed: false });
    }
    Ok(shares)
}
