//! What a bulk verb does with each row.

use entities::batch::{Batch, RowResult, RowStatus};
use entities::idempotency::Attempt;
use entities::page::Page;
use entities::schools::{self, Filter, Key, Order, Query, Upsert};
use entities::{students, transaction};
use serde_json::json;

use super::plant::{
    COMMUNAL, SPECIAL, everything, ground, now, province, school, student, vendor, write_schools, write_students,
};
use crate::harness::both_engines;
use crate::harness::database::Database;

fn codes(row: &RowResult) -> Vec<&str> {
    row.errors.iter().map(|error| error.code).collect()
}

async fn a_second_time_nothing_is_written(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let rows = [school(COMMUNAL, "Trường Tiểu học Bình Minh (mẫu)")];
    let changes = database.number("SELECT count(*) FROM changes").await;
    let again = write_schools(&db, &everything(), &rows).await;
    assert_eq!(again[0].status, RowStatus::Unchanged);
    // The same name as a Mac writes it, decomposed.
    let nfd = [school(
        COMMUNAL,
        "Tru\u{31b}o\u{31b}\u{300}ng Tie\u{302}\u{309}u ho\u{323}c Bi\u{300}nh Minh (ma\u{302}\u{303}u)",
    )];
    assert_eq!(write_schools(&db, &everything(), &nfd).await[0].status, RowStatus::Unchanged);
    assert_eq!(database.number("SELECT count(*) FROM changes").await, changes);
    let renamed = [school(COMMUNAL, "Trường Tiểu học Bình Minh 2 (mẫu)")];
    assert_eq!(write_schools(&db, &everything(), &renamed).await[0].status, RowStatus::Updated);
    assert_eq!(database.number("SELECT count(*) FROM changes").await, changes + 1);

    let pupil = students::Upsert {
        phone: entities::codes::Phone::parse("01912345678", db.kind()).ok(),
        personal_id: entities::codes::PersonalId::parse("099219000001", db.kind()).ok(),
        ..student(COMMUNAL, "9900000001", "Trần Thị Thử Xanh")
    };
    assert_eq!(write_students(&db, &everything(), std::slice::from_ref(&pupil)).await[0].status, RowStatus::Created);
    let again = write_students(&db, &everything(), std::slice::from_ref(&pupil)).await;
    assert_eq!(again[0].status, RowStatus::Unchanged, "{again:?}");
    let twin = students::Upsert { key: students::Key::MinistryCode("9900000002".into()), ..pupil };
    assert_eq!(codes(&write_students(&db, &everything(), &[twin]).await[0]), ["PERSONAL_ID_CONFLICT"]);
}

async fn a_bad_row_fails_no_neighbour(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let rows = [
        school("99001403", "Trường Tiểu học Mùa Xuân (mẫu)"),
        school("99001404", "Trường T••• (mẫu)"),
        Upsert { location_commune_code: Some("00001".into()), ..school("99001405", "Trường Không Đâu (mẫu)") },
        school("99001403", "Trường Tiểu học Mùa Thu (mẫu)"),
        Upsert { name: None, ..school("99001406", "") },
        school("99001407", "Trường Tiểu học Mùa Hạ (mẫu)"),
    ];
    let made = write_schools(&db, &everything(), &rows).await;
    let refused: Vec<_> = made.iter().map(|row| codes(row).first().copied().unwrap_or("")).collect();
    assert_eq!(refused, ["", "MASKED_INPUT", "COMMUNE_UNKNOWN", "DUPLICATE_IN_BATCH", "REQUIRED", ""]);
    assert_eq!(made.iter().map(|row| row.index).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    let names = database.texts("SELECT name FROM schools WHERE code >= '99001403' ORDER BY code").await;
    assert_eq!(names, ["Trường Tiểu học Mùa Xuân (mẫu)", "Trường Tiểu học Mùa Hạ (mẫu)"]);
}

async fn names_are_found_without_their_diacritics(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    for (text, found) in
        [("binh minh", vec![COMMUNAL]), ("SEN HỒNG", vec![SPECIAL]), ("%", vec![]), (SPECIAL, vec![SPECIAL])]
    {
        let filter = Filter { search: Some(text.into()), ..Filter::default() };
        let query = Query { filter, order: Order::Name, descending: false, page: Page::first(10) };
        let slice = schools::visible(&db, &everything(), &query).await.unwrap();
        assert_eq!(slice.rows.iter().map(|(_, school)| school.code.as_str()).collect::<Vec<_>>(), found, "{text}");
    }
}

async fn a_vendors_own_id_names_its_school(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (_, caller) = vendor(&db, "Phần mềm mẫu", vec![ground(&db, COMMUNAL).await]).await;
    let reach = entities::reach::Reach::of(&caller, now().vietnam_day());
    let named = |id: &str, code: Option<&str>| Upsert {
        key: Key::External(id.into()),
        code: code.map(String::from),
        ..school("", "Trường Tiểu học Bình Minh (mẫu)")
    };
    assert_eq!(write_schools(&db, &reach, &[named("s-1", Some(COMMUNAL))]).await[0].status, RowStatus::Updated);
    let again = write_schools(&db, &reach, &[named("s-1", None)]).await;
    assert_eq!((again[0].status, again[0].external_id.as_deref()), (RowStatus::Unchanged, Some("s-1")));
    assert_eq!(codes(&write_schools(&db, &reach, &[named("s-2", Some(SPECIAL))]).await[0]), ["NOT_FOUND"]);
    assert_eq!(codes(&write_schools(&db, &reach, &[named("s-3", Some("99001499"))]).await[0]), ["NOT_FOUND"]);
    assert_eq!(database.number("SELECT count(*) FROM external_ids").await, 1);
}

async fn a_repeat_under_the_same_key_applies_nothing(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let reach = everything();
    let write = async |name: &str, key: &str| {
        let rows = [school(COMMUNAL, name), school("99001404", "•")];
        let attempt = Attempt {
            subject: "user:test".into(),
            key: key.into(),
            verb: "upsertSchools",
            input: json!({"name": name}),
        };
        let batch = Batch { reach: &reach, attempt: Some(&attempt), now: now() };
        transaction!(db, |tx| schools::upsert(tx, &batch, &rows).await)
    };
    assert_eq!(write("Trường Một (mẫu)", "k-1").await.unwrap()[0].status, RowStatus::Updated);
    assert_eq!(write("Trường Hai (mẫu)", "k-2").await.unwrap()[0].status, RowStatus::Updated);
    let repeat = write("Trường Một (mẫu)", "k-1").await.unwrap();
    assert_eq!((repeat[0].status, codes(&repeat[1])), (RowStatus::Unchanged, vec!["REFUSED_BEFORE"]));
    let name = database.texts("SELECT name FROM schools WHERE code = '99001401'").await;
    assert_eq!(name, ["Trường Hai (mẫu)"], "the repeat must not undo what came after");
    let other = write("Trường Ba (mẫu)", "k-1").await.unwrap_err();
    assert!(other.to_string().starts_with("IDEMPOTENCY_KEY_REUSED"), "{other}");
}

both_engines!(
    a_second_time_nothing_is_written,
    a_bad_row_fails_no_neighbour,
    names_are_found_without_their_diacritics,
    a_vendors_own_id_names_its_school,
    a_repeat_under_the_same_key_applies_nothing,
);
