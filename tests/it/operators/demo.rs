//! The demo: planted once, credentials in a file that only its owner reads, and an invoice paid by one command.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

const FILE: &str = "demo-credentials.json";

pub(crate) fn credentials(database: &Database) -> Value {
    serde_json::from_str(&fs::read_to_string(database.data_dir().join(FILE)).unwrap()).unwrap()
}

/// One demo serves every promise: planting takes seconds in a debug build.
async fn the_demo_is_planted_once_and_an_invoice_is_paid_by_one_command(database: Database) {
    let hub = Hub::start_demo(&database).await;
    let told = credentials(&database);
    the_file_is_private_and_complete(&database, &told);
    program::run(&database, &["verify"]);
    the_log_tells_no_secret(&hub, &told);
    one_command_pays(&hub, &database, &told).await;
    banks_play(&database);
    super::connections::are_made_listed_and_rotated(&hub, &database, &told).await;
    hub.finish().await;
    a_second_start_plants_nothing(&database, &told).await;
}

both_engines!(the_demo_is_planted_once_and_an_invoice_is_paid_by_one_command);

fn the_file_is_private_and_complete(database: &Database, told: &Value) {
    let mode = fs::metadata(database.data_dir().join(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
    let words = |list: &str, field: &str| -> Vec<String> {
        let all = told[list].as_array().unwrap_or_else(|| panic!("{list} is a list"));
        all.iter()
            .map(|one| one[field].as_str().unwrap_or_else(|| panic!("{list}.{field}: {one}")).to_owned())
            .collect()
    };
    assert_eq!(words("clients", "name"), ["demo-vendor", "demo-bank"]);
    assert!(!told["clients"][0]["schools"].as_array().unwrap().is_empty());
    let roles: HashSet<String> = words("users", "role").into_iter().collect();
    assert_eq!(roles.len(), 9, "one user for each role of people: {roles:?}");
    assert!(told["users"][0]["password"].is_null() && told["users"][0]["totpSecret"].is_null());
    let banks: HashSet<String> = words("connections", "bank").into_iter().collect();
    assert_eq!(banks, connectors::banks::all().iter().map(|info| info.slug.to_owned()).collect());
    for connection in told["connections"].as_array().unwrap() {
        let door = if connection["bank"] == "bill" { "billing" } else { "webhooks" };
        assert_eq!(connection["path"], format!("/{door}/{}", connection["id"].as_str().unwrap()));
        assert!(!connection["secret"].as_str().unwrap().is_empty() && connection["accounts"][0].is_string());
    }
    let codes: HashSet<String> = words("invoices", "code").into_iter().collect();
    assert!(codes.len() >= 50, "{}", codes.len());
    let named = told["invoices"].as_array().unwrap();
    assert!(named.iter().all(|one| one["status"] == "OPEN" && one["amount"].as_i64().unwrap() > 0));
    assert!(words("invoices", "account").iter().all(|account| account.starts_with("9999")));
}

fn the_log_tells_no_secret(hub: &Hub<'_>, told: &Value) {
    let log = hub.log();
    assert!(log.contains(FILE), "the first start says where the credentials are: {log}");
    for secret in ["clientSecret", "secret"] {
        for one in told["clients"].as_array().unwrap().iter().chain(told["connections"].as_array().unwrap()) {
            let text = one[secret].as_str().unwrap_or("no such secret");
            assert!(!log.contains(text), "{secret} of {one} was logged");
        }
    }
}

async fn one_command_pays(hub: &Hub<'_>, database: &Database, told: &Value) {
    let code = told["invoices"][0]["code"].as_str().unwrap();
    assert!(hub.log().contains(&format!("sandbox --pay {code}")), "the first command says how to go on: {}", hub.log());
    let said = program::run(database, &["sandbox", "--pay", code]);
    assert!(said.contains("is PAID") && said.contains("curl -sS") && said.contains("/webhooks/"), "{said}");
    let token = said.lines().find(|line| line.starts_with("ey")).expect("it prints a token");
    let answer = Caller::with_token(hub, token)
        .ask("query($code: String!) { invoice(code: $code) { status } }", json!({ "code": code }))
        .await;
    assert_eq!(answer.body["data"]["invoice"]["status"], "PAID", "{answer:?}");
    for (wrong, word) in [(code, "paid already"), ("LT10000000018", "not among"), ("LT10000000019", "mistyped")] {
        let said = program::try_run(database, &["sandbox", "--pay", wrong]);
        assert_eq!(said.code, Some(1), "{wrong}: {}{}", said.out, said.err);
        assert!(said.err.contains(word), "{wrong}: {}", said.err);
    }
}

fn banks_play(database: &Database) {
    let report = program::run(database, &["sandbox", "--rate", "20", "--seconds", "2"]);
    assert!(report.contains("forged, refused"), "{report}");
}

async fn a_second_start_plants_nothing(database: &Database, told: &Value) {
    let count = || async { database.number("SELECT COUNT(*) FROM schools").await };
    let before = count().await;
    let mut told = told.clone();
    for demo in [true, false] {
        let hub = if demo { Hub::start_demo(database).await } else { Hub::start(database).await };
        if demo {
            told["graphqlUrl"] = hub.url("/graphql").into();
        }
        hub.finish().await;
        assert_eq!(count().await, before);
        assert_eq!(credentials(database), told, "only the address may change");
    }
    let code = told["invoices"][1]["code"].as_str().unwrap();
    let said = program::try_run(database, &["sandbox", "--pay", code]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.err.contains("serve --demo"), "it says what to start: {}", said.err);
}
