//! A day of an account: what its statements told against what messages told.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::read::{IN_ORDER, placed, wanted};
use super::{KeptLine, Outcome, Statement, Status, sender};
use crate::bank_transactions::{self, BankTransaction};
use crate::db::Db;
use crate::error::Error;
use crate::ids::{BankAccountId, BankTransactionId};
use crate::money::Vnd;
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::tables::{bank_accounts, bank_transactions as transactions, connections, statement_lines, statements};

/// Statements of one day that are shown at most: nobody fetches more of one account.
const MAX_STATEMENTS: u64 = 50;
const SUM: &str = "CAST(COALESCE(SUM(amount), 0) AS bigint)";

/// How many, and how much together.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Sum {
    /// How many.
    pub count: i64,
    /// How much.
    pub amount: Vnd,
}

/// A day of an account.
#[derive(Clone, Debug)]
pub struct Day {
    /// The imported statements that cover it, the latest first, at most fifty.
    pub statements: Vec<Statement>,
    /// The balance before its first and behind its last line; none where no statement that adds up tells its balances.
    pub balances: Option<(i64, i64)>,
    /// What became of its lines.
    pub lines: HashMap<Outcome, Sum>,
    /// The settled credits of which messages told.
    pub heard: Sum,
    /// Those of them that lines confirm.
    pub confirmed: Sum,
}

/// A day of an account; none when the account lies outside the reach.
///
/// # Errors
/// The database's.
pub async fn day(db: &Db, reach: &Reach, account: BankAccountId, day: NaiveDate) -> Result<Option<Day>, Error> {
    let known = bank_accounts::Entity::find_by_id(account.uuid())
        .filter(reach.of_whole_school(bank_accounts::Column::SchoolId))
        .one(db.read())
        .await?;
    let Some(known) = known else { return Ok(None) };
    let covering = covering(reach, &known, day).limit(MAX_STATEMENTS).all(db.read()).await?;
    let balances = match covering.iter().find(|row| row.opening.is_some() && row.findings == "[]") {
        Some(row) => balances(db, row, day).await?,
        None => None,
    };
    let of_day = statement_lines::Entity::find()
        .select_only()
        .column(statement_lines::Column::Outcome)
        .column_as(statement_lines::Column::Id.count(), "lines")
        .column_as(Expr::cust(SUM), "sum")
        .filter(statement_lines::Column::SchoolId.eq(known.school_id))
        .filter(statement_lines::Column::BankAccountId.eq(known.id))
        .filter(statement_lines::Column::BookedOn.eq(day))
        .group_by(statement_lines::Column::Outcome);
    let counted: Vec<(String, i64, i64)> = of_day.into_tuple().all(db.read()).await?;
    let lines = counted
        .into_iter()
        .filter_map(|(word, count, amount)| Some((Outcome::parse(&word)?, Sum { count, amount: Vnd::new(amount) })));
    let heard = heard(reach, account, day);
    Ok(Some(Day {
        lines: lines.collect(),
        balances,
        heard: sum(db, heard.clone()).await?,
        confirmed: sum(db, heard.filter(spoken_for())).await?,
        statements: covering.into_iter().map(Statement::try_from).collect::<Result<_, _>>()?,
    }))
}

/// A page of the lines of one outcome on a day of an account.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn lines_of_day(
    db: &Db,
    reach: &Reach,
    account: BankAccountId,
    day: NaiveDate,
    outcome: Outcome,
    page: &Page,
) -> Result<Slice<KeptLine>, Error> {
    use statement_lines::Column;
    let select =
        wanted(reach, Some(outcome)).filter(Column::BankAccountId.eq(account.uuid())).filter(Column::BookedOn.eq(day));
    page::fetch(db.read(), select, IN_ORDER, page, placed).await?.try_map(KeptLine::try_from)
}

/// A page of the settled credits of which messages told on a day of an account, and that no line of a statement confirms or
/// contradicts.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn confirming_nothing(
    db: &Db,
    reach: &Reach,
    account: BankAccountId,
    day: NaiveDate,
    page: &Page,
) -> Result<Slice<BankTransaction>, Error> {
    use transactions::{Column, Model};
    let sort = Sort { name: "unconfirmed", column: Column::OccurredAt, id: Column::Id, descending: false };
    let key = |row: &Model| (Key::Number(row.occurred_at.micros()), row.id);
    let select = heard(reach, account, day).filter(spoken_for().not());
    let rows = page::fetch(db.read(), select, sort, page, key).await?;
    let ids: Vec<_> = rows.rows.iter().map(|(_, row)| BankTransactionId::from_uuid(row.id)).collect();
    let found = bank_transactions::by_ids(db, reach, &ids).await?;
    let mut found: HashMap<Uuid, BankTransaction> = found.into_iter().map(|row| (row.id.uuid(), row)).collect();
    // One that left the reach meanwhile is not there.
    let shown = rows.rows.into_iter().filter_map(|(cursor, row)| Some((cursor, found.remove(&row.id)?)));
    Ok(Slice { rows: shown.collect(), has_next: rows.has_next, has_previous: rows.has_previous })
}

fn covering(reach: &Reach, account: &bank_accounts::Model, day: NaiveDate) -> Select<statements::Entity> {
    use statements::{Column, Entity};
    Entity::find()
        .filter(reach.of_whole_school(Column::SchoolId))
        .filter(Column::SchoolId.eq(account.school_id))
        .filter(Column::BankAccountId.eq(account.id))
        .filter(Column::Status.eq(Status::Imported.as_str()))
        .filter(Column::FirstDay.lte(day).and(Column::LastDay.gte(day)))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
}

/// The opening balance of a statement moved on by the lines before the day, and then by those of the day.
async fn balances(db: &Db, row: &statements::Model, day: NaiveDate) -> Result<Option<(i64, i64)>, Error> {
    use statement_lines::{Column, Entity};
    let (Some(opening), Some(first)) = (row.opening, row.first_day) else { return Ok(None) };
    let moved: Vec<(String, NaiveDate, i64)> = Entity::find()
        .select_only()
        .columns([Column::Direction, Column::BookedOn])
        .column_as(Expr::cust(SUM), "sum")
        .filter(Column::SchoolId.eq(row.school_id))
        .filter(Column::BankAccountId.eq(row.bank_account_id))
        .filter(Column::BookedOn.between(first, day))
        .group_by(Column::Direction)
        .group_by(Column::BookedOn)
        .into_tuple()
        .all(db.read())
        .await?;
    let by = |of_day: bool| {
        let some = moved.iter().filter(|(_, booked_on, _)| (*booked_on == day) == of_day);
        some.fold(
            0_i64,
            |sum, (word, _, amount)| {
                if word == "CREDIT" { sum.saturating_add(*amount) } else { sum.saturating_sub(*amount) }
            },
        )
    };
    let before = opening.saturating_add(by(false));
    Ok(Some((before, before.saturating_add(by(true)))))
}

/// The settled credits of an account on a day that count themselves and of which a message told.
fn heard(reach: &Reach, account: BankAccountId, day: NaiveDate) -> Select<transactions::Entity> {
    use transactions::{Column, Entity};
    let statement = Query::select()
        .column(connections::Column::Id)
        .from(connections::Entity)
        .and_where(connections::Column::Name.eq(sender::name(account)))
        .and_where(connections::Column::Bank.eq(sender::BANK))
        .take();
    Entity::find()
        .filter(reach.of_whole_school(Column::SchoolId))
        .filter(Column::BankAccountId.eq(account.uuid()))
        .filter(Column::BookedOn.eq(day))
        .filter(Column::Direction.eq("CREDIT").and(Column::SettledOn.is_not_null()).and(Column::SameAs.is_null()))
        .filter(Column::ConnectionId.not_in_subquery(statement))
}

/// Whether a line of any day speaks of the transaction.
fn spoken_for() -> SimpleExpr {
    use statement_lines::Column;
    let lines = Query::select()
        .expr(Expr::val(1))
        .from(statement_lines::Entity)
        .and_where(
            Expr::col((statement_lines::Entity, Column::BankTransactionId))
                .equals((transactions::Entity, transactions::Column::Id)),
        )
        .and_where(Expr::col((statement_lines::Entity, Column::Outcome)).is_in(["CONFIRMED", "DIFFERS"]))
        .take();
    Expr::exists(lines)
}

async fn sum(db: &Db, select: Select<transactions::Entity>) -> Result<Sum, Error> {
    let select =
        select.select_only().column_as(transactions::Column::Id.count(), "count").column_as(Expr::cust(SUM), "sum");
    let found: Option<(i64, i64)> = select.into_tuple().one(db.read()).await?;
    Ok(found.map_or_else(Sum::default, |(count, amount)| Sum { count, amount: Vnd::new(amount) }))
}
