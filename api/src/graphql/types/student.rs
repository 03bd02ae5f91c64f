//! Students: a person without a school. Every field of a person is shown only under the field policy.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::catalogues;
use entities::ids::StudentId;
use entities::students;

use super::bank_account::{VirtualAccount, VirtualAccountsOf};
use super::code_lists::{EthnicGroup, Gender, PersonalIdStatus};
use super::enrollment::{self, Enrollment};
use super::external_id::ExternalId;
use super::invoice::{self, Invoice};
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total};
use crate::graphql::query::invoice::InvoiceFilter;
use crate::graphql::scalars::Day;
use crate::graphql::shown::Shown;

const KIND: &str = "Student";

mod lists;

pub(super) use lists::{of_class, of_school};

/// A student (học sinh), a person without a school: enrollments say where.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Student {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// The code in the ministry's database (mã định danh học sinh); null before it was given, or masked.
    pub ministry_code: Shown<String>,
    /// The full name (họ và tên): family name, middle names, given name; never split. Null when masked.
    pub full_name: Shown<String>,
    /// The day of birth (ngày sinh); null when unknown, or masked.
    pub birth_date: Shown<Day>,
    /// The gender (giới tính); null when unknown, or masked.
    pub gender: Shown<Gender>,
    /// The ethnic group (dân tộc); null when unknown, or masked.
    pub ethnic_group: Shown<EthnicGroup>,
    /// The phone of the family (số điện thoại liên hệ) in E.164 form; null when unknown, or masked.
    pub phone: Shown<String>,
    /// The phone with all but its last three digits hidden (số điện thoại đã che); null when unknown, or masked.
    pub phone_masked: Shown<String>,
    /// Whether the personal ID (số định danh cá nhân) is known; no digit of it is ever shown. Null when masked.
    pub personal_id_status: Shown<PersonalIdStatus>,
    /// Whether the person is invented (dữ liệu mẫu).
    pub synthetic: bool,
    #[graphql(skip)]
    row: StudentId,
}

impl Student {
    /// What the caller may see of a student; the look is noted for the access log.
    #[must_use]
    pub fn shown(request: &Request, student: students::Student) -> Self {
        request.looks_at(KIND, student.id.uuid(), None);
        let may = |field| request.may_read(KIND, field);
        let ethnic_group = student.ethnic_group.and_then(|code| catalogues::EthnicGroup::parse(&code).ok());
        let phone = student.phone.as_ref().map(|phone| phone.as_str().to_owned());
        let phone_masked = student.phone.as_ref().map(|phone| phone.masked());
        Self {
            id: node_id::encode(KIND, student.id.uuid()),
            row: student.id,
            ministry_code: Shown::when(may("ministryCode"), student.ministry_code),
            full_name: Shown::when(may("fullName"), student.full_name),
            birth_date: Shown::when(may("birthDate"), student.birth_date.map(Day)),
            gender: Shown::when(may("gender"), student.gender.map(Gender::from)),
            ethnic_group: Shown::when(may("ethnicGroup"), ethnic_group.map(EthnicGroup::from)),
            phone: Shown::when(may("phone"), phone),
            phone_masked: Shown::when(may("phoneMasked"), phone_masked),
            personal_id_status: Shown::when(
                may("personalIdStatus"),
                PersonalIdStatus::from(student.personal_id_status),
            ),
            synthetic: student.synthetic,
        }
    }
}

#[ComplexObject]
impl Student {
    /// The enrollments at schools in reach (quá trình học), the earliest first.
    async fn enrollments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Enrollment, Total>, Fault> {
        enrollment::of_student(Request::of(ctx)?, self.row, Arguments { first, after, last, before }).await
    }

    /// What the family is asked to pay, by schools in reach (phiếu báo thu), the latest first.
    async fn invoices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invoices; null means all.")] filter: Option<InvoiceFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Invoice, Total>, Fault> {
        invoice::of_student(Request::of(ctx)?, self.row, filter, Arguments { first, after, last, before }).await
    }

    /// The account numbers that name this student, at schools in reach (tài khoản định danh), the oldest first.
    async fn virtual_accounts(&self, ctx: &Context<'_>) -> Result<Vec<VirtualAccount>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("virtualAccounts")?;
        let found = request.loaders.load_one(VirtualAccountsOf(self.row)).await?.unwrap_or_default();
        Ok(found.into_iter().map(VirtualAccount::from).collect())
    }

    /// The caller's own ids of this student (mã riêng của ứng dụng); people see those of every client.
    async fn external_ids(&self, ctx: &Context<'_>) -> Result<Vec<ExternalId>, Fault> {
        ExternalId::of(Request::of(ctx)?, self.row.uuid()).await
    }
}

impl Loader<StudentId> for Ledger {
    type Value = students::Student;
    type Error = Failed;

    async fn load(&self, keys: &[StudentId]) -> Result<HashMap<StudentId, Self::Value>, Failed> {
        Ok(students::by_ids(&self.db, &self.reach, keys).await?)
    }
}
