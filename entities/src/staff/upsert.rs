//! Making, altering and ending staff of schools in bulk.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{EMAIL, PERSONAL_ID, PHONE, place};
use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::catalogues::{Gender, StaffGroup, StaffPosition, StaffStatus};
use crate::changes::Change;
use crate::codes::{Email, MinistryCode, PersonalId, Phone};
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::external_ids::{self, Link};
use crate::ids::{SchoolId, StaffId};
use crate::tables::staff::{Column, Entity, Model};
use crate::{bulk, idempotency, schools, text};

const KIND: &str = "Staff";
/// Characters of a full name at most.
const MAX_NAME_CHARS: usize = 100;

/// By what a row names its person.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// The hub's key; the record must be of the row's school.
    Id(StaffId),
    /// The code in the ministry's database, at the row's school.
    MinistryCode(String),
    /// The vendor's own id, which counts within the row's school.
    External(String),
}

/// The wanted state of a person who works at a school. What is none stays as it is; a new one needs a full name and a group, or
/// a position, which tells the group.
#[derive(Clone, Debug)]
pub struct Upsert {
    /// The school, by its code.
    pub school_code: String,
    /// Which person.
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
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// The personal ID. A row that gives one always counts as altering.
    pub personal_id: Option<PersonalId>,
    /// The group.
    pub group: Option<StaffGroup>,
    /// The position; it is one of the group.
    pub position: Option<&'static StaffPosition>,
    /// Whether and how the person works there; a new one is working. One that is no more at the school ends the employment.
    pub status: Option<StaffStatus>,
    /// The first day, not after the day of writing; a new employment begins on that day where none is given.
    pub valid_from: Option<NaiveDate>,
    /// The day after the last one, not after the day of writing; it needs a status that is no more at the school.
    pub valid_to: Option<NaiveDate>,
}

/// Makes or alters staff. Rows of schools outside the reach answer "not found". An employment that has ended stays as it is: who
/// returns needs a row with the first day of the new one.
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
    let (mut tally, mut writes, mut relinked) = (Tally::new(KIND), Vec::new(), Vec::new());
    for (row, external_id) in rows.iter().zip(external_ids) {
        match (Planning { tx, batch, known: &known }).plan(row, &mut tally) {
            Err(Error::Refused(refusal)) => tally.refuse(external_id, vec![*refusal]),
            Err(accident) => return Err(accident),
            Ok(Plan { staff, status, link, is_relinked }) => {
                let key = staff.ministry_code.clone().unwrap_or_else(|| staff.id.to_string());
                let change = Change::upsert(KIND, staff.id, key, Some(SchoolId::from_uuid(staff.school_id)));
                let was = known.staff.get(&staff.id);
                let is_newly_coded = was.is_some_and(|was| was.ministry_code != staff.ministry_code);
                let change = if is_newly_coded { change.known_before_as(None) } else { change };
                let (link, moved) = if is_relinked { (None, link) } else { (link, None) };
                relinked.extend(moved);
                tally.accept(external_id, status, change, link);
                writes.extend((status != RowStatus::Unchanged).then_some(staff));
            }
        }
    }
    bulk::save::<Entity>(tx, writes).await?;
    external_ids::relink(tx, batch.reach, KIND, &relinked).await?;
    tally.finish(tx, batch).await
}

async fn reachable(tx: &Tx, batch: &Batch<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    let mut found = HashSet::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = super::in_reach(batch.reach).filter(Column::Id.is_in(some.iter().copied()));
        let rows: Vec<Uuid> = select.select_only().column(Column::Id).into_tuple().all(tx.conn()).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// The records that a batch names, locked. Those of other schools are never looked at.
struct Known {
    schools: HashMap<String, Uuid>,
    staff: HashMap<Uuid, Model>,
    /// The latest record of a code at a school; one that holds comes last of all.
    by_code: HashMap<(Uuid, String), Uuid>,
    by_external_id: HashMap<(Uuid, String), Uuid>,
}

impl Known {
    async fn read(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Self, Error> {
        let schools = schools::writable(tx, batch.reach, rows.iter().map(|row| row.school_code.as_str())).await?;
        let own: Vec<&str> = rows.iter().filter_map(Upsert::external_id).map(str::trim).collect();
        let by_external_id = external_ids::find(tx, batch.reach, KIND, &own).await?;
        let ids = rows.iter().filter_map(|row| if let Key::Id(id) = row.key { Some(id.uuid()) } else { None });
        let ids: HashSet<Uuid> = by_external_id.values().copied().chain(ids).collect();
        let mut stored = bulk::locked::<Entity>(tx, Column::Id, ids).await?;
        let codes: HashSet<&str> = rows.iter().filter_map(Upsert::code).collect();
        stored.extend(coded(tx, &schools, &codes.into_iter().collect::<Vec<_>>()).await?);
        let writable: HashSet<Uuid> = schools.values().copied().collect();
        stored.retain(|staff| writable.contains(&staff.school_id));
        stored.sort_by_key(|staff| (staff.valid_to.unwrap_or(NaiveDate::MAX), staff.valid_from));
        let coded = stored.iter().filter_map(|staff| Some(((staff.school_id, staff.ministry_code.clone()?), staff.id)));
        let by_code = coded.collect();
        Ok(Self {
            schools,
            by_code,
            by_external_id,
            staff: stored.into_iter().map(|staff| (staff.id, staff)).collect(),
        })
    }

    /// The record of a school that a row names; none for a new one.
    fn find(&self, row: &Upsert, school: Uuid, external_id: Option<&str>) -> Result<Option<&Model>, Refusal> {
        let by_code = || row.code().and_then(|code| self.by_code.get(&(school, code.to_owned()))).copied();
        let linked = external_id.and_then(|id| self.by_external_id.get(&(school, id.to_owned()))).copied();
        let found = match &row.key {
            Key::Id(id) => Some(id.uuid()),
            Key::MinistryCode(_) => by_code(),
            Key::External(_) => linked.or_else(by_code),
        };
        if linked.is_some() && linked != found {
            return Err(external_ids::taken());
        }
        match found.and_then(|id| self.staff.get(&id)).filter(|staff| staff.school_id == school) {
            None if matches!(row.key, Key::Id(_)) => Err(Refusal::not_found("staff").at("key")),
            found => Ok(found),
        }
    }
}

/// The records of these codes at these schools.
async fn coded(tx: &Tx, schools: &HashMap<String, Uuid>, codes: &[&str]) -> Result<Vec<Model>, Error> {
    let schools: Vec<Uuid> = schools.values().copied().collect();
    let mut found = Vec::new();
    for codes in codes.chunks(rows_per_statement(2)) {
        for schools in schools.chunks(rows_per_statement(2)) {
            let select = Entity::find()
                .filter(Column::SchoolId.is_in(schools.iter().copied()))
                .filter(Column::MinistryCode.is_in(codes.iter().copied()))
                .lock_exclusive();
            found.extend(select.all(tx.conn()).await?);
        }
    }
    Ok(found)
}

struct Plan {
    staff: Model,
    status: RowStatus,
    link: Option<Link>,
    /// Whether the link names an id that named another record before.
    is_relinked: bool,
}

struct Planning<'a> {
    tx: &'a Tx,
    batch: &'a Batch<'a>,
    known: &'a Known,
}

impl Planning<'_> {
    fn plan(&self, row: &Upsert, tally: &mut Tally) -> Result<Plan, Error> {
        let school = self.known.schools.get(row.school_code.trim()).copied();
        let school = school.ok_or_else(|| Refusal::not_found("school").at("schoolCode"))?;
        let external_id = row.external_id().map(|id| external_ids::check(self.batch.reach, id)).transpose()?;
        let found = self.known.find(row, school, external_id.as_deref())?;
        let (staff, status) = match found.filter(|found| found.valid_to.is_some()) {
            Some(ended) if !returns(row, ended) => (stays_ended(row, ended)?, RowStatus::Unchanged),
            ended => {
                let before = found.filter(|_| ended.is_none());
                let staff = self.wanted(row, school, before)?;
                let now = before.map_or(self.batch.now, |before| before.updated_at);
                let status = batch::status(before, &Model { updated_at: now, ..staff.clone() });
                (staff, status)
            }
        };
        tally.claim(staff.id)?;
        if let Some(code) = &staff.ministry_code {
            tally.claim(format!("ministryCode {school} {code}"))?;
        }
        let linked = external_id.as_ref().and_then(|id| self.known.by_external_id.get(&(school, id.clone()))).copied();
        if let Some(external_id) = &external_id {
            tally.claim(format!("externalId {school} {external_id}"))?;
        }
        let link = external_id.map(|external_id| Link { school, external_id, node: staff.id });
        Ok(Plan { status, is_relinked: linked.is_some(), link: link.filter(|_| linked != Some(staff.id)), staff })
    }

    fn wanted(&self, row: &Upsert, school: Uuid, before: Option<&Model>) -> Result<Model, Error> {
        let name = row.full_name.as_deref().map(|name| batch::name("fullName", name, MAX_NAME_CHARS)).transpose()?;
        let name = name.or_else(|| before.map(|b| b.full_name.clone())).ok_or_else(|| batch::required("fullName"))?;
        let (group, position) = place_of(row, before)?;
        let Stretch { status, valid_from, valid_to } = stretch(row, before, self.batch.now.vietnam_day())?;
        let id = before.map_or_else(|| StaffId::new(self.batch.now).uuid(), |before| before.id);
        let vault = self.tx.vault();
        let personal_id = match &row.personal_id {
            // Sealed anew whatever is stored: nobody may read the number, so nothing may tell whether it is the same.
            Some(personal) => Some(vault.seal(place(id, PERSONAL_ID), personal.as_str().as_bytes())?),
            None => before.and_then(|before| before.personal_id_sealed.clone()),
        };
        let (phone, email) = (row.phone.as_ref().map(Phone::as_str), row.email.as_ref().map(Email::as_str));
        Ok(Model {
            id,
            school_id: school,
            ministry_code: self.ministry_code(row, school, before)?,
            name_fold: text::fold(&name),
            name_sort: text::name_sort_key(&name),
            full_name: name,
            birth_date: row.birth_date.or(before.and_then(|b| b.birth_date)),
            gender: row.gender.map(|g| g.code().to_owned()).or(before.and_then(|b| b.gender.clone())),
            phone_sealed: vault.reseal(place(id, PHONE), phone, before.and_then(|b| b.phone_sealed.as_ref()))?,
            email_sealed: vault.reseal(place(id, EMAIL), email, before.and_then(|b| b.email_sealed.as_ref()))?,
            personal_id_sealed: personal_id,
            staff_group: group.code().to_owned(),
            position: position.map(|position| position.code.to_owned()),
            status: status.code().to_owned(),
            valid_from,
            valid_to,
            synthetic: before.map_or_else(|| self.tx.kind() == crate::hub::Kind::Demo, |b| b.synthetic),
            created_at: before.map_or(self.batch.now, |b| b.created_at),
            updated_at: self.batch.now,
        })
    }

    fn ministry_code(&self, row: &Upsert, school: Uuid, before: Option<&Model>) -> Result<Option<String>, Refusal> {
        let given = row.code().map(MinistryCode::parse).transpose().map_err(batch::bad_code("ministryCode"))?;
        let given = given.map(|code| code.allowed_in(self.tx.kind())).transpose();
        let given = given.map_err(batch::bad_code("ministryCode"))?.map(String::from);
        match (given, before) {
            (Some(given), Some(before)) if before.ministry_code.as_ref().is_some_and(|code| *code != given) => {
                Err(code_is_fixed())
            }
            (Some(given), before) => {
                let holder = self.known.by_code.get(&(school, given.clone()));
                let is_held = |id: &Uuid| self.known.staff.get(id).is_some_and(|staff| staff.valid_to.is_none());
                if holder.is_some_and(|id| is_held(id) && before.is_none_or(|before| before.id != *id)) {
                    return Err(code_is_taken());
                }
                Ok(Some(given))
            }
            (None, before) => Ok(before.and_then(|before| before.ministry_code.clone())),
        }
    }
}

/// Whether a row begins a new employment of somebody whose last one has ended.
fn returns(row: &Upsert, ended: &Model) -> bool {
    let is_employed = row.status.is_none_or(StaffStatus::is_employed) && row.valid_to.is_none();
    is_employed && row.valid_from.is_some_and(|from| ended.valid_to.is_some_and(|to| from >= to))
}

/// A row that says no more than that an employment has ended.
fn stays_ended(row: &Upsert, ended: &Model) -> Result<Model, Refusal> {
    let says_ended = row.status.is_some_and(|status| !status.is_employed());
    if says_ended && row.valid_to.is_none_or(|to| Some(to) == ended.valid_to) {
        return Ok(ended.clone());
    }
    Err(Refusal::new(
        "STAFF_ENDED",
        "This employment has ended; who returns needs the first day of the new one in validFrom.",
        "Quá trình công tác này đã kết thúc; người trở lại cần validFrom là ngày đầu của quá trình mới.",
    )
    .at("validFrom"))
}

/// Group and position, which must fit each other.
fn place_of(row: &Upsert, before: Option<&Model>) -> Result<(StaffGroup, Option<&'static StaffPosition>), Error> {
    let stored = before.and_then(|b| b.position.as_deref()).map(StaffPosition::parse).transpose();
    let stored = stored.map_err(Error::internal)?;
    let was = before.map(|b| StaffGroup::parse(&b.staff_group)).transpose().map_err(Error::internal)?;
    // Another group without a position leaves the old one behind.
    let kept = stored.filter(|stored| row.group.is_none_or(|group| group == stored.group));
    let position = row.position.or(kept);
    let group = row.group.or(row.position.map(|position| position.group)).or(was);
    let group = group.ok_or_else(|| batch::required("group"))?;
    if position.is_some_and(|position| position.group != group) {
        return Err(Refusal::new(
            "STAFF_POSITION_UNFIT",
            "This position belongs to another group of staff.",
            "Chức vụ này thuộc nhóm cán bộ khác.",
        )
        .at("positionCode")
        .into());
    }
    Ok((group, position))
}

struct Stretch {
    status: StaffStatus,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

fn stretch(row: &Upsert, before: Option<&Model>, today: NaiveDate) -> Result<Stretch, Error> {
    let was = before.map(|before| StaffStatus::parse(&before.status)).transpose().map_err(Error::internal)?;
    let status = row.status.or(was).unwrap_or(StaffStatus::Working);
    let valid_from = row.valid_from.or(before.map(|before| before.valid_from)).unwrap_or(today);
    let valid_to = row.valid_to.or((!status.is_employed()).then(|| today.max(valid_from)));
    if valid_from > today || valid_to.is_some_and(|to| to > today || to < valid_from) {
        let en =
            "An employment begins on a day that has come, and ends on one that has come and does not lie before it.";
        let vi = "Ngày bắt đầu và ngày kết thúc không được ở tương lai, ngày kết thúc không sớm hơn ngày bắt đầu.";
        return Err(Refusal::new("BAD_PERIOD", en, vi).at("validTo").into());
    }
    if valid_to.is_some() && status.is_employed() {
        return Err(batch::required("status").into());
    }
    Ok(Stretch { status, valid_from, valid_to })
}

impl Upsert {
    fn code(&self) -> Option<&str> {
        if let Key::MinistryCode(code) = &self.key {
            return Some(code.trim());
        }
        self.ministry_code.as_ref().map(MinistryCode::as_str)
    }

    fn external_id(&self) -> Option<&str> {
        if let Key::External(id) = &self.key { Some(id) } else { self.external_id.as_deref() }
    }
}

fn code_is_fixed() -> Refusal {
    Refusal::new("CODE_IS_FIXED", "A ministry code never changes.", "Mã định danh của Bộ không bao giờ thay đổi.")
        .at("ministryCode")
}

fn code_is_taken() -> Refusal {
    Refusal::new(
        "STAFF_CODE_TAKEN",
        "Somebody else at this school has this ministry code.",
        "Một người khác của trường đã mang mã định danh này.",
    )
    .at("ministryCode")
}
