//! Reading statements and their lines: within the reach, page by page.

use std::collections::HashMap;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QueryTrait, Select};
use uuid::Uuid;

use super::{KeptLine, Outcome, Statement, Status};
use crate::db::Db;
use crate::error::Error;
use crate::ids::{BankAccountId, BankTransactionId, SchoolId, StatementId, StatementLineId};
use crate::inbox::Direction;
use crate::money::Vnd;
use crate::page::{self, Key, Page, Rows, Slice, Sort};
use crate::reach::Reach;
use crate::tables::statement_lines::{Column, Entity, Model};
use crate::tables::{statement_lines, statements};

/// Which statements are wanted.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Of this school only.
    pub school: Option<SchoolId>,
    /// Of this account only.
    pub account: Option<BankAccountId>,
    /// In this status only.
    pub status: Option<Status>,
}

/// A page of the statements in reach, the latest first.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn visible(db: &Db, reach: &Reach, filter: &Filter, page: &Page) -> Result<Slice<Statement>, Error> {
    use statements::{Column, Entity, Model};
    let mut select = Entity::find().filter(reach.of_whole_school(Column::SchoolId));
    if let Some(school) = filter.school {
        select = select.filter(Column::SchoolId.eq(school.uuid()));
    }
    if let Some(account) = filter.account {
        select = select.filter(Column::BankAccountId.eq(account.uuid()));
    }
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.as_str()));
    }
    let sort = Sort { name: "statements", column: Column::CreatedAt, id: Column::Id, descending: true };
    let key = |row: &Model| (Key::Number(row.created_at.micros()), row.id);
    page::fetch(db.read(), select, sort, page, key).await?.try_map(Statement::try_from)
}

/// The statements with these ids, as far as they lie in reach.
///
/// # Errors
/// The database's.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[StatementId]) -> Result<HashMap<StatementId, Statement>, Error> {
    use statements::{Column, Entity};
    let select = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId));
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(|row| Statement::try_from(row).map(|statement| (statement.id, statement))).collect()
}

/// A page of the lines that a statement told first, in the order of its file; those of one outcome where that is asked for.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn lines(
    db: &Db,
    reach: &Reach,
    statement: StatementId,
    outcome: Option<Outcome>,
    page: &Page,
) -> Result<Slice<KeptLine>, Error> {
    let select = wanted(reach, outcome).filter(Column::StatementId.eq(statement.uuid()));
    page::fetch(db.read(), select, IN_ORDER, page, placed).await?.try_map(KeptLine::try_from)
}

/// The first page of the lines that each of these statements told first. One statement.
///
/// # Errors
/// The database's.
pub async fn first_lines(
    db: &Db,
    reach: &Reach,
    statements: &[StatementId],
    outcome: Option<Outcome>,
    rows: Rows,
) -> Result<HashMap<StatementId, Slice<KeptLine>>, Error> {
    let parents: Vec<_> = statements.iter().map(|id| id.uuid()).collect();
    let of = |parent| wanted(reach, outcome).filter(Column::StatementId.into_simple_expr().eq(parent)).into_query();
    let read = page::keyed(placed, KeptLine::try_from);
    let found = page::first_of_each(db, &parents, of, IN_ORDER, rows, read).await?;
    Ok(found.into_iter().map(|(statement, page)| (StatementId::from_uuid(statement), page)).collect())
}

/// The lines with these ids, as far as they lie in reach.
///
/// # Errors
/// The database's.
pub async fn lines_by_ids(
    db: &Db,
    reach: &Reach,
    ids: &[StatementLineId],
) -> Result<HashMap<StatementLineId, KeptLine>, Error> {
    let select = wanted(reach, None).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(|row| KeptLine::try_from(row).map(|line| (line.id, line))).collect()
}

/// How the lines of a file lie in pages.
pub(super) const IN_ORDER: Sort<Column> =
    Sort { name: "statementLines", column: Column::RowNumber, id: Column::Id, descending: false };

pub(super) fn placed(row: &Model) -> (Key, Uuid) {
    (Key::Number(row.row_number), row.id)
}

/// Lines in reach; those of one outcome where that is asked for.
pub(super) fn wanted(reach: &Reach, outcome: Option<Outcome>) -> Select<Entity> {
    let select = Entity::find().filter(reach.of_whole_school(Column::SchoolId));
    match outcome {
        Some(outcome) => select.filter(Column::Outcome.eq(outcome.as_str())),
        None => select,
    }
}

impl TryFrom<statements::Model> for Statement {
    type Error = Error;

    fn try_from(row: statements::Model) -> Result<Self, Error> {
        let status = Status::ALL.into_iter().find(|status| status.as_str() == row.status);
        Ok(Self {
            id: StatementId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            account: BankAccountId::from_uuid(row.bank_account_id),
            file_name: row.file_name,
            days: (row.first_day, row.last_day),
            balances: (row.opening, row.closing),
            lines: row.line_count,
            findings: serde_json::from_str(&row.findings).map_err(Error::internal)?,
            status: status.ok_or_else(|| Error::internal("a statement has an unknown status"))?,
            created_at: row.created_at,
            imported_at: row.imported_at,
        })
    }
}

impl TryFrom<statement_lines::Model> for KeptLine {
    type Error = Error;

    fn try_from(row: statement_lines::Model) -> Result<Self, Error> {
        let outcome = Outcome::parse(&row.outcome);
        Ok(Self {
            id: StatementLineId::from_uuid(row.id),
            statement: StatementId::from_uuid(row.statement_id),
            row: row.row_number,
            booked_on: row.booked_on,
            occurred_at: row.occurred_at,
            direction: if row.direction == Direction::Credit.as_str() { Direction::Credit } else { Direction::Debit },
            amount: Vnd::new(row.amount),
            reference: row.reference,
            content: row.content,
            counterparty: row.counterparty,
            outcome: outcome.ok_or_else(|| Error::internal("a line has an unknown outcome"))?,
            transaction: row.bank_transaction_id.map(BankTransactionId::from_uuid),
            takes_back: row.takes_back.map(StatementLineId::from_uuid),
        })
    }
}
