//! Questions about bank accounts.

use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
use entities::bank_accounts;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::query::fee::school_of;
use crate::graphql::types::bank_account::BankAccount;

/// Questions about bank accounts.
#[derive(Default)]
pub struct BankAccountQuery;

#[Object]
impl BankAccountQuery {
    /// The bank accounts of schools within reach (tài khoản ngân hàng), the oldest first.
    async fn bank_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of the school with this code (mã trường); null means all within reach.")]
        school_code: Option<String>,
        #[graphql(desc = "How many from the front, 1 to 200; null means 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins; null begins at the front.")] after: Option<String>,
        #[graphql(desc = "How many from the back, 1 to 200; null reads from the front.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends; null ends at the back.")] before: Option<String>,
    ) -> Result<Connection<Cursor, BankAccount, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("bankAccounts")?;
        let school = school_of(request, school_code).await?;
        let page = Arguments { first, after, last, before }.page()?;
        let slice = bank_accounts::visible(request.db(), &request.reach, school, &page).await?;
        Ok(connection(slice, Total::default(), |account| BankAccount::of(request, account)))
    }
}
