//! Guardians: who answers for students at home, and for which students in reach. A look at a guardian is a look at the child.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::guardians;
use entities::ids::{GuardianId, StudentId};

use super::code_lists::{GuardianRelation, PersonalIdStatus};
use super::external_id::ExternalId;
use super::student::Student;
use crate::auth::policy;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::scalars::Day;
use crate::graphql::shown::Shown;

const KIND: &str = "Guardian";

/// A person who answers for students at home (cha mẹ hoặc người giám hộ). Who reads a student reads who answers for that
/// student today; there is no list of guardians.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Guardian {
    /// Global id (mã toàn cục). A child who moves to another school takes a copy of a guardian along whose other children stay.
    pub id: ID,
    /// The full name (họ và tên), never split. Null when masked.
    pub full_name: Shown<String>,
    /// The day of birth (ngày sinh); null when unknown, or masked.
    pub birth_date: Shown<Day>,
    /// The telephone number (số điện thoại) in E.164 form; null when unknown, or masked.
    pub phone: Shown<String>,
    /// The telephone number with all but its last three digits hidden (số điện thoại đã che); null when unknown, or masked.
    pub phone_masked: Shown<String>,
    /// The e-mail address (địa chỉ email); null when unknown, or masked.
    pub email: Shown<String>,
    /// Whether the personal ID (số định danh cá nhân) is known; no digit of it is ever shown. Null when masked.
    pub personal_id_status: Shown<PersonalIdStatus>,
    /// Whether the person is invented (dữ liệu mẫu).
    pub synthetic: bool,
    #[graphql(skip)]
    row: GuardianId,
}

/// What a guardian is to a student today (quan hệ giữa người giám hộ và học sinh).
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Guardianship {
    /// What the guardian is to the student (quan hệ với học sinh).
    pub relation: GuardianRelation,
    /// The place among those who are to be called, from 1 (thứ tự liên hệ); null when nobody has said.
    pub contact_order: Option<i32>,
    /// The first day (từ ngày).
    pub valid_from: Day,
    #[graphql(skip)]
    student: StudentId,
    #[graphql(skip)]
    guardian: GuardianId,
}

impl Guardian {
    /// What the caller may see of a guardian.
    #[must_use]
    pub fn shown(request: &Request, guardian: guardians::Guardian) -> Self {
        let may = |field| request.may_read(KIND, field);
        let phone = guardian.phone.as_ref().map(|phone| phone.as_str().to_owned());
        let phone_masked = guardian.phone.as_ref().map(|phone| phone.masked());
        let email = guardian.email.as_ref().map(|email| email.as_str().to_owned());
        let status = PersonalIdStatus::from(guardian.personal_id_status);
        Self {
            id: node_id::encode(KIND, guardian.id.uuid()),
            row: guardian.id,
            full_name: Shown::when(may("fullName"), guardian.full_name),
            birth_date: Shown::when(may("birthDate"), guardian.birth_date.map(Day)),
            phone: Shown::when(may("phone"), phone),
            phone_masked: Shown::when(may("phoneMasked"), phone_masked),
            email: Shown::when(may("email"), email),
            personal_id_status: Shown::when(may("personalIdStatus"), status),
            synthetic: guardian.synthetic,
        }
    }
}

impl Guardianship {
    fn shown(request: &Request, link: guardians::Guardianship) -> Self {
        request.looks_at("Student", link.student.uuid(), None);
        Self {
            relation: link.relation.into(),
            contact_order: link.contact_order.and_then(|place| place.try_into().ok()),
            valid_from: link.valid_from.into(),
            student: link.student,
            guardian: link.guardian,
        }
    }
}

#[ComplexObject]
impl Guardian {
    /// The students in reach for whom this person answers today (học sinh).
    async fn students(&self, ctx: &Context<'_>) -> Result<Vec<Guardianship>, Fault> {
        let request = Request::of(ctx)?;
        let found = request.loaders.load_one(LinksOfGuardian(self.row)).await?.unwrap_or_default();
        Ok(found.into_iter().map(|link| Guardianship::shown(request, link)).collect())
    }

    /// The caller's own ids of this person (mã riêng của ứng dụng); people see those of every client.
    async fn external_ids(&self, ctx: &Context<'_>) -> Result<Vec<ExternalId>, Fault> {
        ExternalId::of(Request::of(ctx)?, self.row.uuid()).await
    }
}

#[ComplexObject]
impl Guardianship {
    /// Who answers for the student (cha mẹ, người giám hộ). Null when that ended meanwhile.
    async fn guardian(&self, ctx: &Context<'_>) -> Result<Option<Guardian>, Fault> {
        let request = Request::of(ctx)?;
        Ok(request.loaders.load_one(self.guardian).await?.map(|guardian| Guardian::shown(request, guardian)))
    }

    /// The student (học sinh). Null when the student left the reach meanwhile.
    async fn student(&self, ctx: &Context<'_>) -> Result<Option<Student>, Fault> {
        let request = Request::of(ctx)?;
        Ok(request.loaders.load_one(self.student).await?.map(|student| Student::shown(request, student)))
    }
}

/// Who answers for a student today, as the student's type shows it.
pub(super) async fn of_student(request: &Request, student: StudentId) -> Result<Shown<Vec<Guardianship>>, Fault> {
    if !request.may_read("Student", "guardians") {
        return Ok(Shown::Masked);
    }
    let found = request.loaders.load_one(LinksOfStudent(student)).await?.unwrap_or_default();
    Ok(Shown::Value(Some(found.into_iter().map(|link| Guardianship::shown(request, link)).collect())))
}

/// Guardians who are shown by themselves: a look at each student in reach for whom they answer.
pub(in crate::graphql) async fn by_ids(
    request: &Request,
    ids: &[GuardianId],
) -> Result<HashMap<GuardianId, Guardian>, Fault> {
    let found = request.loaders.load_many(ids.iter().copied()).await?;
    if policy::is_logged(&request.caller, "Student") {
        let links = request.loaders.load_many(found.keys().map(|id| LinksOfGuardian(*id))).await?;
        links.into_values().flatten().for_each(|link| request.looks_at("Student", link.student.uuid(), None));
    }
    Ok(found.into_iter().map(|(id, guardian)| (id, Guardian::shown(request, guardian))).collect())
}

/// Who answers for a student.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct LinksOfStudent(StudentId);

/// For whom a guardian answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct LinksOfGuardian(GuardianId);

impl Loader<GuardianId> for Ledger {
    type Value = guardians::Guardian;
    type Error = Failed;

    async fn load(&self, keys: &[GuardianId]) -> Result<HashMap<GuardianId, Self::Value>, Failed> {
        Ok(guardians::by_ids(&self.db, &self.reach, keys).await?)
    }
}

impl Loader<LinksOfStudent> for Ledger {
    type Value = Vec<guardians::Guardianship>;
    type Error = Failed;

    async fn load(&self, keys: &[LinksOfStudent]) -> Result<HashMap<LinksOfStudent, Self::Value>, Failed> {
        let students: Vec<StudentId> = keys.iter().map(|key| key.0).collect();
        let found = guardians::of_students(&self.db, &self.reach, &students).await?;
        Ok(found.into_iter().map(|(student, links)| (LinksOfStudent(student), links)).collect())
    }
}

impl Loader<LinksOfGuardian> for Ledger {
    type Value = Vec<guardians::Guardianship>;
    type Error = Failed;

    async fn load(&self, keys: &[LinksOfGuardian]) -> Result<HashMap<LinksOfGuardian, Self::Value>, Failed> {
        let people: Vec<GuardianId> = keys.iter().map(|key| key.0).collect();
        let found = guardians::of_guardians(&self.db, &self.reach, &people).await?;
        Ok(found.into_iter().map(|(guardian, links)| (LinksOfGuardian(guardian), links)).collect())
    }
}
