//! A small province to ask about: two communes, a school managed by each body, a class, callers of several kinds.

use entities::batch::{Batch, RowResult, RowStatus};
use entities::callers::{self, Caller, Role};
use entities::catalogues::{EducationLevel, Grade, Ownership};
use entities::clients::{self, NewClient};
use entities::codes::SchoolYear;
use entities::contracts::{self, NewContract};
use entities::enrollments::Joining;
use entities::ids::ClientId;
use entities::reach::{Ground, Reach, Reason};
use entities::schools::{Key, Manager, Upsert};
use entities::time::Timestamp;
use entities::users::{self, NewRoleAssignment};
use entities::{Db, classes, organizations, schools, students, transaction};

use crate::harness::clock;

/// Two communes of Ninh Bình.
pub(crate) const HOA_LU: &str = "14329";
pub(crate) const TAM_DIEP: &str = "14362";
/// A primary school in the first commune that its commune manages, and one there that the department manages.
pub(crate) const COMMUNAL: &str = "99001401";
pub(crate) const SPECIAL: &str = "99001402";

pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(clock::unix_seconds().try_into().unwrap())
}

pub(crate) fn everything() -> Reach {
    #[expect(clippy::disallowed_methods, reason = "the tests plant as the operator does")]
    Reach::system(Reason::Seeding, now().vietnam_day())
}

pub(crate) fn school(code: &str, name: &str) -> Upsert {
    Upsert {
        key: Key::Code(code.into()),
        external_id: None,
        code: None,
        name: Some(name.into()),
        levels: Some(vec![EducationLevel::Primary]),
        ownership: Some(Ownership::Public),
        location_commune_code: Some(HOA_LU.into()),
        status: None,
        valid_from: Some("2025-09-01".parse().unwrap()),
        valid_to: None,
        manager: None,
    }
}

/// Schools as the given reach writes them.
pub(crate) async fn write_schools(db: &Db, reach: &Reach, rows: &[Upsert]) -> Vec<RowResult> {
    let batch = Batch { reach, attempt: None, now: now() };
    transaction!(db, |tx| schools::upsert(tx, &batch, rows).await).unwrap()
}

pub(crate) async fn write_students(db: &Db, reach: &Reach, rows: &[students::Upsert]) -> Vec<RowResult> {
    let batch = Batch { reach, attempt: None, now: now() };
    transaction!(db, |tx| students::upsert(tx, &batch, rows).await).unwrap()
}

/// Every office, the two schools, and class 1A in each.
pub(crate) async fn province(db: &Db) {
    let (reach, now) = (everything(), now());
    let batch = Batch { reach: &reach, attempt: None, now };
    let offices = organizations::offices(now.vietnam_day());
    let planted = transaction!(db, |tx| organizations::upsert(tx, &batch, &offices).await).unwrap();
    assert!(planted.iter().all(|row| row.status == RowStatus::Created));
    let manager = Manager { organization_code: organizations::department_code("37"), from: None, source: None };
    let special = Upsert { manager: Some(manager), ..school(SPECIAL, "Trường Tiểu học Sen Hồng (mẫu)") };
    let rows = [school(COMMUNAL, "Trường Tiểu học Bình Minh (mẫu)"), special];
    let made = write_schools(db, &reach, &rows).await;
    assert!(made.iter().all(|row| row.status == RowStatus::Created), "{made:?}");
    write_class(db, COMMUNAL).await;
    write_class(db, SPECIAL).await;
}

/// Class 1A of a school.
pub(crate) async fn write_class(db: &Db, school: &str) {
    let reach = everything();
    let batch = Batch { reach: &reach, attempt: None, now: now() };
    let class = classes::Upsert {
        school_code: school.into(),
        school_year: year(),
        key: classes::Key::Code("1A".into()),
        external_id: None,
        code: None,
        name: Some("Lớp 1A".into()),
        grade: Some(Grade::parse("01").unwrap()),
    };
    transaction!(db, |tx| classes::upsert(tx, &batch, std::slice::from_ref(&class)).await).unwrap();
}

pub(crate) fn year() -> SchoolYear {
    SchoolYear::starting(2026).unwrap()
}

/// A student of class 1A, new or known by the ministry code.
pub(crate) fn student(school: &str, ministry_code: &str, name: &str) -> students::Upsert {
    students::Upsert {
        school_code: school.into(),
        key: students::Key::MinistryCode(ministry_code.into()),
        external_id: None,
        ministry_code: None,
        full_name: Some(name.into()),
        birth_date: Some("2019-03-02".parse().unwrap()),
        gender: None,
        ethnic_group: None,
        phone: None,
        personal_id: None,
        enrollment: Some(joining("2026-09-01")),
    }
}

/// Joins class 1A on a day.
pub(crate) fn joining(from: &str) -> Joining {
    Joining { school_year: year(), class_code: Some("1A".into()), status: None, from: from.parse().ok(), to: None }
}

pub(crate) async fn ground(db: &Db, school: &str) -> Ground {
    Ground::School(schools::by_code(db, &everything(), school).await.unwrap().unwrap().id)
}

/// The reach of a person with one role.
pub(crate) async fn person(db: &Db, name: &str, role: Role, ground: Ground) -> Reach {
    let new = NewRoleAssignment {
        role,
        ground,
        purposes: Vec::new(),
        valid_from: "2025-09-01".parse().unwrap(),
        valid_to: None,
    };
    let user = transaction!(db, |tx| {
        match users::create(tx, name, name, now()).await {
            Ok(user) => users::assign(tx, user.id, &new, now()).await.map(|_| user),
            Err(error) => Err(error),
        }
    });
    let day = now().vietnam_day();
    let caller = callers::of_user(db, user.unwrap().id, 0, None, day).await.unwrap().unwrap();
    Reach::of(&caller, day)
}

/// A vendor under a contract for these grounds that allows everything.
pub(crate) async fn vendor(db: &Db, name: &str, grounds: Vec<Ground>) -> (ClientId, Caller) {
    let client = NewClient { name: name.into(), role: Role::VendorApp, requests_per_minute: 6_000 };
    let (client, _) = transaction!(db, |tx| clients::create(tx, &client, now()).await).unwrap();
    let contract = NewContract {
        client: client.id,
        number: "HĐ-MẪU-1".into(),
        scopes: contracts::SCOPES.map(String::from).to_vec(),
        purposes: vec!["SCHOOL_MANAGEMENT".into()],
        grounds,
        valid_from: "2025-09-01".parse().unwrap(),
        valid_to: None,
    };
    transaction!(db, |tx| contracts::create(tx, &contract, now()).await).unwrap();
    let caller = callers::of_client(db, client.id, None, now().vietnam_day()).await.unwrap().unwrap();
    (client.id, caller)
}
