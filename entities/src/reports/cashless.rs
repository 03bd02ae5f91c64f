//! The cashless report (báo cáo thanh toán không dùng tiền mặt): how much of what a school collects comes without cash, per
//! school and period and summed upward. It reads roll-ups, cash closings and the management tree of the period, nothing else.

mod read;
mod share;
mod statement;

pub use share::Share;
pub(crate) use statement::schools_of;

use crate::codes::{CommuneCode, Month, ProvinceCode, SchoolCode};
use crate::db::Db;
use crate::error::{Error, Refusal};
use crate::ids::OrganizationId;
use crate::reach::Reach;
use crate::rollups::Tally;
use crate::time::Timestamp;

/// Months that one report covers at most: five school years.
pub const MAX_PERIOD_MONTHS: usize = 60;

/// Whose figures are wanted; only schools in the caller's reach count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// One school, by its code.
    School(SchoolCode),
    /// The schools that an organization manages, each for the months in which it does.
    ManagingOrganization(OrganizationId),
    /// The schools that lie in a commune, whoever manages them.
    Commune(CommuneCode),
    /// The schools that lie in a province.
    Province(ProvinceCode),
}

/// What each row of a report stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grouping {
    /// One row for everything.
    None,
    /// A row for each school.
    School,
    /// A row for each organization that managed a school of the scope in a month of the period.
    ManagingOrganization,
    /// A row for each commune in which a school lies.
    Commune,
    /// A row for each province in which a school lies.
    Province,
    /// A row for each month, also where nothing was collected.
    Month,
    /// A row for each fee category. A payment over several categories counts once in each: the rows do not add up.
    FeeCategory,
    /// A row for each payment method.
    Method,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Query {
    /// Whose figures.
    pub scope: Scope,
    /// The first month.
    pub from: Month,
    /// The last month, included.
    pub to: Month,
    /// What each row stands for.
    pub grouping: Grouping,
    /// Whether the row over everything is wanted too; it costs a second reading.
    pub with_total: bool,
}

/// The figures and what they are worth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The rows, in the order of their keys.
    pub rows: Vec<Row>,
    /// The row over everything; none when it was not asked for.
    pub total: Option<Row>,
    /// Everything that arrived before this moment is in the figures: the receipt of the oldest message for these schools that
    /// is still to be processed, or the moment of reading.
    pub complete_up_to: Timestamp,
}

/// What was collected by one group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The school's, organization's, commune's, province's, category's or method's code, or the month as `2026-09`; empty for
    /// the row over everything.
    pub key: String,
    /// The name of the school or organization; none for keys that a catalogue names.
    pub name: Option<String>,
    /// The organization behind the key; none in other groupings.
    pub organization: Option<OrganizationId>,
    /// Cashless payments, less those undone in the period.
    pub cashless: Tally,
    /// Payments in cash: at school, at a bank's counter, at a collection agent, and what was declared when closing cash.
    pub cash: Tally,
    /// Cashless payments of all payments by number; none until cash is closed.
    pub count_share: Option<Share>,
    /// Cashless money of all money; none until cash is closed.
    pub amount_share: Option<Share>,
    /// Credits that wait for a person, not counted above.
    pub unmatched: Tally,
    /// Credits undone in the period, taken off above.
    pub reversed: Tally,
    /// Credits given back in the period, not taken off above.
    pub refunded: Tally,
    /// What the shares rest on.
    pub coverage: Coverage,
}

/// How many schools the shares rest on.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Coverage {
    /// Schools that existed in a month of the row's period.
    pub schools_total: i64,
    /// Those that have closed their cash for every such month. Only they stand in the shares.
    pub schools_closed: i64,
}

/// The cashless report within a reach.
///
/// # Errors
/// `NOT_FOUND` when no school of the scope lies in the reach, `PERIOD_INVALID` for a period that is empty or too long.
pub async fn cashless(db: &Db, reach: &Reach, query: &Query, now: Timestamp) -> Result<Report, Error> {
    let months = Month::span(query.from, query.to).take(MAX_PERIOD_MONTHS + 1).count();
    if months == 0 || months > MAX_PERIOD_MONTHS {
        return Err(Refusal::new(
            "PERIOD_INVALID",
            format!("A period has 1 to {MAX_PERIOD_MONTHS} months, the first not after the last."),
            format!("Kỳ báo cáo gồm 1 đến {MAX_PERIOD_MONTHS} tháng, tháng đầu không sau tháng cuối."),
        )
        .at("period")
        .into());
    }
    // Before the figures, so that the moment never promises more than they hold.
    let complete_up_to = read::complete_up_to(db, reach, &query.scope, now).await?;
    let rows = read::rows(db, reach, query).await?;
    let total = match (query.with_total, query.grouping) {
        (false, _) => None,
        (true, Grouping::None) => rows.first().cloned(),
        (true, _) => {
            let whole = Query { grouping: Grouping::None, ..query.clone() };
            read::rows(db, reach, &whole).await?.into_iter().next()
        }
    };
    Ok(Report { rows, total, complete_up_to })
}
