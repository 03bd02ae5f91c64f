//! Connections to banks and intermediaries. Their keys are never shown again.

use std::collections::{BTreeMap, HashMap};

use async_graphql::dataloader::Loader;
use async_graphql::{
    ComplexObject, Context, ID, InputValueError, InputValueResult, Name, Scalar, ScalarType, SimpleObject, Value,
};
use entities::connections;
use entities::ids::{BankAccountId, ConnectionId};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
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
    #[graphql(skip)]
    key: ConnectionId,
}

impl BankConnection {
    /// A connection as a request shows it.
    #[must_use]
    pub fn of(request: &Request, connection: connections::Connection) -> Self {
        Self {
            id: node_id::encode("Connection", connection.id.uuid()),
            webhook_url: format!("{}/webhooks/{}", request.hub.config.public_url(), connection.id),
            bank: connection.bank,
            name: connection.name,
            extra: Settings(connection.extra),
            client_id: connection.client.map(|id| id.to_string()),
            paused_at: connection.paused_at.map(Into::into),
            created_at: connection.created_at.into(),
            key: connection.id,
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
