//! Making and altering students, each in the name of a school.

use async_graphql::{Context, InputObject, Object};
use entities::batch::{Batch, unmasked};
use entities::catalogues::EthnicGroup;
use entities::codes::{Kind, MinistryCode, PersonalId, Phone, SchoolYear};
use entities::enrollments::Joining;
use entities::ids::StudentId;
use entities::students::{self, Upsert};
use entities::{Refusal, transaction};

use super::attempt;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code, or_refused};
use crate::graphql::scalars::Day;
use crate::graphql::types::code_lists::{Gender, StudentStatus};
use crate::graphql::types::row::{Parsed, Rows};
use crate::graphql::types::student::Student;
use crate::graphql::types::student_key::StudentKey;

/// Students as they are to be (cập nhật danh sách học sinh).
#[derive(Clone, Debug, InputObject)]
pub struct UpsertStudentsInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input is not applied again, with
    /// another input it is refused. Null applies the rows whenever they come; unchanged rows write nothing.
    pub idempotency_key: Option<String>,
    /// The students (học sinh), at most 500.
    pub students: Vec<StudentInput>,
}

/// The wanted state of a student (học sinh). What is null stays as it is; a new student needs a full name and an
/// enrollment. A student whom no school holds is taken up by ministry code and the right day of birth.
#[derive(Clone, Debug, InputObject)]
pub struct StudentInput {
    /// The school in whose name the row is sent, by its code (mã trường); external ids count within it.
    pub school_code: String,
    /// Which student (học sinh).
    pub key: StudentKey,
    /// The caller's own id (mã riêng), kept beside a key of another kind; only for clients.
    pub external_id: Option<String>,
    /// The code in the ministry's database (mã định danh học sinh), ten digits; it can be given once and never changes.
    pub ministry_code: Option<String>,
    /// The full name (họ và tên), at most 100 characters.
    pub full_name: Option<String>,
    /// The day of birth (ngày sinh).
    pub birth_date: Option<Day>,
    /// The gender (giới tính).
    pub gender: Option<Gender>,
    /// The ethnic group (dân tộc), by its two-digit code of the order of 2008.
    pub ethnic_group_code: Option<String>,
    /// The phone of the family (số điện thoại liên hệ).
    pub phone: Option<String>,
    /// The personal ID (số định danh cá nhân), twelve digits; it is kept encrypted and never shown.
    pub personal_id: Option<String>,
    /// How the student is at the school (quá trình học).
    pub enrollment: Option<JoiningInput>,
}

/// How a student is at a school (quá trình học). What is null stays as it is.
#[derive(Clone, Debug, InputObject)]
pub struct JoiningInput {
    /// The calendar year in which the school year starts (năm học).
    pub school_year: i32,
    /// The class's code within the school and year (mã lớp); null for a new enrollment means no class yet.
    pub class_code: Option<String>,
    /// How the student is, or why no longer, at the school (trạng thái); a new enrollment is STUDYING.
    pub status: Option<StudentStatus>,
    /// The first day (từ ngày); null means the enrollment of that year, for a new one today.
    pub valid_from: Option<Day>,
    /// The day after the last one (đến ngày); null with a status that is no longer at the school means today.
    pub valid_to: Option<Day>,
}

/// What is done with students.
#[derive(Default)]
pub struct StudentMutation;

#[Object]
impl StudentMutation {
    /// Makes or alters students in bulk, and enrolls them (cập nhật danh sách học sinh), with a result per row.
    async fn upsert_students(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The students.")] input: UpsertStudentsInput,
    ) -> Result<Rows<Student>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("upsertStudents")?;
        let key = input.idempotency_key.as_deref();
        let attempt = key.map(|key| attempt(request, "upsertStudents", key, &input)).transpose()?;
        let kind = request.db().kind();
        let parsed = match Parsed::read(input.students, StudentInput::external_id, |row| row.read(kind)) {
            Ok(parsed) => parsed,
            Err(refusal) => return Ok(Rows::refused(vec![refusal.into()])),
        };
        let batch = Batch { reach: &request.reach, attempt: attempt.as_ref(), now: request.now };
        let written = transaction!(request.db(), |tx| students::upsert(tx, &batch, &parsed.rows).await);
        let results = match or_refused(written)? {
            Ok(results) => parsed.with(results),
            Err(refused) => return Ok(Rows::refused(refused)),
        };
        // Reading people back is a look at their records, so it is done only for those who ask.
        let mut ids: Vec<StudentId> = Vec::new();
        if ctx.look_ahead().field("rows").field("node").exists() && request.may_read("Student", "id") {
            ids.extend(results.iter().filter_map(|row| row.id).map(StudentId::from_uuid));
        }
        let found = students::by_ids(request.db(), &request.reach, &ids).await?;
        let nodes = found.into_iter().map(|(id, student)| (id.uuid(), Student::shown(request, student))).collect();
        Ok(Rows::of(results, &nodes))
    }
}

impl StudentInput {
    /// What the caller calls the row.
    pub(in crate::graphql) fn external_id(&self) -> Option<String> {
        if let StudentKey::ExternalId(id) = &self.key { Some(id.clone()) } else { self.external_id.clone() }
    }

    /// The row in the ledger's words.
    pub(in crate::graphql) fn read(self, kind: Kind) -> Result<Upsert, Refusal> {
        let given = [
            ("ministryCode", &self.ministry_code),
            ("phone", &self.phone),
            ("personalId", &self.personal_id),
            ("ethnicGroupCode", &self.ethnic_group_code),
        ];
        given.iter().try_for_each(|(field, text)| text.as_deref().map_or(Ok(()), |text| unmasked(field, text)))?;
        let ministry_code = self.ministry_code.as_deref().map(MinistryCode::parse).transpose();
        let ethnic_group = self.ethnic_group_code.as_deref().map(EthnicGroup::parse).transpose();
        let phone = self.phone.as_deref().map(|phone| Phone::parse(phone, kind)).transpose();
        let personal_id = self.personal_id.as_deref().map(|id| PersonalId::parse(id, kind)).transpose();
        Ok(Upsert {
            school_code: self.school_code,
            key: self.key.try_into()?,
            external_id: self.external_id,
            ministry_code: ministry_code.map_err(bad_code("ministryCode"))?,
            full_name: self.full_name,
            birth_date: self.birth_date.map(|day| day.0),
            gender: self.gender.map(Into::into),
            ethnic_group: ethnic_group.map_err(bad_code("ethnicGroupCode"))?,
            phone: phone.map_err(bad_code("phone"))?,
            personal_id: personal_id.map_err(bad_code("personalId"))?,
            enrollment: self.enrollment.map(JoiningInput::read).transpose()?,
        })
    }
}

impl JoiningInput {
    /// The joining in the ledger's words.
    pub(super) fn read(self) -> Result<Joining, Refusal> {
        Ok(Joining {
            school_year: SchoolYear::starting(self.school_year).map_err(bad_code("schoolYear"))?,
            class_code: self.class_code,
            status: self.status.map(Into::into),
            from: self.valid_from.map(|day| day.0),
            to: self.valid_to.map(|day| day.0),
        })
    }
}
