//! The cashless report in GraphQL: scope, period and grouping in, rows with what they rest on out.

use async_graphql::{Enum, ID, InputObject, OneofObject, SimpleObject};
use entities::administrative_units;
use entities::catalogues::{FeeCategory, PaymentMethod};
use entities::codes::{CommuneCode, Month, ProvinceCode, SchoolCode};
use entities::ids::OrganizationId;
use entities::reports::cashless::{Coverage, Grouping, Report, Row, Scope, Share};
use entities::rollups::Tally;
use entities::time::Timestamp;

use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::scalars::{Moment, Vnd};

/// Whose figures a report shows (phạm vi báo cáo); only schools within your reach count.
#[derive(OneofObject, Debug)]
pub enum ReportScope {
    /// One school (mã trường).
    SchoolCode(String),
    /// The schools that an organization manages (cơ quan quản lý), each for the months at whose end it manages them.
    ManagingOrganizationId(ID),
    /// The schools that lie in a commune (mã xã, phường), whoever manages them.
    CommuneCode(String),
    /// The schools that lie in a province (mã tỉnh, thành phố).
    ProvinceCode(String),
}

impl ReportScope {
    /// The scope in the words of the ledger.
    ///
    /// # Errors
    /// The refusal of a malformed code or id.
    pub fn read(&self) -> Result<Scope, Fault> {
        let refused = |error: entities::codes::CodeError, field| Fault::from(entities::Refusal::from(error).at(field));
        Ok(match self {
            Self::SchoolCode(code) => {
                Scope::School(SchoolCode::parse(code).map_err(|error| refused(error, "scope.schoolCode"))?)
            }
            Self::ManagingOrganizationId(id) => {
                Scope::ManagingOrganization(OrganizationId::from_uuid(node_id::expect("Organization", id)?))
            }
            Self::CommuneCode(code) => {
                Scope::Commune(CommuneCode::parse(code).map_err(|error| refused(error, "scope.communeCode"))?)
            }
            Self::ProvinceCode(code) => {
                Scope::Province(ProvinceCode::parse(code).map_err(|error| refused(error, "scope.provinceCode"))?)
            }
        })
    }
}

/// The months that a report covers (kỳ báo cáo), both included; at most 60.
#[derive(InputObject, Debug)]
pub struct ReportPeriod {
    /// The first month (từ tháng), as `2025-09`.
    pub from: String,
    /// The last month (đến tháng), as `2026-05`.
    pub to: String,
}

impl ReportPeriod {
    /// The first and the last month.
    ///
    /// # Errors
    /// `MONTH_INVALID`.
    pub fn read(&self) -> Result<(Month, Month), Fault> {
        let month = |text: &str, field| {
            Month::parse(text).map_err(|error| Fault::from(entities::Refusal::from(error).at(field)))
        };
        Ok((month(&self.from, "period.from")?, month(&self.to, "period.to")?))
    }
}

/// What each row of the cashless report stands for (nhóm theo).
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
pub enum CashlessGrouping {
    /// One row for everything (không nhóm).
    None,
    /// A row for each school (trường).
    School,
    /// A row for each organization that managed schools in the period (cơ quan quản lý); a school that changed hands
    /// counts with each for its own months.
    ManagingOrganization,
    /// A row for each commune in which schools lie (xã, phường, đặc khu).
    Commune,
    /// A row for each province in which schools lie (tỉnh, thành phố).
    Province,
    /// A row for each month of the period (tháng), also where nothing was collected.
    Month,
    /// A row for each fee category (khoản thu). A payment over several categories counts once in each, so the rows do not
    /// add up to the total.
    FeeCategory,
    /// A row for each payment method (hình thức thanh toán).
    Method,
}

impl From<CashlessGrouping> for Grouping {
    fn from(grouping: CashlessGrouping) -> Self {
        match grouping {
            CashlessGrouping::None => Self::None,
            CashlessGrouping::School => Self::School,
            CashlessGrouping::ManagingOrganization => Self::ManagingOrganization,
            CashlessGrouping::Commune => Self::Commune,
            CashlessGrouping::Province => Self::Province,
            CashlessGrouping::Month => Self::Month,
            CashlessGrouping::FeeCategory => Self::FeeCategory,
            CashlessGrouping::Method => Self::Method,
        }
    }
}

/// The cashless report (báo cáo thanh toán không dùng tiền mặt), from sums that are kept with the money.
#[derive(SimpleObject, Debug)]
pub struct CashlessReport {
    /// The rows (các dòng), in the order of their keys. Rows by fee category do not add up to the total: a payment
    /// over several categories counts once in each.
    pub rows: Vec<CashlessRow>,
    /// The row over everything (tổng cộng). Null when there is no school in scope.
    pub total: Option<CashlessRow>,
    /// Everything received before this moment is in the figures (số liệu đầy đủ đến): the receipt of the oldest bank message
    /// for these schools that is still to be processed, or the moment of reading when there is none.
    pub complete_up_to: Moment,
}

/// What one group collected (một dòng của báo cáo).
#[derive(SimpleObject, Debug)]
pub struct CashlessRow {
    /// The code (mã của dòng) of the school, organization, commune, province, fee category or method, or the month;
    /// null for everything.
    pub key: Option<String>,
    /// The Vietnamese name of what the key stands for (tên); null for months and for everything.
    pub name: Option<String>,
    /// The organization behind the key (cơ quan quản lý); null in other groupings.
    pub managing_organization_id: Option<ID>,
    /// Number of cashless payments (tổng số lần giao dịch không dùng tiền mặt): settled credits, less those undone in the
    /// period. A credit whose method nobody stated came through a bank and counts; cash at school, cash paid in at a bank's
    /// counter or at a collection agent, deposits of the day's cash and a teacher's lump transfer do not.
    pub cashless_count: i64,
    /// Cashless money (tổng số tiền không dùng tiền mặt).
    pub cashless_amount: Vnd,
    /// Number of payments in cash (số lần thu tiền mặt): recorded in the hub or declared when closing the month's cash. What
    /// was declared has no category and stands in no row by fee category.
    pub cash_count: i64,
    /// Money in cash (số tiền mặt).
    pub cash_amount: Vnd,
    /// Cashless payments in percent of all payments, to two decimals (tỷ lệ số lần). Computed over the schools that have
    /// closed their cash for every month of the row's period; null when there is none, when nothing was collected, and by
    /// method. By fee category, a school that declared cash outside the hub is left out too.
    pub cashless_count_share: Option<f64>,
    /// Cashless money in percent of all money, to two decimals (tỷ lệ số tiền); null as `cashlessCountShare`.
    pub cashless_amount_share: Option<f64>,
    /// Number of credits that wait for a person (chưa đối soát), in none of the figures above.
    pub unmatched_count: i64,
    /// Money that waits for a person (tiền chờ đối soát).
    pub unmatched_amount: Vnd,
    /// Number of credits undone by the bank in the period (giao dịch bị đảo), taken off the figures above.
    pub reversed_count: i64,
    /// Money undone by the bank (tiền ngân hàng đảo).
    pub reversed_amount: Vnd,
    /// Number of credits given back in the period (hoàn tiền), not taken off the figures above.
    pub refunded_count: i64,
    /// Money given back (tiền hoàn trả).
    pub refunded_amount: Vnd,
    /// What the shares rest on (mức độ đầy đủ).
    pub coverage: CashlessCoverage,
}

/// How many schools the shares of a row rest on (độ bao phủ).
#[derive(SimpleObject, Debug)]
pub struct CashlessCoverage {
    /// Schools that existed in a month of the row's period (tổng số trường).
    pub schools_total: i64,
    /// Schools that have closed their cash for every such month (số trường đã khóa sổ tiền mặt).
    pub schools_closed: i64,
}

impl CashlessReport {
    /// The report of one grouping; `on` is the day whose administrative units name the keys.
    #[must_use]
    pub fn show(report: Report, grouping: Grouping, on: Timestamp) -> Self {
        Self {
            rows: report.rows.into_iter().map(|row| CashlessRow::show(row, grouping, on)).collect(),
            total: report.total.map(|row| CashlessRow::show(row, Grouping::None, on)),
            complete_up_to: report.complete_up_to.into(),
        }
    }
}

impl CashlessRow {
    fn show(row: Row, grouping: Grouping, on: Timestamp) -> Self {
        let Tally { count: cashless_count, amount: cashless_amount } = row.cashless;
        let Coverage { schools_total, schools_closed } = row.coverage;
        Self {
            name: row.name.or_else(|| name_of(&row.key, grouping, on)),
            key: (!row.key.is_empty()).then_some(row.key),
            managing_organization_id: row.organization.map(|id| node_id::encode("Organization", id.uuid())),
            cashless_count,
            cashless_amount: cashless_amount.into(),
            cash_count: row.cash.count,
            cash_amount: row.cash.amount.into(),
            cashless_count_share: row.count_share.and_then(percent),
            cashless_amount_share: row.amount_share.and_then(percent),
            unmatched_count: row.unmatched.count,
            unmatched_amount: row.unmatched.amount.into(),
            reversed_count: row.reversed.count,
            reversed_amount: row.reversed.amount.into(),
            refunded_count: row.refunded.count,
            refunded_amount: row.refunded.amount.into(),
            coverage: CashlessCoverage { schools_total, schools_closed },
        }
    }
}

fn name_of(key: &str, grouping: Grouping, on: Timestamp) -> Option<String> {
    match grouping {
        Grouping::Commune | Grouping::Province => {
            administrative_units::unit(key, on.vietnam_day()).map(|unit| unit.full_name.to_owned())
        }
        Grouping::FeeCategory => FeeCategory::parse(key).ok().map(|category| category.name_vi.to_owned()),
        Grouping::Method => PaymentMethod::parse(key).ok().map(|method| method.name_vi().to_owned()),
        _ => None,
    }
}

/// Hundredths of a percent as percent: exact to the two decimals shown, and the only float of the report.
fn percent(share: Share) -> Option<f64> {
    i32::try_from(share.basis_points()).ok().map(|basis_points| f64::from(basis_points) / 100.0)
}
