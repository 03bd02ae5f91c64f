//! Making and altering schools in bulk: sets in, a result for each row out, and nothing written for what is unchanged.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::placing::{self, Placing};
use super::{Status, stored_levels};
use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::bulk;
use crate::catalogues::{EducationLevel, Ownership};
use crate::changes::Change;
use crate::codes::SchoolCode;
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::external_ids::{self, Link};
use crate::idempotency;
use crate::ids::SchoolId;
use crate::tables::schools::{Column, Entity, Model};
use crate::text;

const KIND: &str = "School";
/// Characters of a school's name at most.
const MAX_NAME_CHARS: usize = 200;

/// By what a row names its school.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// The hub's key; the school must exist.
    Id(SchoolId),
    /// The school's code (mã trường).
    Code(String),
    /// The vendor's own id. A school that is new under it needs `code` too.
    External(String),
}

/// Who is to manage a school, from when, and where that is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manager {
    /// The organization's code.
    pub organization_code: String,
    /// From which day; none means the school's first day, or for a school that exists the day of writing.
    pub from: Option<NaiveDate>,
    /// The decision or person that says so; none means that the caller declared it.
    pub source: Option<String>,
}

/// The wanted state of a school. What is none stays as it is; a new school needs code, name, levels, ownership and commune.
#[derive(Clone, Debug)]
pub struct Upsert {
    /// Which school.
    pub key: Key,
    /// The vendor's own id, to be kept beside a key of another kind.
    pub external_id: Option<String>,
    /// The school's code; it can be given once and never changed.
    pub code: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The levels it teaches.
    pub levels: Option<Vec<EducationLevel>>,
    /// Who owns it.
    pub ownership: Option<Ownership>,
    /// The commune in which it lies, by its present code.
    pub location_commune_code: Option<String>,
    /// Where it stands in its life; a new school is active.
    pub status: Option<Status>,
    /// The day it began; none for a new school means the day of writing.
    pub valid_from: Option<NaiveDate>,
    /// The day it ended.
    pub valid_to: Option<NaiveDate>,
    /// Who manages it; none for a new school takes the default of its levels and commune.
    pub manager: Option<Manager>,
}

/// Makes or alters schools. Rows outside the reach answer "not found"; so does a new school where the caller may place
/// none. Location, status and management are changed only by those who stand above the school.
///
/// # Errors
/// Those of the database; rows are refused one by one.
pub async fn upsert(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Vec<RowResult>, Error> {
    let external_ids: Vec<Option<&str>> = rows.iter().map(Upsert::external_id).collect();
    if let Some(made) = idempotency::recalled(tx, batch.attempt).await? {
        return Ok(batch::repeated(&made, &external_ids, &in_reach(tx, batch, &made).await?));
    }
    let known = Known::read(tx, batch, rows).await?;
    let placing = Placing::read(tx, batch, rows, &known.schools).await?;
    let mut tally = Tally::new(KIND);
    let (mut writes, mut managements) = (Vec::new(), Vec::new());
    for (row, external_id) in rows.iter().zip(external_ids) {
        match plan(tx, batch, &known, &placing, row, &mut tally) {
            Err(refusal) => tally.refuse(external_id, vec![refusal]),
            Ok(Plan { school, status, managed, link }) => {
                let status =
                    if managed.is_empty() || status == RowStatus::Created { status } else { RowStatus::Updated };
                let change = Change::upsert(KIND, school.id, school.code.clone(), Some(SchoolId::from_uuid(school.id)));
                tally.accept(external_id, status, change, link);
                managements.extend(managed);
                if status != RowStatus::Unchanged {
                    writes.push(school);
                }
            }
        }
    }
    bulk::save::<Entity>(tx, writes).await?;
    placing::save(tx, managements).await?;
    tally.finish(tx, batch).await
}

struct Plan {
    school: Model,
    status: RowStatus,
    managed: Vec<crate::tables::school_managements::Model>,
    link: Option<Link>,
}

/// What the database holds of the schools that the rows name.
struct Known {
    schools: HashMap<Uuid, Model>,
    by_code: HashMap<String, Uuid>,
    by_external_id: HashMap<(Uuid, String), Uuid>,
    in_reach: HashSet<Uuid>,
}

impl Known {
    async fn read(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Self, Error> {
        let external_ids: Vec<&str> = rows.iter().filter_map(Upsert::external_id).map(str::trim).collect();
        let by_external_id = external_ids::find(tx, batch.reach, KIND, &external_ids).await?;
        let mut ids: Vec<Uuid> = by_external_id.values().copied().collect();
        ids.extend(rows.iter().filter_map(|row| if let Key::Id(id) = row.key { Some(id.uuid()) } else { None }));
        let codes = rows.iter().filter_map(Upsert::code).map(str::trim);
        let mut stored = bulk::locked::<Entity>(tx, Column::Id, ids).await?;
        stored.extend(bulk::locked::<Entity>(tx, Column::Code, codes).await?);
        let schools: HashMap<Uuid, Model> = stored.into_iter().map(|school| (school.id, school)).collect();
        let by_code = schools.values().map(|school| (school.code.clone(), school.id)).collect();
        let found: Vec<Uuid> = schools.keys().copied().collect();
        let in_reach = in_reach(tx, batch, &found).await?;
        Ok(Self { schools, by_code, by_external_id, in_reach })
    }

    /// The school that a row names, none for a new one.
    fn find(&self, row: &Upsert) -> Result<Option<&Model>, Refusal> {
        let by_code = || row.code().and_then(|code| self.by_code.get(code.trim())).copied();
        let linked = row.external_id().and_then(|id| self.by_external_id.get(&(Uuid::nil(), id.trim().to_owned())));
        let id = match &row.key {
            Key::Id(id) => Some(id.uuid()),
            Key::Code(_) => by_code(),
            Key::External(_) => linked.copied().or_else(by_code),
        };
        if linked.is_some_and(|linked| Some(*linked) != id) {
            return Err(external_ids::taken());
        }
        let school = id.and_then(|id| self.schools.get(&id));
        match school {
            Some(school) if self.in_reach.contains(&school.id) => Ok(Some(school)),
            Some(_) => Err(not_found()),
            None if matches!(row.key, Key::Id(_)) => Err(not_found()),
            None => Ok(None),
        }
    }
}

async fn in_reach(tx: &Tx, batch: &Batch<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    let mut found = HashSet::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = super::in_reach(batch.reach).filter(Column::Id.is_in(some.iter().copied()));
        let rows: Vec<Uuid> = select.select_only().column(Column::Id).into_tuple().all(tx.conn()).await?;
        found.extend(rows);
    }
    Ok(found)
}

fn plan(
    tx: &Tx,
    batch: &Batch<'_>,
    known: &Known,
    placing: &Placing,
    row: &Upsert,
    tally: &mut Tally,
) -> Result<Plan, Refusal> {
    let external_id = row.external_id().map(|id| external_ids::check(batch.reach, id)).transpose()?;
    let before = known.find(row)?;
    let school = wanted(tx, batch, row, before)?;
    tally.claim(&school.code)?;
    if let Some(external_id) = &external_id {
        tally.claim(format!("externalId {external_id}"))?;
    }
    let managed = placing.of(batch, row, before, &school)?;
    let link = external_id
        .filter(|id| !known.by_external_id.contains_key(&(Uuid::nil(), id.clone())))
        .map(|external_id| Link { school: Uuid::nil(), external_id, node: school.id });
    let status =
        batch::status(before, &Model { updated_at: before.map_or(batch.now, |b| b.updated_at), ..school.clone() });
    Ok(Plan { school, status, managed, link })
}

fn wanted(tx: &Tx, batch: &Batch<'_>, row: &Upsert, before: Option<&Model>) -> Result<Model, Refusal> {
    let code = match (row.code(), before) {
        (Some(code), Some(before)) if code.trim() != before.code => return Err(code_is_fixed()),
        (_, Some(before)) => before.code.clone(),
        (Some(code), None) => checked_code(tx, code)?,
        (None, None) => return Err(batch::required("code")),
    };
    let name = row.name.as_deref().map(|name| batch::name("name", name, MAX_NAME_CHARS)).transpose()?;
    let name = name.or_else(|| before.map(|b| b.name.clone())).ok_or_else(|| batch::required("name"))?;
    let levels = row.levels.as_deref().map(stored_levels).or_else(|| before.map(|b| b.levels.clone()));
    let ownership = row.ownership.map(|o| o.code().to_owned()).or_else(|| before.map(|b| b.ownership.clone()));
    let (commune, province) = placing::location(row, before, batch.now)?;
    let status = row.status.map(|status| status.as_str().to_owned()).or_else(|| before.map(|b| b.status.clone()));
    Ok(Model {
        id: before.map_or_else(|| SchoolId::new(batch.now).uuid(), |b| b.id),
        code,
        name_fold: text::fold(&name),
        name_sort: text::sort_key(&name),
        name,
        status: status.unwrap_or_else(|| Status::Active.as_str().to_owned()),
        levels: levels.filter(|levels| !levels.is_empty()).ok_or_else(|| batch::required("levels"))?,
        ownership: ownership.ok_or_else(|| batch::required("ownership"))?,
        location_commune_code: commune,
        province_code: province,
        valid_from: row.valid_from.or(before.map(|b| b.valid_from)).unwrap_or(batch.now.vietnam_day()),
        valid_to: row.valid_to.or(before.and_then(|b| b.valid_to)),
        synthetic: before.map_or_else(|| tx.kind() == crate::hub::Kind::Demo, |b| b.synthetic),
        created_at: before.map_or(batch.now, |b| b.created_at),
        updated_at: batch.now,
    })
}

fn checked_code(tx: &Tx, code: &str) -> Result<String, Refusal> {
    batch::unmasked("code", code)?;
    let code = SchoolCode::parse(code).and_then(|code| code.allowed_in(tx.kind())).map_err(batch::bad_code("code"))?;
    Ok(code.as_str().to_owned())
}

impl Upsert {
    fn code(&self) -> Option<&str> {
        if let Key::Code(code) = &self.key { Some(code) } else { self.code.as_deref() }
    }

    fn external_id(&self) -> Option<&str> {
        if let Key::External(id) = &self.key { Some(id) } else { self.external_id.as_deref() }
    }
}

fn not_found() -> Refusal {
    Refusal::not_found("school").at("key")
}

fn code_is_fixed() -> Refusal {
    Refusal::new(
        "CODE_IS_FIXED",
        "A school keeps its code; a new code is a new school that succeeds it.",
        "Mã trường không thay đổi; mã mới là trường mới kế thừa.",
    )
    .at("code")
}
