//! Writes postings: one upsert for the grain, one for the short rows per school and month that province reports read.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Statement, Value};

use super::{Postings, Sums, TOTAL, Tally};
use crate::bulk::place;
use crate::catalogues::PaymentMethod;
use crate::codes::Month;
use crate::db::{Engine, Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::SchoolId;

/// Rows of one statement at most: longer ones gain nothing.
const MAX_ROWS: usize = 500;

/// A table of sums: its key and the sums that grow.
struct Table {
    name: &'static str,
    key: &'static [&'static str],
    sums: &'static [&'static str],
}

const ROLLUPS: Table = Table {
    name: "rollups",
    key: &["school_id", "month", "category", "method"],
    sums: &[
        "settled_count",
        "settled_amount",
        "unmatched_count",
        "unmatched_amount",
        "reversed_count",
        "reversed_amount",
        "refunded_count",
        "refunded_amount",
    ],
};

/// The sums of a month's and a school year's row.
pub(crate) const PERIOD_SUMS: [&str; 10] = [
    "cashless_count",
    "cashless_amount",
    "cash_count",
    "cash_amount",
    "unmatched_count",
    "unmatched_amount",
    "reversed_count",
    "reversed_amount",
    "refunded_count",
    "refunded_amount",
];

const MONTHLY: Table = Table { name: "monthly_rollups", key: &["school_id", "month"], sums: &PERIOD_SUMS };

/// The closings, in the same rows.
const CLOSINGS: Table = Table {
    name: "monthly_rollups",
    key: &["school_id", "month"],
    sums: &["closed", "outside_count", "outside_amount"],
};

/// The months of each school year, September to August, once more in one row.
const YEARLY: Table = Table { name: "yearly_rollups", key: &["school_id", "school_year"], sums: &PERIOD_SUMS };

const YEAR_CLOSINGS: Table = Table { name: "yearly_rollups", key: YEARLY.key, sums: CLOSINGS.sums };

/// The school year, by the year of its September, in which a month lies.
pub(crate) const fn school_year_of(month: Month) -> i32 {
    let (year, month) = (month.get() / 100, month.get() % 100);
    if month >= 9 { year } else { year - 1 }
}

/// What one month, or one school year, of one school gains over all categories and methods.
#[derive(Clone, Copy, Default)]
struct MonthSums {
    cashless: Tally,
    cash: Tally,
    unmatched: Tally,
    reversed: Tally,
    refunded: Tally,
}

impl MonthSums {
    fn plus(self, method: &str, sums: Sums) -> Result<Self, Error> {
        let kept = sums.settled.plus(sums.reversed.negated()?)?;
        let is_cashless = PaymentMethod::parse(method).map_err(Error::internal)?.is_cashless();
        let (cashless, cash) = if is_cashless { (kept, Tally::default()) } else { (Tally::default(), kept) };
        Ok(Self {
            cashless: self.cashless.plus(cashless)?,
            cash: self.cash.plus(cash)?,
            unmatched: self.unmatched.plus(sums.unmatched)?,
            reversed: self.reversed.plus(sums.reversed)?,
            refunded: self.refunded.plus(sums.refunded)?,
        })
    }
}

/// Adds postings to the stored sums. The rows are upserted in the order of their keys, so that two writers never wait for
/// each other in a circle.
pub(crate) async fn post(tx: &Tx, postings: Postings) -> Result<(), Error> {
    let mut months: BTreeMap<(SchoolId, i32), MonthSums> = BTreeMap::new();
    let mut years: BTreeMap<(SchoolId, i32), MonthSums> = BTreeMap::new();
    let mut rows = Vec::new();
    for (grain, sums) in postings.into_rows() {
        if grain.category == TOTAL {
            let month = months.entry((grain.school, grain.month.get())).or_default();
            *month = month.plus(&grain.method, sums)?;
            let year = years.entry((grain.school, school_year_of(grain.month))).or_default();
            *year = year.plus(&grain.method, sums)?;
        }
        let mut row = key(grain.school, grain.month.get());
        row.extend([grain.category.into(), grain.method.into()]);
        row.extend(numbers(&[sums.settled, sums.unmatched, sums.reversed, sums.refunded]));
        rows.push(row);
    }
    upsert(tx, &ROLLUPS, rows).await?;
    upsert(tx, &MONTHLY, months.into_iter().map(period).collect()).await?;
    upsert(tx, &YEARLY, years.into_iter().map(period).collect()).await
}

fn period(((school, period), sums): ((SchoolId, i32), MonthSums)) -> Vec<Value> {
    let mut row = key(school, period);
    row.extend(numbers(&[sums.cashless, sums.cash, sums.unmatched, sums.reversed, sums.refunded]));
    row
}

/// Marks months as closed, each once, with what was taken outside the hub.
pub(crate) async fn close(tx: &Tx, closed: Vec<(SchoolId, Month, Tally)>) -> Result<(), Error> {
    let mut months = BTreeMap::new();
    let mut years: BTreeMap<(SchoolId, i32), (i64, Tally)> = BTreeMap::new();
    for (school, month, outside) in closed {
        months.insert((school, month.get()), (1, outside));
        let year = years.entry((school, school_year_of(month))).or_default();
        *year = (year.0 + 1, year.1.plus(outside)?);
    }
    upsert(tx, &CLOSINGS, months.into_iter().map(closing).collect()).await?;
    upsert(tx, &YEAR_CLOSINGS, years.into_iter().map(closing).collect()).await
}

fn closing(((school, period), (months, outside)): ((SchoolId, i32), (i64, Tally))) -> Vec<Value> {
    let mut row = key(school, period);
    row.push(months.into());
    row.extend(numbers(&[outside]));
    row
}

fn key(school: SchoolId, period: i32) -> Vec<Value> {
    vec![school.uuid().into(), i64::from(period).into()]
}

fn numbers(tallies: &[Tally]) -> impl Iterator<Item = Value> {
    tallies.iter().flat_map(|tally| [tally.count.into(), tally.amount.get().into()])
}

async fn upsert(tx: &Tx, table: &Table, rows: Vec<Vec<Value>>) -> Result<(), Error> {
    let columns = table.key.len() + table.sums.len();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<Vec<Value>> = rows.by_ref().take(rows_per_statement(columns).min(MAX_ROWS)).collect();
        let sql = table.upsert(tx.engine(), some.len());
        let backend = tx.conn().get_database_backend();
        tx.conn().execute_raw(Statement::from_sql_and_values(backend, sql, some.into_iter().flatten())).await?;
    }
    Ok(())
}

impl Table {
    fn upsert(&self, engine: Engine, rows: usize) -> String {
        let (name, width) = (self.name, self.key.len() + self.sums.len());
        let row = |at: usize| {
            let numbers: Vec<String> = (1..=width).map(|column| place(engine, at * width + column)).collect();
            format!("({})", numbers.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        let sets: Vec<String> =
            self.sums.iter().map(|column| format!("{column} = {name}.{column} + excluded.{column}")).collect();
        let (key, sums) = (self.key.join(", "), self.sums.join(", "));
        format!(
            "INSERT INTO {name} ({key}, {sums}) VALUES {} ON CONFLICT ({key}) DO UPDATE SET {}",
            rows.join(", "),
            sets.join(", ")
        )
    }
}
