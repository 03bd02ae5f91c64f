//! Whose schools stand in a report: those in reach, of the organization that managed them in that month, and how far the
//! figures are complete.

use serde_json::json;

use super::{REPORT, period, plant, report, rows, sum};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::clock;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

/// Payments of the province with a condition over school and day.
async fn paid(database: &Database, condition: &str) -> i64 {
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM bank_transactions t JOIN schools s ON s.id = t.school_id \
         WHERE t.allocated_amount > 0 AND t.method <> 'COUNTER_CASH_IN' AND {condition}"
    );
    database.number(&sql).await
}

async fn a_school_counts_with_who_managed_it_then(database: Database) {
    plant(&database);
    let hub = Hub::start(&database).await;
    let officer = Caller::user(&hub, &database, "officer");
    let around = period("2025-05", "2025-08");
    let offices = report(&officer, json!({ "provinceCode": "37" }), around.clone(), "MANAGING_ORGANIZATION").await;
    let department = rows(&offices).iter().find(|row| row["key"] == "BENCH-SO-37").unwrap();
    // Until June it managed all twelve; since July the communes manage all but the one upper secondary school.
    assert_eq!(department["coverage"]["schoolsTotal"], 12);
    let before = paid(&database, "t.booked_on >= '2025-05-01' AND t.booked_on < '2025-07-01'").await;
    let after = paid(&database, "t.booked_on >= '2025-07-01' AND t.booked_on < '2025-09-01' AND s.levels = '04'").await;
    assert_eq!(department["cashlessCount"], before + after);
    assert_eq!(rows(&offices).len(), 12, "the department and the communes of eleven schools");

    let scope = json!({ "managingOrganizationId": department["managingOrganizationId"] });
    let months = report(&officer, scope.clone(), around.clone(), "MONTH").await;
    let schools: Vec<_> = rows(&months).iter().map(|month| &month["coverage"]["schoolsTotal"]).collect();
    assert_eq!(schools, [12, 12, 1, 1]);
    assert_eq!(sum(rows(&months), "cashlessCount"), before + after);
    let whole = report(&officer, scope, around, "NONE").await;
    assert_eq!(whole["rows"][0]["cashlessCount"], before + after);
    hub.finish().await;
}

async fn outside_the_reach_nothing_is_found(database: Database) {
    plant(&database);
    let principal = ["user", "create", "principal", "--display-name", "Hiệu trưởng Mẫu", "--role", "PRINCIPAL"];
    program::run(&database, &[&principal[..], &["--school", "99000030"]].concat());
    let hub = Hub::start(&database).await;
    let principal = Caller::user(&hub, &database, "principal");
    let year = period("2025-09", "2026-08");
    let own = report(&principal, json!({ "provinceCode": "37" }), year.clone(), "SCHOOL").await;
    assert_eq!(rows(&own).len(), 1);
    assert_eq!(own["total"]["coverage"]["schoolsTotal"], 1);
    for scope in
        [json!({ "schoolCode": "99000031" }), json!({ "schoolCode": "99999999" }), json!({ "provinceCode": "15" })]
    {
        let answer = principal.ask(REPORT, json!({ "scope": scope, "period": year, "by": "NONE" })).await;
        assert_eq!(answer.codes(), ["NOT_FOUND"], "{scope}");
    }
    for (from, to) in [("2026-09", "2026-08"), ("2010-01", "2026-08")] {
        let scope = json!({ "provinceCode": "37" });
        let answer = principal.ask(REPORT, json!({ "scope": scope, "period": period(from, to), "by": "NONE" })).await;
        assert_eq!(answer.codes(), ["PERIOD_INVALID"], "{from} to {to}");
    }
    hub.finish().await;
}

async fn figures_say_up_to_when_they_are_complete(database: Database) {
    plant(&database);
    let hub = Hub::start_as(program::Build::Normal, &database, &[("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0")]).await;
    let officer = Caller::user(&hub, &database, "officer");
    let ask = async |code: &str| {
        let found = report(&officer, json!({ "schoolCode": code }), period("2026-01", "2026-08"), "NONE").await;
        found["completeUpTo"].as_str().unwrap().to_owned()
    };
    let year = 1970 + clock::unix_seconds() / 31_557_600;
    assert!(ask("99000030").await.starts_with(&year.to_string()), "with nothing to do, it is the moment of reading");
    // An event of a connection that speaks for the first school alone.
    database
        .execute(
            "INSERT INTO connections (id, bank, name, extra, version, created_at) \
             SELECT id, 'sepay', 'pending', '{}', 1, 0 FROM schools WHERE code = '99000030'; \
             INSERT INTO connection_accounts (connection_id, bank_account_id) SELECT s.id, b.id FROM schools s \
             JOIN bank_accounts b ON b.school_id = s.id WHERE s.code = '99000030'; \
             INSERT INTO inbound_events (id, connection_id, event_key, event_id, message_id, digest, notice_sealed, status, \
             received_at) SELECT id, id, 'a', 'a', id, account_index, account_index, 'PENDING', 1700000000000000 FROM \
             (SELECT s.id, b.account_index FROM schools s JOIN bank_accounts b ON b.school_id = s.id \
             WHERE s.code = '99000030' LIMIT 1) one",
        )
        .await;
    assert_eq!(ask("99000030").await, "2023-11-15T05:13:20.000000+07:00");
    assert!(ask("99000031").await.starts_with(&year.to_string()), "another school does not wait for it");
    database.execute("UPDATE inbound_events SET status = 'PARKED'").await;
    assert!(ask("99000030").await.starts_with(&year.to_string()), "a parked event is processed");
    hub.finish().await;
}

both_engines!(
    a_school_counts_with_who_managed_it_then,
    outside_the_reach_nothing_is_found,
    figures_say_up_to_when_they_are_complete,
);
