//! `lienthong import` and `export`: the same flows by the operator on the machine.

use std::fs;

use serde_json::{Value, json};

use super::planted;
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::program;
use crate::roster::plant::COMMUNAL;

async fn the_operator_imports_and_exports(database: Database) {
    planted(&database).await;
    let row = |code: &str, name: &str| {
        json!({"key": {"ministryCode": code}, "fullName": name, "birthDate": "2019-03-02",
               "enrollment": {"schoolYear": 2026, "classCode": "1A", "validFrom": "2026-09-01"}})
    };
    let lines = [row("9900000001", "Trần Thị Mẫu"), row("9900000002", "Vũ Văn Mẫu"), row("12", "Sai Mã (mẫu)")];
    let path = |name: &str| database.data_dir().join(name).display().to_string();
    fs::write(path("rows.ndjson"), lines.map(|line| line.to_string()).join("\n")).unwrap();
    let import = |more: &[&str]| {
        let (rows, results) = (path("rows.ndjson"), path("results.ndjson"));
        let base = ["import", "students", &rows, "--school", COMMUNAL, "--results", &results, "--json"];
        let said = program::run(&database, &[&base[..], more].concat());
        serde_json::from_str::<Value>(&said).unwrap()
    };
    let students = "SELECT CAST(COUNT(*) AS BIGINT) FROM students";
    let dry = import(&["--dry-run"]);
    assert_eq!((&dry["created"], &dry["refused"], database.number(students).await), (&json!(2), &json!(1), 0));
    let run = import(&[]);
    assert_eq!((&run["status"], &run["created"], database.number(students).await), (&json!("DONE"), &json!(2), 2));
    let results = fs::read_to_string(path("results.ndjson")).unwrap();
    let last: Value = serde_json::from_str(results.lines().last().unwrap()).unwrap();
    assert_eq!((&last["line"], &last["errors"][0]["code"]), (&json!(3), &json!("MINISTRY_CODE_INVALID")));
    let said = program::run(&database, &["export", "students", "--school", COMMUNAL, "--year", "2026"]);
    let names: Vec<Value> =
        said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["fullName"].take()).collect();
    assert_eq!(names, ["Trần Thị Mẫu", "Vũ Văn Mẫu"]);
    let wrong = program::try_run(&database, &["import", "cats", "x"]);
    assert_eq!(wrong.code, Some(2));
}

both_engines!(the_operator_imports_and_exports);
