//! Guardians follow their students: who reads a child reads who answers for it today, and no school alters what another holds.

use entities::batch::{Batch, RowResult, RowStatus};
use entities::callers::Role;
use entities::catalogues::GuardianRelation as Relation;
use entities::codes::{Email, Kind, PersonalId, Phone};
use entities::guardians::{self, Guardian, Key, Upsert};
use entities::ids::{GuardianId, StudentId};
use entities::reach::{Ground, Reach};
use entities::{Db, enrollments, students, transaction};

use super::plant::{
    COMMUNAL, SPECIAL, everything, ground, joining, now, person, province, student, vendor, write_students,
};
use crate::harness::both_engines;
use crate::harness::database::Database;

const FIRST: &str = "9900000001";
const SECOND: &str = "9900000002";

pub(super) fn guardian(school: &str, pupil: &str, key: Key) -> Upsert {
    Upsert {
        school_code: school.into(),
        student: students::Key::MinistryCode(pupil.into()),
        key,
        external_id: None,
        relation: None,
        full_name: Some("Vũ Thị Mẫu Sen".into()),
        birth_date: "1988-05-04".parse().ok(),
        phone: Phone::parse("01912345678", Kind::Demo).ok(),
        email: Email::parse("me@mau.example").ok(),
        personal_id: None,
        contact_order: Some(1),
        valid_from: "2026-09-01".parse().ok(),
        valid_to: None,
    }
}

fn mother(school: &str, pupil: &str) -> Upsert {
    guardian(school, pupil, Key::Relation(Relation::Mother))
}

async fn write(db: &Db, reach: &Reach, rows: &[Upsert]) -> Vec<RowResult> {
    let batch = Batch { reach, attempt: None, now: now() };
    transaction!(db, |tx| guardians::upsert(tx, &batch, rows).await).unwrap()
}

/// What became of each row: its status, or why it was refused.
fn told(rows: &[RowResult]) -> Vec<&str> {
    let word = |row: &RowResult| match row.status {
        RowStatus::Created => "CREATED",
        RowStatus::Updated => "UPDATED",
        RowStatus::Unchanged => "UNCHANGED",
        RowStatus::Refused => row.errors[0].code,
    };
    rows.iter().map(word).collect()
}

async fn pupil(db: &Db, code: &str) -> StudentId {
    students::by_ministry_code(db, &everything(), code).await.unwrap().unwrap().id
}

/// Names and phones of those whom a reach is told of a student.
async fn family(db: &Db, reach: &Reach, code: &str) -> Vec<(String, String)> {
    let pupil = pupil(db, code).await;
    let links = guardians::of_students(db, reach, &[pupil]).await.unwrap().remove(&pupil).unwrap_or_default();
    let ids: Vec<GuardianId> = links.iter().map(|link| link.guardian).collect();
    let people = guardians::by_ids(db, reach, &ids).await.unwrap();
    let shown = |person: &Guardian| {
        (person.full_name.clone(), person.phone.as_ref().map_or(String::new(), |phone| phone.as_str().into()))
    };
    links.iter().filter_map(|link| people.get(&link.guardian)).map(shown).collect()
}

async fn two_pupils(db: &Db) -> (Reach, Reach) {
    province(db).await;
    let pupils = [FIRST, SECOND].map(|code| student(COMMUNAL, code, "Nguyễn Văn Mẫu 017"));
    write_students(db, &everything(), &pupils).await;
    let (old, new) = (ground(db, COMMUNAL).await, ground(db, SPECIAL).await);
    (person(db, "thu.cu", Role::Clerk, old).await, person(db, "thu.moi", Role::Clerk, new).await)
}

async fn a_family_is_kept_row_by_row(database: Database) {
    let db = database.ledger().await;
    let (clerk, stranger) = two_pupils(&db).await;
    let made = write(&db, &clerk, &[mother(COMMUNAL, FIRST)]).await;
    assert_eq!(told(&made), ["CREATED"]);
    let id = GuardianId::from_uuid(made[0].id.unwrap());
    let changes = database.number("SELECT count(*) FROM changes").await;
    assert_eq!(told(&write(&db, &clerk, &[mother(COMMUNAL, FIRST)]).await), ["UNCHANGED"]);
    assert_eq!(database.number("SELECT count(*) FROM changes").await, changes);
    // A brother; the row says what she is to him, and describes her again.
    let brother = Upsert { relation: Some(Relation::Mother), ..guardian(COMMUNAL, SECOND, Key::Id(id)) };
    let another = Upsert { full_name: Some("Lê Thị Thử Hai".into()), ..brother.clone() };
    assert_eq!(told(&write(&db, &clerk, &[brother, another]).await), ["UPDATED", "DUPLICATE_IN_BATCH"]);
    let father = Upsert { full_name: None, ..guardian(COMMUNAL, FIRST, Key::Relation(Relation::Father)) };
    let future = Upsert { valid_from: "2099-09-01".parse().ok(), ..mother(COMMUNAL, SECOND) };
    let second = guardian(COMMUNAL, FIRST, Key::External("x".into()));
    let nobody = guardian(COMMUNAL, FIRST, Key::Id(GuardianId::from_uuid(uuid::Uuid::from_u128(7))));
    let elsewhere = mother(SPECIAL, FIRST);
    let masked = Upsert { full_name: Some("Vũ •••".into()), ..mother(COMMUNAL, FIRST) };
    let rows = [father, future, second, nobody, elsewhere, masked];
    let why = ["REQUIRED", "BAD_PERIOD", "EXTERNAL_ID_NEEDS_CLIENT", "NOT_FOUND", "NOT_FOUND", "MASKED_INPUT"];
    assert_eq!(told(&write(&db, &clerk, &rows).await), why);
    // A personal ID tells nothing by what becomes of its row, whether it is new, the same or another one.
    for number in ["099188000001", "099188000001", "099188000002"] {
        let row = Upsert { personal_id: PersonalId::parse(number, Kind::Demo).ok(), ..mother(COMMUNAL, FIRST) };
        let before = database.number("SELECT count(*) FROM changes").await;
        assert_eq!(told(&write(&db, &clerk, &[row]).await), ["UPDATED"]);
        assert!(database.number("SELECT count(*) FROM changes").await > before);
    }
    // Somebody of another school learns nothing and alters nothing, by whatever key.
    for row in [mother(COMMUNAL, FIRST), mother(SPECIAL, FIRST), guardian(SPECIAL, FIRST, Key::Id(id))] {
        assert_eq!(told(&write(&db, &stranger, &[row]).await), ["NOT_FOUND"]);
    }
    assert_eq!(family(&db, &stranger, FIRST).await, []);
    assert_eq!(guardians::by_ids(&db, &stranger, &[id]).await.unwrap().len(), 0);
    assert_eq!(family(&db, &clerk, SECOND).await, [("Vũ Thị Mẫu Sen".into(), "+841912345678".into())]);
}

async fn a_link_that_ends_shows_nothing_any_more(database: Database) {
    let db = database.ledger().await;
    let (clerk, _) = two_pupils(&db).await;
    let (_, caller) = vendor(&db, "Phần mềm mẫu", vec![ground(&db, COMMUNAL).await]).await;
    let reach = Reach::of(&caller, now().vietnam_day());
    let own = Upsert { relation: Some(Relation::Mother), ..guardian(COMMUNAL, FIRST, Key::External("ph-1".into())) };
    let brother = Upsert { student: students::Key::MinistryCode(SECOND.into()), ..own.clone() };
    let made = write(&db, &reach, &[own.clone(), brother.clone()]).await;
    assert_eq!(told(&made), ["CREATED", "UPDATED"]);
    assert_eq!(made[0].id, made[1].id, "one mother of two");
    let today = now().vietnam_day();
    let ended = Upsert { valid_to: Some(today), ..own.clone() };
    assert_eq!(told(&write(&db, &reach, std::slice::from_ref(&ended)).await), ["UPDATED"]);
    assert_eq!(told(&write(&db, &reach, &[ended]).await), ["UNCHANGED"], "said again it is so already");
    assert_eq!(family(&db, &clerk, FIRST).await, []);
    assert_eq!(family(&db, &clerk, SECOND).await.len(), 1);
    // Who names her by what she is finds nobody, whatever the day: what ended is nobody's to try.
    let guessed = Upsert { valid_to: Some(today), ..mother(COMMUNAL, FIRST) };
    assert_eq!(told(&write(&db, &clerk, &[guessed]).await), ["NOT_FOUND"]);
    // With the last link the person is gone, and the vendor's id is free for whoever comes.
    let last = Upsert { valid_to: Some(today), ..brother.clone() };
    assert_eq!(told(&write(&db, &reach, &[last]).await), ["UPDATED"]);
    let id = GuardianId::from_uuid(made[0].id.unwrap());
    assert!(guardians::by_ids(&db, &clerk, &[id]).await.unwrap().is_empty());
    let again = write(&db, &reach, &[own]).await;
    assert_eq!(told(&again), ["CREATED"]);
    assert_ne!(again[0].id, made[0].id, "somebody new, because nobody may look at what was kept");
    assert_eq!(
        told(&write(&db, &clerk, &[Upsert { external_id: None, ..mother(COMMUNAL, FIRST) }]).await),
        ["UNCHANGED"]
    );
    let other = Upsert { relation: Some(Relation::Mother), ..guardian(COMMUNAL, FIRST, Key::External("ph-2".into())) };
    assert_eq!(told(&write(&db, &reach, &[other]).await), ["GUARDIAN_EXISTS"]);
}

async fn families_part_when_a_child_moves_on(database: Database) {
    let db = database.ledger().await;
    let (old, new) = two_pupils(&db).await;
    let made = write(&db, &old, &[mother(COMMUNAL, FIRST)]).await;
    let id = GuardianId::from_uuid(made[0].id.unwrap());
    let brother = Upsert { relation: Some(Relation::Mother), ..guardian(COMMUNAL, SECOND, Key::Id(id)) };
    write(&db, &old, &[brother]).await;
    let transfer = enrollments::Upsert {
        school_code: SPECIAL.into(),
        key: enrollments::Key::Student(students::Key::MinistryCode(FIRST.into())),
        external_id: None,
        student: None,
        joining: joining("2026-10-15"),
    };
    let whole = person(&db, "so.37", Role::ProvinceOfficer, Ground::Province("37".into())).await;
    let batch = Batch { reach: &whole, attempt: None, now: now() };
    let rows = [transfer];
    transaction!(db, |tx| enrollments::upsert(tx, &batch, &rows).await).unwrap();
    assert_eq!(family(&db, &old, FIRST).await, [], "the old school is told nothing of the child's family");
    assert_eq!(family(&db, &new, FIRST).await, [("Vũ Thị Mẫu Sen".into(), "+841912345678".into())]);
    assert!(guardians::by_ids(&db, &new, &[id]).await.unwrap().is_empty(), "it has a record of its own");
    let moved = Upsert { phone: Phone::parse("01987654321", Kind::Demo).ok(), ..mother(SPECIAL, FIRST) };
    assert_eq!(told(&write(&db, &new, &[moved]).await), ["UPDATED"]);
    assert_eq!(family(&db, &old, SECOND).await, [("Vũ Thị Mẫu Sen".into(), "+841912345678".into())]);
    let renamed = Upsert { full_name: Some("Vũ Thị Đổi Tên (mẫu)".into()), ..mother(COMMUNAL, SECOND) };
    assert_eq!(told(&write(&db, &old, &[renamed]).await), ["UPDATED"]);
    assert_eq!(family(&db, &new, FIRST).await, [("Vũ Thị Mẫu Sen".into(), "+841987654321".into())]);
    // The next year at the same school parts nobody.
    let people = database.number("SELECT count(*) FROM guardians").await;
    let stays =
        students::Upsert { enrollment: Some(joining("2026-10-20")), ..student(SPECIAL, FIRST, "Nguyễn Văn Mẫu") };
    assert!(write_students(&db, &new, &[stays]).await[0].errors.is_empty());
    assert_eq!(database.number("SELECT count(*) FROM guardians").await, people);
}

both_engines!(
    a_family_is_kept_row_by_row,
    a_link_that_ends_shows_nothing_any_more,
    families_part_when_a_child_moves_on,
);
