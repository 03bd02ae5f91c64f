//! Making and altering classes in bulk.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::bulk;
use crate::catalogues::Grade;
use crate::changes::Change;
use crate::codes::SchoolYear;
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::external_ids::{self, Link};
use crate::ids::{ClassId, SchoolId};
use crate::tables::school_classes::{Column, Entity, Model};
use crate::{idempotency, schools, text};

const KIND: &str = "SchoolClass";
/// Characters of a class's name or code at most.
const MAX_NAME_CHARS: usize = 100;

/// By what a row names its class.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// The hub's key; the class must exist.
    Id(ClassId),
    /// The class's code within its school and year.
    Code(String),
    /// The vendor's own id. A class that is new under it needs `code` too.
    External(String),
}

/// The wanted state of a class. What is none stays as it is; a new class needs code, name and grade.
#[derive(Clone, Debug)]
pub struct Upsert {
    /// The school, by its code.
    pub school_code: String,
    /// The school year.
    pub school_year: SchoolYear,
    /// Which class.
    pub key: Key,
    /// The vendor's own id, to be kept beside a key of another kind.
    pub external_id: Option<String>,
    /// Its code within the school and year; it never changes.
    pub code: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its grade.
    pub grade: Option<&'static Grade>,
}

/// Makes or alters classes. Rows of schools outside the reach answer "not found".
///
/// # Errors
/// Those of the database; rows are refused one by one.
pub async fn upsert(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Vec<RowResult>, Error> {
    let external_ids: Vec<Option<&str>> = rows.iter().map(Upsert::external_id).collect();
    if let Some(made) = idempotency::recalled(tx, batch.attempt).await? {
        return Ok(batch::repeated(&made, &external_ids, &in_reach(tx, batch, &made).await?));
    }
    let known = Known::read(tx, batch, rows).await?;
    let mut tally = Tally::new(KIND);
    let mut writes = Vec::new();
    for (row, external_id) in rows.iter().zip(external_ids) {
        match plan(tx, batch, &known, row, &mut tally) {
            Err(refusal) => tally.refuse(external_id, vec![refusal]),
            Ok((class, status, link)) => {
                let school = Some(SchoolId::from_uuid(class.school_id));
                tally.accept(external_id, status, Change::upsert(KIND, class.id, class.code.clone(), school), link);
                if status != RowStatus::Unchanged {
                    writes.push(class);
                }
            }
        }
    }
    bulk::save::<Entity>(tx, writes).await?;
    tally.finish(tx, batch).await
}

struct Known {
    schools: HashMap<String, Uuid>,
    classes: HashMap<Uuid, Model>,
    by_code: HashMap<(Uuid, i64, String), Uuid>,
    by_external_id: HashMap<(Uuid, String), Uuid>,
}

impl Known {
    async fn read(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Self, Error> {
        let schools = schools::writable(tx, batch.reach, rows.iter().map(|row| row.school_code.as_str())).await?;
        let external_ids: Vec<&str> = rows.iter().filter_map(Upsert::external_id).map(str::trim).collect();
        let by_external_id = external_ids::find(tx, batch.reach, KIND, &external_ids).await?;
        let ids = rows.iter().filter_map(|row| if let Key::Id(id) = row.key { Some(id.uuid()) } else { None });
        let ids: HashSet<Uuid> = by_external_id.values().copied().chain(ids).collect();
        let mut stored = bulk::locked::<Entity>(tx, Column::Id, ids).await?;
        let codes: HashSet<&str> = rows.iter().filter_map(Upsert::code).map(str::trim).collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        for some in codes.chunks(rows_per_statement(1) / 2) {
            for schools in schools.values().copied().collect::<Vec<_>>().chunks(rows_per_statement(1) / 2) {
                let select = <Entity as sea_orm::EntityTrait>::find()
                    .filter(Column::SchoolId.is_in(schools.iter().copied()))
                    .filter(Column::Code.is_in(some.iter().copied()))
                    .lock_exclusive();
                stored.extend(select.all(tx.conn()).await?);
            }
        }
        let classes: HashMap<Uuid, Model> = stored.into_iter().map(|class| (class.id, class)).collect();
        let by_code = classes
            .values()
            .map(|class| ((class.school_id, class.school_year, class.code.clone()), class.id))
            .collect();
        Ok(Self { schools, classes, by_code, by_external_id })
    }

    /// The class that a row names in its school, none for a new one.
    fn find(&self, row: &Upsert, school: Uuid) -> Result<Option<&Model>, Refusal> {
        let year = i64::from(row.school_year.start_year());
        let by_code = || row.code().and_then(|code| self.by_code.get(&(school, year, code.trim().to_owned()))).copied();
        let linked = row.external_id().and_then(|id| self.by_external_id.get(&(school, id.trim().to_owned()))).copied();
        let id = match &row.key {
            Key::Id(id) => Some(id.uuid()),
            Key::Code(_) => by_code(),
            Key::External(_) => linked.or_else(by_code),
        };
        if linked.is_some() && linked != id {
            return Err(external_ids::taken());
        }
        match id.and_then(|id| self.classes.get(&id)) {
            Some(class) if class.school_id == school && class.school_year == year => Ok(Some(class)),
            Some(_) => Err(Refusal::not_found("class").at("key")),
            None if matches!(row.key, Key::Id(_)) => Err(Refusal::not_found("class").at("key")),
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
    row: &Upsert,
    tally: &mut Tally,
) -> Result<(Model, RowStatus, Option<Link>), Refusal> {
    let school = known.schools.get(row.school_code.trim()).copied();
    let school = school.ok_or_else(|| Refusal::not_found("school").at("schoolCode"))?;
    let external_id = row.external_id().map(|id| external_ids::check(batch.reach, id)).transpose()?;
    let before = known.find(row, school)?;
    let class = wanted(tx, batch, row, school, before)?;
    tally.claim(format!("{school} {} {}", class.school_year, class.code))?;
    if let Some(external_id) = &external_id {
        tally.claim(format!("externalId {school} {external_id}"))?;
    }
    let link = external_id
        .filter(|id| !known.by_external_id.contains_key(&(school, id.clone())))
        .map(|external_id| Link { school, external_id, node: class.id });
    let status =
        batch::status(before, &Model { updated_at: before.map_or(batch.now, |b| b.updated_at), ..class.clone() });
    Ok((class, status, link))
}

fn wanted(tx: &Tx, batch: &Batch<'_>, row: &Upsert, school: Uuid, before: Option<&Model>) -> Result<Model, Refusal> {
    let code = row.code().map(|code| batch::name("code", code, MAX_NAME_CHARS)).transpose()?;
    let code = match (code, before) {
        (Some(code), Some(before)) if code != before.code => return Err(code_is_fixed()),
        (_, Some(before)) => before.code.clone(),
        (Some(code), None) => code,
        (None, None) => return Err(batch::required("code")),
    };
    let name = row.name.as_deref().map(|name| batch::name("name", name, MAX_NAME_CHARS)).transpose()?;
    let name = name.or_else(|| before.map(|b| b.name.clone())).ok_or_else(|| batch::required("name"))?;
    let grade = row.grade.map(|grade| grade.code.to_owned()).or_else(|| before.map(|b| b.grade.clone()));
    Ok(Model {
        id: before.map_or_else(|| ClassId::new(batch.now).uuid(), |b| b.id),
        school_id: school,
        school_year: i64::from(row.school_year.start_year()),
        code,
        name_fold: text::fold(&name),
        name_sort: text::sort_key(&name),
        name,
        grade: grade.ok_or_else(|| batch::required("grade"))?,
        synthetic: before.map_or_else(|| tx.kind() == crate::hub::Kind::Demo, |b| b.synthetic),
        created_at: before.map_or(batch.now, |b| b.created_at),
        updated_at: batch.now,
    })
}

impl Upsert {
    fn code(&self) -> Option<&str> {
        if let Key::Code(code) = &self.key { Some(code) } else { self.code.as_deref() }
    }

    fn external_id(&self) -> Option<&str> {
        if let Key::External(id) = &self.key { Some(id) } else { self.external_id.as_deref() }
    }
}

fn code_is_fixed() -> Refusal {
    Refusal::new("CODE_IS_FIXED", "A class keeps its code within its year.", "Mã lớp không thay đổi trong năm học.")
        .at("code")
}
