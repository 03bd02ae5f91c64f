//! The end of the outbox, read in an order in which nothing can appear behind a reader's back.
//!
//! On PostgreSQL sequence numbers are drawn before the commit, so a plain `seq > cursor` steps over rows that commit later.
//! Readers therefore go by (transaction id, sequence), and only below the oldest transaction that still runs
//! (`pg_snapshot_xmin`). Every transaction below it has ended, and every one that begins later has a greater id: at or
//! below a cursor no row can appear any more, so nothing is lost; and a row has one place, so nothing is doubled. On SQLite
//! one transaction writes at a time, so the sequence is the order of the commits.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use uuid::Uuid;

use super::cursor::{self, Cursor};
use super::{Kind, Mark, Wanted};
use crate::db::{Db, Engine};
use crate::error::Error;
use crate::ids::SchoolId;
use crate::reach::Reach;

/// A change as the process hears it, before anyone's reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Heard {
    /// Its place.
    pub cursor: Cursor,
    kind: Option<Kind>,
    mark: Option<Mark>,
    school: Option<SchoolId>,
}

impl Heard {
    /// Whether it may concern someone who wants this within a reach. No is certain; yes is asked of the database.
    #[must_use]
    pub fn may_concern(&self, reach: &Reach, wanted: &Wanted) -> bool {
        self.kind.is_some_and(|kind| wanted.kinds.contains(&kind))
            && wanted.mark.is_none_or(|mark| self.mark == Some(mark))
            && self.school.is_none_or(|school| reach.may_hold(school))
    }
}

/// A stretch of the feed: so many rows, up to the place of the last one.
pub(super) struct Stretch {
    pub(super) end: Cursor,
    pub(super) rows: u64,
}

/// The stretch after a place, of `limit` rows at most, below what can still change.
///
/// # Errors
/// `CURSOR_EXPIRED` for a place of another history.
pub(super) async fn stretch(db: &Db, after: Cursor, limit: u64) -> Result<Stretch, Error> {
    let (engine, xid) = (db.engine(), xid(db.engine()));
    let (settled, order) = (settled(engine), order(engine, ""));
    let (later, at, last) = (after.before_row(engine), after.at_row(engine), self::order(engine, " DESC"));
    let sql = format!(
        "WITH stretch AS (SELECT xid, seq FROM changes WHERE {later} AND {settled} ORDER BY {order} LIMIT {limit}) \
         SELECT hub.epoch AS epoch, (SELECT COUNT(*) FROM stretch) AS row_count, \
         EXISTS (SELECT 1 FROM changes WHERE {at}) AS is_known, {xid} AS xid, e.seq AS seq \
         FROM hub LEFT JOIN (SELECT xid, seq FROM stretch ORDER BY {last} LIMIT 1) AS e ON TRUE"
    );
    let found = one(db, sql).await?;
    let epoch: i64 = found.try_get("", "epoch")?;
    let is_known: bool = found.try_get("", "is_known")?;
    if epoch != after.epoch || !(is_known || after.is_beginning()) {
        return Err(cursor::expired().into());
    }
    let rows = u64::try_from(found.try_get::<i64>("", "row_count")?).unwrap_or(0);
    let end = if rows == 0 { after } else { place(&found, epoch)? };
    Ok(Stretch { end, rows })
}

/// The place after everything that has ended. Take it before a first load: what is written meanwhile comes after it.
///
/// # Errors
/// The database's.
pub async fn head(db: &Db) -> Result<Cursor, Error> {
    let (engine, xid) = (db.engine(), xid(db.engine()));
    let (settled, last) = (settled(engine), order(engine, " DESC"));
    let sql = format!(
        "SELECT hub.epoch AS epoch, {xid} AS xid, e.seq AS seq FROM hub \
         LEFT JOIN (SELECT xid, seq FROM changes WHERE {settled} ORDER BY {last} LIMIT 1) AS e ON TRUE"
    );
    let found = one(db, sql).await?;
    let epoch = found.try_get("", "epoch")?;
    match found.try_get::<Option<i64>>("", "seq")? {
        Some(_) => place(&found, epoch),
        None => Ok(Cursor { epoch, xid: 0, seq: 0 }),
    }
}

/// What happened after a place, in order, `limit` changes at most.
///
/// # Errors
/// The database's.
pub async fn heard(db: &Db, after: Cursor, limit: u64) -> Result<Vec<Heard>, Error> {
    let (engine, xid) = (db.engine(), xid(db.engine()));
    let (settled, order, later) = (settled(engine), order(engine, ""), after.before_row(engine));
    let sql = format!(
        "SELECT {xid} AS xid, e.seq AS seq, e.kind AS kind, e.mark AS mark, e.school_id AS school_id \
         FROM (SELECT * FROM changes WHERE {later} AND {settled} ORDER BY {order} LIMIT {limit}) AS e ORDER BY {order}"
    );
    let rows = db.read().query_all_raw(Statement::from_string(db.read().get_database_backend(), sql)).await?;
    rows.iter()
        .map(|row| {
            let (kind, mark): (String, Option<String>) = (row.try_get("", "kind")?, row.try_get("", "mark")?);
            let school: Option<Uuid> = row.try_get("", "school_id")?;
            Ok(Heard {
                cursor: place(row, after.epoch)?,
                kind: Kind::parse(&kind),
                mark: mark.as_deref().and_then(Mark::parse),
                school: school.map(SchoolId::from_uuid),
            })
        })
        .collect()
}

/// The place of a row with the columns `xid` and `seq`.
pub(super) fn place(row: &QueryResult, epoch: i64) -> Result<Cursor, Error> {
    let xid: String = row.try_get("", "xid")?;
    Ok(Cursor { epoch, xid: xid.parse().map_err(Error::internal)?, seq: row.try_get("", "seq")? })
}

/// The transaction id of the rows called `e`, as text: no driver knows PostgreSQL's type.
pub(super) const fn xid(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "e.xid::text",
        Engine::Sqlite => "'0'",
    }
}

/// The condition that no earlier row can appear any more.
fn settled(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "xid < pg_snapshot_xmin(pg_current_snapshot())",
        Engine::Sqlite => "TRUE",
    }
}

/// The order of the feed.
pub(super) fn order(engine: Engine, direction: &str) -> String {
    match engine {
        Engine::Postgres => format!("xid{direction}, seq{direction}"),
        Engine::Sqlite => format!("seq{direction}"),
    }
}

async fn one(db: &Db, sql: String) -> Result<QueryResult, Error> {
    let found = db.read().query_one_raw(Statement::from_string(db.read().get_database_backend(), sql)).await?;
    found.ok_or_else(|| Error::internal("the hub's row is missing"))
}
