//! What the binding says, word by word.

use super::sample::{
    CLASSES, COURSES, DEMOGRAPHICS, ENROLLMENTS, ORGS, ROLES, SCHOOL, SESSIONS, USERS, archive, brief, one, zip,
};
use crate::oneroster::{Mode, Table, User, head, manifest, read};

fn names(unread: &[std::sync::Arc<str>]) -> Vec<&str> {
    unread.iter().map(AsRef::as_ref).collect()
}

#[test]
fn a_school_is_read_as_it_is_written() {
    let roster = read(&archive(&SCHOOL, "bulk")).unwrap();
    assert_eq!(brief(&roster.findings), []);
    let [year, term] = roster.sessions.as_slice() else { panic!("{:?}", roster.sessions) };
    assert_eq!(
        (year.thing.kind.as_str(), year.thing.year, year.thing.start.to_string()),
        ("schoolYear", 2027, "2026-09-01".into())
    );
    assert_eq!(
        (term.line, term.thing.parent.as_deref(), term.thing.end.to_string()),
        (3, Some("y26"), "2027-01-18".into())
    );
    let school = &roster.orgs[1];
    assert_eq!(school.thing.name, "Trường Tiểu học \"Bình Minh\" (mẫu)");
    assert_eq!((school.thing.identifier.as_deref(), school.thing.parent.as_deref()), (Some("99001401"), Some("d1")));
    let class = &roster.classes[0];
    assert_eq!((class.thing.title.as_str(), class.thing.code.as_deref()), ("Lớp 1A", Some("1A")));
    assert_eq!(
        (&class.thing.grades[..], &class.thing.terms[..]),
        (&["01".to_owned()][..], &["hk1".to_owned(), "y26".into()][..])
    );
    assert_eq!(names(&class.unread), ["location"]);
    let student = &roster.users[0];
    let moet = ("MOET".to_owned(), "9900000001".to_owned());
    assert_eq!(
        student.thing,
        User {
            is_enabled: true,
            username: "hs1".into(),
            ids: vec![moet, ("LDAP".into(), "hs1".into())],
            given: "Xanh".into(),
            family: "Trần".into(),
            middle: Some("Thị Thử".into()),
            identifier: Some("HS-1".into()),
            org: Some("s1".into()),
            ..User::default()
        }
    );
    assert_eq!(names(&student.unread), ["email", "agentSourcedIds", "grades"]);
    assert!(roster.users[1].thing.is_enabled, "words count in any case");
    assert_eq!((roster.roles[1].thing.role.as_str(), roster.roles[0].thing.is_primary), ("teacher", true));
    let birth = &roster.demographics[0];
    assert_eq!(
        (birth.thing.birth_date.map(|day| day.to_string()), birth.thing.sex.as_deref()),
        (Some("2019-03-02".into()), Some("female"))
    );
    assert_eq!(names(&birth.unread), ["asian", "countryOfBirthCode"]);
    assert_eq!(roster.enrollments[0].thing.begin.map(|day| day.to_string()), Some("2026-09-01".into()));
    assert_eq!((roster.courses.len(), roster.enrollments[1].thing.role.as_str()), (1, "teacher"));
}

#[test]
fn headers_stand_in_the_order_of_the_binding() {
    let texts = [SESSIONS, ORGS, COURSES, CLASSES, USERS, ROLES, DEMOGRAPHICS, ENROLLMENTS];
    let tables = Table::ALL.into_iter().filter(|table| *table != Table::UserProfiles);
    for (table, text) in tables.zip(texts) {
        let ours = String::from_utf8(head(table)).unwrap();
        let theirs = text.lines().next().unwrap();
        let extended = ours.strip_prefix(theirs).map(str::trim_end);
        assert!(extended.is_some_and(|more| more.is_empty() || more.starts_with(",metadata.lienthong.")), "{ours}");
        assert!(ours.ends_with("\r\n"));
    }
    let profiles = "sourcedId,status,dateLastModified,userSourcedId,profileType,vendorId,applicationId,description,\
                    credentialType,username,password\r\n";
    assert_eq!(head(Table::UserProfiles), profiles.as_bytes());
}

#[test]
fn our_manifest_names_every_file() {
    let text = String::from_utf8(manifest(&[Table::Users, Table::Orgs], Mode::Delta, "Liên Thông")).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        &lines[..4],
        ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2", "file.academicSessions,absent"]
    );
    assert_eq!(lines.iter().filter(|line| line.starts_with("file.")).count(), 21);
    let held: Vec<&&str> = lines.iter().filter(|line| line.ends_with(",delta")).collect();
    assert_eq!(held, [&"file.orgs,delta", &"file.users,delta"]);
    assert_eq!(&lines[24..], ["source.systemName,Liên Thông", "source.systemCode,lienthong", ""]);
}

#[test]
fn columns_stand_in_any_order_with_and_without_a_mark() {
    let text = "\u{feff}name,metadata.x.area,type,sourcedId,identifier\nTrường Một (mẫu),Bắc,SCHOOL,s1,99001401\n\n";
    let roster = one("orgs", text, "bulk");
    assert_eq!(brief(&roster.findings), []);
    let school = &roster.orgs[0];
    assert_eq!((school.thing.kind.as_str(), school.sourced_id.as_str()), ("school", "s1"));
    assert_eq!((school.line, names(&school.unread)), (2, vec!["metadata.x.area"]));
}

#[test]
fn words_are_of_the_binding_or_extensions() {
    let rows = |words: &[&str]| -> String {
        let rows: String = words.iter().enumerate().map(|(at, word)| format!("s{at},Trường (mẫu),{word}\n")).collect();
        format!("sourcedId,name,type\n{rows}")
    };
    let roster = one("orgs", &rows(&["school", "ext:cluster-1", "ext:", "ext:a b", "province", ""]), "bulk");
    assert_eq!(roster.orgs.iter().map(|org| org.thing.kind.as_str()).collect::<Vec<_>>(), ["school", "ext:cluster-1"]);
    let at = |line, code| ("orgs.csv", line, "type", code);
    assert_eq!(
        brief(&roster.findings),
        [at(4, "ONEROSTER_VALUE"), at(5, "ONEROSTER_VALUE"), at(6, "ONEROSTER_VALUE"), at(7, "ONEROSTER_REQUIRED"),]
    );
}

#[test]
fn values_that_are_not_of_their_type_are_told_with_row_and_column() {
    let text = "sourcedId,enabledUser,username,givenName,familyName,userIds,primaryOrgSourcedId\n\
                a,maybe,a,A,B,,\nb,true,b,A,B,{MOET},\n\"c\nd\",true,c,A,B,,\n,true,e,A,B,,\na,true,f,A,B,,\nb,true,f,A,B,,\n\
                g,true,g,A\nh,true,h,A,B,,\nh,true,i,A,B,,\n";
    let roster = one("users", text, "bulk");
    assert_eq!(
        brief(&roster.findings),
        [
            ("users.csv", 2, "enabledUser", "ONEROSTER_VALUE"),
            ("users.csv", 3, "userIds", "ONEROSTER_VALUE"),
            ("users.csv", 4, "sourcedId", "ONEROSTER_VALUE"),
            ("users.csv", 6, "sourcedId", "ONEROSTER_REQUIRED"),
            ("users.csv", 7, "sourcedId", "ONEROSTER_TWICE"),
            ("users.csv", 8, "sourcedId", "ONEROSTER_TWICE"),
            ("users.csv", 9, "", "ONEROSTER_ROW"),
            ("users.csv", 11, "sourcedId", "ONEROSTER_TWICE"),
        ]
    );
    assert!(roster.findings.iter().all(|one| !one.message.is_empty() && !one.message_vi.is_empty()));
    let ids: Vec<Option<&str>> = roster.findings.iter().map(|one| one.sourced_id.as_deref()).collect();
    assert_eq!(ids[..2], [Some("a"), Some("b")]);
    let enrolled = "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate\n\
                    a,k,s,u,student,05/09/2026\nb,k,s,u,student,2026-02-30\nc,k,,u,student,\n";
    let at = |line, column, code| ("enrollments.csv", line, column, code);
    assert_eq!(
        brief(&one("enrollments", enrolled, "bulk").findings),
        [
            at(2, "beginDate", "ONEROSTER_VALUE"),
            at(3, "beginDate", "ONEROSTER_VALUE"),
            at(4, "schoolSourcedId", "ONEROSTER_REQUIRED"),
        ]
    );
}

#[test]
fn a_school_year_is_called_by_the_year_in_which_it_ends() {
    let row = |start: &str, year: &str| {
        let text = format!(
            "sourcedId,title,type,startDate,endDate,schoolYear\ny,Năm học,schoolYear,{start},2027-06-01,{year}\n"
        );
        one("academicSessions", &text, "bulk").findings.first().map(|one| one.code)
    };
    assert_eq!(row("2026-08-24", "2027"), None);
    assert_eq!(row("2027-01-18", "2027"), None);
    assert_eq!(row("2026-08-24", "2026"), Some("ONEROSTER_YEAR"));
    assert_eq!(row("2026-08-24", "27"), Some("ONEROSTER_VALUE"));
}

#[test]
fn what_belongs_to_no_roster_is_told() {
    let manifest =
        "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.orgs,Bulk\nfile.results,bulk\n";
    let orgs = ORGS.as_bytes();
    let odd = format!("../../etc/\u{202e}{}", "x".repeat(1_000));
    let entries: [(&str, &[u8]); 6] = [
        ("manifest.csv", manifest.as_bytes()),
        ("orgs.csv", orgs),
        ("users.csv", USERS.as_bytes()),
        ("results.csv", b"sourcedId\n"),
        ("inner.zip", b"PK\x03\x04"),
        (&odd, b"x"),
    ];
    let roster = read(&zip(&entries)).unwrap();
    let told: Vec<&str> = roster.findings.iter().filter_map(|one| one.file.as_deref()).collect();
    let shown = format!("../../etc/{}", "x".repeat(50));
    assert_eq!(told, [&shown, "inner.zip", "results.csv", "users.csv"], "as much of a name as tells it apart");
    assert!(roster.findings.iter().all(|one| one.code == "ONEROSTER_FILE_NOT_READ"));
    assert_eq!((roster.orgs.len(), roster.users.len()), (2, 0));
}
