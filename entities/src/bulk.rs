//! Statements over many rows: one statement per table and batch, never one per row.

use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, Statement, Value};

use crate::db::{Engine, Tx, rows_per_statement};
use crate::error::Error;

/// A column of a bulk update: its name and PostgreSQL's name of its type.
pub(crate) type Column = (&'static str, &'static str);

/// Inserts rows, as many in a statement as the engines bind.
pub(crate) async fn insert<A>(tx: &Tx, rows: Vec<A>) -> Result<(), Error>
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let columns = <A::Entity as EntityTrait>::Column::iter().count();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(rows_per_statement(columns)).collect();
        A::Entity::insert_many(some).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Sets columns of many rows of `table`; the first column names the key, and every row gives a value for each column.
pub(crate) async fn update(tx: &Tx, table: &str, columns: &[Column], rows: Vec<Vec<Value>>) -> Result<(), Error> {
    let (key, set) = columns.split_first().ok_or_else(|| Error::internal("a bulk update needs a key"))?;
    let set: Vec<String> =
        set.iter().enumerate().map(|(at, column)| format!("{} = v.column{}", column.0, at + 2)).collect();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<Vec<Value>> = rows.by_ref().take(rows_per_statement(columns.len())).collect();
        let sql = format!(
            "UPDATE {table} SET {} FROM (VALUES {}) AS v WHERE {table}.{} = v.column1",
            set.join(", "),
            placeholders(tx.engine(), columns, some.len()),
            key.0
        );
        let values: Vec<Value> = some.into_iter().flatten().collect();
        tx.conn().execute_raw(Statement::from_sql_and_values(tx.conn().get_database_backend(), sql, values)).await?;
    }
    Ok(())
}

/// `($1::uuid, $2::bigint), ($3, $4)`: PostgreSQL learns the types from the first row, SQLite needs none.
fn placeholders(engine: Engine, columns: &[Column], rows: usize) -> String {
    let mut text = String::with_capacity(rows * columns.len() * 8);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for (at, column) in columns.iter().enumerate() {
            let number = row * columns.len() + at + 1;
            text.push_str(if at == 0 { "$" } else { ", $" });
            text.push_str(&number.to_string());
            if row == 0 && engine == Engine::Postgres {
                text.push_str("::");
                text.push_str(column.1);
            }
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_row_of_postgresql_names_types() {
        let columns = [("id", "uuid"), ("amount", "bigint")];
        assert_eq!(placeholders(Engine::Postgres, &columns, 2), "($1::uuid, $2::bigint), ($3, $4)");
        assert_eq!(placeholders(Engine::Sqlite, &columns, 2), "($1, $2), ($3, $4)");
    }
}
