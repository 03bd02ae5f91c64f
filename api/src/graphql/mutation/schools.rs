//! Making and altering schools.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use entities::batch::Batch;
use entities::ids::SchoolId;
use entities::schools::{self, Key, Manager, Upsert};
use entities::{Refusal, transaction};

use super::attempt;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, or_refused};
use crate::graphql::node_id;
use crate::graphql::scalars::Day;
use crate::graphql::types::code_lists::{EducationLevel, Ownership, SchoolStatus};
use crate::graphql::types::row::{Parsed, Rows};
use crate::graphql::types::school::School;

/// Schools as they are to be (cập nhật danh sách trường).
#[derive(Clone, Debug, InputObject)]
pub struct UpsertSchoolsInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input is not applied again, with
    /// another input it is refused. Null applies the rows whenever they come; unchanged rows write nothing.
    pub idempotency_key: Option<String>,
    /// The schools (trường), at most 500.
    pub schools: Vec<SchoolInput>,
}

/// Names one school (trường), by exactly one of these.
#[derive(Clone, Debug, OneofObject)]
pub enum SchoolKey {
    /// The global id (mã toàn cục); the school must exist.
    Id(ID),
    /// The school's code (mã trường).
    Code(String),
    /// The caller's own id (mã riêng của ứng dụng). A school that is new under it needs `code` too.
    ExternalId(String),
}

/// The wanted state of a school (trường). What is null stays as it is; a new school needs code, name, levels, ownership
/// and commune.
#[derive(Clone, Debug, InputObject)]
pub struct SchoolInput {
    /// Which school (trường).
    pub key: SchoolKey,
    /// The caller's own id (mã riêng), kept beside a key of another kind; only for clients.
    pub external_id: Option<String>,
    /// The school's code (mã trường); it can be given once and never changes.
    pub code: Option<String>,
    /// Its name (tên trường), at most 200 characters.
    pub name: Option<String>,
    /// The levels it teaches (cấp học).
    pub levels: Option<Vec<EducationLevel>>,
    /// Who owns it (loại hình).
    pub ownership: Option<Ownership>,
    /// The commune in which it lies, by its present code (mã xã, phường).
    pub location_commune_code: Option<String>,
    /// Where it stands in its life (trạng thái); a new school is active.
    pub status: Option<SchoolStatus>,
    /// The day it began (ngày thành lập); null for a new school means today.
    pub valid_from: Option<Day>,
    /// The day it ended (ngày kết thúc).
    pub valid_to: Option<Day>,
    /// Who manages it (cơ quan quản lý trực tiếp); null for a new school takes the default of its levels and commune.
    pub managing_organization: Option<SchoolManagerInput>,
}

/// Who is to manage a school, from when, and where that is written (cơ quan quản lý trực tiếp).
#[derive(Clone, Debug, InputObject)]
pub struct SchoolManagerInput {
    /// The organization's code (mã cơ quan).
    pub organization_code: String,
    /// From which day (từ ngày); null means today, for a new school its first day.
    pub from: Option<Day>,
    /// The decision that says so (căn cứ); null means that the caller declares it.
    pub source: Option<String>,
}

/// What is done with schools.
#[derive(Default)]
pub struct SchoolMutation;

#[Object]
impl SchoolMutation {
    /// Makes or alters schools in bulk (cập nhật danh sách trường), with a result per row.
    async fn upsert_schools(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The schools.")] input: UpsertSchoolsInput,
    ) -> Result<Rows<School>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("upsertSchools")?;
        let key = input.idempotency_key.as_deref();
        let attempt = key.map(|key| attempt(request, "upsertSchools", key, &input)).transpose()?;
        let parsed = match Parsed::read(input.schools, SchoolInput::external_id, SchoolInput::read) {
            Ok(parsed) => parsed,
            Err(refusal) => return Ok(Rows::refused(vec![refusal.into()])),
        };
        let batch = Batch { reach: &request.reach, attempt: attempt.as_ref(), now: request.now };
        let written = transaction!(request.db(), |tx| schools::upsert(tx, &batch, &parsed.rows).await);
        let results = match or_refused(written)? {
            Ok(results) => parsed.with(results),
            Err(refused) => return Ok(Rows::refused(refused)),
        };
        let ids: Vec<SchoolId> = results.iter().filter_map(|row| row.id).map(SchoolId::from_uuid).collect();
        let found = schools::by_ids(request.db(), &request.reach, &ids).await?;
        let nodes = found.into_iter().map(|(id, school)| (id.uuid(), School::from(school))).collect();
        Ok(Rows::of(results, &nodes))
    }
}

impl SchoolInput {
    /// What the caller calls the row.
    pub(in crate::graphql) fn external_id(&self) -> Option<String> {
        if let SchoolKey::ExternalId(id) = &self.key { Some(id.clone()) } else { self.external_id.clone() }
    }

    /// The row in the ledger's words.
    pub(in crate::graphql) fn read(self) -> Result<Upsert, Refusal> {
        let key = match self.key {
            SchoolKey::Id(id) => {
                Key::Id(SchoolId::from_uuid(node_id::row("School", &id).map_err(|refusal| refusal.at("key.id"))?))
            }
            SchoolKey::Code(code) => Key::Code(code),
            SchoolKey::ExternalId(id) => Key::External(id),
        };
        Ok(Upsert {
            key,
            external_id: self.external_id,
            code: self.code,
            name: self.name,
            levels: self.levels.map(|levels| levels.into_iter().map(Into::into).collect()),
            ownership: self.ownership.map(Into::into),
            location_commune_code: self.location_commune_code,
            status: self.status.map(Into::into),
            valid_from: self.valid_from.map(|day| day.0),
            valid_to: self.valid_to.map(|day| day.0),
            manager: self.managing_organization.map(|manager| Manager {
                organization_code: manager.organization_code,
                from: manager.from.map(|day| day.0),
                source: manager.source,
            }),
        })
    }
}
