//! Where a school stands: the commune in which it lies, and the organization that is to manage it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Manager, Upsert};
use crate::batch::{self, Batch};
use crate::bulk;
use crate::catalogues::EducationLevel;
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::ids::{OrganizationId, SchoolManagementId};
use crate::organizations::Kind;
use crate::tables::school_managements::{Column, Entity, Model};
use crate::tables::{organizations, schools};
use crate::time::Timestamp;

/// The source of a management that nobody stated.
const DEFAULT_BY_LEVEL: &str = "DEFAULT_BY_LEVEL";
/// The source of a management that the caller stated without saying where it is written.
const DECLARED: &str = "DECLARED";

/// The commune of a row and its province, on the day of writing.
pub(super) fn location(
    row: &Upsert,
    before: Option<&schools::Model>,
    now: Timestamp,
) -> Result<(String, String), Refusal> {
    let Some(code) = &row.location_commune_code else {
        let before = before.ok_or_else(|| batch::required("locationCommuneCode"))?;
        return Ok((before.location_commune_code.clone(), before.province_code.clone()));
    };
    let unit = batch::commune("locationCommuneCode", code, now.vietnam_day())?;
    Ok((unit.code.to_owned(), unit.province_code.to_owned()))
}

/// The organizations that the rows name or default to, and who manages their schools now.
pub(super) struct Placing {
    by_code: HashMap<String, OrganizationId>,
    departments: HashMap<String, OrganizationId>,
    committees: HashMap<String, OrganizationId>,
    current: HashMap<Uuid, Model>,
}

impl Placing {
    pub(super) async fn read(
        tx: &Tx,
        batch: &Batch<'_>,
        rows: &[Upsert],
        known: &HashMap<Uuid, schools::Model>,
    ) -> Result<Self, Error> {
        let mut placing = Self {
            by_code: HashMap::new(),
            departments: HashMap::new(),
            committees: HashMap::new(),
            current: HashMap::new(),
        };
        let codes: HashSet<&str> =
            rows.iter().filter_map(|row| row.manager.as_ref()).map(|m| m.organization_code.trim()).collect();
        let communes: HashSet<&str> = rows.iter().filter_map(|row| row.location_commune_code.as_deref()).collect();
        let (codes, communes): (Vec<_>, Vec<_>) = (codes.into_iter().collect(), communes.into_iter().collect());
        for some in codes.chunks(rows_per_statement(1)) {
            placing.learn(tx, organizations::Column::Code.is_in(some.iter().copied()).into(), batch).await?;
        }
        for some in communes.chunks(rows_per_statement(1)) {
            placing.learn(tx, organizations::Column::CommuneCode.is_in(some.iter().copied()).into(), batch).await?;
        }
        if !communes.is_empty() {
            let departments = organizations::Column::Kind.eq(Kind::ProvinceDepartment.as_str());
            placing.learn(tx, departments.into(), batch).await?;
        }
        let schools: Vec<Uuid> = known.keys().copied().collect();
        for some in schools.chunks(rows_per_statement(1)) {
            let select = Entity::find()
                .filter(Column::SchoolId.is_in(some.iter().copied()))
                .filter(Column::ValidTo.is_null())
                .lock_exclusive();
            placing.current.extend(select.all(tx.conn()).await?.into_iter().map(|row| (row.school_id, row)));
        }
        Ok(placing)
    }

    async fn learn(&mut self, tx: &Tx, which: Condition, batch: &Batch<'_>) -> Result<(), Error> {
        use organizations::Column;
        let today = batch.now.vietnam_day();
        let living = Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gt(today));
        let found = organizations::Entity::find().filter(which).filter(living).all(tx.conn()).await?;
        for organization in found {
            let id = OrganizationId::from_uuid(organization.id);
            if organization.kind == Kind::CommuneCommittee.as_str() {
                self.committees.extend(organization.commune_code.map(|commune| (commune, id)));
            } else if organization.kind == Kind::ProvinceDepartment.as_str() {
                self.departments.extend(organization.province_code.map(|province| (province, id)));
            }
            self.by_code.insert(organization.code, id);
        }
        Ok(())
    }

    /// The managements to be written for a row; none when its manager stays.
    pub(super) fn of(
        &self,
        batch: &Batch<'_>,
        row: &Upsert,
        before: Option<&schools::Model>,
        school: &schools::Model,
    ) -> Result<Vec<Model>, Refusal> {
        let current = before.and_then(|before| self.current.get(&before.id));
        let manager = match (&row.manager, current) {
            (Some(manager), _) => self.named(manager)?,
            (None, Some(current)) => OrganizationId::from_uuid(current.organization_id),
            (None, None) => self.default_of(school)?,
        };
        let stays = current.is_some_and(|current| current.organization_id == manager.uuid());
        self.allow(batch, before, current, school, manager, stays)?;
        if stays {
            return Ok(Vec::new());
        }
        let today = batch.now.vietnam_day();
        let from = row.manager.as_ref().and_then(|manager| manager.from);
        let from = from.unwrap_or(if before.is_some() { today } else { school.valid_from });
        let source = match &row.manager {
            None => DEFAULT_BY_LEVEL.to_owned(),
            Some(Manager { source: None, .. }) => DECLARED.to_owned(),
            Some(Manager { source: Some(source), .. }) => batch::name("managingOrganization.source", source, 300)?,
        };
        replace(current, school, manager, from, source, batch.now)
    }

    fn named(&self, manager: &Manager) -> Result<OrganizationId, Refusal> {
        let found = self.by_code.get(manager.organization_code.trim()).copied();
        found.ok_or_else(|| Refusal::not_found("organization").at("managingOrganization.organizationCode"))
    }

    fn default_of(&self, school: &schools::Model) -> Result<OrganizationId, Refusal> {
        let mut levels = school.levels.split(',').filter_map(|code| EducationLevel::parse(code).ok());
        let of_commune = levels.all(EducationLevel::is_usually_managed_by_commune);
        let found = if of_commune {
            self.committees.get(&school.location_commune_code)
        } else {
            self.departments.get(&school.province_code)
        };
        found.copied().ok_or_else(|| batch::required("managingOrganization"))
    }

    /// Making, placing and closing schools belongs to those above them, before and after.
    fn allow(
        &self,
        batch: &Batch<'_>,
        before: Option<&schools::Model>,
        current: Option<&Model>,
        school: &schools::Model,
        manager: OrganizationId,
        stays: bool,
    ) -> Result<(), Refusal> {
        let placed = |school: &schools::Model| {
            let (commune, status) = (school.location_commune_code.clone(), school.status.clone());
            (commune, status, school.valid_from, school.valid_to)
        };
        if stays && before.is_some_and(|before| placed(before) == placed(school)) {
            return Ok(());
        }
        let above_before = before.is_none_or(|before| {
            let manager = current.map(|current| OrganizationId::from_uuid(current.organization_id));
            batch.reach.places_schools(&before.province_code, manager)
        });
        if above_before && batch.reach.places_schools(&school.province_code, Some(manager)) {
            return Ok(());
        }
        Err(Refusal::not_found("school").at("key"))
    }
}

fn replace(
    current: Option<&Model>,
    school: &schools::Model,
    manager: OrganizationId,
    from: NaiveDate,
    source: String,
    now: Timestamp,
) -> Result<Vec<Model>, Refusal> {
    let next = Model {
        id: SchoolManagementId::new(now).uuid(),
        school_id: school.id,
        organization_id: manager.uuid(),
        valid_from: from,
        valid_to: None,
        source,
        created_at: now,
    };
    match current {
        None => Ok(vec![next]),
        // The same first day again is a correction of what was written.
        Some(current) if from == current.valid_from => Ok(vec![Model { id: current.id, ..next }]),
        Some(current) if from > current.valid_from => Ok(vec![Model { valid_to: Some(from), ..current.clone() }, next]),
        Some(current) => Err(Refusal::new(
            "MANAGEMENT_OVERLAPS",
            format!("The present management began on {}; a new one begins on that day or later.", current.valid_from),
            format!("Cơ quan quản lý hiện tại bắt đầu từ {}; thời điểm mới không được sớm hơn.", current.valid_from),
        )
        .at("managingOrganization.from")),
    }
}

/// Writes managements.
pub(super) async fn save(tx: &Tx, managements: Vec<Model>) -> Result<(), Error> {
    bulk::save::<Entity>(tx, managements).await
}
