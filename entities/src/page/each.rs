//! The first rows of each of many parents in one statement: PostgreSQL walks an index once for each parent (LATERAL), SQLite
//! numbers the rows of each (a window).

use std::collections::HashMap;

use sea_orm::sea_query::{
    Asterisk, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SimpleExpr, WindowStatement,
};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult, QueryResult};
use uuid::Uuid;

use super::{Arrays, Cursor, Key, Rows, Slice, Sort, planned};
use crate::db::{Db, Engine};
use crate::error::Error;

const PARENTS: &str = "parents";
/// How SQLite names the one column of a list of values.
const PARENT: &str = "column1";
const ROWS: &str = "rows";
const PARENT_ID: &str = "parent_id";
const PLACE: &str = "place";

/// A thing with the key by which its row is ordered.
type Keyed<T> = ((Key, Uuid), T);

/// The first page of each parent in the order of `sort`, by parent; a parent without rows is absent. `children` selects the
/// rows of the parent whose key is the expression that it is given, and `read` makes a thing of a row, with its key.
pub(crate) async fn first_of_each<C, T>(
    db: &Db,
    parents: &[Uuid],
    children: impl FnOnce(SimpleExpr) -> SelectStatement,
    sort: Sort<C>,
    rows: Rows,
    read: impl Fn(&QueryResult) -> Result<Keyed<T>, Error>,
) -> Result<HashMap<Uuid, Slice<T>>, Error>
where
    C: ColumnTrait,
{
    if parents.is_empty() {
        return Ok(HashMap::new());
    }
    let statement = match db.engine() {
        Engine::Postgres => lateral(parents, children, sort, rows.read()?),
        Engine::Sqlite => window(parents, children, sort, rows.read()?),
    };
    let mut found: HashMap<Uuid, Vec<Keyed<T>>> = HashMap::with_capacity(parents.len());
    for row in db.read().query_all_raw(planned(db.read(), &statement)).await? {
        found.entry(row.try_get("", PARENT_ID)?).or_default().push(read(&row)?);
    }
    Ok(pages(found, &sort, rows))
}

/// The same on PostgreSQL, out of arrays of what `children` selects; `read` makes the things of all parents.
pub(crate) async fn first_arrays_of_each<C, T>(
    db: &Db,
    parents: &[Uuid],
    children: impl FnOnce(SimpleExpr) -> SelectStatement,
    columns: impl Iterator<Item = C>,
    sort: Sort<C>,
    rows: Rows,
    read: impl FnOnce(&mut Arrays) -> Result<Vec<Keyed<T>>, Error>,
) -> Result<HashMap<Uuid, Slice<T>>, Error>
where
    C: ColumnTrait,
{
    if parents.is_empty() {
        return Ok(HashMap::new());
    }
    let columns = std::iter::once(PARENT_ID).chain(columns.map(|column| column.as_str()));
    let mut arrays = Arrays::ask(db, &lateral(parents, children, sort, rows.read()?), columns).await?;
    let of: Vec<Uuid> = arrays.next()?;
    let mut found: HashMap<Uuid, Vec<Keyed<T>>> = HashMap::with_capacity(parents.len());
    for (parent, thing) in of.into_iter().zip(read(&mut arrays)?) {
        found.entry(parent).or_default().push(thing);
    }
    Ok(pages(found, &sort, rows))
}

/// Reads a row as a model that knows its key, and makes a thing of it.
pub(crate) fn keyed<M: FromQueryResult, T>(
    key_of: impl Fn(&M) -> (Key, Uuid),
    turn: impl Fn(M) -> Result<T, Error>,
) -> impl Fn(&QueryResult) -> Result<Keyed<T>, Error> {
    move |row| {
        let model = M::from_query_result(row, "")?;
        Ok((key_of(&model), turn(model)?))
    }
}

fn pages<T, C>(found: HashMap<Uuid, Vec<Keyed<T>>>, sort: &Sort<C>, rows: Rows) -> HashMap<Uuid, Slice<T>> {
    found.into_iter().map(|(parent, things)| (parent, page(things, sort, rows))).collect()
}

fn page<T, C>(mut things: Vec<Keyed<T>>, sort: &Sort<C>, rows: Rows) -> Slice<T> {
    // They come in order, but only an ORDER BY of the whole would promise it.
    things.sort_by(|(one, _), (other, _)| if sort.descending { other.cmp(one) } else { one.cmp(other) });
    let rows = usize::try_from(rows.most).unwrap_or(usize::MAX);
    let has_next = things.len() > rows;
    things.truncate(rows);
    let rows = things.into_iter().map(|(key, thing)| (Cursor::of(sort, key), thing)).collect();
    Slice { rows, has_next, has_previous: false }
}

/// Ids as the text of one array: one place to bind, whatever their number.
fn listed(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    format!("{{{}}}", ids.join(","))
}

fn order<C>(sort: &Sort<C>) -> Order {
    if sort.descending { Order::Desc } else { Order::Asc }
}

fn lateral<C: ColumnTrait>(
    parents: &[Uuid],
    children: impl FnOnce(SimpleExpr) -> SelectStatement,
    sort: Sort<C>,
    rows: u32,
) -> SelectStatement {
    let order = order(&sort);
    // PostgreSQL names the column of a list as the list.
    let parent = || Expr::col((PARENTS, PARENTS));
    let list = Func::cust("unnest").arg(Expr::val(listed(parents)).cast_as("uuid[]"));
    let mut first = children(parent());
    first.order_by_expr(sort.column.into_expr(), order.clone());
    first.order_by_expr(sort.id.into_expr(), order).limit(rows.into());
    Query::select()
        .column((ROWS, Asterisk))
        .expr_as(parent(), PARENT_ID)
        .from_function(list, PARENTS)
        .join_lateral(JoinType::InnerJoin, first, ROWS, Expr::cust("TRUE"))
        .take()
}

fn window<C: ColumnTrait>(
    parents: &[Uuid],
    children: impl FnOnce(SimpleExpr) -> SelectStatement,
    sort: Sort<C>,
    rows: u32,
) -> SelectStatement {
    let order = order(&sort);
    let numbered = WindowStatement::partition_by((PARENTS, PARENT))
        .order_by(sort.column, order.clone())
        .order_by(sort.id, order)
        .to_owned();
    let mut ranked = children(Expr::col((PARENTS, PARENT)));
    ranked
        .expr_as(Expr::col((PARENTS, PARENT)), PARENT_ID)
        .expr_window_as(Expr::cust("row_number()"), numbered, PLACE)
        .from_values(parents.iter().copied(), PARENTS);
    Query::select().column((ROWS, Asterisk)).from_subquery(ranked, ROWS).and_where(Expr::col(PLACE).lte(rows)).take()
}
