//! Staff belong to their school: groups, positions and ends of employments, row by row, and who may look.

use entities::Db;
use entities::batch::{Batch, RowResult, RowStatus};
use entities::callers::Role;
use entities::catalogues::{StaffGroup, StaffPosition, StaffStatus};
use entities::codes::{Kind, PersonalId, Phone};
use entities::ids::StaffId;
use entities::page::Page;
use entities::reach::Reach;
use entities::staff::{self, Filter, Key, Query, Upsert};
use entities::transaction;
use serde_json::{Value, json};

use super::plant::{COMMUNAL, SPECIAL, everything, ground, now, person, province, vendor};
use crate::files::imported;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::rights::make_user;

const CODE: &str = "9980000001";

fn teacher(school: &str, key: Key) -> Upsert {
    Upsert {
        school_code: school.into(),
        key,
        external_id: None,
        ministry_code: None,
        full_name: Some("Lê Thị Thử Tre".into()),
        birth_date: "1979-05-04".parse().ok(),
        gender: None,
        phone: Phone::parse("01912345678", Kind::Demo).ok(),
        email: None,
        personal_id: None,
        group: Some(StaffGroup::Teacher),
        position: None,
        status: None,
        valid_from: "2020-09-01".parse().ok(),
        valid_to: None,
    }
}

fn coded(school: &str) -> Upsert {
    teacher(school, Key::MinistryCode(CODE.into()))
}

async fn write(db: &Db, reach: &Reach, rows: &[Upsert]) -> Vec<RowResult> {
    let batch = Batch { reach, attempt: None, now: now() };
    transaction!(db, |tx| staff::upsert(tx, &batch, rows).await).unwrap()
}

fn told(rows: &[RowResult]) -> Vec<&str> {
    let word = |row: &RowResult| match row.status {
        RowStatus::Created => "CREATED",
        RowStatus::Updated => "UPDATED",
        RowStatus::Unchanged => "UNCHANGED",
        RowStatus::Refused => row.errors[0].code,
    };
    rows.iter().map(word).collect()
}

async fn listed(db: &Db, reach: &Reach, with_ended: bool) -> Vec<(String, Option<&'static str>)> {
    let filter = Filter { with_ended, ..Filter::default() };
    let page = staff::visible(db, reach, &Query { filter, descending: false, page: Page::first(50) }).await.unwrap();
    let shown = |person: staff::Staff| (person.full_name, person.position.map(|position| position.name_vi));
    page.rows.into_iter().map(|(_, person)| shown(person)).collect()
}

async fn people_come_and_go_row_by_row(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let clerk = person(&db, "thu.cu", Role::Clerk, ground(&db, COMMUNAL).await).await;
    assert_eq!(told(&write(&db, &clerk, &[coded(COMMUNAL)]).await), ["CREATED"]);
    let changes = database.number("SELECT count(*) FROM changes").await;
    assert_eq!(
        told(&write(&db, &clerk, &[coded(COMMUNAL), coded(COMMUNAL)]).await),
        ["UNCHANGED", "DUPLICATE_IN_BATCH"]
    );
    assert_eq!(database.number("SELECT count(*) FROM changes").await, changes);
    // A position tells its group, and does not stand in another one.
    let head = |row: Upsert| Upsert { position: StaffPosition::parse("01").ok(), ..row };
    assert_eq!(told(&write(&db, &clerk, &[head(coded(COMMUNAL))]).await), ["STAFF_POSITION_UNFIT"]);
    assert_eq!(told(&write(&db, &clerk, &[head(Upsert { group: None, ..coded(COMMUNAL) })]).await), ["UPDATED"]);
    assert_eq!(listed(&db, &clerk, false).await, [("Lê Thị Thử Tre".into(), Some("Hiệu trưởng"))]);
    for number in ["099179000001", "099179000001"] {
        let row = Upsert { group: None, personal_id: PersonalId::parse(number, Kind::Demo).ok(), ..coded(COMMUNAL) };
        assert_eq!(told(&write(&db, &clerk, &[row]).await), ["UPDATED"], "a personal ID tells nothing");
    }
    let day = |text: &str| text.parse().ok();
    let gone = Upsert { status: Some(StaffStatus::MovedAway), valid_to: day("2026-08-01"), ..coded(COMMUNAL) };
    let odd = [
        Upsert { valid_to: day("2026-08-01"), ..coded(COMMUNAL) },
        Upsert { valid_from: day("2099-09-01"), ..coded(COMMUNAL) },
        Upsert { full_name: None, ..teacher(COMMUNAL, Key::MinistryCode("9980000009".into())) },
        Upsert { group: None, ..teacher(COMMUNAL, Key::MinistryCode("9980000009".into())) },
        teacher(COMMUNAL, Key::Id(StaffId::from_uuid(uuid::Uuid::from_u128(7)))),
    ];
    let why = ["REQUIRED", "BAD_PERIOD", "REQUIRED", "REQUIRED", "NOT_FOUND"];
    assert_eq!(told(&write(&db, &clerk, &odd).await), why);
    assert_eq!(told(&write(&db, &clerk, std::slice::from_ref(&gone)).await), ["UPDATED"]);
    assert_eq!(told(&write(&db, &clerk, std::slice::from_ref(&gone)).await), ["UNCHANGED"]);
    assert_eq!(
        told(&write(&db, &clerk, &[coded(COMMUNAL)]).await),
        ["STAFF_ENDED"],
        "no nightly run brings anybody back"
    );
    assert_eq!((listed(&db, &clerk, false).await.len(), listed(&db, &clerk, true).await.len()), (0, 1));
    let back = Upsert { valid_from: day("2026-10-01"), ..coded(COMMUNAL) };
    assert_eq!(told(&write(&db, &clerk, std::slice::from_ref(&back)).await), ["CREATED"]);
    assert_eq!(told(&write(&db, &clerk, &[back]).await), ["UNCHANGED"]);
    assert_eq!((listed(&db, &clerk, false).await.len(), listed(&db, &clerk, true).await.len()), (1, 2));
}

async fn schools_share_nobody(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (here, there) = (ground(&db, COMMUNAL).await, ground(&db, SPECIAL).await);
    let clerk = person(&db, "thu.cu", Role::Clerk, here.clone()).await;
    let stranger = person(&db, "thu.moi", Role::Clerk, there).await;
    let made = write(&db, &clerk, &[coded(COMMUNAL)]).await;
    let id = StaffId::from_uuid(made[0].id.unwrap());
    // The same person works at the other school: another record, of which neither school hears.
    let other = Upsert { full_name: Some("Lê Thị Tên Khác (mẫu)".into()), ..coded(SPECIAL) };
    assert_eq!(told(&write(&db, &stranger, std::slice::from_ref(&other)).await), ["CREATED"]);
    assert_eq!(told(&write(&db, &stranger, &[coded(COMMUNAL), teacher(SPECIAL, Key::Id(id))]).await), ["NOT_FOUND"; 2]);
    assert_eq!(listed(&db, &clerk, true).await, [("Lê Thị Thử Tre".into(), None)]);
    assert_eq!(listed(&db, &stranger, true).await, [("Lê Thị Tên Khác (mẫu)".into(), None)]);
    assert!(staff::by_ids(&db, &stranger, &[id]).await.unwrap().is_empty());
    // A vendor takes up whom the clerk wrote down by the code, and its id follows the person through a return.
    let (_, caller) = vendor(&db, "Phần mềm mẫu", vec![here]).await;
    let reach = Reach::of(&caller, now().vietnam_day());
    let own = Upsert { external_id: Some("nv-1".into()), ..coded(COMMUNAL) };
    let taken = write(&db, &reach, std::slice::from_ref(&own)).await;
    assert_eq!((told(&taken), taken[0].id), (vec!["UPDATED"], made[0].id), "the id is new");
    let gone = Upsert { status: Some(StaffStatus::Retired), valid_to: "2026-08-01".parse().ok(), ..own.clone() };
    assert_eq!(told(&write(&db, &reach, &[gone]).await), ["UPDATED"]);
    let back = Upsert { valid_from: "2026-09-01".parse().ok(), ..teacher(COMMUNAL, Key::External("nv-1".into())) };
    let again = write(&db, &reach, std::slice::from_ref(&back)).await;
    assert_eq!(told(&again), ["CREATED"]);
    let named = write(&db, &reach, &[back]).await;
    assert_eq!((told(&named), named[0].id), (vec!["UNCHANGED"], again[0].id));
    let twice = Upsert { ministry_code: entities::codes::MinistryCode::parse(CODE).ok(), ..own };
    assert_eq!(told(&write(&db, &reach, &[twice]).await), ["EXTERNAL_ID_TAKEN"], "the id names the one who came back");
    assert_eq!(listed(&db, &everything(), true).await.len(), 3);
}

const STAFF: &str =
    "query ($code: String) { staff(schoolCode: $code, first: 9) { totalCount nodes { id fullName ministryCode phone
    phoneMasked email group position { nameVi } status validFrom school { code } } } }";
const SCHOOL: &str =
    "query ($code: String!) { school(code: $code) { staff(first: 9, filter: {group: MANAGER}) { nodes { id } } } }";

async fn who_works_with_them_is_told(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (client, _) = vendor(&db, "Phần mềm mẫu", vec![ground(&db, COMMUNAL).await]).await;
    for (name, role) in [("hieu-truong", "PRINCIPAL"), ("ke-toan", "ACCOUNTANT")] {
        make_user(&database, name, role, &["--school", COMMUNAL]);
    }
    make_user(&database, "so", "PROVINCE_OFFICER", &["--province", "37"]);
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let line = |school: &str| {
        json!({"schoolCode": school, "key": {"externalId": "nv-1"}, "fullName": "Lê Thị Thử Tre", "positionCode": "01",
               "phone": "01912345678", "ministryCode": CODE, "validFrom": "2020-09-01"})
    };
    let write = "mutation ($input: UpsertStaffInput!) { upsertStaff(input: $input) {
        rows { status errors { code } node { id fullName } } } }";
    let input = json!({ "input": { "staff": [line(COMMUNAL), line(SPECIAL)] } });
    assert_eq!(caller.ask(write, input.clone()).await.codes(), ["FORBIDDEN"], "no purpose was stated");
    let caller = caller.for_purpose("SCHOOL_MANAGEMENT");
    let rows = caller.data(write, input).await["upsertStaff"]["rows"].take();
    assert_eq!(
        (&rows[0]["status"], &rows[1]["errors"][0]["code"]),
        (&json!("CREATED"), &json!("NOT_FOUND")),
        "{rows:#}"
    );
    let again = imported(&caller, "STAFF", &format!("{}\n", line(COMMUNAL))).await;
    assert_eq!(again[0]["status"], "UNCHANGED", "{again:?}");
    let seen = async |name: &str| {
        let asker = Caller::user(&hub, &database, name);
        let mut page = asker.data(STAFF, json!({ "code": COMMUNAL })).await["staff"].take();
        assert_eq!(page["totalCount"], 1);
        page["nodes"][0].take()
    };
    let (whole, partly, office) = (seen("hieu-truong").await, seen("ke-toan").await, seen("so").await);
    assert_eq!((&whole["phone"], &whole["position"]["nameVi"]), (&json!("+841912345678"), &json!("Hiệu trưởng")));
    assert_eq!(whole["school"]["code"], COMMUNAL);
    for other in [&partly, &office] {
        assert_eq!((&other["fullName"], &other["phone"]), (&whole["fullName"], &Value::Null));
    }
    let principal = Caller::user(&hub, &database, "hieu-truong");
    let nested = principal.data(SCHOOL, json!({ "code": COMMUNAL })).await;
    assert_eq!(nested["school"]["staff"]["nodes"], json!([{ "id": whole["id"] }]));
    let accountant = Caller::user(&hub, &database, "ke-toan");
    let input = json!({ "input": { "staff": [line(COMMUNAL)] } });
    assert_eq!(accountant.ask(write, input).await.codes(), ["FORBIDDEN"]);
    assert_eq!(principal.data(STAFF, json!({ "code": SPECIAL })).await["staff"]["nodes"], json!([]));
    hub.finish().await;
}

both_engines!(people_come_and_go_row_by_row, schools_share_nobody, who_works_with_them_is_told);
