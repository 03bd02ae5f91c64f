//! Users: people with dated roles. A role gives ground only while it runs, and only of the kind that belongs to it.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::access;
use crate::callers::Role;
use crate::changes::{self, Change};
use crate::contracts::is_purpose;
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::{ClassId, OrganizationId, RoleAssignmentId, SchoolId, UserId};
use crate::reach::{Ground, Reach};
use crate::tables::{organizations, role_assignments, school_classes, schools, users};
use crate::time::Timestamp;

/// Users listed at most.
pub const MAX_LISTED: u64 = 1_000;

/// A user as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The name for signing in, unique in the hub.
    pub username: String,
    /// The name for people.
    pub display_name: String,
    /// Raised by a reset: tokens of an earlier generation are refused.
    pub token_generation: i64,
    /// When the user was shut out; none while the user may work.
    pub disabled_at: Option<Timestamp>,
    /// The roles, past, present and future, oldest first.
    pub roles: Vec<RoleAssignment>,
}

/// A dated role of a user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoleAssignment {
    /// Its id.
    pub id: RoleAssignmentId,
    /// The role.
    pub role: Role,
    /// Where it holds.
    pub ground: Ground,
    /// Purposes that its holder may state.
    pub purposes: Vec<String>,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// The day on which it no longer holds.
    pub valid_to: Option<NaiveDate>,
}

impl RoleAssignment {
    /// Whether the role holds on a Vietnam day.
    #[must_use]
    pub fn runs(&self, on: NaiveDate) -> bool {
        self.valid_from <= on && self.valid_to.is_none_or(|end| end > on)
    }
}

/// A role that is to be given.
#[derive(Clone, Debug)]
pub struct NewRoleAssignment {
    /// The role; those of clients are refused.
    pub role: Role,
    /// A ground of the kind that belongs to the role.
    pub ground: Ground,
    /// Codes of purposes in SCREAMING_SNAKE_CASE.
    pub purposes: Vec<String>,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// The day on which it no longer holds.
    pub valid_to: Option<NaiveDate>,
}

/// Makes a user without a role.
///
/// # Errors
/// `BAD_USER` for names that cannot be; `DUPLICATE` for a username in use.
pub async fn create(tx: &Tx, username: &str, display_name: &str, now: Timestamp) -> Result<User, Error> {
    check_names(username, display_name)?;
    let id = UserId::new(now);
    let row = users::ActiveModel {
        id: Set(id.uuid()),
        username: Set(username.to_owned()),
        display_name: Set(display_name.to_owned()),
        token_generation: Set(0),
        created_at: Set(now),
        disabled_at: Set(None),
    };
    match users::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(Error::from) {
        Err(Error::Duplicate(_)) => {
            let refusal = Refusal::new("DUPLICATE", "This username is in use.", "Tên đăng nhập này đã được dùng.");
            return Err(refusal.at("username").into());
        }
        other => other?,
    };
    changed(tx, id, username, now).await?;
    Ok(User {
        id,
        username: username.to_owned(),
        display_name: display_name.to_owned(),
        token_generation: 0,
        disabled_at: None,
        roles: Vec::new(),
    })
}

/// Gives a user a dated role.
///
/// # Errors
/// `BAD_ROLE` for a ground, purpose or day that does not belong to the role; `NOT_FOUND` for an unknown user or ground.
pub async fn assign(tx: &Tx, id: UserId, new: &NewRoleAssignment, now: Timestamp) -> Result<RoleAssignment, Error> {
    check_role(new)?;
    let user = row_of(tx, id).await?;
    if !exists(tx, &new.ground).await? {
        return Err(Refusal::not_found("The ground of the role").at("ground").into());
    }
    let assignment = RoleAssignmentId::new(now);
    let (school, organization, province, class) = match &new.ground {
        Ground::Nation => (None, None, None, None),
        Ground::Province(code) => (None, None, Some(code.clone()), None),
        Ground::ManagedBy(organization) => (None, Some(organization.uuid()), None, None),
        Ground::School(school) => (Some(school.uuid()), None, None, None),
        Ground::Class(school, class) => (Some(school.uuid()), None, None, Some(class.uuid())),
    };
    let row = role_assignments::ActiveModel {
        id: Set(assignment.uuid()),
        user_id: Set(id.uuid()),
        role: Set(new.role.as_str().to_owned()),
        school_id: Set(school),
        organization_id: Set(organization),
        province_code: Set(province),
        class_id: Set(class),
        purposes: Set(new.purposes.join(" ")),
        valid_from: Set(new.valid_from),
        valid_to: Set(new.valid_to),
        created_at: Set(now),
    };
    role_assignments::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    changed(tx, id, &user.username, now).await?;
    let (role, ground, purposes) = (new.role, new.ground.clone(), new.purposes.clone());
    Ok(RoleAssignment { id: assignment, role, ground, purposes, valid_from: new.valid_from, valid_to: new.valid_to })
}

/// Takes back every token that the user holds. New tokens can be given at once.
///
/// # Errors
/// `NOT_FOUND` for an unknown user.
pub async fn reset(tx: &Tx, id: UserId, now: Timestamp) -> Result<(), Error> {
    users::Entity::update_many()
        .col_expr(users::Column::TokenGeneration, Expr::col(users::Column::TokenGeneration).add(1))
        .filter(users::Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    let user = row_of(tx, id).await?;
    changed(tx, id, &user.username, now).await
}

/// Shuts a user out. A repeat changes nothing.
///
/// # Errors
/// `NOT_FOUND` for an unknown user.
pub async fn disable(tx: &Tx, id: UserId, now: Timestamp) -> Result<(), Error> {
    users::Entity::update_many()
        .col_expr(users::Column::DisabledAt, Expr::value(now))
        .filter(users::Column::Id.eq(id.uuid()))
        .filter(users::Column::DisabledAt.is_null())
        .exec(tx.conn())
        .await?;
    let user = row_of(tx, id).await?;
    changed(tx, id, &user.username, now).await
}

/// All users by username for a reach over the whole hub, none for others.
pub async fn visible(db: &Db, reach: &Reach) -> Result<Vec<User>, Error> {
    if !reach.is_nation() {
        return Ok(Vec::new());
    }
    load(db, users::Entity::find()).await
}

/// The user of a username, for a reach over the whole hub; none when there is none.
pub async fn by_username(db: &Db, reach: &Reach, username: &str) -> Result<Option<User>, Error> {
    if !reach.is_nation() {
        return Ok(None);
    }
    Ok(load(db, users::Entity::find().filter(users::Column::Username.eq(username))).await?.pop())
}

/// The user of an id, for a reach over the whole hub; none when there is none.
pub async fn by_id(db: &Db, reach: &Reach, id: UserId) -> Result<Option<User>, Error> {
    if reach.is_nation() { known(db, id).await } else { Ok(None) }
}

pub(crate) async fn known(db: &Db, id: UserId) -> Result<Option<User>, Error> {
    Ok(load(db, users::Entity::find().filter(users::Column::Id.eq(id.uuid()))).await?.pop())
}

async fn load(db: &Db, select: sea_orm::Select<users::Entity>) -> Result<Vec<User>, Error> {
    let rows = select.order_by_asc(users::Column::Username).limit(MAX_LISTED).all(db.read()).await?;
    let found = role_assignments::Entity::find()
        .filter(role_assignments::Column::UserId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(role_assignments::Column::ValidFrom)
        .order_by_asc(role_assignments::Column::Id)
        .all(db.read())
        .await?;
    let mut roles: HashMap<Uuid, Vec<RoleAssignment>> = HashMap::new();
    for row in found {
        roles.entry(row.user_id).or_default().push(role_of(row)?);
    }
    Ok(rows
        .into_iter()
        .map(|row| User {
            id: UserId::from_uuid(row.id),
            username: row.username,
            display_name: row.display_name,
            token_generation: row.token_generation,
            disabled_at: row.disabled_at,
            roles: roles.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

fn role_of(row: role_assignments::Model) -> Result<RoleAssignment, Error> {
    let role = Role::parse(&row.role).ok_or_else(|| Error::internal("a user has an unknown role"))?;
    let ground = match (row.school_id, row.class_id, row.organization_id, row.province_code) {
        (Some(school), Some(class), None, None) => {
            Ground::Class(SchoolId::from_uuid(school), ClassId::from_uuid(class))
        }
        (Some(school), None, None, None) => Ground::School(SchoolId::from_uuid(school)),
        (None, None, Some(organization), None) => Ground::ManagedBy(OrganizationId::from_uuid(organization)),
        (None, None, None, Some(code)) => Ground::Province(code),
        (None, None, None, None) => Ground::Nation,
        _ => return Err(Error::internal("a role stands on two grounds")),
    };
    if !belongs(role, &ground) {
        return Err(Error::internal("a role stands on a ground that is not its own"));
    }
    Ok(RoleAssignment {
        id: RoleAssignmentId::from_uuid(row.id),
        role,
        ground,
        purposes: access::words(&row.purposes),
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    })
}

/// Whether a ground is of the kind that belongs to a role (PRODUCT, roles and reach).
fn belongs(role: Role, ground: &Ground) -> bool {
    match role {
        Role::ProvinceOfficer => matches!(ground, Ground::Province(_)),
        Role::CommuneOfficer => matches!(ground, Ground::ManagedBy(_)),
        Role::Principal | Role::Accountant | Role::SchoolItLead | Role::Clerk => matches!(ground, Ground::School(_)),
        Role::Teacher => matches!(ground, Ground::Class(..)),
        Role::DataOfficer => matches!(ground, Ground::Province(_) | Ground::School(_)),
        Role::PlatformAdmin => matches!(ground, Ground::Nation),
        Role::VendorApp | Role::BankPartner => false,
    }
}

async fn row_of(tx: &Tx, id: UserId) -> Result<users::Model, Error> {
    let found = users::Entity::find_by_id(id.uuid()).one(tx.conn()).await?;
    found.ok_or_else(|| Refusal::not_found("User").into())
}

async fn exists(tx: &Tx, ground: &Ground) -> Result<bool, Error> {
    Ok(match ground {
        Ground::Nation | Ground::Province(_) => true,
        Ground::ManagedBy(id) => organizations::Entity::find_by_id(id.uuid()).one(tx.conn()).await?.is_some(),
        Ground::School(id) => schools::Entity::find_by_id(id.uuid()).one(tx.conn()).await?.is_some(),
        Ground::Class(school, class) => {
            let found = school_classes::Entity::find_by_id(class.uuid()).one(tx.conn()).await?;
            found.is_some_and(|row| row.school_id == school.uuid())
        }
    })
}

async fn changed(tx: &Tx, id: UserId, username: &str, now: Timestamp) -> Result<(), Error> {
    access::raise(tx).await?;
    changes::append(tx, vec![Change::upsert("User", id.uuid(), username, None)], now).await
}

fn check_names(username: &str, display_name: &str) -> Result<(), Error> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if !(1..=64).contains(&username.len()) || !username.bytes().all(fits) {
        return Err(Refusal::new(
            "BAD_USER",
            "A username has 1 to 64 of a-z, 0-9, dot, underscore and hyphen.",
            "Tên đăng nhập có từ 1 đến 64 ký tự a-z, 0-9, dấu chấm, gạch dưới và gạch nối.",
        )
        .at("username")
        .into());
    }
    let chars = display_name.chars().count();
    if chars == 0 || chars > 100 || display_name.chars().any(char::is_control) {
        return Err(Refusal::new(
            "BAD_USER",
            "A display name has 1 to 100 characters.",
            "Tên hiển thị có từ 1 đến 100 ký tự.",
        )
        .at("displayName")
        .into());
    }
    Ok(())
}

fn check_role(new: &NewRoleAssignment) -> Result<(), Error> {
    let refuse = |field: &str, message: &str, vi: &str| Err(Refusal::new("BAD_ROLE", message, vi).at(field).into());
    if !belongs(new.role, &new.ground) {
        return refuse("ground", "This ground does not belong to this role.", "Phạm vi này không thuộc vai trò này.");
    }
    if !new.purposes.iter().all(|purpose| is_purpose(purpose)) {
        return refuse("purposes", "A purpose is a code such as FEES.", "Mục đích là một mã, ví dụ FEES.");
    }
    if new.valid_to.is_some_and(|end| end <= new.valid_from) {
        return refuse("validTo", "A role ends after it begins.", "Vai trò kết thúc sau ngày bắt đầu.");
    }
    Ok(())
}
