//! The rows of a part of a roster, a page at a time: everything as it is, or what changed.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use connectors::oneroster::Change;
use entities::codes::SchoolYear;
use entities::enrollments::{self, Enrollment};
use entities::ids::{ClassId, EnrollmentId, SchoolId, StudentId};
use entities::reach::Reach;
use entities::runs::Run;
use entities::students::{self, Student};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, classes, schools};
use uuid::Uuid;

use super::Part;
use super::delta::{Delta, some};
use super::lines::Words;
use crate::flows::exports::Writing;

/// Rows of a page: a few hundred kilobytes.
const PAGE_ROWS: usize = 1_000;

/// What a page holds.
#[derive(Default)]
pub(super) struct Found {
    pub(super) lines: Vec<u8>,
    pub(super) rows: usize,
    /// The key behind which the part goes on; none at its end.
    pub(super) behind: Option<Uuid>,
    /// Whose records the lines show.
    pub(super) people: HashSet<StudentId>,
}

impl Found {
    fn say(&mut self, line: Vec<u8>) {
        self.lines.extend(line);
        self.rows += 1;
    }
}

/// What is asked of the ledger for one run.
pub(super) struct Asking<'a> {
    db: &'a Db,
    reach: &'a Reach,
    words: Words<'a>,
    school: Option<schools::School>,
    year: SchoolYear,
    day: NaiveDate,
}

impl<'a> Asking<'a> {
    pub(super) async fn of(db: &'a Db, writing: &Writing, reach: &'a Reach, run: &'a Run) -> Result<Self, Error> {
        let year = run.school_year.ok_or_else(|| Error::internal("a roster is of no school year"))?;
        let school = match &run.school_code {
            Some(code) => {
                let found = schools::by_code(db, reach, code).await?;
                Some(found.ok_or_else(|| Refusal::not_found("school").at("schoolCode"))?)
            }
            None => None,
        };
        let words = Words { id: writing.id, masked: &run.masked, year };
        Ok(Self { db, reach, words, school, year, day: reach.day() })
    }

    fn school_id(&self) -> Option<SchoolId> {
        self.school.as_ref().map(|school| school.id)
    }

    /// The next page of a part, as everything is.
    pub(super) async fn all(&self, part: Part, behind: Option<Uuid>) -> Result<Found, Error> {
        let mut found = Found::default();
        match part {
            Part::Sessions => {
                found.lines = self.words.sessions();
                found.rows = 2;
            }
            Part::Schools | Part::Courses => {
                for school in self.schools(behind, &mut found).await? {
                    found.say(self.school_line(part, &school, None));
                }
            }
            Part::Classes => {
                let filter =
                    classes::Filter { school: self.school_id(), school_year: Some(self.year), ..Default::default() };
                let key = behind.map(ClassId::from_uuid);
                let page = classes::behind(self.db, self.reach, &filter, key, rows()?).await?;
                found.behind = next(&page, |class| class.id.uuid());
                for class in &page {
                    found.say(self.words.class(class, None));
                }
            }
            Part::Users | Part::Roles | Part::Demographics => {
                let filter =
                    students::Filter { school: self.school_id(), school_year: Some(self.year), ..Default::default() };
                let key = behind.map(StudentId::from_uuid);
                let page = students::behind(self.db, self.reach, &filter, key, rows()?).await?;
                found.behind = next(&page, |student| student.id.uuid());
                self.people(part, &page, |_| None, &mut found).await?;
            }
            Part::EndedRoles => {}
            Part::Enrollments => {
                let filter = enrollments::Filter {
                    school: self.school_id(),
                    school_year: Some(self.year),
                    running_on: Some(self.day),
                    ..Default::default()
                };
                let key = behind.map(EnrollmentId::from_uuid);
                let page = enrollments::behind(self.db, self.reach, &filter, key, rows()?).await?;
                found.behind = next(&page, |enrollment| enrollment.id.uuid());
                for one in &page {
                    self.enrollment(one, None, &mut found);
                }
            }
        }
        Ok(found)
    }

    /// The next page of a part, of what changed.
    pub(super) async fn changed(&self, part: Part, delta: &Delta, behind: Option<Uuid>) -> Result<Found, Error> {
        let mut found = Found::default();
        let things = match part {
            Part::Sessions => return Ok(found),
            Part::EndedRoles => return self.ended_roles(delta).await,
            Part::Schools | Part::Courses => &delta.schools,
            Part::Classes => &delta.classes,
            Part::Users | Part::Roles | Part::Demographics => &delta.students,
            Part::Enrollments => &delta.enrollments,
        };
        let (ids, has_more) = some(things, behind, PAGE_ROWS);
        found.behind = ids.last().copied().filter(|_| has_more);
        let change = |id: Uuid| Some(changed(things, id, false));
        match part {
            Part::Schools | Part::Courses => {
                let ids: Vec<SchoolId> = ids.into_iter().map(SchoolId::from_uuid).collect();
                let page = schools::by_ids(self.db, self.reach, &ids).await?;
                for school in ids.iter().filter_map(|id| page.get(id)).filter(|one| self.is_wanted(one.id)) {
                    found.say(self.school_line(part, school, change(school.id.uuid())));
                }
            }
            Part::Classes => {
                let ids: Vec<ClassId> = ids.into_iter().map(ClassId::from_uuid).collect();
                let page = classes::by_ids(self.db, self.reach, &ids).await?;
                let is_of_year =
                    |class: &&classes::Class| class.school_year == self.year && self.is_wanted(class.school);
                for class in ids.iter().filter_map(|id| page.get(id)).filter(is_of_year) {
                    found.say(self.words.class(class, change(class.id.uuid())));
                }
            }
            Part::Enrollments => {
                for one in self.enrollments(&ids).await? {
                    let change = changed(things, one.id.uuid(), !self.runs(&one));
                    self.enrollment(&one, Some(change), &mut found);
                }
            }
            _ => {
                let ids: Vec<StudentId> = ids.into_iter().map(StudentId::from_uuid).collect();
                let mut page = students::by_ids(self.db, self.reach, &ids).await?;
                let page: Vec<Student> = ids.iter().filter_map(|id| page.remove(id)).collect();
                self.people(part, &page, change, &mut found).await?;
            }
        }
        Ok(found)
    }

    async fn schools(&self, behind: Option<Uuid>, found: &mut Found) -> Result<Vec<schools::School>, Error> {
        if let Some(school) = &self.school {
            return Ok(vec![school.clone()]);
        }
        let page = schools::behind(self.db, self.reach, behind.map(SchoolId::from_uuid), rows()?).await?;
        found.behind = next(&page, |school| school.id.uuid());
        Ok(page)
    }

    fn school_line(&self, part: Part, school: &schools::School, change: Option<Change>) -> Vec<u8> {
        match part {
            Part::Courses => self.words.course(school.id, change),
            _ => self.words.school(school, change),
        }
    }

    fn is_wanted(&self, school: SchoolId) -> bool {
        self.school_id().is_none_or(|wanted| wanted == school)
    }

    fn runs(&self, enrollment: &Enrollment) -> bool {
        enrollment.valid_from <= self.day && enrollment.valid_to.is_none_or(|to| to > self.day)
    }

    /// Lines of students who are at a wanted school now.
    async fn people(
        &self,
        part: Part,
        page: &[Student],
        change: impl Fn(Uuid) -> Option<Change>,
        found: &mut Found,
    ) -> Result<(), Error> {
        let ids: Vec<StudentId> = page.iter().map(|student| student.id).collect();
        let schools = self.schools_of(&ids).await?;
        for student in page {
            let Some(school) = schools.get(&student.id) else { continue };
            let change = change(student.id.uuid());
            match part {
                Part::Users => found.say(self.words.user(student, *school, change)),
                Part::Roles => found.say(self.words.role(student.id, *school, change)),
                _ => self.words.birth(student, change).into_iter().for_each(|line| found.say(line)),
            }
            // Roles and births tell of the same people once more.
            if part == Part::Users {
                found.people.insert(student.id);
            }
        }
        Ok(())
    }

    /// Where students are now, of those at a wanted school: one is at one school at a time.
    async fn schools_of(&self, ids: &[StudentId]) -> Result<HashMap<StudentId, SchoolId>, Error> {
        let filter = enrollments::Filter {
            school: self.school_id(),
            school_year: Some(self.year),
            running_on: Some(self.day),
            ..Default::default()
        };
        let mut schools = HashMap::new();
        for some in ids.chunks(PAGE_ROWS) {
            let one = entities::page::Rows { most: 1, and_more: false };
            let found = enrollments::of_students(self.db, self.reach, some, &filter, one).await?;
            schools.extend(found.into_iter().filter_map(|(student, slice)| {
                let (_, enrollment) = slice.rows.into_iter().next()?;
                Some((student, enrollment.school))
            }));
        }
        Ok(schools)
    }

    async fn enrollments(&self, ids: &[Uuid]) -> Result<Vec<Enrollment>, Error> {
        let mut enrollments = Vec::new();
        for some in ids.chunks(PAGE_ROWS) {
            let ids: Vec<EnrollmentId> = some.iter().copied().map(EnrollmentId::from_uuid).collect();
            let mut page = enrollments::by_ids(self.db, self.reach, &ids).await?;
            enrollments.extend(ids.iter().filter_map(|id| page.remove(id)));
        }
        enrollments.retain(|one| one.school_year == self.year && self.is_wanted(one.school));
        Ok(enrollments)
    }

    fn enrollment(&self, one: &Enrollment, change: Option<Change>, found: &mut Found) {
        // A delta may tell of somebody who stands in no other of its files.
        let is_change = change.is_some();
        if let Some(line) = self.words.enrollment(one, change) {
            if is_change {
                found.people.insert(one.student);
            }
            found.say(line);
        }
    }

    /// The roles of those whose last enrollment at a school has ended, each once.
    async fn ended_roles(&self, delta: &Delta) -> Result<Found, Error> {
        let ids: Vec<Uuid> = delta.enrollments.keys().copied().collect();
        let mut left: BTreeMap<(StudentId, SchoolId), Change> = BTreeMap::new();
        for one in self.enrollments(&ids).await?.iter().filter(|one| !self.runs(one)) {
            let change = changed(&delta.enrollments, one.id.uuid(), true);
            let last = left.entry((one.student, one.school)).or_insert(change);
            last.at = last.at.max(change.at);
        }
        let students: Vec<StudentId> = left.keys().map(|(student, _)| *student).collect();
        let now_at = self.schools_of(&students).await?;
        let mut found = Found::default();
        for ((student, school), change) in left {
            if now_at.get(&student) != Some(&school) {
                found.people.insert(student);
                found.say(self.words.role(student, school, Some(change)));
            }
        }
        Ok(found)
    }
}

fn changed(things: &BTreeMap<Uuid, Timestamp>, id: Uuid, is_deleted: bool) -> Change {
    Change { is_deleted, at: things.get(&id).map_or(0, |at| at.micros()) }
}

/// The key behind which the next page begins; none when this one was not full.
fn next<T>(page: &[T], key: impl Fn(&T) -> Uuid) -> Option<Uuid> {
    page.last().filter(|_| page.len() == PAGE_ROWS).map(key)
}

fn rows() -> Result<u64, Error> {
    u64::try_from(PAGE_ROWS).map_err(Error::internal)
}
