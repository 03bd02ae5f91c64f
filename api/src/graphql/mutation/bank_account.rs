//! Opening accounts and giving out virtual ones.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, Object};
use entities::bank_accounts::{self, NewBankAccount};
use entities::batch::{Batch, RowResult};
use entities::catalogues::FeeGroup;
use entities::codes::{AccountNumber, BankBin, VirtualAccountNumber};
use entities::ids::{BankAccountId, SchoolId, VirtualAccountId};
use entities::virtual_accounts::{self, NewVirtualAccount};
use entities::{Refusal, transaction};
use uuid::Uuid;

use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code, or_refused};
use crate::graphql::node_id;
use crate::graphql::query::fee::school_named;
use crate::graphql::types::bank_account::{BankAccount, VirtualAccount};
use crate::graphql::types::row::{Parsed, Rows};
use crate::graphql::types::student_key::StudentKey;

/// Accounts that a school wants to collect with (đăng ký tài khoản ngân hàng).
#[derive(Clone, Debug, InputObject)]
pub struct CreateBankAccountsInput {
    /// The school's code (mã trường).
    pub school_code: String,
    /// The accounts (tài khoản), at most 500.
    pub accounts: Vec<BankAccountInput>,
}

/// An account of a school (tài khoản ngân hàng). The same account again changes nothing.
#[derive(Clone, Debug, InputObject)]
pub struct BankAccountInput {
    /// The bank's six digits in the national payment network (mã BIN).
    pub bank_bin: String,
    /// The full number (số tài khoản), never a masked one.
    pub number: String,
    /// The name of the holder (chủ tài khoản), as the bank writes it.
    pub holder: String,
    /// The code of the fund (nhóm khoản thu): the group of fees that it may receive.
    pub fund: String,
}

/// Numbers that shall name students (cấp tài khoản định danh).
#[derive(Clone, Debug, InputObject)]
pub struct CreateVirtualAccountsInput {
    /// The virtual accounts (tài khoản định danh), at most 500.
    pub virtual_accounts: Vec<VirtualAccountInput>,
}

/// A number that names one student, for ever (tài khoản định danh). The same again changes nothing.
#[derive(Clone, Debug, InputObject)]
pub struct VirtualAccountInput {
    /// The global id of the account in which the money lands (tài khoản nhận tiền); it gives the school.
    pub bank_account_id: ID,
    /// The student (học sinh), who is or was at that school.
    pub student: StudentKey,
    /// The full number (số tài khoản định danh), never a masked one.
    pub number: String,
}

/// What is done with accounts.
#[derive(Default)]
pub struct BankAccountMutation;

#[Object]
impl BankAccountMutation {
    /// Registers bank accounts of a school (đăng ký tài khoản ngân hàng).
    async fn create_bank_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school and its accounts.")] input: CreateBankAccountsInput,
    ) -> Result<Rows<BankAccount>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("createBankAccounts")?;
        Ok(match or_refused(create_accounts(request, input).await)? {
            Err(refused) => Rows::refused(refused),
            Ok(results) => {
                let ids: Vec<_> = made(&results).map(BankAccountId::from_uuid).collect();
                let found = bank_accounts::by_ids(request.db(), &request.reach, &ids).await?;
                let seen = found.into_iter().map(|(id, account)| (id.uuid(), BankAccount::of(request, account)));
                Rows::of(results, &seen.collect::<HashMap<_, _>>())
            }
        })
    }

    /// Gives out virtual accounts (cấp tài khoản định danh).
    async fn create_virtual_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The numbers and the students whom they name.")] input: CreateVirtualAccountsInput,
    ) -> Result<Rows<VirtualAccount>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("createVirtualAccounts")?;
        Ok(match or_refused(create_virtual(request, input).await)? {
            Err(refused) => Rows::refused(refused),
            Ok(results) => {
                let ids: Vec<_> = made(&results).map(VirtualAccountId::from_uuid).collect();
                let found = virtual_accounts::by_ids(request.db(), &request.reach, &ids).await?;
                let seen = found.into_iter().map(|(id, account)| (id.uuid(), VirtualAccount::from(account)));
                Rows::of(results, &seen.collect::<HashMap<_, _>>())
            }
        })
    }
}

async fn create_accounts(request: &Request, input: CreateBankAccountsInput) -> Result<Vec<RowResult>, entities::Error> {
    let school = school_named(request, &input.school_code).await?;
    let parsed = Parsed::read(input.accounts, |_| None, |row| account(school, row))?;
    let batch = Batch { reach: &request.reach, attempt: None, now: request.now };
    let results = transaction!(request.db(), |tx| bank_accounts::create(tx, &batch, &parsed.rows).await)?;
    Ok(parsed.with(results))
}

fn account(school: SchoolId, row: BankAccountInput) -> Result<NewBankAccount, Refusal> {
    Ok(NewBankAccount {
        school,
        bank: BankBin::parse(&row.bank_bin).map_err(bad_code("bankBin"))?,
        number: AccountNumber::parse(&row.number).map_err(bad_code("number"))?,
        holder: row.holder,
        fund: FeeGroup::parse(&row.fund).map_err(bad_code("fund"))?,
    })
}

async fn create_virtual(
    request: &Request,
    input: CreateVirtualAccountsInput,
) -> Result<Vec<RowResult>, entities::Error> {
    let parsed = Parsed::read(input.virtual_accounts, |_| None, virtual_account)?;
    let batch = Batch { reach: &request.reach, attempt: None, now: request.now };
    let results = transaction!(request.db(), |tx| virtual_accounts::create(tx, &batch, &parsed.rows).await)?;
    Ok(parsed.with(results))
}

fn virtual_account(row: VirtualAccountInput) -> Result<NewVirtualAccount, Refusal> {
    let account = node_id::row("BankAccount", &row.bank_account_id).map_err(|refusal| refusal.at("bankAccountId"))?;
    Ok(NewVirtualAccount {
        account: BankAccountId::from_uuid(account),
        student: row.student.try_into()?,
        number: VirtualAccountNumber::parse(&row.number).map_err(bad_code("number"))?,
    })
}

/// The ids of the things that a batch made or found.
pub(crate) fn made(results: &[RowResult]) -> impl Iterator<Item = Uuid> {
    results.iter().filter_map(|row| row.id)
}
