//! A small school, written by hand after the binding's tables.

use crate::oneroster::{Finding, Roster, Zip, read};

pub(super) const SESSIONS: &str = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\r\n\
     y26,,,Năm học 2026-2027 (mẫu),schoolYear,2026-09-01,2027-06-01,,2027\r\n\
     hk1,,,Học kỳ 1,term,2026-09-01,2027-01-18,y26,2027\r\n";
pub(super) const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n\
     d1,,,Phường Hoa Lư (mẫu),local,,\r\n\
     s1,,,\"Trường Tiểu học \"\"Bình Minh\"\" (mẫu)\",school,99001401,d1\r\n";
pub(super) const COURSES: &str = "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\r\n\
     c1,,,y26,Chương trình lớp 1,,01,s1,,\r\n";
pub(super) const CLASSES: &str = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,\
     location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\r\n\
     k1,,,Lớp 1A,01,c1,1A,homeroom,Phòng 12,s1,\"hk1,y26\",,,\r\n";
pub(super) const USERS: &str = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,\
     identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,\
     preferredFamilyName,primaryOrgSourcedId,pronouns\r\n\
     u1,,,true,hs1,\"{MOET:9900000001},{LDAP:hs1}\",Xanh,Trần,Thị Thử,HS-1,hs1@truong.example,,,g1,01,,,,,,s1,\r\n\
     t1,,,TRUE,gv1,,Mẫu,Lê,Văn,,,,,,,,,,,,s1,\r\n";
pub(super) const ROLES: &str = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\r\n\
     r1,,,u1,primary,student,2026-09-01,,s1,\r\n\
     r2,,,t1,primary,teacher,,,s1,\r\n";
pub(super) const DEMOGRAPHICS: &str = "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,\
     blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,\
     hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus\r\n\
     u1,,,2019-03-02,female,,true,,,,,,VN,,,\r\n";
pub(super) const ENROLLMENTS: &str = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\r\n\
     e1,,,k1,s1,u1,student,,2026-09-01,\r\n\
     e2,,,k1,s1,t1,teacher,true,,\r\n";

/// The files of the school, with their names in the manifest.
pub(super) const SCHOOL: [(&str, &str); 8] = [
    ("academicSessions", SESSIONS),
    ("orgs", ORGS),
    ("courses", COURSES),
    ("classes", CLASSES),
    ("users", USERS),
    ("roles", ROLES),
    ("demographics", DEMOGRAPHICS),
    ("enrollments", ENROLLMENTS),
];

pub(super) fn manifest(files: &[(&str, &str)], mode: &str) -> String {
    let held: String = files.iter().map(|(name, _)| format!("file.{name},{mode}\r\n")).collect();
    format!("propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n{held}file.results,absent\r\n")
}

/// An archive of these entries.
pub(super) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut zip, mut bytes) = (Zip::default(), Vec::new());
    for (name, plain) in entries {
        bytes.extend(zip.begin(name).unwrap());
        bytes.extend(zip.add(plain).unwrap());
        bytes.extend(zip.end().unwrap());
    }
    bytes.extend(zip.finish().unwrap());
    bytes
}

/// An archive of these files, with a manifest that names them.
pub(super) fn archive(files: &[(&str, &str)], mode: &str) -> Vec<u8> {
    let manifest = manifest(files, mode);
    let names: Vec<String> = files.iter().map(|(name, _)| format!("{name}.csv")).collect();
    let mut entries = vec![("manifest.csv", manifest.as_bytes())];
    entries.extend(names.iter().zip(files).map(|(name, (_, text))| (name.as_str(), text.as_bytes())));
    zip(&entries)
}

/// What is read of one file in a mode.
pub(super) fn one(name: &str, text: &str, mode: &str) -> Roster {
    read(&archive(&[(name, text)], mode)).unwrap()
}

pub(super) fn brief(findings: &[Finding]) -> Vec<(&str, u64, &str, &str)> {
    findings
        .iter()
        .map(|one| {
            let column = one.column.as_deref().unwrap_or("");
            (one.file.as_deref().unwrap_or(""), one.line.unwrap_or(0), column, one.code)
        })
        .collect()
}

pub(super) fn code(bytes: &[u8]) -> &'static str {
    read(bytes).unwrap_err().code
}
