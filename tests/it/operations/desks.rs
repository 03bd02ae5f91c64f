//! The desks of offices, accountants and banks.

use super::documents::{
    BankDesk, CashlessByCommune, CloseCash, OldUnit, RecordCash, ReviewQueue, Schools, bank_desk, cashless_by_commune,
    close_cash, old_unit, record_cash, review_queue, schools,
};
use super::{answer, signed_in};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

async fn the_desks_run(database: Database) {
    let hub = Hub::start_demo(&database).await;
    // Statistics that a server gathers by itself are off in the tests' cluster.
    database.execute("ANALYZE").await;
    a_provinces_office(&signed_in(&hub, &database, "so")).await;
    let told = crate::operators::demo::credentials(&database);
    let invoice = told["invoices"].as_array().unwrap().iter().find(|one| one["schoolCode"] == "99001401").unwrap();
    an_accountant(&signed_in(&hub, &database, "ke-toan-99001401"), invoice["code"].as_str().unwrap()).await;
    a_bank(&signed_in(&hub, &database, "demo-bank")).await;
    hub.finish().await;
}

both_engines!(the_desks_run);

async fn a_provinces_office(caller: &Caller<'_>) {
    let variables = cashless_by_commune::Variables {
        scope: cashless_by_commune::ReportScope::ProvinceCode("37".into()),
        period: cashless_by_commune::ReportPeriod { from: "2026-09".into(), to: "2026-10".into() },
        group_by: cashless_by_commune::CashlessGrouping::COMMUNE,
    };
    let report = answer::<CashlessByCommune>(caller, variables).await.cashless_report;
    let total = report.total.unwrap();
    assert!(report.rows.len() > 100 && total.cashless_amount > 0, "{total:?}");
    assert_eq!(report.rows.iter().map(|row| row.cashless_amount).sum::<i64>(), total.cashless_amount);

    let variables = schools::Variables { province: "37".into(), first: Some(3), after: None };
    let listed = answer::<Schools>(caller, variables).await.schools;
    let codes: Vec<_> = listed.edges.iter().map(|edge| edge.node.code.as_str()).collect();
    assert!(codes.len() == 3 && codes.is_sorted_by(|a, b| a > b) && listed.page_info.has_next_page, "{codes:?}");

    let variables = old_unit::Variables { code: Some("15".into()), on: Some("2025-06-30".into()) };
    let moved = answer::<OldUnit>(caller, variables).await.resolve_administrative_unit;
    assert_eq!(
        (moved[0].old.full_name.as_str(), moved[0].new[0].unit.full_name.as_str()),
        ("Tỉnh Yên Bái", "Tỉnh Lào Cai")
    );
}

async fn an_accountant(caller: &Caller<'_>, code: &str) {
    let variables = review_queue::Variables { filter: None, first: Some(10) };
    let queue = answer::<ReviewQueue>(caller, variables).await.review_queue;
    assert!(queue.nodes.iter().all(|money| money.review_reason.is_some()), "{queue:?}");

    let payment = record_cash::CashPaymentInput {
        amount: 1_000,
        invoice_code: code.into(),
        paid_on: "2026-11-20".into(),
        payer_name: Some("Trần Thị Thử (mẫu)".into()),
    };
    let input = record_cash::RecordCashPaymentsInput { idempotency_key: "quay-1".into(), payments: vec![payment] };
    let taken = answer::<RecordCash>(caller, record_cash::Variables { input }).await.record_cash_payments;
    assert_eq!(taken.rows[0].node.as_ref().map(|cash| cash.amount), Some(1_000), "{taken:?}");

    // No month of the future is closed: the refusal is data.
    let input = close_cash::CloseCashInput {
        school_code: "99001401".into(),
        month: "2099-12".into(),
        outside_count: 0,
        outside_amount: 0,
    };
    let closed = answer::<CloseCash>(caller, close_cash::Variables { input }).await.close_cash;
    assert!(closed.cash_closing.is_none() && closed.user_errors[0].code == "MONTH_NOT_OVER", "{closed:?}");
}

async fn a_bank(caller: &Caller<'_>) {
    let desk = answer::<BankDesk>(caller, bank_desk::Variables { filter: None, first: Some(5) }).await;
    assert!(!desk.connections.nodes.is_empty());
    let door = |bank: &str| if bank == "bill" { "/billing/" } else { "/webhooks/" };
    assert!(desk.connections.nodes.iter().all(|one| one.webhook_url.contains(door(&one.bank))), "{desk:?}");
    let keys = desk.connections.nodes[0].keys.as_ref().map(Vec::len);
    assert!(keys == Some(1) && desk.connections.nodes[0].health.assurance == "HIGH", "{desk:?}");
}
