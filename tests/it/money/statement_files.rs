//! Account statements by upload: each line has its result, what does not add up waits for a person, a kill loses nothing, and
//! only those who answer for a school's money send them.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::banks::Line;
use super::ground::Ground;
use super::look::{Look, adds_up};
use super::statements::{Told, csv, reference, tells};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

const START: &str = "mutation ($input: StartImportInput!) { startImport(input: $input) {
    userErrors { code field } importRun { id } } }";
const RUN: &str = "query ($id: ID!) { importRun(id: $id) { status rowsRead created unchanged refused bytesRead bytes
    failure { code } finishedAt file { url } } }";
const STATEMENTS: &str = "query ($filter: StatementFilter) { statements(filter: $filter) { nodes { id status fileName firstDay
    lastDay openingBalance closingBalance lineCount findingCount findings { row column columnHeader code message messageVi }
    importedAt
    account { id } outcomes { confirmed differing unheard reversals noFee known }
    lines(first: 10) { nodes { id row amount outcome content bankTransaction { amount } } pageInfo { hasNextPage } } } } }";
pub(super) const CONFIRM: &str = "mutation ($id: ID!) { confirmStatement(input: {statementId: $id}) {
    userErrors { code field } statement { status } importRun { id } } }";

const CHANGES: &str = "query ($since: String) { changes(kinds: [STATEMENT], first: 50, since: $since) { endCursor
    changes { node { ... on Statement { status } } } } }";

/// Changes of everything but runs, of which each import is a new one.
const MOVED: &str = "changes WHERE kind <> 'ImportRun'";

/// Somebody of the hub, by a role.
pub(super) fn person<'h>(hub: &'h Hub<'h>, database: &Database, role: &str, school: &str) -> Caller<'h> {
    let name = format!("{}-{school}", role.to_lowercase().replace('_', "-"));
    let ground: &[&str] = if school.is_empty() { &["--province", "37"] } else { &["--school", school] };
    let create = ["user", "create", &name, "--display-name", "Người Mẫu", "--role", role];
    program::run(database, &[&create[..], ground].concat());
    Caller::user(hub, database, &name)
}

/// Sends a file; says the answer's status and body.
pub(super) async fn send(caller: &Caller<'_>, media: &str, bytes: impl Into<Vec<u8>>) -> (u16, Value) {
    let request = caller.request(Method::POST, "/files").header("content-type", media).body(bytes.into());
    let request = request.header("content-disposition", "attachment; filename=\"sao-ke.bin\"");
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Asks for the import of a file.
pub(super) async fn start(caller: &Caller<'_>, file: &Value, school: &str, more: Value) -> Value {
    let mut input = json!({ "kind": "STATEMENTS", "fileId": file["id"], "schoolCode": school });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    caller.data(START, json!({ "input": input })).await["startImport"].take()
}

/// Waits for the end of a run.
pub(super) async fn ended(caller: &Caller<'_>, id: &Value) -> Value {
    let begun = Instant::now();
    loop {
        let run = caller.data(RUN, json!({ "id": id })).await["importRun"].take();
        if !run["finishedAt"].is_null() && !run["file"].is_null() {
            return run;
        }
        assert!(begun.elapsed() < Duration::from_secs(100), "still not ended: {run:#}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Sends a file of CSV and waits for its import.
pub(super) async fn imported(caller: &Caller<'_>, text: &str, school: &str, more: Value) -> Value {
    let (status, file) = send(caller, "text/csv", text).await;
    assert_eq!(status, 201, "{file}");
    let started = start(caller, &file, school, more).await;
    assert_eq!(started["userErrors"], json!([]));
    ended(caller, &started["importRun"]["id"]).await
}

pub(super) async fn results(caller: &Caller<'_>, run: &Value) -> Vec<Value> {
    let url = run["file"]["url"].as_str().unwrap();
    let path = &url[url.find("/files/").unwrap()..];
    let text = caller.request(Method::GET, path).send().await.unwrap().text().await.unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn told(rows: &[Value]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row["status"].as_str().unwrap(), row["outcome"].as_str().unwrap_or(""))).collect()
}

async fn each_line_of_a_sent_statement_has_its_result(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let bank = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    let memo = format!("{} nop tien", bill.code);
    for id in [801, 802] {
        tells(&bank, &hub, id, 100_000, &bill).await;
    }
    let references = [801, 802, 803].map(reference);
    let lines: [Told<'_>; 3] =
        [(&references[0], 100_000, &memo), (&references[1], 110_000, &memo), (&references[2], 50_000, &memo)];
    let text = csv(Some(number), &lines, 0);
    let look = Look(&database);

    let dry = imported(&accountant, &text, school, json!({ "dryRun": true })).await;
    assert_eq!([look.count("statements").await, look.count("statement_lines").await], [0, 0], "nothing was written");
    let run = imported(&accountant, &text, school, json!({})).await;
    for figure in ["status", "rowsRead", "created", "unchanged", "refused", "bytesRead", "bytes"] {
        assert_eq!(dry[figure], run[figure], "the rehearsal shows the same figures");
    }
    assert_eq!((&run["status"], &run["rowsRead"], &run["created"]), (&json!("DONE"), &json!(3), &json!(3)));
    assert_eq!((&run["bytes"], &run["bytesRead"]), (&json!(text.len()), &json!(text.len())));
    let rows = results(&accountant, &run).await;
    assert_eq!(told(&rows), [("CREATED", "CONFIRMED"), ("CREATED", "DIFFERS"), ("CREATED", "UNHEARD")]);
    assert_eq!(told(&results(&accountant, &dry).await), told(&rows));
    let node = "query ($id: ID!) { node(id: $id) { ... on StatementLine { amount outcome } } }";
    let line = accountant.data(node, json!({ "id": rows[1]["id"] })).await;
    assert_eq!(line["node"], json!({ "amount": 110_000, "outcome": "DIFFERS" }));

    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 250000");
    let found = accountant.data(STATEMENTS, json!({})).await["statements"]["nodes"].take();
    let [statement] = &found.as_array().unwrap()[..] else { panic!("{found:#}") };
    assert_eq!((&statement["status"], &statement["fileName"]), (&json!("IMPORTED"), &json!("sao-ke.bin")));
    assert_eq!((&statement["firstDay"], &statement["lastDay"]), (&json!("2026-11-20"), &json!("2026-11-20")));
    let balances = (&statement["openingBalance"], &statement["closingBalance"]);
    assert_eq!(balances, (&json!(1_000_000), &json!(1_260_000)));
    let counts = json!({ "confirmed": 1, "differing": 1, "unheard": 1, "reversals": 0, "noFee": 0, "known": 0 });
    assert_eq!((&statement["outcomes"], &statement["findings"]), (&counts, &json!([])));
    let lines = statement["lines"]["nodes"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[1]["bankTransaction"]["amount"]), (3, &json!(100_000)));

    // The same file again changes nothing: no statement, no line, no event, and nothing to follow.
    let before = [look.count("statements").await, look.count("inbound_events").await, look.count(MOVED).await];
    let again = imported(&accountant, &text, school, json!({})).await;
    assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(3)));
    let after = [look.count("statements").await, look.count("inbound_events").await, look.count(MOVED).await];
    assert_eq!(before, after);
    adds_up(hub, &database).await;
}

async fn what_does_not_add_up_waits_for_a_person(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let principal = person(&hub, &database, "PRINCIPAL", school);
    let stranger = person(&hub, &database, "ACCOUNTANT", ground.south.code);
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    let since = principal.data(CHANGES, json!({})).await["changes"].take();
    let text = csv(Some(number), &[(&reference(811), 100_000, &bill.code)], 5);
    let run = imported(&accountant, &text, school, json!({})).await;
    assert_eq!((&run["status"], &run["refused"], &run["created"]), (&json!("DONE"), &json!(1), &json!(0)));
    let said = results(&accountant, &run).await;
    assert!(said.iter().all(|row| row["status"] == "REFUSED" && row["errors"][0]["messageVi"].is_string()), "{said:?}");
    let look = Look(&database);
    assert_eq!([look.count("statement_lines").await, look.count("inbound_events").await], [0, 0]);
    let held = json!({ "filter": { "status": "HELD" } });
    let found = principal.data(STATEMENTS, held.clone()).await["statements"]["nodes"][0].take();
    assert_eq!(found["findingCount"], json!(said.len()));
    assert_eq!(found["findings"][0]["code"], said[0]["errors"][0]["code"]);
    assert!(stranger.data(STATEMENTS, held.clone()).await["statements"]["nodes"].as_array().unwrap().is_empty());

    let confirm =
        async |caller: &Caller<'_>| caller.data(CONFIRM, json!({ "id": found["id"] })).await["confirmStatement"].take();
    let code = |said: &Value| said["userErrors"][0]["code"].as_str().unwrap_or("").to_owned();
    assert_eq!(code(&confirm(&stranger).await), "NOT_FOUND");
    database.execute("UPDATE files SET expires_at = 0").await;
    assert_eq!(code(&confirm(&principal).await), "FILE_GONE");
    imported(&accountant, &text, school, json!({})).await;
    assert_eq!(look.count("statements").await, 1, "the same file is the same statement");
    let said = confirm(&principal).await;
    assert_eq!((&said["userErrors"], &said["statement"]["status"]), (&json!([]), &json!("IMPORTING")));
    assert_eq!(code(&confirm(&principal).await), "STATEMENT_NOT_HELD");
    let run = ended(&principal, &said["importRun"]["id"]).await;
    assert_eq!((&run["status"], &run["created"]), (&json!("DONE"), &json!(1)));
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 100000");
    assert!(principal.data(STATEMENTS, held).await["statements"]["nodes"].as_array().unwrap().is_empty());
    // Whoever follows changes heard of each step.
    let heard = heard_of(&principal, &since["endCursor"], 3).await;
    assert!(heard.iter().all(|change| change["node"]["status"] == "IMPORTED"), "{heard:#?}");
    adds_up(hub, &database).await;
}

/// So many changes since a cursor, as soon as nothing older runs in the database: the feed waits for it.
async fn heard_of(caller: &Caller<'_>, since: &Value, least: usize) -> Vec<Value> {
    let mut heard = Vec::new();
    for _ in 0..200 {
        let mut told = caller.data(CHANGES, json!({ "since": since })).await["changes"]["changes"].take();
        heard = std::mem::take(told.as_array_mut().unwrap());
        if heard.len() >= least {
            return heard;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{least} changes were due: {heard:#?}")
}

async fn a_finding_names_row_and_column(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let text = format!(
        "SAO KÊ TÀI KHOẢN\nSố tài khoản: {number}\n\
         Ngày giao dịch,Số tham chiếu,Phát sinh nợ,Phát sinh có,Số dư,Nội dung\n\
         20/11/2026,FT26324000001,,5000,15000,A\n21/11/2026,FT26324000002,,50x0,25000,B\n"
    );
    let run = imported(&accountant, &text, school, json!({})).await;
    let said = results(&accountant, &run).await;
    let [held] = &said[..] else { panic!("{said:?}") };
    let error = &held["errors"][0];
    assert_eq!((&held["line"], &held["status"]), (&json!(5), &json!("REFUSED")));
    assert_eq!((&error["code"], &error["column"]), (&json!("AMOUNT_UNREADABLE"), &json!("D")));
    assert_eq!(error["columnHeader"], "Phát sinh có");
    let found = accountant.data(STATEMENTS, json!({})).await["statements"]["nodes"][0]["findings"][0].take();
    assert_eq!(
        (&found["row"], &found["column"], &found["columnHeader"]),
        (&held["line"], &error["column"], &error["columnHeader"])
    );
    // What was found before columns were kept is still read.
    let old = r#"[{"row":4,"code":"AMOUNT_UNREADABLE","message":"x","message_vi":"x"}]"#;
    database.execute(&format!("UPDATE statements SET findings = '{old}'")).await;
    let found = accountant.data(STATEMENTS, json!({})).await["statements"]["nodes"][0]["findings"][0].take();
    assert_eq!((&found["row"], &found["column"]), (&json!(4), &Value::Null));
    hub.finish().await;
}

async fn only_who_answers_for_the_money_sends_statements(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let school = ground.north.code;
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let stranger = person(&hub, &database, "ACCOUNTANT", ground.south.code);
    let text = csv(Some(&ground.north.meals.number), &[(&reference(821), 100_000, "nop tien")], 0);
    let unnamed = csv(None, &[(&reference(822), 100_000, "nop tien")], 0);
    for role in ["CLERK", "SCHOOL_IT_LEAD"] {
        let (status, said) = send(&person(&hub, &database, role, school), "text/csv", text.as_str()).await;
        assert_eq!((status, &said["code"]), (403, &json!("FORBIDDEN")), "{role}");
    }
    let office = person(&hub, &database, "PROVINCE_OFFICER", "");
    let (status, said) = send(&office, "application/vnd.ms-excel", text.as_str()).await;
    assert_eq!((status, &said["code"]), (403, &json!("FORBIDDEN")));
    let answer = office.ask(STATEMENTS, json!({})).await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);

    let file = send(&stranger, "application/octet-stream", text.as_str()).await.1;
    let refused = async |school: &str| {
        let started = start(&stranger, &file, school, json!({})).await;
        ended(&stranger, &started["importRun"]["id"]).await["failure"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(school).await, "NOT_FOUND", "a school out of reach is not there");
    assert_eq!(refused(ground.south.code).await, "UNKNOWN_ACCOUNT");
    let code = |said: &Value| said["userErrors"][0]["code"].as_str().unwrap_or("").to_owned();
    assert_eq!(code(&start(&accountant, &file, school, json!({})).await), "NOT_FOUND", "another's file");
    let account = api::graphql::node_id::encode("BankAccount", ground.north.meals.account.uuid());
    let file = send(&accountant, "text/csv", unnamed.as_str()).await.1;
    let started = start(&accountant, &file, school, json!({})).await;
    assert_eq!(ended(&accountant, &started["importRun"]["id"]).await["failure"]["code"], "ACCOUNT_NEEDED");
    let elsewhere = api::graphql::node_id::encode("BankAccount", ground.south.meals.account.uuid());
    let said = start(&accountant, &file, school, json!({ "bankAccountId": elsewhere })).await;
    assert_eq!(code(&said), "NOT_FOUND");
    let run = imported(&accountant, &unnamed, school, json!({ "bankAccountId": account })).await;
    assert_eq!((&run["status"], &run["created"]), (&json!("DONE"), &json!(1)));
    let input = json!({ "kind": "STUDENTS", "fileId": file["id"], "bankAccountId": account });
    let said = accountant.ask(START, json!({ "input": input })).await.body["data"]["startImport"].take();
    assert!(["BAD_INPUT", "FORBIDDEN"].contains(&code(&said).as_str()), "{said}");
    adds_up(hub, &database).await;
}

async fn a_killed_hub_goes_on_with_a_statement(database: Database) {
    let mut hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let school = ground.north.code;
    let create =
        ["user", "create", "ke-toan", "--display-name", "Người Mẫu", "--role", "ACCOUNTANT", "--school", school];
    program::run(&database, &create);
    let token = program::run(&database, &["token", "--user", "ke-toan"]);
    let references: Vec<String> = (0..10_000).map(reference).collect();
    let lines: Vec<Told<'_>> = references.iter().map(|reference| (&**reference, 1_000, "nop tien")).collect();
    let text = csv(Some(&ground.north.meals.number), &lines, 0);
    let id = {
        let accountant = Caller::with_token(&hub, token.trim());
        let file = send(&accountant, "text/csv", text.as_str()).await.1;
        start(&accountant, &file, school, json!({})).await["importRun"]["id"].take()
    };
    let look = Look(&database);
    let begun = Instant::now();
    for wanted in [1, 4_001] {
        while look.count("statement_lines").await < wanted {
            assert!(begun.elapsed() < Duration::from_secs(120), "the import stands still\n{}", hub.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        hub.kill();
        let kept = look.count("statement_lines").await;
        assert!(kept < 10_000, "killed too late to prove anything");
        assert_eq!(look.count("inbound_events").await, kept, "a line and its event are one");
        hub.again().await;
    }
    let accountant = Caller::with_token(&hub, token.trim());
    let run = ended(&accountant, &id).await;
    assert_eq!((&run["status"], &run["created"], &run["rowsRead"]), (&json!("DONE"), &json!(10_000), &json!(10_000)));
    let rows = results(&accountant, &run).await;
    assert!(rows.len() == 10_000 && rows.iter().all(|row| row["outcome"] == "UNHEARD"), "{}", rows.len());
    assert_eq!(look.count("statements").await, 1);
    assert_eq!(look.one("SELECT status FROM statements").await, "IMPORTED");
    hub.finish().await;
}

both_engines!(
    each_line_of_a_sent_statement_has_its_result,
    what_does_not_add_up_waits_for_a_person,
    a_finding_names_row_and_column,
    only_who_answers_for_the_money_sends_statements,
    a_killed_hub_goes_on_with_a_statement,
);
