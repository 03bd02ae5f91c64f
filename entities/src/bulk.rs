//! Statements over many rows: one statement per table and batch, never one per row.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    PrimaryKeyToColumn, QueryFilter, QuerySelect, Statement, Value,
};

use crate::db::{Engine, Tx, engine_of, rows_per_statement};
use crate::error::Error;

/// A column of a bulk update: its name and PostgreSQL's name of its type.
pub(crate) type Column = (&'static str, &'static str);

/// Inserts rows, as many in a statement as the engines bind. Whoever made the same row meanwhile was first: run again.
pub(crate) async fn insert<A>(tx: &Tx, rows: Vec<A>) -> Result<(), Error>
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let columns = <A::Entity as EntityTrait>::Column::iter().count();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(rows_per_statement(columns)).collect();
        A::Entity::insert_many(some).exec_without_returning(tx.conn()).await.map_err(lost_race)?;
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

/// `($1::uuid, $2::bigint), ($3, $4)` on PostgreSQL, which learns the types from the first row; `(?, ?), (?, ?)` on SQLite,
/// which takes `$1` for a name and would search every name before it.
fn placeholders(engine: Engine, columns: &[Column], rows: usize) -> String {
    let mut text = String::with_capacity(rows * columns.len() * 8);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for (at, column) in columns.iter().enumerate() {
            text.push_str(if at == 0 { "" } else { ", " });
            text.push_str(&place(engine, row * columns.len() + at + 1));
            if row == 0 && engine == Engine::Postgres {
                text.push_str("::");
                text.push_str(column.1);
            }
        }
        text.push(')');
    }
    text
}

/// The place of a bound value in a statement.
pub(crate) fn place(engine: Engine, number: usize) -> String {
    match engine {
        Engine::Postgres => format!("${number}"),
        Engine::Sqlite => "?".to_owned(),
    }
}

/// Reads the rows whose `column` holds one of the values, each once, and holds them until the transaction ends.
pub(crate) async fn locked<E>(
    tx: &Tx,
    column: E::Column,
    values: impl IntoIterator<Item = impl Into<Value>>,
) -> Result<Vec<E::Model>, Error>
where
    E: EntityTrait,
{
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    let mut rows = Vec::new();
    for some in values.chunks(rows_per_statement(1)) {
        rows.extend(E::find().filter(column.is_in(some.to_vec())).lock_exclusive().all(tx.conn()).await?);
    }
    Ok(rows)
}

/// Reads the rows of many values of a unique key; `columns` name it with PostgreSQL's names of their types. The index is walked
/// once for each value, on both engines: asked with IN they may read everything that shares the first column, or the whole table.
pub(crate) async fn find<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    columns: &[(E::Column, &'static str)],
    keys: Vec<Vec<Value>>,
) -> Result<Vec<E::Model>, Error> {
    let mut keys = keys.into_iter().peekable();
    let mut rows = Vec::new();
    while keys.peek().is_some() {
        let some: Vec<Vec<Value>> = keys.by_ref().take(rows_per_statement(columns.len())).collect();
        let sql = lookup::<E>(engine_of(conn), columns, some.len());
        let values: Vec<Value> = some.into_iter().flatten().collect();
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
        rows.extend(E::find().from_raw_sql(statement).all(conn).await?);
    }
    Ok(rows)
}

/// PostgreSQL keeps the order of a LATERAL join that it cannot flatten, SQLite that of any CROSS JOIN.
fn lookup<E: EntityTrait>(engine: Engine, columns: &[(E::Column, &'static str)], keys: usize) -> String {
    let table = E::default();
    let table = table.table_name();
    let typed: Vec<Column> = columns.iter().map(|(column, kind)| (column.as_str(), *kind)).collect();
    let equal = typed.iter().enumerate().map(|(at, (name, _))| format!("{name} = wanted.column{}", at + 1));
    let equal = equal.collect::<Vec<_>>().join(" AND ");
    let wanted = format!("(VALUES {}) AS wanted", placeholders(engine, &typed, keys));
    match engine {
        Engine::Postgres => format!(
            "SELECT found.* FROM {wanted} CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {equal} LIMIT 1) AS found"
        ),
        Engine::Sqlite => format!("SELECT found.* FROM {wanted} CROSS JOIN {table} AS found WHERE {equal}"),
    }
}

/// Writes whole rows, new ones and altered ones alike, by their primary key: one statement for each chunk.
pub(crate) async fn save<E>(tx: &Tx, rows: Vec<E::Model>) -> Result<(), Error>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let on_conflict = OnConflict::columns(key).update_columns(columns.clone()).to_owned();
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
    while rows.peek().is_some() {
        let some: Vec<E::ActiveModel> = rows.by_ref().take(rows_per_statement(columns.len())).collect();
        let insert = E::insert_many(some).on_conflict(on_conflict.clone());
        insert.exec_without_returning(tx.conn()).await.map_err(lost_race)?;
    }
    Ok(())
}

/// Two batches that made the same thing at once: the loser runs again and finds it.
pub(crate) fn lost_race(error: sea_orm::DbErr) -> Error {
    match Error::from(error) {
        Error::Duplicate(key) => Error::Conflict(key),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_two_columns_is_looked_up_for_each_value() {
        use crate::tables::bank_transactions::{Column, Entity};
        let columns = [(Column::ConnectionId, "uuid"), (Column::TransactionId, "text")];
        assert_eq!(
            lookup::<Entity>(Engine::Postgres, &columns, 2),
            "SELECT found.* FROM (VALUES ($1::uuid, $2::text), ($3, $4)) AS wanted CROSS JOIN LATERAL (SELECT * FROM \
             bank_transactions WHERE connection_id = wanted.column1 AND transaction_id = wanted.column2 LIMIT 1) AS found"
        );
        assert_eq!(
            lookup::<Entity>(Engine::Sqlite, &columns, 1),
            "SELECT found.* FROM (VALUES (?, ?)) AS wanted CROSS JOIN bank_transactions AS found \
             WHERE connection_id = wanted.column1 AND transaction_id = wanted.column2"
        );
    }

    #[tokio::test]
    async fn a_look_up_walks_the_index() {
        use crate::tables::inbound_events::{Column, Entity};
        let fresh = crate::testing::fresh().await;
        let columns = [(Column::ConnectionId, "uuid"), (Column::EventKey, "text")];
        let sql = format!("EXPLAIN QUERY PLAN {}", lookup::<Entity>(Engine::Sqlite, &columns, 2));
        let values = [vec![1_u8].into(), "a".into(), vec![2_u8].into(), "b".into()];
        let asked = Statement::from_sql_and_values(fresh.db.writer().get_database_backend(), sql, values);
        let plan = fresh.db.writer().query_all_raw(asked).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        assert!(steps.iter().any(|step| step.contains("(connection_id=? AND event_key=?)")), "{steps:?}");
    }

    #[test]
    fn only_the_first_row_of_postgresql_names_types() {
        let columns = [("id", "uuid"), ("amount", "bigint")];
        assert_eq!(placeholders(Engine::Postgres, &columns, 2), "($1::uuid, $2::bigint), ($3, $4)");
        assert_eq!(placeholders(Engine::Sqlite, &columns, 2), "(?, ?), (?, ?)");
    }
}
