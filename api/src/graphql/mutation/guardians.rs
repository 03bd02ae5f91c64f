//! Making, altering and ending guardians of students, each in the name of a school.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use entities::batch::{Batch, unmasked};
use entities::codes::{Email, Kind, PersonalId, Phone};
use entities::guardians::{self, Key, Upsert};
use entities::ids::GuardianId;
use entities::{Refusal, transaction};

use super::attempt;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code, or_refused};
use crate::graphql::node_id;
use crate::graphql::scalars::Day;
use crate::graphql::types::code_lists::GuardianRelation;
use crate::graphql::types::guardian::{self, Guardian};
use crate::graphql::types::row::{Parsed, Rows};
use crate::graphql::types::student_key::StudentKey;

/// Guardians as they are to be (cập nhật cha mẹ, người giám hộ).
#[derive(Clone, Debug, InputObject)]
pub struct UpsertGuardiansInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input is not applied again, with
    /// another input it is refused. Null applies the rows whenever they come; unchanged rows write nothing.
    pub idempotency_key: Option<String>,
    /// The guardians (cha mẹ, người giám hộ), at most 500; each row is one person for one student.
    pub guardians: Vec<GuardianInput>,
}

/// Names one guardian (cha mẹ hoặc người giám hộ), by exactly one of these.
#[derive(Clone, Debug, OneofObject)]
pub enum GuardianKey {
    /// The global id (mã toàn cục); the person must answer for a student of the school, who may be a brother or sister.
    Id(ID),
    /// The caller's own id (mã riêng của ứng dụng), which counts within the school. Who is not known under it is new.
    ExternalId(String),
    /// What the person is to the student (quan hệ với học sinh): whoever is so today, else somebody new.
    Relation(GuardianRelation),
}

/// The wanted state of a guardian of a student (cha mẹ hoặc người giám hộ). What is null stays as it is; somebody new needs a
/// full name and a relation. A student has one father, mother and spouse at a time: to take up one who is there already, name
/// that one by the relation and give `externalId` beside it.
#[derive(Clone, Debug, InputObject)]
pub struct GuardianInput {
    /// The school in whose name the row is sent, by its code (mã trường); external ids count within it.
    pub school_code: String,
    /// For which student (học sinh); one who is at that school today.
    pub student: StudentKey,
    /// Which guardian (người giám hộ).
    pub key: GuardianKey,
    /// The caller's own id (mã riêng), kept beside a key of another kind; only for clients.
    pub external_id: Option<String>,
    /// What the guardian is to the student (quan hệ với học sinh).
    pub relation: Option<GuardianRelation>,
    /// The full name (họ và tên), at most 100 characters.
    pub full_name: Option<String>,
    /// The day of birth (ngày sinh).
    pub birth_date: Option<Day>,
    /// The telephone number (số điện thoại).
    pub phone: Option<String>,
    /// The e-mail address (địa chỉ email).
    pub email: Option<String>,
    /// The personal ID (số định danh cá nhân), twelve digits; it is kept encrypted and never shown. A row that gives one is
    /// always UPDATED, so that nobody learns whether it was the same.
    pub personal_id: Option<String>,
    /// The place among those who are to be called, 1 to 9 (thứ tự liên hệ).
    pub contact_order: Option<i32>,
    /// The first day (từ ngày), today or earlier; null for somebody new means today.
    pub valid_from: Option<Day>,
    /// The day after the last one (đến ngày), today or earlier: the person answers for the student no longer.
    pub valid_to: Option<Day>,
}

/// What is done with guardians.
#[derive(Default)]
pub struct GuardianMutation;

#[Object]
impl GuardianMutation {
    /// Makes, alters or ends guardians of students in bulk (cập nhật cha mẹ, người giám hộ), with a result per row.
    async fn upsert_guardians(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The guardians.")] input: UpsertGuardiansInput,
    ) -> Result<Rows<Guardian>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("upsertGuardians")?;
        let key = input.idempotency_key.as_deref();
        let attempt = key.map(|key| attempt(request, "upsertGuardians", key, &input)).transpose()?;
        let kind = request.db().kind();
        let parsed = match Parsed::read(input.guardians, GuardianInput::external_id, |row| row.read(kind)) {
            Ok(parsed) => parsed,
            Err(refusal) => return Ok(Rows::refused(vec![refusal.into()])),
        };
        let batch = Batch { reach: &request.reach, attempt: attempt.as_ref(), now: request.now };
        let written = transaction!(request.db(), |tx| guardians::upsert(tx, &batch, &parsed.rows).await);
        let results = match or_refused(written)? {
            Ok(results) => parsed.with(results),
            Err(refused) => return Ok(Rows::refused(refused)),
        };
        // Reading people back is a look at children's records, so it is done only for those who ask.
        let mut ids: Vec<GuardianId> = Vec::new();
        if ctx.look_ahead().field("rows").field("node").exists() && request.may_read("Guardian", "id") {
            ids.extend(results.iter().filter_map(|row| row.id).map(GuardianId::from_uuid));
        }
        let found = guardian::by_ids(request, &ids).await?;
        let nodes = found.into_iter().map(|(id, guardian)| (id.uuid(), guardian)).collect();
        Ok(Rows::of(results, &nodes))
    }
}

impl GuardianInput {
    /// What the caller calls the row.
    pub(in crate::graphql) fn external_id(&self) -> Option<String> {
        if let GuardianKey::ExternalId(id) = &self.key { Some(id.clone()) } else { self.external_id.clone() }
    }

    /// The row in the ledger's words.
    pub(in crate::graphql) fn read(self, kind: Kind) -> Result<Upsert, Refusal> {
        let given = [("phone", &self.phone), ("email", &self.email), ("personalId", &self.personal_id)];
        given.iter().try_for_each(|(field, text)| text.as_deref().map_or(Ok(()), |text| unmasked(field, text)))?;
        let phone = self.phone.as_deref().map(|phone| Phone::parse(phone, kind)).transpose();
        let email = self.email.as_deref().map(Email::parse).transpose();
        let personal_id = self.personal_id.as_deref().map(|id| PersonalId::parse(id, kind)).transpose();
        let key = match self.key {
            GuardianKey::Id(id) => {
                Key::Id(GuardianId::from_uuid(node_id::row("Guardian", &id).map_err(|refusal| refusal.at("key.id"))?))
            }
            GuardianKey::ExternalId(id) => Key::External(id),
            GuardianKey::Relation(relation) => Key::Relation(relation.into()),
        };
        Ok(Upsert {
            school_code: self.school_code,
            student: self.student.try_into()?,
            key,
            external_id: self.external_id,
            relation: self.relation.map(Into::into),
            full_name: self.full_name,
            birth_date: self.birth_date.map(|day| day.0),
            phone: phone.map_err(bad_code("phone"))?,
            email: email.map_err(bad_code("email"))?,
            personal_id: personal_id.map_err(bad_code("personalId"))?,
            contact_order: self.contact_order.map(i64::from),
            valid_from: self.valid_from.map(|day| day.0),
            valid_to: self.valid_to.map(|day| day.0),
        })
    }
}
