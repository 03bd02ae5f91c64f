//! Nothing crosses a reach: who manages a school counts and not where it lies, and a transfer moves the rights.

use entities::Db;
use entities::batch::{Batch, RowStatus};
use entities::callers::Role;
use entities::page::Page;
use entities::reach::{Ground, Reach};
use entities::schools::{self, Manager, Upsert};
use entities::students::{self, Filter, Order};
use entities::{enrollments, organizations, transaction};

use super::plant::{
    COMMUNAL, HOA_LU, SPECIAL, TAM_DIEP, everything, ground, joining, now, person, province, school, student,
    write_schools, write_students,
};
use crate::harness::both_engines;
use crate::harness::database::Database;

async fn seen_schools(db: &Db, reach: &Reach) -> Vec<String> {
    let (filter, order) = (schools::Filter::default(), schools::Order::Code);
    let query = schools::Query { filter, order, descending: false, page: Page::first(50) };
    let slice = schools::visible(db, reach, &query).await.unwrap();
    slice.rows.into_iter().map(|(_, school)| school.code).collect()
}

async fn seen_students(db: &Db, reach: &Reach) -> Vec<String> {
    let query =
        students::Query { filter: Filter::default(), order: Order::Name, descending: false, page: Page::first(50) };
    let slice = students::visible(db, reach, &query).await.unwrap();
    slice.rows.into_iter().map(|(_, student)| student.full_name).collect()
}

async fn officer(db: &Db, commune: &str) -> Reach {
    let code = organizations::committee_code(commune);
    let committee = organizations::by_code(db, &everything(), &code).await.unwrap().unwrap();
    person(db, &format!("officer.{commune}"), Role::CommuneOfficer, Ground::ManagedBy(committee.id)).await
}

async fn a_commune_sees_what_it_manages_and_not_what_lies_in_it(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (here, there) = (officer(&db, HOA_LU).await, officer(&db, TAM_DIEP).await);
    assert_eq!(seen_schools(&db, &here).await, [COMMUNAL], "both schools lie in the commune");
    assert_eq!(schools::by_code(&db, &here, SPECIAL).await.unwrap(), None);
    assert!(seen_schools(&db, &there).await.is_empty());
    let whole = person(&db, "so.37", Role::ProvinceOfficer, Ground::Province("37".into())).await;
    assert_eq!(seen_schools(&db, &whole).await, [COMMUNAL, SPECIAL]);
    // The other commune takes over: the rights move, the place does not.
    let committee = organizations::committee_code(TAM_DIEP);
    let manager = Manager { organization_code: committee, from: None, source: Some("Quyết định mẫu 1".into()) };
    let moved = Upsert { manager: Some(manager), ..school(COMMUNAL, "Trường Tiểu học Bình Minh (mẫu)") };
    let refused = write_schools(&db, &here, std::slice::from_ref(&moved)).await;
    assert_eq!(refused[0].errors[0].code, "NOT_FOUND", "one commune does not give a school to another");
    assert_eq!(write_schools(&db, &whole, &[moved]).await[0].status, RowStatus::Updated);
    assert!(seen_schools(&db, &here).await.is_empty());
    assert_eq!(seen_schools(&db, &there).await, [COMMUNAL]);
}

async fn a_transfer_ends_the_old_schools_access(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (old, new) = (ground(&db, COMMUNAL).await, ground(&db, SPECIAL).await);
    let old = person(&db, "old.principal", Role::Principal, old).await;
    let new = person(&db, "new.principal", Role::Principal, new).await;
    let pupil = student(COMMUNAL, "9900000001", "Nguyễn Văn Mẫu 017");
    assert_eq!(write_students(&db, &old, std::slice::from_ref(&pupil)).await[0].status, RowStatus::Created);
    let stolen = student(SPECIAL, "9900000001", "Nguyễn Văn Mẫu 017");
    let refused = write_students(&db, &new, std::slice::from_ref(&stolen)).await;
    assert_eq!(refused[0].errors[0].code, "NOT_FOUND", "a held student is not taken");
    assert_eq!((seen_students(&db, &old).await.len(), seen_students(&db, &new).await.len()), (1, 0));

    let transfer = enrollments::Upsert {
        school_code: SPECIAL.into(),
        key: enrollments::Key::Student(students::Key::MinistryCode("9900000001".into())),
        external_id: None,
        student: None,
        joining: joining("2026-10-15"),
    };
    let whole = person(&db, "so.37", Role::ProvinceOfficer, Ground::Province("37".into())).await;
    let batch = Batch { reach: &whole, attempt: None, now: now() };
    let rows = [transfer];
    for status in [RowStatus::Created, RowStatus::Unchanged] {
        let moved = transaction!(db, |tx| enrollments::upsert(tx, &batch, &rows).await).unwrap();
        assert_eq!(moved[0].status, status, "{moved:?}");
    }
    assert_eq!((seen_students(&db, &old).await.len(), seen_students(&db, &new).await.len()), (0, 1));
    let states = database.texts("SELECT status FROM enrollments ORDER BY valid_from").await;
    assert_eq!(states, ["04", "01"], "transferred out in term 1, studying");
    let stale = write_students(&db, &old, &[pupil]).await;
    assert_eq!(stale[0].errors[0].code, "NOT_FOUND", "the old school's nightly run changes nothing");
}

async fn a_released_student_is_taken_up_by_code_and_day_of_birth(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let pupil = student(COMMUNAL, "9900000001", "Nguyễn Văn Mẫu 017");
    write_students(&db, &everything(), std::slice::from_ref(&pupil)).await;
    let left = entities::enrollments::Joining {
        status: Some(entities::catalogues::StudentStatus::TransferredOutTerm1),
        to: "2026-10-15".parse().ok(),
        ..joining("2026-09-01")
    };
    let released = students::Upsert { enrollment: Some(left), ..pupil };
    assert_eq!(write_students(&db, &everything(), &[released]).await[0].status, RowStatus::Updated);
    let new = ground(&db, SPECIAL).await;
    let new = person(&db, "new.principal", Role::Principal, new).await;
    let known = students::Upsert {
        enrollment: Some(joining("2026-10-16")),
        ..student(SPECIAL, "9900000001", "Nguyễn Văn Mẫu 017")
    };
    let guessed = students::Upsert { birth_date: "2019-03-03".parse().ok(), ..known.clone() };
    assert_eq!(write_students(&db, &new, &[guessed]).await[0].errors[0].code, "NOT_FOUND");
    assert_eq!(write_students(&db, &new, &[known]).await[0].status, RowStatus::Updated);
    assert_eq!(seen_students(&db, &new).await, ["Nguyễn Văn Mẫu 017"]);
}

async fn a_former_code_finds_the_successor(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let id = async |code| schools::by_code(&db, &everything(), code).await.unwrap().unwrap().id;
    let (from, to) = (id(COMMUNAL).await, id(SPECIAL).await);
    let reach = everything();
    let batch = Batch { reach: &reach, attempt: None, now: now() };
    let day = now().vietnam_day();
    transaction!(db, |tx| schools::successions::record(tx, &batch, from, to, day).await).unwrap();
    let heir = person(&db, "heir", Role::Principal, Ground::School(to)).await;
    assert_eq!(schools::by_code(&db, &heir, COMMUNAL).await.unwrap().unwrap().code, SPECIAL);
    let before = schools::successions::before(&db, &heir, &[to]).await.unwrap();
    assert_eq!(before[&to][0].predecessor_code, COMMUNAL);
}

both_engines!(
    a_commune_sees_what_it_manages_and_not_what_lies_in_it,
    a_transfer_ends_the_old_schools_access,
    a_released_student_is_taken_up_by_code_and_day_of_birth,
    a_former_code_finds_the_successor,
);
