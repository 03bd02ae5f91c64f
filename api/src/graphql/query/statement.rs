//! Questions about account statements, and about a day of an account.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object};
use entities::ids::{BankAccountId, SchoolId};
use entities::statements;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::scalars::Day;
use crate::graphql::types::reconciliation::Reconciliation;
use crate::graphql::types::statement::{Statement, StatementStatus};

/// Questions about account statements.
#[derive(Default)]
pub struct StatementQuery;

/// Which statements are wanted (điều kiện lọc sao kê); every condition given must hold.
#[derive(InputObject, Default)]
pub struct StatementFilter {
    /// Of this school only (trường).
    school_id: Option<ID>,
    /// Of this account only (tài khoản).
    bank_account_id: Option<ID>,
    /// In this status only (trạng thái).
    status: Option<StatementStatus>,
}

#[Object]
impl StatementQuery {
    /// Account statements within reach, the latest first (sao kê tài khoản).
    async fn statements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which statements; null means all in reach.")] filter: Option<StatementFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Statement, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("statements")?;
        let filter = filter.unwrap_or_default();
        let wanted = statements::Filter {
            school: filter.school_id.map(|id| node_id::expect("School", &id)).transpose()?.map(SchoolId::from_uuid),
            account: filter.bank_account_id.map(|id| account_of(&id)).transpose()?,
            status: filter.status.map(Into::into),
        };
        let page = Arguments { first, after, last, before }.page_of(ctx)?;
        let found = statements::visible(request.db(), &request.reach, &wanted, &page).await?;
        Ok(connection(found, Total::default(), Statement::from))
    }

    /// What an account's statements told of a day against what messages told (đối chiếu cuối ngày). Null when the account does
    /// not exist or lies outside the reach.
    async fn reconciliation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's global id.")] account_id: ID,
        #[graphql(desc = "The Vietnam day.")] day: Day,
    ) -> Result<Option<Reconciliation>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("reconciliation")?;
        let account = account_of(&account_id)?;
        let found = statements::day(request.db(), &request.reach, account, day.0).await?;
        Ok(found.map(|found| Reconciliation::of(account, day.0, found)))
    }
}

fn account_of(id: &ID) -> Result<BankAccountId, Fault> {
    node_id::expect("BankAccount", id).map(BankAccountId::from_uuid)
}
