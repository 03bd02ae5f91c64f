//! Statements over many rows: one statement per table and batch, never one per row.

mod rows;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    PrimaryKeyToColumn, QueryFilter, QuerySelect, Statement, Value,
};

use crate::db::{Engine, Tx, engine_of, rows_per_statement};
use crate::error::Error;

/// Rows in a statement, at most; on SQLite what it binds may be fewer.
const MAX_ROWS: usize = 5_000;

/// Inserts rows, as many in a statement as the engine takes at once. Whoever made the same row meanwhile was first: run again.
pub(crate) async fn insert<A>(tx: &Tx, rows: Vec<A>) -> Result<(), Error>
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    write::<A::Entity, A>(tx, rows, &[]).await
}

/// Writes whole rows, new ones and altered ones alike, by their primary key.
pub(crate) async fn save<E>(tx: &Tx, rows: Vec<E::Model>) -> Result<(), Error>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all()).collect();
    write::<E, E::ActiveModel>(tx, rows, &altered::<E>()).await
}

/// The columns beside the key; where there are none, the key. SQLite would look for whatever refers to a row whose key is set, even
/// to the same.
fn altered<E: EntityTrait>() -> Vec<E::Column> {
    let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let is_key = |column: &E::Column| key.iter().any(|key| key.as_str() == column.as_str());
    let columns: Vec<E::Column> = E::Column::iter().filter(|column| !is_key(column)).collect();
    if columns.is_empty() { key } else { columns }
}

/// Inserts rows; one whose primary key is taken alters `changing` of the row that has it, where that names columns.
async fn write<E, A>(tx: &Tx, rows: Vec<A>, changing: &[E::Column]) -> Result<(), Error>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E> + Send,
    E::Model: IntoActiveModel<A>,
{
    let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let most = most(tx.engine(), E::Column::iter().count());
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(most).collect();
        let written = match tx.engine() {
            Engine::Postgres => {
                let statement = insertion::<E, A>(some, &key, changing)?;
                tx.conn().execute_raw(statement).await.map(|_| ())
            }
            Engine::Sqlite if changing.is_empty() => {
                E::insert_many(some).exec_without_returning(tx.conn()).await.map(|_| ())
            }
            Engine::Sqlite => {
                let taken = OnConflict::columns(key.clone()).update_columns(changing.iter().copied()).to_owned();
                E::insert_many(some).on_conflict(taken).exec_without_returning(tx.conn()).await.map(|_| ())
            }
        };
        written.map_err(lost_race)?;
    }
    Ok(())
}

/// The statement by which PostgreSQL takes these rows; each sets the columns that the first sets.
fn insertion<E, A>(rows: Vec<A>, key: &[E::Column], changing: &[E::Column]) -> Result<Statement, Error>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E>,
{
    let is_set = |column: &E::Column| rows.first().is_some_and(|row| !row.is_not_set(*column));
    let columns: Vec<E::Column> = E::Column::iter().filter(is_set).collect();
    let mut values = Vec::with_capacity(rows.len());
    for mut row in rows {
        let told = columns.iter().map(|column| row.take(*column).into_value());
        let told: Option<Vec<Value>> = told.collect();
        let told = told.filter(|_| E::Column::iter().all(|column| row.is_not_set(column)));
        values.push(told.ok_or_else(|| Error::internal("rows of one insert set different columns"))?);
    }
    let (rows, values) = rows::derived(Engine::Postgres, values)?;
    let names = |columns: &[E::Column]| columns.iter().map(quoted::<E>).collect::<Vec<_>>().join(", ");
    let table = E::default();
    let mut sql = format!("INSERT INTO {} ({}) SELECT * FROM {rows} AS v", table.table_name(), names(&columns));
    if !changing.is_empty() {
        let set = changing.iter().map(|column| format!("{0} = excluded.{0}", quoted::<E>(column)));
        sql += &format!(" ON CONFLICT ({}) DO UPDATE SET {}", names(key), set.collect::<Vec<_>>().join(", "));
    }
    Ok(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
}

/// Rows of so many columns that a statement takes.
fn most(engine: Engine, columns: usize) -> usize {
    match engine {
        Engine::Postgres => MAX_ROWS,
        Engine::Sqlite => rows_per_statement(columns).min(MAX_ROWS),
    }
}

fn quoted<E: EntityTrait>(column: &E::Column) -> String {
    format!("\"{}\"", column.as_str())
}

/// Sets columns of many rows of `table`; the first column names the key, and every row gives a value for each column.
pub(crate) async fn update(tx: &Tx, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Result<(), Error> {
    let (key, set) = columns.split_first().ok_or_else(|| Error::internal("a bulk update needs a key"))?;
    let set: Vec<String> =
        set.iter().enumerate().map(|(at, column)| format!("{column} = v.column{}", at + 2)).collect();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<Vec<Value>> = rows.by_ref().take(most(tx.engine(), columns.len())).collect();
        let (some, values) = rows::derived(tx.engine(), some)?;
        let sql = format!("UPDATE {table} SET {} FROM {some} AS v WHERE {table}.{key} = v.column1", set.join(", "));
        tx.conn().execute_raw(Statement::from_sql_and_values(tx.conn().get_database_backend(), sql, values)).await?;
    }
    Ok(())
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

/// Reads the rows of many values of a unique key, which `columns` name. The index is walked once for each value, on both engines:
/// asked with IN they may read everything that shares the first column, or the whole table.
pub(crate) async fn find<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    columns: &[E::Column],
    keys: Vec<Vec<Value>>,
) -> Result<Vec<E::Model>, Error> {
    let mut keys = keys.into_iter().peekable();
    let mut rows = Vec::new();
    while keys.peek().is_some() {
        let some: Vec<Vec<Value>> = keys.by_ref().take(most(engine_of(conn), columns.len())).collect();
        let (wanted, values) = rows::derived(engine_of(conn), some)?;
        let sql = lookup::<E>(engine_of(conn), columns, &wanted);
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
        rows.extend(E::find().from_raw_sql(statement).all(conn).await?);
    }
    Ok(rows)
}

/// PostgreSQL keeps the order of a LATERAL join that it cannot flatten, SQLite that of any CROSS JOIN.
fn lookup<E: EntityTrait>(engine: Engine, columns: &[E::Column], wanted: &str) -> String {
    let table = E::default();
    let table = table.table_name();
    // By name: what a later version adds to the table must not change what a prepared statement answers.
    let found =
        E::Column::iter().map(|column| format!("found.{}", quoted::<E>(&column))).collect::<Vec<_>>().join(", ");
    let equal = columns.iter().enumerate().map(|(at, column)| format!("{} = wanted.column{}", column.as_str(), at + 1));
    let equal = equal.collect::<Vec<_>>().join(" AND ");
    match engine {
        Engine::Postgres => format!(
            "SELECT {found} FROM {wanted} AS wanted \
             CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {equal} LIMIT 1) AS found"
        ),
        Engine::Sqlite => format!("SELECT {found} FROM {wanted} AS wanted CROSS JOIN {table} AS found WHERE {equal}"),
    }
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
        use crate::tables::connection_accounts::{Column, Entity};
        let columns = [Column::ConnectionId, Column::BankAccountId];
        assert_eq!(
            lookup::<Entity>(Engine::Postgres, &columns, "(ROWS)"),
            "SELECT found.\"connection_id\", found.\"bank_account_id\" FROM (ROWS) AS wanted CROSS JOIN LATERAL (SELECT * FROM \
             connection_accounts WHERE connection_id = wanted.column1 AND bank_account_id = wanted.column2 LIMIT 1) AS found"
        );
        assert_eq!(
            lookup::<Entity>(Engine::Sqlite, &columns, "(ROWS)"),
            "SELECT found.\"connection_id\", found.\"bank_account_id\" FROM (ROWS) AS wanted CROSS JOIN connection_accounts AS \
             found WHERE connection_id = wanted.column1 AND bank_account_id = wanted.column2"
        );
    }

    #[test]
    fn what_alters_rows_leaves_their_keys_alone() {
        use crate::tables::{bank_transactions, connection_accounts};
        let named = altered::<bank_transactions::Entity>();
        assert!(named.iter().all(|column| column.as_str() != "id") && named.len() > 20);
        assert_eq!(altered::<connection_accounts::Entity>().len(), 2, "a row that is all key is left as it is");
    }

    #[tokio::test]
    async fn a_look_up_walks_the_index() {
        use crate::tables::inbound_events::{Column, Entity};
        let fresh = crate::testing::fresh().await;
        let columns = [Column::ConnectionId, Column::EventKey];
        let keys = vec![vec![vec![1_u8].into(), "a".into()], vec![vec![2_u8].into(), "b".into()]];
        let (wanted, values) = rows::derived(Engine::Sqlite, keys).unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {}", lookup::<Entity>(Engine::Sqlite, &columns, &wanted));
        let asked = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
        let plan = fresh.db.writer().query_all_raw(asked).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        assert!(steps.iter().any(|step| step.contains("(connection_id=? AND event_key=?)")), "{steps:?}");
    }

    #[test]
    fn rows_of_one_insert_set_the_same_columns() {
        use crate::tables::connection_accounts::{ActiveModel, Column, Entity};
        use sea_orm::Set;
        let whole = ActiveModel { connection_id: Set(uuid::Uuid::nil()), bank_account_id: Set(uuid::Uuid::nil()) };
        let half = ActiveModel { connection_id: Set(uuid::Uuid::nil()), ..Default::default() };
        let key = [Column::ConnectionId, Column::BankAccountId];
        let written = insertion::<Entity, ActiveModel>(vec![whole.clone(), whole.clone()], &key, &[]).unwrap();
        assert_eq!(
            written.sql,
            "INSERT INTO connection_accounts (\"connection_id\", \"bank_account_id\") SELECT * FROM (SELECT c1 AS column1, \
             c2 AS column2 FROM unnest($1::uuid[], $2::uuid[]) AS u (c1, c2)) AS v"
        );
        for rows in [vec![whole.clone(), half.clone()], vec![half, whole]] {
            assert!(insertion::<Entity, ActiveModel>(rows, &key, &[]).is_err());
        }
    }
}
