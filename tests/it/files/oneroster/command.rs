//! `lienthong import oneroster` and `export oneroster`: the same flows by the operator on the machine.

use std::fs;

use serde_json::{Value, json};

use super::flawless;
use crate::files::planted;
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::program;
use crate::roster::plant::{COMMUNAL, SPECIAL, everything, student, write_students};

async fn the_operator_moves_rosters(database: Database) {
    planted(&database).await;
    let db = database.ledger().await;
    let rows = [student(COMMUNAL, "9900000001", "Trần Thị Mẫu"), student(SPECIAL, "9900000002", "Lê Thị Mẫu")];
    write_students(&db, &everything(), &rows).await;
    let path = |name: &str| database.data_dir().join(name).display().to_string();
    program::run(&database, &["export", "oneroster", "--year", "2026", "--out", &path("all.zip")]);
    let roster = flawless(&fs::read(path("all.zip")).unwrap());
    assert_eq!((roster.orgs.len(), roster.users.len(), roster.enrollments.len()), (2, 2, 2));
    program::run(&database, &["export", "oneroster", "--year", "2026", "--school", SPECIAL, "--out", &path("one.zip")]);
    let roster = flawless(&fs::read(path("one.zip")).unwrap());
    assert_eq!((roster.orgs.len(), roster.users[0].thing.family.as_str()), (1, "Lê"));
    let said = program::run(
        &database,
        &["import", "oneroster", &path("all.zip"), "--results", &path("results.ndjson"), "--json"],
    );
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&said["status"], &said["unchanged"], &said["refused"]),
        (&json!("DONE"), &json!(2 + 2 + 2 + 2 * 4), &json!(0))
    );
    let results = fs::read_to_string(path("results.ndjson")).unwrap();
    assert_eq!(results.lines().count(), 2 + 2 + 2 + 2 + 2 * 4);
    let wrong = program::try_run(&database, &["export", "oneroster"]);
    assert_eq!(wrong.code, Some(1), "a roster is of one year");
}

both_engines!(the_operator_moves_rosters);
