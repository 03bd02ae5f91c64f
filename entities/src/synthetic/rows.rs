//! Many rows into one table: statements of one length, so that the engines plan each of them once.

use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, EntityTrait, IdenStatic, IntoActiveModel, Iterable, Statement,
};

use crate::bulk::place;
use crate::db::{Engine, Tx, rows_per_statement};
use crate::error::Error;

/// Rows of one statement at most: longer ones gain nothing.
const MAX_ROWS: usize = 500;

/// Inserts whole rows in their order.
pub(super) async fn insert<E>(tx: &Tx, rows: Vec<E::Model>) -> Result<(), Error>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let names: Vec<&str> = columns.iter().map(IdenStatic::as_str).collect();
    let into = format!("INSERT INTO {} ({}) VALUES ", E::default().as_str(), names.join(", "));
    let length = rows_per_statement(columns.len()).min(MAX_ROWS);
    let full = format!("{into}{}", places(tx.engine(), columns.len(), length));
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut values = Vec::with_capacity(length * columns.len());
        for row in rows.by_ref().take(length) {
            let mut row = row.into_active_model();
            for column in &columns {
                match row.take(*column) {
                    ActiveValue::Set(value) | ActiveValue::Unchanged(value) => values.push(value),
                    ActiveValue::NotSet => return Err(Error::internal("a planted row has no value for a column")),
                }
            }
        }
        let count = values.len() / columns.len();
        let sql =
            if count == length { full.clone() } else { format!("{into}{}", places(tx.engine(), columns.len(), count)) };
        tx.conn().execute_raw(Statement::from_sql_and_values(tx.conn().get_database_backend(), sql, values)).await?;
    }
    Ok(())
}

/// `($1, $2), ($3, $4)`.
fn places(engine: Engine, columns: usize, rows: usize) -> String {
    let row = |at: usize| {
        let numbers: Vec<String> = (1..=columns).map(|column| place(engine, at * columns + column)).collect();
        format!("({})", numbers.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
