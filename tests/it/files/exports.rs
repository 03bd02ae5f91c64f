//! Exports: the file says what queries say, row by row and under the same masks, to whoever may still ask.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::planted;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::roster::plant::{COMMUNAL, SPECIAL, everything, student, write_class, write_students};

const START: &str = "mutation ($input: StartExportInput!) { startExport(input: $input) {
    userErrors { code field } exportRun { id } } }";
const LOOK: &str = "query ($id: ID!) { exportRun(id: $id) { id status rowsWritten maskedFields failure { code }
    finishedAt file { url bytes name } } }";

async fn exported(caller: &Caller<'_>, input: Value) -> (Value, Vec<Value>) {
    let said = caller.data(START, json!({ "input": input })).await["startExport"].take();
    assert_eq!(said["userErrors"], json!([]), "{input}");
    let begun = Instant::now();
    let run = loop {
        let run = caller.data(LOOK, json!({"id": said["exportRun"]["id"]})).await["exportRun"].take();
        if !run["file"].is_null() {
            break run;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "still not ended: {run:#}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    };
    assert_eq!(run["status"], "DONE", "{run:#}");
    let text = fetched(caller, &run).await.text().await.unwrap();
    (run, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

async fn fetched(caller: &Caller<'_>, run: &Value) -> reqwest::Response {
    let url = run["file"]["url"].as_str().unwrap();
    caller.request(Method::GET, &url[url.find("/files/").unwrap()..]).send().await.unwrap()
}

/// What the queries say of the same rows, in the words of the lines.
const QUERIES: [(&str, &str, &str); 4] = [
    (
        "SCHOOLS",
        "schools",
        "id code name status levels ownership locationCommune { code } province { code } validFrom
        validTo synthetic externalIds { id }",
    ),
    ("CLASSES", "classes", "id code name schoolYear grade { code } school { code } synthetic externalIds { id }"),
    (
        "STUDENTS",
        "students",
        "id ministryCode fullName birthDate gender ethnicGroup { code } phone phoneMasked
        personalIdStatus synthetic externalIds { id }",
    ),
    (
        "INVOICES",
        "invoices",
        "id code status amount paidAmount openAmount fund { code } schoolYear issuedOn dueOn
        updatedAt school { code } student { id } externalIds { id }",
    ),
];

/// All rows of a query, page after page.
async fn walked(caller: &Caller<'_>, query: &str, fields: &str) -> Vec<Value> {
    let asked = format!(
        "query ($after: String) {{ {query}(first: 50, after: $after) {{ pageInfo {{ endCursor hasNextPage }}
         nodes {{ {fields} }} }} }}"
    );
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut page = caller.data(&asked, json!({ "after": after })).await[query].take();
        nodes.append(page["nodes"].as_array_mut().unwrap());
        after = page["pageInfo"]["endCursor"].take();
        if page["pageInfo"]["hasNextPage"] == false {
            return nodes;
        }
    }
}

async fn same_as_queries(caller: &Caller<'_>) {
    for (kind, query, fields) in QUERIES {
        let (run, lines) = exported(caller, json!({ "kind": kind })).await;
        let mut nodes = walked(caller, query, fields).await;
        assert!(!lines.is_empty(), "{kind}");
        for field in run["maskedFields"].as_array().unwrap() {
            let (_, field) = field.as_str().unwrap().split_once('.').unwrap();
            for node in nodes.iter_mut() {
                assert!(node.as_object_mut().unwrap().remove(field).unwrap().is_null(), "{kind}.{field} is masked");
            }
        }
        let sorted = |rows: &[Value]| rows.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(sorted(&lines), sorted(&nodes), "{kind}");
        assert_eq!(run["rowsWritten"], lines.len());
    }
    let (_, lines) = exported(caller, json!({"kind": "ENROLLMENTS", "schoolYear": 2026})).await;
    let fields = "id schoolYear status validFrom validTo school { code } schoolClass { code } student { id }
        externalIds { id }";
    for line in &lines {
        let asked = format!("query ($id: ID!) {{ node(id: $id) {{ ... on Enrollment {{ {fields} }} }} }}");
        assert_eq!(&caller.data(&asked, json!({"id": line["id"]})).await["node"], line);
    }
    assert!(!lines.is_empty());
}

async fn a_file_says_what_queries_say(database: Database) {
    program::run(&database, &["bench", "seed", "--schools", "2", "--students", "120", "--payments", "40"]);
    let db = database.ledger().await;
    let reach = everything();
    let page = entities::page::Page::first(2);
    let query = entities::schools::Query {
        filter: entities::schools::Filter::default(),
        order: entities::schools::Order::Code,
        descending: false,
        page,
    };
    let schools = entities::schools::visible(&db, &reach, &query).await.unwrap();
    let (mine, other) = (schools.rows[0].1.clone(), schools.rows[1].1.clone());
    write_class(&db, &mine.code).await;
    write_students(&db, &reach, &[student(&mine.code, "9900000003", "Trần Thị Lớp (mẫu)")]).await;
    let ground = entities::reach::Ground::School(mine.id);
    let (client, _) = crate::roster::plant::vendor(&db, "Phần mềm mẫu", vec![ground]).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    same_as_queries(&caller).await;
    let caller = caller.for_purpose("SCHOOL_MANAGEMENT");
    same_as_queries(&caller).await;
    let (run, lines) = exported(&caller, json!({"kind": "STUDENTS", "schoolCode": mine.code})).await;
    assert!(run["maskedFields"].as_array().unwrap().is_empty() && lines.iter().all(|line| !line["fullName"].is_null()));
    let refused = caller.data(START, json!({"input": {"kind": "STUDENTS", "schoolCode": other.code}})).await;
    assert_eq!(refused["startExport"]["userErrors"][0]["code"], "NOT_FOUND");
    hub.finish().await;
}

async fn looks_are_written_down_and_rights_bind_the_file(database: Database) {
    let client = planted(&database).await;
    let db = database.ledger().await;
    let rows = [student(COMMUNAL, "9900000001", "Trần Thị Mẫu"), student(SPECIAL, "9900000002", "Lê Thị Mẫu")];
    write_students(&db, &everything(), &rows).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    let looks = "SELECT CAST(COUNT(*) AS BIGINT) FROM access_log WHERE kind = 'Student' AND request_id LIKE 'export %'";
    let (run, lines) = exported(&caller, json!({"kind": "STUDENTS"})).await;
    assert_eq!(
        (lines.len(), lines[0]["fullName"].as_str(), database.number(looks).await),
        (1, Some("Trần Thị Mẫu"), 1)
    );
    assert_eq!(fetched(&caller, &run).await.status(), 200);
    let create =
        ["contract", "create", "--client", &client.to_string(), "--number", "HD-MAU-0", "--scope", "roster:read"];
    let less = ["--purpose", "SCHOOL_MANAGEMENT", "--school", COMMUNAL, "--from", "2025-01-01"];
    program::run(&database, &[&create[..], &less[..]].concat());
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(fetched(&caller, &run).await.status(), 404, "made under other rights");
    hub.finish().await;
}

both_engines!(a_file_says_what_queries_say, looks_are_written_down_and_rights_bind_the_file);
