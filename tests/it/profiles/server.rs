//! The same through the real server: rights by role and purpose, masks, the feed, and keys that leave nothing to try.

use serde_json::{Value, json};

use super::Stage;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::roster::plant::{COMMUNAL, SPECIAL, ground, person};

const UPDATE: &str = "mutation ($input: UpdateSchoolProfileInput!) { updateSchoolProfile(input: $input) {
    userErrors { code } results { field outcome errors { code } proposal { id status field { key authority } } }
    schoolProfile { version contacts { content { persons { name phone } } } } } }";
const PROFILE: &str = "query ($code: String!) { schoolProfile(code: $code) { id version isCurrent school { code }
    values { field { key ministryField } content { text flag codes } source statedOn }
    contacts { field { key } content { persons { name phone email } } } signatures { schoolYear } } }";
const ACCEPT: &str = "mutation ($input: AcceptProfileProposalInput!) { acceptProfileProposal(input: $input) {
    proposal { status } userErrors { code } } }";

async fn everyone_sees_what_is_theirs(database: Database) {
    let stage = Stage::set(&database).await;
    let client = stage.vendor_caller.client().unwrap();
    person(&stage.db, "ke-toan", entities::callers::Role::Accountant, ground(&stage.db, COMMUNAL).await).await;
    person(&stage.db, "khac", entities::callers::Role::Principal, ground(&stage.db, SPECIAL).await).await;
    let hub = Hub::start(&database).await;
    let user = |name: &str| Caller::user(&hub, &database, name);
    let (principal, officer) = (user("hieu-truong"), user("so"));
    let program = Caller::client(&hub, &database, &client.to_string());
    let since = program.data("{ changes { endCursor } }", Value::Null).await["changes"]["endCursor"].take();
    let people = json!([{ "name": "Trần Thị Thử Xanh 017", "phone": "01912345678" }]);
    let values = json!([
        { "field": "principals", "content": { "persons": people } },
        { "field": "address", "content": { "text": "Số 1, đường Mẫu" } },
        { "field": "meetsNationalStandard", "content": { "flag": true } },
    ]);
    let input = json!({ "idempotencyKey": "k", "schoolCode": COMMUNAL, "version": 0, "values": values });
    let made = principal.data(UPDATE, json!({ "input": input })).await["updateSchoolProfile"].take();
    let outcomes: Vec<_> = made["results"].as_array().unwrap().iter().map(|one| one["outcome"].clone()).collect();
    assert_eq!(outcomes, ["APPLIED", "APPLIED", "PROPOSED"]);
    let phone = &made["schoolProfile"]["contacts"][0]["content"]["persons"][0]["phone"];
    assert_eq!(phone, "+841912345678");
    nothing_to_try(&database).await;
    let kept = json!({ "schoolCode": COMMUNAL, "version": 1, "values": [{ "field": "address", "content": { "removed": false } }] });
    let kept = principal.data(UPDATE, json!({ "input": kept })).await["updateSchoolProfile"]["userErrors"].take();
    assert_eq!(kept[0]["code"], "PROFILE_VALUE_INVALID", "what is to stay is left out");
    let id = &made["results"][2]["proposal"]["id"];
    let accepted = officer.data(ACCEPT, json!({ "input": { "proposalId": id, "version": 1 } })).await;
    assert_eq!(accepted["acceptProfileProposal"]["proposal"]["status"], "ACCEPTED");
    assert_eq!(
        user("xa").ask(ACCEPT, json!({ "input": { "proposalId": id, "version": 1 } })).await.body["data"]["acceptProfileProposal"]
            ["userErrors"][0]["code"],
        "PROPOSAL_DECIDED"
    );

    let code = json!({ "code": COMMUNAL });
    let seen = user("ke-toan").ask(PROFILE, code.clone()).await.body;
    assert_eq!(seen["data"]["schoolProfile"]["contacts"], Value::Null);
    assert_eq!(seen["extensions"]["masked"], json!(["schoolProfile.contacts"]));
    assert_eq!(user("ke-toan").ask(UPDATE, json!({ "input": input })).await.codes(), ["FORBIDDEN"]);
    assert_eq!(user("khac").data(PROFILE, code.clone()).await["schoolProfile"], Value::Null);
    let seen = program.ask(PROFILE, code.clone()).await.body;
    assert_eq!(seen["extensions"]["masked"], json!(["schoolProfile.contacts"]), "no purpose was stated");
    assert_eq!(
        program.ask(ACCEPT, json!({ "input": { "proposalId": id, "version": 1 } })).await.codes(),
        ["FORBIDDEN"]
    );
    let managing = program.for_purpose("SCHOOL_MANAGEMENT");
    let seen = managing.data(PROFILE, code).await["schoolProfile"].take();
    assert_eq!(seen["contacts"][0]["content"]["persons"][0]["name"], "Trần Thị Thử Xanh 017");
    let address = seen["values"].as_array().unwrap().iter().find(|value| value["field"]["key"] == "address").unwrap();
    assert_eq!(address["field"]["ministryField"], "TruongHocInfo.DiaChi");
    let listed = "{ schoolProfileProposals { nodes { id } } }";
    assert_eq!(managing.data(listed, Value::Null).await["schoolProfileProposals"]["nodes"], json!([]));
    assert_eq!(officer.data(listed, Value::Null).await["schoolProfileProposals"]["nodes"].as_array().unwrap().len(), 1);
    a_program_that_only_writes_is_refused(&hub, &database, &input).await;
    the_feed_tells_of_it(&managing, &seen["id"], &since).await;
    program::run(&database, &["verify"]);
    hub.finish().await;
}

/// What a write answers tells what stands there, so that a contract to write is not enough.
async fn a_program_that_only_writes_is_refused(hub: &Hub<'_>, database: &Database, input: &Value) {
    let said = program::run(database, &["client", "create", "--name", "Chỉ ghi"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    let id = said["clientId"].as_str().unwrap();
    let contract = ["contract", "create", "--client", id, "--number", "HD-GHI", "--scope", "roster:write"];
    program::run(database, &[&contract[..], &["--school", COMMUNAL]].concat());
    let writer = Caller::client(hub, database, id);
    assert_eq!(writer.ask(UPDATE, json!({ "input": input })).await.codes(), ["FORBIDDEN"]);
}

/// What a plain digest of a JSON text begins with.
fn short(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The attempt is remembered, and nobody finds the number by trying all of them.
async fn nothing_to_try(database: &Database) {
    let kept = database.texts("SELECT input FROM idempotency_keys WHERE verb = 'updateSchoolProfile'").await.remove(0);
    assert!(kept.contains("\"phone\""), "{kept}");
    for word in ["\"Số 1, đường Mẫu\"", "\"01912345678\"", "\"+841912345678\"", "\"Trần Thị Thử Xanh 017\""]
    {
        assert!(!kept.contains(&short(word)), "{word}");
    }
    assert_eq!(database.number("SELECT COUNT(*) FROM idempotency_keys WHERE verb = 'updateSchoolProfile'").await, 1);
}

/// Told as soon as nothing older runs in the database.
async fn the_feed_tells_of_it(caller: &Caller<'_>, profile: &Value, since: &Value) {
    let changes = "query ($since: String!) { changes(kinds: [SCHOOL_PROFILE], since: $since) { changes {
        kind op nodeId naturalKey node { ... on SchoolProfile { version } } } } }";
    for _ in 0..200 {
        let told = caller.data(changes, json!({ "since": since })).await["changes"]["changes"].take();
        let told = told.as_array().unwrap();
        if let Some(last) = told.get(1) {
            let known = (&last["nodeId"], &last["naturalKey"], &last["op"]);
            assert_eq!(known, (profile, &json!(COMMUNAL), &json!("UPSERT")), "the update, then the decision");
            assert_eq!(last["node"]["version"], 2);
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the feed does not tell of the profile");
}

both_engines!(everyone_sees_what_is_theirs);
