//! Rows as lines of their files, from the values that a reader makes of them.

use chrono::{DateTime, NaiveDate, SecondsFormat};

use super::columns::{FULL_NAME, GRADE_CODE, Table};
use super::formula::guarded;
use super::{Change, Class, Course, Demographics, Enrollment, Org, Role, Session, User, cells};

/// The first line of a file.
#[must_use]
pub fn head(table: Table) -> Vec<u8> {
    cells::line(table.columns().iter().chain(table.own_columns()).copied())
}

/// A value that is a row of a file.
pub trait Line {
    /// Whose file it is.
    const TABLE: Table;

    /// The cells beside the first three, by their columns; what is not among them is blank.
    fn cells(&self) -> Vec<(&'static str, String)>;

    /// The line: in a bulk file without a change, in a delta with one.
    fn line(&self, sourced_id: &str, change: Option<Change>) -> Vec<u8> {
        let mut filled = self.cells();
        filled.push(("sourcedId", sourced_id.to_owned()));
        if let Some(change) = change {
            let status = if change.is_deleted { "tobedeleted" } else { "active" };
            let at = DateTime::from_timestamp_micros(change.at).unwrap_or_default();
            filled.push(("status", status.to_owned()));
            filled.push(("dateLastModified", at.to_rfc3339_opts(SecondsFormat::Millis, true)));
        }
        let columns = Self::TABLE.columns().iter().chain(Self::TABLE.own_columns());
        let cell = |column: &&str| filled.iter().find(|(name, _)| name == column).map_or("", |(_, cell)| cell.as_str());
        cells::line(columns.map(cell))
    }
}

/// A text that people write.
fn text(text: &str) -> String {
    guarded(text).into_owned()
}

fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

fn optional(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

impl Line for Session {
    const TABLE: Table = Table::AcademicSessions;

    fn cells(&self) -> Vec<(&'static str, String)> {
        vec![
            ("title", text(&self.title)),
            ("type", self.kind.clone()),
            ("startDate", day(Some(self.start))),
            ("endDate", day(Some(self.end))),
            ("parentSourcedId", optional(self.parent.as_ref())),
            ("schoolYear", format!("{:04}", self.year)),
        ]
    }
}

impl Line for Org {
    const TABLE: Table = Table::Orgs;

    fn cells(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", text(&self.name)),
            ("type", self.kind.clone()),
            ("identifier", text(self.identifier.as_deref().unwrap_or_default())),
            ("parentSourcedId", optional(self.parent.as_ref())),
        ]
    }
}

impl Line for Course {
    const TABLE: Table = Table::Courses;

    fn cells(&self) -> Vec<(&'static str, String)> {
        vec![
            ("schoolYearSourcedId", optional(self.year.as_ref())),
            ("title", text(&self.title)),
            ("orgSourcedId", self.org.clone()),
        ]
    }
}

impl Line for Class {
    const TABLE: Table = Table::Classes;

    fn cells(&self) -> Vec<(&'static str, String)> {
        vec![
            ("title", text(&self.title)),
            ("grades", self.grades.join(",")),
            ("courseSourcedId", self.course.clone()),
            ("classCode", text(self.code.as_deref().unwrap_or_default())),
            ("classType", self.kind.clone()),
            ("schoolSourcedId", self.school.clone()),
            ("termSourcedIds", self.terms.join(",")),
            (GRADE_CODE, optional(self.grade_code.as_ref())),
        ]
    }
}

impl Line for User {
    const TABLE: Table = Table::Users;

    fn cells(&self) -> Vec<(&'static str, String)> {
        let ids: Vec<String> = self.ids.iter().map(|(kind, id)| format!("{{{kind}:{id}}}")).collect();
        vec![
            ("enabledUser", self.is_enabled.to_string()),
            ("username", text(&self.username)),
            ("userIds", ids.join(",")),
            ("givenName", text(&self.given)),
            ("familyName", text(&self.family)),
            ("middleName", text(self.middle.as_deref().unwrap_or_default())),
            ("identifier", text(self.identifier.as_deref().unwrap_or_default())),
            ("sms", optional(self.sms.as_ref())),
            ("phone", optional(self.phone.as_ref())),
            ("primaryOrgSourcedId", optional(self.org.as_ref())),
            (FULL_NAME, text(self.full_name.as_deref().unwrap_or_default())),
        ]
    }
}

impl Line for Role {
    const TABLE: Table = Table::Roles;

    fn cells(&self) -> Vec<(&'static str, String)> {
        vec![
            ("userSourcedId", self.user.clone()),
            ("roleType", if self.is_primary { "primary" } else { "secondary" }.to_owned()),
            ("role", self.role.clone()),
            ("beginDate", day(self.begin)),
            ("endDate", day(self.end)),
            ("orgSourcedId", self.org.clone()),
        ]
    }
}

impl Line for Demographics {
    const TABLE: Table = Table::Demographics;

    fn cells(&self) -> Vec<(&'static str, String)> {
        vec![("birthDate", day(self.birth_date)), ("sex", optional(self.sex.as_ref()))]
    }
}

impl Line for Enrollment {
    const TABLE: Table = Table::Enrollments;

    fn cells(&self) -> Vec<(&'static str, String)> {
        vec![
            ("classSourcedId", self.class.clone()),
            ("schoolSourcedId", self.school.clone()),
            ("userSourcedId", self.user.clone()),
            ("role", self.role.clone()),
            ("beginDate", day(self.begin)),
            ("endDate", day(self.end)),
        ]
    }
}
