//! R21: strings that would mean something to SQL, a spreadsheet or a page are strings, whichever way they come in.

use serde_json::{Value, json};

use super::imports::{ended, line, results, started};
use super::planted;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

const HOSTILE: [&str; 16] = [
    "'; DROP TABLE students; --",
    "' OR '1'='1",
    "\" OR \"\"=\"",
    "1); DELETE FROM schools WHERE (1=1",
    "Robert'); SELECT pg_sleep(10); --",
    "$1 ? ?1 :name @p %s {} {{}}",
    "%",
    "_",
    "\\",
    "\\'; --",
    "E'\\x27'",
    "=HYPERLINK(\"http://x.invalid\",\"a\")",
    "@SUM(1+1)",
    "+1-1|cmd",
    "<script>alert(1)</script>",
    "\u{202e}abc\u{2066}",
];

/// Every way a caller's text reaches a statement: filters, look-ups, cursors and ids.
const ASKED: [&str; 13] = [
    "query ($t: String!) { students(filter: {name: $t}) { totalCount nodes { fullName } } }",
    "query ($t: String!) { students(filter: {ministryCode: $t}) { nodes { fullName } } }",
    "query ($t: String!) { students(filter: {schoolCode: $t}) { nodes { fullName } } }",
    "query ($t: String!) { schools(filter: {search: $t}) { nodes { code } } }",
    "query ($t: String!) { schools(filter: {provinceCode: $t}) { nodes { code } } }",
    "query ($t: String!) { school(code: $t) { code } }",
    "query ($t: String!) { student(by: {ministryCode: $t}) { fullName } }",
    "query ($t: String!) { classes(filter: {search: $t}) { nodes { code } } }",
    "query ($t: String!) { students(after: $t) { nodes { fullName } } }",
    "query ($t: ID!) { node(id: $t) { id } }",
    "query ($t: String!) { invoices(filter: {studentName: $t}) { nodes { code } } }",
    "query ($t: String!) { resolveAdministrativeUnit(text: $t) { old { name } } }",
    "query ($t: ID!) { importRun(id: $t) { id } }",
];

async fn hostile_strings_are_strings(database: Database) {
    let client = planted(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    let name = |text: &str| format!("{text} (mẫu)");
    let lines: String = HOSTILE
        .iter()
        .enumerate()
        .map(|(at, text)| format!("{}\n", line(&format!("{at} {text}"), &name(text))))
        .collect();
    let run = ended(&caller, &started(&caller, &lines, json!({})).await).await;
    assert_eq!((&run["status"], &run["rowsRead"]), (&json!("DONE"), &json!(HOSTILE.len())), "{run:#}");
    let mut kept = 0;
    for (row, text) in results(&caller, &run).await.iter().zip(HOSTILE) {
        if row["status"] == "REFUSED" {
            assert!(["BAD_TEXT", "BAD_EXTERNAL_ID"].contains(&row["errors"][0]["code"].as_str().unwrap()), "{row}");
            continue;
        }
        let asked = "query ($id: ID!) { node(id: $id) { ... on Student { fullName externalIds { id } } } }";
        let node = caller.data(asked, json!({"id": row["id"]})).await["node"].take();
        assert_eq!((&node["fullName"], &node["externalIds"][0]["id"]), (&json!(name(text)), &row["externalId"]));
        let found = caller.data(ASKED[0], json!({ "t": name(text) })).await["students"].take();
        assert!(found["nodes"].as_array().unwrap().iter().any(|one| one["fullName"] == name(text)), "{text}: {found}");
        assert!(found["totalCount"].as_u64().unwrap() < HOSTILE.len() as u64 / 2, "{text} finds all: {found}");
        kept += 1;
    }
    assert!(kept >= 14, "only {kept} were kept");
    for (query, text) in ASKED.iter().flat_map(|query| HOSTILE.map(|text| (query, text))) {
        let answer = caller.ask(query, json!({ "t": text })).await;
        let known =
            ["BAD_CURSOR", "BAD_ID", "BAD_INPUT", "FIELD_NOT_ALLOWED", "SCHOOL_CODE_INVALID", "PROVINCE_CODE_INVALID"];
        assert!(answer.codes().iter().all(|code| known.contains(code)), "{query} {text}: {:?}", answer.body);
    }
    let nul = caller.ask(ASKED[0], json!({"t": "a\u{0}b"})).await;
    assert!(!nul.codes().contains(&"INTERNAL"), "{:?}", nul.body);
    let students = "SELECT CAST(COUNT(*) AS BIGINT) FROM students";
    assert_eq!(database.number(students).await, kept, "nothing was dropped, nothing was added");
    assert_eq!(caller.data("{ schools { totalCount } }", Value::Null).await["schools"]["totalCount"], 1);
    hub.finish().await;
}

both_engines!(hostile_strings_are_strings);
