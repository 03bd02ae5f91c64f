//! What operators of the hub do about connections to banks.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entities::ids::ConnectionId;
use entities::{Error, Refusal};

use crate::flows::connect::{self, Asked, Made};
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, UserError, or_refused};
use crate::graphql::node_id;
use crate::graphql::types::connection::{BankConnection, Settings};

/// Connections to banks.
#[derive(Default)]
pub struct ConnectionMutation;

#[Object]
impl ConnectionMutation {
    /// Connects a bank or intermediary (tạo kết nối). A key that the hub makes is shown in this answer and never again; one
    /// that was given is never shown.
    async fn create_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be connected, with which key and accounts.")] input: CreateConnectionInput,
    ) -> Result<ConnectionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("createConnection")?;
        answer(request, create(request, input).await)
    }

    /// Gives a connection another key (đổi khóa kết nối); the old one stays valid for a day.
    async fn rotate_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which connection gets which new key.")] input: RotateConnectionInput,
    ) -> Result<ConnectionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("rotateConnection")?;
        let id = ConnectionId::from_uuid(node_id::expect("Connection", &input.connection_id)?);
        let rotated = connect::rotate(request.db(), &request.reach, id, input.secret.as_deref(), request.now).await;
        answer(request, rotated)
    }
}

/// A connection that is to be made (tạo kết nối).
#[derive(InputObject)]
pub struct CreateConnectionInput {
    /// The short name of the sender (ngân hàng, trung gian thanh toán), as `vnpay` or `payos`; `connection banks` lists
    /// them.
    bank: String,
    /// Its name (tên), unique in the hub.
    name: String,
    /// The key that the provider issued (khóa do đối tác cấp); leave it out where the hub makes the key.
    secret: Option<String>,
    /// Settings that the sender needs and that are no secrets (thiết lập), as `{"tmnCode": "MAUTMN01"}`.
    #[graphql(default)]
    extra: Settings,
    /// Full numbers of known accounts (số tài khoản) that it may speak for; exactly one where the sender's messages
    /// name none.
    accounts: Vec<String>,
    /// The OAuth `client_id` of the bank whose connection it is (mã ứng dụng của ngân hàng), so that the bank sees
    /// it.
    client_id: Option<String>,
}

/// A connection that is to get another key (đổi khóa kết nối).
#[derive(InputObject)]
pub struct RotateConnectionInput {
    /// The connection's global id (kết nối).
    connection_id: ID,
    /// The key that the provider issued (khóa do đối tác cấp); leave it out where the hub makes the key.
    secret: Option<String>,
}

/// The connection that was changed (kết quả về kết nối).
#[derive(SimpleObject, Default)]
pub struct ConnectionPayload {
    /// The connection (kết nối); null when the input was refused.
    connection: Option<BankConnection>,
    /// The key that the hub made (khóa bí mật), shown this once; null when it was given.
    secret: Option<String>,
    /// Why the input was refused (lỗi dữ liệu nhập).
    user_errors: Vec<UserError>,
}

async fn create(request: &Request, input: CreateConnectionInput) -> Result<Made, Error> {
    let client = match input.client_id {
        Some(word) => Some(word.parse().map_err(|_| Refusal::not_found("Client").at("clientId"))?),
        None => None,
    };
    let asked = Asked { bank: input.bank, name: input.name, secret: input.secret, extra: input.extra.0, client };
    connect::create(request.db(), &request.reach, &asked, &input.accounts, request.now).await
}

fn answer(request: &Request, made: Result<Made, Error>) -> Result<ConnectionPayload, Fault> {
    Ok(match or_refused(made)? {
        Ok(made) => ConnectionPayload {
            connection: Some(BankConnection::of(request, made.connection)),
            secret: made.secret,
            user_errors: Vec::new(),
        },
        Err(user_errors) => ConnectionPayload { user_errors, ..ConnectionPayload::default() },
    })
}
