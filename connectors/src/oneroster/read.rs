//! An archive as rows: what the manifest names is read, table by table; a row that cannot be read is told and passed over.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use super::cells::{Grid, is_too_wide};
use super::columns::{FULL_NAME, GRADE_CODE, Table};
use super::findings::{self, Finding};
use super::rows::{Cells, Header};
use super::{
    Class, Course, Demographics, Enrollment, MAX_FILE_BYTES, MAX_ROWS, Mode, Org, Profile, Role, Roster, Row, Session,
    User, manifest,
};
use crate::archive::{Archive, Fault};

const SESSIONS: [&str; 4] = ["gradingPeriod", "semester", "schoolYear", "term"];
const ORGS: [&str; 6] = ["department", "school", "district", "local", "state", "national"];
const CLASSES: [&str; 2] = ["homeroom", "scheduled"];
const ROLES: [&str; 12] = [
    "aide",
    "counselor",
    "districtAdministrator",
    "guardian",
    "parent",
    "principal",
    "proctor",
    "relative",
    "siteAdministrator",
    "student",
    "systemAdministrator",
    "teacher",
];
const ROLE_TYPES: [&str; 2] = ["primary", "secondary"];
const ENROLLED: [&str; 4] = ["administrator", "proctor", "student", "teacher"];
/// Bytes of all files of one archive that are unpacked, at most.
const MAX_UNPACKED_BYTES: usize = 64 << 20;
const SEXES: [&str; 4] = ["male", "female", "unspecified", "other"];

impl From<Fault> for Finding {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged => findings::damaged(),
            Fault::Password => findings::password(),
            Fault::TooLarge => findings::too_large(),
        }
    }
}

/// Reads an archive. Rows that cannot be read, and files that are not, are among its findings.
///
/// # Errors
/// The finding for an archive that cannot be read as a whole: `ONEROSTER_NOT_A_ZIP`, `ONEROSTER_DAMAGED`, `ONEROSTER_PASSWORD`,
/// `ONEROSTER_TOO_LARGE`, `ONEROSTER_MANIFEST`, `ONEROSTER_VERSION`, `ONEROSTER_FILE_MISSING`, `ONEROSTER_ENCODING`,
/// `ONEROSTER_HEADER`.
pub fn read(bytes: &[u8]) -> Result<Roster, Finding> {
    if !bytes.starts_with(b"PK") {
        return Err(findings::not_an_archive());
    }
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
        return Err(findings::too_large());
    }
    let mut archive = Archive::open(bytes, MAX_UNPACKED_BYTES)?;
    if archive.has_twins() {
        return Err(findings::damaged());
    }
    let manifest = archive.proven(manifest::FILE)?.ok_or_else(findings::no_manifest)?;
    let files = manifest::read(&manifest)?;
    let mut roster = Roster { findings: not_read(&archive, &files), ..Roster::default() };
    let mut left = MAX_ROWS;
    for table in Table::ALL {
        let Some(mode) = files.get(table.name()).copied() else { continue };
        let file = table.file();
        let text = archive.proven(&file)?.ok_or_else(|| findings::file_missing(&file).in_file(&file))?;
        read_table(&mut roster, table, mode, &text, &mut left).map_err(|fault| fault.in_file(&file))?;
    }
    Ok(roster)
}

/// Files that nobody reads, sorted, so that the same archive is always told in the same words.
fn not_read(archive: &Archive<'_>, files: &HashMap<String, Mode>) -> Vec<Finding> {
    let is_read = |name: &str| {
        let named = |file: &String| name.eq_ignore_ascii_case(&format!("{file}.csv")) && Table::of(file).is_some();
        name == manifest::FILE || name.ends_with('/') || files.keys().any(named)
    };
    let mut names: Vec<&str> = archive.names().filter(|name| !is_read(name)).collect();
    names.sort_unstable();
    names.into_iter().map(|name| findings::file_not_read(name).in_file(name)).collect()
}

fn read_table(roster: &mut Roster, table: Table, mode: Mode, text: &[u8], left: &mut usize) -> Result<(), Finding> {
    let mut grid = Grid::new(text)?;
    let first = grid.next().map(|(_, cells)| cells).unwrap_or_default();
    if is_too_wide(&first) {
        return Err(findings::header("..."));
    }
    let header = Header::read(table, &first)?;
    let mut seen: HashMap<String, u64> = HashMap::new();
    for (line, cells) in grid {
        *left = left.checked_sub(1).ok_or_else(findings::too_large)?;
        let row = Cells { header: &header, cells: &cells };
        let sourced_id = row.id("sourcedId");
        let read = read_row(roster, table, mode, line, &row, &mut seen);
        if let Err(fault) = read {
            let told = Finding { sourced_id: sourced_id.ok().map(Into::into), ..fault };
            roster.findings.push(told.in_file(&table.file()).on_line(line));
        }
    }
    Ok(())
}

fn read_row(
    roster: &mut Roster,
    table: Table,
    mode: Mode,
    line: u64,
    row: &Cells<'_>,
    seen: &mut HashMap<String, u64>,
) -> Result<(), Finding> {
    if row.cells.len() != row.header.width {
        return Err(findings::cells(row.cells.len(), row.header.width));
    }
    // In every cell, read or not: a quote that nobody closed swallows the rows behind it.
    row.plain()?;
    let sourced_id = row.id("sourcedId")?;
    if let Some(first) = seen.get(&sourced_id) {
        return Err(findings::twice(*first));
    }
    let change = row.change(mode)?;
    let unread = row.header.unread(row.cells);
    seen.insert(sourced_id.clone(), line);
    let head = Row { line, sourced_id, change, unread, thing: () };
    match table {
        Table::AcademicSessions => roster.sessions.push(head.of(session(row)?)),
        Table::Orgs => roster.orgs.push(head.of(org(row)?)),
        Table::Courses => roster.courses.push(head.of(course(row)?)),
        Table::Classes => roster.classes.push(head.of(class(row)?)),
        Table::Users => roster.users.push(head.of(user(row)?)),
        Table::Roles => roster.roles.push(head.of(role(row)?)),
        Table::UserProfiles => roster.profiles.push(head.of(Profile { user: row.id("userSourcedId")? })),
        Table::Demographics => roster.demographics.push(head.of(demographics(row)?)),
        Table::Enrollments => roster.enrollments.push(head.of(enrollment(row)?)),
    }
    Ok(())
}

impl Row<()> {
    fn of<T>(self, thing: T) -> Row<T> {
        Row { line: self.line, sourced_id: self.sourced_id, change: self.change, unread: self.unread, thing }
    }
}

fn session(row: &Cells<'_>) -> Result<Session, Finding> {
    let session = Session {
        title: row.needed("title")?,
        kind: row.needed_word("type", &SESSIONS)?,
        start: row.needed_day("startDate")?,
        end: row.needed_day("endDate")?,
        parent: row.reference("parentSourcedId")?,
        year: row.year("schoolYear")?,
    };
    let runs = ends_in(session.start);
    if session.year != runs { Err(findings::year(session.year, runs)) } else { Ok(session) }
}

/// The calendar year in which the Vietnamese school year of a day ends; one begins with July.
fn ends_in(day: NaiveDate) -> i32 {
    day.year() + i32::from(day.month() >= 7)
}

fn org(row: &Cells<'_>) -> Result<Org, Finding> {
    Ok(Org {
        name: row.needed("name")?,
        kind: row.needed_word("type", &ORGS)?,
        identifier: row.filled("identifier"),
        parent: row.reference("parentSourcedId")?,
    })
}

fn course(row: &Cells<'_>) -> Result<Course, Finding> {
    Ok(Course {
        title: row.needed("title")?,
        org: row.id("orgSourcedId")?,
        year: row.reference("schoolYearSourcedId")?,
    })
}

fn class(row: &Cells<'_>) -> Result<Class, Finding> {
    Ok(Class {
        title: row.needed("title")?,
        grades: row.list("grades")?,
        course: row.id("courseSourcedId")?,
        code: row.filled("classCode"),
        kind: row.needed_word("classType", &CLASSES)?,
        school: row.id("schoolSourcedId")?,
        terms: row.list("termSourcedIds")?,
        grade_code: row.filled(GRADE_CODE),
    })
}

fn user(row: &Cells<'_>) -> Result<User, Finding> {
    let (given, family) = (row.text("givenName"), row.text("familyName"));
    let middle = row.filled("middleName");
    // A full name that somebody left as it was while changing its parts is not the name any more.
    let parts = [Some(family.as_str()), middle.as_deref(), Some(given.as_str())];
    let full_name = row.filled(FULL_NAME).filter(|full| {
        let words: Vec<&str> = full.split_whitespace().collect();
        words == parts.into_iter().flatten().flat_map(str::split_whitespace).collect::<Vec<_>>()
            || words.as_slice() == [given.as_str()] && family == given && middle.is_none()
    });
    Ok(User {
        is_enabled: row.is_true("enabledUser")?,
        username: row.text("username"),
        ids: typed_ids(row)?,
        given,
        family,
        middle,
        identifier: row.filled("identifier"),
        phone: row.filled("phone"),
        sms: row.filled("sms"),
        org: row.reference("primaryOrgSourcedId")?,
        full_name,
    })
}

/// Ids as `{Type:Id}`.
fn typed_ids(row: &Cells<'_>) -> Result<Vec<(String, String)>, Finding> {
    let column = "userIds";
    let wanted = ["a list of {Type:Id}", "danh sách {Loại:Mã}"];
    let read = |part: String| {
        let inside = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let pair = inside.and_then(|inside| inside.split_once(':'));
        let pair = pair.map(|(kind, id)| (kind.trim().to_owned(), id.trim().to_owned()));
        pair.filter(|(kind, id)| !kind.is_empty() && !id.is_empty())
            .ok_or_else(|| findings::value(column, &part, wanted))
    };
    row.list(column)?.into_iter().map(read).collect()
}

fn role(row: &Cells<'_>) -> Result<Role, Finding> {
    Ok(Role {
        user: row.id("userSourcedId")?,
        is_primary: row.needed_word("roleType", &ROLE_TYPES)? == "primary",
        role: row.needed_word("role", &ROLES)?,
        begin: row.day("beginDate")?,
        end: row.day("endDate")?,
        org: row.id("orgSourcedId")?,
    })
}

fn demographics(row: &Cells<'_>) -> Result<Demographics, Finding> {
    Ok(Demographics { birth_date: row.day("birthDate")?, sex: row.word("sex", &SEXES)? })
}

fn enrollment(row: &Cells<'_>) -> Result<Enrollment, Finding> {
    Ok(Enrollment {
        class: row.id("classSourcedId")?,
        school: row.id("schoolSourcedId")?,
        user: row.id("userSourcedId")?,
        role: row.needed_word("role", &ENROLLED)?,
        begin: row.day("beginDate")?,
        end: row.day("endDate")?,
    })
}
