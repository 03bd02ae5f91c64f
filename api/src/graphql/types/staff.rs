//! Staff: who works, or worked, at a school.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::ids::{SchoolId, StaffId};
use entities::page::{Rows, Slice};
use entities::staff::{self, Filter, Query};

use super::code_lists::{Gender, PersonalIdStatus, StaffGroup, StaffPosition, StaffStatus};
use super::external_id::ExternalId;
use super::school::School;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::query::staff::StaffFilter;
use crate::graphql::scalars::Day;
use crate::graphql::shown::Shown;

const KIND: &str = "Staff";

/// A person who works, or worked, at a school (cán bộ quản lý, giáo viên, nhân viên). Who works at two schools has a record at
/// each.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Staff {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// The code in the ministry's database (mã cán bộ, mã giáo viên); null before it was given.
    pub ministry_code: Option<String>,
    /// The full name (họ và tên), never split.
    pub full_name: String,
    /// The day of birth (ngày sinh); null when unknown, or masked.
    pub birth_date: Shown<Day>,
    /// The gender (giới tính); null when unknown.
    pub gender: Option<Gender>,
    /// The telephone number (số điện thoại) in E.164 form; null when unknown, or masked.
    pub phone: Shown<String>,
    /// The telephone number with all but its last three digits hidden (số điện thoại đã che); null when unknown.
    pub phone_masked: Option<String>,
    /// The e-mail address (địa chỉ email); null when unknown, or masked.
    pub email: Shown<String>,
    /// Whether the personal ID (số định danh cá nhân) is known; no digit of it is ever shown. Null when masked.
    pub personal_id_status: Shown<PersonalIdStatus>,
    /// The group (nhóm cán bộ).
    pub group: StaffGroup,
    /// The position (chức vụ); null when nobody has said.
    pub position: Option<StaffPosition>,
    /// Whether and how the person works at the school (trạng thái).
    pub status: StaffStatus,
    /// The first day (từ ngày).
    pub valid_from: Day,
    /// The day after the last one (đến ngày); null while the employment holds.
    pub valid_to: Option<Day>,
    /// Whether the person is invented (dữ liệu mẫu).
    pub synthetic: bool,
    #[graphql(skip)]
    row: StaffId,
    #[graphql(skip)]
    school: SchoolId,
}

impl Staff {
    /// What the caller may see of a person at a school.
    #[must_use]
    pub fn shown(request: &Request, staff: staff::Staff) -> Self {
        let may = |field| request.may_read(KIND, field);
        let phone = staff.phone.as_ref().map(|phone| phone.as_str().to_owned());
        let email = staff.email.as_ref().map(|email| email.as_str().to_owned());
        let personal_id_status = PersonalIdStatus::from(staff.personal_id_status);
        Self {
            id: node_id::encode(KIND, staff.id.uuid()),
            row: staff.id,
            school: staff.school,
            ministry_code: staff.ministry_code,
            full_name: staff.full_name,
            birth_date: Shown::when(may("birthDate"), staff.birth_date.map(Day)),
            gender: staff.gender.map(Gender::from),
            phone: Shown::when(may("phone"), phone),
            phone_masked: staff.phone.as_ref().map(|phone| phone.masked()),
            email: Shown::when(may("email"), email),
            personal_id_status: Shown::when(may("personalIdStatus"), personal_id_status),
            group: staff.group.into(),
            position: staff.position.map(StaffPosition::from),
            status: staff.status.into(),
            valid_from: staff.valid_from.into(),
            valid_to: staff.valid_to.map(Day),
            synthetic: staff.synthetic,
        }
    }
}

#[ComplexObject]
impl Staff {
    /// The school (trường). Null when it left the reach meanwhile.
    async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>, Fault> {
        Ok(Request::of(ctx)?.loaders.load_one(self.school).await?.map(School::from))
    }

    /// The caller's own ids of this person at this school (mã riêng của ứng dụng); people see those of every client.
    async fn external_ids(&self, ctx: &Context<'_>) -> Result<Vec<ExternalId>, Fault> {
        ExternalId::of(Request::of(ctx)?, self.row.uuid()).await
    }
}

/// The staff of a school; without a cursor they are asked for together with those of other schools.
pub(super) async fn of_school(
    request: &Request,
    school: SchoolId,
    filter: Option<StaffFilter>,
    arguments: Arguments,
) -> Result<Connection<Cursor, Staff, Total>, Fault> {
    request.allow("staff")?;
    let page = arguments.page()?;
    let filter = filter.unwrap_or_default().read(None)?;
    let slice = if page.beyond.is_none() && !page.backward {
        let key = StaffOf { school, filter, rows: page.rows };
        request.loaders.load_one(key).await?.unwrap_or_else(Slice::empty)
    } else {
        let filter = Filter { school: Some(school), ..filter };
        staff::visible(request.db(), &request.reach, &Query { filter, descending: false, page }).await?
    };
    Ok(connection(slice, Total::default(), |staff| Staff::shown(request, staff)))
}

/// The first staff of a school.
#[derive(Clone, PartialEq, Eq, Hash)]
struct StaffOf {
    school: SchoolId,
    filter: Filter,
    rows: Rows,
}

impl Loader<StaffOf> for Ledger {
    type Value = Slice<staff::Staff>;
    type Error = Failed;

    async fn load(&self, keys: &[StaffOf]) -> Result<HashMap<StaffOf, Self::Value>, Failed> {
        let mut questions: HashMap<(&Filter, Rows), Vec<SchoolId>> = HashMap::new();
        for key in keys {
            questions.entry((&key.filter, key.rows)).or_default().push(key.school);
        }
        let mut found = HashMap::new();
        for ((filter, rows), schools) in questions {
            let pages = staff::of_schools(&self.db, &self.reach, &schools, filter, rows).await?;
            let key = |school| StaffOf { school, filter: filter.clone(), rows };
            found.extend(pages.into_iter().map(|(school, page)| (key(school), page)));
        }
        Ok(found)
    }
}

impl Loader<StaffId> for Ledger {
    type Value = staff::Staff;
    type Error = Failed;

    async fn load(&self, keys: &[StaffId]) -> Result<HashMap<StaffId, Self::Value>, Failed> {
        Ok(staff::by_ids(&self.db, &self.reach, keys).await?)
    }
}
