//! An archive with what its ids mean: rows by their ids, schools by their codes, and what the hub knows by ids of the sender's
//! or of its own.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use connectors::oneroster::{Roster, Row, Table};
use entities::classes::{self, Class};
use entities::codes::Kind as DatabaseKind;
use entities::enrollments::{self, Enrollment};
use entities::ids::{ClassId, EnrollmentId, SchoolId, StudentId};
use entities::reach::Reach;
use entities::runs::Run;
use entities::schools::{self, School};
use entities::{Db, Error, Refusal, external_ids};
use uuid::Uuid;

/// The type and row of a global id; none when it is no id of the hub.
pub(super) type Node = fn(&str) -> Option<(String, Uuid)>;

/// The GraphQL types of what a roster writes and finds.
pub(super) const SCHOOL: &str = "School";
pub(super) const CLASS: &str = "SchoolClass";
pub(super) const STUDENT: &str = "Student";
pub(super) const ENROLLMENT: &str = "Enrollment";

/// Characters of a school's code at most: nothing longer is asked for.
const CODE_CHARS: usize = 32;

/// An archive, and what its ids mean.
pub(super) struct Known {
    pub(super) roster: Roster,
    pub(super) kind: DatabaseKind,
    /// Whether the sender has ids of its own: people have none.
    pub(super) is_client: bool,
    /// The school of every row, where the run names one.
    pub(super) school_code: Option<String>,
    pub(super) sessions: HashMap<String, usize>,
    pub(super) orgs: HashMap<String, usize>,
    pub(super) file_classes: HashMap<String, usize>,
    pub(super) users: HashMap<String, usize>,
    pub(super) births: HashMap<String, usize>,
    pub(super) roles: HashMap<String, Vec<usize>>,
    /// The enrollments of each person as a student.
    pub(super) enrolled: HashMap<String, Vec<usize>>,
    pub(super) schools_by_code: HashMap<String, School>,
    pub(super) schools: HashMap<SchoolId, School>,
    /// Classes that the hub knows, by the id that the archive has for them.
    pub(super) classes: HashMap<String, Class>,
    /// Students that the hub knows, each with the school in which the sender's id counts; none for an id of the hub's own.
    pub(super) students: HashMap<String, (StudentId, Option<SchoolId>)>,
    /// Enrollments that the hub knows, by the id that the archive has for them.
    pub(super) running: HashMap<String, Enrollment>,
    /// The schools in whose name the archive speaks; none when it does not say.
    senders: Option<HashSet<SchoolId>>,
    node: Node,
}

impl Known {
    /// Asks what the ids of an archive mean.
    pub(super) async fn read(
        db: &Db,
        reach: &Reach,
        node: Node,
        (run, is_client): (&Run, bool),
        roster: Roster,
    ) -> Result<Self, Error> {
        let mut known = Self {
            kind: db.kind(),
            is_client,
            school_code: run.school_code.clone(),
            sessions: by_id(&roster.sessions),
            orgs: by_id(&roster.orgs),
            file_classes: by_id(&roster.classes),
            users: by_id(&roster.users),
            births: by_id(&roster.demographics),
            roles: grouped(roster.roles.iter().map(|row| row.thing.user.clone())),
            enrolled: grouped(roster.enrollments.iter().map(|row| row.thing.user.clone())),
            schools_by_code: HashMap::new(),
            schools: HashMap::new(),
            classes: HashMap::new(),
            students: HashMap::new(),
            running: HashMap::new(),
            senders: None,
            node,
            roster,
        };
        known.find_senders(db, reach).await?;
        known.find_classes(db, reach).await?;
        known.find_students(db, reach).await?;
        known.find_running(db, reach).await?;
        known.find_schools(db, reach).await?;
        match &known.school_code {
            Some(code) if !known.schools_by_code.contains_key(code.trim()) => {
                Err(Refusal::not_found("school").at("schoolCode").into())
            }
            _ => Ok(known),
        }
    }

    /// How many rows the archive has, those that could not be read among them.
    pub(super) fn rows(&self) -> usize {
        let rows = |table: Table| self.rows_of(table);
        self.roster.findings.len() + Table::ALL.into_iter().map(rows).sum::<usize>()
    }

    pub(super) fn rows_of(&self, table: Table) -> usize {
        match table {
            Table::AcademicSessions => self.roster.sessions.len(),
            Table::Orgs => self.roster.orgs.len(),
            Table::Courses => self.roster.courses.len(),
            Table::Classes => self.roster.classes.len(),
            Table::Users => self.roster.users.len(),
            Table::Roles => self.roster.roles.len(),
            Table::UserProfiles => self.roster.profiles.len(),
            Table::Demographics => self.roster.demographics.len(),
            Table::Enrollments => self.roster.enrollments.len(),
        }
    }

    /// The row of the hub that an id of its own names.
    pub(super) fn own(&self, kind: &str, id: &str) -> Option<Uuid> {
        (self.node)(id).filter(|(found, _)| found == kind).map(|(_, row)| row)
    }

    async fn find_senders(&mut self, db: &Db, reach: &Reach) -> Result<(), Error> {
        let orgs = &self.roster.orgs;
        let mut codes: Vec<String> = match &self.school_code {
            Some(code) => vec![code.trim().to_owned()],
            None if orgs.is_empty() => return Ok(()),
            None => {
                let ids = orgs.iter().flat_map(|row| row.thing.identifier.iter().chain([&row.sourced_id]));
                ids.map(|code| code.trim().to_owned()).collect()
            }
        };
        codes.retain(|code| !code.is_empty() && code.chars().count() <= CODE_CHARS);
        let mut senders = HashSet::new();
        for some in codes.chunks(1_000) {
            senders.extend(schools::by_codes(db, reach, some).await?.into_values().map(|school| school.id));
        }
        if self.school_code.is_none() {
            let own = orgs.iter().filter_map(|row| self.own(SCHOOL, &row.sourced_id));
            senders.extend(own.map(SchoolId::from_uuid));
        }
        self.senders = Some(senders);
        Ok(())
    }

    async fn find_classes(&mut self, db: &Db, reach: &Reach) -> Result<(), Error> {
        let ids: HashSet<&str> = self
            .roster
            .classes
            .iter()
            .map(|row| row.sourced_id.as_str())
            .chain(self.roster.enrollments.iter().map(|row| row.thing.class.as_str()))
            .collect();
        let named = self.named(db, reach, CLASS, ids).await?;
        let rows: Vec<ClassId> = named.values().map(|(row, _)| ClassId::from_uuid(*row)).collect();
        let found = in_pieces(&rows, |some| classes::by_ids(db, reach, some)).await?;
        let class = |(id, (row, _)): (String, (Uuid, Option<SchoolId>))| {
            found.get(&ClassId::from_uuid(row)).map(|class| (id, class.clone()))
        };
        self.classes = named.into_iter().filter_map(class).collect();
        Ok(())
    }

    async fn find_students(&mut self, db: &Db, reach: &Reach) -> Result<(), Error> {
        let users = self.roster.users.iter().map(|row| row.sourced_id.as_str());
        let enrolled = self.roster.enrollments.iter().map(|row| row.thing.user.as_str());
        let born = self.roster.demographics.iter().map(|row| row.sourced_id.as_str());
        let named = self.named(db, reach, STUDENT, users.chain(enrolled).chain(born).collect()).await?;
        let student = |(id, (row, school))| (id, (StudentId::from_uuid(row), school));
        self.students = named.into_iter().map(student).collect();
        Ok(())
    }

    async fn find_running(&mut self, db: &Db, reach: &Reach) -> Result<(), Error> {
        let ids = self.roster.enrollments.iter().map(|row| row.sourced_id.as_str()).collect();
        let named = self.named(db, reach, ENROLLMENT, ids).await?;
        let rows: Vec<EnrollmentId> = named.values().map(|(row, _)| EnrollmentId::from_uuid(*row)).collect();
        let found = in_pieces(&rows, |some| enrollments::by_ids(db, reach, some)).await?;
        let enrollment = |(id, (row, _)): (String, (Uuid, Option<SchoolId>))| {
            found.get(&EnrollmentId::from_uuid(row)).map(|enrollment| (id, enrollment.clone()))
        };
        self.running = named.into_iter().filter_map(enrollment).collect();
        Ok(())
    }

    async fn find_schools(&mut self, db: &Db, reach: &Reach) -> Result<(), Error> {
        let orgs = self.roster.orgs.iter();
        let mut codes: HashSet<String> = orgs
            .flat_map(|row| row.thing.identifier.iter().chain([&row.sourced_id]))
            .chain(self.roster.classes.iter().map(|row| &row.thing.school))
            .chain(self.roster.enrollments.iter().map(|row| &row.thing.school))
            .chain(self.roster.roles.iter().map(|row| &row.thing.org))
            .chain(self.roster.users.iter().filter_map(|row| row.thing.org.as_ref()))
            .chain(&self.school_code)
            .map(|code| code.trim().to_owned())
            .collect();
        let own: HashSet<SchoolId> =
            codes.iter().filter_map(|id| self.own(SCHOOL, id)).map(SchoolId::from_uuid).collect();
        codes.retain(|code| !code.is_empty() && code.chars().count() <= CODE_CHARS);
        let codes: Vec<String> = codes.into_iter().collect();
        for some in codes.chunks(1_000) {
            self.schools_by_code.extend(schools::by_codes(db, reach, some).await?);
        }
        let of_classes = self.classes.values().map(|class| class.school);
        let of_students = self.students.values().filter_map(|(_, school)| *school);
        let wanted: HashSet<SchoolId> = own.into_iter().chain(of_classes).chain(of_students).collect();
        let wanted: Vec<SchoolId> = wanted.into_iter().collect();
        self.schools = in_pieces(&wanted, |some| schools::by_ids(db, reach, some)).await?;
        Ok(())
    }

    /// What ids name: the hub's own by themselves, the sender's by what was kept of them. Two schools may number alike: an id counts
    /// for the schools of the archive, and where it names two things the verbs look it up in the school of the row.
    async fn named(
        &self,
        db: &Db,
        reach: &Reach,
        kind: &str,
        ids: HashSet<&str>,
    ) -> Result<HashMap<String, (Uuid, Option<SchoolId>)>, Error> {
        let (mut named, mut others) = (HashMap::new(), Vec::new());
        for id in ids {
            match self.own(kind, id) {
                Some(row) => drop(named.insert(id.to_owned(), (row, None))),
                None => others.push(id),
            }
        }
        for (id, links) in external_ids::named(db, reach, kind, &others).await? {
            let is_senders = |school: &SchoolId| self.senders.as_ref().is_none_or(|senders| senders.contains(school));
            let mut links = links.into_iter().filter(|(school, _)| is_senders(school));
            if let Some((school, row)) = links.next()
                && links.all(|(_, other)| other == row)
            {
                named.insert(id, (row, Some(school)));
            }
        }
        Ok(named)
    }
}

fn by_id<T>(rows: &[Row<T>]) -> HashMap<String, usize> {
    rows.iter().enumerate().map(|(place, row)| (row.sourced_id.clone(), place)).collect()
}

fn grouped(ids: impl Iterator<Item = String>) -> HashMap<String, Vec<usize>> {
    let mut grouped: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, id) in ids.enumerate() {
        grouped.entry(id).or_default().push(place);
    }
    grouped
}

/// Many rows in as many questions as a statement has room for.
async fn in_pieces<'a, K, V, F>(ids: &'a [K], ask: impl Fn(&'a [K]) -> F) -> Result<HashMap<K, V>, Error>
where
    K: Eq + Hash + 'a,
    F: Future<Output = Result<HashMap<K, V>, Error>>,
{
    let mut found = HashMap::new();
    for some in ids.chunks(1_000) {
        found.extend(ask(some).await?);
    }
    Ok(found)
}
