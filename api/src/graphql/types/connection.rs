//! Connections to banks and intermediaries. Their keys are never shown again.

pub mod health;
pub mod keys;
pub mod listing;
pub mod refusals;

use std::collections::{BTreeMap, HashMap};

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{
    ComplexObject, Context, ID, InputValueError, InputValueResult, Name, Scalar, ScalarType, SimpleObject, Value,
};
use entities::connections;
use entities::ids::{BankAccountId, ConnectionId};
use entities::networks::Networks;

use self::health::ConnectionHealth;
use self::keys::ConnectionKey;
use self::listing::ConnectionListing;
use self::refusals::RefusalCount;
use crate::flows::care::Caps;
use crate::flows::receive::Door;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total};
use crate::graphql::scalars::Moment;
use crate::graphql::shown::Shown;

/// Settings by name (thiết lập): an object whose values are texts, as `{"tmnCode": "MAUTMN01"}`.
#[derive(Clone, Debug, Default)]
pub struct Settings(pub BTreeMap<String, String>);

/// Settings by name (thiết lập): an object whose values are texts, as `{"tmnCode": "MAUTMN01"}`.
#[Scalar(name = "Settings")]
impl ScalarType for Settings {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::Object(fields) = value else { return Err(InputValueError::expected_type(value)) };
        let text = |(name, value): (Name, Value)| match value {
            Value::String(text) => Ok((name.to_string(), text)),
            other => Err(InputValueError::expected_type(other)),
        };
        fields.into_iter().map(text).collect::<Result<_, _>>().map(Self)
    }

    fn to_value(&self) -> Value {
        Value::Object(self.0.iter().map(|(name, value)| (Name::new(name), value.as_str().into())).collect())
    }
}

/// A connection to a bank or payment intermediary (kết nối).
#[derive(SimpleObject, Clone, Debug)]
#[graphql(complex)]
pub struct BankConnection {
    /// The global id (mã toàn cục).
    pub id: ID,
    /// The short name of the sender, as `vnpay` (ngân hàng, trung gian thanh toán).
    pub bank: String,
    /// Its name, unique in the hub (tên kết nối).
    pub name: String,
    /// The address to which its sender posts (địa chỉ nhận thông báo).
    pub webhook_url: String,
    /// Settings that are no secrets (thiết lập).
    pub extra: Settings,
    /// The OAuth `client_id` of the bank whose connection it is (mã ứng dụng của ngân hàng); null when only operators see
    /// it.
    pub client_id: Option<String>,
    /// When it was paused; null while it works (thời điểm tạm dừng).
    pub paused_at: Option<Moment>,
    /// When it was made (thời điểm tạo).
    pub created_at: Moment,
    /// Bytes of a message's body at most (dung lượng thông điệp tối đa): the connection's own limit, or the hub's.
    pub body_bytes: u64,
    /// Messages in one second at most, in each process of the hub (số thông điệp mỗi giây): the connection's own limit, or
    /// the hub's.
    pub messages_per_second: u64,
    #[graphql(skip)]
    key: ConnectionId,
    #[graphql(skip)]
    addresses: Networks,
}

impl BankConnection {
    /// A connection as a request shows it.
    #[must_use]
    pub fn of(request: &Request, connection: connections::Connection) -> Self {
        let (body_bytes, messages_per_second) = Caps::of(&request.hub.config).for_limits(&connection.limits);
        Self {
            id: node_id::encode("Connection", connection.id.uuid()),
            webhook_url: request.hub.config.public_url() + &Door::of(&connection.bank).path(connection.id),
            bank: connection.bank,
            name: connection.name,
            extra: Settings(connection.extra),
            client_id: connection.client.map(|id| id.to_string()),
            paused_at: connection.paused_at.map(Into::into),
            created_at: connection.created_at.into(),
            body_bytes,
            messages_per_second,
            key: connection.id,
            addresses: connection.limits.addresses,
        }
    }
}

#[ComplexObject]
impl BankConnection {
    /// Global ids of the accounts that it may speak for (tài khoản), 200 at most; null when the caller may not read them.
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Shown<Vec<ID>>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("Connection", "accounts") {
            return Ok(Shown::Masked);
        }
        let found = request.loaders.load_one(AccountsOf(self.key)).await?.unwrap_or_default();
        let ids = found.into_iter().take(connections::MAX_LISTED_ACCOUNTS);
        Ok(Shown::Value(Some(ids.map(|id| node_id::encode("BankAccount", id.uuid())).collect())))
    }

    /// Networks from which its messages may come (địa chỉ được phép), as `203.0.113.0/24`; empty allows every address; null
    /// when the caller may not read them.
    async fn allowed_addresses(&self, ctx: &Context<'_>) -> Result<Shown<Vec<String>>, Fault> {
        let may_read = Request::of(ctx)?.may_read("Connection", "allowedAddresses");
        Ok(Shown::when(may_read, self.addresses.written()))
    }

    /// Its keys without their content (khóa), newest first, the last 20; null when the caller may not read them.
    async fn keys(&self, ctx: &Context<'_>) -> Result<Shown<Vec<ConnectionKey>>, Fault> {
        let request = Request::of(ctx)?;
        if !request.may_read("Connection", "keys") {
            return Ok(Shown::Masked);
        }
        Ok(Shown::Value(Some(keys::of(request, self.key).await?)))
    }

    /// How it fares (tình trạng hoạt động).
    async fn health(&self, ctx: &Context<'_>) -> Result<ConnectionHealth, Fault> {
        health::of(Request::of(ctx)?, self.key, &self.bank, &self.extra.0).await
    }

    /// How far its sender was asked what it knows (đối chiếu chủ động); null when it is not asked.
    async fn listing(&self, ctx: &Context<'_>) -> Result<Option<ConnectionListing>, Fault> {
        listing::of(Request::of(ctx)?, self.key).await
    }

    /// How many messages were not taken, by day and reason, newest day first (số thông điệp không được nhận). They are counted
    /// for ever; a process that is killed loses what it counted in its last two seconds.
    async fn refusals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, RefusalCount, Total>, Fault> {
        let page = Arguments { first, after, last, before }.page_of(ctx)?;
        refusals::of(Request::of(ctx)?, self.key, page).await
    }
}

/// The accounts of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AccountsOf(ConnectionId);

impl Loader<AccountsOf> for Ledger {
    type Value = Vec<BankAccountId>;
    type Error = Failed;

    async fn load(&self, keys: &[AccountsOf]) -> Result<HashMap<AccountsOf, Self::Value>, Failed> {
        let ids: Vec<ConnectionId> = keys.iter().map(|key| key.0).collect();
        let found = connections::accounts_of(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, accounts)| (AccountsOf(id), accounts)).collect())
    }
}
