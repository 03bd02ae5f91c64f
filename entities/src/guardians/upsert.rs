//! Making and altering guardians in bulk, each row one person for one student, in the name of a school.

use std::collections::HashSet;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::families::Families;
use super::known::{Known, Stand};
use super::{KIND, Key, person};
use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::catalogues::GuardianRelation;
use crate::changes::Change;
use crate::codes::{Email, PersonalId, Phone};
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::external_ids::{self, Link};
use crate::ids::{GuardianshipId, SchoolId};
use crate::tables::{guardians, guardianships};
use crate::{bulk, idempotency, students};

/// The wanted state of a guardian of a student. What is none stays as it is; a new one needs a full name and a relation.
#[derive(Clone, Debug)]
pub struct Upsert {
    /// The school in whose name the row is sent, by its code; external ids count within it.
    pub school_code: String,
    /// For which student, who is at that school today.
    pub student: students::Key,
    /// Which guardian.
    pub key: Key,
    /// The vendor's own id, to be kept beside a key of another kind.
    pub external_id: Option<String>,
    /// What the guardian is to the student.
    pub relation: Option<GuardianRelation>,
    /// The full name.
    pub full_name: Option<String>,
    /// The day of birth.
    pub birth_date: Option<NaiveDate>,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// The personal ID. A row that gives one always counts as altering.
    pub personal_id: Option<PersonalId>,
    /// The place among those who are to be called, 1 to 9.
    pub contact_order: Option<i64>,
    /// The first day, not after the day of writing; a new link begins on that day where none is given.
    pub valid_from: Option<NaiveDate>,
    /// The day after the last one, not after the day of writing: ends the link.
    pub valid_to: Option<NaiveDate>,
}

/// Makes or alters guardians. Student and guardian must both be of the row's school, else "not found". What a school writes is
/// read by whoever reads the student, and by no school of a brother or sister elsewhere.
///
/// # Errors
/// `REAL_DATA_NOT_ENABLED`, and those of the database; rows are refused one by one.
pub async fn upsert(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Vec<RowResult>, Error> {
    tx.kind().allow_personal_data()?;
    let external_ids: Vec<Option<&str>> = rows.iter().map(Upsert::external_id).collect();
    if let Some(made) = idempotency::recalled(tx, batch.attempt).await? {
        return Ok(batch::repeated(&made, &external_ids, &reachable(tx, batch, &made).await?));
    }
    let known = Known::read(tx, batch, rows).await?;
    let mut families = Families::of(tx, batch, &known);
    let mut tally = Tally::new(KIND);
    for (row, external_id) in rows.iter().zip(external_ids) {
        match families.row(row, &mut tally) {
            Err(Error::Refused(refusal)) => tally.refuse(external_id, vec![*refusal]),
            Err(accident) => return Err(accident),
            Ok(done) => families.accept(external_id, done, &mut tally),
        }
    }
    let Families { people, links, written, relinked, .. } = families;
    let people = people.into_iter().filter(|(id, _)| written.contains(id)).map(|(_, person)| person).collect();
    let links = links.into_iter().filter(|(id, _)| written.contains(id)).map(|(_, link)| link).collect();
    bulk::save::<guardians::Entity>(tx, people).await?;
    bulk::save::<guardianships::Entity>(tx, links).await?;
    external_ids::relink(tx, batch.reach, KIND, &relinked).await?;
    tally.finish(tx, batch).await
}

async fn reachable(tx: &Tx, batch: &Batch<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    use guardians::Column;
    let mut found = HashSet::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = super::in_reach(&batch.reach.without_classes()).filter(Column::Id.is_in(some.iter().copied()));
        let rows: Vec<Uuid> = select.select_only().column(Column::Id).into_tuple().all(tx.conn()).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// What became of a row that stands.
struct Done {
    guardian: Uuid,
    status: RowStatus,
    school: Uuid,
    student: Uuid,
    has_ended: bool,
    link: Option<Link>,
}

impl Families<'_> {
    fn row(&mut self, row: &Upsert, tally: &mut Tally) -> Result<Done, Error> {
        let school = self.known.schools.get(row.school_code.trim()).copied();
        let school = school.ok_or_else(|| Refusal::not_found("school").at("schoolCode"))?;
        let external_id = row.external_id().map(|id| external_ids::check(self.batch.reach, id)).transpose()?;
        let student = self.known.student(school, &row.student)?;
        let guardian = self.find(row, school, student, external_id.as_deref())?;
        let link = guardian.and_then(|guardian| self.held(student, guardian)).cloned();
        if link.is_none() && row.valid_to.is_some() {
            return self.ended_before(row, school, student, guardian);
        }
        let person = self.person(row, guardian)?;
        let wanted = self.link(row, student, person.id, link.as_ref())?;
        tally.claim(format!("{student} {}", person.id))?;
        let before = guardian.and_then(|guardian| self.people.get(&guardian));
        let status = batch::status(before, &same_time(&person, before, |person| &mut person.updated_at));
        let tied = batch::status(link.as_ref(), &same_time(&wanted, link.as_ref(), |link| &mut link.updated_at));
        let has_ended = wanted.valid_to.is_some();
        let link = external_id.and_then(|id| self.name(school, id, person.id));
        let done = Done {
            guardian: person.id,
            status: if status == RowStatus::Unchanged && tied != RowStatus::Unchanged {
                RowStatus::Updated
            } else {
                status
            },
            school,
            student,
            has_ended,
            link,
        };
        self.described.insert(person.id, row.personal_id.clone());
        self.written.extend((status != RowStatus::Unchanged).then_some(person.id));
        self.written.extend((tied != RowStatus::Unchanged).then_some(wanted.id));
        self.people.insert(person.id, person);
        self.links.insert(wanted.id, wanted);
        Ok(done)
    }

    /// A link that is to be ended and does not hold: told again by who named the person it is so already, else there is none.
    fn ended_before(&self, row: &Upsert, school: Uuid, student: Uuid, guardian: Option<Uuid>) -> Result<Done, Error> {
        let own = match &row.key {
            Key::External(id) => self.by_external_id.get(&(school, id.trim().to_owned())).copied(),
            Key::Id(id) => Some(id.uuid()),
            Key::Relation(_) => guardian,
        };
        let is_it = |link: &&guardianships::Model| {
            Some(link.guardian_id) == own && link.student_id == student && link.valid_to == row.valid_to
        };
        let ended = self.links.values().find(is_it).ok_or_else(|| Refusal::not_found("guardian").at("key"))?;
        let (guardian, status) = (ended.guardian_id, RowStatus::Unchanged);
        Ok(Done { guardian, status, school, student, has_ended: true, link: None })
    }

    /// The person as the row wants it. Of two rows that describe one person differently, which is meant cannot be known.
    fn person(&self, row: &Upsert, guardian: Option<Uuid>) -> Result<guardians::Model, Error> {
        let before = guardian.and_then(|guardian| self.people.get(&guardian));
        let mut person = person::wanted(self.tx, self.batch, row, before)?;
        let (Some(before), Some(earlier)) = (before, guardian.and_then(|id| self.described.get(&id))) else {
            return Ok(person);
        };
        let is_same_id = row.personal_id.is_none() || row.personal_id == *earlier;
        person.personal_id_sealed = before.personal_id_sealed.clone();
        if is_same_id && same_time(&person, Some(before), |person| &mut person.updated_at) == *before {
            return Ok(before.clone());
        }
        Err(Refusal::new(
            "DUPLICATE_IN_BATCH",
            "An earlier row of this batch describes the same person differently.",
            "Một dòng trước trong cùng lần gửi đã khai người này khác đi.",
        )
        .into())
    }

    /// The link as the row wants it.
    fn link(
        &self,
        row: &Upsert,
        student: Uuid,
        guardian: Uuid,
        before: Option<&guardianships::Model>,
    ) -> Result<guardianships::Model, Refusal> {
        let keyed = if let Key::Relation(relation) = row.key { Some(relation.code()) } else { None };
        let relation = row.relation.map(GuardianRelation::code).or(before.map(|link| link.relation.as_str())).or(keyed);
        let relation = relation.ok_or_else(|| batch::required("relation"))?;
        let (now, today) = (self.batch.now, self.batch.now.vietnam_day());
        let valid_from = row.valid_from.or(before.map(|link| link.valid_from)).unwrap_or(today);
        if valid_from > today || row.valid_to.is_some_and(|to| to > today || to < valid_from) {
            return Err(not_in_time());
        }
        if row.contact_order.is_some_and(|place| !(1..=9).contains(&place)) {
            let (en, vi) = ("The place in the order of calling is 1 to 9.", "Thứ tự liên hệ từ 1 đến 9.");
            return Err(Refusal::new("BAD_INPUT", en, vi).at("contactOrder"));
        }
        self.has_room(student, guardian, relation, before)?;
        Ok(guardianships::Model {
            id: before.map_or_else(|| GuardianshipId::new(now).uuid(), |link| link.id),
            student_id: student,
            guardian_id: guardian,
            relation: relation.to_owned(),
            contact_order: row.contact_order.or(before.and_then(|link| link.contact_order)),
            valid_from,
            valid_to: row.valid_to,
            created_at: before.map_or(now, |link| link.created_at),
            updated_at: now,
        })
    }

    /// Records a row with its changes: of the person for every school that sees it, and of a link that ended.
    fn accept(&self, external_id: Option<&str>, done: Done, tally: &mut Tally) {
        let Done { guardian, status, school, student, has_ended, link } = done;
        let told = |school: SchoolId| Change::upsert(KIND, guardian, guardian.to_string(), Some(school));
        tally.accept(external_id, status, told(SchoolId::from_uuid(school)), link);
        if status == RowStatus::Unchanged {
            return;
        }
        let stands = self.of_guardian(guardian).flat_map(|link| self.known.stands_of(link.student_id));
        stands.for_each(|stand| tally.also(told(stand.school)));
        if has_ended {
            for Stand { school, class } in self.known.stands_of(student) {
                tally.also(Change::departure(KIND, guardian, guardian.to_string(), *school, *class));
            }
        }
    }
}

/// A row as it would be if it had been written when the other was.
fn same_time<M: Clone>(row: &M, before: Option<&M>, time: impl Fn(&mut M) -> &mut crate::time::Timestamp) -> M {
    let (mut row, before) = (row.clone(), before.cloned());
    if let Some(mut before) = before {
        *time(&mut row) = *time(&mut before);
    }
    row
}

fn not_in_time() -> Refusal {
    Refusal::new(
        "BAD_PERIOD",
        "A guardian answers from a day that has come, and ends on one that has come and does not lie before it.",
        "Ngày bắt đầu và ngày kết thúc không được ở tương lai, ngày kết thúc không sớm hơn ngày bắt đầu.",
    )
    .at("validTo")
}

impl Upsert {
    pub(super) fn external_id(&self) -> Option<&str> {
        if let Key::External(id) = &self.key { Some(id) } else { self.external_id.as_deref() }
    }
}
