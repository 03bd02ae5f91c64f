//! What is to become of the enrollments of a batch's students: one school at a time, so a new enrollment ends the old one.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Datelike, NaiveDate};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::batch::{self, RowStatus, Tally};
use crate::bulk;
use crate::catalogues::StudentStatus;
use crate::changes::Change;
use crate::codes::SchoolYear;
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::ids::{ClassId, EnrollmentId, SchoolId};
use crate::students;
use crate::tables::enrollments::{Column, Entity, Model};
use crate::tables::school_classes;
use crate::time::Timestamp;

pub(crate) const KIND: &str = "Enrollment";

/// How a student is at a school. What is none stays as it is.
#[derive(Clone, Debug)]
pub struct Joining {
    /// The school year.
    pub school_year: SchoolYear,
    /// The class, by its code within the school and year; none for a new enrollment means no class yet.
    pub class_code: Option<String>,
    /// The ministry's status; a new enrollment is `01`, studying.
    pub status: Option<StudentStatus>,
    /// The first day; none means the enrollment of that year, or for a new one the day of writing.
    pub from: Option<NaiveDate>,
    /// The day after the last one; a status that is no longer at the school sets the day of writing.
    pub to: Option<NaiveDate>,
}

/// The enrollments of a batch's students as they will be.
pub(crate) struct Plans {
    now: Timestamp,
    classes: HashMap<(Uuid, i64, String), Uuid>,
    of_student: HashMap<Uuid, Vec<Model>>,
    /// The enrollments as they will be, each with what it was; none for a new one.
    writes: BTreeMap<Uuid, (Option<Model>, Model)>,
}

impl Plans {
    pub(crate) async fn read(
        tx: &Tx,
        now: Timestamp,
        schools: &HashMap<String, Uuid>,
        students: impl Iterator<Item = Uuid>,
        joinings: impl Iterator<Item = &Joining>,
    ) -> Result<Self, Error> {
        let mut of_student: HashMap<Uuid, Vec<Model>> = HashMap::new();
        for row in bulk::locked::<Entity>(tx, Column::StudentId, students).await? {
            of_student.entry(row.student_id).or_default().push(row);
        }
        let codes: HashSet<&str> =
            joinings.filter_map(|joining| joining.class_code.as_deref()).map(str::trim).collect();
        let classes = classes(tx, schools, &codes.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { now, classes, of_student, writes: BTreeMap::new() })
    }

    /// The stored enrollment with this key.
    pub(crate) fn find(&self, enrollment: Uuid) -> Option<&Model> {
        self.of_student.values().flatten().find(|row| row.id == enrollment)
    }

    /// Plans how a student is at a school: the enrollment `which`, or the one of that year (and first day), or a new one.
    pub(crate) fn join(
        &mut self,
        student: Uuid,
        school: Uuid,
        joining: &Joining,
        which: Option<Uuid>,
    ) -> Result<(Uuid, RowStatus), Refusal> {
        let year = i64::from(joining.school_year.start_year());
        let class = joining.class_code.as_deref().map(|code| {
            let found = self.classes.get(&(school, year, code.trim().to_owned())).copied();
            found.ok_or_else(|| Refusal::not_found("class").at("classCode"))
        });
        let class = class.transpose()?;
        let all = self.of_student.entry(student).or_default();
        let before = match which {
            Some(id) => all.iter().find(|row| row.id == id),
            None => all
                .iter()
                .filter(|row| row.school_id == school && row.school_year == year)
                .filter(|row| joining.from.is_none_or(|from| row.valid_from == from))
                .max_by_key(|row| row.valid_from),
        };
        let before = before.cloned();
        let row = wanted(student, school, joining, class, before.as_ref(), self.now)?;
        let shifted = before.as_ref().is_none_or(|b| (b.valid_from, b.valid_to) != (row.valid_from, row.valid_to));
        let ended = if shifted { overlapped(all, &row, self.now)? } else { Vec::new() };
        let unchanged_at = before.as_ref().map_or(self.now, |before| before.updated_at);
        let status = batch::status(before.as_ref(), &Model { updated_at: unchanged_at, ..row.clone() });
        let id = row.id;
        let written = ended.into_iter().chain((status != RowStatus::Unchanged).then_some(row));
        for row in written {
            let was = all.iter().find(|other| other.id == row.id).cloned();
            all.retain(|other| other.id != row.id);
            all.push(row.clone());
            let was = self.writes.remove(&row.id).map_or(was, |(was, _)| was);
            self.writes.insert(row.id, (was, row));
        }
        Ok((id, status))
    }

    /// The schools at which a student is on the day of writing.
    pub(crate) fn schools_of(&self, student: Uuid) -> impl Iterator<Item = Uuid> {
        let today = self.now.vietnam_day();
        self.of_student.get(&student).into_iter().flatten().filter(move |row| runs(row, today)).map(|row| row.school_id)
    }

    /// Writes what changed; each is a change of its own. Who comes, and who leaves a school or class, changes there too.
    pub(crate) async fn save(self, tx: &Tx, tally: &mut Tally) -> Result<(), Error> {
        let keys = students::keys(tx, self.writes.values().map(|(_, row)| row.student_id)).await?;
        let today = self.now.vietnam_day();
        for (was, row) in self.writes.values() {
            let key = keys.get(&row.student_id).cloned().unwrap_or_else(|| row.student_id.to_string());
            moved(was.as_ref(), row, &key, today).into_iter().for_each(|change| tally.also(change));
        }
        bulk::save::<Entity>(tx, self.writes.into_values().map(|(_, row)| row).collect()).await
    }
}

/// What readers are told when an enrollment becomes another one: of the place that it leaves first.
fn moved(was: Option<&Model>, row: &Model, student_key: &str, today: NaiveDate) -> Vec<Change> {
    let mut changes = Vec::new();
    let ran = was.filter(|was| runs(was, today));
    if let Some(was) = was.filter(|was| was.class_id.is_some() && was.class_id != row.class_id) {
        let (school, class) = (SchoolId::from_uuid(was.school_id), was.class_id.map(ClassId::from_uuid));
        changes.push(Change::departure(KIND, was.id, was.id.to_string(), school, class));
    }
    if let Some(was) = ran.filter(|was| !runs(row, today) || was.class_id != row.class_id) {
        let (school, class) = (SchoolId::from_uuid(was.school_id), was.class_id.map(ClassId::from_uuid));
        changes.push(Change::departure(students::KIND, row.student_id, student_key, school, class));
    }
    let school = Some(SchoolId::from_uuid(row.school_id));
    changes.push(Change::upsert(KIND, row.id, row.id.to_string(), school));
    if runs(row, today) && ran.is_none_or(|was| was.class_id != row.class_id) {
        changes.push(Change::upsert(students::KIND, row.student_id, student_key, school));
    }
    changes
}

/// Whether an enrollment runs on a day, as [`Entity::runs`] asks the database.
fn runs(row: &Model, on: NaiveDate) -> bool {
    row.valid_from <= on && row.valid_to.is_none_or(|to| to > on)
}

async fn classes(
    tx: &Tx,
    schools: &HashMap<String, Uuid>,
    codes: &[&str],
) -> Result<HashMap<(Uuid, i64, String), Uuid>, Error> {
    use school_classes::Column;
    let schools: Vec<Uuid> = schools.values().copied().collect();
    let mut found = HashMap::new();
    for codes in codes.chunks(rows_per_statement(2)) {
        for schools in schools.chunks(rows_per_statement(2)) {
            let select = school_classes::Entity::find()
                .filter(Column::SchoolId.is_in(schools.iter().copied()))
                .filter(Column::Code.is_in(codes.iter().copied()));
            let rows = select.all(tx.conn()).await?;
            found.extend(rows.into_iter().map(|row| ((row.school_id, row.school_year, row.code), row.id)));
        }
    }
    Ok(found)
}

fn wanted(
    student: Uuid,
    school: Uuid,
    joining: &Joining,
    class: Option<Uuid>,
    before: Option<&Model>,
    now: Timestamp,
) -> Result<Model, Refusal> {
    let today = now.vietnam_day();
    let was = before.and_then(|before| StudentStatus::parse(&before.status).ok());
    let status = joining.status.or(was).unwrap_or(StudentStatus::Studying);
    let valid_from = joining.from.or(before.map(|b| b.valid_from)).unwrap_or(today);
    let returns = status.is_enrolled() && was.is_some_and(|was| !was.is_enrolled());
    let kept = before.and_then(|before| before.valid_to).filter(|_| !returns);
    let left = (!status.is_enrolled()).then(|| today.max(valid_from));
    let valid_to = joining.to.or(kept).or(left);
    if valid_to.is_some_and(|to| to < valid_from) {
        return Err(Refusal::new(
            "BAD_PERIOD",
            "The last day lies before the first one.",
            "Ngày kết thúc sớm hơn ngày bắt đầu.",
        )
        .at("validTo"));
    }
    Ok(Model {
        id: before.map_or_else(|| EnrollmentId::new(now).uuid(), |b| b.id),
        school_id: school,
        student_id: student,
        class_id: class.or(before.and_then(|b| b.class_id)),
        school_year: i64::from(joining.school_year.start_year()),
        status: status.code().to_owned(),
        valid_from,
        valid_to,
        created_at: before.map_or(now, |b| b.created_at),
        updated_at: now,
    })
}

/// The student's other enrollments that this one ends, as they will be. One that began later cannot be ended by it.
fn overlapped(all: &[Model], new: &Model, now: Timestamp) -> Result<Vec<Model>, Refusal> {
    let ends_after = |row: &Model, day: NaiveDate| row.valid_to.is_none_or(|to| to > day);
    let meets = |row: &&Model| {
        row.id != new.id && ends_after(row, new.valid_from) && new.valid_to.is_none_or(|to| row.valid_from < to)
    };
    all.iter().filter(meets).map(|row| end(row, new, now)).collect()
}

fn end(row: &Model, new: &Model, now: Timestamp) -> Result<Model, Refusal> {
    if row.valid_from >= new.valid_from {
        return Err(Refusal::new(
            "ENROLLMENT_OVERLAPS",
            format!("The student has another enrollment from {}; end it first.", row.valid_from),
            format!("Học sinh đã có quá trình học từ ngày {}; hãy kết thúc trước.", row.valid_from),
        )
        .at("validFrom"));
    }
    let status =
        if row.school_id == new.school_id { row.status.clone() } else { moved_out(new.valid_from).code().to_owned() };
    Ok(Model { valid_to: Some(new.valid_from), status, updated_at: now, ..row.clone() })
}

/// The ministry's status of a transfer on a day: term 1 runs to mid-January, term 2 to the end of May.
fn moved_out(on: NaiveDate) -> StudentStatus {
    match (on.month(), on.day()) {
        (9..=12, _) | (1, ..=17) => StudentStatus::TransferredOutTerm1,
        (1..=5, _) => StudentStatus::TransferredOutTerm2,
        _ => StudentStatus::TransferredOutSummer,
    }
}
