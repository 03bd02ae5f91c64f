//! Guardians: persons who answer for students at home. Whoever reads a student reads who answers for that student today, and
//! nobody else does: a guardian has no school, and a link shows nothing to whom the student has left.

mod families;
mod known;
mod person;
mod travel;
mod upsert;

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use uuid::Uuid;

use crate::catalogues::GuardianRelation;
use crate::codes::{Email, Phone};
use crate::db::Db;
use crate::error::Error;
use crate::ids::{GuardianId, StudentId};
use crate::reach::Reach;
use crate::seal::Place;
use crate::students::PersonalIdStatus;
use crate::tables::guardians::{Column, Entity, Model};
use crate::tables::guardianships;

pub use known::Key;
pub(crate) use travel::travel;
pub use upsert::{Upsert, upsert};

pub(crate) const KIND: &str = "Guardian";
/// Guardians of a student at one time at most.
pub const MAX_OF_STUDENT: usize = 8;
/// Students for whom one person answers at one time at most: a home for children has a director.
pub const MAX_STUDENTS: usize = 200;

/// A person who answers for students at home (cha mẹ hoặc người giám hộ).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guardian {
    /// The key.
    pub id: GuardianId,
    /// The full name in NFC, never split.
    pub full_name: String,
    /// The day of birth.
    pub birth_date: Option<NaiveDate>,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// Whether the personal ID is known.
    pub personal_id_status: PersonalIdStatus,
    /// Whether the person is invented.
    pub synthetic: bool,
}

/// What a guardian is to a student today (quan hệ với học sinh).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guardianship {
    /// The student.
    pub student: StudentId,
    /// Who answers for the student.
    pub guardian: GuardianId,
    /// What the one is to the other.
    pub relation: GuardianRelation,
    /// The place among those who are to be called, from 1; none when nobody has said.
    pub contact_order: Option<i64>,
    /// The first day.
    pub valid_from: NaiveDate,
}

/// The guardians with these keys who answer for a student in reach; others are absent. One statement.
///
/// # Errors
/// Those of the database.
pub async fn by_ids(db: &Db, reach: &Reach, ids: &[GuardianId]) -> Result<HashMap<GuardianId, Guardian>, Error> {
    let rows = in_reach(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| opened(db, row).map(|guardian| (guardian.id, guardian))).collect()
}

/// Who answers today for each of these students in reach, in the order in which they are to be called. One statement.
///
/// # Errors
/// Those of the database.
pub async fn of_students(
    db: &Db,
    reach: &Reach,
    students: &[StudentId],
) -> Result<HashMap<StudentId, Vec<Guardianship>>, Error> {
    use guardianships::Column::StudentId as Side;
    let mut found: HashMap<StudentId, Vec<Guardianship>> = HashMap::new();
    for link in held(db, reach, Side.is_in(students.iter().map(|id| id.uuid()))).await? {
        found.entry(link.student).or_default().push(link);
    }
    Ok(found)
}

/// For which students in reach each of these persons answers today. One statement.
///
/// # Errors
/// Those of the database.
pub async fn of_guardians(
    db: &Db,
    reach: &Reach,
    guardians: &[GuardianId],
) -> Result<HashMap<GuardianId, Vec<Guardianship>>, Error> {
    use guardianships::Column::GuardianId as Side;
    let mut found: HashMap<GuardianId, Vec<Guardianship>> = HashMap::new();
    for link in held(db, reach, Side.is_in(guardians.iter().map(|id| id.uuid()))).await? {
        found.entry(link.guardian).or_default().push(link);
    }
    Ok(found)
}

async fn held(db: &Db, reach: &Reach, which: sea_orm::sea_query::SimpleExpr) -> Result<Vec<Guardianship>, Error> {
    use guardianships::Column;
    let select = guardianships::Entity::find()
        .filter(which)
        .filter(Column::ValidTo.is_null())
        .filter(reach.of_student(Column::StudentId))
        .order_by_asc(Column::StudentId)
        .order_by_asc(Column::Id);
    let mut links: Vec<Guardianship> =
        select.all(db.read()).await?.into_iter().map(TryFrom::try_from).collect::<Result<_, _>>()?;
    // Whom nobody has given a place comes last; the engines sort nulls in different ways.
    links.sort_by_key(|link| (link.student, link.contact_order.unwrap_or(i64::MAX)));
    Ok(links)
}

fn in_reach(reach: &Reach) -> Select<Entity> {
    Entity::find().filter(reach.of_guardian(Column::Id))
}

impl TryFrom<guardianships::Model> for Guardianship {
    type Error = Error;

    fn try_from(row: guardianships::Model) -> Result<Self, Error> {
        Ok(Self {
            student: StudentId::from_uuid(row.student_id),
            guardian: GuardianId::from_uuid(row.guardian_id),
            relation: GuardianRelation::parse(&row.relation).map_err(Error::internal)?,
            contact_order: row.contact_order,
            valid_from: row.valid_from,
        })
    }
}

fn opened(db: &Db, row: Model) -> Result<Guardian, Error> {
    let open = |column, sealed: Option<Vec<u8>>| {
        sealed.map(|sealed| db.vault().open_text(place(row.id, column), &sealed)).transpose()
    };
    let phone = open(PHONE, row.phone_sealed)?;
    let email = open(EMAIL, row.email_sealed)?;
    let is_recorded = row.personal_id_sealed.is_some();
    Ok(Guardian {
        id: GuardianId::from_uuid(row.id),
        full_name: row.full_name,
        birth_date: row.birth_date,
        phone: phone.map(|text| Phone::parse(&text, db.kind())).transpose().map_err(Error::internal)?,
        email: email.map(|text| Email::parse(&text)).transpose().map_err(Error::internal)?,
        personal_id_status: if is_recorded { PersonalIdStatus::Recorded } else { PersonalIdStatus::Missing },
        synthetic: row.synthetic,
    })
}

pub(crate) const PHONE: &str = "phone_sealed";
pub(crate) const EMAIL: &str = "email_sealed";
pub(crate) const PERSONAL_ID: &str = "personal_id_sealed";

/// Where a sealed column of a guardian lies.
pub(crate) const fn place(guardian: Uuid, column: &'static str) -> Place {
    Place { table: "guardians", row: guardian, column }
}
