//! Figures that offices rely on: the cashless report says what it does not know, and `verify` names every row that is wrong.

mod cashless;
mod scopes;
mod verify;

use serde_json::{Value, json};

use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::program;

const REPORT: &str = "query ($scope: ReportScope!, $period: ReportPeriod!, $by: CashlessGrouping!) {
  cashlessReport(scope: $scope, period: $period, groupBy: $by) { completeUpTo total { ...row } rows { ...row } } }
fragment row on CashlessRow { key name managingOrganizationId cashlessCount cashlessAmount cashCount cashAmount
  cashlessCountShare cashlessAmountShare unmatchedCount unmatchedAmount reversedCount refundedCount
  coverage { schoolsTotal schoolsClosed } }";

/// Twelve schools over two school years, and an officer of their province. The first school has not closed its last months.
fn plant(database: &Database) {
    program::run(database, &["bench", "seed", "--schools", "12", "--students", "24", "--payments", "900"]);
    let officer = ["user", "create", "officer", "--display-name", "Cán bộ Mẫu", "--role", "PROVINCE_OFFICER"];
    program::run(database, &[&officer[..], &["--province", "37"]].concat());
}

fn period(from: &str, to: &str) -> Value {
    json!({ "from": from, "to": to })
}

async fn report(caller: &Caller<'_>, scope: Value, period: Value, by: &str) -> Value {
    let variables = json!({ "scope": scope, "period": period, "by": by });
    caller.data(REPORT, variables).await["cashlessReport"].take()
}

fn rows(report: &Value) -> &[Value] {
    report["rows"].as_array().unwrap()
}

fn row<'r>(report: &'r Value, key: &str) -> &'r Value {
    rows(report).iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("no row {key} in {report:#}"))
}

fn sum(rows: &[Value], field: &str) -> i64 {
    rows.iter().map(|row| row[field].as_i64().unwrap()).sum()
}

fn percent(part: i64, whole: i64) -> Value {
    json!(f64::from(i32::try_from((part * 20_000 + whole) / (2 * whole)).unwrap()) / 100.0)
}
