//! Rows of the ledger in the words of the binding. Ids are the hub's own global ids, which every query shows and takes, and
//! which outlive every code; what has no row of its own has a natural key. What the asker may not read is left blank.

use connectors::oneroster::{Change, Class, Course, Demographics, Enrollment, Line, Org, Role, Session, User};
use entities::catalogues::Gender;
use entities::codes::SchoolYear;
use entities::ids::{SchoolId, StudentId};
use entities::students::Student;
use entities::{classes, enrollments, schools};
use uuid::Uuid;

use crate::flows::oneroster::{HOMEROOM, MOET, SCHOOL, STUDENT, ceds, session_ids};

/// How lines are worded for one asker.
pub(super) struct Words<'a> {
    pub(super) id: fn(&str, Uuid) -> String,
    pub(super) masked: &'a [String],
    pub(super) year: SchoolYear,
}

impl Words<'_> {
    fn is_masked(&self, field: &str) -> bool {
        self.masked.iter().any(|masked| masked.strip_prefix("Student.") == Some(field))
    }

    fn school_id(&self, school: SchoolId) -> String {
        (self.id)("School", school.uuid())
    }

    fn student_id(&self, student: StudentId) -> String {
        (self.id)("Student", student.uuid())
    }

    /// The school year, and the one term that is the whole of it: the hub keeps enrollments by the year. The days are those by
    /// which the ministry's statuses of transfers are told apart, July and August with the year that they prepare.
    pub(super) fn sessions(&self) -> Vec<u8> {
        let [year, term] = session_ids(self.year);
        let first = self.year.start_year();
        let day = |year: i32| chrono::NaiveDate::from_ymd_opt(year, 7, 1).unwrap_or_default();
        let session = |title: &str, kind: &str, parent: Option<String>| Session {
            title: format!("{title} {}", self.year),
            kind: kind.to_owned(),
            start: day(first),
            end: day(first + 1),
            parent,
            year: first + 1,
        };
        let whole = session("Năm học", "schoolYear", None).line(&year, None);
        [whole, session("Cả năm", "term", Some(year)).line(&term, None)].concat()
    }

    pub(super) fn school(&self, school: &schools::School, change: Option<Change>) -> Vec<u8> {
        let org = Org {
            name: school.name.clone(),
            kind: SCHOOL.to_owned(),
            identifier: Some(school.code.clone()),
            parent: None,
        };
        org.line(&self.school_id(school.id), change)
    }

    /// The one course of a school: the binding wants one for every class, and the hub keeps none.
    pub(super) fn course(&self, school: SchoolId, change: Option<Change>) -> Vec<u8> {
        let [year, _] = session_ids(self.year);
        let course = Course { title: "Lớp hành chính".to_owned(), org: self.school_id(school), year: Some(year) };
        course.line(&course_id(school, self.year), change)
    }

    pub(super) fn class(&self, class: &classes::Class, change: Option<Change>) -> Vec<u8> {
        let [_, term] = session_ids(class.school_year);
        let line = Class {
            title: class.name.clone(),
            grades: vec![ceds(class.grade).to_owned()],
            course: course_id(class.school, self.year),
            code: Some(class.code.clone()),
            kind: HOMEROOM.to_owned(),
            school: self.school_id(class.school),
            terms: vec![term],
            grade_code: Some(class.grade.code.to_owned()),
        };
        line.line(&(self.id)("SchoolClass", class.id.uuid()), change)
    }

    pub(super) fn user(&self, student: &Student, school: SchoolId, change: Option<Change>) -> Vec<u8> {
        let id = self.student_id(student.id);
        let name = if self.is_masked("fullName") { "" } else { student.full_name.as_str() };
        let words: Vec<&str> = name.split_whitespace().collect();
        // A person of one name has it as both: the binding wants a family name and a given name.
        let (family, given) = (words.first().copied().unwrap_or_default(), words.last().copied().unwrap_or_default());
        let middle = words.get(1..words.len().saturating_sub(1)).unwrap_or_default().join(" ");
        let code = student.ministry_code.clone().filter(|_| !self.is_masked("ministryCode"));
        let user = User {
            is_enabled: true,
            username: id.clone(),
            ids: code.clone().map(|code| (MOET.to_owned(), code)).into_iter().collect(),
            given: given.to_owned(),
            family: family.to_owned(),
            middle: Some(middle).filter(|middle| !middle.is_empty()),
            identifier: code,
            phone: student.phone.as_ref().filter(|_| !self.is_masked("phone")).map(|phone| phone.as_str().to_owned()),
            sms: None,
            org: Some(self.school_id(school)),
            full_name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        };
        user.line(&id, change)
    }

    /// The role of a student at a school.
    pub(super) fn role(&self, student: StudentId, school: SchoolId, change: Option<Change>) -> Vec<u8> {
        let role = Role {
            user: self.student_id(student),
            is_primary: true,
            role: STUDENT.to_owned(),
            begin: None,
            end: None,
            org: self.school_id(school),
        };
        role.line(&format!("role-{student}-{school}"), change)
    }

    /// Birth and sex of a student; nothing where neither is known or may be read.
    pub(super) fn birth(&self, student: &Student, change: Option<Change>) -> Option<Vec<u8>> {
        let sex = student.gender.filter(|_| !self.is_masked("gender")).map(|gender| match gender {
            Gender::Male => "male".to_owned(),
            Gender::Female => "female".to_owned(),
        });
        let born = Demographics { birth_date: student.birth_date.filter(|_| !self.is_masked("birthDate")), sex };
        let is_told = born.birth_date.is_some() || born.sex.is_some();
        is_told.then(|| born.line(&self.student_id(student.id), change))
    }

    /// An enrollment; nothing while the student is in no class, which the binding has no row for.
    pub(super) fn enrollment(&self, enrollment: &enrollments::Enrollment, change: Option<Change>) -> Option<Vec<u8>> {
        let class = enrollment.class?;
        let line = Enrollment {
            class: (self.id)("SchoolClass", class.uuid()),
            school: self.school_id(enrollment.school),
            user: self.student_id(enrollment.student),
            role: STUDENT.to_owned(),
            begin: Some(enrollment.valid_from),
            end: enrollment.valid_to,
        };
        Some(line.line(&(self.id)("Enrollment", enrollment.id.uuid()), change))
    }
}

fn course_id(school: SchoolId, year: SchoolYear) -> String {
    format!("course-{school}-{}", year.start_year())
}
