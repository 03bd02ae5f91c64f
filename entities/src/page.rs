//! Pages by key, never by offset: a cursor names the row after which the page begins, in the order it was made for.

mod each;

use std::collections::HashMap;
use std::hash::Hash;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Order, Query, SelectStatement, SimpleExpr, Value};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IntoSimpleExpr, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Statement,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Refusal};

pub(crate) use each::first_of_each;

/// Rows on a page at most: a page is one reply, and a reply has a size that a phone can hold.
pub const MAX_PAGE_ROWS: u32 = 200;
/// Rows counted at most: counting further costs more than anyone reads.
pub const MAX_COUNTED_ROWS: u64 = 10_000;

/// Which page is wanted.
#[derive(Clone, Debug)]
pub struct Page {
    /// Rows at most, 1 to [`MAX_PAGE_ROWS`].
    pub rows: u32,
    /// The cursor beyond which the page lies.
    pub beyond: Option<String>,
    /// Whether the page lies before the cursor instead of after it (`last` and `before`).
    pub backward: bool,
}

impl Page {
    /// The first `rows` rows.
    #[must_use]
    pub const fn first(rows: u32) -> Self {
        Self { rows, beyond: None, backward: false }
    }
}

/// One page of rows, each with its cursor, in the order asked for.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    /// The rows with their cursors.
    pub rows: Vec<(String, T)>,
    /// Whether rows follow.
    pub has_next: bool,
    /// Whether rows precede.
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

#[derive(Serialize, Deserialize)]
struct Cursor(String, bool, Key, Uuid);

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
    if page.rows == 0 || page.rows > MAX_PAGE_ROWS {
        return Err(bad_page());
    }
    let downward = sort.descending != page.backward;
    let order = if downward { Order::Desc } else { Order::Asc };
    let mut select =
        select.order_by(sort.column, order.clone()).order_by(sort.id, order).limit(u64::from(page.rows) + 1);
    if let Some(cursor) = &page.beyond {
        select = select.filter(beyond(&sort, &decode(cursor, &sort)?, downward));
    }
    Ok(cut(M::find_by_statement(planned(conn, &select.into_query())).all(conn).await?, &sort, page, key_of))
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
        if page.rows == 0 || page.rows > MAX_PAGE_ROWS {
            return Err(bad_page());
        }
        let start = match page.beyond.as_deref().map(|text| decode(text, &sort)).transpose()? {
            Some(Cursor(_, _, Key::Text(text), id)) => Some((text, id)),
            Some(_) => return Err(bad_cursor()),
            None => None,
        };
        let start = start.as_ref().map(|(text, id)| (text.as_str(), *id));
        let rows = usize::try_from(page.rows).unwrap_or(usize::MAX).saturating_add(1);
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

/// A page out of what was found: its rows, and one more when there are more.
fn cut<M, C>(mut models: Vec<M>, sort: &Sort<C>, page: &Page, key_of: impl Fn(&M) -> (Key, Uuid)) -> Slice<M> {
    let rows = usize::try_from(page.rows).unwrap_or(usize::MAX);
    let more = models.len() > rows;
    models.truncate(rows);
    if page.backward {
        models.reverse();
    }
    let started = page.beyond.is_some();
    let (has_next, has_previous) = if page.backward { (started, more) } else { (more, started) };
    let rows = models.into_iter().map(|model| (cursor(sort, key_of(&model)), model)).collect();
    Slice { rows, has_next, has_previous }
}

/// The statement with its limits written out. A bound limit is unknown when PostgreSQL plans once for all: it then prepares
/// for a tenth of all rows, which is many times slower than for a page. The value stays bound, and nothing refers to it.
pub(crate) fn planned(conn: &impl ConnectionTrait, select: &SelectStatement) -> Statement {
    let backend = conn.get_database_backend();
    let Statement { sql, values, db_backend } = backend.build(select);
    if backend != DbBackend::Postgres {
        return Statement { sql, values, db_backend };
    }
    let mut parts = sql.split("LIMIT $");
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (place, rest) = part.split_at(digits);
        let bound = place.parse::<usize>().ok().and_then(|place| values.as_ref()?.0.get(place.checked_sub(1)?));
        match bound {
            Some(Value::BigUnsigned(Some(rows))) => written.push_str(&format!("LIMIT {rows}{rest}")),
            _ => written.push_str(&format!("LIMIT ${part}")),
        }
    }
    Statement { sql: written, values, db_backend }
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

/// Counts the rows of `select`, up to [`MAX_COUNTED_ROWS`]; the flag says whether there are more.
pub(crate) async fn count<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    select: Select<E>,
) -> Result<(u64, bool), Error> {
    let some = select.select_only().expr(Expr::val(1)).limit(MAX_COUNTED_ROWS + 1).into_query();
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

fn beyond<C: ColumnTrait>(sort: &Sort<C>, cursor: &Cursor, downward: bool) -> SimpleExpr {
    let here = Expr::tuple([sort.column.into_simple_expr(), sort.id.into_simple_expr()]);
    let there = Expr::tuple([Expr::val(&cursor.2), Expr::val(cursor.3)]);
    if downward { here.lt(there) } else { here.gt(there) }
}

/// The cursor of a row in an order.
pub(crate) fn cursor<C>(sort: &Sort<C>, (key, id): (Key, Uuid)) -> String {
    let cursor = Cursor(sort.name.to_owned(), sort.descending, key, id);
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
}

fn decode<C>(text: &str, sort: &Sort<C>) -> Result<Cursor, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad_cursor())?;
    let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| bad_cursor())?;
    if cursor.0 != sort.name || cursor.1 != sort.descending {
        return Err(bad_cursor());
    }
    Ok(cursor)
}

fn bad_page() -> Error {
    Refusal::new(
        "BAD_PAGE",
        format!("A page has 1 to {MAX_PAGE_ROWS} rows."),
        format!("Một trang có từ 1 đến {MAX_PAGE_ROWS} dòng."),
    )
    .into()
}

fn bad_cursor() -> Error {
    Refusal::new("BAD_CURSOR", "This cursor is not one of this list.", "Con trỏ trang không thuộc danh sách này.")
        .into()
}
