//! Two schools of one vendor whose products number alike: an id of one is never taken for a child of the other.

use serde_json::json;

use super::incoming::{CLASSES, ENROLLMENTS, ORGS, ROLES, SESSIONS, USERS};
use super::{archive, file, imported, told};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::roster::plant::{COMMUNAL, SPECIAL, ground, province, vendor};

/// One child in one class of a school.
fn school(code: &str, name: &str, from: &str) -> Vec<u8> {
    let org = format!("s1,,,Trường (mẫu),school,{code},");
    let user = format!("1,,,true,1,,{name},Trần,,,,s1");
    let enrolled = format!("1,,,1,s1,1,student,{from},");
    let files = [
        file("academicSessions", SESSIONS, &["y26,,,Năm học,schoolYear,2026-09-01,2027-06-01,,2027"]),
        file("orgs", ORGS, &[&org]),
        file("classes", CLASSES, &["1,,,Lớp Mẫu,01,c1,1M,homeroom,s1,y26"]),
        file("users", USERS, &[&user]),
        file("roles", ROLES, &["1,,,1,primary,student,s1"]),
        file("enrollments", ENROLLMENTS, &[&enrolled]),
    ];
    archive(&files, "bulk")
}

async fn two_schools_may_number_alike(database: Database) {
    let db = database.ledger().await;
    province(&db).await;
    let grounds = vec![ground(&db, COMMUNAL).await, ground(&db, SPECIAL).await];
    let client = vendor(&db, "Phần mềm mẫu", grounds).await.0;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    for (code, name, from) in [(COMMUNAL, "Xanh", "2026-09-01"), (SPECIAL, "Đỏ", "2026-09-07")] {
        let (_, rows) = imported(&caller, school(code, name, from), json!({})).await;
        assert_eq!(told(&rows)[2..4], ["classes.csv:2 CREATED", "users.csv:2 CREATED"], "{rows:#?}");
    }
    let stand = "SELECT s.code || ' ' || p.full_name FROM enrollments e JOIN students p ON p.id = e.student_id \
                 JOIN schools s ON s.id = e.school_id WHERE e.valid_to IS NULL ORDER BY 1";
    let both = [format!("{COMMUNAL} Trần Xanh"), format!("{SPECIAL} Trần Đỏ")];
    let sorted = |mut rows: Vec<String>| {
        rows.sort();
        rows
    };
    assert_eq!(sorted(database.texts(stand).await), sorted(both.to_vec()));
    // A delta that does not say of which school it is: its ids name two children, and it touches neither.
    let at = "2026-10-05T02:00:00.000Z";
    let unsaid = [
        file("users", USERS, &[&format!("1,active,{at},true,1,,Vàng,Trần,,,,")]),
        file("enrollments", ENROLLMENTS, &[&format!("1,tobedeleted,{at},1,s1,1,student,,")]),
    ];
    imported(&caller, archive(&unsaid, "delta"), json!({})).await;
    assert_eq!(sorted(database.texts(stand).await), sorted(both.to_vec()));
    // One that the run names ends the enrollment of that school.
    imported(&caller, archive(&unsaid[1..], "delta"), json!({ "schoolCode": SPECIAL })).await;
    assert_eq!(database.texts(stand).await, [format!("{COMMUNAL} Trần Xanh")]);
    hub.finish().await;
}

both_engines!(two_schools_may_number_alike);
