//! What a reader hears of others: nothing, and of what leaves its reach, that it left.

use entities::callers::Role;
use entities::changes::{self, Kind, Op, Told, Wanted};
use entities::enrollments::{self, Joining};
use entities::reach::Reach;
use entities::{Db, batch::Batch, classes, students, transaction};

use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::roster::plant::{
    COMMUNAL, SPECIAL, everything, ground, joining, now, person, province, school, student, vendor, write_schools,
    write_students, year,
};

const CODE: &str = "9900000001";

/// The cursor behind which nothing was written.
async fn end(database: &Database, db: &Db) -> changes::Cursor {
    database.until_told().await;
    changes::head(db).await.unwrap()
}

async fn heard(database: &Database, db: &Db, reach: &Reach, since: changes::Cursor) -> Vec<Told> {
    database.until_told().await;
    let wanted = Wanted { kinds: Kind::ALL.to_vec(), mark: None };
    changes::after(db, reach, &wanted, since, 200).await.unwrap().changes
}

/// Kinds and ops in order, of students and enrollments only.
fn words(told: &[Told]) -> Vec<(Kind, Op)> {
    let of_people = |told: &&Told| matches!(told.kind, Kind::Student | Kind::Enrollment);
    told.iter().filter(of_people).map(|told| (told.kind, told.op)).collect()
}

async fn enroll(db: &Db, school: &str, joining: Joining) {
    let row = enrollments::Upsert {
        school_code: school.into(),
        key: enrollments::Key::Student(students::Key::MinistryCode(CODE.into())),
        external_id: None,
        student: None,
        joining,
    };
    let (reach, now) = (everything(), now());
    let batch = Batch { reach: &reach, attempt: None, now };
    let made = transaction!(db, |tx| enrollments::upsert(tx, &batch, std::slice::from_ref(&row)).await).unwrap();
    assert!(made[0].errors.is_empty(), "{made:?}");
}

async fn a_transfer_tells_both_schools(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let old = person(&db, "cu", Role::Clerk, ground(&db, COMMUNAL).await).await;
    let new = person(&db, "moi", Role::Clerk, ground(&db, SPECIAL).await).await;
    write_students(&db, &everything(), &[student(COMMUNAL, CODE, "Trần Thị Thử Xanh")]).await;
    let since = end(&database, &db).await;
    let mut moving = joining("2026-09-01");
    moving.from = now().vietnam_day().into();
    enroll(&db, SPECIAL, moving).await;
    let (left, came) = (heard(&database, &db, &old, since).await, heard(&database, &db, &new, since).await);
    assert_eq!(words(&left), [(Kind::Student, Op::Delete), (Kind::Enrollment, Op::Upsert)], "the end of the old one");
    assert_eq!(words(&came), [(Kind::Enrollment, Op::Upsert), (Kind::Student, Op::Upsert)]);
    assert!(came.iter().all(|told| told.is_visible));
    let known = |told: &Told| told.natural_key.as_deref() == Some(CODE);
    assert!(came.iter().any(known));
    let all = heard(&database, &db, &everything(), since).await;
    assert!(all.iter().all(|told| told.op == Op::Upsert), "nothing left the reach of who sees both: {all:?}");
}

async fn a_move_between_classes_is_told_to_the_teacher_who_loses(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let other = classes::Upsert {
        school_code: COMMUNAL.into(),
        school_year: year(),
        key: classes::Key::Code("1B".into()),
        external_id: None,
        code: None,
        name: Some("Lớp 1B".into()),
        grade: entities::catalogues::Grade::parse("01").ok(),
    };
    let (reach, now) = (everything(), now());
    let batch = Batch { reach: &reach, attempt: None, now };
    transaction!(db, |tx| classes::upsert(tx, &batch, std::slice::from_ref(&other)).await).unwrap();
    let class = async |code: &str| {
        let id = database
            .texts(&format!(
                "SELECT {} FROM school_classes c JOIN schools s ON s.id = c.school_id
            WHERE c.code = '{code}' AND s.code = '{COMMUNAL}'",
                database.uuid_text("c.id")
            ))
            .await;
        let entities::reach::Ground::School(school) = ground(&db, COMMUNAL).await else { panic!("a school") };
        entities::reach::Ground::Class(school, id[0].parse().unwrap())
    };
    let loser = person(&db, "co-a", Role::Teacher, class("1A").await).await;
    let winner = person(&db, "co-b", Role::Teacher, class("1B").await).await;
    write_students(&db, &everything(), &[student(COMMUNAL, CODE, "Trần Thị Thử Xanh")]).await;
    let since = end(&database, &db).await;
    enroll(&db, COMMUNAL, Joining { class_code: Some("1B".into()), ..joining("2026-09-01") }).await;
    assert_eq!(
        words(&heard(&database, &db, &loser, since).await),
        [(Kind::Enrollment, Op::Delete), (Kind::Student, Op::Delete)]
    );
    assert_eq!(
        words(&heard(&database, &db, &winner, since).await),
        [(Kind::Enrollment, Op::Upsert), (Kind::Student, Op::Upsert)]
    );
    let since = end(&database, &db).await;
    let renamed = students::Upsert { enrollment: None, ..student(COMMUNAL, CODE, "Trần Thị Thử Hồng") };
    write_students(&db, &everything(), &[renamed]).await;
    assert_eq!(words(&heard(&database, &db, &winner, since).await), [(Kind::Student, Op::Upsert)]);
    assert_eq!(heard(&database, &db, &loser, since).await, [], "not even that something happened");
}

async fn a_key_that_is_given_later_is_told_with_both(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let (_, caller) = vendor(&db, "Phần mềm mẫu", vec![ground(&db, COMMUNAL).await]).await;
    let reach = Reach::of(&caller, now().vietnam_day());
    let unnamed = students::Upsert {
        key: students::Key::External("hs-1".into()),
        ..student(COMMUNAL, CODE, "Trần Thị Thử Xanh")
    };
    write_students(&db, &reach, std::slice::from_ref(&unnamed)).await;
    let since = end(&database, &db).await;
    let named = students::Upsert { ministry_code: entities::codes::MinistryCode::parse(CODE).ok(), ..unnamed };
    write_students(&db, &reach, &[named]).await;
    let told = heard(&database, &db, &reach, since).await;
    assert_eq!(words(&told), [(Kind::Student, Op::Key)], "{told:?}");
    assert_eq!((told[0].natural_key.as_deref(), told[0].former_key.as_deref()), (Some(CODE), None));
    let stranger = person(&db, "ngoai", Role::Clerk, ground(&db, SPECIAL).await).await;
    assert_eq!(heard(&database, &db, &stranger, since).await, []);
}

async fn a_school_that_inherits_is_told_with_the_former_code(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    write_schools(&db, &everything(), &[school("99001409", "Trường Tiểu học Kế Thừa (mẫu)")]).await;
    let id = async |code: &str| entities::schools::by_code(&db, &everything(), code).await.unwrap().unwrap().id;
    let (was, heir) = (id(COMMUNAL).await, id("99001409").await);
    let since = end(&database, &db).await;
    let (reach, now) = (everything(), now());
    let batch = Batch { reach: &reach, attempt: None, now };
    let on = now.vietnam_day();
    transaction!(db, |tx| entities::schools::successions::record(tx, &batch, was, heir, on).await).unwrap();
    let told = heard(&database, &db, &reach, since).await;
    let key = told.iter().find(|told| told.op == Op::Key).unwrap();
    assert_eq!((key.natural_key.as_deref(), key.former_key.as_deref()), (Some("99001409"), Some(COMMUNAL)));
    assert!(told.iter().any(|told| told.node == was.uuid()), "what became of the old one is shown there");
}

both_engines!(
    a_transfer_tells_both_schools,
    a_move_between_classes_is_told_to_the_teacher_who_loses,
    a_key_that_is_given_later_is_told_with_both,
    a_school_that_inherits_is_told_with_the_former_code,
);
