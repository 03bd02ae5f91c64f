//! Questions about money: transactions, events, and what waits for a person.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object};
use entities::ids::{BankTransactionId, ConnectionId, SchoolId};
use entities::{bank_transactions, inbox};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::quick::{Quick, QuickPage};
use crate::graphql::scalars::Day;
use crate::graphql::types::bank_transaction::{BankTransaction, BankTransactionStatus, extent};
use crate::graphql::types::inbound_event::{InboundEvent, InboundEventStatus};

/// Questions about money.
#[derive(Default)]
pub struct MoneyQuery;

/// Which bank transactions are wanted (điều kiện lọc giao dịch); every condition given must hold.
#[derive(InputObject, Default)]
pub struct BankTransactionFilter {
    /// Of this school only (trường).
    school_id: Option<ID>,
    /// Through this connection only (kết nối).
    connection_id: Option<ID>,
    /// In this status only (trạng thái).
    status: Option<BankTransactionStatus>,
    /// Booked on or after this day (từ ngày hạch toán).
    booked_from: Option<Day>,
    /// Booked on or before this day (đến ngày hạch toán).
    booked_to: Option<Day>,
}

/// Which events are wanted (điều kiện lọc sự kiện); every condition given must hold.
#[derive(InputObject, Default)]
pub struct InboundEventFilter {
    /// Of this connection only (kết nối).
    connection_id: Option<ID>,
    /// In this status only (trạng thái xử lý).
    status: Option<InboundEventStatus>,
    /// Only what senders told when they were asked and no message had told (true; chỉ giao dịch phát hiện khi đối chiếu), or only
    /// messages (false).
    listed: Option<bool>,
}

#[Object]
impl MoneyQuery {
    /// Bank transactions within reach, newest booking first (giao dịch ngân hàng).
    async fn bank_transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transactions; null means all in reach.")] filter: Option<BankTransactionFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<QuickPage<BankTransaction>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("bankTransactions")?;
        let filter = filter.unwrap_or_default().read()?;
        transactions(ctx, request, filter, Arguments { first, after, last, before }).await
    }

    /// One bank transaction within reach (một giao dịch ngân hàng). Null when there is none.
    async fn bank_transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The transaction's global id.")] id: ID,
    ) -> Result<Option<BankTransaction>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("bankTransactions")?;
        let id = BankTransactionId::from_uuid(node_id::expect("BankTransaction", &id)?);
        Ok(request.loaders.load_one(id).await?.map(BankTransaction::shown))
    }

    /// Money that waits for a person, newest booking first, each with its reason (hàng chờ đối soát).
    async fn review_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transactions; null means all in reach.")] filter: Option<BankTransactionFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<QuickPage<BankTransaction>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("reviewQueue")?;
        let filter = bank_transactions::Filter { waiting: true, ..filter.unwrap_or_default().read()? };
        transactions(ctx, request, filter, Arguments { first, after, last, before }).await
    }

    /// Events that banks sent, newest first, never their content (sự kiện nhận từ ngân hàng).
    async fn inbound_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which events; null means all in reach.")] filter: Option<InboundEventFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, InboundEvent, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("inboundEvents")?;
        let filter = filter.unwrap_or_default();
        let wanted = inbox::EventFilter {
            connection: filter
                .connection_id
                .map(|id| node_id::expect("Connection", &id))
                .transpose()?
                .map(ConnectionId::from_uuid),
            status: filter.status.map(|status| status.word().to_owned()),
            listed: filter.listed,
        };
        let page = Arguments { first, after, last, before }.page()?;
        let total = if ctx.look_ahead().field("totalCount").exists() {
            let (count, capped) = inbox::count(request.db(), &request.reach, &wanted).await?;
            Total { total_count: Some(count), total_count_is_capped: capped }
        } else {
            Total::default()
        };
        let slice =
            inbox::visible(request.db(), &request.reach, &wanted, &page).await?.try_map(InboundEvent::try_from)?;
        Ok(connection(slice, total, |event| event))
    }
}

impl BankTransactionFilter {
    /// The filter in the ledger's words.
    ///
    /// # Errors
    /// `BAD_ID`.
    pub(in crate::graphql) fn read(self) -> Result<bank_transactions::Filter, Fault> {
        Ok(bank_transactions::Filter {
            school: self.school_id.map(|id| node_id::expect("School", &id)).transpose()?.map(SchoolId::from_uuid),
            connection: self
                .connection_id
                .map(|id| node_id::expect("Connection", &id))
                .transpose()?
                .map(ConnectionId::from_uuid),
            status: self.status.map(Into::into),
            booked_from: self.booked_from.map(|day| day.0),
            booked_to: self.booked_to.map(|day| day.0),
            waiting: false,
        })
    }
}

async fn transactions(
    ctx: &Context<'_>,
    request: &Request,
    filter: bank_transactions::Filter,
    arguments: Arguments,
) -> Result<QuickPage<BankTransaction>, Fault> {
    let page = arguments.page_of(ctx)?;
    let total = if ctx.look_ahead().field("totalCount").exists() {
        let (count, capped) = bank_transactions::count(request.db(), &request.reach, &filter).await?;
        Total { total_count: Some(count), total_count_is_capped: capped }
    } else {
        Total::default()
    };
    let (extent, allocations) = extent([ctx.field()]);
    let slice = bank_transactions::visible(request.db(), &request.reach, &filter, &page, extent, allocations).await?;
    Ok(Quick(connection(slice, total, |row| Quick(BankTransaction::shown(row)))))
}
