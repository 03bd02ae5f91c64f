//! Shares are null until cash is closed, and the sums are those of the money itself, whatever they are grouped by.

use serde_json::{Value, json};

use super::{percent, period, plant, report, row, rows, sum};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

/// Settled credits that found an invoice on a cashless way, by `what`, under `condition`.
async fn cashless(database: &Database, what: &str, condition: &str) -> i64 {
    let sql = format!(
        "SELECT CAST(COALESCE(SUM({what}), 0) AS BIGINT) FROM bank_transactions t JOIN schools s ON s.id = t.school_id \
         WHERE t.allocated_amount > 0 AND t.method <> 'COUNTER_CASH_IN' AND {condition}"
    );
    database.number(&sql).await
}

/// Everything else: cash at the bank's counter, cash at the desk and what closings declare.
async fn cash(database: &Database, what: &str, outside: &str, condition: &str) -> i64 {
    let sql = format!(
        "SELECT CAST((SELECT COALESCE(SUM({what}), 0) FROM bank_transactions t JOIN schools s ON s.id = t.school_id \
         WHERE t.allocated_amount > 0 AND t.method = 'COUNTER_CASH_IN' AND {condition}) + (SELECT COALESCE(SUM({what}), 0) \
         FROM cash_payments t JOIN schools s ON s.id = t.school_id WHERE {condition}) + (SELECT COALESCE(SUM({outside}), 0) \
         FROM cash_closings t JOIN schools s ON s.id = t.school_id WHERE {condition}) AS BIGINT)"
    );
    database.number(&sql).await
}

async fn a_share_is_null_until_cash_is_closed(database: Database) {
    plant(&database);
    let hub = Hub::start(&database).await;
    let officer = Caller::user(&hub, &database, "officer");
    let (province, both_years) = (json!({ "provinceCode": "37" }), period("2024-09", "2026-08"));

    let schools = report(&officer, province.clone(), both_years.clone(), "SCHOOL").await;
    assert_eq!(rows(&schools).len(), 12);
    for school in rows(&schools) {
        let late = school["key"] == "99000030";
        assert_eq!(school["cashlessCountShare"].is_null(), late, "{school:#}");
        assert_eq!(school["cashlessAmountShare"].is_null(), late, "{school:#}");
        let closed = i32::from(!late);
        assert_eq!(school["coverage"], json!({ "schoolsTotal": 1, "schoolsClosed": closed }));
    }
    // Without its last two months the same school has closed everything.
    let closed = report(&officer, json!({ "schoolCode": "99000030" }), period("2024-09", "2026-06"), "NONE").await;
    assert!(closed["rows"][0]["cashlessCountShare"].is_f64(), "{closed:#}");

    // The share of the province is that of the eleven that have closed; its sums are those of all twelve.
    let whole = report(&officer, province.clone(), both_years.clone(), "NONE").await;
    let total = &whole["rows"][0];
    assert_eq!(total["coverage"], json!({ "schoolsTotal": 12, "schoolsClosed": 11 }));
    assert_eq!(total["cashlessCount"], cashless(&database, "1", "TRUE").await);
    assert_eq!(total["cashlessAmount"], cashless(&database, "t.amount", "TRUE").await);
    assert_eq!(total["cashCount"], cash(&database, "1", "t.outside_count", "TRUE").await);
    let eleven = "s.code <> '99000030'";
    let (part, rest) = (cashless(&database, "1", eleven).await, cash(&database, "1", "t.outside_count", eleven).await);
    assert_eq!(total["cashlessCountShare"], percent(part, part + rest));
    let (part, rest) = (cashless(&database, "t.amount", eleven).await, cash_amount(&database, eleven).await);
    assert_eq!(total["cashlessAmountShare"], percent(part, part + rest));
    assert_eq!(whole["total"], whole["rows"][0]);

    // When nobody has closed, there is no share: neither 0 nor 100.
    let open_again = "DELETE FROM cash_closings WHERE month = 202601; \
                      UPDATE monthly_rollups SET closed = 0, outside_count = 0, outside_amount = 0 WHERE month = 202601; \
                      UPDATE yearly_rollups SET closed = closed - 1 WHERE school_year = 2025";
    database.execute(open_again).await;
    let open = report(&officer, province.clone(), both_years.clone(), "NONE").await;
    assert!(open["rows"][0]["cashlessCountShare"].is_null() && open["rows"][0]["cashlessAmountShare"].is_null());
    assert_eq!(open["rows"][0]["coverage"], json!({ "schoolsTotal": 12, "schoolsClosed": 0 }));
    let months = report(&officer, province, both_years, "MONTH").await;
    for month in rows(&months) {
        let nobody = month["key"] == "2026-01";
        assert_eq!(month["cashlessCountShare"].is_null(), nobody, "{month:#}");
    }
    assert_eq!(row(&months, "2026-08")["coverage"], json!({ "schoolsTotal": 12, "schoolsClosed": 11 }));
    hub.finish().await;
}

async fn cash_amount(database: &Database, condition: &str) -> i64 {
    cash(database, "t.amount", "t.outside_amount", condition).await
}

async fn every_grouping_counts_the_same_money(database: Database) {
    plant(&database);
    let hub = Hub::start(&database).await;
    let officer = Caller::user(&hub, &database, "officer");
    let (province, both_years) = (json!({ "provinceCode": "37" }), period("2024-09", "2026-08"));
    let ask = async |by: &str| report(&officer, province.clone(), both_years.clone(), by).await;
    let total: Value = ask("NONE").await["rows"][0].take();
    for by in ["SCHOOL", "MANAGING_ORGANIZATION", "COMMUNE", "PROVINCE", "MONTH", "METHOD"] {
        let grouped = ask(by).await;
        for field in ["cashlessCount", "cashlessAmount", "cashCount", "cashAmount", "unmatchedCount", "unmatchedAmount"]
        {
            assert_eq!(sum(rows(&grouped), field), total[field].as_i64().unwrap(), "{field} by {by}");
        }
        assert_eq!(grouped["total"], total, "by {by}");
    }
    // Whole school years are read from their own rows; wherever a period begins and ends, it is the sum of its months.
    for (from, to) in [("2024-10", "2026-08"), ("2024-09", "2026-07"), ("2025-03", "2025-12"), ("2025-09", "2026-08")] {
        let of = async |by: &str| report(&officer, province.clone(), period(from, to), by).await;
        let (whole, months) = (of("NONE").await, of("MONTH").await);
        for field in ["cashlessCount", "cashlessAmount", "cashCount", "cashAmount", "unmatchedAmount"] {
            let sum = sum(rows(&months), field);
            assert_eq!(whole["rows"][0][field].as_i64(), Some(sum), "{field} from {from} to {to}");
        }
    }
    let months = ask("MONTH").await;
    assert_eq!(rows(&months).len(), 24);
    let march = "t.booked_on >= '2026-03-01' AND t.booked_on < '2026-04-01'";
    assert_eq!(row(&months, "2026-03")["cashlessCount"], cashless(&database, "1", march).await);

    let methods = ask("METHOD").await;
    let qr = cashless(&database, "t.amount", "t.method = 'QR'").await;
    assert_eq!(row(&methods, "QR")["cashlessAmount"], qr);
    assert_eq!(row(&methods, "COUNTER_CASH_IN")["cashlessCount"], 0);
    assert!(rows(&methods).iter().all(|method| method["cashlessCountShare"].is_null()));

    // A payment over two categories counts once in each, so the categories are more than the total.
    let categories = ask("FEE_CATEGORY").await;
    assert!(sum(rows(&categories), "cashlessCount") > total["cashlessCount"].as_i64().unwrap());
    let amounts = sum(rows(&categories), "cashlessAmount");
    assert_eq!(amounts, total["cashlessAmount"].as_i64().unwrap());
    let water = "SELECT CAST(COUNT(DISTINCT a.id) AS BIGINT) FROM allocations a JOIN allocation_lines l \
                 ON l.allocation_id = a.id JOIN bank_transactions t ON t.id = a.bank_transaction_id \
                 WHERE l.category = 'NUOC_UONG' AND t.method <> 'COUNTER_CASH_IN'";
    assert_eq!(row(&categories, "NUOC_UONG")["cashlessCount"], database.number(water).await);
    assert_eq!(row(&categories, "NUOC_UONG")["name"], "Nước uống");
    hub.finish().await;
}

both_engines!(a_share_is_null_until_cash_is_closed, every_grouping_counts_the_same_money);
