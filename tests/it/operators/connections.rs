//! Connections: made on the command line and over GraphQL, their keys shown once or never.

use std::fs;

use serde_json::{Value, json};

use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

const CREATE: &str = "mutation($input: CreateConnectionInput!) { createConnection(input: $input) \
                      { connection { id bank extra webhookUrl } secret userErrors { code field } } }";
const LIST: &str = "{ connections(first: 50) { edges { node { bank name } } } }";

pub(super) async fn are_made_listed_and_rotated(hub: &Hub<'_>, database: &Database, told: &Value) {
    let account = told["invoices"][0]["account"].as_str().unwrap();
    let other = told["invoices"][20]["account"].as_str().unwrap();
    on_the_command_line(database, account, other);
    over_graphql(hub, database, account, other).await;
}

fn on_the_command_line(database: &Database, account: &str, other: &str) {
    let file = database.data_dir().join("issued.key");
    fs::write(&file, "an-issued-key\n").unwrap();
    let file = file.to_str().unwrap();
    let vnpay = ["connection", "create", "--bank", "vnpay", "--name", "VNPAY hai", "--secret-file", file];
    let with = |more: &[&str]| program::try_run(database, &[&vnpay, more].concat());
    let terminal = ["--extra", "tmnCode=MAUTMN02", "--account", account];
    let refused = [
        ([&terminal[..], &["--account", other]].concat(), "exactly one"),
        ([&terminal[..], &["--extra", "more=x"]].concat(), "no setting more"),
        (vec!["--account", account], "tmnCode"),
        (vec!["--extra", "tmnCode=MAUTMN02", "--account", "9999999999999"], "not a known"),
    ];
    for (arguments, word) in refused {
        let said = with(&arguments);
        assert_eq!(said.code, Some(1), "{arguments:?}: {}{}", said.out, said.err);
        assert!(said.err.contains(word), "{arguments:?}: {}", said.err);
    }
    let made = with(&terminal);
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert!(!made.out.contains("an-issued-key"), "a given key is never shown");
    let own = ["connection", "create", "--bank", "standard_webhooks", "--name", "Của hub", "--account", account];
    let made: Value = serde_json::from_str(&program::run(database, &own)).unwrap();
    let first = made["secret"].as_str().expect("a key that the hub made is shown").to_owned();
    assert!(first.starts_with("whsec_"), "{made}");
    let listed = program::run(database, &["connection", "list"]);
    assert!(listed.contains("VNPAY hai") && !listed.contains(&first), "{listed}");
    let rotated: Value = serde_json::from_str(&program::run(database, &["connection", "rotate", "Của hub"])).unwrap();
    assert_ne!(rotated["secret"], first);
    let said = program::try_run(database, &["connection", "rotate", "VNPAY hai"]);
    assert!(said.code == Some(1) && said.err.contains("issues the key"), "{}", said.err);
}

async fn over_graphql(hub: &Hub<'_>, database: &Database, account: &str, other: &str) {
    let token = |user: &str| program::run(database, &["token", "--user", user]).trim().to_owned();
    let admin = Caller::with_token(hub, &token("quan-tri"));
    let input = |accounts: Value| {
        json!({ "input": { "bank": "vnpay", "name": "VNPAY ba", "secret": "k", "extra": { "tmnCode": "MAUTMN03" },
            "accounts": accounts } })
    };
    let answer = admin.ask(CREATE, input(json!([account, other]))).await;
    let payload = &answer.body["data"]["createConnection"];
    assert_eq!(payload["userErrors"][0]["code"], "ONE_ACCOUNT_NEEDED", "{answer:?}");
    let answer = admin.ask(CREATE, input(json!([other]))).await;
    let payload = &answer.body["data"]["createConnection"];
    assert_eq!(payload["connection"]["extra"], json!({ "tmnCode": "MAUTMN03" }), "{answer:?}");
    assert!(payload["secret"].is_null(), "a given key is never shown: {answer:?}");
    let id = payload["connection"]["id"].clone();
    let rotate = "mutation($id: ID!) { rotateConnection(input: { connectionId: $id, secret: \"k2\" }) \
                  { connection { id } secret userErrors { code } } }";
    let answer = admin.ask(rotate, json!({ "id": id })).await;
    assert_eq!(answer.body["data"]["rotateConnection"]["connection"]["id"], id, "{answer:?}");
    let bank = Caller::with_token(hub, program::run(database, &["token", "--client", "demo-bank"]).trim());
    let seen = bank.ask(LIST, json!({})).await;
    let edges = seen.body["data"]["connections"]["edges"].as_array().unwrap();
    let banks: Vec<_> = edges.iter().map(|edge| edge["node"]["bank"].as_str().unwrap()).collect();
    assert_eq!(banks, ["standard_webhooks", "bill"], "a bank sees its own: {seen:?}");
    let province = Caller::with_token(hub, &token("so"));
    let refused = province.ask(CREATE, input(json!([other]))).await;
    assert_eq!(refused.body["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused:?}");
}
