//! Contracts: the dated ground on which a client works. A contract says where (schools, the schools that an organization
//! manages, a province), what (scopes) and why (purposes).

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use uuid::Uuid;

use crate::access;
use crate::bulk;
use crate::changes::{self, Change};
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::{ClientId, ContractId, OrganizationId, SchoolId, uuid_v7};
use crate::reach::{Ground, Reach};
use crate::tables::{contract_grounds, contracts};
use crate::time::Timestamp;

/// What a contract can allow, as OAuth scopes.
pub const SCOPES: [&str; 6] =
    ["roster:read", "roster:write", "invoices:read", "invoices:write", "money:read", "reports:read"];
/// Grounds of one contract at most: every school of a large province.
pub const MAX_GROUNDS: usize = 5_000;
/// Contracts listed at most.
pub const MAX_LISTED: u64 = 1_000;

/// A contract as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// The client that works under it.
    pub client: ClientId,
    /// Its number, as the parties write it.
    pub number: String,
    /// What it allows, of [`SCOPES`].
    pub scopes: Vec<String>,
    /// Why data may be asked for: codes of purposes.
    pub purposes: Vec<String>,
    /// Where it holds. Empty for a bank, which stands on its own connections.
    pub grounds: Vec<Ground>,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// The day on which it no longer holds; none while no end is agreed.
    pub valid_to: Option<NaiveDate>,
}

/// What the parties agreed.
#[derive(Clone, Debug)]
pub struct NewContract {
    /// The client that works under it.
    pub client: ClientId,
    /// Its number, 1 to 100 characters.
    pub number: String,
    /// What it allows, of [`SCOPES`].
    pub scopes: Vec<String>,
    /// Codes of purposes in SCREAMING_SNAKE_CASE.
    pub purposes: Vec<String>,
    /// Schools, organizations or a province; neither the nation nor a class.
    pub grounds: Vec<Ground>,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// The day on which it no longer holds.
    pub valid_to: Option<NaiveDate>,
}

/// Keeps a contract.
///
/// # Errors
/// `BAD_CONTRACT` for words, grounds or days that cannot be; `DUPLICATE` for a number that the client has; `NOT_FOUND` for an unknown client.
pub async fn create(tx: &Tx, new: &NewContract, now: Timestamp) -> Result<Contract, Error> {
    check(new)?;
    let id = ContractId::new(now);
    if crate::tables::clients::Entity::find_by_id(new.client.uuid()).one(tx.conn()).await?.is_none() {
        return Err(Refusal::not_found("Client").at("clientId").into());
    }
    let row = contracts::ActiveModel {
        id: Set(id.uuid()),
        client_id: Set(new.client.uuid()),
        number: Set(new.number.clone()),
        scopes: Set(new.scopes.join(" ")),
        purposes: Set(new.purposes.join(" ")),
        valid_from: Set(new.valid_from),
        valid_to: Set(new.valid_to),
        created_at: Set(now),
    };
    match contracts::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(Error::from) {
        Err(Error::Duplicate(_)) => return Err(number_in_use()),
        other => other?,
    };
    bulk::insert(tx, new.grounds.iter().map(|ground| row_of(id, ground, now)).collect()).await?;
    access::raise(tx).await?;
    changes::append(tx, vec![Change::upsert("Contract", id.uuid(), &new.number, None)], now).await?;
    Ok(Contract {
        id,
        client: new.client,
        number: new.number.clone(),
        scopes: new.scopes.clone(),
        purposes: new.purposes.clone(),
        grounds: new.grounds.clone(),
        valid_from: new.valid_from,
        valid_to: new.valid_to,
    })
}

/// All contracts for a reach over the whole hub, the own ones for a client, none for others.
pub async fn visible(db: &Db, reach: &Reach) -> Result<Vec<Contract>, Error> {
    match within(reach) {
        Some(select) => load(db, select).await,
        None => Ok(Vec::new()),
    }
}

/// The contract of an id, as far as it lies in reach.
pub async fn by_id(db: &Db, reach: &Reach, id: ContractId) -> Result<Option<Contract>, Error> {
    match within(reach) {
        Some(select) => Ok(load(db, select.filter(contracts::Column::Id.eq(id.uuid()))).await?.pop()),
        None => Ok(None),
    }
}

/// The whole hub sees every contract, a client its own, others none.
fn within(reach: &Reach) -> Option<Select<contracts::Entity>> {
    let select = contracts::Entity::find();
    if reach.is_nation() {
        return Some(select);
    }
    reach.client().map(|own| select.filter(contracts::Column::ClientId.eq(own.uuid())))
}

/// The contracts of a client that hold on a day, oldest first.
pub(crate) async fn running(db: &Db, client: ClientId, on: NaiveDate) -> Result<Vec<Contract>, Error> {
    use contracts::Column;
    let select = contracts::Entity::find()
        .filter(Column::ClientId.eq(client.uuid()))
        .filter(Column::ValidFrom.lte(on))
        .filter(Column::ValidTo.is_null().or(Column::ValidTo.gt(on)));
    load(db, select).await
}

async fn load(db: &Db, select: Select<contracts::Entity>) -> Result<Vec<Contract>, Error> {
    let rows = select
        .order_by_asc(contracts::Column::ValidFrom)
        .order_by_asc(contracts::Column::Number)
        .order_by_asc(contracts::Column::Id)
        .limit(MAX_LISTED)
        .all(db.read())
        .await?;
    let ids = rows.iter().map(|row| row.id);
    let mut grounds: HashMap<Uuid, Vec<Ground>> = HashMap::new();
    let found = contract_grounds::Entity::find()
        .filter(contract_grounds::Column::ContractId.is_in(ids))
        .order_by_asc(contract_grounds::Column::Id)
        .all(db.read())
        .await?;
    for row in found {
        let ground = ground_of(row.school_id, row.organization_id, row.province_code);
        grounds.entry(row.contract_id).or_default().extend(ground);
    }
    Ok(rows
        .into_iter()
        .map(|row| Contract {
            id: ContractId::from_uuid(row.id),
            client: ClientId::from_uuid(row.client_id),
            number: row.number,
            scopes: access::words(&row.scopes),
            purposes: access::words(&row.purposes),
            grounds: grounds.remove(&row.id).unwrap_or_default(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        })
        .collect())
}

fn ground_of(school: Option<Uuid>, organization: Option<Uuid>, province: Option<String>) -> Option<Ground> {
    match (school, organization, province) {
        (Some(id), None, None) => Some(Ground::School(SchoolId::from_uuid(id))),
        (None, Some(id), None) => Some(Ground::ManagedBy(OrganizationId::from_uuid(id))),
        (None, None, Some(code)) => Some(Ground::Province(code)),
        _ => None,
    }
}

fn row_of(contract: ContractId, ground: &Ground, now: Timestamp) -> contract_grounds::ActiveModel {
    let (school, organization, province) = match ground {
        Ground::School(id) => (Some(id.uuid()), None, None),
        Ground::ManagedBy(id) => (None, Some(id.uuid()), None),
        Ground::Province(code) => (None, None, Some(code.clone())),
        Ground::Nation | Ground::Class(..) => (None, None, None),
    };
    contract_grounds::ActiveModel {
        id: Set(uuid_v7(now)),
        contract_id: Set(contract.uuid()),
        school_id: Set(school),
        organization_id: Set(organization),
        province_code: Set(province),
    }
}

fn number_in_use() -> Error {
    let refusal =
        Refusal::new("DUPLICATE", "This client has a contract of this number.", "Ứng dụng đã có hợp đồng số này.");
    refusal.at("number").into()
}

fn check(new: &NewContract) -> Result<(), Error> {
    let refuse = |field: &str, message: &str, vi: &str| Err(Refusal::new("BAD_CONTRACT", message, vi).at(field).into());
    if new.number.is_empty() || new.number.chars().count() > 100 || new.number.chars().any(char::is_control) {
        return refuse("number", "A contract's number has 1 to 100 characters.", "Số hợp đồng có từ 1 đến 100 ký tự.");
    }
    if new.scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        let known = SCOPES.join(", ");
        return refuse("scopes", &format!("Scopes are {known}."), &format!("Các phạm vi quyền là {known}."));
    }
    if !new.purposes.iter().all(|purpose| is_purpose(purpose)) {
        return refuse("purposes", "A purpose is a code such as FEES.", "Mục đích là một mã, ví dụ FEES.");
    }
    let is_strange = |ground: &Ground| matches!(ground, Ground::Nation | Ground::Class(..));
    if new.grounds.len() > MAX_GROUNDS || new.grounds.iter().any(is_strange) {
        return refuse(
            "grounds",
            &format!("A contract covers at most {MAX_GROUNDS} schools, organizations or provinces."),
            &format!("Hợp đồng bao gồm nhiều nhất {MAX_GROUNDS} trường, tổ chức hoặc tỉnh."),
        );
    }
    if new.valid_to.is_some_and(|end| end <= new.valid_from) {
        return refuse("validTo", "A contract ends after it begins.", "Hợp đồng kết thúc sau ngày bắt đầu.");
    }
    Ok(())
}

/// Whether a word can be the code of a purpose: 1 to 40 of `A-Z`, `0-9` and `_`.
pub(crate) fn is_purpose(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=40).contains(&word.len()) && word.bytes().all(fits)
}
