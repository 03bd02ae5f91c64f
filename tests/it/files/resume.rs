//! R30: an import whose hub is killed again and again writes each page once, and one whose owner is revoked stops.

use std::time::{Duration, Instant};

use serde_json::json;

use super::imports::{ended, line, results, started};
use super::planted;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::{program, rounds};

const ROWS_READ: &str = "SELECT CAST(COALESCE(MAX(rows_read), 0) AS BIGINT) FROM runs";

fn many(count: usize) -> String {
    (0..count).map(|n| format!("{}\n", line(&format!("hs-{n}"), "Trần Thị Mẫu"))).collect()
}

async fn a_killed_import_goes_on_without_a_gap_or_a_double(database: Database) {
    let client = planted(&database).await;
    let mut hub = Hub::start(&database).await;
    let token = program::run(&database, &["token", "--client", &client.to_string()]);
    let count = if rounds(0) > 0 { 100_000 } else { 12_000 };
    let id = started(&Caller::with_token(&hub, token.trim()), &many(count), json!({})).await;
    for kill in 1..=3 {
        let wanted = i64::try_from(count * kill / 5).unwrap();
        let begun = Instant::now();
        while database.number(ROWS_READ).await < wanted {
            assert!(begun.elapsed() < Duration::from_secs(120), "the import stands still\n{}", hub.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        hub.kill();
        let read = database.number(ROWS_READ).await;
        let made = database.number("SELECT CAST(COUNT(*) AS BIGINT) FROM students").await;
        assert_eq!(read, made, "a page is all or nothing");
        assert!(kill == 3 || read < i64::try_from(count).unwrap(), "killed too late to prove anything");
        hub.again().await;
    }
    let caller = Caller::with_token(&hub, token.trim());
    let run = ended(&caller, &id).await;
    assert_eq!((&run["status"], &run["created"], &run["rowsRead"]), (&json!("DONE"), &json!(count), &json!(count)));
    let rows = results(&caller, &run).await;
    let numbers: Vec<usize> = rows.iter().map(|row| usize::try_from(row["line"].as_u64().unwrap()).unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=count), "a result for each line, once, in order");
    assert!(rows.iter().all(|row| row["status"] == "CREATED"));
    let doubled = "SELECT CAST(COUNT(*) AS BIGINT) FROM enrollments";
    assert_eq!(database.number(doubled).await, i64::try_from(count).unwrap());
    hub.finish().await;
}

async fn a_revoked_client_stops_in_the_middle(database: Database) {
    let client = planted(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    started(&caller, &many(20_000), json!({})).await;
    let begun = Instant::now();
    while database.number(ROWS_READ).await < 500 {
        assert!(begun.elapsed() < Duration::from_secs(120), "the import stands still\n{}", hub.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    program::run(&database, &["client", "revoke", &client.to_string()]);
    let failed = "SELECT CAST(COUNT(*) AS BIGINT) FROM runs WHERE status = 'FAILED' AND failure = 'NO_LONGER_ALLOWED'";
    while database.number(failed).await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(180), "a revoked client still imports\n{}", hub.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (read, made) =
        (database.number(ROWS_READ).await, database.number("SELECT CAST(COUNT(*) AS BIGINT) FROM students").await);
    assert!(read == made && read < 20_000, "{read} rows read, {made} students made");
    hub.finish().await;
}

both_engines!(a_killed_import_goes_on_without_a_gap_or_a_double, a_revoked_client_stops_in_the_middle);
