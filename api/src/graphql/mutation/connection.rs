//! What operators of the hub do about connections to banks.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entities::connections::Connection;
use entities::ids::ConnectionId;
use entities::{Error, Refusal};

use crate::flows::care::{self, Caps, Wanted};
use crate::flows::connect::{self, Asked, Made, OVERLAP_SECONDS};
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

    /// Gives a connection another key (đổi khóa kết nối); the old one stays valid for a day, or for as long as is said.
    async fn rotate_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which connection gets which new key.")] input: RotateConnectionInput,
    ) -> Result<ConnectionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("rotateConnection")?;
        let id = connection(&input.connection_id)?;
        let overlap = input.overlap_seconds.map_or(OVERLAP_SECONDS, i64::from);
        let secret = input.secret.as_deref();
        answer(request, connect::rotate(request.db(), &request.reach, id, secret, overlap, request.now).await)
    }

    /// Ends at once every key of a connection but its newest (hủy khóa cũ), as when an old one has leaked.
    async fn retire_connection_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose old keys are to end.")] input: RetireConnectionKeysInput,
    ) -> Result<ConnectionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("retireConnectionKeys")?;
        let id = connection(&input.connection_id)?;
        kept(request, care::retire_keys(request.db(), &request.reach, id, request.now).await)
    }

    /// Pauses a connection (tạm dừng kết nối): within five seconds its sender hears that the hub is unavailable, and sends again
    /// later. Nothing that was kept is lost, and what waits is settled.
    async fn pause_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which connection is to pause.")] input: PauseConnectionInput,
    ) -> Result<ConnectionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("pauseConnection")?;
        let id = connection(&input.connection_id)?;
        kept(request, care::pause(request.db(), &request.reach, id, true, request.now).await)
    }

    /// Lets a paused connection work again (tiếp tục kết nối).
    async fn resume_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which connection is to work again.")] input: ResumeConnectionInput,
    ) -> Result<ConnectionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("resumeConnection")?;
        let id = connection(&input.connection_id)?;
        kept(request, care::pause(request.db(), &request.reach, id, false, request.now).await)
    }

    /// Changes what a connection's sender may send, from where, and for which accounts it speaks (sửa kết nối). It takes effect
    /// within five seconds; all of it, or nothing.
    async fn update_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which connection, and what is to change about it.")] input: UpdateConnectionInput,
    ) -> Result<ConnectionPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("updateConnection")?;
        let id = connection(&input.connection_id)?;
        let wanted = Wanted {
            addresses: input.allowed_addresses,
            body_bytes: input.body_bytes,
            messages_per_second: input.messages_per_second,
            add: input.add_accounts,
            remove: input.remove_accounts,
        };
        let caps = Caps::of(&request.hub.config);
        kept(request, care::update(request.db(), &request.reach, id, &wanted, caps, request.now).await)
    }
}

/// A connection whose old keys are to end (hủy khóa cũ).
#[derive(InputObject)]
pub struct RetireConnectionKeysInput {
    /// The connection's global id (kết nối).
    connection_id: ID,
}

/// A connection that is to pause (tạm dừng kết nối).
#[derive(InputObject)]
pub struct PauseConnectionInput {
    /// The connection's global id (kết nối).
    connection_id: ID,
}

/// A connection that is to work again (tiếp tục kết nối).
#[derive(InputObject)]
pub struct ResumeConnectionInput {
    /// The connection's global id (kết nối).
    connection_id: ID,
}

/// What is to change about a connection (sửa kết nối).
#[derive(InputObject)]
pub struct UpdateConnectionInput {
    /// The connection's global id (kết nối).
    connection_id: ID,
    /// Networks from which its messages may come (địa chỉ được phép), as `203.0.113.0/24`, `2001:db8::/32` or one address, at
    /// most 100; an empty list allows every address, null leaves them.
    allowed_addresses: Option<Vec<String>>,
    /// Bytes of a message's body at most (dung lượng thông điệp tối đa), up to the hub's own limit; 0 takes that one, null
    /// leaves it.
    body_bytes: Option<i64>,
    /// Messages in one second at most (số thông điệp mỗi giây), up to the hub's own limit; 0 takes that one, null leaves it.
    messages_per_second: Option<i64>,
    /// Full numbers of known accounts that it is to speak for as well (số tài khoản thêm vào).
    #[graphql(default)]
    add_accounts: Vec<String>,
    /// Full numbers of accounts that it is to speak for no longer (số tài khoản bỏ đi); what it said before stays.
    #[graphql(default)]
    remove_accounts: Vec<String>,
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
    /// Seconds for which the old keys stay valid (số giây khóa cũ còn hiệu lực), 0 to 2,592,000, which is 30 days; null means a
    /// day, and 0 ends them at once.
    overlap_seconds: Option<i32>,
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

pub(super) fn connection(id: &ID) -> Result<ConnectionId, Fault> {
    node_id::expect("Connection", id).map(ConnectionId::from_uuid)
}

/// The payload of a change that makes no key.
pub(super) fn kept(request: &Request, changed: Result<Connection, Error>) -> Result<ConnectionPayload, Fault> {
    answer(request, changed.map(|connection| Made { connection, secret: None }))
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
