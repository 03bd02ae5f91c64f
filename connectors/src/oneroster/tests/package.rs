//! Our own archives: what is written is read as the same values, whatever the texts are and wherever the writer died.

use super::sample::{brief, zip};
use crate::oneroster::{
    Change, Class, Course, Demographics, Enrollment, Line, Mode, Org, Role, Session, Table, User, Zip, head, manifest,
    read,
};

/// Texts that a spreadsheet would run, and texts that only look like our guard.
const HOSTILE: [&str; 12] = [
    "=HYPERLINK(\"http://x.invalid\",\"a\")",
    "@SUM(1+1)",
    "+1-1|cmd",
    "-2+3",
    "＝1+1",
    "'=1+1",
    "''-1",
    "'tis",
    "a,b\"c\"",
    "1A",
    "O'Mẫu",
    "Lớp = 1",
];

fn class(title: &str) -> Class {
    Class {
        title: title.into(),
        grades: vec!["01".into(), "02".into()],
        course: "c1".into(),
        code: Some(title.into()),
        kind: "homeroom".into(),
        school: "s1".into(),
        terms: vec!["t1".into()],
        grade_code: Some("24".into()),
    }
}

#[test]
fn every_text_comes_back_and_none_is_a_formula() {
    let mut bytes = head(Table::Classes);
    for (at, text) in HOSTILE.iter().enumerate() {
        bytes.extend(class(text).line(&format!("k{at}"), None));
    }
    let text = String::from_utf8(bytes.clone()).unwrap();
    for row in csv::ReaderBuilder::new().from_reader(text.as_bytes()).records() {
        for cell in &row.unwrap() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']), "{cell}");
        }
    }
    let manifest = manifest(&[Table::Classes], Mode::Bulk, "a");
    let roster = read(&zip(&[("manifest.csv", &manifest), ("classes.csv", &bytes)])).unwrap();
    assert_eq!(brief(&roster.findings), []);
    let read: Vec<&Class> = roster.classes.iter().map(|row| &row.thing).collect();
    assert_eq!(read, HOSTILE.map(class).iter().collect::<Vec<_>>());
}

#[test]
fn what_is_written_is_read_as_the_same_values() {
    let day = |text: &str| text.parse().ok();
    let session = Session {
        title: "Năm học".into(),
        kind: "schoolYear".into(),
        start: "2026-09-01".parse().unwrap(),
        end: "2027-06-01".parse().unwrap(),
        parent: None,
        year: 2027,
    };
    let org =
        Org {
            name: "Trường (mẫu)".into(), kind: "school".into(), identifier: Some("99001401".into()), parent: None
        };
    let course = Course { title: "Lớp".into(), org: "s1".into(), year: Some("y".into()) };
    let user = User {
        is_enabled: true,
        username: "u1".into(),
        ids: vec![("MOET".into(), "9900000001".into())],
        given: "Mẫu".into(),
        family: "Mẫu".into(),
        phone: Some("+841912345678".into()),
        org: Some("s1".into()),
        full_name: Some("Mẫu".into()),
        ..User::default()
    };
    let role = Role {
        user: "u1".into(),
        is_primary: true,
        role: "student".into(),
        begin: day("2026-09-01"),
        end: None,
        org: "s1".into(),
    };
    let born = Demographics { birth_date: day("2019-03-02"), sex: Some("male".into()) };
    let enrollment = Enrollment {
        class: "k1".into(),
        school: "s1".into(),
        user: "u1".into(),
        role: "student".into(),
        begin: day("2026-09-01"),
        end: day("2027-01-01"),
    };
    let change = Some(Change { is_deleted: true, at: 1_788_593_400_123_000 });
    let lines = [
        (Table::AcademicSessions, session.line("y", change)),
        (Table::Orgs, org.line("s1", change)),
        (Table::Courses, course.line("c1", change)),
        (Table::Users, user.line("u1", change)),
        (Table::Roles, role.line("r1", change)),
        (Table::Demographics, born.line("u1", change)),
        (Table::Enrollments, enrollment.line("e1", change)),
    ];
    let mut entries =
        vec![("manifest.csv".to_owned(), manifest(&lines.clone().map(|(table, _)| table), Mode::Delta, "a"))];
    entries.extend(lines.map(|(table, line)| (table.file(), [head(table), line].concat())));
    let borrowed: Vec<(&str, &[u8])> = entries.iter().map(|(name, text)| (name.as_str(), text.as_slice())).collect();
    let roster = read(&zip(&borrowed)).unwrap();
    assert_eq!(brief(&roster.findings), []);
    assert_eq!((&roster.sessions[0].thing, &roster.orgs[0].thing, &roster.courses[0].thing), (&session, &org, &course));
    assert_eq!((&roster.users[0].thing, &roster.roles[0].thing), (&user, &role));
    assert_eq!((&roster.demographics[0].thing, &roster.enrollments[0].thing), (&born, &enrollment));
    assert_eq!((roster.users[0].change, roster.enrollments[0].sourced_id.as_str()), (change, "e1"));
}

#[test]
fn a_full_name_counts_only_while_it_is_the_names() {
    let read_name = |family: &str, middle: &str, given: &str, full: &str| {
        let text = format!(
            "sourcedId,enabledUser,username,givenName,familyName,middleName,metadata.lienthong.fullName\n\
             u,true,u,{given},{family},{middle},{full}\n"
        );
        super::sample::one("users", &text, "bulk").users[0].thing.full_name.clone()
    };
    assert_eq!(read_name("Trần", "Thị  Thử", "Xanh", "Trần Thị Thử Xanh").as_deref(), Some("Trần Thị Thử Xanh"));
    assert_eq!(read_name("Mẫu", "", "Mẫu", "Mẫu").as_deref(), Some("Mẫu"));
    assert_eq!(read_name("Trần", "Thị", "Đỏ", "Trần Thị Xanh"), None);
    assert_eq!(read_name("Mẫu", "", "Khác", "Mẫu"), None);
}

/// The pieces of an archive, with the state kept as text between any two of them.
fn pieces(pieces: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut kept = serde_json::to_string(&Zip::default()).unwrap();
    let mut step = |work: &dyn Fn(&mut Zip) -> Vec<u8>| {
        let mut zip: Zip = serde_json::from_str(&kept).unwrap();
        bytes.extend(work(&mut zip));
        kept = serde_json::to_string(&zip).unwrap();
    };
    for file in ["a.csv", "b.csv"] {
        step(&|zip| zip.begin(file).unwrap());
        for piece in pieces {
            step(&|zip| zip.add(piece).unwrap());
        }
        step(&|zip| zip.end().unwrap());
    }
    step(&|zip| zip.finish().unwrap());
    bytes
}

#[test]
fn an_archive_of_pieces_is_one_archive() {
    let long = "Trần Thị Thử Xanh,".repeat(20_000);
    let parts: [&[u8]; 4] = [b"sourcedId\r\n", long.as_bytes(), b"", b"z"];
    let bytes = pieces(&parts);
    let mut archive = crate::archive::Archive::open(&bytes, 1 << 20).unwrap();
    for name in ["a.csv", "b.csv"] {
        assert!(archive.proven(name).unwrap().unwrap() == parts.concat(), "{name}");
    }
    assert!(bytes.len() < long.len() / 10, "{} bytes", bytes.len());
}
