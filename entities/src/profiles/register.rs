//! What the register of schools says of a profile: name, levels, place and management lie there, dated, and nowhere else. A
//! profile shows them as they are, remembers them with each of its versions, and changes them by the register's own verb.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use super::content::Content;
use super::fields::{Authority, FIELDS, Field};
use crate::administrative_units;
use crate::batch::Batch;
use crate::catalogues::{EducationLevel, Ownership};
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::{OrganizationId, SchoolId};
use crate::ledgers::{self, Owner};
use crate::organizations::Kind;
use crate::reach::Reach;
use crate::schools::managements::running;
use crate::schools::{self, Key, Manager, School, Status, Upsert};
use crate::tables::{organizations, school_managements};

/// A school whose profile is being written, with who manages it today.
pub(super) struct Subject {
    pub(super) school: School,
    pub(super) manager: Option<organizations::Model>,
}

impl Subject {
    /// The school in reach as a whole with this id. Its ledger is locked until the commit, which puts all writes of a profile in
    /// order.
    ///
    /// # Errors
    /// `NOT_FOUND` outside the reach, `SCHOOL_ENDED` for one that no longer is.
    pub(super) async fn locked(tx: &Tx, batch: &Batch<'_>, id: SchoolId) -> Result<Self, Error> {
        ledgers::lock(tx, [Owner::School(id)]).await?;
        let subject = Self::read(tx, batch, id, false).await?;
        let ended = subject.school.valid_to.is_some_and(|day| day <= batch.now.vietnam_day());
        if ended || subject.school.status != Status::Active {
            let (en, vi) = ("This school has ended; its profile is closed.", "Trường đã kết thúc; hồ sơ đã khóa.");
            return Err(Refusal::new("SCHOOL_ENDED", en, vi).at("schoolCode").into());
        }
        Ok(subject)
    }

    /// The school as it stands; held against other writers of the register where it is about to be changed.
    async fn read(tx: &Tx, batch: &Batch<'_>, id: SchoolId, is_to_change: bool) -> Result<Self, Error> {
        let whole = batch.reach.without_classes();
        let select = schools::in_reach(&whole).filter(crate::tables::schools::Column::Id.eq(id.uuid()));
        let select = if is_to_change { select.lock_exclusive() } else { select };
        let row = select.one(tx.conn()).await?.ok_or_else(not_found)?;
        let management = school_managements::Entity::find()
            .filter(school_managements::Column::SchoolId.eq(id.uuid()))
            .filter(running(batch.now.vietnam_day()))
            .one(tx.conn())
            .await?;
        let manager = match management {
            Some(found) => organizations::Entity::find_by_id(found.organization_id).one(tx.conn()).await?,
            None => None,
        };
        Ok(Self { school: School::try_from(row)?, manager })
    }

    /// What the register says of it now.
    pub(super) fn register(&self) -> Vec<(&'static Field, Content)> {
        register(&self.school, self.manager.as_ref().map(|manager| manager.code.as_str()))
    }

    /// Whether a person of this reach decides what fields under this authority say.
    pub(super) fn is_decided_by(&self, reach: &Reach, authority: Authority) -> bool {
        match authority {
            Authority::School => reach.works_at(self.school.id),
            Authority::Department => reach.heads_province(&self.school.province_code),
            Authority::Manager => match &self.manager {
                Some(office) if reach.is_office(OrganizationId::from_uuid(office.id)) => true,
                Some(office) if office.kind == Kind::ProvinceDepartment.as_str() => {
                    office.province_code.as_deref().is_some_and(|province| reach.heads_province(province))
                }
                Some(_) => false,
                None => reach.heads_province(&self.school.province_code),
            },
            Authority::Hub => false,
        }
    }

    /// Changes what the register says, as the caller and by the register's own rules.
    ///
    /// # Errors
    /// `PLACE_OUTSIDE_PROVINCE`, `ORGANIZATION_CANNOT_MANAGE`, and the refusals of the register.
    pub(super) async fn change(
        &self,
        tx: &Tx,
        batch: &Batch<'_>,
        wanted: &[(&'static Field, Content)],
    ) -> Result<Self, Error> {
        let held = Self::read(tx, batch, self.school.id, true).await?;
        let upsert = held.upsert(wanted)?;
        held.check(tx, batch, &upsert).await?;
        let batch = Batch { attempt: None, ..*batch };
        let results = schools::upsert(tx, &batch, std::slice::from_ref(&upsert)).await?;
        if let Some(refusal) = results.into_iter().flat_map(|row| row.errors).next() {
            return Err(refusal.at("value").into());
        }
        Self::read(tx, &batch, self.school.id, false).await
    }

    fn upsert(&self, wanted: &[(&'static Field, Content)]) -> Result<Upsert, Error> {
        let mut upsert = Upsert {
            key: Key::Id(self.school.id),
            external_id: None,
            code: None,
            name: None,
            levels: None,
            ownership: None,
            location_commune_code: None,
            status: None,
            valid_from: None,
            valid_to: None,
            manager: None,
        };
        for (field, content) in wanted {
            match (field.key, content.clone()) {
                ("name", Content::Text(name)) => upsert.name = Some(name),
                ("commune", Content::Text(code)) => upsert.location_commune_code = Some(code),
                ("foundedOn", Content::Day(day)) => upsert.valid_from = Some(day),
                ("managingOrganization", Content::Text(organization_code)) => {
                    upsert.manager = Some(Manager { organization_code, from: None, source: None });
                }
                ("levels", Content::Codes(codes)) => {
                    let levels = codes.iter().map(|code| EducationLevel::parse(code).map_err(Refusal::from));
                    upsert.levels = Some(levels.collect::<Result<_, _>>()?);
                }
                ("ownership", Content::Codes(codes)) => {
                    let code = codes.first().map_or("", String::as_str);
                    upsert.ownership = Some(Ownership::parse(code).map_err(Refusal::from)?);
                }
                (key, _) => return Err(Error::internal(format!("the register cannot change {key}"))),
            }
        }
        Ok(upsert)
    }

    /// Whether the school may stand so afterwards: in its province, under an office that manages such schools at such places.
    async fn check(&self, tx: &Tx, batch: &Batch<'_>, upsert: &Upsert) -> Result<(), Error> {
        let today = batch.now.vietnam_day();
        let commune = upsert.location_commune_code.as_deref().unwrap_or(&self.school.location_commune_code);
        let province = administrative_units::unit(commune, today).map(|unit| unit.province_code);
        if upsert.location_commune_code.is_some() && province != Some(self.school.province_code.as_str()) {
            return Err(Refusal::new(
                "PLACE_OUTSIDE_PROVINCE",
                "A school is not moved out of its province by its profile.",
                "Không chuyển trường sang tỉnh khác qua hồ sơ trường.",
            )
            .at("value")
            .into());
        }
        let is_placed = upsert.location_commune_code.is_some() || upsert.levels.is_some() || upsert.manager.is_some();
        if !is_placed {
            return Ok(());
        }
        let named = match &upsert.manager {
            Some(manager) => Some(living(tx, &manager.organization_code, today).await?),
            None => None,
        };
        let levels = upsert.levels.as_ref().unwrap_or(&self.school.levels);
        let manager = named.as_ref().or(self.manager.as_ref());
        if manager.is_some_and(|office| can_manage(office, levels, commune, &self.school.province_code)) {
            return Ok(());
        }
        Err(Refusal::new(
            "ORGANIZATION_CANNOT_MANAGE",
            "The managing organization would not fit: a commune's committee manages preschools, primary and lower secondary \
             schools of its own commune, a department the schools of its province.",
            "Cơ quan quản lý không phù hợp: UBND xã quản lý trường mầm non, tiểu học, THCS trên địa bàn; Sở quản lý trường \
             trong tỉnh.",
        )
        .at("value")
        .into())
    }
}

async fn living(tx: &Tx, code: &str, today: chrono::NaiveDate) -> Result<organizations::Model, Error> {
    use organizations::{Column, Entity};
    let lives = Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gt(today));
    let found = Entity::find().filter(Column::Code.eq(code)).filter(lives).one(tx.conn()).await?;
    found.ok_or_else(|| Refusal::not_found("organization").at("value").into())
}

fn can_manage(office: &organizations::Model, levels: &[EducationLevel], commune: &str, province: &str) -> bool {
    if office.kind == Kind::ProvinceDepartment.as_str() {
        return office.province_code.as_deref() == Some(province);
    }
    office.kind == Kind::CommuneCommittee.as_str()
        && office.commune_code.as_deref() == Some(commune)
        && levels.iter().all(|level| level.is_usually_managed_by_commune())
}

/// What the register says of a school, field by field.
pub(crate) fn register(school: &School, manager: Option<&str>) -> Vec<(&'static Field, Content)> {
    let text = |text: &str| Some(Content::Text(text.to_owned()));
    let say = |field: &'static Field| {
        let content = match field.key {
            "code" => text(&school.code),
            "name" => text(&school.name),
            "levels" => Some(Content::Codes(school.levels.iter().map(|level| level.code().to_owned()).collect())),
            "ownership" => Some(Content::Codes(vec![school.ownership.code().to_owned()])),
            "foundedOn" => Some(Content::Day(school.valid_from)),
            "managingOrganization" => manager.and_then(text),
            "province" => text(&school.province_code),
            "commune" => text(&school.location_commune_code),
            "status" => text(school.status.as_str()),
            _ => None,
        };
        content.map(|content| (field, content))
    };
    FIELDS.iter().filter(|field| field.is_registered).filter_map(say).collect()
}

pub(super) fn not_found() -> Error {
    Refusal::not_found("school").at("schoolCode").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registered_field_is_told() {
        let school = School {
            id: SchoolId::from_uuid(uuid::Uuid::nil()),
            code: "99001401".to_owned(),
            name: "Trường Mẫu".to_owned(),
            status: Status::Active,
            levels: vec![EducationLevel::Primary],
            ownership: Ownership::Public,
            location_commune_code: "14329".to_owned(),
            province_code: "37".to_owned(),
            valid_from: chrono::NaiveDate::from_ymd_opt(2010, 9, 1).unwrap(),
            valid_to: None,
            synthetic: true,
        };
        let told: Vec<_> = register(&school, Some("UBND-14329")).into_iter().map(|(field, _)| field.key).collect();
        let held: Vec<_> = FIELDS.iter().filter(|field| field.is_registered).map(|field| field.key).collect();
        assert_eq!(told, held);
    }
}
