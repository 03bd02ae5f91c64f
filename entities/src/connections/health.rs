//! How connections fare: when each was last heard, what it was told, and what of it waits.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::db::Db;
use crate::error::Error;
use crate::ids::ConnectionId;
use crate::page;
use crate::reach::Reach;
use crate::tables::{connection_sightings, connection_tallies, connections, inbound_events};
use crate::time::Timestamp;

/// Events that wait for a worker, counted over the whole hub at most: the oldest ones.
pub const MAX_WAITING_EVENTS: u64 = 10_000;

/// How a connection fares.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Health {
    /// When any message last came.
    pub last_heard_at: Option<Timestamp>,
    /// When a message was last kept.
    pub last_kept_at: Option<Timestamp>,
    /// When a message was last not taken.
    pub last_refused_at: Option<Timestamp>,
    /// Messages kept on the day of asking.
    pub kept_today: i64,
    /// Messages not taken on the day of asking.
    pub refused_today: i64,
    /// Events that wait for a worker, among the oldest [`MAX_WAITING_EVENTS`] of the hub.
    pub waiting: i64,
    /// When the oldest of them came.
    pub oldest_waiting_at: Option<Timestamp>,
    /// Events that wait for a person.
    pub parked: i64,
    /// Events whose id had come before with other content.
    pub quarantined: i64,
}

impl Health {
    /// Seconds for which the oldest event has waited; 0 when none waits, or when the clock was set back since.
    #[must_use]
    pub fn lag_seconds(&self, now: Timestamp) -> i64 {
        self.oldest_waiting_at.map_or(0, |oldest| Ord::max(0, now.seconds() - oldest.seconds()))
    }
}

/// How each of these connections in reach fares, in one statement.
///
/// # Errors
/// The database's.
pub async fn health(db: &Db, reach: &Reach, ids: &[ConnectionId]) -> Result<HashMap<ConnectionId, Health>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let statement = statement(reach, ids);
    let rows = db.read().query_all_raw(page::planned(db.read(), &statement)).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<(ConnectionId, Health), Error> {
    let number = |name: &str| row.try_get::<Option<i64>>("", name).map(Option::unwrap_or_default);
    let health = Health {
        last_heard_at: row.try_get("", "last_heard_at")?,
        last_kept_at: row.try_get("", "last_kept_at")?,
        last_refused_at: row.try_get("", "last_refused_at")?,
        kept_today: number("kept")?,
        refused_today: number("refused")?,
        waiting: number("waiting_events")?,
        oldest_waiting_at: row.try_get("", "oldest_at")?,
        parked: number("parked")?,
        quarantined: number("quarantined")?,
    };
    Ok((ConnectionId::from_uuid(row.try_get::<Uuid>("", "connection_id")?), health))
}

fn statement(reach: &Reach, ids: &[ConnectionId]) -> SelectStatement {
    use connection_sightings::Column as Seen;
    let own = |table: &'static str| {
        Expr::col((table, Seen::ConnectionId)).equals((connections::Entity, connections::Column::Id))
    };
    Query::select()
        .expr_as(Expr::col((connections::Entity, connections::Column::Id)), "connection_id")
        .columns([Seen::LastHeardAt, Seen::LastKeptAt, Seen::LastRefusedAt])
        .columns(["kept", "refused", "waiting_events", "oldest_at", "parked", "quarantined"])
        .from(connections::Entity)
        .join_as(JoinType::LeftJoin, connection_sightings::Entity, "seen", own("seen"))
        .join_subquery(JoinType::LeftJoin, told_today(reach, ids), "told", own("told"))
        .join_subquery(JoinType::LeftJoin, waiting(), "waiting", own("waiting"))
        .join_subquery(JoinType::LeftJoin, stuck(ids), "stuck", own("stuck"))
        .and_where(connections::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .and_where(reach.of_connection(connections::Column::Id))
        .take()
}

/// What connections were told on the day of asking.
fn told_today(reach: &Reach, ids: &[ConnectionId]) -> SelectStatement {
    use connection_tallies::Column;
    let sum =
        |case: &str| Expr::cust(format!("CAST(SUM(CASE WHEN code {case} 'KEPT' THEN messages ELSE 0 END) AS BIGINT)"));
    Query::select()
        .column(Column::ConnectionId)
        .expr_as(sum("="), "kept")
        .expr_as(sum("<>"), "refused")
        .from(connection_tallies::Entity)
        .and_where(Column::ConnectionId.is_in(ids.iter().map(|id| id.uuid())))
        .and_where(Expr::col(Column::Day).eq(reach.day()))
        .group_by_col(Column::ConnectionId)
        .take()
}

/// The oldest events that wait for a worker. The partial index of the workers serves it whatever waits.
fn waiting() -> SelectStatement {
    use inbound_events::Column;
    let oldest = Query::select()
        .columns([Column::ConnectionId, Column::ReceivedAt])
        .from(inbound_events::Entity)
        .and_where(Expr::cust("status = 'PENDING'"))
        .order_by(Column::ReceivedAt, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .limit(MAX_WAITING_EVENTS)
        .take();
    Query::select()
        .column(Column::ConnectionId)
        .expr_as(Expr::cust("COUNT(*)"), "waiting_events")
        .expr_as(Expr::cust("MIN(received_at)"), "oldest_at")
        .from_subquery(oldest, "oldest")
        .group_by_col(Column::ConnectionId)
        .take()
}

/// What waits for a person, by its own partial index.
fn stuck(ids: &[ConnectionId]) -> SelectStatement {
    let count =
        |status: &str| Expr::cust(format!("CAST(SUM(CASE WHEN status = '{status}' THEN 1 ELSE 0 END) AS BIGINT)"));
    Query::select()
        .column(inbound_events::Column::ConnectionId)
        .expr_as(count("PARKED"), "parked")
        .expr_as(count("QUARANTINED"), "quarantined")
        .from(inbound_events::Entity)
        .and_where(inbound_events::Column::ConnectionId.is_in(ids.iter().map(|id| id.uuid())))
        .and_where(Expr::cust("status IN ('PARKED', 'QUARANTINED')"))
        .group_by_col(inbound_events::Column::ConnectionId)
        .take()
}
