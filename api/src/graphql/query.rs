//! The root query, one part per subject.

pub mod access;
pub mod administrative_units;
pub mod bank_account;
pub mod bill_reconciliation;
pub mod cashless_report;
pub mod changes;
pub mod classes;
pub mod connection;
pub mod cost;
pub mod fee;
pub mod invoice;
pub mod money;
pub mod nodes;
pub mod organizations;
pub mod runs;
pub mod school_profiles;
pub mod schools;
pub mod statement;
pub mod students;

use async_graphql::{Context, MergedObject, Object};

use self::cashless_report::CashlessReportQuery;
use self::money::MoneyQuery;
use super::context::Request;
use super::fault::Fault;
use super::scalars::Moment;

/// Everything that can be asked (truy vấn). The same question means "within my reach".
#[derive(MergedObject, Default)]
pub struct Query(
    HubQuery,
    access::AccessQuery,
    administrative_units::AdministrativeUnitQuery,
    bank_account::BankAccountQuery,
    bill_reconciliation::BillReconciliationQuery,
    changes::ChangeQuery,
    classes::ClassQuery,
    connection::ConnectionQuery,
    cost::CostQuery,
    fee::FeeQuery,
    invoice::InvoiceQuery,
    nodes::NodeQuery,
    organizations::OrganizationQuery,
    runs::RunQuery,
    school_profiles::SchoolProfileQuery,
    schools::SchoolQuery,
    statement::StatementQuery,
    students::StudentQuery,
    CashlessReportQuery,
    MoneyQuery,
);

/// Questions about the hub itself.
#[derive(Default)]
pub struct HubQuery;

#[Object]
impl HubQuery {
    /// The hub's time (giờ hệ thống); every reply of one request was computed for this moment.
    async fn now(&self, ctx: &Context<'_>) -> Result<Moment, Fault> {
        Ok(Request::of(ctx)?.now.into())
    }
}
