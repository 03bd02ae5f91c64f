//! Clients: the applications of vendors, and banks. A client proves itself with a secret that is shown once; the
//! database keeps only its SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select, Set};
use subtle::ConstantTimeEq;

use crate::access;
use crate::callers::Role;
use crate::changes::{self, Change};
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::ClientId;
use crate::reach::Reach;
use crate::seal::random;
use crate::tables::clients;
use crate::time::Timestamp;

/// Characters of a name at most: it stands in tables and log lines.
pub const MAX_NAME_CHARS: usize = 100;
/// Requests a minute at most that a client can be given: beyond it, one client could fill the hub.
pub const MAX_REQUESTS_PER_MINUTE: u32 = 60_000;
/// Clients listed at most.
pub const MAX_LISTED: usize = 1_000;

/// A client as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Client {
    /// Its id, which is also its OAuth `client_id`.
    pub id: ClientId,
    /// Its name, unique in the hub.
    pub name: String,
    /// [`Role::VendorApp`] or [`Role::BankPartner`].
    pub role: Role,
    /// Requests that it may send in a minute.
    pub requests_per_minute: u32,
    /// Whether it may run nothing but the documents registered for it.
    pub trusted_documents_only: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was shut out for good; none while it works.
    pub revoked_at: Option<Timestamp>,
}

/// What an operator says of a new client.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Its name, 1 to [`MAX_NAME_CHARS`] characters, unique in the hub.
    pub name: String,
    /// [`Role::VendorApp`] or [`Role::BankPartner`].
    pub role: Role,
    /// Requests that it may send in a minute, 1 to [`MAX_REQUESTS_PER_MINUTE`].
    pub requests_per_minute: u32,
}

/// A client's secret: 256 random bits. It is shown once and cannot be printed by accident.
pub struct ClientSecret(String);

impl ClientSecret {
    /// The secret itself, to be handed to the client and forgotten.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn generate() -> Result<Self, Error> {
        Ok(Self(format!("ltcs_{}", URL_SAFE_NO_PAD.encode(random::<32>()?))))
    }
}

/// Makes a client and its secret.
///
/// # Errors
/// `BAD_CLIENT` for a name, role or rate that cannot be; `DUPLICATE` for a name in use.
pub async fn create(tx: &Tx, new: &NewClient, now: Timestamp) -> Result<(Client, ClientSecret), Error> {
    check(new)?;
    let secret = ClientSecret::generate()?;
    let client = Client {
        id: ClientId::new(now),
        name: new.name.clone(),
        role: new.role,
        requests_per_minute: new.requests_per_minute,
        trusted_documents_only: false,
        created_at: now,
        revoked_at: None,
    };
    let row = clients::ActiveModel {
        id: Set(client.id.uuid()),
        name: Set(client.name.clone()),
        role: Set(client.role.as_str().to_owned()),
        secret_digest: Set(sha256(&secret.0)),
        requests_per_minute: Set(client.requests_per_minute.into()),
        trusted_documents_only: Set(false),
        created_at: Set(now),
        revoked_at: Set(None),
    };
    match clients::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(Error::from) {
        Err(Error::Duplicate(_)) => return Err(name_in_use()),
        other => other?,
    };
    access::raise(tx).await?;
    changes::append(tx, vec![Change::upsert("Client", client.id.uuid(), &client.name, None)], now).await?;
    Ok((client, secret))
}

/// Shuts a client out for good. A repeat changes nothing.
///
/// # Errors
/// `NOT_FOUND` for a client that does not exist.
pub async fn revoke(tx: &Tx, id: ClientId, now: Timestamp) -> Result<Client, Error> {
    clients::Entity::update_many()
        .col_expr(clients::Column::RevokedAt, Expr::value(now))
        .filter(clients::Column::Id.eq(id.uuid()))
        .filter(clients::Column::RevokedAt.is_null())
        .exec(tx.conn())
        .await?;
    let row = clients::Entity::find_by_id(id.uuid()).one(tx.conn()).await?;
    let client = read(row.ok_or_else(|| Refusal::not_found("Client"))?)?;
    access::raise(tx).await?;
    changes::append(tx, vec![Change::upsert("Client", id.uuid(), &client.name, None)], now).await?;
    Ok(client)
}

/// Holds a client to its trusted documents, or lets it ask freely again.
///
/// # Errors
/// `NOT_FOUND` for a client that does not exist.
pub async fn hold_to_trusted_documents(tx: &Tx, id: ClientId, only: bool, now: Timestamp) -> Result<Client, Error> {
    clients::Entity::update_many()
        .col_expr(clients::Column::TrustedDocumentsOnly, Expr::value(only))
        .filter(clients::Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    let row = clients::Entity::find_by_id(id.uuid()).one(tx.conn()).await?;
    let client = read(row.ok_or_else(|| Refusal::not_found("Client"))?)?;
    access::raise(tx).await?;
    changes::append(tx, vec![Change::upsert("Client", id.uuid(), &client.name, None)], now).await?;
    Ok(client)
}

/// Whether `secret` is that of a client which is not revoked. Takes the same steps for a client that does not exist.
pub async fn authenticate(db: &Db, id: ClientId, secret: &str) -> Result<bool, Error> {
    let found = clients::Entity::find_by_id(id.uuid()).one(db.read()).await?;
    let works = found.as_ref().is_some_and(|row| row.revoked_at.is_none());
    let kept = found.map_or_else(|| vec![0; 32], |row| row.secret_digest);
    let same: bool = kept.ct_eq(&sha256(secret)).into();
    Ok(works && same)
}

/// All clients by name for a reach over the whole hub, the own one for a client, none for others.
pub async fn visible(db: &Db, reach: &Reach) -> Result<Vec<Client>, Error> {
    let Some(select) = within(reach) else { return Ok(Vec::new()) };
    let select = select.order_by_asc(clients::Column::Name);
    let rows =
        sea_orm::QuerySelect::limit(select, u64::try_from(MAX_LISTED).unwrap_or(u64::MAX)).all(db.read()).await?;
    rows.into_iter().map(read).collect()
}

/// The client of an id, as far as it lies in reach.
pub async fn by_id(db: &Db, reach: &Reach, id: ClientId) -> Result<Option<Client>, Error> {
    let Some(select) = within(reach) else { return Ok(None) };
    select.filter(clients::Column::Id.eq(id.uuid())).one(db.read()).await?.map(read).transpose()
}

/// The whole hub sees every client, a client itself, others none.
fn within(reach: &Reach) -> Option<Select<clients::Entity>> {
    let select = clients::Entity::find();
    if reach.is_nation() {
        return Some(select);
    }
    reach.client().map(|own| select.filter(clients::Column::Id.eq(own.uuid())))
}

pub(crate) fn read(row: clients::Model) -> Result<Client, Error> {
    Ok(Client {
        id: ClientId::from_uuid(row.id),
        role: Role::parse(&row.role).ok_or_else(|| Error::internal("a client has an unknown role"))?,
        requests_per_minute: u32::try_from(row.requests_per_minute).map_err(Error::internal)?,
        name: row.name,
        trusted_documents_only: row.trusted_documents_only,
        created_at: row.created_at,
        revoked_at: row.revoked_at,
    })
}

fn check(new: &NewClient) -> Result<(), Error> {
    let refuse =
        |field: &str, message: String, vi: String| Err(Refusal::new("BAD_CLIENT", message, vi).at(field).into());
    let chars = new.name.chars().count();
    if chars == 0 || chars > MAX_NAME_CHARS || new.name.chars().any(char::is_control) {
        return refuse(
            "name",
            format!("A client's name has 1 to {MAX_NAME_CHARS} characters."),
            format!("Tên ứng dụng có từ 1 đến {MAX_NAME_CHARS} ký tự."),
        );
    }
    if !matches!(new.role, Role::VendorApp | Role::BankPartner) {
        return refuse(
            "role",
            "A client is a VENDOR_APP or a BANK_PARTNER; people are users.".to_owned(),
            "Ứng dụng có vai trò VENDOR_APP hoặc BANK_PARTNER; con người là người dùng.".to_owned(),
        );
    }
    if new.requests_per_minute == 0 || new.requests_per_minute > MAX_REQUESTS_PER_MINUTE {
        return refuse(
            "requestsPerMinute",
            format!("A client may send 1 to {MAX_REQUESTS_PER_MINUTE} requests a minute."),
            format!("Một ứng dụng được gửi từ 1 đến {MAX_REQUESTS_PER_MINUTE} yêu cầu mỗi phút."),
        );
    }
    Ok(())
}

fn name_in_use() -> Error {
    Refusal::new("DUPLICATE", "This name is in use.", "Tên này đã được dùng.").at("name").into()
}

fn sha256(secret: &str) -> Vec<u8> {
    digest(&SHA256, secret.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, fresh};
    use crate::transaction;

    fn vendor(name: &str) -> NewClient {
        NewClient { name: name.to_owned(), role: Role::VendorApp, requests_per_minute: 600 }
    }

    #[tokio::test]
    async fn only_the_right_secret_of_a_working_client_is_accepted() {
        let fresh = fresh().await;
        let db = &fresh.db;
        let (client, secret) = transaction!(db, |tx| create(tx, &vendor("Phần mềm thử"), NOW).await).unwrap();
        let (_, other) = transaction!(db, |tx| create(tx, &vendor("Phần mềm khác"), NOW).await).unwrap();
        assert!(authenticate(db, client.id, secret.reveal()).await.unwrap());
        assert!(!authenticate(db, client.id, other.reveal()).await.unwrap());
        assert!(!authenticate(db, client.id, "").await.unwrap());
        assert!(!authenticate(db, ClientId::new(NOW), secret.reveal()).await.unwrap());
        let before = access::version(db).await.unwrap();
        transaction!(db, |tx| revoke(tx, client.id, NOW).await).unwrap();
        assert!(!authenticate(db, client.id, secret.reveal()).await.unwrap());
        assert_eq!(access::version(db).await.unwrap(), before + 1);
    }

    #[tokio::test]
    async fn what_cannot_be_a_client_is_refused() {
        let fresh = fresh().await;
        let make = async |new: NewClient| transaction!(fresh.db, |tx| create(tx, &new, NOW).await).map(|_| ());
        make(vendor("a")).await.unwrap();
        let bad = [
            vendor("a"),
            vendor(""),
            NewClient { role: Role::Principal, ..vendor("b") },
            NewClient { requests_per_minute: 0, ..vendor("b") },
        ];
        for new in bad {
            assert!(matches!(make(new.clone()).await, Err(Error::Refused(_))), "{new:?}");
        }
    }
}
