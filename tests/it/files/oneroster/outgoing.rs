//! What the hub holds as a roster: under the asker's rights, without a flaw, and the same again when it comes back.

use connectors::oneroster::Row;
use entities::batch::Batch;
use entities::students::{Key, Upsert};
use entities::{Db, enrollments, students, transaction};
use serde_json::json;

use super::{archive, exported, file, flawless, imported, told};
use crate::files::planted;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::roster::plant::{COMMUNAL, SPECIAL, everything, joining, now, student, write_students};

/// Names as people have them, and as nobody should.
const NAMES: [&str; 6] = ["Trần Thị Thử Xanh", "Vũ Mẫu", "Mẫu", "Mẫu Mẫu", "=HYPERLINK(\"x\") Mẫu", "'+1 -1 @Mẫu"];
const CHANGES: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM changes WHERE kind NOT IN ('ImportRun', 'ExportRun')";

fn code(place: usize) -> String {
    format!("990000000{place}")
}

async fn people(db: &Db) {
    let phone = entities::codes::Phone::parse("01912345678", db.kind()).ok();
    let row = |(place, name): (usize, &&str)| Upsert {
        gender: Some(entities::catalogues::Gender::Male),
        phone: phone.clone(),
        personal_id: entities::codes::PersonalId::parse(&format!("09921900000{place}"), db.kind()).ok(),
        ..student(COMMUNAL, &code(place), name)
    };
    let mut rows: Vec<Upsert> = NAMES.iter().enumerate().map(row).collect();
    rows.push(student(SPECIAL, &code(9), "Trần Thị Ngoài"));
    let made = write_students(db, &everything(), &rows).await;
    assert!(made.iter().all(|row| row.errors.is_empty()), "{made:?}");
}

async fn what_goes_out_comes_in_unchanged(database: Database) {
    let client = planted(&database).await;
    people(&database.ledger().await).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    let (run, bytes) = exported(&caller, json!({})).await;
    assert!(run["file"]["name"].as_str().unwrap().starts_with("oneroster-2026-2027-20"), "{run}");
    let roster = flawless(&bytes);
    let lengths =
        [roster.orgs.len(), roster.courses.len(), roster.classes.len(), roster.users.len(), roster.roles.len()];
    assert_eq!((lengths, roster.demographics.len(), roster.enrollments.len()), ([1, 1, 1, 6, 6], 6, 6));
    assert_eq!(run["rowsWritten"], 2 + 1 + 1 + 1 + 6 * 4);
    let first = &roster.users[0];
    assert_eq!(
        (first.thing.family.as_str(), first.thing.middle.as_deref(), first.thing.given.as_str()),
        ("Trần", Some("Thị Thử"), "Xanh")
    );
    assert_eq!(first.thing.ids, [("MOET".to_owned(), code(0))]);
    assert_eq!((roster.orgs[0].thing.identifier.as_deref(), roster.sessions[0].thing.year), (Some(COMMUNAL), 2027));
    assert!(roster.users.iter().all(|row| row.change.is_none() && row.unread.is_empty()));
    let node = caller
        .data("query ($id: ID!) { node(id: $id) { ... on Student { fullName } } }", json!({"id": first.sourced_id}))
        .await;
    assert_eq!(node["node"]["fullName"], NAMES[0], "ids are those that queries take");
    for secret in ["09921900000", "Ngoài"] {
        let text = format!("{roster:?}");
        assert!(!text.contains(secret), "{secret}");
    }
    let before = database.number(CHANGES).await;
    let (again, rows) = imported(&caller, bytes, json!({})).await;
    let odd: Vec<String> = told(&rows).into_iter().filter(|row| !row.ends_with("UNCHANGED")).collect();
    assert_eq!(odd, ["courses.csv:2 NOT_KEPT ONEROSTER_NOT_KEPT"]);
    assert_eq!(
        (&again["unchanged"], &again["refused"], database.number(CHANGES).await),
        (&json!(28), &json!(0), before)
    );
    assert!(rows.iter().all(|row| row["notKept"] == json!([])), "{rows:?}");
    let (_, second) = exported(&caller, json!({"schoolCode": COMMUNAL})).await;
    assert_eq!(flawless(&second).users, roster.users, "the same again");
    hub.finish().await;
}

async fn a_delta_tells_what_changed_since(database: Database) {
    let client = planted(&database).await;
    let db = database.ledger().await;
    people(&db).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    database.until_told().await;
    let (first, _) = exported(&caller, json!({})).await;
    let since = &first["changesCursor"];
    let reach = everything();
    let batch = Batch { reach: &reach, attempt: None, now: now() };
    let ended = enrollments::Upsert {
        school_code: COMMUNAL.into(),
        key: enrollments::Key::Student(Key::MinistryCode(code(1))),
        external_id: None,
        student: None,
        joining: enrollments::Joining { to: "2026-10-01".parse().ok(), ..joining("2026-09-01") },
    };
    transaction!(db, |tx| enrollments::upsert(tx, &batch, std::slice::from_ref(&ended)).await).unwrap();
    let renamed = students::Upsert { enrollment: None, ..student(COMMUNAL, &code(0), "Trần Thị Thử Đỏ") };
    let newcomer = student(COMMUNAL, &code(7), "Lê Thị Mới");
    write_students(&db, &reach, &[renamed, newcomer]).await;
    database.until_told().await;
    let (run, bytes) = exported(&caller, json!({"since": since})).await;
    assert!(run["file"]["name"].as_str().unwrap().contains("-delta-"));
    let roster = flawless(&bytes);
    let is_deleted = |row: Option<connectors::oneroster::Change>| row.unwrap().is_deleted;
    let mut users: Vec<(String, bool)> =
        roster.users.iter().map(|row| (row.thing.given.clone(), is_deleted(row.change))).collect();
    users.sort();
    assert_eq!(users, [("Mới".to_owned(), false), ("Đỏ".to_owned(), false)], "whoever left is in no row of users");
    let ends =
        |rows: Vec<bool>| (rows.iter().filter(|ended| !**ended).count(), rows.iter().filter(|ended| **ended).count());
    assert_eq!(ends(roster.roles.iter().map(|row| is_deleted(row.change)).collect()), (2, 1));
    assert_eq!(ends(roster.enrollments.iter().map(|row| is_deleted(row.change)).collect()), (1, 1));
    let gone: Vec<&Row<_>> = roster.enrollments.iter().filter(|row| is_deleted(row.change)).collect();
    assert_eq!(gone[0].thing.end.map(|day| day.to_string()).as_deref(), Some("2026-10-01"));
    let before = database.number(CHANGES).await;
    let (again, rows) = imported(&caller, bytes, json!({})).await;
    assert_eq!(
        (&again["refused"], &again["updated"], database.number(CHANGES).await),
        (&json!(0), &json!(0), before),
        "{rows:#?}"
    );
    hub.finish().await;
}

async fn what_only_looks_like_a_formula_stays_what_it_is(database: Database) {
    let client = planted(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    let org = format!("s1,,,Trường (mẫu),school,{COMMUNAL},");
    let files = [
        file("academicSessions", super::incoming::SESSIONS, &["y26,,,Năm học,schoolYear,2026-09-01,2027-06-01,,2027"]),
        file("orgs", super::incoming::ORGS, &[&org]),
        file(
            "classes",
            super::incoming::CLASSES,
            &["k1,,,=1+1,01,c1,-1A,homeroom,s1,y26", "k2,,,\"'=2\",01,c1,1B,homeroom,s1,y26"],
        ),
    ];
    let (_, rows) = imported(&caller, archive(&files, "bulk"), json!({})).await;
    assert!(rows[2..].iter().all(|row| row["status"] == "CREATED"), "{rows:?}");
    let classes = "SELECT code || ' ' || name FROM school_classes WHERE name LIKE '%=%' ORDER BY code";
    assert_eq!(database.texts(classes).await, ["-1A =1+1", "1B =2"], "an apostrophe before a formula is a guard");
    let (_, bytes) = exported(&caller, json!({})).await;
    let mut titles: Vec<String> = flawless(&bytes).classes.into_iter().map(|row| row.thing.title).collect();
    titles.sort();
    assert_eq!(titles, ["=1+1", "=2", "Lớp 1A"]);
    hub.finish().await;
}

both_engines!(
    what_goes_out_comes_in_unchanged,
    a_delta_tells_what_changed_since,
    what_only_looks_like_a_formula_stays_what_it_is,
);
