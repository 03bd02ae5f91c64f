//! The yearly review: a principal signs a version for a school year, and whatever changes later shows beside the signature.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use super::Cause;
use super::fields::FIELDS;
use super::register::{Subject, not_found};
use super::write::{Held, record, tell};
use crate::batch::Batch;
use crate::bulk;
use crate::codes::SchoolYear;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::{SchoolId, uuid_v7};
use crate::schools;
use crate::tables::school_profile_signatures::{Column, Entity, Model};

/// A signature that was put under a profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signed {
    /// The school.
    pub school: SchoolId,
    /// The version that is signed: a new one where the register said something else than the version that was reviewed.
    pub version: i64,
}

/// Signs a profile for a school year. The same signature again changes nothing.
///
/// # Errors
/// `NOT_FOUND` outside the reach, `SCHOOL_ENDED`, `PROFILE_NOT_AUTHORITY` for who does not work at the school,
/// `VERSION_CONFLICT`, `SCHOOL_YEAR_NOT_RUNNING`, `PROFILE_INCOMPLETE`; `REAL_DATA_NOT_ENABLED`.
pub async fn sign(
    tx: &Tx,
    batch: &Batch<'_>,
    school_code: &str,
    year: SchoolYear,
    version: i64,
) -> Result<Signed, Error> {
    tx.kind().allow_personal_data()?;
    let found = schools::writable(tx, batch.reach, std::iter::once(school_code)).await?;
    let school = SchoolId::from_uuid(*found.get(school_code.trim()).ok_or_else(not_found)?);
    let subject = Subject::locked(tx, batch, school).await?;
    if !batch.reach.works_at(school) {
        let (en, vi) =
            ("A profile is signed by the school's own principal.", "Hồ sơ do hiệu trưởng của trường xác nhận.");
        return Err(Refusal::new("PROFILE_NOT_AUTHORITY", en, vi).at("schoolCode").into());
    }
    if year != SchoolYear::running_on(batch.now.vietnam_day()) {
        let (en, vi) = ("Only a running school year is signed for.", "Chỉ xác nhận hồ sơ cho năm học đang diễn ra.");
        return Err(Refusal::new("SCHOOL_YEAR_NOT_RUNNING", en, vi).at("schoolYear").into());
    }
    let held = Held::read(tx, school).await?;
    held.expect(version)?;
    complete(tx, &subject, &held)?;
    let version = record(tx, batch, &subject, &held, Cause::Signed, Vec::new()).await?;
    let school_year = i64::from(year.start_year());
    let earlier = Entity::find()
        .filter(Column::SchoolId.eq(school.uuid()))
        .filter(Column::SchoolYear.eq(school_year))
        .filter(Column::Version.eq(version))
        .one(tx.conn())
        .await?;
    if earlier.is_some() {
        return Ok(Signed { school, version });
    }
    let row = Model {
        id: uuid_v7(batch.now),
        school_id: school.uuid(),
        school_year,
        version,
        actor: batch.reach.actor().to_owned(),
        signed_at: batch.now,
    };
    bulk::insert(tx, vec![row.into_active_model()]).await?;
    let payload = json!({ "version": version, "schoolYear": school_year });
    tell(tx, batch, &subject.school, "schoolProfile.signed", payload).await?;
    Ok(Signed { school, version })
}

/// Whether everything stands in it without which the ministry's form cannot be handed in.
fn complete(tx: &Tx, subject: &Subject, held: &Held) -> Result<(), Error> {
    let register = subject.register();
    let mut missing = Vec::new();
    for field in FIELDS.iter().filter(|field| field.is_required) {
        let is_there = match field.is_registered {
            true => register.iter().any(|(of, _)| *of == field),
            false => held.content(tx, field)?.is_some(),
        };
        if !is_there {
            missing.push(field);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = missing.iter().map(|field| field.key).collect();
    let terms: Vec<_> = missing.iter().map(|field| field.vi).collect();
    Err(Refusal::new(
        "PROFILE_INCOMPLETE",
        format!("These fields are needed first: {}.", keys.join(", ")),
        format!("Cần bổ sung trước: {}.", terms.join(", ")),
    )
    .into())
}
