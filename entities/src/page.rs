//! Pages by key, never by offset: a cursor names the row after which the page begins, in the order it was made for.

mod arrays;
mod cursor;
mod each;
mod elements;

use std::collections::HashMap;
use std::hash::Hash;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Order, Query, SelectStatement, SimpleExpr, Value, Values};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, Statement,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Refusal};

pub(crate) use arrays::Arrays;
pub use cursor::Cursor;
use cursor::{bad_cursor, read};
pub(crate) use each::{first_arrays_of_each, first_of_each, keyed};

/// Rows on a page at most: a page is one reply, and a reply has a size that a phone can hold.
pub const MAX_PAGE_ROWS: u32 = 200;
/// Rows counted at most: counting further costs more than anyone reads.
pub const MAX_COUNTED_ROWS: u64 = 10_000;

/// How many rows are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rows {
    /// Rows at most, 1 to [`MAX_PAGE_ROWS`].
    pub most: u32,
    /// Whether somebody asks if there are more: that takes the reading of one more.
    pub and_more: bool,
}

/// So many, and whether there are more.
impl From<u32> for Rows {
    fn from(most: u32) -> Self {
        Self { most, and_more: true }
    }
}

impl Rows {
    /// Rows to read.
    fn read(self) -> Result<u32, Error> {
        if self.most == 0 || self.most > MAX_PAGE_ROWS {
            return Err(bad_page());
        }
        Ok(self.most + u32::from(self.and_more))
    }
}

/// Which page is wanted.
#[derive(Clone, Debug)]
pub struct Page {
    /// How many rows.
    pub rows: Rows,
    /// The cursor beyond which the page lies.
    pub beyond: Option<String>,
    /// Whether the page lies before the cursor instead of after it (`last` and `before`).
    pub backward: bool,
}

impl Page {
    /// The first rows.
    #[must_use]
    pub fn first(rows: impl Into<Rows>) -> Self {
        Self { rows: rows.into(), beyond: None, backward: false }
    }
}

/// One page of rows, each with its cursor, in the order asked for.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    /// The rows with their cursors.
    pub rows: Vec<(Cursor, T)>,
    /// Whether rows follow; no where nobody asked ([`Rows::and_more`]).
    pub has_next: bool,
    /// Whether rows precede; likewise.
    pub has_previous: bool,
}

impl<T> Slice<T> {
    /// A page without rows: there are none.
    #[must_use]
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), has_next: false, has_previous: false }
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, mut turn: impl FnMut(T) -> U) -> Slice<U> {
        let rows = self.rows.into_iter().map(|(cursor, row)| (cursor, turn(row))).collect();
        Slice { rows, has_next: self.has_next, has_previous: self.has_previous }
    }

    /// The same page with each row turned into something else, or the first failure.
    pub fn try_map<U, E>(self, mut turn: impl FnMut(T) -> Result<U, E>) -> Result<Slice<U>, E> {
        let rows = self.rows.into_iter().map(|(cursor, row)| Ok((cursor, turn(row)?))).collect::<Result<_, E>>()?;
        Ok(Slice { rows, has_next: self.has_next, has_previous: self.has_previous })
    }
}

/// The value by which rows are ordered; equal values are told apart by the row's id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(crate) enum Key {
    Text(String),
    Number(i64),
    Day(NaiveDate),
}

impl From<&Key> for Value {
    fn from(key: &Key) -> Self {
        match key {
            Key::Text(text) => text.as_str().into(),
            Key::Number(number) => (*number).into(),
            Key::Day(day) => (*day).into(),
        }
    }
}

/// An order of rows: a column that is never null, then the id, both in one direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sort<C> {
    /// Names the order in cursors, so that a cursor of another order is refused.
    pub(crate) name: &'static str,
    pub(crate) column: C,
    pub(crate) id: C,
    pub(crate) descending: bool,
}

/// Reads one page of `select` in the order of `sort`.
///
/// # Errors
/// `BAD_PAGE` and `BAD_CURSOR` for input that no reply of the hub has given.
pub(crate) async fn fetch<E, C, M>(
    conn: &impl ConnectionTrait,
    select: Select<E>,
    sort: Sort<C>,
    page: &Page,
    key_of: impl Fn(&M) -> (Key, Uuid),
) -> Result<Slice<M>, Error>
where
    E: EntityTrait,
    C: ColumnTrait,
    M: FromQueryResult + Send + Sync,
{
    let rows = M::find_by_statement(planned(conn, &rows_of(select.into_query(), &sort, page)?)).all(conn).await?;
    Ok(cut(rows, &sort, page, key_of))
}

/// The rows of one page, and one more where it is asked for, in the order in which they are read.
///
/// # Errors
/// Those of [`fetch`], the database's apart.
pub(crate) fn rows_of<C: ColumnTrait>(
    mut select: SelectStatement,
    sort: &Sort<C>,
    page: &Page,
) -> Result<SelectStatement, Error> {
    let order = direction(sort, page);
    if let Some(cursor) = &page.beyond {
        select.and_where(beyond(sort, read(cursor, sort)?, &order));
    }
    select.order_by_expr(sort.column.into_expr(), order.clone());
    select.order_by_expr(sort.id.into_expr(), order).limit(page.rows.read()?.into());
    Ok(select)
}

/// In which direction the rows of a page are read.
pub(crate) fn direction<C>(sort: &Sort<C>, page: &Page) -> Order {
    if sort.descending == page.backward { Order::Asc } else { Order::Desc }
}

/// Rows at hand that ascend by a text and their id, with what is wanted of them.
pub(crate) struct Held<'a, T> {
    /// How many there are.
    pub(crate) len: usize,
    /// The row at a place.
    pub(crate) at: &'a dyn Fn(usize) -> &'a T,
    /// Whether a row is wanted.
    pub(crate) wants: &'a dyn Fn(&T) -> bool,
    /// By what they ascend.
    pub(crate) key_of: fn(&T) -> (&str, Uuid),
}

impl<'a, T> Held<'a, T> {
    /// The page that [`fetch`] would read.
    ///
    /// # Errors
    /// As [`fetch`], the database's apart.
    pub(crate) fn page<C>(&self, sort: Sort<C>, page: &Page) -> Result<Slice<&'a T>, Error> {
        let rows = usize::try_from(page.rows.read()?).unwrap_or(usize::MAX);
        let start = match page.beyond.as_deref().map(|text| read(text, &sort)).transpose()? {
            Some((Key::Text(text), id)) => Some((text, id)),
            Some(_) => return Err(bad_cursor()),
            None => None,
        };
        let start = start.as_ref().map(|(text, id)| (text.as_str(), *id));
        let wanted = |row: &&'a T| (self.wants)(row);
        let found: Vec<&'a T> = if sort.descending == page.backward {
            let from = start.map_or(0, |start| self.first_place(|key| key > start));
            (from..self.len).map(self.at).filter(wanted).take(rows).collect()
        } else {
            let to = start.map_or(self.len, |start| self.first_place(|key| key >= start));
            (0..to).rev().map(self.at).filter(wanted).take(rows).collect()
        };
        Ok(cut(found, &sort, page, |row| {
            let (text, id) = (self.key_of)(row);
            (Key::Text(text.to_owned()), id)
        }))
    }

    /// The first place from which on `is_beyond` holds.
    fn first_place(&self, is_beyond: impl Fn((&str, Uuid)) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = usize::midpoint(low, high);
            if is_beyond((self.key_of)((self.at)(middle))) { high = middle } else { low = middle + 1 }
        }
        low
    }
}

/// A page out of what was read: its rows, and one more when there are more.
pub(crate) fn cut<M, C>(
    mut models: Vec<M>,
    sort: &Sort<C>,
    page: &Page,
    key_of: impl Fn(&M) -> (Key, Uuid),
) -> Slice<M> {
    let rows = usize::try_from(page.rows.most).unwrap_or(usize::MAX);
    let more = models.len() > rows;
    models.truncate(rows);
    if page.backward {
        models.reverse();
    }
    let started = page.beyond.is_some();
    let (has_next, has_previous) = if page.backward { (started, more) } else { (more, started) };
    let rows = models.into_iter().map(|model| (Cursor::of(sort, key_of(&model)), model)).collect();
    Slice { rows, has_next, has_previous }
}

/// The statement with its limits written out. A bound limit is unknown when PostgreSQL plans once for all: it then prepares
/// for a tenth of all rows, or plans again for each question. The value stays bound, and nothing refers to it.
pub(crate) fn planned(conn: &impl ConnectionTrait, select: &SelectStatement) -> Statement {
    let backend = conn.get_database_backend();
    let Statement { mut sql, values, db_backend } = backend.build(select);
    if backend == DbBackend::Postgres {
        for word in ["LIMIT $", "OFFSET $"] {
            sql = written(&sql, word, values.as_ref());
        }
    }
    Statement { sql, values, db_backend }
}

/// The text with the numbers that are bound behind a word written out.
fn written(sql: &str, word: &str, values: Option<&Values>) -> String {
    let mut parts = sql.split(word);
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (place, rest) = part.split_at(digits);
        let bound = place.parse::<usize>().ok().and_then(|place| values?.0.get(place.checked_sub(1)?));
        match bound {
            Some(Value::BigUnsigned(Some(rows))) => {
                written.push_str(&format!("{}{rows}{rest}", word.trim_end_matches('$')))
            }
            _ => written.push_str(&format!("{word}{part}")),
        }
    }
    written
}

/// The first rows of `select` behind a key, in the order of keys, which is that of making: how a whole list is walked. A
/// row that is made meanwhile comes later; none comes twice.
pub(crate) async fn behind<E>(
    conn: &impl ConnectionTrait,
    select: Select<E>,
    id: E::Column,
    key: Option<Uuid>,
    rows: u64,
) -> Result<Vec<E::Model>, Error>
where
    E: EntityTrait,
{
    let select = match key {
        Some(key) => select.filter(id.gt(key)),
        None => select,
    };
    Ok(select.order_by_asc(id).limit(rows).all(conn).await?)
}

/// Counts the rows of a statement, up to [`MAX_COUNTED_ROWS`]; the flag says whether there are more.
pub(crate) async fn count(conn: &impl ConnectionTrait, mut rows: SelectStatement) -> Result<(u64, bool), Error> {
    let some = rows.clear_selects().expr(Expr::val(1)).limit(MAX_COUNTED_ROWS + 1).take();
    let counted = Query::select().expr_as(Expr::cust("count(*)"), "n").from_subquery(some, "some").to_owned();
    let row =
        conn.query_one_raw(planned(conn, &counted)).await?.ok_or_else(|| Error::internal("count answered nothing"))?;
    let n = u64::try_from(row.try_get::<i64>("", "n")?).unwrap_or(0);
    let capped = n > MAX_COUNTED_ROWS;
    Ok((if capped { MAX_COUNTED_ROWS } else { n }, capped))
}

/// Words that are looked for anywhere in a column of folds, in their order, whatever their diacritics.
pub(crate) fn folded_like(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for c in crate::text::fold(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(if c == ' ' { '%' } else { c });
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

/// Rows turned into things and gathered by what they belong to, in their order.
pub(crate) fn gathered<R, T, K>(rows: Vec<R>, key_of: impl Fn(&T) -> K) -> Result<HashMap<K, Vec<T>>, Error>
where
    T: TryFrom<R, Error = Error>,
    K: Eq + Hash,
{
    let mut gathered: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        let thing = T::try_from(row)?;
        gathered.entry(key_of(&thing)).or_default().push(thing);
    }
    Ok(gathered)
}

fn beyond<C: ColumnTrait>(sort: &Sort<C>, (key, id): (Key, Uuid), order: &Order) -> SimpleExpr {
    let here = Expr::tuple([sort.column.into_expr(), sort.id.into_expr()]);
    let there = Expr::tuple([Expr::val(&key), Expr::val(id)]);
    if *order == Order::Desc { here.lt(there) } else { here.gt(there) }
}

fn bad_page() -> Error {
    Refusal::new(
        "BAD_PAGE",
        format!("A page has 1 to {MAX_PAGE_ROWS} rows."),
        format!("Một trang có từ 1 đến {MAX_PAGE_ROWS} dòng."),
    )
    .into()
}
