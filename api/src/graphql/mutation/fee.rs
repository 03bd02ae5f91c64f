//! Creating fees: each names its account and stands on the law.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, Object};
use entities::batch::{Batch, RowResult};
use entities::catalogues::FeeCategory;
use entities::codes::SchoolYear;
use entities::fees::{self, NewFee};
use entities::idempotency::Attempt;
use entities::ids::{BankAccountId, FeeId, SchoolId};
use entities::{Refusal, transaction};

use super::attempt;
use super::bank_account::made;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code, or_refused};
use crate::graphql::node_id;
use crate::graphql::query::fee::school_named;
use crate::graphql::scalars::Vnd;
use crate::graphql::types::fee::Fee;
use crate::graphql::types::row::{Parsed, Rows};

/// Fees that a school wants to collect (tạo khoản thu).
#[derive(Clone, Debug, InputObject)]
pub struct CreateFeesInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input creates nothing again, with
    /// another input it is refused.
    pub idempotency_key: String,
    /// The school's code (mã trường).
    pub school_code: String,
    /// The fees (khoản thu), at most 500.
    pub fees: Vec<FeeInput>,
}

/// A fee (khoản thu). Fees that the law forbids are refused with `FEE_NOT_ALLOWED` and the legal basis.
#[derive(Clone, Debug, InputObject)]
pub struct FeeInput {
    /// The caller's own id (mã riêng), by which a repeat is known; only for clients. Null names none.
    pub external_id: Option<String>,
    /// The calendar year in which the school year starts (năm học).
    pub school_year: i32,
    /// The code of the category (mã khoản thu), such as `BAN_TRU_AN`.
    pub category: String,
    /// The name that families read (tên khoản thu); null takes the name of the category.
    pub name: Option<String>,
    /// Where it is written that it may be collected (căn cứ); null states nothing.
    pub legal_basis: Option<String>,
    /// The global id of the account into which it is paid (tài khoản thu), of the fund of the category's group.
    pub bank_account_id: ID,
    /// What one pays (mức thu); null when each invoice names its amount. Sponsorship never has one.
    pub amount: Option<Vnd>,
    /// The earlier school year for which it is still owed (thu nợ năm học); null for a fee of its own year.
    pub arrears_of: Option<i32>,
}

/// What is done with fees.
#[derive(Default)]
pub struct FeeMutation;

#[Object]
impl FeeMutation {
    /// Creates fees of a school (tạo khoản thu).
    async fn create_fees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school and its fees.")] input: CreateFeesInput,
    ) -> Result<Rows<Fee>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("createFees")?;
        let attempt = attempt(request, "createFees", &input.idempotency_key, &input)?;
        Ok(match or_refused(create(request, &attempt, input).await)? {
            Err(refused) => Rows::refused(refused),
            Ok(results) => {
                let ids: Vec<_> = made(&results).map(FeeId::from_uuid).collect();
                let found = fees::by_ids(request.db(), &request.reach, &ids).await?;
                let seen = found.into_iter().map(|(id, fee)| (id.uuid(), Fee::from(fee)));
                Rows::of(results, &seen.collect::<HashMap<_, _>>())
            }
        })
    }
}

async fn create(
    request: &Request,
    attempt: &Attempt,
    input: CreateFeesInput,
) -> Result<Vec<RowResult>, entities::Error> {
    let school = school_named(request, &input.school_code).await?;
    let parsed = Parsed::read(input.fees, |row| row.external_id.clone(), |row| fee(school, row))?;
    let batch = Batch { reach: &request.reach, attempt: Some(attempt), now: request.now };
    let results = transaction!(request.db(), |tx| fees::create(tx, &batch, &parsed.rows).await)?;
    Ok(parsed.with(results))
}

/// The row in the ledger's words.
pub(in crate::graphql) fn fee(school: SchoolId, row: FeeInput) -> Result<NewFee, Refusal> {
    let account = node_id::row("BankAccount", &row.bank_account_id).map_err(|refusal| refusal.at("bankAccountId"))?;
    Ok(NewFee {
        external_id: row.external_id,
        school,
        school_year: SchoolYear::starting(row.school_year).map_err(bad_code("schoolYear"))?,
        category: FeeCategory::parse(&row.category).map_err(bad_code("category"))?,
        name: row.name,
        legal_basis: row.legal_basis,
        account: BankAccountId::from_uuid(account),
        amount: row.amount.map(|amount| amount.0),
        arrears_of: row.arrears_of.map(SchoolYear::starting).transpose().map_err(bad_code("arrearsOf"))?,
    })
}
