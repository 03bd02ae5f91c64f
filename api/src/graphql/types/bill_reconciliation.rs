//! How the days of banks that speak the bill protocol compared with the hub's: the first pages of what differs in one statement,
//! further pages one by one.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::bills::{self, Discrepancy, Reconciliation};
use entities::ids::BillReconciliationId;
use entities::page::{Rows, Slice};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::scalars::{Day, Moment, Vnd};
use crate::graphql::shown::Shown;

/// How a bank's day compared with the hub's (kết quả đối soát thu hộ), as it was last compared.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct BillReconciliation {
    /// Global id of the bank's connection (kết nối).
    pub connection_id: ID,
    /// The Vietnam day of the payments (ngày giao dịch).
    pub day: Day,
    /// Lines of the bank's file (số dòng).
    pub lines: i64,
    /// How many payments both sides know alike (số giao dịch khớp).
    pub matched: i64,
    /// When the bank's file came (thời điểm đối soát).
    pub compared_at: Moment,
    #[graphql(skip)]
    row: Reconciliation,
}

impl From<Reconciliation> for BillReconciliation {
    fn from(row: Reconciliation) -> Self {
        Self {
            connection_id: node_id::encode("Connection", row.connection.uuid()),
            day: Day(row.day),
            lines: row.line_count,
            matched: row.matched_count,
            compared_at: row.compared_at.into(),
            row,
        }
    }
}

#[ComplexObject]
impl BillReconciliation {
    /// The sum of the payments that both sides know alike (tổng tiền khớp); null when the caller may not read it.
    async fn matched_amount(&self, ctx: &Context<'_>) -> Result<Shown<Vnd>, Fault> {
        let may_read = Request::of(ctx)?.may_read("BillReconciliation", "matchedAmount");
        Ok(Shown::when(may_read, Vnd(self.row.matched_amount)))
    }

    /// Where the sides differ, in the order of the bank's file, then what is not in it (các giao dịch lệch).
    async fn discrepancies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, BillDiscrepancy, Total>, Fault> {
        let request = Request::of(ctx)?;
        let (page, id) = (Arguments { first, after, last, before }.page_of(ctx)?, self.row.id);
        let slice = if page.beyond.is_none() && !page.backward {
            let first = DiscrepanciesOf { reconciliation: id, rows: page.rows };
            request.loaders.load_one(first).await?.unwrap_or_else(Slice::empty)
        } else {
            bills::discrepancies(request.db(), &request.reach, id, &page).await?
        };
        Ok(connection(slice, Total::default(), BillDiscrepancy::from))
    }
}

/// A payment on which the bank and the hub differ (giao dịch lệch).
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct BillDiscrepancy {
    /// What differs (mã lệch): `MISSING_AT_HUB` (taken in by the file), `UNKNOWN_AT_HUB`, `MISSING_AT_BANK`, `AMOUNT_DIFFERS`,
    /// `STATUS_DIFFERS`, `REFUSED_AT_HUB`, `DUPLICATE_IN_FILE`, `WRONG_DAY`, `UNREADABLE`.
    pub code: String,
    /// The row in the bank's file, whose header is row 1 (dòng); null when the file does not have it.
    pub row: Option<u64>,
    /// The bank's reference (số tham chiếu); null when the line could not be read.
    pub bank_reference: Option<String>,
    #[graphql(skip)]
    amounts: (Option<entities::money::Vnd>, Option<entities::money::Vnd>),
}

impl From<Discrepancy> for BillDiscrepancy {
    fn from(row: Discrepancy) -> Self {
        Self {
            code: row.code,
            row: row.row,
            bank_reference: row.bank_reference,
            amounts: (row.bank_amount, row.hub_amount),
        }
    }
}

#[ComplexObject]
impl BillDiscrepancy {
    /// The bank's amount (số tiền theo ngân hàng); null when the line is not there or cannot be read, and when the caller may
    /// not read it.
    async fn bank_amount(&self, ctx: &Context<'_>) -> Result<Shown<Vnd>, Fault> {
        let may_read = Request::of(ctx)?.may_read("BillDiscrepancy", "bankAmount");
        Ok(Shown::when(may_read, self.amounts.0.map(Vnd)))
    }

    /// The hub's amount (số tiền theo hệ thống); null when the hub does not know the payment, and when the caller may not read
    /// it.
    async fn hub_amount(&self, ctx: &Context<'_>) -> Result<Shown<Vnd>, Fault> {
        let may_read = Request::of(ctx)?.may_read("BillDiscrepancy", "hubAmount");
        Ok(Shown::when(may_read, self.amounts.1.map(Vnd)))
    }
}

/// The first page of what differs in a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DiscrepanciesOf {
    reconciliation: BillReconciliationId,
    rows: Rows,
}

impl Loader<DiscrepanciesOf> for Ledger {
    type Value = Slice<Discrepancy>;
    type Error = Failed;

    async fn load(&self, keys: &[DiscrepanciesOf]) -> Result<HashMap<DiscrepanciesOf, Self::Value>, Failed> {
        let mut questions: HashMap<Rows, Vec<BillReconciliationId>> = HashMap::new();
        for key in keys {
            questions.entry(key.rows).or_default().push(key.reconciliation);
        }
        let mut found = HashMap::new();
        for (rows, ids) in questions {
            let pages = bills::discrepancies_of(&self.db, &self.reach, &ids, rows).await?;
            found.extend(
                pages.into_iter().map(|(reconciliation, page)| (DiscrepanciesOf { reconciliation, rows }, page)),
            );
        }
        Ok(found)
    }
}
