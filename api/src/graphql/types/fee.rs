//! Fees with their catalogue: what is collected, on which basis, into which account.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::catalogues;
use entities::fees;
use entities::ids::{BankAccountId, FeeId, SchoolId};
use entities::page::{Rows, Slice};

use super::bank_account::BankAccount;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::scalars::{Moment, Vnd};

/// A group of fees by the ground on which they are collected (nhóm khoản thu). It is also the fund: money of one group must
/// not mix with another.
#[derive(Clone, Debug, SimpleObject)]
pub struct FeeGroup {
    /// The hub's code (mã nhóm khoản thu), such as `THEO_QUY_DINH`.
    pub code: &'static str,
    /// The Vietnamese name (tên nhóm khoản thu).
    pub name_vi: &'static str,
    /// The English name (tên tiếng Anh).
    pub name_en: &'static str,
}

impl From<catalogues::FeeGroup> for FeeGroup {
    fn from(group: catalogues::FeeGroup) -> Self {
        Self { code: group.code(), name_vi: group.name_vi(), name_en: group.name_en() }
    }
}

/// A category of fees (khoản thu) with the legal rule since the school year 2025-2026.
#[derive(Clone, Debug, SimpleObject)]
pub struct FeeCategory {
    /// The hub's code (mã khoản thu), such as `BAN_TRU_AN`.
    pub code: &'static str,
    /// The Vietnamese name (tên khoản thu).
    pub name_vi: &'static str,
    /// The English name (tên tiếng Anh).
    pub name_en: &'static str,
    /// The group (nhóm khoản thu), which is also the fund.
    pub group: FeeGroup,
    /// What it is counted by (đơn vị tính), in Vietnamese; null when it has no unit.
    pub unit_vi: Option<&'static str>,
    /// The legal rule (quy định), in Vietnamese.
    pub rule_vi: &'static str,
}

impl From<&'static catalogues::FeeCategory> for FeeCategory {
    fn from(category: &'static catalogues::FeeCategory) -> Self {
        Self {
            code: category.code,
            name_vi: category.name_vi,
            name_en: category.name_en,
            group: category.group.into(),
            unit_vi: category.unit_vi,
            rule_vi: category.rule_vi,
        }
    }
}

/// A fee of a school (khoản thu của trường).
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Fee {
    /// The global id (mã toàn cục).
    pub id: ID,
    /// The school year in which it is collected (năm học), named by its first calendar year.
    pub school_year: i32,
    /// What kind of money it is (loại khoản thu).
    pub category: FeeCategory,
    /// The name that families read (tên khoản thu).
    pub name: String,
    /// Where it is written that it may be collected (căn cứ); null when nobody stated it.
    pub legal_basis: Option<String>,
    /// What one pays (mức thu); null when each invoice names its amount.
    pub amount: Option<Vnd>,
    /// The earlier school year for which it is still owed (thu nợ năm học); null for a fee of its own year.
    pub arrears_of: Option<i32>,
    /// When it was closed (ngừng thu); null while invoices may use it.
    pub closed_at: Option<Moment>,
    #[graphql(skip)]
    account: BankAccountId,
}

impl From<fees::Fee> for Fee {
    fn from(fee: fees::Fee) -> Self {
        Self {
            id: node_id::encode("Fee", fee.id.uuid()),
            school_year: fee.school_year.start_year(),
            category: fee.category.into(),
            name: fee.name,
            legal_basis: fee.legal_basis,
            amount: fee.amount.map(Vnd),
            arrears_of: fee.arrears_of.map(|year| year.start_year()),
            closed_at: fee.closed_at.map(Moment),
            account: fee.account,
        }
    }
}

#[ComplexObject]
impl Fee {
    /// The account into which it is paid (tài khoản thu); null when it lies outside the reach.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<BankAccount>, Fault> {
        let request = Request::of(ctx)?;
        let found = request.loaders.load_one(self.account).await?;
        Ok(found.map(|account| BankAccount::of(request, account)))
    }
}

impl Loader<FeeId> for Ledger {
    type Value = fees::Fee;
    type Error = Failed;

    async fn load(&self, keys: &[FeeId]) -> Result<HashMap<FeeId, Self::Value>, Failed> {
        Ok(fees::by_ids(&self.db, &self.reach, keys).await?)
    }
}

/// A question for the first page of a school's fees.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct FeesOf {
    school: SchoolId,
    rows: Rows,
}

impl Loader<FeesOf> for Ledger {
    type Value = Slice<fees::Fee>;
    type Error = Failed;

    /// One statement for each size of page; a document has few of them, whatever the number of schools.
    async fn load(&self, keys: &[FeesOf]) -> Result<HashMap<FeesOf, Self::Value>, Failed> {
        let mut questions: HashMap<Rows, Vec<SchoolId>> = HashMap::new();
        for key in keys {
            questions.entry(key.rows).or_default().push(key.school);
        }
        let mut found = HashMap::new();
        for (rows, schools) in questions {
            let pages = fees::of_schools(&self.db, &self.reach, &schools, rows).await?;
            found.extend(pages.into_iter().map(|(school, page)| (FeesOf { school, rows }, page)));
        }
        Ok(found)
    }
}

/// The fees of a school, as its type answers them.
pub(super) async fn of_school(
    request: &Request,
    school: SchoolId,
    arguments: Arguments,
) -> Result<Connection<Cursor, Fee, Total>, Fault> {
    request.allow("fees")?;
    let page = arguments.page()?;
    let slice = if page.beyond.is_none() && !page.backward {
        request.loaders.load_one(FeesOf { school, rows: page.rows }).await?.unwrap_or_else(Slice::empty)
    } else {
        let filter = fees::Filter { school: Some(school), ..fees::Filter::default() };
        fees::visible(request.db(), &request.reach, &filter, &page).await?
    };
    Ok(connection(slice, Total::default(), Fee::from))
}
