//! Reads the rows of the report and the moment up to which they are complete.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use uuid::Uuid;

use super::statement::{Words, schools_of};
use super::{Coverage, Grouping, Query, Row, Scope, Share};
use crate::codes::Month;
use crate::db::Db;
use crate::error::{Error, Refusal};
use crate::ids::OrganizationId;
use crate::money::Vnd;
use crate::reach::Reach;
use crate::rollups::Tally;
use crate::time::Timestamp;

/// The receipt of the oldest event that no worker has processed yet, over the connections that speak for schools of the scope.
pub(super) async fn complete_up_to(db: &Db, reach: &Reach, scope: &Scope, now: Timestamp) -> Result<Timestamp, Error> {
    let backend = db.read().get_database_backend();
    let schools = schools_of(reach, scope, backend);
    let sql = format!(
        "WITH scope AS ({}) SELECT (SELECT COUNT(*) FROM (SELECT id FROM scope LIMIT 1) one) AS found, \
         (SELECT e.received_at FROM inbound_events e WHERE e.status = 'PENDING' AND e.connection_id IN \
         (SELECT ca.connection_id FROM connection_accounts ca JOIN bank_accounts a ON a.id = ca.bank_account_id \
         JOIN scope s ON s.id = a.school_id) ORDER BY e.received_at, e.id LIMIT 1) AS pending",
        schools.sql
    );
    let row = db.read().query_one_raw(Statement { sql, ..schools }).await?;
    let row = row.ok_or_else(|| Error::internal("a question without a table answered nothing"))?;
    if row.try_get::<i64>("", "found")? == 0 {
        return Err(Refusal::not_found("The scope of the report").at("scope").into());
    }
    let pending: Option<i64> = row.try_get("", "pending")?;
    Ok(pending.map_or(now, Timestamp::from_micros))
}

/// The rows of one grouping.
pub(super) async fn rows(db: &Db, reach: &Reach, query: &Query) -> Result<Vec<Row>, Error> {
    let words = Words {
        backend: db.read().get_database_backend(),
        reach,
        scope: &query.scope,
        grouping: query.grouping,
        from: query.from,
        to: query.to,
    };
    let found = db.read().query_all_raw(words.statement()).await?;
    found.iter().map(|row| shown(row, query.grouping)).collect()
}

fn shown(row: &QueryResult, grouping: Grouping) -> Result<Row, Error> {
    let tally = |name: &str| -> Result<Tally, Error> {
        let count = row.try_get("", &format!("{name}_count"))?;
        Ok(Tally { count, amount: Vnd::new(row.try_get("", &format!("{name}_amount"))?) })
    };
    let (part, rest) = (tally("closed_cashless")?, tally("closed_cash")?);
    let whole = part.plus(rest)?;
    // A method is cashless or it is not: its share says nothing.
    let has_share = grouping != Grouping::Method;
    let share = |part, whole| if has_share { Share::of(part, whole) } else { None };
    let (key, name, organization): (String, String, String) =
        (row.try_get("", "key")?, row.try_get("", "name")?, row.try_get("", "organization")?);
    Ok(Row {
        key: if grouping == Grouping::Month { month(&key)? } else { key },
        name: (!name.is_empty()).then_some(name),
        organization: Uuid::parse_str(&organization).ok().map(OrganizationId::from_uuid),
        cashless: tally("cashless")?,
        cash: tally("cash")?,
        count_share: share(part.count, whole.count),
        amount_share: share(part.amount.get(), whole.amount.get()),
        unmatched: tally("unmatched")?,
        reversed: tally("reversed")?,
        refunded: tally("refunded")?,
        coverage: Coverage {
            schools_total: row.try_get("", "schools_total")?,
            schools_closed: row.try_get("", "schools_closed")?,
        },
    })
}

fn month(number: &str) -> Result<String, Error> {
    let number = number.parse().map_err(Error::internal)?;
    Ok(Month::new(number).map_err(Error::internal)?.to_string())
}
