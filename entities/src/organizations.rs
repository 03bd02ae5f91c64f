//! Organizations: the ministry, province departments, commune committees, and the vendors and banks that work with them.

mod offices;

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryTrait, Select};

use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::bulk;
use crate::changes::Change;
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::OrganizationId;
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::tables::organizations::{Column, Entity, Model};
use crate::text;

pub use offices::{committee_code, department_code, offices};

/// What an organization is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Bộ Giáo dục và Đào tạo.
    Ministry,
    /// Sở Giáo dục và Đào tạo.
    ProvinceDepartment,
    /// Ủy ban nhân dân cấp xã.
    CommuneCommittee,
    /// A maker of school software.
    Vendor,
    /// A bank or payment intermediary.
    Bank,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Ministry, Self::ProvinceDepartment, Self::CommuneCommittee, Self::Vendor, Self::Bank];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ministry => "MINISTRY",
            Self::ProvinceDepartment => "PROVINCE_DEPARTMENT",
            Self::CommuneCommittee => "COMMUNE_COMMITTEE",
            Self::Vendor => "VENDOR",
            Self::Bank => "BANK",
        }
    }
}

/// An organization (cơ quan, tổ chức).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organization {
    /// Its key.
    pub id: OrganizationId,
    /// What it is.
    pub kind: Kind,
    /// Its code in the hub, unique.
    pub code: String,
    /// Its name in NFC.
    pub name: String,
    /// The province it works in; none for the ministry, vendors and banks.
    pub province_code: Option<String>,
    /// The commune it governs; only commune committees have one.
    pub commune_code: Option<String>,
    /// The day it began.
    pub valid_from: NaiveDate,
    /// The day it ended; none while it lives.
    pub valid_to: Option<NaiveDate>,
}

/// Which organizations are wanted; every condition must hold.
#[derive(Clone, Default, Debug)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only those of this province.
    pub province_code: Option<String>,
    /// Part of the name without regard to diacritics, or the whole code.
    pub search: Option<String>,
}

/// A question for a page of organizations, in the order of their codes.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which are wanted.
    pub filter: Filter,
    /// Which page.
    pub page: Page,
}

/// The state of an organization as a seeding or administering caller gives it; the code is the key.
#[derive(Clone, Debug)]
pub struct Upsert {
    /// Its code in the hub, 1 to 32 characters.
    pub code: String,
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The province it works in.
    pub province_code: Option<String>,
    /// The commune it governs.
    pub commune_code: Option<String>,
    /// The day it began.
    pub valid_from: NaiveDate,
    /// The day it ended.
    pub valid_to: Option<NaiveDate>,
}

/// A page of organizations. Offices of the state are public; vendors and banks are seen by those whom nothing limits.
pub async fn visible(db: &Db, reach: &Reach, query: &Query) -> Result<Slice<Organization>, Error> {
    let sort = Sort { name: "CODE", column: Column::Code, id: Column::Id, descending: false };
    let key = |row: &Model| (Key::Text(row.code.clone()), row.id);
    page::fetch(db.read(), select(reach, &query.filter), sort, &query.page, key).await?.try_map(Organization::try_from)
}

/// How many organizations the filter meets; the flag says that there are more.
pub async fn count(db: &Db, reach: &Reach, filter: &Filter) -> Result<(u64, bool), Error> {
    page::count(db.read(), select(reach, filter).into_query()).await
}

/// The organization with this code.
pub async fn by_code(db: &Db, reach: &Reach, code: &str) -> Result<Option<Organization>, Error> {
    let found = public(reach).filter(Column::Code.eq(code)).one(db.read()).await?;
    found.map(Organization::try_from).transpose()
}

/// The organizations with these keys; those outside the reach are absent.
pub async fn by_ids(
    db: &Db,
    reach: &Reach,
    ids: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Organization>, Error> {
    let rows = public(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter()
        .map(|row| Organization::try_from(row).map(|organization| (organization.id, organization)))
        .collect()
}

/// Makes or alters organizations by their codes. Only a reach without limits may.
///
/// # Errors
/// Those of the database; rows are refused one by one (`NOT_FOUND`, `BAD_TEXT`, `DUPLICATE_IN_BATCH`).
pub async fn upsert(tx: &Tx, batch: &Batch<'_>, rows: &[Upsert]) -> Result<Vec<RowResult>, Error> {
    let stored = bulk::locked::<Entity>(tx, Column::Code, rows.iter().map(|row| row.code.trim())).await?;
    let stored: HashMap<String, Model> = stored.into_iter().map(|row| (row.code.clone(), row)).collect();
    let mut tally = Tally::new("Organization");
    let mut writes = Vec::new();
    for row in rows {
        let before = stored.get(row.code.trim());
        let planned = tally.claim(row.code.trim()).and_then(|()| plan(tx, batch, row, before));
        let (model, status) = match planned {
            Ok(planned) => planned,
            Err(refusal) => {
                tally.refuse(None, vec![refusal]);
                continue;
            }
        };
        tally.accept(None, status, Change::upsert("Organization", model.id, model.code.clone(), None), None);
        if status != RowStatus::Unchanged {
            writes.push(model);
        }
    }
    bulk::save::<Entity>(tx, writes).await?;
    tally.finish(tx, batch).await
}

fn plan(tx: &Tx, batch: &Batch<'_>, row: &Upsert, before: Option<&Model>) -> Result<(Model, RowStatus), Refusal> {
    if !batch.reach.is_nation() {
        return Err(Refusal::not_found("organization").at("code"));
    }
    let name = batch::name("name", &row.name, 300)?;
    let model = Model {
        id: before.map_or_else(|| OrganizationId::new(batch.now).uuid(), |before| before.id),
        kind: row.kind.as_str().to_owned(),
        code: batch::name("code", &row.code, 32)?,
        name_fold: text::fold(&name),
        name,
        province_code: row.province_code.clone(),
        commune_code: row.commune_code.clone(),
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        synthetic: before.map_or_else(|| tx.kind() == crate::hub::Kind::Demo, |before| before.synthetic),
        created_at: before.map_or(batch.now, |before| before.created_at),
    };
    let status = batch::status(before, &model);
    Ok((model, status))
}

fn public(reach: &Reach) -> Select<Entity> {
    Entity::find().filter(seen_by(reach))
}

/// Offices are known to everyone, vendors and banks to those who run the hub.
pub(crate) fn seen_by(reach: &Reach) -> Condition {
    let offices = [Kind::Ministry, Kind::ProvinceDepartment, Kind::CommuneCommittee].map(Kind::as_str);
    Condition::all().add_option((!reach.is_nation()).then(|| Column::Kind.is_in(offices)))
}

fn select(reach: &Reach, filter: &Filter) -> Select<Entity> {
    let search = filter.search.as_deref().map(|text| {
        Condition::any().add(Column::NameFold.like(page::folded_like(text))).add(Column::Code.eq(text.trim()))
    });
    let filter = Condition::all()
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind.as_str())))
        .add_option(filter.province_code.as_ref().map(|code| Column::ProvinceCode.eq(code)))
        .add_option(search);
    public(reach).filter(filter)
}

impl TryFrom<Model> for Organization {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == row.kind);
        Ok(Self {
            id: OrganizationId::from_uuid(row.id),
            kind: kind.ok_or_else(|| Error::internal(format!("organization kind {}", row.kind)))?,
            code: row.code,
            name: row.name,
            province_code: row.province_code,
            commune_code: row.commune_code,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        })
    }
}
