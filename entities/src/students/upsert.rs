//! Making and altering students in bulk, each in the name of a school.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::known::{KIND, writable};
use super::{Key, Known, place};
use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::catalogues::{EthnicGroup, Gender};
use crate::changes::Change;
use crate::codes::{MinistryCode, PersonalId, Phone};
use crate::db::Tx;
use crate::enrollments::{Joining, Plans};
use crate::error::{Error, Refusal};
use crate::external_ids::{self, Link};
use crate::ids::{SchoolId, StudentId};
use crate::seal::Vault;
use crate::tables::students::{Entity, Model};
use crate::{bulk, idempotency, schools, text};

/// Characters of a full name at most.
const MAX_NAME_CHARS: usize = 100;

/// The wanted state of a student. What is none stays as it is; a new student needs a full name and an enrollment.
#[derive(Clone, Debug)]
pub struct Upsert {
    /// The school in whose name the row is sent, by its code; external ids count within it.
    pub school_code: String,
    /// Which student.
    pub key: Key,
    /// The vendor's own id, to be kept beside a key of another kind.
    pub external_id: Option<String>,
    /// The code in the ministry's database; it can be given once and never changed.
    pub ministry_code: Option<MinistryCode>,
    /// The full name.
    pub full_name: Option<String>,
    /// The day of birth.
    pub birth_date: Option<NaiveDate>,
    /// The gender.
    pub gender: Option<Gender>,
    /// The ethnic group.
    pub ethnic_group: Option<&'static EthnicGroup>,
    /// The phone of the family.
    pub phone: Option<Phone>,
    /// The personal ID.
    pub personal_id: Option<PersonalId>,
    /// How the student is at the school. It must be given for a new student.
    pub enrollment: Option<Joining>,
}

/// Makes or alters students, and enrolls them at the school. A student outside the reach answers "not found", unless
/// nobody holds them: one without any running enrollment is taken up by ministry code and the right day of birth.
///
/// # Errors
/// `REAL_DATA_NOT_ENABLED`, and those of the database; rows are refused one by one.
pub async fn upsert(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Vec<RowResult>, Error> {
    tx.kind().allow_personal_data()?;
    let external_ids: Vec<Option<&str>> = rows.iter().map(Upsert::external_id).collect();
    if let Some(made) = idempotency::recalled(tx, batch.attempt).await? {
        return Ok(batch::repeated(&made, &external_ids, &writable(tx, batch, &made).await?));
    }
    let schools = schools::writable(tx, batch.reach, rows.iter().map(|row| row.school_code.as_str())).await?;
    let known = read(tx, batch, rows).await?;
    let joinings = rows.iter().filter_map(|row| row.enrollment.as_ref());
    let mut plans = Plans::read(tx, batch.now, &schools, known.students.keys().copied(), joinings).await?;
    let mut tally = Tally::new(KIND);
    let mut writes = Vec::new();
    for (row, external_id) in rows.iter().zip(external_ids) {
        match (Planning { tx, batch, schools: &schools, known: &known }).plan(row, &mut plans, &mut tally) {
            Err(Error::Refused(refusal)) => tally.refuse(external_id, vec![*refusal]),
            Err(accident) => return Err(accident),
            Ok(Plan { student, status, school, joined, link }) => {
                let key = student.ministry_code.clone().unwrap_or_else(|| student.id.to_string());
                let change = Change::upsert(KIND, student.id, key, Some(SchoolId::from_uuid(school)));
                let was = known.students.get(&student.id);
                let is_newly_coded = was.is_some_and(|was| was.ministry_code != student.ministry_code);
                let change = if is_newly_coded { change.known_before_as(None) } else { change };
                for other in plans.schools_of(student.id).filter(|other| *other != school) {
                    tally.also(Change { school: Some(SchoolId::from_uuid(other)), ..change.clone() });
                }
                let altered = status == RowStatus::Unchanged && joined != RowStatus::Unchanged;
                tally.accept(external_id, if altered { RowStatus::Updated } else { status }, change, link);
                writes.extend((status != RowStatus::Unchanged).then_some(student));
            }
        }
    }
    bulk::save::<Entity>(tx, writes).await?;
    plans.save(tx, &mut tally).await?;
    tally.finish(tx, batch).await
}

async fn read(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Known, Error> {
    let keys: Vec<&Key> = rows.iter().map(|row| &row.key).collect();
    let codes: Vec<&str> = rows.iter().filter_map(|row| row.ministry_code.as_ref()).map(MinistryCode::as_str).collect();
    let external: Vec<&str> = rows.iter().filter_map(Upsert::external_id).collect();
    let personal = rows.iter().filter_map(|row| row.personal_id.as_ref()).map(|id| index(tx.vault(), id)).collect();
    Known::read(tx, batch, &keys, &codes, &external, personal).await
}

/// The sealed personal ID and its index.
type PersonalColumns = (Option<Vec<u8>>, Option<Vec<u8>>);

struct Plan {
    student: Model,
    status: RowStatus,
    school: Uuid,
    joined: RowStatus,
    link: Option<Link>,
}

struct Planning<'a> {
    tx: &'a Tx,
    batch: &'a Batch<'a>,
    schools: &'a HashMap<String, Uuid>,
    known: &'a Known,
}

impl Planning<'_> {
    fn plan(&self, row: &Upsert, plans: &mut Plans, tally: &mut Tally) -> Result<Plan, Error> {
        let school = self.schools.get(row.school_code.trim()).copied();
        let school = school.ok_or_else(|| Refusal::not_found("school").at("schoolCode"))?;
        let external_id = row.external_id().map(|id| external_ids::check(self.batch.reach, id)).transpose()?;
        let before = self.before(row, school, external_id.as_deref())?;
        if before.is_none() && row.enrollment.is_none() {
            return Err(batch::required("enrollment").into());
        }
        let student = self.wanted(row, before)?;
        tally.claim(student.id)?;
        if let Some(code) = &student.ministry_code {
            tally.claim(format!("ministryCode {code}"))?;
        }
        if let Some(personal_id) = &row.personal_id {
            tally.claim(format!("personalId {}", personal_id.as_str()))?;
        }
        if let Some(external_id) = &external_id {
            tally.claim(format!("externalId {school} {external_id}"))?;
        }
        let link = external_id
            .filter(|id| !self.known.by_external_id.contains_key(&(school, id.clone())))
            .map(|external_id| Link { school, external_id, node: student.id });
        let now = before.map_or(self.batch.now, |before| before.updated_at);
        let status = batch::status(before, &Model { updated_at: now, ..student.clone() });
        // Last, because it is the one step that leaves something behind when it succeeds.
        let joined = match &row.enrollment {
            Some(joining) => plans.join(student.id, school, joining, None)?.1,
            None => RowStatus::Unchanged,
        };
        Ok(Plan { student, status, school, joined, link })
    }

    /// The student that a row names, none for a new one.
    fn before(&self, row: &Upsert, school: Uuid, external_id: Option<&str>) -> Result<Option<&Model>, Refusal> {
        let linked = external_id.and_then(|id| self.known.by_external_id.get(&(school, id.to_owned())).copied());
        let by_code = || row.ministry_code.as_ref().and_then(|code| self.known.by_ministry_code.get(code.as_str()));
        let found = self.known.find(school, &row.key).or_else(|| match row.key {
            Key::External(_) => by_code().and_then(|id| self.known.students.get(id)),
            Key::Id(_) | Key::MinistryCode(_) => None,
        });
        if linked.is_some_and(|linked| found.is_none_or(|found| found.id != linked)) {
            return Err(external_ids::taken());
        }
        match found {
            Some(student) if self.known.in_reach.contains(&student.id) || self.is_taken_up(row, student) => {
                Ok(Some(student))
            }
            None if !matches!(row.key, Key::Id(_)) => Ok(None),
            Some(_) | None => Err(Refusal::not_found("student").at("key")),
        }
    }

    fn is_taken_up(&self, row: &Upsert, student: &Model) -> bool {
        !self.known.enrolled.contains(&student.id)
            && matches!(row.key, Key::MinistryCode(_))
            && row.enrollment.is_some()
            && student.birth_date.is_some()
            && student.birth_date == row.birth_date
    }

    fn wanted(&self, row: &Upsert, before: Option<&Model>) -> Result<Model, Error> {
        let name = row.full_name.as_deref().map(|name| batch::name("fullName", name, MAX_NAME_CHARS)).transpose()?;
        let name = name.or_else(|| before.map(|b| b.full_name.clone())).ok_or_else(|| batch::required("fullName"))?;
        let id = before.map_or_else(|| StudentId::new(self.batch.now).uuid(), |before| before.id);
        let kept = |sealed: fn(&Model) -> &Option<Vec<u8>>| before.and_then(|before| sealed(before).clone());
        let phone = match &row.phone {
            Some(phone) => Some(self.sealed(id, "phone_sealed", phone.as_str(), kept(|b| &b.phone_sealed))?),
            None => kept(|before| &before.phone_sealed),
        };
        let (personal_id, personal_id_index) = match &row.personal_id {
            Some(personal) => self.personal_id(id, personal, before)?,
            None => (kept(|b| &b.personal_id_sealed), kept(|b| &b.personal_id_index)),
        };
        Ok(Model {
            id,
            ministry_code: self.ministry_code(row, before)?,
            name_fold: text::fold(&name),
            name_sort: text::name_sort_key(&name),
            full_name: name,
            birth_date: row.birth_date.or(before.and_then(|b| b.birth_date)),
            gender: row.gender.map(|g| g.code().to_owned()).or(before.and_then(|b| b.gender.clone())),
            ethnic_group: row.ethnic_group.map(|g| g.code.to_owned()).or(before.and_then(|b| b.ethnic_group.clone())),
            phone_sealed: phone,
            personal_id_sealed: personal_id,
            personal_id_index,
            synthetic: before.map_or_else(|| self.tx.kind() == crate::hub::Kind::Demo, |b| b.synthetic),
            created_at: before.map_or(self.batch.now, |b| b.created_at),
            updated_at: self.batch.now,
        })
    }

    fn ministry_code(&self, row: &Upsert, before: Option<&Model>) -> Result<Option<String>, Refusal> {
        let given = match (&row.key, &row.ministry_code) {
            (Key::MinistryCode(code), None) => {
                Some(MinistryCode::parse(code).map_err(batch::bad_code("key.ministryCode"))?)
            }
            (_, code) => code.clone(),
        };
        let given = given.map(|code| code.allowed_in(self.tx.kind())).transpose();
        let given = given.map_err(batch::bad_code("ministryCode"))?.map(String::from);
        match (given, before.and_then(|before| before.ministry_code.clone())) {
            (Some(given), Some(stored)) if given != stored => Err(Refusal::new(
                "CODE_IS_FIXED",
                "A ministry code never changes.",
                "Mã định danh của Bộ không bao giờ thay đổi.",
            )
            .at("ministryCode")),
            (Some(given), None) => match self.known.by_ministry_code.get(&given) {
                Some(holder) if before.is_none_or(|before| before.id != *holder) => {
                    Err(Refusal::not_found("student").at("ministryCode"))
                }
                _ => Ok(Some(given)),
            },
            (given, stored) => Ok(given.or(stored)),
        }
    }

    /// The sealed number and its index; the stored ones when it is the same number.
    fn personal_id(&self, id: Uuid, personal: &PersonalId, before: Option<&Model>) -> Result<PersonalColumns, Error> {
        let index = index(self.tx.vault(), personal);
        if let Some(before) = before.filter(|before| before.personal_id_index.as_ref() == Some(&index)) {
            return Ok((before.personal_id_sealed.clone(), Some(index)));
        }
        if self.known.by_personal_id.contains_key(&index) {
            return Err(Refusal::new(
                "PERSONAL_ID_CONFLICT",
                "This personal ID stands on another record; ask the province's office.",
                "Số định danh này đã gắn với một hồ sơ khác; hãy liên hệ Sở.",
            )
            .at("personalId")
            .into());
        }
        let sealed = self.tx.vault().seal(place(id, "personal_id_sealed"), personal.as_str().as_bytes())?;
        Ok((Some(sealed), Some(index)))
    }

    /// Seals a value, unless the stored one opens to the same: nothing is written for what is unchanged.
    fn sealed(&self, id: Uuid, column: &'static str, value: &str, stored: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
        if let Some(stored) = stored
            && self.tx.vault().open_text(place(id, column), &stored)? == value
        {
            return Ok(stored);
        }
        self.tx.vault().seal(place(id, column), value.as_bytes())
    }
}

pub(crate) fn index(vault: &Vault, personal: &PersonalId) -> Vec<u8> {
    vault.index("students.personal_id", personal.as_str())
}

impl Upsert {
    fn external_id(&self) -> Option<&str> {
        if let Key::External(id) = &self.key { Some(id) } else { self.external_id.as_deref() }
    }
}
