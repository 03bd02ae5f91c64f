//! A product's archive: every row has its result, a second time nothing changes, a delta finds its rows.

use serde_json::{Value, json};

use super::{archive, file, imported, started, told};
use crate::files::planted;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::roster::plant::{COMMUNAL, SPECIAL};

pub(super) const SESSIONS: &str =
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear";
pub(super) const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId";
pub(super) const CLASSES: &str = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,\
     schoolSourcedId,termSourcedIds";
pub(super) const USERS: &str = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,\
     email,phone,primaryOrgSourcedId";
pub(super) const ROLES: &str = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,orgSourcedId";
pub(super) const ENROLLMENTS: &str =
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate";

fn school() -> Vec<(&'static str, String)> {
    let (mine, other) =
        (format!("s1,,,Trường (mẫu),school,{COMMUNAL},d1"), format!("s2,,,Trường Khác,school,{SPECIAL},"));
    vec![
        file(
            "academicSessions",
            SESSIONS,
            &[
                "y26,,,Năm học,schoolYear,2026-09-01,2027-06-01,,2027",
                "hk1,,,Học kỳ 1,term,2026-09-01,2027-01-18,y26,2027",
                "y27,,,Năm học sau,schoolYear,2027-09-01,2028-06-01,,2028",
            ],
        ),
        file("orgs", ORGS, &["d1,,,Phường (mẫu),local,,", &mine, &other]),
        file("courses", "sourcedId,title,orgSourcedId", &["c1,Chương trình lớp 1,s1"]),
        file(
            "classes",
            CLASSES,
            &[
                "k1,,,Lớp 1B,01,c1,1B,homeroom,s1,hk1",
                "k2,,,Toán 1B,01,c1,T1B,scheduled,s1,hk1",
                "k3,,,Lớp 1C,01,c1,1C,homeroom,s2,hk1",
                "k4,,,Lớp 1D,UG,c1,1D,homeroom,s1,hk1",
                "k5,,,Lớp 1E,01,c1,1E,homeroom,s1,hk9",
                "k6,,,Lớp 1G,01,c1,1G,homeroom,s1,\"hk1,y27\"",
            ],
        ),
        file(
            "users",
            USERS,
            &[
                "u1,,,true,hs1,{MOET:9900000001},Xanh,Trần,Thị Thử,xanh@truong.example,01912345678,s1",
                "u2,,,true,u2,,Mẫu,Vũ,,,,s1",
                "u3,,,true,u3,{MOET:12},Sai,Lê,,,,s1",
                "t1,,,true,gv1,,Cô,Lê,,,,s1",
                "p1,,,true,ph1,,Bố,Trần,,,,s1",
                "u4,,,maybe,u4,,Tư,Đỗ,,,,s1",
            ],
        ),
        file(
            "roles",
            ROLES,
            &[
                "r1,,,u1,primary,student,s1",
                "r2,,,u2,primary,student,s1",
                "r3,,,u3,primary,student,s1",
                "r4,,,t1,primary,teacher,s1",
                "r5,,,p1,primary,parent,s1",
            ],
        ),
        file("demographics", "sourcedId,birthDate,sex,asian", &["u1,2019-03-02,female,true", "t1,1990-01-01,female,"]),
        file(
            "enrollments",
            ENROLLMENTS,
            &[
                "e1,,,k1,s1,u1,student,2026-09-01,",
                "e2,,,k1,s1,u2,student,2026-09-03,",
                "e3,,,k1,s1,t1,teacher,,",
                "e4,,,k2,s1,u1,student,,",
                "e5,,,k9,s1,u1,student,,",
                "e6,,,k1,s2,u1,student,,",
            ],
        ),
    ]
}

/// What becomes of those rows the first time.
const FIRST: [&str; 32] = [
    "users.csv:7 REFUSED ONEROSTER_VALUE",
    "academicSessions.csv:2 UNCHANGED",
    "academicSessions.csv:3 UNCHANGED",
    "academicSessions.csv:4 UNCHANGED",
    "orgs.csv:2 NOT_KEPT ONEROSTER_NOT_KEPT",
    "orgs.csv:3 UNCHANGED",
    "orgs.csv:4 REFUSED NOT_FOUND",
    "courses.csv:2 NOT_KEPT ONEROSTER_NOT_KEPT",
    "classes.csv:2 CREATED",
    "classes.csv:3 NOT_KEPT ONEROSTER_NOT_KEPT",
    "classes.csv:4 REFUSED ONEROSTER_REFERENCE",
    "classes.csv:5 REFUSED GRADE_UNKNOWN",
    "classes.csv:6 REFUSED ONEROSTER_REFERENCE",
    "classes.csv:7 REFUSED ONEROSTER_YEARS",
    "users.csv:2 CREATED",
    "users.csv:3 CREATED",
    "users.csv:4 REFUSED MINISTRY_CODE_INVALID",
    "users.csv:5 NOT_KEPT ONEROSTER_NOT_KEPT",
    "users.csv:6 NOT_KEPT ONEROSTER_NOT_KEPT",
    "roles.csv:2 UNCHANGED",
    "roles.csv:3 UNCHANGED",
    "roles.csv:4 UNCHANGED",
    "roles.csv:5 NOT_KEPT ONEROSTER_NOT_KEPT",
    "roles.csv:6 NOT_KEPT ONEROSTER_NOT_KEPT",
    "demographics.csv:2 UNCHANGED",
    "demographics.csv:3 NOT_KEPT ONEROSTER_NOT_KEPT",
    "enrollments.csv:2 UPDATED",
    "enrollments.csv:3 UPDATED",
    "enrollments.csv:4 NOT_KEPT ONEROSTER_NOT_KEPT",
    "enrollments.csv:5 NOT_KEPT ONEROSTER_NOT_KEPT",
    "enrollments.csv:6 REFUSED ONEROSTER_REFERENCE",
    "enrollments.csv:7 REFUSED ONEROSTER_REFERENCE",
];

async fn every_row_has_its_result_and_a_second_time_none_changes(database: Database) {
    let client = planted(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    let students = "SELECT CAST(COUNT(*) AS BIGINT) FROM students";
    let classes = "SELECT CAST(COUNT(*) AS BIGINT) FROM school_classes";
    let (before, bytes) = (database.number(classes).await, archive(&school(), "bulk"));
    let (dry, rehearsed) = imported(&caller, bytes.clone(), json!({"dryRun": true})).await;
    assert_eq!((database.number(students).await, database.number(classes).await), (0, before), "nothing was written");
    let (run, rows) = imported(&caller, bytes.clone(), json!({})).await;
    assert_eq!(told(&rows), FIRST);
    assert_eq!(told(&rehearsed), FIRST, "the rehearsal tells the same");
    for figure in ["rowsRead", "created", "updated", "unchanged", "refused", "bytesRead", "bytes"] {
        assert_eq!(dry[figure], run[figure], "{figure}");
    }
    assert_eq!((&run["rowsRead"], &run["created"], &run["refused"]), (&json!(32), &json!(3), &json!(9)));
    assert!(
        rows.iter()
            .all(|row| row["status"] != "REFUSED" || !row["errors"][0]["messageVi"].as_str().unwrap().is_empty())
    );
    let not_kept =
        |line: usize| &rows.iter().find(|row| row["file"] == "users.csv" && row["line"] == line).unwrap()["notKept"];
    assert_eq!((not_kept(2), not_kept(3)), (&json!(["email", "username"]), &json!([])));
    let asked = "query ($id: ID!) { node(id: $id) { ... on Student { ministryCode fullName birthDate gender phone
        externalIds { id } enrollments { nodes { validFrom schoolClass { code name } externalIds { id } } } } } }";
    let node = caller.data(asked, json!({"id": rows[14]["id"]})).await["node"].take();
    assert_eq!(
        node,
        json!({"ministryCode": "9900000001", "fullName": "Trần Thị Thử Xanh", "birthDate": "2019-03-02",
        "gender": "FEMALE", "phone": "+841912345678", "externalIds": [{"id": "u1"}], "enrollments": {"nodes": [
            {"validFrom": "2026-09-01", "schoolClass": {"code": "1B", "name": "Lớp 1B"}, "externalIds": [{"id": "e1"}]}]}})
    );
    let written = "SELECT CAST(COUNT(*) AS BIGINT) FROM changes WHERE kind <> 'ImportRun'";
    let changes = database.number(written).await;
    let (again, rows) = imported(&caller, bytes, json!({})).await;
    assert_eq!((&again["created"], &again["updated"], database.number(written).await), (&json!(0), &json!(0), changes));
    assert_eq!(told(&rows).iter().filter(|row| row.contains("UNCHANGED")).count(), 13);
    hub.finish().await;
}

async fn a_delta_finds_its_rows_and_erases_nobody(database: Database) {
    let client = planted(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    imported(&caller, archive(&school(), "bulk"), json!({})).await;
    let at = "2026-10-05T02:00:00.000Z";
    let rows = |rows: &[&str]| -> Vec<String> { rows.iter().map(|row| row.replace('@', at)).collect() };
    let users =
        rows(&["u2,active,@,true,u2,,Đổi,Vũ,,,,", "u1,tobedeleted,@,true,hs1,,Xanh,Trần,,,,", "u3,,,true,u3,,A,B,,,,"]);
    let enrolled = rows(&["e1,tobedeleted,@,k1,s1,u1,student,,", "e9,tobedeleted,@,k1,s1,u1,student,,"]);
    let all = |rows: &'static str| rows;
    let text = |rows: &[String]| rows.iter().map(String::as_str).collect::<Vec<_>>().join("\r\n");
    let files =
        [file("users", all(USERS), &[&text(&users)]), file("enrollments", all(ENROLLMENTS), &[&text(&enrolled)])];
    let delta = archive(&files, "delta");
    let (_, results) = imported(&caller, delta.clone(), json!({})).await;
    assert_eq!(
        told(&results),
        [
            "users.csv:4 REFUSED ONEROSTER_STATUS",
            "users.csv:2 UPDATED",
            "users.csv:3 NOT_KEPT ONEROSTER_NOT_KEPT",
            "enrollments.csv:2 UPDATED",
            "enrollments.csv:3 UNCHANGED",
        ]
    );
    let ends = "SELECT CAST(valid_to AS TEXT) FROM enrollments WHERE valid_to IS NOT NULL";
    assert_eq!(database.texts(ends).await, ["2026-10-05"]);
    let names = database.texts("SELECT full_name FROM students ORDER BY full_name").await;
    assert_eq!(names, ["Trần Thị Thử Xanh", "Vũ Đổi"], "nobody is erased");
    // A person knows the day better than the file does.
    database.execute("UPDATE enrollments SET valid_to = '2026-10-01' WHERE valid_to IS NOT NULL").await;
    let (again, _) = imported(&caller, delta, json!({})).await;
    assert_eq!((&again["created"], &again["updated"], &again["unchanged"]), (&json!(0), &json!(0), &json!(3)));
    assert_eq!(database.texts(ends).await, ["2026-10-01"]);
    // A birth alone, as a delta tells what was corrected.
    let born = [format!("u2,active,{at},2019-03-12,"), format!("u9,active,{at},2019-03-12,")];
    let born = archive(
        &[file("demographics", "sourcedId,status,dateLastModified,birthDate,sex", &[&born[0], &born[1]])],
        "delta",
    );
    let (_, results) = imported(&caller, born, json!({})).await;
    assert_eq!(told(&results), ["demographics.csv:2 UPDATED", "demographics.csv:3 NOT_KEPT ONEROSTER_NOT_KEPT"]);
    let births = "SELECT CAST(birth_date AS TEXT) FROM students WHERE full_name = 'Vũ Đổi'";
    assert_eq!(database.texts(births).await, ["2019-03-12"]);
    // A person knows the day of the end better also when the file says that the enrollment goes on.
    let on = format!("e1,active,{at},k1,s1,u1,student,2026-09-01,2027-05-31");
    let (_, results) =
        imported(&caller, archive(&[file("enrollments", ENROLLMENTS, &[&on])], "delta"), json!({})).await;
    assert_eq!(told(&results), ["enrollments.csv:2 UNCHANGED"]);
    assert_eq!(database.texts(ends).await, ["2026-10-01"]);
    hub.finish().await;
}

async fn what_is_no_roster_is_refused_in_plain_words(database: Database) {
    let client = planted(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string()).for_purpose("SCHOOL_MANAGEMENT");
    let bomb = archive(&[("orgs", " ".repeat(65 << 20))], "bulk");
    let cut = archive(&school(), "bulk")[..700].to_vec();
    let none = archive(&[], "bulk");
    let hostile =
        [(b"sourcedId".to_vec(), "ONEROSTER_NOT_A_ZIP"), (cut, "ONEROSTER_DAMAGED"), (bomb, "ONEROSTER_TOO_LARGE")];
    for (bytes, code) in hostile {
        let (run, rows) = imported(&caller, bytes, json!({})).await;
        assert_eq!(
            (&run["status"], &run["failure"]["code"], rows.len()),
            (&json!("FAILED"), &json!(code), 0),
            "{run:#}"
        );
        assert!(!run["failure"]["messageVi"].as_str().unwrap().is_empty());
    }
    let (run, rows) = imported(&caller, none, json!({})).await;
    assert_eq!((&run["status"], rows.len()), (&json!("DONE"), 0));
    let many: Vec<String> = (0..10_001).map(|n| format!("c{n},Chương trình,s1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let long = archive(&[file("courses", "sourcedId,title,orgSourcedId", &many)], "bulk");
    let (run, _) = imported(&caller, long, json!({"dryRun": true})).await;
    assert_eq!(run["failure"]["code"], "DRY_RUN_TOO_LARGE");
    let (run, _) = imported(&caller, archive(&school(), "bulk"), json!({"schoolCode": SPECIAL})).await;
    assert_eq!(run["failure"]["code"], "NOT_FOUND", "a school outside the reach");
    hub.finish().await;
}

async fn a_person_sends_what_the_ministrys_codes_name(database: Database) {
    planted(&database).await;
    program::run(
        &database,
        &["user", "create", "hieu-truong", "--display-name", "Người Mẫu", "--role", "PRINCIPAL", "--school", COMMUNAL],
    );
    let hub = Hub::start(&database).await;
    let caller = Caller::user(&hub, &database, "hieu-truong");
    let may = started(&caller, archive(&school(), "bulk"), json!({})).await;
    let Ok(id) = may else { panic!("{may:?}") };
    let run = crate::files::imports::ended(&caller, &id).await;
    let rows: Vec<Value> = crate::files::imports::results(&caller, &run).await;
    let of = |file: &str| -> Vec<String> {
        let rows: Vec<Value> = rows.iter().filter(|row| row["file"] == file).cloned().collect();
        told(&rows)
    };
    assert_eq!(of("classes.csv")[0], "classes.csv:2 CREATED");
    assert_eq!(of("users.csv")[1..3], ["users.csv:2 CREATED", "users.csv:3 REFUSED EXTERNAL_ID_NEEDS_CLIENT"]);
    assert_eq!(
        of("enrollments.csv")[..2],
        ["enrollments.csv:2 UNCHANGED", "enrollments.csv:3 REFUSED EXTERNAL_ID_NEEDS_CLIENT"]
    );
    hub.finish().await;
}

both_engines!(
    every_row_has_its_result_and_a_second_time_none_changes,
    a_delta_finds_its_rows_and_erases_nobody,
    what_is_no_roster_is_refused_in_plain_words,
    a_person_sends_what_the_ministrys_codes_name,
);
