//! A caller's own repeats: answered without a statement, never for another caller, and never after what they read was
//! changed.

use serde_json::{Value, json};

use super::ground;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

const SCHOOLS: &str = "{ schools(first: 50) { nodes { code } } }";
const MONEY: &str = "{ bankTransactions(first: 5) { nodes { id amount content } } }";

async fn counted(hub: &Hub<'_>) -> u64 {
    let text = hub.client.get(hub.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("database_statements_total "));
    line.unwrap().parse().unwrap()
}

/// Whether one of some repeats was answered without a statement.
async fn is_remembered(hub: &Hub<'_>, caller: &Caller<'_>, query: &str) -> bool {
    for _ in 0..6 {
        let before = counted(hub).await;
        caller.ask(query, json!({})).await;
        if counted(hub).await == before {
            return true;
        }
    }
    false
}

async fn a_repeat_asks_nothing_and_costs_again(database: Database) {
    let (_, vendor) = ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &vendor).for_purpose("SCHOOL_MANAGEMENT");
    let first = caller.ask(MONEY, json!({})).await;
    assert!(is_remembered(&hub, &caller, MONEY).await);
    let again = caller.ask(MONEY, json!({})).await;
    assert_eq!(again.body["data"], first.body["data"]);
    assert_eq!(again.body["extensions"]["masked"], first.body["extensions"]["masked"]);
    assert!(!again.body["extensions"]["masked"].is_null(), "the mask is remembered with the data");
    let cost = |answer: &crate::harness::caller::Answer| {
        let cost = &answer.body["extensions"]["cost"];
        (cost["points"].as_i64().unwrap(), cost["actual"].as_i64().unwrap())
    };
    assert_eq!(cost(&again), cost(&first), "a repeat is charged like the first");
    assert!(
        !is_remembered(&hub, &caller, "{ students(first: 2) { nodes { id } } }").await,
        "looking at people is logged"
    );
    hub.finish().await;
}

/// Every role asks the same questions in turns; each hears what it hears of a hub that remembers nothing.
async fn a_reply_is_never_another_callers(database: Database) {
    let (schools, vendor) = ground::plant(&database).await;
    let other = ground::vendor(&database, "other", &schools[..2]);
    let people = [
        ("principal", "PRINCIPAL", ["--school", &schools[0]]),
        ("principal.b", "PRINCIPAL", ["--school", &schools[1]]),
        ("accountant", "ACCOUNTANT", ["--school", &schools[0]]),
        ("accountant.b", "ACCOUNTANT", ["--school", &schools[2]]),
        ("clerk", "CLERK", ["--school", &schools[0]]),
        ("it.lead", "SCHOOL_IT_LEAD", ["--school", &schools[0]]),
        ("province", "PROVINCE_OFFICER", ["--province", "37"]),
        ("province.b", "PROVINCE_OFFICER", ["--province", "01"]),
    ];
    for (name, role, ground) in &people {
        let create = ["user", "create", name, "--display-name", "Người dùng mẫu", "--role", role];
        program::run(&database, &[&create[..], ground].concat());
    }
    let questions = [
        SCHOOLS.to_owned(),
        MONEY.to_owned(),
        format!(
            "{{ school(code: \"{}\") {{ name bankTransactions(first: 2) {{ nodes {{ amount }} }} }} }}",
            schools[0]
        ),
        "{ invoices(first: 3) { nodes { code amount payerName lines { amount } } } }".to_owned(),
        "{ schools(first: 9) { nodes { code bankAccounts { number } fees(first: 1) { nodes { name } } } } }".to_owned(),
        "{ schools { nodes { managingOrganization { name } } } }".to_owned(),
    ];
    let mut heard: Vec<Vec<Value>> = Vec::new();
    for bytes in ["0", "33554432"] {
        let settings = [("LIENTHONG_GRAPHQL_CACHE_BYTES", bytes), ("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0")];
        let hub = Hub::start_as(program::Build::Normal, &database, &settings).await;
        let users = people.iter().map(|(name, ..)| Caller::user(&hub, &database, name));
        let clients = [&vendor, &other].map(|id| Caller::client(&hub, &database, id));
        let stating = Caller::client(&hub, &database, &vendor).for_purpose("SCHOOL_MANAGEMENT");
        let callers: Vec<_> = users.chain(clients).chain([stating]).collect();
        for _ in 0..2 {
            let mut round = Vec::new();
            for question in &questions {
                for caller in &callers {
                    let answer = caller.ask(question, json!({})).await;
                    let codes = json!(answer.codes());
                    round.push(json!([answer.body["data"], answer.body["extensions"]["masked"], codes]));
                }
            }
            heard.push(round);
        }
        hub.finish().await;
    }
    let distinct: std::collections::HashSet<String> = heard[0].iter().map(Value::to_string).collect();
    assert!(distinct.len() > 20, "the callers hear the same: {}", distinct.len());
    for round in &heard[1..] {
        for (at, (one, other)) in heard[0].iter().zip(round).enumerate() {
            assert_eq!(one, other, "question {} of caller {}", at / 11, at % 11);
        }
    }
}

async fn a_change_ends_what_it_names(database: Database) {
    let (schools, vendor) = ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &vendor);
    let name = format!("{{ school(code: \"{}\") {{ name }} }}", schools[0]);
    caller.data(&name, json!({})).await;
    assert!(is_remembered(&hub, &caller, &name).await);
    // This process: heard before the mutation's reply.
    program::run(&database, &["user", "create", "admin", "--display-name", "Quản trị mẫu", "--role", "PLATFORM_ADMIN"]);
    let admin = Caller::user(&hub, &database, "admin");
    for n in 0..4 {
        let renamed = format!("Trường Mẫu Đổi Tên {n}");
        let mutation = "mutation ($schools: [SchoolInput!]!, $key: String!) { upsertSchools(input: { schools: $schools, \
                        idempotencyKey: $key }) { userErrors { code } rows { status errors { code message } } } }";
        let row = json!({ "key": { "code": schools[0] }, "name": renamed });
        let done = admin.data(mutation, json!({ "schools": [row], "key": format!("rename-{n}") })).await;
        assert_eq!(done["upsertSchools"]["rows"][0]["status"], "UPDATED", "{done}");
        assert_eq!(caller.data(&name, json!({})).await["school"]["name"], renamed.as_str());
    }
    // Another process: heard within a second.
    let second = Hub::start(&database).await;
    let elsewhere = Caller::client(&second, &database, &vendor);
    elsewhere.data(&name, json!({})).await;
    let row = json!({ "key": { "code": schools[0] }, "name": "Trường Mẫu Ở Nơi Khác" });
    let mutation = "mutation ($schools: [SchoolInput!]!) { upsertSchools(input: { schools: $schools, idempotencyKey: \
                    \"elsewhere\" }) { rows { status } } }";
    admin.data(mutation, json!({ "schools": [row] })).await;
    tokio::time::sleep(entities::freshness::MAX_AGE).await;
    assert_eq!(elsewhere.data(&name, json!({})).await["school"]["name"], "Trường Mẫu Ở Nơi Khác");
    second.finish().await;
    hub.finish().await;
}

both_engines!(a_repeat_asks_nothing_and_costs_again, a_reply_is_never_another_callers, a_change_ends_what_it_names);
