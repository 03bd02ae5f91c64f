//! Who may send and fetch rosters, and what stands in them for whom.

use serde_json::{Value, json};

use super::{EXPORT, archive, exported, flawless};
use crate::files::imports::START;
use crate::files::{planted, refusal, send, sent};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::roster::plant::{COMMUNAL, SPECIAL, everything, student, write_students};

async fn what_may_not_be_read_is_left_blank(database: Database) {
    let client = planted(&database).await;
    let db = database.ledger().await;
    let born = students(&db).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let looks = "SELECT CAST(COUNT(*) AS BIGINT) FROM access_log WHERE kind = 'Student' AND request_id LIKE 'export %'";
    let (run, bytes) = exported(&caller, json!({})).await;
    let roster = flawless(&bytes);
    assert_eq!((roster.users.len(), roster.enrollments.len()), (1, 1));
    let masked: Vec<&str> = run["maskedFields"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for field in ["fullName", "birthDate", "phone", "gender", "ministryCode"] {
        assert!(masked.contains(&format!("Student.{field}").as_str()), "{field}: {masked:?}");
    }
    let user = &roster.users[0].thing;
    assert_eq!((user.family.as_str(), user.given.as_str(), &user.full_name, &user.phone), ("", "", &None, &None));
    assert_eq!((user.ids.len(), &user.identifier), (0, &None));
    assert!(roster.demographics.iter().all(|row| row.thing.birth_date.is_none() && row.thing.sex.is_none()));
    let before = database.number(looks).await;
    let caller = caller.for_purpose("SCHOOL_MANAGEMENT");
    let (_, bytes) = exported(&caller, json!({})).await;
    let roster = flawless(&bytes);
    assert_eq!((roster.users[0].thing.given.as_str(), roster.demographics[0].thing.birth_date), ("Mẫu", born));
    let user = &roster.users[0].thing;
    assert_eq!((user.phone.as_deref(), user.identifier.as_deref()), (Some("+841912345678"), Some("9900000001")));
    assert_eq!(roster.demographics[0].thing.sex.as_deref(), Some("female"));
    assert_eq!(database.number(looks).await, before + 1, "each child whose record is shown is written down once");
    hub.finish().await;
}

async fn students(db: &entities::Db) -> Option<chrono::NaiveDate> {
    let mut rows = [student(COMMUNAL, "9900000001", "Trần Thị Mẫu"), student(SPECIAL, "9900000002", "Lê Thị Khác")];
    rows[0].gender = Some(entities::catalogues::Gender::Female);
    rows[0].phone = entities::codes::Phone::parse("01912345678", db.kind()).ok();
    let made = write_students(db, &everything(), &rows).await;
    assert!(made.iter().all(|row| row.errors.is_empty()));
    rows[0].birth_date
}

async fn only_who_may_write_rosters_sends_one(database: Database) {
    let client = planted(&database).await;
    let create =
        ["contract", "create", "--client", &client.to_string(), "--number", "HD-MAU-0", "--scope", "roster:read"];
    let less = ["--purpose", "SCHOOL_MANAGEMENT", "--school", COMMUNAL, "--from", "2025-01-01"];
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    let zip = [("content-type", "application/zip")];
    let file = sent(&caller, archive(&[], "bulk"), &zip).await;
    program::run(&database, &[&create[..], &less[..]].concat());
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    assert_eq!(refusal(send(&caller, archive(&[], "bulk"), &zip).await).await, (403, "FORBIDDEN".into()));
    let asked = caller.ask(START, json!({"input": {"kind": "ONEROSTER", "fileId": file["id"]}})).await;
    let code =
        asked.body.pointer("/data/startImport/userErrors/0/code").or(asked.body.pointer("/errors/0/extensions/code"));
    assert_eq!(code, Some(&json!("FORBIDDEN")), "{:#}", asked.body);
    hub.finish().await;
}

async fn an_export_is_of_a_year_and_of_a_school_in_reach(database: Database) {
    let client = planted(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    for (input, code, field) in [
        (json!({"kind": "ONEROSTER"}), "REQUIRED", "schoolYear"),
        (json!({"kind": "ONEROSTER", "schoolYear": 2026, "schoolCode": SPECIAL}), "NOT_FOUND", "schoolCode"),
        (json!({"kind": "ONEROSTER", "schoolYear": 2026, "since": "x"}), "BAD_CURSOR", "since"),
        (json!({"kind": "STUDENTS", "since": "x"}), "BAD_INPUT", "since"),
    ] {
        let said = caller.data(EXPORT, json!({ "input": input })).await["startExport"].take();
        assert_eq!(said["userErrors"], json!([{"code": code, "field": field}]), "{input}");
    }
    hub.finish().await;
}

both_engines!(
    what_may_not_be_read_is_left_blank,
    only_who_may_write_rosters_sends_one,
    an_export_is_of_a_year_and_of_a_school_in_reach,
);
