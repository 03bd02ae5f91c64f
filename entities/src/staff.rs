//! Staff: who works, or worked, at a school. A record belongs to its school, so that no school learns or alters anything of who
//! works at another one; who works at two has a record at each.

mod upsert;

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, QueryFilter, QueryTrait, Select};
use uuid::Uuid;

use crate::catalogues::{Gender, StaffGroup, StaffPosition, StaffStatus};
use crate::codes::{Email, Phone};
use crate::db::Db;
use crate::error::Error;
use crate::ids::{SchoolId, StaffId};
use crate::page::{self, Page, Rows, Slice, Sort};
use crate::reach::Reach;
use crate::seal::Place;
use crate::students::PersonalIdStatus;
use crate::tables::staff::{Column, Entity, Model};

pub use upsert::{Key, Upsert, upsert};

/// A person who works, or worked, at a school (cán bộ, giáo viên, nhân viên).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Staff {
    /// The key.
    pub id: StaffId,
    /// The school.
    pub school: SchoolId,
    /// The code in the ministry's database; none before it was given.
    pub ministry_code: Option<String>,
    /// The full name in NFC, never split.
    pub full_name: String,
    /// The day of birth.
    pub birth_date: Option<NaiveDate>,
    /// The gender.
    pub gender: Option<Gender>,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// Whether the personal ID is known.
    pub personal_id_status: PersonalIdStatus,
    /// The group.
    pub group: StaffGroup,
    /// The position.
    pub position: Option<&'static StaffPosition>,
    /// Whether and how the person works there.
    pub status: StaffStatus,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The day after the last one; none while the employment holds.
    pub valid_to: Option<NaiveDate>,
    /// Whether the person is invented.
    pub synthetic: bool,
}

/// Which staff are wanted; every condition must hold.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Filter {
    /// Only those of this school.
    pub school: Option<SchoolId>,
    /// Only those of this group.
    pub group: Option<StaffGroup>,
    /// Only those of this position.
    pub position: Option<&'static StaffPosition>,
    /// Part of the full name without regard to diacritics.
    pub name: Option<String>,
    /// The whole code of the ministry's database.
    pub ministry_code: Option<String>,
    /// Those whose employment has ended, too.
    pub with_ended: bool,
}

/// A question for a page of staff, by given name as Vietnamese lists do.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which are wanted.
    pub filter: Filter,
    /// Whether the order is turned around.
    pub descending: bool,
    /// Which page.
    pub page: Page,
}

/// A page of the staff of schools in reach.
///
/// # Errors
/// `BAD_PAGE` and `BAD_CURSOR`, and those of the database.
pub async fn visible(db: &Db, reach: &Reach, query: &Query) -> Result<Slice<Staff>, Error> {
    let select = select(reach, &query.filter);
    page::fetch(db.read(), select, sort(query.descending), &query.page, key_of).await?.try_map(|row| opened(db, row))
}

/// How many the filter meets in reach; the flag says that there are more.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &Db, reach: &Reach, filter: &Filter) -> Result<(u64, bool), Error> {
    page::count(db.read(), select(reach, filter).into_query()).await
}

/// The staff with these keys; those outside the reach are absent.
///
/// # Errors
/// Those of the database.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[StaffId]) -> Result<HashMap<StaffId, Staff>, Error> {
    let rows = in_reach(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| opened(db, row).map(|staff| (staff.id, staff))).collect()
}

/// The first page of the staff of each school that the filter meets; its own `school` is not looked at. One statement.
///
/// # Errors
/// Those of the database.
pub async fn of_schools(
    db: &Db,
    reach: &Reach,
    schools: &[SchoolId],
    filter: &Filter,
    rows: Rows,
) -> Result<HashMap<SchoolId, Slice<Staff>>, Error> {
    let filter = Filter { school: None, ..filter.clone() };
    let parents: Vec<Uuid> = schools.iter().map(|id| id.uuid()).collect();
    let of = |school| select(reach, &filter).filter(Column::SchoolId.into_simple_expr().eq(school)).into_query();
    let read = page::keyed(key_of, |row| opened(db, row));
    let found = page::first_of_each(db, &parents, of, sort(false), rows, read).await?;
    Ok(found.into_iter().map(|(school, page)| (SchoolId::from_uuid(school), page)).collect())
}

fn sort(descending: bool) -> Sort<Column> {
    Sort { name: "NAME", column: Column::NameSort, id: Column::Id, descending }
}

fn key_of(row: &Model) -> (page::Key, Uuid) {
    (page::Key::Text(row.name_sort.clone()), row.id)
}

fn in_reach(reach: &Reach) -> Select<Entity> {
    Entity::find().filter(reach.of_whole_school(Column::SchoolId))
}

fn select(reach: &Reach, filter: &Filter) -> Select<Entity> {
    in_reach(reach).filter(
        Condition::all()
            .add_option(filter.school.map(|school| Column::SchoolId.eq(school.uuid())))
            .add_option(filter.group.map(|group| Column::StaffGroup.eq(group.code())))
            .add_option(filter.position.map(|position| Column::Position.eq(position.code)))
            .add_option(filter.name.as_deref().map(|name| Column::NameFold.like(page::folded_like(name))))
            .add_option(filter.ministry_code.as_deref().map(|code| Column::MinistryCode.eq(code.trim())))
            .add_option((!filter.with_ended).then(|| Column::ValidTo.is_null())),
    )
}

fn opened(db: &Db, row: Model) -> Result<Staff, Error> {
    let open = |column, sealed: Option<Vec<u8>>| {
        sealed.map(|sealed| db.vault().open_text(place(row.id, column), &sealed)).transpose()
    };
    let (phone, email) = (open(PHONE, row.phone_sealed)?, open(EMAIL, row.email_sealed)?);
    let is_recorded = row.personal_id_sealed.is_some();
    Ok(Staff {
        id: StaffId::from_uuid(row.id),
        school: SchoolId::from_uuid(row.school_id),
        ministry_code: row.ministry_code,
        full_name: row.full_name,
        birth_date: row.birth_date,
        gender: row.gender.as_deref().map(Gender::parse).transpose().map_err(Error::internal)?,
        phone: phone.map(|text| Phone::parse(&text, db.kind())).transpose().map_err(Error::internal)?,
        email: email.map(|text| Email::parse(&text)).transpose().map_err(Error::internal)?,
        personal_id_status: if is_recorded { PersonalIdStatus::Recorded } else { PersonalIdStatus::Missing },
        group: StaffGroup::parse(&row.staff_group).map_err(Error::internal)?,
        position: row.position.as_deref().map(StaffPosition::parse).transpose().map_err(Error::internal)?,
        status: StaffStatus::parse(&row.status).map_err(Error::internal)?,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        synthetic: row.synthetic,
    })
}

pub(crate) const PHONE: &str = "phone_sealed";
pub(crate) const EMAIL: &str = "email_sealed";
pub(crate) const PERSONAL_ID: &str = "personal_id_sealed";

/// Where a sealed column of a record of staff lies.
pub(crate) const fn place(staff: Uuid, column: &'static str) -> Place {
    Place { table: "staff", row: staff, column }
}
