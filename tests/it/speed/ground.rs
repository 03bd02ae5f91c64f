//! A bench province with classes, and a vendor who may read all of it.

use entities::batch::{Batch, RowStatus};
use entities::callers::Role;
use entities::catalogues::Grade;
use entities::codes::SchoolYear;
use entities::enrollments::Joining;
use entities::reach::{Ground, Reach, Reason};
use entities::time::Timestamp;
use entities::users::{self, NewRoleAssignment};
use entities::{Db, callers, classes, students, transaction};
use serde_json::Value;

use crate::harness::clock;
use crate::harness::database::Database;
use crate::harness::program;

pub(super) fn now() -> Timestamp {
    Timestamp::from_seconds(clock::unix_seconds().try_into().unwrap())
}

pub(super) fn everything() -> Reach {
    #[expect(clippy::disallowed_methods, reason = "the tests plant as the operator does")]
    Reach::system(Reason::Seeding, now().vietnam_day())
}

/// Codes of the schools, each with two classes of three children, invoices and payments; the id of the vendor.
pub(super) async fn plant(database: &Database) -> (Vec<String>, String) {
    let size = ["--schools", "8", "--students", "80", "--payments", "400"];
    let keys = json(&program::run(database, &[&["bench", "seed"], &size[..]].concat()));
    let schools: Vec<String> =
        keys["schools"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().into()).collect();
    let db = database.ledger().await;
    for (at, school) in schools.iter().enumerate() {
        class(&db, school, at, "1A").await;
        class(&db, school, at, "1B").await;
    }
    let vendor = vendor(database, "reader", &schools);
    // Money is shown to the vendor on whose invoices it lies.
    let column =
        if vendor_is_blob(database) { format!("x'{}'", vendor.replace('-', "")) } else { format!("'{vendor}'") };
    for table in ["invoices", "allocations"] {
        database.execute(&format!("UPDATE {table} SET client_id = {column} WHERE client_id IS NULL")).await;
    }
    (schools, vendor)
}

fn vendor_is_blob(database: &Database) -> bool {
    database.engine == crate::harness::database::Engine::Sqlite
}

/// A vendor with every right to read at these schools.
pub(super) fn vendor(database: &Database, name: &str, schools: &[String]) -> String {
    let create = ["client", "create", "--name", name, "--requests-per-minute", "60000"];
    let client = json(&program::run(database, &create));
    let contract = ["contract", "create", "--client", name, "--number", name, "--purpose", "SCHOOL_MANAGEMENT"];
    let scopes = ["--scope", "roster:read", "--scope", "invoices:read", "--scope", "money:read"];
    let grounds = schools.iter().flat_map(|school| ["--school", school]);
    let arguments: Vec<&str> = contract.into_iter().chain(scopes).chain(grounds).collect();
    program::run(database, &arguments);
    client["clientId"].as_str().unwrap().to_owned()
}

/// What a new user of this name may reach today.
pub(super) async fn somebody(db: &Db, name: &str, grounds: &[(Role, Ground)]) -> Reach {
    let user = transaction!(db, |tx| users::create(tx, name, name, now()).await).unwrap();
    for (role, ground) in grounds {
        let new = NewRoleAssignment {
            role: *role,
            ground: ground.clone(),
            purposes: Vec::new(),
            valid_from: "2025-09-01".parse().unwrap(),
            valid_to: None,
        };
        // The same ground twice is refused; then the first stands.
        drop(transaction!(db, |tx| users::assign(tx, user.id, &new, now()).await));
    }
    let day = now().vietnam_day();
    Reach::of(&callers::of_user(db, user.id, 0, None, day).await.unwrap().unwrap(), day)
}

async fn class(db: &Db, school: &str, at: usize, code: &str) {
    let (reach, year) = (everything(), SchoolYear::starting(2026).unwrap());
    let batch = Batch { reach: &reach, attempt: None, now: now() };
    let rows = [classes::Upsert {
        school_code: school.into(),
        school_year: year,
        key: classes::Key::Code(code.into()),
        external_id: None,
        code: None,
        name: Some(format!("Lớp {code}")),
        grade: Some(Grade::parse("01").unwrap()),
    }];
    transaction!(db, |tx| classes::upsert(tx, &batch, &rows).await).unwrap();
    let joining = Joining {
        school_year: year,
        class_code: Some(code.into()),
        status: None,
        from: "2026-09-01".parse().ok(),
        to: None,
    };
    let child = |n: usize| students::Upsert {
        school_code: school.into(),
        key: students::Key::MinistryCode(format!("99{at:03}{}{n:04}", code.len() + usize::from(code == "1B"))),
        external_id: None,
        ministry_code: None,
        full_name: Some(format!("Trần Thị Mẫu {at} {code} {n}")),
        birth_date: None,
        gender: None,
        ethnic_group: None,
        phone: None,
        personal_id: None,
        enrollment: Some(joining.clone()),
    };
    let rows: Vec<_> = (0..3).map(child).collect();
    let made = transaction!(db, |tx| students::upsert(tx, &batch, &rows).await).unwrap();
    assert!(made.iter().all(|row| row.status == RowStatus::Created), "{made:?}");
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
