//! Rosters as OneRoster 1.2 writes them (trao đổi danh sách lớp): a zip of CSV files after the CSV binding of 1EdTech, read
//! into plain values and written from the same values.

use chrono::NaiveDate;

use crate::time::Timestamp;

mod cells;
mod columns;
mod findings;
mod formula;
mod manifest;
mod read;
mod rows;
#[cfg(test)]
mod tests;
mod write;
mod zip;

pub use columns::Table;
pub use findings::Finding;
pub use manifest::{Mode, manifest};
pub use read::read;
pub use write::{Line, head};
pub use zip::{Full, Zip};

/// Bytes of a file at most, packed as it is sent.
pub const MAX_FILE_BYTES: u64 = 32 << 20;
/// Rows of all files of one archive at most. What is larger is sent school by school.
pub const MAX_ROWS: usize = 300_000;

/// What an archive holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// `academicSessions.csv`: school years and their parts.
    pub sessions: Vec<Row<Session>>,
    /// `orgs.csv`: schools and what stands above them.
    pub orgs: Vec<Row<Org>>,
    /// `courses.csv`: what classes are taught.
    pub courses: Vec<Row<Course>>,
    /// `classes.csv`: classes.
    pub classes: Vec<Row<Class>>,
    /// `users.csv`: people of every role.
    pub users: Vec<Row<User>>,
    /// `roles.csv`: who is what, and where.
    pub roles: Vec<Row<Role>>,
    /// `demographics.csv`: birth and sex of people, under the people's own ids.
    pub demographics: Vec<Row<Demographics>>,
    /// `enrollments.csv`: who is in which class.
    pub enrollments: Vec<Row<Enrollment>>,
    /// `userProfiles.csv`: sign-in names at other products; only that a row is there is told, never what it holds.
    pub profiles: Vec<Row<Profile>>,
    /// What could not be read, row by row, and what was not read at all.
    pub findings: Vec<Finding>,
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<T> {
    /// The line on which it begins, from 1; the header is line 1.
    pub line: u64,
    /// The sender's id of the thing.
    pub sourced_id: String,
    /// What happened to it; none in a bulk file, which says how things are.
    pub change: Option<Change>,
    /// Columns that are filled and that [`Row::thing`] does not hold.
    pub unread: Vec<std::sync::Arc<str>>,
    /// What the row says.
    pub thing: T,
}

/// What a row of a delta says of its thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// `tobedeleted`; else `active`.
    pub is_deleted: bool,
    /// `dateLastModified`, in microseconds UTC.
    pub at: Timestamp,
}

/// A span of teaching (năm học, học kỳ).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub title: String,
    /// `schoolYear`, `term`, `semester`, `gradingPeriod`, or an extension.
    pub kind: String,
    /// The first day.
    pub start: NaiveDate,
    /// The day after the last one.
    pub end: NaiveDate,
    /// The session of which it is a part.
    pub parent: Option<String>,
    /// The calendar year in which its school year ends.
    pub year: i32,
}

/// An organization (trường, đơn vị quản lý).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    /// Its name.
    pub name: String,
    /// `school`, `district`, `state`, `local`, `national`, `department`, or an extension.
    pub kind: String,
    /// The code by which people know it; of a school the code of the ministry's database.
    pub identifier: Option<String>,
    /// The organization above it.
    pub parent: Option<String>,
}

/// What a class is taught (chương trình).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Its name.
    pub title: String,
    /// The organization that gives it.
    pub org: String,
    /// The school year.
    pub year: Option<String>,
}

/// A class (lớp).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub title: String,
    /// Its grades in the words of CEDS: `01` to `13`, `KG`, `PK`, `IT` and others.
    pub grades: Vec<String>,
    /// The course.
    pub course: String,
    /// Its code.
    pub code: Option<String>,
    /// `homeroom`, `scheduled`, or an extension.
    pub kind: String,
    /// The school.
    pub school: String,
    /// The sessions in which it is held.
    pub terms: Vec<String>,
    /// The grade in the ministry's two digits; a column of the hub's own, `metadata.lienthong.gradeCode`.
    pub grade_code: Option<String>,
}

/// A person (người dùng).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// Whether the person may sign in.
    pub is_enabled: bool,
    /// The name under which the person signs in.
    pub username: String,
    /// Ids by their type, as `MOET`.
    pub ids: Vec<(String, String)>,
    /// The given name (tên).
    pub given: String,
    /// The family name (họ).
    pub family: String,
    /// The names between them (tên đệm).
    pub middle: Option<String>,
    /// An id that people read.
    pub identifier: Option<String>,
    /// The telephone.
    pub phone: Option<String>,
    /// The telephone for short messages.
    pub sms: Option<String>,
    /// The organization that the person belongs to first.
    pub org: Option<String>,
    /// The full name as it is written; a column of the hub's own, `metadata.lienthong.fullName`. It is given only where it is
    /// the names of the other columns.
    pub full_name: Option<String>,
}

/// What a person is at an organization (vai trò).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The person.
    pub user: String,
    /// Whether it is the first of the person's roles there.
    pub is_primary: bool,
    /// `student`, `teacher`, `guardian`, `parent`, `relative`, `principal` and others, or an extension.
    pub role: String,
    /// The first day.
    pub begin: Option<NaiveDate>,
    /// The day after the last one.
    pub end: Option<NaiveDate>,
    /// The organization.
    pub org: String,
}

/// Birth and sex of a person, whose id is that of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demographics {
    /// The day of birth (ngày sinh).
    pub birth_date: Option<NaiveDate>,
    /// `male`, `female`, `other`, `unspecified`, or an extension (giới tính).
    pub sex: Option<String>,
}

/// A person in a class (xếp lớp).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrollment {
    /// The class.
    pub class: String,
    /// The school.
    pub school: String,
    /// The person.
    pub user: String,
    /// `student`, `teacher`, `proctor`, `administrator`, or an extension.
    pub role: String,
    /// The first day.
    pub begin: Option<NaiveDate>,
    /// The day after the last one.
    pub end: Option<NaiveDate>,
}

/// A sign-in name at another product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The person.
    pub user: String,
}
