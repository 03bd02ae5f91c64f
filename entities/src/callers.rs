//! Who asks: the role and the grounds of a client or user, read from the database and never from the token.

use crate::ids::{ClientId, UserId};
use crate::reach::Ground;

/// What a caller is in the house. The field policy hangs on it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Role {
    /// Sở Giáo dục và Đào tạo.
    ProvinceOfficer,
    /// Ủy ban nhân dân xã, for the schools it manages.
    CommuneOfficer,
    /// Hiệu trưởng.
    Principal,
    /// Kế toán.
    Accountant,
    /// Phụ trách công nghệ thông tin.
    SchoolItLead,
    /// Văn thư.
    Clerk,
    /// Giáo viên.
    Teacher,
    /// A vendor's application under a contract.
    VendorApp,
    /// A bank or payment intermediary.
    BankPartner,
    /// Nhân sự bảo vệ dữ liệu cá nhân.
    DataOfficer,
    /// Runs the hub; sees no personal data.
    PlatformAdmin,
}

impl Role {
    /// Every role, in the order of their names in the documentation.
    pub const ALL: [Self; 11] = [
        Self::ProvinceOfficer,
        Self::CommuneOfficer,
        Self::Principal,
        Self::Accountant,
        Self::SchoolItLead,
        Self::Clerk,
        Self::Teacher,
        Self::VendorApp,
        Self::BankPartner,
        Self::DataOfficer,
        Self::PlatformAdmin,
    ];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProvinceOfficer => "PROVINCE_OFFICER",
            Self::CommuneOfficer => "COMMUNE_OFFICER",
            Self::Principal => "PRINCIPAL",
            Self::Accountant => "ACCOUNTANT",
            Self::SchoolItLead => "SCHOOL_IT_LEAD",
            Self::Clerk => "CLERK",
            Self::Teacher => "TEACHER",
            Self::VendorApp => "VENDOR_APP",
            Self::BankPartner => "BANK_PARTNER",
            Self::DataOfficer => "DATA_OFFICER",
            Self::PlatformAdmin => "PLATFORM_ADMIN",
        }
    }

    /// The role of a stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// Who stands behind a caller.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Subject {
    /// A vendor's application or a bank.
    Client(ClientId),
    /// A person.
    User(UserId),
}

/// A caller as the database knows it at this moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// Who stands behind the call.
    pub subject: Subject,
    /// The name of the client or user.
    pub name: String,
    /// The role in force.
    pub role: Role,
    /// The scopes of the running contracts; empty for users.
    pub scopes: Vec<String>,
    /// The purposes that the contracts or the role allow to be stated.
    pub purposes: Vec<String>,
    /// Requests that the subject may send in a minute.
    pub requests_per_minute: u32,
    pub(crate) grounds: Vec<Ground>,
    pub(crate) client: Option<ClientId>,
}

impl Caller {
    /// The grounds under this caller's feet.
    #[must_use]
    pub fn grounds(&self) -> &[Ground] {
        &self.grounds
    }

    /// The client behind the call; none for a person.
    #[must_use]
    pub fn client(&self) -> Option<ClientId> {
        self.client
    }

    /// The stable word for the subject in logs and ledgers: `client:<id>` or `user:<id>`.
    #[must_use]
    pub fn actor(&self) -> String {
        match self.subject {
            Subject::Client(id) => format!("client:{id}"),
            Subject::User(id) => format!("user:{id}"),
        }
    }
}
