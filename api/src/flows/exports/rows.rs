//! A page of rows with what their lines name beside them: a handful of statements for all.

use std::collections::HashMap;

use entities::classes::{self, Class};
use entities::codes::SchoolYear;
use entities::enrollments::{self, Enrollment};
use entities::ids::{ClassId, EnrollmentId, InvoiceId, SchoolId, StudentId};
use entities::invoices::{self, Invoice};
use entities::reach::Reach;
use entities::schools::{self, School};
use entities::students::{self, Student};
use entities::{Db, Error, external_ids};
use uuid::Uuid;

use super::Kind;

/// One row.
#[derive(Clone, Debug)]
pub enum Thing {
    /// A school.
    School(School),
    /// A class.
    Class(Class),
    /// A student.
    Student(Student),
    /// An enrollment.
    Enrollment(Enrollment),
    /// An invoice.
    Invoice(Invoice),
}

/// One row and what its line names beside it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The row.
    pub thing: Thing,
    /// The code of its school; none where it has none, or where that left the reach.
    pub school_code: Option<String>,
    /// The code of its class; none where it has none.
    pub class_code: Option<String>,
    /// Its student; none where it has none, or where that left the reach.
    pub student: Option<StudentId>,
    /// The asker's own ids of it.
    pub external_ids: Vec<String>,
}

/// Which rows of a kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) kind: Kind,
    pub(super) school: Option<SchoolId>,
    pub(super) school_year: Option<SchoolYear>,
}

/// The first rows behind a key.
pub(super) async fn read(
    db: &Db,
    reach: &Reach,
    wanted: Wanted,
    behind: Option<Uuid>,
    rows: u64,
) -> Result<Vec<Row>, Error> {
    let things = things(db, reach, wanted, behind, rows).await?;
    let schools: Vec<SchoolId> = things.iter().filter_map(Thing::school).collect();
    let classes: Vec<ClassId> = things.iter().filter_map(Thing::class).collect();
    let people: Vec<StudentId> = things.iter().filter_map(Thing::of_student).collect();
    let ids: Vec<Uuid> = things.iter().map(Thing::id).collect();
    let schools = schools::by_ids(db, reach, &distinct(schools)).await?;
    let classes = classes::by_ids(db, reach, &distinct(classes)).await?;
    let people = students::reachable(db, reach, &distinct(people)).await?;
    let mut external: HashMap<Uuid, Vec<external_ids::ExternalId>> = external_ids::of_nodes(db, reach, &ids).await?;
    let row = |thing: Thing| Row {
        school_code: thing.school().and_then(|id| schools.get(&id)).map(|school| school.code.clone()),
        class_code: thing.class().and_then(|id| classes.get(&id)).map(|class| class.code.clone()),
        student: thing.of_student().filter(|id| people.contains(id)),
        external_ids: external.remove(&thing.id()).unwrap_or_default().into_iter().map(|one| one.id).collect(),
        thing,
    };
    Ok(things.into_iter().map(row).collect())
}

async fn things(db: &Db, reach: &Reach, wanted: Wanted, behind: Option<Uuid>, rows: u64) -> Result<Vec<Thing>, Error> {
    let Wanted { kind, school, school_year } = wanted;
    Ok(match kind {
        Kind::Schools => {
            let found = schools::behind(db, reach, behind.map(SchoolId::from_uuid), rows).await?;
            found.into_iter().map(Thing::School).collect()
        }
        Kind::Classes => {
            let filter = classes::Filter { school, school_year, ..classes::Filter::default() };
            let found = classes::behind(db, reach, &filter, behind.map(ClassId::from_uuid), rows).await?;
            found.into_iter().map(Thing::Class).collect()
        }
        Kind::Students => {
            let filter = students::Filter { school, school_year, ..students::Filter::default() };
            let found = students::behind(db, reach, &filter, behind.map(StudentId::from_uuid), rows).await?;
            found.into_iter().map(Thing::Student).collect()
        }
        Kind::Enrollments => {
            let filter = enrollments::Filter { school, school_year, ..enrollments::Filter::default() };
            let found = enrollments::behind(db, reach, &filter, behind.map(EnrollmentId::from_uuid), rows).await?;
            found.into_iter().map(Thing::Enrollment).collect()
        }
        Kind::Invoices => {
            let filter = invoices::Filter { school, school_year, ..invoices::Filter::default() };
            let found = invoices::behind(db, reach, &filter, behind.map(InvoiceId::from_uuid), rows).await?;
            found.into_iter().map(Thing::Invoice).collect()
        }
        // A roster has pages of its own.
        Kind::OneRoster => Vec::new(),
    })
}

fn distinct<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl Thing {
    pub(super) fn id(&self) -> Uuid {
        match self {
            Self::School(school) => school.id.uuid(),
            Self::Class(class) => class.id.uuid(),
            Self::Student(student) => student.id.uuid(),
            Self::Enrollment(enrollment) => enrollment.id.uuid(),
            Self::Invoice(invoice) => invoice.id.uuid(),
        }
    }

    fn school(&self) -> Option<SchoolId> {
        match self {
            Self::School(_) | Self::Student(_) => None,
            Self::Class(class) => Some(class.school),
            Self::Enrollment(enrollment) => Some(enrollment.school),
            Self::Invoice(invoice) => Some(invoice.school),
        }
    }

    fn class(&self) -> Option<ClassId> {
        match self {
            Self::Enrollment(enrollment) => enrollment.class,
            _ => None,
        }
    }

    fn of_student(&self) -> Option<StudentId> {
        match self {
            Self::Enrollment(enrollment) => Some(enrollment.student),
            Self::Invoice(invoice) => Some(invoice.student),
            _ => None,
        }
    }
}

impl Row {
    /// The student whose record the line shows; none when it shows nobody's.
    pub(super) fn shows(&self) -> Option<StudentId> {
        match &self.thing {
            Thing::Student(student) => Some(student.id),
            _ => self.student,
        }
    }
}
