//! Schools, who manages them, and what they became.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::ids::{OrganizationId, SchoolId};
use entities::page::{Rows, Slice};
use entities::schools::managements::{self, Management};
use entities::schools::successions::{self, Succession};
use entities::{administrative_units, classes, schools};

use super::administrative_unit::{self, AdministrativeUnit};
use super::bank_account::{AccountsOf, BankAccount};
use super::bank_transaction::{self, Ahead, BankTransaction};
use super::cash::{self, CashClosing};
use super::code_lists::{EducationLevel, Ownership, SchoolStatus};
use super::external_id::ExternalId;
use super::fee::{self, Fee};
use super::invoice::{self, Invoice};
use super::organization::{Organization, unit_today};
use super::school_class::SchoolClass;
use super::student::{self, Student};
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::plan::Planned;
use crate::graphql::query::classes::ClassFilter;
use crate::graphql::query::invoice::InvoiceFilter;
use crate::graphql::query::money::BankTransactionFilter;
use crate::graphql::query::students::{StudentFilter, StudentOrder};
use crate::graphql::quick::{AtHand, QuickPage};
use crate::graphql::scalars::Day;
use crate::graphql::shown::Shown;
use crate::graphql::worded::{Priced, Worded};

/// A school (trường học).
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct School {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// The school's code (mã trường), kept as given; it never changes.
    pub code: String,
    /// Its name (tên trường).
    pub name: String,
    /// Where it stands in its life (trạng thái).
    pub status: SchoolStatus,
    /// The levels it teaches (cấp học), in the order of the catalogue.
    pub levels: Vec<EducationLevel>,
    /// Who owns it (loại hình).
    pub ownership: Ownership,
    /// The day it began (ngày thành lập).
    pub valid_from: Day,
    /// The day it ended (ngày kết thúc); null while it lives.
    pub valid_to: Option<Day>,
    /// Whether it is invented (dữ liệu mẫu).
    pub synthetic: bool,
    #[graphql(skip)]
    row: SchoolId,
    #[graphql(skip)]
    commune_code: String,
    #[graphql(skip)]
    province_code: String,
    /// The transactions that were read with a page of schools; none where they were not.
    #[graphql(skip)]
    ahead: Option<Arc<Ahead>>,
}

/// A stretch of time in which an organization manages a school (quản lý trực tiếp).
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SchoolManagement {
    /// The first day (từ ngày).
    pub valid_from: Day,
    /// The day after the last one (đến ngày); null while it lasts.
    pub valid_to: Option<Day>,
    /// The decision or person that says so (nguồn); `DEFAULT_BY_LEVEL` when the hub proposed it from the levels.
    pub source: String,
    #[graphql(skip)]
    organization: OrganizationId,
}

#[ComplexObject]
impl SchoolManagement {
    /// The managing organization (cơ quan quản lý trực tiếp). Null when it is no longer kept.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>, Fault> {
        let found = Request::of(ctx)?.loaders.load_one(self.organization).await?;
        Ok(found.map(Organization::from))
    }
}

#[ComplexObject]
impl School {
    /// The commune in which the school lies, as of today (xã, phường nơi đặt trường); not who manages it. Null when the
    /// stored code names no unit of today.
    async fn location_commune(&self, ctx: &Context<'_>) -> Result<Option<AdministrativeUnit>, Fault> {
        unit_today(ctx, Some(&self.commune_code))
    }

    /// The province of that commune (tỉnh). Null when the stored code names no unit of today.
    async fn province(&self, ctx: &Context<'_>) -> Result<Option<AdministrativeUnit>, Fault> {
        unit_today(ctx, Some(&self.province_code))
    }

    /// Who manages the school today (cơ quan quản lý trực tiếp), stored per school. Null when nobody does, as for a
    /// school that ended.
    async fn managing_organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>, Fault> {
        let loaders = &Request::of(ctx)?.loaders;
        let Some(management) = loaders.load_one(ManagementOf(self.row)).await? else { return Ok(None) };
        Ok(loaders.load_one(management.organization).await?.map(Organization::from))
    }

    /// Who manages the school today, with dates and source (quá trình quản lý). Null when nobody does.
    async fn management(&self, ctx: &Context<'_>) -> Result<Option<SchoolManagement>, Fault> {
        let found = Request::of(ctx)?.loaders.load_one(ManagementOf(self.row)).await?;
        Ok(found.map(SchoolManagement::from))
    }

    /// The codes of the schools that went into this one (mã trường cũ); `school(code:)` finds it by them too.
    async fn former_codes(&self, ctx: &Context<'_>) -> Result<Vec<String>, Fault> {
        let found = Request::of(ctx)?.loaders.load_one(PredecessorsOf(self.row)).await?.unwrap_or_default();
        Ok(found.into_iter().map(|succession| succession.predecessor_code).collect())
    }

    /// The schools in reach that this one became (trường kế thừa); empty while it lives.
    async fn successors(&self, ctx: &Context<'_>) -> Result<Vec<School>, Fault> {
        let loaders = &Request::of(ctx)?.loaders;
        let found = loaders.load_one(SuccessorsOf(self.row)).await?.unwrap_or_default();
        let mut schools = loaders.load_many(found.iter().map(|succession| succession.successor)).await?;
        Ok(found.iter().filter_map(|succession| schools.remove(&succession.successor)).map(School::from).collect())
    }

    /// The classes in reach (lớp học), 9A before 10A.
    async fn classes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which classes; null means all of the school.")] filter: Option<ClassFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, SchoolClass, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("classes")?;
        let page = Arguments { first, after, last, before }.page()?;
        let filter = filter.unwrap_or_default().read(None)?;
        let slice = if page.beyond.is_none() && !page.backward {
            let key = ClassesOf { school: self.row, filter, rows: page.rows };
            request.loaders.load_one(key).await?.unwrap_or_else(Slice::empty)
        } else {
            let filter = classes::Filter { school: Some(self.row), ..filter };
            classes::visible(request.db(), &request.reach, &classes::Query { filter, descending: false, page }).await?
        };
        Ok(connection(slice, Total::default(), SchoolClass::from))
    }

    /// The students enrolled here today, in reach (học sinh), by given name.
    #[expect(clippy::too_many_arguments, reason = "the four arguments of Relay beside filter and order")]
    async fn students(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which students; null means all of the school.")] filter: Option<StudentFilter>,
        #[graphql(desc = "In which order; null means by name.")] order_by: Option<StudentOrder>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Student, Total>, Fault> {
        let page = Arguments { first, after, last, before }.page()?;
        student::of_school(Request::of(ctx)?, self.row, filter, order_by, page).await
    }

    /// Its bank accounts (tài khoản ngân hàng), the oldest first.
    async fn bank_accounts(&self, ctx: &Context<'_>) -> Result<Vec<BankAccount>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("bankAccounts")?;
        let found = request.loaders.load_one(AccountsOf(self.row)).await?.unwrap_or_default();
        Ok(found.into_iter().map(|account| BankAccount::of(request, account)).collect())
    }

    /// Its fees (khoản thu), the oldest first.
    async fn fees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Fee, Total>, Fault> {
        fee::of_school(Request::of(ctx)?, self.row, Arguments { first, after, last, before }).await
    }

    /// Its invoices (phiếu báo thu), the latest first.
    async fn invoices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invoices; null means all of the school.")] filter: Option<InvoiceFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, Invoice, Total>, Fault> {
        invoice::of_school(Request::of(ctx)?, self.row, filter, Arguments { first, after, last, before }).await
    }

    /// What came into its accounts (giao dịch ngân hàng), newest booking first.
    async fn bank_transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transactions; null means all of the school.")] filter: Option<BankTransactionFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<QuickPage<BankTransaction>, Fault> {
        bank_transaction::of_school(ctx, self.row, filter, Arguments { first, after, last, before }).await
    }

    /// The months whose cash is closed (các tháng đã chốt tiền mặt), the earliest first; null without the right.
    async fn cash_closings(&self, ctx: &Context<'_>) -> Result<Shown<Vec<CashClosing>>, Fault> {
        cash::of_school(Request::of(ctx)?, self.row).await
    }

    /// The caller's own ids of this school (mã riêng của ứng dụng); people see those of every client.
    async fn external_ids(&self, ctx: &Context<'_>) -> Result<Vec<ExternalId>, Fault> {
        ExternalId::of(Request::of(ctx)?, self.row.uuid()).await
    }
}

impl School {
    /// The same school with transactions that were read with its page.
    #[must_use]
    pub(in crate::graphql) fn reading_ahead(self, ahead: Option<Arc<Ahead>>) -> Self {
        Self { ahead, ..self }
    }
}

impl AtHand for School {
    fn at_hand(&self, request: &Request, field: &Planned<'_>, out: &mut Worded) -> Option<Priced> {
        let unit = |code: &str, out: &mut Worded| match administrative_units::unit(code, request.now.vietnam_day()) {
            Some(unit) => {
                let plan = field.inner("AdministrativeUnit")?;
                plan.object(out, |field, out| administrative_unit::at_hand(unit, field, out))
            }
            None => Some(out.null()),
        };
        match field.name {
            "id" => Some(out.plain(self.id.as_str())),
            "code" => Some(out.plain(&self.code)),
            "name" => Some(out.plain(&self.name)),
            "locationCommune" => unit(&self.commune_code, out),
            "province" => unit(&self.province_code, out),
            "bankTransactions" => self.ahead.as_ref()?.of(self.row).at_once(request, field, out),
            _ => None,
        }
    }
}

impl From<schools::School> for School {
    fn from(school: schools::School) -> Self {
        Self {
            id: node_id::encode("School", school.id.uuid()),
            row: school.id,
            code: school.code,
            name: school.name,
            status: school.status.into(),
            levels: school.levels.into_iter().map(EducationLevel::from).collect(),
            ownership: school.ownership.into(),
            commune_code: school.location_commune_code,
            province_code: school.province_code,
            ahead: None,
            valid_from: school.valid_from.into(),
            valid_to: school.valid_to.map(Day),
            synthetic: school.synthetic,
        }
    }
}

impl From<Management> for SchoolManagement {
    fn from(management: Management) -> Self {
        Self {
            valid_from: management.valid_from.into(),
            valid_to: management.valid_to.map(Day),
            source: management.source,
            organization: management.organization,
        }
    }
}

/// Who manages a school today.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ManagementOf(SchoolId);

/// What a school was before.
#[derive(Clone, PartialEq, Eq, Hash)]
struct PredecessorsOf(SchoolId);

/// What a school became.
#[derive(Clone, PartialEq, Eq, Hash)]
struct SuccessorsOf(SchoolId);

/// The first classes of a school that a filter meets.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ClassesOf {
    school: SchoolId,
    filter: classes::Filter,
    rows: Rows,
}

impl Loader<SchoolId> for Ledger {
    type Value = schools::School;
    type Error = Failed;

    async fn load(&self, keys: &[SchoolId]) -> Result<HashMap<SchoolId, Self::Value>, Failed> {
        Ok(schools::by_ids(&self.db, &self.reach, keys).await?)
    }
}

impl Loader<ManagementOf> for Ledger {
    type Value = Management;
    type Error = Failed;

    async fn load(&self, keys: &[ManagementOf]) -> Result<HashMap<ManagementOf, Management>, Failed> {
        let schools: Vec<SchoolId> = keys.iter().map(|key| key.0).collect();
        let found = managements::of_schools(&self.db, &self.reach, &schools, self.reach.day()).await?;
        Ok(found.into_iter().map(|(school, management)| (ManagementOf(school), management)).collect())
    }
}

impl Loader<PredecessorsOf> for Ledger {
    type Value = Vec<Succession>;
    type Error = Failed;

    async fn load(&self, keys: &[PredecessorsOf]) -> Result<HashMap<PredecessorsOf, Self::Value>, Failed> {
        let schools: Vec<SchoolId> = keys.iter().map(|key| key.0).collect();
        let found = successions::before(&self.db, &self.reach, &schools).await?;
        Ok(found.into_iter().map(|(school, before)| (PredecessorsOf(school), before)).collect())
    }
}

impl Loader<SuccessorsOf> for Ledger {
    type Value = Vec<Succession>;
    type Error = Failed;

    async fn load(&self, keys: &[SuccessorsOf]) -> Result<HashMap<SuccessorsOf, Self::Value>, Failed> {
        let schools: Vec<SchoolId> = keys.iter().map(|key| key.0).collect();
        let found = successions::after(&self.db, &self.reach, &schools).await?;
        Ok(found.into_iter().map(|(school, after)| (SuccessorsOf(school), after)).collect())
    }
}

impl Loader<ClassesOf> for Ledger {
    type Value = Slice<classes::Class>;
    type Error = Failed;

    /// One statement for each distinct filter; a document has few of them, whatever the number of schools.
    async fn load(&self, keys: &[ClassesOf]) -> Result<HashMap<ClassesOf, Self::Value>, Failed> {
        let mut questions: HashMap<(&classes::Filter, Rows), Vec<SchoolId>> = HashMap::new();
        for key in keys {
            questions.entry((&key.filter, key.rows)).or_default().push(key.school);
        }
        let mut found = HashMap::new();
        for ((filter, rows), schools) in questions {
            let pages = classes::of_schools(&self.db, &self.reach, &schools, filter, rows).await?;
            let key = |school| ClassesOf { school, filter: filter.clone(), rows };
            found.extend(pages.into_iter().map(|(school, page)| (key(school), page)));
        }
        Ok(found)
    }
}
