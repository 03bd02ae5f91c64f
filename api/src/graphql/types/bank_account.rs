//! Bank accounts of schools and the virtual accounts that name students.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use connectors::bank_directory;
use entities::ids::{BankAccountId, SchoolId, StudentId, VirtualAccountId};
use entities::{bank_accounts, virtual_accounts};

use super::fee::FeeGroup;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::scalars::Moment;
use crate::graphql::shown::Shown;

/// A bank account of a school (tài khoản ngân hàng của trường).
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct BankAccount {
    /// The global id (mã toàn cục).
    pub id: ID,
    /// The bank's number in the national payment network (mã BIN).
    pub bank_bin: String,
    /// The bank's short name (tên ngân hàng); null when the directory does not know the number.
    pub bank_name: Option<&'static str>,
    /// The number without all but its last three characters (số tài khoản đã che); null without the right.
    pub number_masked: Shown<String>,
    /// The name of the holder (chủ tài khoản); null without the right.
    pub holder: Shown<String>,
    /// The fund (nhóm khoản thu): the group of fees that it may receive.
    pub fund: FeeGroup,
    /// When it was closed (ngày đóng); null while it is open.
    pub closed_at: Option<Moment>,
    #[graphql(skip)]
    row: BankAccountId,
}

impl BankAccount {
    /// The account as this caller may see it.
    #[must_use]
    pub fn of(request: &Request, account: bank_accounts::BankAccount) -> Self {
        let may = |field| request.may_read("BankAccount", field);
        Self {
            id: node_id::encode("BankAccount", account.id.uuid()),
            bank_name: bank_directory::by_bin(account.bank.as_str()).map(|bank| bank.short_name.as_str()),
            bank_bin: account.bank.as_str().to_owned(),
            number_masked: Shown::when(may("numberMasked"), masked(&account.number_tail)),
            holder: Shown::when(may("holder"), account.holder),
            fund: account.fund.into(),
            closed_at: account.closed_at.map(Moment),
            row: account.id,
        }
    }
}

#[ComplexObject]
impl BankAccount {
    /// The full number (số tài khoản); null without the right and purpose.
    async fn number(&self, ctx: &Context<'_>) -> Result<Shown<String>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("BankAccount", "number") {
            return Ok(Shown::Masked);
        }
        Ok(Shown::Value(request.loaders.load_one(NumberOf(self.row)).await?))
    }
}

/// A number that names one student (tài khoản định danh).
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct VirtualAccount {
    /// The global id (mã toàn cục).
    pub id: ID,
    /// The number without all but its last three characters (số đã che).
    pub number_masked: String,
    #[graphql(skip)]
    row: VirtualAccountId,
    #[graphql(skip)]
    account: BankAccountId,
}

impl From<virtual_accounts::VirtualAccount> for VirtualAccount {
    fn from(account: virtual_accounts::VirtualAccount) -> Self {
        Self {
            id: node_id::encode("VirtualAccount", account.id.uuid()),
            number_masked: masked(&account.number_tail),
            row: account.id,
            account: account.account,
        }
    }
}

#[ComplexObject]
impl VirtualAccount {
    /// The full number (số tài khoản định danh); null without the right and purpose.
    async fn number(&self, ctx: &Context<'_>) -> Result<Shown<String>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("VirtualAccount", "number") {
            return Ok(Shown::Masked);
        }
        let opened = virtual_accounts::numbers(request.db(), &request.reach, &[self.row]).await?;
        Ok(Shown::Value(opened.get(&self.row).map(|number| number.as_str().to_owned())))
    }

    /// The account in which the money lands (tài khoản nhận tiền); null when it lies outside the reach.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<BankAccount>, Fault> {
        let request = Request::of(ctx)?;
        let found = request.loaders.load_one(self.account).await?;
        Ok(found.map(|account| BankAccount::of(request, account)))
    }
}

/// As many stars as make it plain that something is hidden, whatever the number's length.
fn masked(tail: &str) -> String {
    format!("******{tail}")
}

impl Loader<BankAccountId> for Ledger {
    type Value = bank_accounts::BankAccount;
    type Error = Failed;

    async fn load(&self, keys: &[BankAccountId]) -> Result<HashMap<BankAccountId, Self::Value>, Failed> {
        Ok(bank_accounts::by_ids(&self.db, &self.reach, keys).await?)
    }
}

/// Which accounts has this school?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AccountsOf(pub SchoolId);

impl Loader<AccountsOf> for Ledger {
    type Value = Vec<bank_accounts::BankAccount>;
    type Error = Failed;

    async fn load(&self, keys: &[AccountsOf]) -> Result<HashMap<AccountsOf, Self::Value>, Failed> {
        let schools: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = bank_accounts::of_schools(&self.db, &self.reach, &schools).await?;
        Ok(found.into_iter().map(|(school, accounts)| (AccountsOf(school), accounts)).collect())
    }
}

/// Which virtual accounts name this student?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct VirtualAccountsOf(pub StudentId);

impl Loader<VirtualAccountsOf> for Ledger {
    type Value = Vec<virtual_accounts::VirtualAccount>;
    type Error = Failed;

    async fn load(&self, keys: &[VirtualAccountsOf]) -> Result<HashMap<VirtualAccountsOf, Self::Value>, Failed> {
        let students: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = virtual_accounts::of_students(&self.db, &self.reach, &students).await?;
        Ok(found.into_iter().map(|(student, accounts)| (VirtualAccountsOf(student), accounts)).collect())
    }
}

/// What is the full number of this account? Ask only for who may read it, or to draw a VietQR.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct NumberOf(pub BankAccountId);

impl Loader<NumberOf> for Ledger {
    type Value = String;
    type Error = Failed;

    async fn load(&self, keys: &[NumberOf]) -> Result<HashMap<NumberOf, String>, Failed> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let opened = bank_accounts::numbers(&self.db, &self.reach, &ids).await?;
        Ok(opened.into_iter().map(|(id, number)| (NumberOf(id), number.as_str().to_owned())).collect())
    }
}
