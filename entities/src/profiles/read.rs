//! Reading profiles: as they are, as they were at a version or a moment, and what differs between two versions.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::content::Content;
use super::fields::{FIELDS, Field};
use super::{Cause, Profile, Signature, Source, Value, opened, place, register};
use crate::db::Db;
use crate::error::{Error, Refusal};
use crate::ids::SchoolId;
use crate::organizations;
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::schools::{self, School, managements};
use crate::tables::school_profile_values::{Column, Entity, Model};
use crate::tables::{school_profile_signatures as signatures, school_profile_versions as version_rows};
use crate::time::Timestamp;

/// Signatures shown with a profile at most.
pub const MAX_SIGNATURES: u64 = 20;

/// Which version is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// The latest, with the register as it is now.
    Current,
    /// The one with this number, with the register as it was then.
    Version(i64),
    /// The latest one that had been made by this moment.
    At(Timestamp),
}

/// A version of a profile, as it is listed (phiên bản hồ sơ).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The version.
    pub version: i64,
    /// Why it was made.
    pub cause: Cause,
    /// Who made it.
    pub actor: String,
    /// When.
    pub made_at: Timestamp,
    /// The fields whose values it brought; those of people are missing for who may not read them.
    pub changed: Vec<&'static Field>,
}

/// A field that two versions say differently.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Which field.
    pub field: &'static Field,
    /// What the first version says; none where it says nothing.
    pub before: Option<Value>,
    /// What the second version says; none where it says nothing.
    pub after: Option<Value>,
}

/// The profile of the school with this code, in reach as a whole; none where there is no such school. At most eight statements,
/// whatever it holds.
///
/// # Errors
/// `PROFILE_VERSION_UNKNOWN` for a version that was not made.
pub async fn profile(
    db: &Db,
    reach: &Reach,
    code: &str,
    which: Which,
    may_read_persons: bool,
) -> Result<Option<Profile>, Error> {
    let Some(school) = whole(db, reach, code).await? else { return Ok(None) };
    let latest = latest(db, school.id, None).await?;
    let newest = latest.as_ref().map_or(0, |row| row.version);
    let wanted = match which {
        Which::Current => latest,
        Which::Version(version) if version == newest => latest,
        Which::Version(version) => {
            let select = of_school(school.id).filter(version_rows::Column::Version.eq(version));
            Some(select.one(db.read()).await?.ok_or_else(|| unknown("version"))?)
        }
        Which::At(moment) => self::latest(db, school.id, Some(moment)).await?,
    };
    let version = wanted.as_ref().map_or(0, |row| row.version);
    let told = registered(db, reach, &school).await?;
    let signed = signed(db, school.id).await?;
    let shown: BTreeSet<i64> = signed.iter().map(|row| row.version).chain([version, newest]).collect();
    let rows = Entity::find().filter(Column::SchoolId.eq(school.id.uuid())).filter(holding(shown));
    let rows = rows.all(db.read()).await?;
    let strays = strays(&rows, newest, &told)?;
    let mut values = of_version(db, &rows, version, may_read_persons)?;
    if which == Which::Current {
        for (field, content) in told {
            match values.get_mut(field.key) {
                Some(value) if value.content == content => {}
                _ => drop(values.insert(field.key, by_register(reach, field, content))),
            }
        }
    }
    let signatures = signed.into_iter().map(|row| {
        let is_changed_since = strays || differs(db, &rows, row.version, newest)?;
        signature(row, is_changed_since)
    });
    let signatures = signatures.collect::<Result<_, Error>>()?;
    Ok(Some(Profile {
        school,
        version,
        made_at: wanted.map(|row| row.made_at),
        is_current: version == newest,
        values: FIELDS.iter().filter_map(|field| values.remove(field.key)).collect(),
        signatures,
    }))
}

/// The versions of a school's profile, the latest first; none where no such school lies in reach.
pub async fn versions(
    db: &Db,
    reach: &Reach,
    code: &str,
    page: &Page,
    may_read_persons: bool,
) -> Result<Option<Slice<Entry>>, Error> {
    let Some(school) = whole(db, reach, code).await? else { return Ok(None) };
    let column = version_rows::Column::Version;
    let sort = Sort { name: "schoolProfileVersions", column, id: version_rows::Column::Id, descending: true };
    let key = |row: &version_rows::Model| (Key::Number(row.version), row.id);
    let slice = page::fetch(db.read(), of_school(school.id), sort, page, key).await?;
    let numbers: Vec<i64> = slice.rows.iter().map(|(_, row)| row.version).collect();
    let select = Entity::find()
        .filter(Column::SchoolId.eq(school.id.uuid()))
        .filter(Column::FromVersion.is_in(numbers))
        .select_only()
        .columns([Column::FromVersion, Column::Field]);
    let mut changed: HashMap<i64, BTreeSet<String>> = HashMap::new();
    for (version, field) in select.into_tuple::<(i64, String)>().all(db.read()).await? {
        changed.entry(version).or_default().insert(field);
    }
    let entry = |row: version_rows::Model| {
        let keys = changed.remove(&row.version).unwrap_or_default();
        let shown = |field: &&'static Field| keys.contains(field.key) && (may_read_persons || !field.is_personal());
        let cause = Cause::ALL.into_iter().find(|cause| cause.as_str() == row.cause);
        Ok(Entry {
            version: row.version,
            cause: cause.ok_or_else(|| Error::internal(format!("profile version by {}", row.cause)))?,
            actor: row.actor,
            made_at: row.made_at,
            changed: FIELDS.iter().filter(shown).collect(),
        })
    };
    slice.try_map(entry).map(Some)
}

/// What two versions say differently, in the order of the fields; none where no such school lies in reach. People are compared
/// only for who may read them.
///
/// # Errors
/// `PROFILE_VERSION_UNKNOWN` for a version that was not made.
pub async fn difference(
    db: &Db,
    reach: &Reach,
    code: &str,
    (from, to): (i64, i64),
    may_read_persons: bool,
) -> Result<Option<Vec<Difference>>, Error> {
    let Some(school) = whole(db, reach, code).await? else { return Ok(None) };
    let newest = latest(db, school.id, None).await?.map_or(0, |row| row.version);
    for (version, field) in [(from, "from"), (to, "to")] {
        if !(1..=newest).contains(&version) {
            return Err(unknown(field).into());
        }
    }
    let rows = Entity::find().filter(Column::SchoolId.eq(school.id.uuid())).filter(holding([from, to]));
    let rows = rows.all(db.read()).await?;
    let mut before = of_version(db, &rows, from, may_read_persons)?;
    let mut after = of_version(db, &rows, to, may_read_persons)?;
    let differing = FIELDS.iter().filter_map(|field| {
        let (before, after) = (before.remove(field.key), after.remove(field.key));
        let differs = before.as_ref().map(|value| &value.content) != after.as_ref().map(|value| &value.content);
        differs.then_some(Difference { field, before, after })
    });
    Ok(Some(differing.collect()))
}

/// The school that lies in reach as a whole; a class of it is not enough.
async fn whole(db: &Db, reach: &Reach, code: &str) -> Result<Option<School>, Error> {
    schools::by_code(db, &reach.without_classes(), code).await
}

fn of_school(school: SchoolId) -> Select<version_rows::Entity> {
    version_rows::Entity::find().filter(version_rows::Column::SchoolId.eq(school.uuid()))
}

/// The latest version, or the latest that had been made by a moment.
async fn latest(db: &Db, school: SchoolId, by: Option<Timestamp>) -> Result<Option<version_rows::Model>, Error> {
    let mut select = of_school(school);
    if let Some(moment) = by {
        select = select.filter(version_rows::Column::MadeAt.lte(moment));
    }
    Ok(select.order_by_desc(version_rows::Column::Version).one(db.read()).await?)
}

/// What the register says of a school today.
async fn registered(db: &Db, reach: &Reach, school: &School) -> Result<Vec<(&'static Field, Content)>, Error> {
    let managed = managements::of_schools(db, reach, &[school.id], reach.day()).await?;
    let office = match managed.get(&school.id) {
        Some(management) => {
            organizations::by_ids(db, reach, &[management.organization]).await?.remove(&management.organization)
        }
        None => None,
    };
    Ok(register(school, office.as_ref().map(|office| office.code.as_str())))
}

/// The rows that hold in any of these versions.
fn holding(versions: impl IntoIterator<Item = i64>) -> Condition {
    versions.into_iter().fold(Condition::any(), |any, version| {
        let ends_later = Column::ToVersion.is_null().or(Column::ToVersion.gt(version));
        any.add(Column::FromVersion.lte(version).and(ends_later))
    })
}

fn holds(row: &Model, version: i64) -> bool {
    row.from_version <= version && row.to_version.is_none_or(|end| end > version)
}

/// What a version says, by field. People are opened only for who may read them.
fn of_version(
    db: &Db,
    rows: &[Model],
    version: i64,
    may_read_persons: bool,
) -> Result<HashMap<&'static str, Value>, Error> {
    let mut values = HashMap::new();
    for row in rows.iter().filter(|row| holds(row, version)) {
        let Some(field) = Field::find(&row.field).filter(|field| may_read_persons || !field.is_personal()) else {
            continue;
        };
        let (value, sealed) = (row.value.as_deref(), row.sealed.as_deref());
        let Some(content) = opened(db.vault(), place::VALUES, row.id, value, sealed)? else { continue };
        let value = Value {
            field,
            content,
            source: Source::parse(&row.source)?,
            actor: row.actor.clone(),
            decided_by: row.decided_by.clone(),
            stated_on: row.stated_on,
            heard_at: Some(row.heard_at),
        };
        values.insert(field.key, value);
    }
    Ok(values)
}

/// Whether two versions say something differently, of people too: that is said to everybody, and nothing more.
fn differs(db: &Db, rows: &[Model], one: i64, other: i64) -> Result<bool, Error> {
    let content = |row: Option<&Model>| match row {
        Some(row) => opened(db.vault(), place::VALUES, row.id, row.value.as_deref(), row.sealed.as_deref()),
        None => Ok(None),
    };
    for field in FIELDS {
        let at = |version| rows.iter().find(|row| row.field == field.key && holds(row, version));
        let (one, other) = (at(one), at(other));
        if one.map(|row| row.id) != other.map(|row| row.id) && content(one)? != content(other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the register says something else today than the latest version remembers.
fn strays(rows: &[Model], newest: i64, told: &[(&'static Field, Content)]) -> Result<bool, Error> {
    for (field, content) in told {
        let row = rows.iter().find(|row| row.field == field.key && holds(row, newest));
        let remembered = row.and_then(|row| row.value.as_deref()).map(Content::of_json).transpose()?;
        if remembered.as_ref() != Some(content) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn by_register(reach: &Reach, field: &'static Field, content: Content) -> Value {
    Value {
        field,
        content,
        source: Source::Register,
        actor: "hub".to_owned(),
        decided_by: None,
        stated_on: reach.day(),
        heard_at: None,
    }
}

async fn signed(db: &Db, school: SchoolId) -> Result<Vec<signatures::Model>, Error> {
    let select = signatures::Entity::find()
        .filter(signatures::Column::SchoolId.eq(school.uuid()))
        .order_by_desc(signatures::Column::SignedAt)
        .order_by_desc(signatures::Column::Id)
        .limit(MAX_SIGNATURES);
    Ok(select.all(db.read()).await?)
}

fn signature(row: signatures::Model, is_changed_since: bool) -> Result<Signature, Error> {
    Ok(Signature {
        school_year: i32::try_from(row.school_year).map_err(Error::internal)?,
        version: row.version,
        actor: row.actor,
        signed_at: row.signed_at,
        is_changed_since,
    })
}

fn unknown(field: &str) -> Refusal {
    Refusal::new(
        "PROFILE_VERSION_UNKNOWN",
        "The profile has no such version; `schoolProfileVersions` lists them.",
        "Hồ sơ không có phiên bản này; xem `schoolProfileVersions`.",
    )
    .at(field)
}
