//! Imports: every line has its result, one bad line stops no other, and a rehearsal writes nothing.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::{planted, sent};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::roster::plant::{COMMUNAL, SPECIAL};

pub(super) const START: &str = "mutation ($input: StartImportInput!) { startImport(input: $input) {
    userErrors { code field } importRun { id status } } }";
const CANCEL: &str = "mutation ($id: ID!) { cancelImport(input: {id: $id}) {
    userErrors { code } importRun { id status } } }";
const LOOK: &str = "query ($id: ID!) { importRun(id: $id) { id status dryRun rowsRead bytesRead bytes created updated
    unchanged refused failure { code messageVi } startedAt finishedAt file { url bytes sha256 } } }";

/// A line for a student of class 1A under the vendor's own id.
pub(super) fn line(id: &str, name: &str) -> Value {
    json!({"schoolCode": COMMUNAL, "key": {"externalId": id}, "fullName": name, "birthDate": "2019-03-02",
           "enrollment": {"schoolYear": 2026, "classCode": "1A", "validFrom": "2026-09-01"}})
}

/// Sends lines and asks for their import; returns the run's id.
pub(super) async fn started(caller: &Caller<'_>, lines: &str, more: Value) -> String {
    let file = sent(caller, lines, &[]).await;
    let mut input = json!({"kind": "STUDENTS", "fileId": file["id"]});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let said = caller.data(START, json!({ "input": input })).await["startImport"].take();
    assert_eq!(said["userErrors"], json!([]));
    said["importRun"]["id"].as_str().unwrap().to_owned()
}

/// Waits for the end of a run, and for its file.
pub(super) async fn ended(caller: &Caller<'_>, id: &str) -> Value {
    let begun = Instant::now();
    loop {
        let run = caller.data(LOOK, json!({ "id": id })).await["importRun"].take();
        if !run["finishedAt"].is_null() && !run["file"].is_null() {
            return run;
        }
        assert!(begun.elapsed() < Duration::from_secs(100), "still not ended: {run:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The results of a run, line by line.
pub(super) async fn results(caller: &Caller<'_>, run: &Value) -> Vec<Value> {
    let url = run["file"]["url"].as_str().unwrap();
    let path = &url[url.find("/files/").unwrap()..];
    let text = caller.request(Method::GET, path).send().await.unwrap().text().await.unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn told(rows: &[Value]) -> Vec<(u64, &str, &str, &str)> {
    let text =
        |row: &'_ Value, path: &str| -> String { row.pointer(path).and_then(Value::as_str).unwrap_or("").into() };
    let leaked = |text: String| -> &str { text.leak() };
    rows.iter()
        .map(|row| {
            let line = row["line"].as_u64().unwrap();
            let status = leaked(text(row, "/status"));
            (line, status, leaked(text(row, "/externalId")), leaked(text(row, "/errors/0/code")))
        })
        .collect()
}

const STUDENTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM students";

async fn every_line_has_its_result(database: Database) {
    let client = planted(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    let outside = json!({"schoolCode": SPECIAL, "key": {"externalId": "x"}, "fullName": "Mẫu", "enrollment": {"schoolYear": 2026}});
    let misspelt = json!({"schoolCode": COMMUNAL, "key": {"externalId": "y"}, "fulName": "Mẫu"});
    let long = format!("{{\"schoolCode\": \"{}\"}}", "x".repeat(70_000));
    let lines = [
        format!("\u{feff}{}", line("a", "Trần Thị Mẫu")),
        "{\"schoolCode\": ".to_owned(),
        String::new(),
        "[1, 2]".to_owned(),
        format!("{}\r", line("b", "Vũ Văn Mẫu")),
        outside.to_string(),
        misspelt.to_string(),
        long,
        line("a", "Ai Đó (mẫu)").to_string(),
        "{\"schoolCode\": \"a\\u0000b\", \"key\": {\"externalId\": \"n\"}}".to_owned(),
        "{\"schoolCode\": \"\\ud800\", \"key\": {\"externalId\": \"n\"}}".to_owned(),
        line("c", "Lê Thị Mẫu").to_string(),
    ]
    .join("\n");
    let dry = ended(&caller, &started(&caller, &lines, json!({"dryRun": true})).await).await;
    assert_eq!((&dry["status"], &dry["dryRun"], database.number(STUDENTS).await), (&json!("DONE"), &json!(true), 0));
    let run = ended(&caller, &started(&caller, &lines, json!({})).await).await;
    for figure in ["rowsRead", "created", "updated", "unchanged", "refused", "bytesRead"] {
        assert_eq!(dry[figure], run[figure], "the rehearsal shows the same figures");
    }
    assert_eq!((&run["rowsRead"], &run["created"], &run["refused"]), (&json!(11), &json!(3), &json!(8)));
    assert_eq!((&run["bytesRead"], &run["bytes"]), (&json!(lines.len()), &json!(lines.len())));
    let expected = [
        (1, "CREATED", "a", ""),
        (2, "REFUSED", "", "BAD_LINE"),
        (4, "REFUSED", "", "BAD_LINE"),
        (5, "CREATED", "b", ""),
        (6, "REFUSED", "x", "NOT_FOUND"),
        (7, "REFUSED", "", "UNKNOWN_FIELD"),
        (8, "REFUSED", "", "LINE_TOO_LONG"),
        (9, "REFUSED", "a", "DUPLICATE_IN_BATCH"),
        (10, "REFUSED", "", "BAD_TEXT"),
        (11, "REFUSED", "", "BAD_LINE"),
        (12, "CREATED", "c", ""),
    ];
    let rows = results(&caller, &run).await;
    assert_eq!(told(&rows), expected);
    assert!(rows[1]["errors"][0]["messageVi"].as_str().unwrap().contains("JSON"));
    let rehearsed = results(&caller, &dry).await;
    assert_eq!(told(&rehearsed), expected);
    assert!(rehearsed[0]["id"].is_null(), "what a rehearsal makes has no id");
    let node =
        caller.data("query ($id: ID!) { node(id: $id) { ... on Student { fullName } } }", json!({"id": rows[0]["id"]}));
    assert_eq!(node.await["node"]["fullName"], "Trần Thị Mẫu");
    let again = ended(&caller, &started(&caller, &lines, json!({})).await).await;
    assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(3)), "the same file changes nothing");
    let altered = line("b", "Vũ Văn Khác (mẫu)").to_string();
    let run = ended(&caller, &started(&caller, &altered, json!({"schoolCode": COMMUNAL})).await).await;
    assert_eq!(run["updated"], 1);
    hub.finish().await;
}

async fn who_may_not_write_rows_imports_none(database: Database) {
    let client = planted(&database).await;
    let other = super::stranger(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let stranger = Caller::client(&hub, &database, &other.to_string());
    let file = sent(&caller, line("a", "Mẫu").to_string(), &[]).await;
    let start = async |caller: &Caller<'_>, input: Value| {
        caller.ask(START, json!({ "input": input })).await.body["data"]["startImport"].take()
    };
    let code = async |caller: &Caller<'_>, input: Value| {
        start(caller, input).await["userErrors"][0]["code"].as_str().unwrap_or("").to_owned()
    };
    let id = &file["id"];
    assert_eq!(code(&stranger, json!({"kind": "STUDENTS", "fileId": id})).await, "NOT_FOUND");
    assert_eq!(code(&caller, json!({"kind": "STUDENTS", "fileId": "x"})).await, "NOT_FOUND");
    assert_eq!(code(&caller, json!({"kind": "SCHOOLS", "fileId": id})).await, "FORBIDDEN");
    assert_eq!(code(&caller, json!({"kind": "INVOICES", "fileId": id})).await, "REQUIRED");
    let keyed = |dry: bool| json!({"kind": "STUDENTS", "fileId": id, "idempotencyKey": "k", "dryRun": dry});
    let first = start(&caller, keyed(true)).await["importRun"]["id"].take();
    assert_eq!(start(&caller, keyed(true)).await["importRun"]["id"], first, "an attempt makes one run");
    assert_eq!(code(&caller, keyed(false)).await, "IDEMPOTENCY_KEY_REUSED");
    let run = ended(&caller, first.as_str().unwrap()).await;
    assert_eq!(stranger.data(LOOK, json!({"id": first})).await["importRun"], Value::Null);
    let stop = stranger.data(CANCEL, json!({"id": first})).await;
    assert_eq!(stop["cancelImport"]["userErrors"][0]["code"], "NOT_FOUND");
    let url = run["file"]["url"].as_str().unwrap();
    let theirs = stranger.request(Method::GET, &url[url.find("/files/").unwrap()..]).send().await.unwrap();
    assert_eq!(theirs.status(), 404);
    program::run(
        &database,
        &["user", "create", "bao-ve", "--display-name", "Người Mẫu", "--role", "DATA_OFFICER", "--school", COMMUNAL],
    );
    let officer = Caller::user(&hub, &database, "bao-ve");
    assert_eq!(super::refusal(super::send(&officer, b"{}".to_vec(), &[]).await).await, (403, "FORBIDDEN".to_owned()));
    assert_eq!(officer.ask(START, json!({"input": {"kind": "STUDENTS", "fileId": id}})).await.codes(), ["FORBIDDEN"]);
    hub.finish().await;
}

async fn real_data_is_not_imported_either(database: Database) {
    let client = planted(&database).await;
    database.execute("UPDATE hub SET kind = 'real'").await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let run = ended(&caller, &started(&caller, &line("a", "Mẫu").to_string(), json!({})).await).await;
    assert_eq!((&run["status"], &run["failure"]["code"]), (&json!("FAILED"), &json!("REAL_DATA_NOT_ENABLED")));
    assert_eq!(database.number(STUDENTS).await, 0);
    hub.finish().await;
}

both_engines!(every_line_has_its_result, who_may_not_write_rows_imports_none, real_data_is_not_imported_either);
