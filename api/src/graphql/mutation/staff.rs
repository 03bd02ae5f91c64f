//! Making, altering and ending staff of schools.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use entities::batch::{Batch, unmasked};
use entities::catalogues::StaffPosition;
use entities::codes::{Email, Kind, MinistryCode, PersonalId, Phone};
use entities::ids::StaffId;
use entities::staff::{self, Key, Upsert};
use entities::{Refusal, transaction};

use super::attempt;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code, or_refused};
use crate::graphql::node_id;
use crate::graphql::scalars::Day;
use crate::graphql::types::code_lists::{Gender, StaffGroup, StaffStatus};
use crate::graphql::types::row::{Parsed, Rows};
use crate::graphql::types::staff::Staff;

/// Staff as they are to be (cập nhật cán bộ, giáo viên, nhân viên).
#[derive(Clone, Debug, InputObject)]
pub struct UpsertStaffInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input is not applied again, with
    /// another input it is refused. Null applies the rows whenever they come; unchanged rows write nothing.
    pub idempotency_key: Option<String>,
    /// The staff (cán bộ, giáo viên, nhân viên), at most 500.
    pub staff: Vec<StaffInput>,
}

/// Names one person at a school (cán bộ, giáo viên, nhân viên), by exactly one of these.
#[derive(Clone, Debug, OneofObject)]
pub enum StaffKey {
    /// The global id (mã toàn cục).
    Id(ID),
    /// The code in the ministry's database (mã cán bộ, mã giáo viên), at the row's school.
    MinistryCode(String),
    /// The caller's own id (mã riêng của ứng dụng), which counts within the school.
    ExternalId(String),
}

/// The wanted state of a person who works at a school (cán bộ, giáo viên, nhân viên). What is null stays as it is; somebody new
/// needs a full name and a group, or a position. An employment that has ended stays so: who returns needs a new `validFrom`.
#[derive(Clone, Debug, InputObject)]
pub struct StaffInput {
    /// The school, by its code (mã trường); external ids count within it.
    pub school_code: String,
    /// Which person (cán bộ).
    pub key: StaffKey,
    /// The caller's own id (mã riêng), kept beside a key of another kind; only for clients.
    pub external_id: Option<String>,
    /// The code in the ministry's database (mã cán bộ, mã giáo viên), ten digits; it can be given once and never changes.
    pub ministry_code: Option<String>,
    /// The full name (họ và tên), at most 100 characters.
    pub full_name: Option<String>,
    /// The day of birth (ngày sinh).
    pub birth_date: Option<Day>,
    /// The gender (giới tính).
    pub gender: Option<Gender>,
    /// The telephone number (số điện thoại).
    pub phone: Option<String>,
    /// The e-mail address (địa chỉ email).
    pub email: Option<String>,
    /// The personal ID (số định danh cá nhân), twelve digits; it is kept encrypted and never shown. A row that gives one is
    /// always UPDATED, so that nobody learns whether it was the same.
    pub personal_id: Option<String>,
    /// The group (nhóm cán bộ).
    pub group: Option<StaffGroup>,
    /// The position, by the ministry's code (mã loại cán bộ); it tells the group where none is given.
    pub position_code: Option<String>,
    /// Whether and how the person works there (trạng thái); somebody new is WORKING. MOVED_AWAY, REASSIGNED and RETIRED end it.
    pub status: Option<StaffStatus>,
    /// The first day (từ ngày), today or earlier; null for somebody new means today.
    pub valid_from: Option<Day>,
    /// The day after the last one (đến ngày), today or earlier; null with a status that ends the employment means today.
    pub valid_to: Option<Day>,
}

/// What is done with staff.
#[derive(Default)]
pub struct StaffMutation;

#[Object]
impl StaffMutation {
    /// Makes, alters or ends staff of schools in bulk (cập nhật cán bộ, giáo viên, nhân viên), with a result per row.
    async fn upsert_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The staff.")] input: UpsertStaffInput,
    ) -> Result<Rows<Staff>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("upsertStaff")?;
        let key = input.idempotency_key.as_deref();
        let attempt = key.map(|key| attempt(request, "upsertStaff", key, &input)).transpose()?;
        let kind = request.db().kind();
        let parsed = match Parsed::read(input.staff, StaffInput::external_id, |row| row.read(kind)) {
            Ok(parsed) => parsed,
            Err(refusal) => return Ok(Rows::refused(vec![refusal.into()])),
        };
        let batch = Batch { reach: &request.reach, attempt: attempt.as_ref(), now: request.now };
        let written = transaction!(request.db(), |tx| staff::upsert(tx, &batch, &parsed.rows).await);
        let results = match or_refused(written)? {
            Ok(results) => parsed.with(results),
            Err(refused) => return Ok(Rows::refused(refused)),
        };
        let ids: Vec<StaffId> = results.iter().filter_map(|row| row.id).map(StaffId::from_uuid).collect();
        let found = match request.may_read("Staff", "id") {
            true => staff::by_ids(request.db(), &request.reach, &ids).await?,
            false => HashMap::new(),
        };
        let nodes = found.into_iter().map(|(id, staff)| (id.uuid(), Staff::shown(request, staff))).collect();
        Ok(Rows::of(results, &nodes))
    }
}

impl StaffInput {
    /// What the caller calls the row.
    pub(in crate::graphql) fn external_id(&self) -> Option<String> {
        if let StaffKey::ExternalId(id) = &self.key { Some(id.clone()) } else { self.external_id.clone() }
    }

    /// The row in the ledger's words.
    pub(in crate::graphql) fn read(self, kind: Kind) -> Result<Upsert, Refusal> {
        let given = [
            ("ministryCode", &self.ministry_code),
            ("phone", &self.phone),
            ("email", &self.email),
            ("personalId", &self.personal_id),
        ];
        given.iter().try_for_each(|(field, text)| text.as_deref().map_or(Ok(()), |text| unmasked(field, text)))?;
        let ministry_code = self.ministry_code.as_deref().map(MinistryCode::parse).transpose();
        let phone = self.phone.as_deref().map(|phone| Phone::parse(phone, kind)).transpose();
        let email = self.email.as_deref().map(Email::parse).transpose();
        let personal_id = self.personal_id.as_deref().map(|id| PersonalId::parse(id, kind)).transpose();
        let position = self.position_code.as_deref().map(StaffPosition::parse).transpose();
        let key = match self.key {
            StaffKey::Id(id) => {
                let row = node_id::row("Staff", &id).map_err(|refusal| refusal.at("key.id"))?;
                Key::Id(StaffId::from_uuid(row))
            }
            StaffKey::MinistryCode(code) => Key::MinistryCode(code),
            StaffKey::ExternalId(id) => Key::External(id),
        };
        Ok(Upsert {
            school_code: self.school_code,
            key,
            external_id: self.external_id,
            ministry_code: ministry_code.map_err(bad_code("ministryCode"))?,
            full_name: self.full_name,
            birth_date: self.birth_date.map(|day| day.0),
            gender: self.gender.map(Into::into),
            phone: phone.map_err(bad_code("phone"))?,
            email: email.map_err(bad_code("email"))?,
            personal_id: personal_id.map_err(bad_code("personalId"))?,
            group: self.group.map(Into::into),
            position: position.map_err(bad_code("positionCode"))?,
            status: self.status.map(Into::into),
            valid_from: self.valid_from.map(|day| day.0),
            valid_to: self.valid_to.map(|day| day.0),
        })
    }
}
