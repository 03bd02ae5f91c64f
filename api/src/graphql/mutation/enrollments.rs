//! Making and altering enrollments: joining, changing class, leaving, moving to another school.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use entities::batch::Batch;
use entities::enrollments::{self, Key, Upsert};
use entities::ids::EnrollmentId;
use entities::{Refusal, transaction};

use super::attempt;
use super::students::JoiningInput;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, or_refused};
use crate::graphql::node_id;
use crate::graphql::types::enrollment::Enrollment;
use crate::graphql::types::row::{Parsed, Rows};
use crate::graphql::types::student_key::StudentKey;

/// Enrollments as they are to be (cập nhật quá trình học).
#[derive(Clone, Debug, InputObject)]
pub struct UpsertEnrollmentsInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input is not applied again, with
    /// another input it is refused. Null applies the rows whenever they come; unchanged rows write nothing.
    pub idempotency_key: Option<String>,
    /// The enrollments (quá trình học), at most 500.
    pub enrollments: Vec<EnrollmentInput>,
}

/// Names one enrollment (quá trình học) at a school, by exactly one of these.
#[derive(Clone, Debug, OneofObject)]
pub enum EnrollmentKey {
    /// The global id (mã toàn cục); the enrollment must exist.
    Id(ID),
    /// The caller's own id (mã riêng của ứng dụng). An enrollment that is new under it needs `student` too.
    ExternalId(String),
    /// The student (học sinh): the enrollment of that school year, and of the first day if one is given.
    Student(StudentKey),
}

/// The wanted state of an enrollment (quá trình học). A student is at one school at a time: a new enrollment ends the
/// running one on its first day, and with it the old school's access.
#[derive(Clone, Debug, InputObject)]
pub struct EnrollmentInput {
    /// The school's code (mã trường).
    pub school_code: String,
    /// Which enrollment (quá trình học).
    pub key: EnrollmentKey,
    /// The caller's own id (mã riêng), kept beside a key of another kind; only for clients.
    pub external_id: Option<String>,
    /// The student (học sinh), for an enrollment that is new under an external id.
    pub student: Option<StudentKey>,
    /// How the student is at the school (quá trình học).
    pub enrollment: JoiningInput,
}

/// What is done with enrollments.
#[derive(Default)]
pub struct EnrollmentMutation;

#[Object]
impl EnrollmentMutation {
    /// Makes or alters enrollments in bulk (cập nhật quá trình học), with a result per row.
    async fn upsert_enrollments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The enrollments.")] input: UpsertEnrollmentsInput,
    ) -> Result<Rows<Enrollment>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("upsertEnrollments")?;
        let key = input.idempotency_key.as_deref();
        let attempt = key.map(|key| attempt(request, "upsertEnrollments", key, &input)).transpose()?;
        let parsed = match Parsed::read(input.enrollments, EnrollmentInput::external_id, EnrollmentInput::read) {
            Ok(parsed) => parsed,
            Err(refusal) => return Ok(Rows::refused(vec![refusal.into()])),
        };
        let batch = Batch { reach: &request.reach, attempt: attempt.as_ref(), now: request.now };
        let written = transaction!(request.db(), |tx| enrollments::upsert(tx, &batch, &parsed.rows).await);
        let results = match or_refused(written)? {
            Ok(results) => parsed.with(results),
            Err(refused) => return Ok(Rows::refused(refused)),
        };
        let ids: Vec<EnrollmentId> = results.iter().filter_map(|row| row.id).map(EnrollmentId::from_uuid).collect();
        let found = enrollments::by_ids(request.db(), &request.reach, &ids).await?;
        let nodes = found.into_iter().map(|(id, enrollment)| (id.uuid(), Enrollment::from(enrollment))).collect();
        Ok(Rows::of(results, &nodes))
    }
}

impl EnrollmentInput {
    /// What the caller calls the row.
    pub(in crate::graphql) fn external_id(&self) -> Option<String> {
        if let EnrollmentKey::ExternalId(id) = &self.key { Some(id.clone()) } else { self.external_id.clone() }
    }

    /// The row in the ledger's words.
    pub(in crate::graphql) fn read(self) -> Result<Upsert, Refusal> {
        let key = match self.key {
            EnrollmentKey::Id(id) => Key::Id(EnrollmentId::from_uuid(
                node_id::row("Enrollment", &id).map_err(|refusal| refusal.at("key.id"))?,
            )),
            EnrollmentKey::ExternalId(id) => Key::External(id),
            EnrollmentKey::Student(student) => Key::Student(student.try_into()?),
        };
        Ok(Upsert {
            school_code: self.school_code,
            key,
            external_id: self.external_id,
            student: self.student.map(TryInto::try_into).transpose()?,
            joining: self.enrollment.read()?,
        })
    }
}
