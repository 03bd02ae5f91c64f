//! Which school, year and class a row is about.

use connectors::oneroster::{Class, Org, Row};
use entities::Refusal;
use entities::catalogues::Grade;
use entities::classes::{self, Upsert};
use entities::codes::SchoolYear;
use entities::ids::ClassId;
use entities::schools::School;

use super::known::{CLASS, Known, SCHOOL};
use super::outcome::{Stop, no_reference, not_kept};
use crate::flows::imports::page::wrong_school;
use crate::flows::oneroster::{self, HOMEROOM};

/// A class by what the verbs call it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) school_code: String,
    pub(super) year: SchoolYear,
    pub(super) code: String,
}

impl Known {
    /// The school of an organization that stands in the archive.
    pub(super) fn school_of_row(&self, row: &Row<Org>) -> Option<&School> {
        let code = row.thing.identifier.as_deref().and_then(|code| self.schools_by_code.get(code.trim()));
        code.or_else(|| self.school_by(&row.sourced_id))
    }

    fn school_by(&self, id: &str) -> Option<&School> {
        let own = self.own(SCHOOL, id).map(entities::ids::SchoolId::from_uuid);
        own.and_then(|own| self.schools.get(&own)).or_else(|| self.schools_by_code.get(id.trim()))
    }

    /// The school that an id names. An archive without organizations is of the school that the run names.
    pub(super) fn school(&self, column: &str, id: &str) -> Result<&School, Refusal> {
        let found = match self.orgs.get(id) {
            Some(place) => self.school_of_row(&self.roster.orgs[*place]),
            None => self.school_by(id).or_else(|| {
                let named = self.school_code.as_deref().filter(|_| self.roster.orgs.is_empty());
                named.and_then(|code| self.schools_by_code.get(code.trim()))
            }),
        };
        let school = found.ok_or_else(|| no_reference(column, id))?;
        self.is_of_run(school).map_err(|refusal| refusal.at(column))?;
        Ok(school)
    }

    /// Refuses another school than the one that the run names, if it names one.
    pub(super) fn is_of_run(&self, school: &School) -> Result<(), Refusal> {
        let is_other = self.school_code.as_deref().is_some_and(|code| code.trim() != school.code);
        if is_other { Err(wrong_school()) } else { Ok(()) }
    }

    /// The school year of sessions; none where nobody knows them.
    fn year(&self, terms: &[String]) -> Result<Option<SchoolYear>, Refusal> {
        let mut years = Vec::new();
        for term in terms {
            let of_row = self.sessions.get(term).map(|place| self.roster.sessions[*place].thing.year - 1);
            let year = of_row.and_then(|year| SchoolYear::starting(year).ok()).or_else(|| oneroster::year_of(term));
            years.extend(year);
        }
        match years.first() {
            Some(first) if years.iter().any(|year| year != first) => Err(Refusal::new(
                "ONEROSTER_YEARS",
                "The terms are of several school years; a class belongs to one.",
                "Các học kỳ thuộc nhiều năm học; mỗi lớp chỉ thuộc một năm học.",
            )
            .at("termSourcedIds")),
            first => Ok(first.copied()),
        }
    }

    /// The class that an id names.
    pub(super) fn class(&self, id: &str) -> Result<Place, Stop> {
        match self.file_classes.get(id) {
            Some(place) => self.place(&self.roster.classes[*place]),
            None => {
                let class = self.classes.get(id).ok_or_else(|| no_reference("classSourcedId", id))?;
                self.schools.get(&class.school).map_or(Ok(()), |school| self.is_of_run(school))?;
                self.place_known(class).ok_or_else(|| no_reference("classSourcedId", id).into())
            }
        }
    }

    fn place_known(&self, class: &classes::Class) -> Option<Place> {
        let school_code = self.schools.get(&class.school)?.code.clone();
        Some(Place { school_code, year: class.school_year, code: class.code.clone() })
    }

    fn place(&self, row: &Row<Class>) -> Result<Place, Stop> {
        if row.thing.kind != HOMEROOM {
            return Err(not_kept(
                "The hub keeps the class in which a student is for the year (homeroom), and no courses of lessons.",
                "Hệ thống chỉ lưu lớp hành chính (homeroom), không lưu lớp học phần theo môn.",
            ));
        }
        let known = self.classes.get(&row.sourced_id);
        let year = self.year(&row.thing.terms)?.or(known.map(|class| class.school_year));
        let terms = row.thing.terms.join(",");
        let year = year.ok_or_else(|| no_reference("termSourcedIds", &terms))?;
        let school_code = self.school("schoolSourcedId", &row.thing.school)?.code.clone();
        let code = row.thing.code.clone().or_else(|| known.map(|class| class.code.clone()));
        Ok(Place { school_code, year, code: code.unwrap_or_else(|| row.thing.title.clone()) })
    }

    /// A class as its verb takes it, and what of it is not kept.
    pub(super) fn class_row(&self, row: &Row<Class>) -> Result<(Upsert, Vec<String>), Stop> {
        let place = self.place(row)?;
        if row.change.is_some_and(|change| change.is_deleted) {
            return Err(not_kept(
                "A class stays in its school year; its enrollments are what ends.",
                "Lớp được giữ trong năm học; chỉ kết thúc việc xếp lớp của học sinh.",
            ));
        }
        let id = row.sourced_id.as_str();
        let (key, code) = match (self.own(CLASS, id), self.is_client) {
            (Some(own), _) => (classes::Key::Id(ClassId::from_uuid(own)), row.thing.code.clone()),
            (None, true) => {
                let code = if self.classes.contains_key(id) { row.thing.code.clone() } else { Some(place.code) };
                (classes::Key::External(id.to_owned()), code)
            }
            (None, false) => (classes::Key::Code(place.code), None),
        };
        let grade = grade(&row.thing)?;
        let several = (row.thing.grades.len() > 1).then(|| "grades".to_owned());
        let upsert = Upsert {
            school_code: place.school_code,
            school_year: place.year,
            key,
            external_id: None,
            code,
            name: Some(row.thing.title.clone()),
            grade,
        };
        Ok((upsert, several.into_iter().collect()))
    }
}

/// The grade of a class: the ministry's code where it fits the word of CEDS, else what that word means.
fn grade(class: &Class) -> Result<Option<&'static Grade>, Refusal> {
    let Some(word) = class.grades.first() else { return Ok(None) };
    let exact = class.grade_code.as_deref().and_then(|code| Grade::parse(code).ok());
    match exact.filter(|grade| oneroster::ceds(grade) == word) {
        Some(grade) => Ok(Some(grade)),
        None => Grade::parse(&oneroster::grade_code(word)).map(Some).map_err(|error| Refusal::from(error).at("grades")),
    }
}
