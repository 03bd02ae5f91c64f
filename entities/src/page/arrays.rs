//! Rows as arrays, one for each column. PostgreSQL gathers them, so that what a row costs on its way (a message, a step of a
//! stream, a list of places) is paid once for all. SQLite hands rows over without a way, and keeps them as they are.

use sea_orm::sea_query::SelectStatement;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use sqlx::{Row, ValueRef};

use super::elements::{Element, elements};
use super::planned;
use crate::db::Db;
use crate::error::Error;

/// What the columns of rows hold, read column by column.
pub(crate) struct Arrays {
    row: Option<QueryResult>,
    place: usize,
}

impl Arrays {
    /// Asks PostgreSQL for the rows of a statement as arrays of these columns, in the order of the rows.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn ask(
        db: &Db,
        rows: &SelectStatement,
        columns: impl Iterator<Item = &'static str>,
    ) -> Result<Self, Error> {
        let Statement { sql: rows, values, db_backend } = planned(db.read(), rows);
        let columns: Vec<String> = columns.map(|column| format!("array_agg(\"{column}\")")).collect();
        let sql = format!("SELECT {} FROM ({rows}) AS rows", columns.join(", "));
        // All rows of one: where the driver is asked for one, it says so first and ends the question in a second message.
        let found = db.read().query_all_raw(Statement { sql, values, db_backend }).await?;
        Ok(Self { row: found.into_iter().next(), place: 0 })
    }

    /// The next column; without rows there is nothing in it.
    ///
    /// # Errors
    /// When the column holds something else.
    pub(crate) fn next<T: Element>(&mut self) -> Result<Vec<T>, DbErr> {
        let Some(row) = self.row.as_ref().and_then(QueryResult::try_as_pg_row) else { return Ok(Vec::new()) };
        let unread = |error: &dyn std::fmt::Display| DbErr::Type(error.to_string());
        let found = row.try_get_raw(self.place).map_err(|error| unread(&error))?;
        self.place += 1;
        if found.is_null() {
            return Ok(Vec::new());
        }
        elements(found.as_bytes().map_err(|error| unread(&error))?)
    }
}
