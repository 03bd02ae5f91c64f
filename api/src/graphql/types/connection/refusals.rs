//! What was not taken of connections: the first pages of many in one statement, further pages one by one.

use std::collections::HashMap;

use async_graphql::SimpleObject;
use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use entities::connections::{self, Tally};
use entities::ids::ConnectionId;
use entities::page::{Page, Rows, Slice};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::paging::{Cursor, Total, connection};
use crate::graphql::scalars::Day;

/// How many messages were not taken on one day for one reason (số thông điệp không được nhận theo ngày và lý do).
#[derive(SimpleObject, Clone, Debug)]
pub struct RefusalCount {
    /// The Vietnam day (ngày).
    pub day: Day,
    /// Stable code of the reason (mã lý do): `BAD_PROOF`, `ADDRESS_NOT_ALLOWED`, `BODY_TOO_LARGE`, `TOO_MANY`, `PAUSED`,
    /// `UNAVAILABLE` and others.
    pub code: String,
    /// How many (số thông điệp).
    pub messages: i64,
}

/// The first page of what was not taken of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RefusalsOf {
    connection: ConnectionId,
    rows: Rows,
}

impl Loader<RefusalsOf> for Ledger {
    type Value = Slice<Tally>;
    type Error = Failed;

    async fn load(&self, keys: &[RefusalsOf]) -> Result<HashMap<RefusalsOf, Self::Value>, Failed> {
        let mut questions: HashMap<Rows, Vec<ConnectionId>> = HashMap::new();
        for key in keys {
            questions.entry(key.rows).or_default().push(key.connection);
        }
        let mut found = HashMap::new();
        for (rows, ids) in questions {
            let pages = connections::refusals_of(&self.db, &self.reach, &ids, rows).await?;
            found.extend(pages.into_iter().map(|(connection, page)| (RefusalsOf { connection, rows }, page)));
        }
        Ok(found)
    }
}

pub(super) async fn of(
    request: &Request,
    id: ConnectionId,
    page: Page,
) -> Result<Connection<Cursor, RefusalCount, Total>, Fault> {
    let slice = if page.beyond.is_none() && !page.backward {
        let first = RefusalsOf { connection: id, rows: page.rows };
        request.loaders.load_one(first).await?.unwrap_or_else(Slice::empty)
    } else {
        connections::refusals(request.db(), &request.reach, id, &page).await?
    };
    let shown = |row: Tally| RefusalCount { day: Day(row.day), code: row.code, messages: row.messages };
    Ok(connection(slice, Total::default(), shown))
}
