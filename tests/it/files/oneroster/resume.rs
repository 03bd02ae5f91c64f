//! R30 for rosters: whoever is killed in the middle goes on, in and out, without a gap or a double.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde_json::json;

use super::incoming::{CLASSES, ENROLLMENTS, ORGS, ROLES, SESSIONS, USERS};
use super::{archive, exported, file, flawless, started};
use crate::files::imports::{ended, results};
use crate::files::planted;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::roster::plant::COMMUNAL;

const STUDENTS: usize = 3_000;
/// Rows before those of people, and the rows of the whole archive.
const BEFORE: usize = 1 + 1 + 1;
const ROWS: usize = BEFORE + 3 * STUDENTS;

fn school() -> Vec<u8> {
    let org = format!("s1,,,Trường (mẫu),school,{COMMUNAL},");
    let rows = |row: &dyn Fn(usize) -> String| (0..STUDENTS).map(row).collect::<Vec<_>>();
    let users = rows(&|n| format!("u{n},,,true,u{n},,Mẫu,Trần,Thị,,,s1"));
    let roles = rows(&|n| format!("r{n},,,u{n},primary,student,s1"));
    let enrolled = rows(&|n| format!("e{n},,,k1,s1,u{n},student,2026-09-01,"));
    let text = |rows: &'_ [String]| rows.join("\r\n");
    archive(
        &[
            file("academicSessions", SESSIONS, &["y26,,,Năm học,schoolYear,2026-09-01,2027-06-01,,2027"]),
            file("orgs", ORGS, &[&org]),
            file("classes", CLASSES, &["k1,,,Lớp 1B,01,c1,1B,homeroom,s1,y26"]),
            file("users", USERS, &[&text(&users)]),
            file("roles", ROLES, &[&text(&roles)]),
            file("enrollments", ENROLLMENTS, &[&text(&enrolled)]),
        ],
        "bulk",
    )
}

/// Kills the hub when the run has read, or written, so many rows.
async fn killed_at(hub: &mut Hub<'_>, database: &Database, wanted: usize, direction: &str) {
    let rows = format!("SELECT rows_read FROM runs WHERE direction = '{direction}' ORDER BY created_at DESC LIMIT 1");
    let begun = Instant::now();
    while database.number(&rows).await < i64::try_from(wanted).unwrap() {
        assert!(begun.elapsed() < Duration::from_secs(120), "it stands still\n{}", hub.log());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    hub.kill();
    hub.again().await;
}

async fn a_killed_roster_goes_on_without_a_gap_or_a_double(database: Database) {
    let client = planted(&database).await;
    let mut hub = Hub::start(&database).await;
    let token = program::run(&database, &["token", "--client", &client.to_string()]);
    let id = started(&Caller::with_token(&hub, token.trim()), school(), json!({})).await.unwrap();
    for wanted in [BEFORE + 500, BEFORE + 2 * STUDENTS + 500] {
        killed_at(&mut hub, &database, wanted, "IMPORT").await;
    }
    let caller = Caller::with_token(&hub, token.trim()).for_purpose("SCHOOL_MANAGEMENT");
    let run = ended(&caller, &id).await;
    assert_eq!(
        (&run["status"], &run["rowsRead"], &run["created"]),
        (&json!("DONE"), &json!(ROWS), &json!(STUDENTS + 1))
    );
    let seen: HashSet<String> =
        results(&caller, &run).await.iter().map(|row| format!("{} {}", row["file"], row["line"])).collect();
    assert_eq!(seen.len(), ROWS, "a result for each row, once");
    for table in ["students", "enrollments"] {
        let made = database.number(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}")).await;
        assert_eq!(made, i64::try_from(STUDENTS).unwrap(), "{table}");
    }
    let links = database.number("SELECT CAST(COUNT(*) AS BIGINT) FROM external_ids").await;
    assert_eq!(links, i64::try_from(2 * STUDENTS + 1).unwrap());
    let (_, whole) = exported(&caller, json!({})).await;
    let begun = caller.data(super::EXPORT, json!({"input": {"kind": "ONEROSTER", "schoolYear": 2026}})).await;
    let id = begun["startExport"]["exportRun"]["id"].clone();
    killed_at(&mut hub, &database, 4_000, "EXPORT").await;
    let caller = Caller::with_token(&hub, token.trim()).for_purpose("SCHOOL_MANAGEMENT");
    let again = fetched(&caller, &id).await;
    assert_eq!(flawless(&again), flawless(&whole), "the killed archive is the whole one");
    assert_eq!(flawless(&again).enrollments.len(), STUDENTS);
    hub.finish().await;
}

/// The bytes of an export that was begun.
async fn fetched(caller: &Caller<'_>, id: &serde_json::Value) -> Vec<u8> {
    let begun = Instant::now();
    loop {
        let run = caller.data(super::LOOK, json!({ "id": id })).await["exportRun"].take();
        if let Some(url) = run["file"]["url"].as_str() {
            let path = &url[url.find("/files/").unwrap()..];
            let answer = caller.request(reqwest::Method::GET, path).send().await.unwrap();
            return answer.bytes().await.unwrap().to_vec();
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "still not ended: {run:#}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

both_engines!(a_killed_roster_goes_on_without_a_gap_or_a_double);
