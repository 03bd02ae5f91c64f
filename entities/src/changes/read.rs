//! Reading the feed within a reach: a page of what happened after a cursor, in order.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::cursor::Cursor;
use super::{Kind, Mark, Op, reach, tail};
use crate::db::Db;
use crate::error::{Error, Refusal};
use crate::ids::SchoolId;
use crate::reach::Reach;
use crate::tables::changes::{Column, Entity};
use crate::time::Timestamp;

/// Changes of one page at most.
pub const MAX_FIRST: u64 = 200;
/// Rows of the outbox that one step passes, whoever they concern: a page costs as much in a busy hub as in a quiet one.
const STRETCH_ROWS: u64 = 5_000;
/// Steps of one page at most.
const MAX_STEPS: usize = 8;

/// Which changes are wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// Only of these kinds: those that the caller may read.
    pub kinds: Vec<Kind>,
    /// Only those with this meaning.
    pub mark: Option<Mark>,
}

/// A change as a reader may hear it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The kind of the thing.
    pub kind: Kind,
    /// What happened, as of now: what left the reach is deleted, whatever became of it elsewhere.
    pub op: Op,
    /// Its id.
    pub node: Uuid,
    /// Whether it lies in the reach now.
    pub is_visible: bool,
    /// The key by which the outside knows it; none when it has none.
    pub natural_key: Option<String>,
    /// The key by which the outside knew it before; none when that has not changed.
    pub former_key: Option<String>,
    /// The school that it belongs to, or has left; none for what stands above schools.
    pub school: Option<SchoolId>,
    /// When it was written.
    pub recorded_at: Timestamp,
    /// The place right after it.
    pub cursor: Cursor,
}

/// A page of the feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// The changes, in order.
    pub changes: Vec<Told>,
    /// Where the next page begins. It moves on even when nothing on the way concerned the reader.
    pub end: Cursor,
    /// Whether more lies behind it now.
    pub has_more: bool,
}

/// What happened after a place within a reach, in order, `first` changes at most.
///
/// # Errors
/// `BAD_PAGE` for fewer than 1 or more than [`MAX_FIRST`]; `CURSOR_EXPIRED` for a place of another history.
pub async fn after(db: &Db, reach: &Reach, wanted: &Wanted, since: Cursor, first: u64) -> Result<Page, Error> {
    if !(1..=MAX_FIRST).contains(&first) {
        let (en, vi) =
            (format!("Ask for 1 to {MAX_FIRST} changes."), format!("Chỉ hỏi từ 1 đến {MAX_FIRST} thay đổi."));
        return Err(Refusal::new("BAD_PAGE", en, vi).at("first").into());
    }
    let mut page = Page { changes: Vec::new(), end: since, has_more: true };
    for _ in 0..MAX_STEPS {
        let room = first.saturating_sub(u64::try_from(page.changes.len()).unwrap_or(first));
        if room == 0 {
            break;
        }
        let stretch = tail::stretch(db, page.end, STRETCH_ROWS).await?;
        let mut rows = near(db, reach, wanted, (page.end, stretch.end), room + 1).await?;
        let is_full = u64::try_from(rows.len()).is_ok_and(|rows| rows > room);
        page.end = stretch.end;
        if is_full {
            rows.pop();
            page.end = rows.last().map_or(stretch.end, |told| told.cursor);
        }
        page.has_more = is_full || stretch.rows == STRETCH_ROWS;
        // What this process remembers may be older than what the reader is about to hear.
        db.freshness().raise(rows.iter().map(|told| told.kind.as_str()));
        page.changes.extend(within(db, reach, rows).await?);
        if is_full || !page.has_more {
            break;
        }
    }
    Ok(page)
}

/// The wanted rows between two places that may concern a reach, unjudged.
async fn near(
    db: &Db,
    reach: &Reach,
    wanted: &Wanted,
    (from, to): (Cursor, Cursor),
    limit: u64,
) -> Result<Vec<Told>, Error> {
    let engine = db.engine();
    if from == to || wanted.kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Query::select();
    select
        .expr_as(Expr::cust(tail::xid(engine).trim_start_matches("e.")), "xid")
        .columns([
            Column::Seq,
            Column::Kind,
            Column::Op,
            Column::NodeId,
            Column::NaturalKey,
            Column::FormerKey,
            Column::SchoolId,
            Column::RecordedAt,
        ])
        .from(Entity)
        .and_where(Expr::cust(from.before_row(engine)))
        .and_where(Expr::cust(to.not_before_row(engine)))
        .and_where(Column::Kind.is_in(wanted.kinds.iter().map(|kind| kind.as_str())))
        .and_where(reach::near(reach))
        .order_by_expr(Expr::cust(tail::order(engine, "")), sea_orm::Order::Asc)
        .limit(limit);
    if let Some(mark) = wanted.mark {
        select.and_where(Column::Mark.eq(mark.as_str()));
    }
    let rows = db.read().query_all(&select).await?;
    rows.iter().map(|row| told(row, from.epoch)).collect()
}

fn told(row: &QueryResult, epoch: i64) -> Result<Told, Error> {
    let (kind, op): (String, String) = (row.try_get("", "kind")?, row.try_get("", "op")?);
    let (node, natural_key): (Uuid, String) = (row.try_get("", "node_id")?, row.try_get("", "natural_key")?);
    let school: Option<Uuid> = row.try_get("", "school_id")?;
    let unknown = || Error::internal("the outbox holds an unknown word");
    Ok(Told {
        kind: Kind::parse(&kind).ok_or_else(unknown)?,
        op: Op::parse(&op).ok_or_else(unknown)?,
        node,
        is_visible: false,
        natural_key: Some(natural_key).filter(|key| *key != node.to_string()),
        former_key: row.try_get("", "former_key")?,
        school: school.map(SchoolId::from_uuid),
        recorded_at: row.try_get("", "recorded_at")?,
        cursor: tail::place(row, epoch)?,
    })
}

/// Those of the changes that are the reader's business, with what they mean to the reader: two statements for each kind.
async fn within(db: &Db, reach: &Reach, rows: Vec<Told>) -> Result<Vec<Told>, Error> {
    let mut of_kind: HashMap<Kind, Vec<&Told>> = HashMap::new();
    for row in &rows {
        of_kind.entry(row.kind).or_default().push(row);
    }
    let (mut visible, mut departed) = (HashSet::new(), HashSet::new());
    for (kind, some) in of_kind {
        let all: Vec<Uuid> = some.iter().map(|row| row.node).collect();
        let found = reach::visible(db, reach, kind, &all).await?;
        let gone: Vec<Uuid> = some.iter().filter(|row| row.op == Op::Delete).map(|row| row.node).collect();
        let gone: Vec<Uuid> = gone.into_iter().filter(|node| !found.contains(node)).collect();
        if !gone.is_empty() {
            departed.extend(reach::seen_before(db, reach, kind, &gone).await?);
        }
        visible.extend(found);
    }
    let judge = |row: Told| match (visible.contains(&row.node), row.op) {
        (true, Op::Delete) => Some(Told { op: Op::Upsert, is_visible: true, ..row }),
        (true, _) => Some(Told { is_visible: true, ..row }),
        (false, Op::Delete) => departed.contains(&row.node).then_some(row),
        (false, _) => None,
    };
    Ok(rows.into_iter().filter_map(judge).collect())
}
