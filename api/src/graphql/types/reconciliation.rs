//! A day of an account as its statements and the messages tell it.

use async_graphql::connection::Connection;
use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::NaiveDate;
use entities::ids::BankAccountId;
use entities::statements::{self, Outcome};

use super::bank_transaction::BankTransaction;
use super::statement::{Statement, StatementLine};
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::quick::{Quick, QuickPage};
use crate::graphql::scalars::{Day, Vnd};

/// How many, and how much together (số lượng và tổng số tiền).
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct CountAndSum {
    /// How many (số lượng).
    pub count: i64,
    /// How much together (tổng số tiền).
    pub amount: Vnd,
}

impl From<statements::Sum> for CountAndSum {
    fn from(sum: statements::Sum) -> Self {
        Self { count: sum.count, amount: sum.amount.into() }
    }
}

/// The reconciliation of an account's day (đối chiếu cuối ngày): what the bank's statements told against what messages told.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Reconciliation {
    /// The day (ngày đối chiếu).
    pub day: Day,
    /// The imported statements that cover the day, the latest first, fifty at most (các sao kê của ngày). Empty means that
    /// nothing can be said of messages that no statement confirms.
    pub statements: Vec<Statement>,
    /// The balance before the first line of the day (số dư đầu ngày), worked out from the opening balance of a statement without
    /// findings and the lines before; below zero for a debt, null when no such statement covers the day.
    pub opening_balance: Option<Vnd>,
    /// The balance behind the last line of the day (số dư cuối ngày), worked out in the same way; null when the opening one is.
    pub closing_balance: Option<Vnd>,
    /// Lines that messages told (dòng khớp với thông báo).
    pub confirmed_lines: CountAndSum,
    /// Lines of which no message told; they were booked from the statement (dòng không có thông báo).
    pub unheard_lines: CountAndSum,
    /// Lines whose message told another amount; they book nothing (dòng lệch số tiền).
    pub differing_lines: CountAndSum,
    /// Lines that take back earlier credits (dòng đảo giao dịch).
    pub reversal_lines: CountAndSum,
    /// Lines that are no fee (dòng không phải khoản thu).
    pub no_fee_lines: CountAndSum,
    /// Settled credits of the day of which messages told (giao dịch có thông báo).
    pub heard_transactions: CountAndSum,
    /// Those of them that a line confirms or contradicts (giao dịch có trong sao kê). A line of the next day counts: a bank may
    /// book what was told before midnight after it.
    pub confirmed_transactions: CountAndSum,
    #[graphql(skip)]
    of: (BankAccountId, NaiveDate),
}

impl Reconciliation {
    /// The day of an account.
    #[must_use]
    pub fn of(account: BankAccountId, on: NaiveDate, day: statements::Day) -> Self {
        let lines = |outcome| day.lines.get(&outcome).copied().unwrap_or_default().into();
        let balance = |dong: i64| Vnd(entities::money::Vnd::new(dong));
        Self {
            day: Day(on),
            opening_balance: day.balances.map(|(opening, _)| balance(opening)),
            closing_balance: day.balances.map(|(_, closing)| balance(closing)),
            confirmed_lines: lines(Outcome::Confirmed),
            unheard_lines: lines(Outcome::Unheard),
            differing_lines: lines(Outcome::Differs),
            reversal_lines: lines(Outcome::Reversal),
            no_fee_lines: lines(Outcome::NoFee),
            heard_transactions: day.heard.into(),
            confirmed_transactions: day.confirmed.into(),
            statements: day.statements.into_iter().map(Statement::from).collect(),
            of: (account, on),
        }
    }

    async fn lines(
        &self,
        ctx: &Context<'_>,
        outcome: Outcome,
        arguments: Arguments,
    ) -> Result<Connection<Cursor, StatementLine, Total>, Fault> {
        let request = Request::of(ctx)?;
        let (account, day) = self.of;
        let page = arguments.page_of(ctx)?;
        let found = statements::lines_of_day(request.db(), &request.reach, account, day, outcome, &page).await?;
        Ok(connection(found, Total::default(), StatementLine::from))
    }
}

#[ComplexObject]
impl Reconciliation {
    /// The lines of which no message told (các dòng không có thông báo).
    async fn unheard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, StatementLine, Total>, Fault> {
        self.lines(ctx, Outcome::Unheard, Arguments { first, after, last, before }).await
    }

    /// The lines whose message told another amount, each with its transaction (các dòng lệch số tiền).
    async fn differing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, StatementLine, Total>, Fault> {
        self.lines(ctx, Outcome::Differs, Arguments { first, after, last, before }).await
    }

    /// The settled credits of which messages told and that no line of any statement confirms or contradicts, in their order
    /// (giao dịch có thông báo nhưng không có trong sao kê). Null when no imported statement covers the day: then nothing can be
    /// said.
    async fn unconfirmed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Option<QuickPage<BankTransaction>>, Fault> {
        let page = Arguments { first, after, last, before }.page_of(ctx)?;
        if self.statements.is_empty() {
            return Ok(None);
        }
        let request = Request::of(ctx)?;
        let (account, day) = self.of;
        let found = statements::confirming_nothing(request.db(), &request.reach, account, day, &page).await?;
        Ok(Some(Quick(connection(found, Total::default(), |row| Quick(BankTransaction::shown(row))))))
    }
}
