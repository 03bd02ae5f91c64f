//! Bank transactions: money that moved, as banks tell it, and the review queue of what waits for a person.

mod by_hand;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query as Sql, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use crate::db::Db;
use crate::error::Error;
use crate::ids::{BankAccountId, BankTransactionId, ConnectionId, SchoolId};
use crate::inbox::{Direction, TransactionStatus};
use crate::matching::ReviewReason;
use crate::money::Vnd;
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::tables::bank_transactions::{Column, Entity, Model};
use crate::tables::{allocations, invoices};
use crate::time::Timestamp;

pub use by_hand::{HandAllocation, HandAllocations, Nature, allocate, classify, unallocate};

/// A bank transaction.
#[derive(Clone, Debug)]
pub struct BankTransaction {
    /// Its id.
    pub id: BankTransactionId,
    /// The connection that told of it.
    pub connection: ConnectionId,
    /// The sender's name for it.
    pub transaction_id: String,
    /// The school whose account received it; none when the account is unknown.
    pub school: Option<SchoolId>,
    /// The account that received it; none when it lies outside the connection's accounts.
    pub account: Option<BankAccountId>,
    /// Into or out of the account.
    pub direction: Direction,
    /// How much.
    pub amount: Vnd,
    /// The merged status.
    pub status: TransactionStatus,
    /// The Vietnam day of the bank's booking.
    pub booked_on: NaiveDate,
    /// When the bank booked it.
    pub occurred_at: Timestamp,
    /// When the hub first heard of it.
    pub received_at: Timestamp,
    /// Code of the payment method.
    pub method: String,
    /// `BANK_STATED`, `DECLARED` or `UNKNOWN`.
    pub method_source: String,
    /// `HIGH` for a signature, `LOW` for a static key.
    pub assurance: String,
    /// The order or bill code that the sender named.
    pub reference: Option<String>,
    /// The transfer text.
    pub content: Option<String>,
    /// Who paid, as the bank says it.
    pub payer_name: Option<String>,
    /// `BANK`, `PAY_PAGE`, `DESK` or `MISSING`.
    pub payer_name_source: String,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// Whether it waits for a person: `NONE`, `WAITING`, `RESOLVED`.
    pub review: String,
    /// Why it waits.
    pub review_reason: Option<ReviewReason>,
    /// What kind of money it is.
    pub nature: Nature,
    /// How much of it lies on invoices.
    pub allocated: Vnd,
    /// How much of it is a student's credit.
    pub credited: Vnd,
    /// When anything about it changed last.
    pub updated_at: Timestamp,
}

/// Which transactions are wanted.
#[derive(Clone, Default, Debug)]
pub struct Filter {
    /// Of this school only.
    pub school: Option<SchoolId>,
    /// Through this connection only.
    pub connection: Option<ConnectionId>,
    /// In this status only.
    pub status: Option<TransactionStatus>,
    /// Booked on or after this day.
    pub booked_from: Option<NaiveDate>,
    /// Booked on or before this day.
    pub booked_to: Option<NaiveDate>,
    /// Only what waits for a person.
    pub waiting: bool,
}

/// The transactions in reach, newest booking first.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn visible(db: &Db, reach: &Reach, filter: &Filter, page: &Page) -> Result<Slice<BankTransaction>, Error> {
    let sort = Sort { name: "bankTransactions", column: Column::BookedOn, id: Column::Id, descending: true };
    let key = |row: &Model| (Key::Day(row.booked_on), row.id);
    page::fetch(db.read(), wanted(reach, filter), sort, page, key).await?.try_map(BankTransaction::try_from)
}

/// How many transactions are in reach, counted to 10,000; the flag says whether there are more.
///
/// # Errors
/// The database's.
pub async fn count(db: &Db, reach: &Reach, filter: &Filter) -> Result<(u64, bool), Error> {
    page::count(db.read(), wanted(reach, filter)).await
}

/// Transactions in reach by their ids.
///
/// # Errors
/// The database's.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[BankTransactionId]) -> Result<Vec<BankTransaction>, Error> {
    let rows = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(within(reach))
        .all(db.read())
        .await?;
    rows.into_iter().map(BankTransaction::try_from).collect()
}

fn wanted(reach: &Reach, filter: &Filter) -> Select<Entity> {
    let mut select = Entity::find().filter(within(reach));
    if let Some(school) = filter.school {
        select = select.filter(Column::SchoolId.eq(school.uuid()));
    }
    if let Some(connection) = filter.connection {
        select = select.filter(Column::ConnectionId.eq(connection.uuid()));
    }
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.as_str()));
    }
    if let Some(day) = filter.booked_from {
        select = select.filter(Column::BookedOn.gte(day));
    }
    if let Some(day) = filter.booked_to {
        select = select.filter(Column::BookedOn.lte(day));
    }
    if filter.waiting {
        select = select.filter(Column::Review.eq("WAITING"));
    }
    select
}

/// Whose money a caller sees: a school its own, a bank what came through its connections, a vendor what lies on its own
/// invoices, or lay there until the bank took it back. Debits and credits that are no fee are never a vendor's or an office's
/// business.
pub(crate) fn within(reach: &Reach) -> SimpleExpr {
    let Some(client) = reach.client() else {
        let school = reach.of_whole_school(Column::SchoolId);
        let minimal = Column::Nature.eq("NO_FEE");
        return if reach.is_school_staff() || reach.is_nation() { school } else { school.and(minimal.not()) };
    };
    if reach.has_no_ground() {
        return reach.of_connection(Column::ConnectionId).and(Column::Nature.ne("NO_FEE"));
    }
    let own = Sql::select()
        .column(allocations::Column::BankTransactionId)
        .from(allocations::Entity)
        .inner_join(
            invoices::Entity,
            Expr::col((invoices::Entity, invoices::Column::Id))
                .equals((allocations::Entity, allocations::Column::InvoiceId)),
        )
        .and_where(allocations::Column::BankTransactionId.is_not_null())
        .and_where(allocations::Column::UndoneAt.is_null().or(allocations::Column::UndoneCause.eq("REVERSAL")))
        .and_where(Expr::col((invoices::Entity, invoices::Column::ClientId)).eq(client.uuid()))
        .to_owned();
    reach.of_whole_school(Column::SchoolId).and(Column::Nature.ne("NO_FEE")).and(Column::Id.in_subquery(own))
}

impl TryFrom<Model> for BankTransaction {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let status =
            TransactionStatus::parse(&row.status).ok_or_else(|| Error::internal("a stored status is unknown"))?;
        let nature = Nature::parse(&row.nature).ok_or_else(|| Error::internal("a stored nature is unknown"))?;
        Ok(Self {
            id: BankTransactionId::from_uuid(row.id),
            connection: ConnectionId::from_uuid(row.connection_id),
            transaction_id: row.transaction_id,
            school: row.school_id.map(SchoolId::from_uuid),
            account: row.bank_account_id.map(BankAccountId::from_uuid),
            direction: if row.direction == "CREDIT" { Direction::Credit } else { Direction::Debit },
            amount: Vnd::new(row.amount),
            status,
            booked_on: row.booked_on,
            occurred_at: row.occurred_at,
            received_at: row.received_at,
            method: row.method,
            method_source: row.method_source,
            assurance: row.assurance,
            reference: row.reference,
            content: row.content,
            payer_name: row.payer_name,
            payer_name_source: row.payer_name_source,
            bank_reference: row.bank_reference,
            review: row.review,
            review_reason: row.review_reason.as_deref().and_then(ReviewReason::from_code),
            nature,
            allocated: Vnd::new(row.allocated_amount),
            credited: Vnd::new(row.credited_amount),
            updated_at: row.updated_at,
        })
    }
}
