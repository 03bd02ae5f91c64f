//! The same through the real server: who is told of families, by role, scope and purpose, and who may write of them.

use serde_json::{Value, json};

use super::plant::{COMMUNAL, everything, ground, province, student, vendor, write_students};
use crate::files::imported;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::rights::make_user;

const FAMILIES: &str = "{ students(first: 9) { nodes { id guardians { relation contactOrder guardian {
    id fullName birthDate phone phoneMasked email personalIdStatus students { student { id } } } } } } }";
const UPSERT: &str = "mutation ($input: UpsertGuardiansInput!) { upsertGuardians(input: $input) {
    userErrors { code } rows { externalId status errors { code field messageVi } node { id fullName } } } }";

fn row() -> Value {
    json!({"schoolCode": COMMUNAL, "student": {"ministryCode": "9900000001"}, "key": {"externalId": "ph-1"},
           "relation": "MOTHER", "fullName": "Vũ Thị Mẫu Sen", "phone": "01912345678", "email": "me@mau.example",
           "birthDate": "1988-05-04", "contactOrder": 1, "validFrom": "2026-09-01"})
}

/// The fields of the one guardian that a caller is shown; null where it is shown none.
async fn shown(caller: &Caller<'_>) -> (Value, String) {
    let answer = caller.ask(FAMILIES, Value::Null).await;
    assert!(answer.body["errors"].is_null(), "{:#}", answer.body);
    let pupil = &answer.body["data"]["students"]["nodes"][0];
    (pupil["guardians"][0]["guardian"].clone(), answer.body["extensions"]["masked"].to_string())
}

async fn who_keeps_a_child_is_told_of_its_family(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (client, _) = vendor(&db, "Phần mềm mẫu", vec![ground(&db, COMMUNAL).await]).await;
    write_students(&db, &everything(), &[student(COMMUNAL, "9900000001", "Trần Thị Thử Xanh")]).await;
    for (name, role) in [("hieu-truong", "PRINCIPAL"), ("may-tinh", "SCHOOL_IT_LEAD"), ("ke-toan", "ACCOUNTANT")] {
        make_user(&database, name, role, &["--school", COMMUNAL]);
    }
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let input = json!({"input": {"guardians": [row()]}});
    assert_eq!(caller.ask(UPSERT, input.clone()).await.codes(), ["FORBIDDEN"], "no purpose was stated");
    assert_eq!(shown(&caller).await.0, Value::Null);
    let caller = caller.for_purpose("SCHOOL_MANAGEMENT");
    let made = caller.data(UPSERT, input.clone()).await["upsertGuardians"]["rows"][0].take();
    assert_eq!((&made["status"], &made["node"]["fullName"]), (&json!("CREATED"), &json!("Vũ Thị Mẫu Sen")), "{made:#}");
    let mut starred = row();
    starred["email"] = json!("m***@mau.example");
    let again = caller.data(UPSERT, json!({"input": {"guardians": [row(), starred]}})).await;
    let rows = &again["upsertGuardians"]["rows"];
    assert_eq!((&rows[0]["status"], &rows[1]["errors"][0]["code"]), (&json!("UNCHANGED"), &json!("MASKED_INPUT")));

    let (whole, _) = shown(&caller).await;
    assert_eq!((&whole["phone"], &whole["email"]), (&json!("+841912345678"), &json!("me@mau.example")));
    assert_eq!(whole["personalIdStatus"], "MISSING");
    assert!(whole["students"][0]["student"]["id"].is_string());
    assert_eq!(shown(&Caller::user(&hub, &database, "hieu-truong")).await.0, whole);
    let lead = Caller::user(&hub, &database, "may-tinh");
    let (partly, masked) = shown(&lead).await;
    assert_eq!((&partly["fullName"], &partly["phone"]), (&whole["fullName"], &Value::Null));
    assert!(partly["phoneMasked"].as_str().unwrap().ends_with("678") && masked.contains("guardian.email"), "{masked}");
    assert_eq!(
        lead.ask(UPSERT, input.clone()).await.codes(),
        ["FORBIDDEN"],
        "who may not read a phone may not write it"
    );
    let accountant = Caller::user(&hub, &database, "ke-toan");
    let (nothing, masked) = shown(&accountant).await;
    assert!(nothing.is_null() && masked.contains("students.nodes.0.guardians"), "{masked}");
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    let id = json!({ "id": whole["id"] });
    assert_eq!(accountant.data(node, id.clone()).await["node"], Value::Null);
    let before = database.number("SELECT count(*) FROM access_log WHERE kind = 'Student'").await;
    assert_eq!(caller.data(node, id).await["node"]["id"], whole["id"]);
    let looks = database.number("SELECT count(*) FROM access_log WHERE kind = 'Student'").await;
    assert_eq!(looks, before + 1, "a look at a guardian is a look at the child");
    hub.finish().await;
}

async fn families_are_brought_in_a_file(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (client, _) = vendor(&db, "Phần mềm mẫu", vec![ground(&db, COMMUNAL).await]).await;
    write_students(&db, &everything(), &[student(COMMUNAL, "9900000001", "Trần Thị Thử Xanh")]).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    let mut wrong = row();
    wrong["relation"] = json!("AUNT");
    let lines = format!("{}\n{wrong}\n", row());
    let first = imported(&caller, "GUARDIANS", &lines).await;
    let told = |rows: &[Value]| -> Vec<Value> { rows.iter().map(|row| row["status"].clone()).collect() };
    assert_eq!(told(&first), [json!("CREATED"), json!("REFUSED")], "{first:?}");
    assert_eq!(told(&imported(&caller, "GUARDIANS", &lines).await), [json!("UNCHANGED"), json!("REFUSED")]);
    assert_eq!(shown(&caller).await.0["fullName"], "Vũ Thị Mẫu Sen");
    hub.finish().await;
}

both_engines!(who_keeps_a_child_is_told_of_its_family, families_are_brought_in_a_file);
