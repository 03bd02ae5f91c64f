//! Who asks: the role and the grounds of a client or user, read from the database and never from the token.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ring::digest::{SHA256, digest};
use sea_orm::EntityTrait;

use crate::db::Db;
use crate::error::Error;
use crate::ids::{ClientId, UserId};
use crate::reach::Ground;
use crate::{clients, contracts, tables, users};

/// Requests that a person may send in a minute: a busy page sends a few a second, a script is given a client. Who keeps a
/// class or a register asks less than who adds up a province or a school's money.
#[must_use]
pub const fn requests_per_minute(role: Role) -> u32 {
    match role {
        Role::Teacher | Role::Clerk | Role::SchoolItLead => 300,
        _ => 600,
    }
}

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

impl Subject {
    /// The subject of a stable word such as `client:<id>`; none for any other word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word.split_once(':')? {
            ("client", id) => id.parse().ok().map(Self::Client),
            ("user", id) => id.parse().ok().map(Self::User),
            _ => None,
        }
    }
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
    /// Whether it may run nothing but the documents registered for it; never so for a person.
    pub trusted_documents_only: bool,
    pub(crate) grounds: Vec<Ground>,
    pub(crate) client: Option<ClientId>,
    /// The number of the contract under which a client acts; none for users.
    pub(crate) contract: Option<String>,
    /// The generation of tokens under which a user acts; 0 for clients.
    pub(crate) generation: i64,
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

    /// Under what the caller acts.
    #[must_use]
    pub fn mandate(&self) -> Mandate {
        let (contract, generation) = (self.contract.clone(), self.generation);
        Mandate { subject: self.subject, role: self.role, contract, generation }
    }

    /// The fingerprint of everything on which the caller's rights hang. What was made under other rights is not handed out.
    #[must_use]
    pub fn rights(&self) -> Vec<u8> {
        let mut grounds: Vec<String> = self.grounds.iter().map(|ground| format!("{ground:?}")).collect();
        grounds.sort_unstable();
        let words = (self.actor(), self.role, set(&self.scopes), set(&self.purposes), grounds);
        digest(&SHA256, format!("{words:?}").as_bytes()).as_ref().to_vec()
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

/// Under what a caller acts, so that a job may act for it later, as long as it still stands: see [`standing`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mandate {
    pub(crate) subject: Subject,
    pub(crate) role: Role,
    pub(crate) contract: Option<String>,
    pub(crate) generation: i64,
}

/// The caller that a mandate names, as the database knows it now; none when it may no longer act so.
pub async fn standing(db: &Db, mandate: &Mandate, on: NaiveDate) -> Result<Option<Caller>, Error> {
    match mandate.subject {
        Subject::Client(id) => of_client(db, id, mandate.contract.as_deref(), on).await,
        Subject::User(id) => of_user(db, id, mandate.generation, Some(mandate.role), on).await,
    }
}

/// The caller behind a client on a Vietnam day; none when the client is unknown, revoked, or without a running contract.
///
/// A client acts under one set of terms at a time: those of the contract with the number `contract`, or else of its
/// oldest running one (the first by number of several). It stands on the grounds of every running contract with the same scopes and purposes, so that what
/// one school allows is never done at another.
pub async fn of_client(db: &Db, id: ClientId, contract: Option<&str>, on: NaiveDate) -> Result<Option<Caller>, Error> {
    let found = tables::clients::Entity::find_by_id(id.uuid()).one(db.read()).await?;
    let Some(row) = found.filter(|row| row.revoked_at.is_none()) else { return Ok(None) };
    let client = clients::read(row)?;
    let running = contracts::running(db, id, on).await?;
    let Some(terms) = running.iter().find(|one| contract.is_none_or(|number| one.number == number)) else {
        return Ok(None);
    };
    let same = |one: &&contracts::Contract| {
        set(&one.scopes) == set(&terms.scopes) && set(&one.purposes) == set(&terms.purposes)
    };
    Ok(Some(Caller {
        subject: Subject::Client(id),
        name: client.name,
        role: client.role,
        scopes: terms.scopes.clone(),
        purposes: terms.purposes.clone(),
        requests_per_minute: client.requests_per_minute,
        trusted_documents_only: client.trusted_documents_only,
        grounds: running.iter().filter(same).flat_map(|one| one.grounds.clone()).collect(),
        client: Some(id),
        contract: Some(terms.number.clone()),
        generation: 0,
    }))
}

/// The caller behind a user on a Vietnam day; none when the user is unknown, disabled, reset since `generation`, or
/// without the wanted role.
///
/// A user with several roles acts under one at a time: the wanted one, or else the first in the order of [`Role::ALL`],
/// in which running the hub comes last. Of several grounds of that role, a purpose holds when all of them give it.
pub async fn of_user(
    db: &Db,
    id: UserId,
    generation: i64,
    wanted: Option<Role>,
    on: NaiveDate,
) -> Result<Option<Caller>, Error> {
    let found = users::known(db, id).await?;
    let Some(user) = found.filter(|user| user.disabled_at.is_none() && user.token_generation == generation) else {
        return Ok(None);
    };
    let running: Vec<_> = user.roles.iter().filter(|role| role.runs(on)).collect();
    let held = |role: &Role| running.iter().any(|one| one.role == *role);
    let Some(role) = Role::ALL.into_iter().filter(|role| wanted.is_none_or(|wanted| wanted == *role)).find(held) else {
        return Ok(None);
    };
    let of_role: Vec<_> = running.into_iter().filter(|one| one.role == role).collect();
    let first = of_role.first().map(|one| one.purposes.clone()).unwrap_or_default();
    let common = |purpose: &String| of_role.iter().all(|one| one.purposes.contains(purpose));
    Ok(Some(Caller {
        subject: Subject::User(id),
        name: user.username,
        role,
        scopes: Vec::new(),
        purposes: first.into_iter().filter(common).collect(),
        requests_per_minute: requests_per_minute(role),
        trusted_documents_only: false,
        grounds: of_role.into_iter().map(|one| one.ground.clone()).collect(),
        client: None,
        contract: None,
        generation,
    }))
}

/// Every ground on which a subject stands on a Vietnam day, whatever role or contract it acts under; empty for one that may
/// not act at all.
pub async fn grounds_of(db: &Db, subject: Subject, on: NaiveDate) -> Result<Vec<Ground>, Error> {
    Ok(match subject {
        Subject::Client(id) => match tables::clients::Entity::find_by_id(id.uuid()).one(db.read()).await? {
            Some(row) if row.revoked_at.is_none() => {
                contracts::running(db, id, on).await?.into_iter().flat_map(|one| one.grounds).collect()
            }
            _ => Vec::new(),
        },
        Subject::User(id) => match users::known(db, id).await? {
            Some(user) if user.disabled_at.is_none() => {
                user.roles.into_iter().filter(|role| role.runs(on)).map(|role| role.ground).collect()
            }
            _ => Vec::new(),
        },
    })
}

fn set(words: &[String]) -> BTreeSet<&str> {
    words.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests;
