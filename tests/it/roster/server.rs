//! The same through the real server: typed queries, masks, refusals.

use serde_json::{Value, json};

use super::plant::{COMMUNAL, SPECIAL, everything, ground, province, student, vendor, write_students};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

const UPSERT: &str = "mutation ($input: UpsertStudentsInput!) { upsertStudents(input: $input) {
    userErrors { code } rows { index externalId status errors { code field messageVi } node { id } } } }";

const ROSTER: &str = "{ schools(first: 2) { totalCount nodes { code managingOrganization { code } locationCommune { name }
    classes(first: 5) { nodes { code grade { nameVi } enrollments(first: 9) { nodes { student { fullName } } } } }
    students(first: 9) { nodes { id fullName birthDate phone phoneMasked externalIds { id } enrollments(first: 2) { nodes { status } } } } } } }";

async fn a_vendor_keeps_its_roster(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (client, _) = vendor(&db, "Phần mềm mẫu", vec![ground(&db, COMMUNAL).await]).await;
    write_students(&db, &everything(), &[student(SPECIAL, "9900000009", "Lê Thị Ngoài Tầm")]).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let row = |id: &str, name: &str, phone: &str| {
        json!({"schoolCode": COMMUNAL, "key": {"externalId": id}, "fullName": name, "birthDate": "2019-03-02",
               "phone": phone, "enrollment": {"schoolYear": 2026, "classCode": "1A", "validFrom": "2026-09-01"}})
    };
    let rows = [
        row("a", "Trần Thị Thử Xanh", "01912345678"),
        row("b", "Vũ Văn Mẫu Một", "•••678"),
        row("a", "Ai", "01912345678"),
    ];
    let input = json!({"input": {"students": rows}});
    let made = caller.data(UPSERT, input.clone()).await;
    let seen: Vec<_> = made["upsertStudents"]["rows"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(seen, [("a", "CREATED", ""), ("b", "REFUSED", "MASKED_INPUT"), ("a", "REFUSED", "DUPLICATE_IN_BATCH")]);
    let again = caller.data(UPSERT, input).await;
    assert_eq!(again["upsertStudents"]["rows"][0]["status"], "UNCHANGED");

    let masked = caller.ask(ROSTER, Value::Null).await;
    let school = &masked.body["data"]["schools"]["nodes"][0];
    assert_eq!((&school["code"], &school["managingOrganization"]["code"]), (&json!(COMMUNAL), &json!("UBND-14329")));
    assert_eq!(masked.body["data"]["schools"]["totalCount"], 1);
    assert_eq!(school["students"]["nodes"][0]["fullName"], Value::Null, "no purpose was stated");
    let paths = masked.body["extensions"]["masked"].to_string();
    assert!(paths.contains("schools.nodes.0.students.nodes.0.birthDate"), "{paths}");
    let by_name = "{ students(filter: {name: \"tran\"}) { nodes { id } } }";
    assert_eq!(caller.ask(by_name, Value::Null).await.codes(), ["FIELD_NOT_ALLOWED"]);

    let caller = caller.for_purpose("SCHOOL_MANAGEMENT");
    let school = caller.data(ROSTER, Value::Null).await["schools"]["nodes"][0].take();
    let pupil = &school["students"]["nodes"][0];
    assert_eq!((&pupil["fullName"], &pupil["phoneMasked"]), (&json!("Trần Thị Thử Xanh"), &json!("**********678")));
    assert_eq!(
        (&pupil["externalIds"][0]["id"], &pupil["enrollments"]["nodes"][0]["status"]),
        (&json!("a"), &json!("STUDYING"))
    );
    assert_eq!(school["classes"]["nodes"][0]["enrollments"]["nodes"][0]["student"]["fullName"], "Trần Thị Thử Xanh");
    let found = caller.data(by_name, Value::Null).await;
    assert_eq!(found["students"]["nodes"], json!([{"id": pupil["id"]}]));
    let node = caller.data("query ($id: ID!) { node(id: $id) { __typename id } }", json!({"id": pupil["id"]})).await;
    assert_eq!(node["node"]["__typename"], "Student");
    outside(&caller).await;
    hub.finish().await;
}

/// What lies outside the reach answers as what does not exist.
async fn outside(caller: &Caller<'_>) {
    let there =
        format!("{{ school(code: \"{SPECIAL}\") {{ id }} student(by: {{ministryCode: \"9900000009\"}}) {{ id }} }}");
    let nowhere = "{ school(code: \"99009999\") { id } student(by: {ministryCode: \"9900009999\"}) { id } }";
    assert_eq!(caller.data(&there, Value::Null).await, caller.data(nowhere, Value::Null).await);
    let row = json!({"schoolCode": SPECIAL, "key": {"externalId": "x"}, "fullName": "Mẫu",
                     "enrollment": {"schoolYear": 2026}});
    let refused = caller.data(UPSERT, json!({"input": {"students": [row]}})).await;
    assert_eq!(told(&refused["upsertStudents"]["rows"][0]), ("x", "REFUSED", "NOT_FOUND"));
    let not_mine = "mutation { upsertSchools(input: {schools: []}) { userErrors { code } } }";
    assert_eq!(caller.ask(not_mine, Value::Null).await.codes(), ["FORBIDDEN"]);
}

fn told(row: &Value) -> (&str, &str, &str) {
    let text = |value: &'static str| row[value].as_str().unwrap_or("");
    (text("externalId"), text("status"), row["errors"][0]["code"].as_str().unwrap_or(""))
}

async fn old_units_are_resolved(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (client, _) = vendor(&db, "Phần mềm mẫu", vec![ground(&db, COMMUNAL).await]).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let query = "{ old: administrativeUnit(code: \"15\", on: \"2025-06-30\") { fullName }
        new: administrativeUnit(code: \"15\", on: \"2025-07-01\") { fullName }
        split: resolveAdministrativeUnit(oldCode: \"00553\") { old { name } new { isDefault kind unit { code } } }
        page: administrativeUnits(level: COMMUNE, parentCode: \"37\", first: 2) { totalCount nodes { code } pageInfo { endCursor hasNextPage } } }";
    let data = caller.data(query, Value::Null).await;
    assert_eq!((&data["old"]["fullName"], &data["new"]["fullName"]), (&json!("Tỉnh Yên Bái"), &json!("Tỉnh Lào Cai")));
    let split = data["split"][0]["new"].as_array().unwrap();
    assert!(split.len() > 1 && split[0]["isDefault"] == true, "{split:?}");
    assert_eq!(split.iter().filter(|unit| unit["isDefault"] == true).count(), 1);
    assert_eq!(data["page"]["totalCount"], 129);
    let next = format!(
        "{{ administrativeUnits(level: COMMUNE, parentCode: \"37\", first: 200, after: {}) {{ nodes {{ code }} }} }}",
        data["page"]["pageInfo"]["endCursor"]
    );
    assert_eq!(caller.data(&next, Value::Null).await["administrativeUnits"]["nodes"].as_array().unwrap().len(), 127);
    hub.finish().await;
}

both_engines!(a_vendor_keeps_its_roster, old_units_are_resolved);
