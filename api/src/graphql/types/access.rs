//! Who may ask, as the outside sees it: the viewer, clients, contracts, users and their roles.

use async_graphql::{Enum, ID, OneofObject, SimpleObject};
use entities::callers;
use entities::grounds::Named;
use entities::ids::ClassId;
use entities::{clients, contracts, reach, users};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::scalars::{Day, Moment};

/// What a caller is (vai trò). It decides which fields are shown and which verbs are open.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "callers::Role")]
pub enum Role {
    /// Province department (Sở Giáo dục và Đào tạo).
    ProvinceOfficer,
    /// Commune office (Ủy ban nhân dân xã), for the schools it manages.
    CommuneOfficer,
    /// Principal (hiệu trưởng).
    Principal,
    /// Accountant (kế toán).
    Accountant,
    /// IT lead of a school (phụ trách công nghệ thông tin).
    SchoolItLead,
    /// Clerk (văn thư).
    Clerk,
    /// Teacher (giáo viên), for the own classes.
    Teacher,
    /// Application of a vendor under a contract (phần mềm của nhà cung cấp).
    VendorApp,
    /// Bank or payment intermediary (ngân hàng, trung gian thanh toán).
    BankPartner,
    /// Data protection officer (nhân sự bảo vệ dữ liệu cá nhân).
    DataOfficer,
    /// Operator of the hub (quản trị nền tảng); sees no personal data.
    PlatformAdmin,
}

/// Who asks (người gọi), as the hub knows it at this moment.
#[derive(SimpleObject, Debug)]
pub struct Viewer {
    /// Who asks (người gọi): `client:<id>` or `user:<id>`, as logs name it.
    pub actor: String,
    /// The name of the client or the username (tên).
    pub name: String,
    /// The role in force (vai trò).
    pub role: Role,
    /// What the contract in force allows (phạm vi quyền); empty for people.
    pub scopes: Vec<String>,
    /// Purposes (mục đích) that may be stated in the header `Lienthong-Purpose`.
    pub purposes: Vec<String>,
    /// The purpose that was stated (mục đích); null when none was.
    pub purpose: Option<String>,
    /// Requests that may be sent in a minute (số yêu cầu mỗi phút).
    pub requests_per_minute: u32,
}

impl Viewer {
    /// The caller of a request.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let caller = &request.caller;
        Self {
            actor: caller.actor(),
            name: caller.name.clone(),
            role: caller.role.into(),
            scopes: caller.scopes.clone(),
            purposes: caller.purposes.clone(),
            purpose: request.purpose.clone(),
            requests_per_minute: caller.requests_per_minute,
        }
    }
}

/// Where a role or contract holds (phạm vi). Exactly one field is set; none means the whole hub.
#[derive(SimpleObject, Default, Debug)]
pub struct Ground {
    /// A school (trường); null when the ground is another.
    pub school_id: Option<ID>,
    /// The organization whose managed schools are meant (cơ quan quản lý); null when the ground is another.
    pub organization_id: Option<ID>,
    /// The present code of a province (mã tỉnh); null when the ground is another.
    pub province_code: Option<String>,
    /// A class (lớp); null when the ground is another.
    pub class_id: Option<ID>,
}

impl From<&reach::Ground> for Ground {
    fn from(ground: &reach::Ground) -> Self {
        match ground {
            reach::Ground::Nation => Self::default(),
            reach::Ground::Province(code) => Self { province_code: Some(code.clone()), ..Self::default() },
            reach::Ground::ManagedBy(id) => {
                Self { organization_id: Some(node_id::encode("Organization", id.uuid())), ..Self::default() }
            }
            reach::Ground::School(id) => {
                Self { school_id: Some(node_id::encode("School", id.uuid())), ..Self::default() }
            }
            reach::Ground::Class(_, id) => {
                Self { class_id: Some(node_id::encode("SchoolClass", id.uuid())), ..Self::default() }
            }
        }
    }
}

/// Where a role or contract is to hold (phạm vi).
#[derive(OneofObject, Debug)]
pub enum GroundInput {
    /// The code of a school (mã trường).
    SchoolCode(String),
    /// The code of an organization (mã cơ quan), for the schools that it manages.
    OrganizationCode(String),
    /// The present code of a province (mã tỉnh).
    ProvinceCode(String),
    /// The id of a class (lớp).
    ClassId(ID),
    /// The whole hub (toàn hệ thống), for its operators; only `true` has a meaning.
    WholeHub(bool),
}

impl GroundInput {
    /// The ground by its name.
    ///
    /// # Errors
    /// `BAD_ID` for what is no class; `BAD_GROUND` for a hub that is not whole.
    pub fn named(self) -> Result<Named, Fault> {
        Ok(match self {
            Self::SchoolCode(code) => Named::School(code),
            Self::OrganizationCode(code) => Named::Organization(code),
            Self::ProvinceCode(code) => Named::Province(code),
            Self::ClassId(id) => Named::Class(ClassId::from_uuid(node_id::expect("SchoolClass", &id)?)),
            Self::WholeHub(true) => Named::Nation,
            Self::WholeHub(false) => {
                return Err(Fault::refused("BAD_GROUND", "Name a ground.", "Hãy nêu một phạm vi."));
            }
        })
    }
}

/// An application of a vendor, or a bank (ứng dụng, đối tác).
#[derive(SimpleObject, Debug)]
pub struct Client {
    /// Its id within the graph (mã định danh).
    pub id: ID,
    /// Its OAuth `client_id` (mã ứng dụng).
    pub client_id: String,
    /// Its name (tên), unique in the hub.
    pub name: String,
    /// What it is (vai trò).
    pub role: Role,
    /// Requests that it may send in a minute (số yêu cầu mỗi phút).
    pub requests_per_minute: u32,
    /// Whether it may run nothing but the documents registered for it (chỉ chạy truy vấn tin cậy).
    pub trusted_documents_only: bool,
    /// When it was made (thời điểm tạo).
    pub created_at: Moment,
    /// When it was shut out for good (thời điểm thu hồi); null while it works.
    pub revoked_at: Option<Moment>,
}

impl From<clients::Client> for Client {
    fn from(client: clients::Client) -> Self {
        Self {
            id: node_id::encode("Client", client.id.uuid()),
            client_id: client.id.to_string(),
            name: client.name,
            role: client.role.into(),
            requests_per_minute: client.requests_per_minute,
            trusted_documents_only: client.trusted_documents_only,
            created_at: client.created_at.into(),
            revoked_at: client.revoked_at.map(Into::into),
        }
    }
}

/// A dated contract under which a client works (hợp đồng).
#[derive(SimpleObject, Debug)]
pub struct Contract {
    /// Its id within the graph (mã định danh).
    pub id: ID,
    /// The client that works under it (ứng dụng), by its OAuth `client_id`.
    pub client_id: String,
    /// Its number (số hợp đồng); the header `Lienthong-Contract` names it.
    pub number: String,
    /// What it allows (phạm vi quyền).
    pub scopes: Vec<String>,
    /// Why data may be asked for (mục đích).
    pub purposes: Vec<String>,
    /// Where it holds (phạm vi); empty for a bank, which stands on its own connections.
    pub grounds: Vec<Ground>,
    /// Its first day (từ ngày).
    pub valid_from: Day,
    /// The day on which it no longer holds (đến ngày); null while no end is agreed.
    pub valid_to: Option<Day>,
}

impl From<contracts::Contract> for Contract {
    fn from(contract: contracts::Contract) -> Self {
        Self {
            id: node_id::encode("Contract", contract.id.uuid()),
            client_id: contract.client.to_string(),
            number: contract.number,
            scopes: contract.scopes,
            purposes: contract.purposes,
            grounds: contract.grounds.iter().map(Into::into).collect(),
            valid_from: contract.valid_from.into(),
            valid_to: contract.valid_to.map(Into::into),
        }
    }
}

/// A person with dated roles (người dùng).
#[derive(SimpleObject, Debug)]
pub struct User {
    /// Its id within the graph (mã định danh).
    pub id: ID,
    /// The name for signing in (tên đăng nhập).
    pub username: String,
    /// The name for people (tên hiển thị).
    pub display_name: String,
    /// Whether the person is shut out (bị khóa).
    pub is_disabled: bool,
    /// Roles (vai trò), past, present and future, oldest first.
    pub roles: Vec<RoleAssignment>,
}

impl From<users::User> for User {
    fn from(user: users::User) -> Self {
        Self {
            id: node_id::encode("User", user.id.uuid()),
            username: user.username,
            display_name: user.display_name,
            is_disabled: user.disabled_at.is_some(),
            roles: user.roles.into_iter().map(Into::into).collect(),
        }
    }
}

/// A dated role of a person (phân công vai trò).
#[derive(SimpleObject, Debug)]
pub struct RoleAssignment {
    /// The role that the person holds (vai trò).
    pub role: Role,
    /// Where it holds (phạm vi).
    pub ground: Ground,
    /// Purposes that its holder may state (mục đích).
    pub purposes: Vec<String>,
    /// Its first day (từ ngày).
    pub valid_from: Day,
    /// The day on which it no longer holds (đến ngày); null while no end is set.
    pub valid_to: Option<Day>,
}

impl From<users::RoleAssignment> for RoleAssignment {
    fn from(role: users::RoleAssignment) -> Self {
        Self {
            role: role.role.into(),
            ground: (&role.ground).into(),
            purposes: role.purposes,
            valid_from: role.valid_from.into(),
            valid_to: role.valid_to.map(Into::into),
        }
    }
}
