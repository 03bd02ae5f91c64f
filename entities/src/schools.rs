//! Schools: what is known of each, who may ask, and by which codes, present or former, they are found.

pub mod managements;
mod memory;
mod placing;
pub mod successions;
mod upsert;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use crate::catalogues::{EducationLevel, Ownership};
use crate::db::{Db, Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::{OrganizationId, SchoolId};
use crate::page::{self, Page, Slice, Sort};
use crate::reach::Reach;
use crate::tables::schools::{Column, Entity, Model};

pub(crate) use memory::Memory;
pub use upsert::{Key, Manager, Upsert, upsert};

/// The life of a school (trạng thái).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// Đang hoạt động.
    Active,
    /// Đã sáp nhập: it went into a successor.
    Merged,
    /// Đã chia tách: it became several.
    Split,
    /// Đã giải thể.
    Dissolved,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Active, Self::Merged, Self::Split, Self::Dissolved];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Merged => "MERGED",
            Self::Split => "SPLIT",
            Self::Dissolved => "DISSOLVED",
        }
    }
}

/// A school (trường học).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct School {
    /// Its key.
    pub id: SchoolId,
    /// Its code, kept as given; it never changes.
    pub code: String,
    /// Its name in NFC.
    pub name: String,
    /// Where it stands in its life.
    pub status: Status,
    /// The levels it teaches, in the order of the catalogue; at least one.
    pub levels: Vec<EducationLevel>,
    /// Who owns it.
    pub ownership: Ownership,
    /// The commune in which it lies; not who manages it.
    pub location_commune_code: String,
    /// The province of that commune.
    pub province_code: String,
    /// The day it began.
    pub valid_from: NaiveDate,
    /// The day it ended; none while it lives.
    pub valid_to: Option<NaiveDate>,
    /// Whether it is invented.
    pub synthetic: bool,
}

/// Which schools are wanted; every condition must hold.
#[derive(Clone, Default, Debug)]
pub struct Filter {
    /// Part of the name without regard to diacritics, or the whole code.
    pub search: Option<String>,
    /// Only those located in this province.
    pub province_code: Option<String>,
    /// Only those located in this commune.
    pub location_commune_code: Option<String>,
    /// Only those that this organization manages on the day of asking.
    pub managing_organization: Option<OrganizationId>,
    /// Only those that teach this level.
    pub level: Option<EducationLevel>,
    /// Only those of this ownership.
    pub ownership: Option<Ownership>,
    /// Only those of this status.
    pub status: Option<Status>,
}

/// By what schools are ordered.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Order {
    /// By name, as Vietnamese lists do.
    #[default]
    Name,
    /// By code.
    Code,
}

/// A question for a page of schools.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which are wanted.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// Whether the order is turned around.
    pub descending: bool,
    /// Which page.
    pub page: Page,
}

/// A page of the schools in reach.
///
/// # Errors
/// `BAD_PAGE` and `BAD_CURSOR`, and those of the database.
pub async fn visible(db: &Db, reach: &Reach, query: &Query) -> Result<Slice<School>, Error> {
    if let Some(slice) = memory::of(db).await?.and_then(|known| known.page(reach, query)) {
        return slice;
    }
    let select = select(reach, &query.filter);
    let sort = |name, column| Sort { name, column, id: Column::Id, descending: query.descending };
    let slice = match query.order {
        Order::Name => {
            let key = |row: &Model| (page::Key::Text(row.name_sort.clone()), row.id);
            page::fetch(db.read(), select, sort("NAME", Column::NameSort), &query.page, key).await?
        }
        Order::Code => {
            let key = |row: &Model| (page::Key::Text(row.code.clone()), row.id);
            page::fetch(db.read(), select, sort("CODE", Column::Code), &query.page, key).await?
        }
    };
    slice.try_map(School::try_from)
}

/// The first schools in reach behind a key, in the order in which they were made.
pub async fn behind(db: &Db, reach: &Reach, key: Option<SchoolId>, rows: u64) -> Result<Vec<School>, Error> {
    let key = key.map(SchoolId::uuid);
    let found = page::behind(db.read(), in_reach(reach), Column::Id, key, rows).await?;
    found.into_iter().map(School::try_from).collect()
}

/// How many schools in reach the filter meets; the flag says that there are more.
pub async fn count(db: &Db, reach: &Reach, filter: &Filter) -> Result<(u64, bool), Error> {
    match memory::of(db).await?.and_then(|known| known.count(reach, filter)) {
        Some(counted) => Ok(counted),
        None => page::count(db.read(), select(reach, filter).into_query()).await,
    }
}

/// The school in reach with this code. A former code whose bearer lies outside the reach, or is gone, finds the one
/// successor in reach: its `code` then differs from the one asked for, and stands among [`successions::before`].
pub async fn by_code(db: &Db, reach: &Reach, code: &str) -> Result<Option<School>, Error> {
    if let Some(known) = memory::of(db).await? {
        return Ok(known.by_code(reach, code.trim()));
    }
    let found = in_reach(reach).filter(Column::Code.eq(code.trim())).one(db.read()).await?;
    match found {
        Some(row) => School::try_from(row).map(Some),
        None => successions::successor_of(db, reach, code.trim()).await,
    }
}

/// The schools with these keys; those outside the reach are absent.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[SchoolId]) -> Result<HashMap<SchoolId, School>, Error> {
    if let Some(known) = memory::of(db).await? {
        return Ok(known.by_ids(reach, ids));
    }
    let rows = in_reach(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| School::try_from(row).map(|school| (school.id, school))).collect()
}

/// Which of these schools lie in reach as a whole, as this process remembers them; none where only the database can tell.
pub(crate) async fn whole_from_memory(
    db: &Db,
    reach: &Reach,
    ids: &[SchoolId],
) -> Result<Option<Vec<SchoolId>>, Error> {
    let known = memory::of(db).await?;
    Ok(known.map(|known| known.inside(&reach.without_classes(), ids)))
}

/// The schools in reach with these codes, by code; former codes are not followed.
pub async fn by_codes(db: &Db, reach: &Reach, codes: &[String]) -> Result<HashMap<String, School>, Error> {
    let rows = in_reach(reach).filter(Column::Code.is_in(codes)).all(db.read()).await?;
    rows.into_iter().map(|row| School::try_from(row).map(|school| (school.code.clone(), school))).collect()
}

/// The keys of the schools with these codes whose rosters the caller may write.
pub(crate) async fn writable(
    tx: &Tx,
    reach: &Reach,
    codes: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Uuid>, Error> {
    let codes: HashSet<&str> = codes.map(str::trim).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let mut found = HashMap::new();
    for some in codes.chunks(rows_per_statement(1)) {
        let select = in_reach(&reach.without_classes()).filter(Column::Code.is_in(some.iter().copied()));
        let columns = select.select_only().columns([Column::Code, Column::Id]);
        found.extend(columns.into_tuple::<(String, Uuid)>().all(tx.conn()).await?);
    }
    Ok(found)
}

pub(crate) fn in_reach(reach: &Reach) -> Select<Entity> {
    Entity::find().filter(reach.of_school(Column::Id))
}

fn select(reach: &Reach, filter: &Filter) -> Select<Entity> {
    let search = filter.search.as_deref().map(|text| {
        Condition::any().add(Column::NameFold.like(page::folded_like(text))).add(Column::Code.eq(text.trim()))
    });
    let managed = filter.managing_organization.map(|manager| managed_by(manager, reach.day()));
    in_reach(reach).filter(
        Condition::all()
            .add_option(search)
            .add_option(managed)
            .add_option(filter.province_code.as_ref().map(|code| Column::ProvinceCode.eq(code)))
            .add_option(filter.location_commune_code.as_ref().map(|code| Column::LocationCommuneCode.eq(code)))
            .add_option(filter.level.map(|level| Column::Levels.contains(level.code())))
            .add_option(filter.ownership.map(|ownership| Column::Ownership.eq(ownership.code())))
            .add_option(filter.status.map(|status| Column::Status.eq(status.as_str()))),
    )
}

fn managed_by(manager: OrganizationId, on: NaiveDate) -> SimpleExpr {
    Column::Id.in_subquery(managements::schools_of(manager, on))
}

/// Levels as they are stored: their codes, in the order of the catalogue, with commas between.
fn stored_levels(levels: &[EducationLevel]) -> String {
    let codes: Vec<&str> =
        EducationLevel::ALL.iter().filter(|level| levels.contains(level)).map(|level| level.code()).collect();
    codes.join(",")
}

impl TryFrom<Model> for School {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let status = Status::ALL.into_iter().find(|status| status.as_str() == row.status);
        let levels = row.levels.split(',').map(EducationLevel::parse).collect::<Result<_, _>>();
        Ok(Self {
            id: SchoolId::from_uuid(row.id),
            status: status.ok_or_else(|| Error::internal(format!("school status {}", row.status)))?,
            levels: levels.map_err(Error::internal)?,
            ownership: Ownership::parse(&row.ownership).map_err(Error::internal)?,
            code: row.code,
            name: row.name,
            location_commune_code: row.location_commune_code,
            province_code: row.province_code,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            synthetic: row.synthetic,
        })
    }
}
