//! What operators of the hub do about who may ask. Every change bites at once in this process and within two seconds in
//! others.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entities::clients::{self, NewClient};
use entities::contracts::{self, NewContract};
use entities::ids::{ClientId, UserId};
use entities::users::{self, NewRoleAssignment};
use entities::{Error, Refusal, grounds, signing_keys, transaction};

use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, UserError, or_refused};
use crate::graphql::node_id;
use crate::graphql::scalars::Day;
use crate::graphql::types::access::{Client, Contract, GroundInput, Role, User};

/// Who may ask.
#[derive(Default)]
pub struct AccessMutation;

#[Object]
impl AccessMutation {
    /// Makes a client (tạo ứng dụng). Its secret is shown in this answer and never again.
    async fn create_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: CreateClientInput,
    ) -> Result<ClientPayload, Fault> {
        let request = open(ctx, "createClient")?;
        let role = input.role.into();
        let new = NewClient { name: input.name, role, requests_per_minute: input.requests_per_minute };
        let made = transaction!(request.db(), |tx| clients::create(tx, &new, request.now).await);
        Ok(match or_refused(made)? {
            Ok((client, secret)) => ClientPayload {
                client: Some(client.into()),
                client_secret: Some(secret.reveal().to_owned()),
                user_errors: Vec::new(),
            },
            Err(user_errors) => ClientPayload { user_errors, ..ClientPayload::default() },
        })
    }

    /// Shuts a client out for good (thu hồi ứng dụng); its tokens no longer hold.
    async fn revoke_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: RevokeClientInput,
    ) -> Result<ClientPayload, Fault> {
        let request = open(ctx, "revokeClient")?;
        let revoked = match client_id(&input.client_id) {
            Ok(id) => transaction!(request.db(), |tx| clients::revoke(tx, id, request.now).await),
            Err(refusal) => Err(refusal),
        };
        request.hub.memory.doubt();
        Ok(match or_refused(revoked)? {
            Ok(client) => ClientPayload { client: Some(client.into()), ..ClientPayload::default() },
            Err(user_errors) => ClientPayload { user_errors, ..ClientPayload::default() },
        })
    }

    /// Keeps a contract (lưu hợp đồng).
    async fn create_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: CreateContractInput,
    ) -> Result<ContractPayload, Fault> {
        let request = open(ctx, "createContract")?;
        let made = create_contract(request, input).await?;
        request.hub.memory.doubt();
        Ok(match or_refused(made)? {
            Ok(contract) => ContractPayload { contract: Some(contract.into()), user_errors: Vec::new() },
            Err(user_errors) => ContractPayload { contract: None, user_errors },
        })
    }

    /// Makes a person without a role (tạo người dùng).
    async fn create_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: CreateUserInput,
    ) -> Result<UserPayload, Fault> {
        let request = open(ctx, "createUser")?;
        let made = transaction!(request.db(), |tx| {
            users::create(tx, &input.username, &input.display_name, request.now).await
        });
        Ok(match or_refused(made)? {
            Ok(user) => UserPayload { user: Some(user.into()), user_errors: Vec::new() },
            Err(user_errors) => UserPayload { user: None, user_errors },
        })
    }

    /// Gives a person a dated role (phân công vai trò).
    async fn assign_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: AssignRoleInput,
    ) -> Result<UserPayload, Fault> {
        let request = open(ctx, "assignRole")?;
        let user = UserId::from_uuid(node_id::expect("User", &input.user_id)?);
        let name = input.ground.named()?;
        let assigned = match grounds::find(request.db(), &request.reach, std::slice::from_ref(&name)).await {
            Ok(found) => {
                let new = NewRoleAssignment {
                    role: input.role.into(),
                    ground: found.into_iter().next().ok_or_else(|| Error::internal("a ground went missing"))?,
                    purposes: input.purposes,
                    valid_from: input.valid_from.map_or(request.now.vietnam_day(), |day| day.0),
                    valid_to: input.valid_to.map(|day| day.0),
                };
                transaction!(request.db(), |tx| users::assign(tx, user, &new, request.now).await).map(|_| ())
            }
            Err(error) => Err(error),
        };
        answer(request, user, assigned).await
    }

    /// Takes back every token that a person holds (thu hồi mọi mã truy cập).
    async fn reset_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: UserInput,
    ) -> Result<UserPayload, Fault> {
        let request = open(ctx, "resetUser")?;
        let user = UserId::from_uuid(node_id::expect("User", &input.user_id)?);
        let reset = transaction!(request.db(), |tx| users::reset(tx, user, request.now).await);
        answer(request, user, reset).await
    }

    /// Shuts a person out (khóa người dùng).
    async fn disable_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and why or for whom.")] input: UserInput,
    ) -> Result<UserPayload, Fault> {
        let request = open(ctx, "disableUser")?;
        let user = UserId::from_uuid(node_id::expect("User", &input.user_id)?);
        let disabled = transaction!(request.db(), |tx| users::disable(tx, user, request.now).await);
        answer(request, user, disabled).await
    }

    /// Lets the next signing key sign from now on (đổi khóa ký); the present one is believed for a day more.
    async fn rotate_signing_keys(&self, ctx: &Context<'_>) -> Result<RotateSigningKeysPayload, Fault> {
        let request = open(ctx, "rotateSigningKeys")?;
        let rotated = transaction!(request.db(), |tx| signing_keys::rotate(tx, request.now).await);
        request.hub.memory.doubt();
        Ok(match or_refused(rotated)? {
            Ok(keys) => RotateSigningKeysPayload { believed_keys: Some(keys.len()), user_errors: Vec::new() },
            Err(user_errors) => RotateSigningKeysPayload { believed_keys: None, user_errors },
        })
    }
}

/// A client that is to be made (tạo ứng dụng).
#[derive(InputObject)]
pub struct CreateClientInput {
    /// Its name (tên), unique in the hub.
    name: String,
    /// What it is (vai trò): VENDOR_APP or BANK_PARTNER.
    role: Role,
    /// Requests that it may send in a minute (số yêu cầu mỗi phút).
    #[graphql(default = 600)]
    requests_per_minute: u32,
}

/// A client that is to be shut out (thu hồi ứng dụng).
#[derive(InputObject)]
pub struct RevokeClientInput {
    /// Its OAuth `client_id` (mã ứng dụng).
    client_id: String,
}

/// A contract that is to be kept (lập hợp đồng).
#[derive(InputObject)]
pub struct CreateContractInput {
    /// The client that works under it (ứng dụng), by its OAuth `client_id`.
    client_id: String,
    /// Its number (số hợp đồng).
    number: String,
    /// What it allows (quyền), as `roster:read`.
    scopes: Vec<String>,
    /// Why data may be asked for (mục đích), as `FEE_COLLECTION`.
    purposes: Vec<String>,
    /// Where it holds (phạm vi).
    grounds: Vec<GroundInput>,
    /// Its first day (từ ngày).
    valid_from: Day,
    /// The day on which it no longer holds (đến ngày).
    valid_to: Option<Day>,
}

/// A person who is to be made (tạo người dùng).
#[derive(InputObject)]
pub struct CreateUserInput {
    /// The name for signing in (tên đăng nhập): a-z, 0-9, dot, underscore, hyphen.
    username: String,
    /// The name for people (tên hiển thị).
    display_name: String,
}

/// A role that is to be given (phân công vai trò).
#[derive(InputObject)]
pub struct AssignRoleInput {
    /// Who receives it (người được phân công).
    user_id: ID,
    /// The role (vai trò); those of clients are refused.
    role: Role,
    /// Where it holds (phạm vi).
    ground: GroundInput,
    /// Purposes that its holder may state (mục đích).
    #[graphql(default)]
    purposes: Vec<String>,
    /// Its first day (từ ngày); today when it is missing.
    valid_from: Option<Day>,
    /// The day on which it no longer holds (đến ngày).
    valid_to: Option<Day>,
}

/// A person (người dùng).
#[derive(InputObject)]
pub struct UserInput {
    /// Global id of the user (người dùng).
    user_id: ID,
}

/// What became of the signing keys (kết quả đổi khóa ký).
#[derive(SimpleObject)]
pub struct RotateSigningKeysPayload {
    /// How many keys are believed now (số khóa còn hiệu lực); null when it was refused.
    believed_keys: Option<usize>,
    /// Why it was refused (lỗi dữ liệu nhập); empty otherwise.
    user_errors: Vec<UserError>,
}

/// The client that was changed (kết quả về ứng dụng).
#[derive(SimpleObject, Default)]
pub struct ClientPayload {
    /// The client (ứng dụng); null when it was refused.
    client: Option<Client>,
    /// The secret of a new client (khóa bí mật), shown this once; null otherwise.
    client_secret: Option<String>,
    /// Why the input was refused (lỗi dữ liệu nhập).
    user_errors: Vec<UserError>,
}

/// The contract that was kept (kết quả về hợp đồng).
#[derive(SimpleObject)]
pub struct ContractPayload {
    /// The contract (hợp đồng); null when it was refused.
    contract: Option<Contract>,
    /// Why the input was refused (lỗi dữ liệu nhập).
    user_errors: Vec<UserError>,
}

/// The person who was changed (kết quả về người dùng).
#[derive(SimpleObject)]
pub struct UserPayload {
    /// The person (người dùng); null when the input was refused.
    user: Option<User>,
    /// Why the input was refused (lỗi dữ liệu nhập).
    user_errors: Vec<UserError>,
}

fn open<'a>(ctx: &Context<'a>, verb: &'static str) -> Result<&'a Request, Fault> {
    let request = Request::of(ctx)?;
    request.allow(verb)?;
    Ok(request)
}

async fn create_contract(
    request: &Request,
    input: CreateContractInput,
) -> Result<Result<contracts::Contract, Error>, Fault> {
    let names = input.grounds.into_iter().map(GroundInput::named).collect::<Result<Vec<_>, _>>()?;
    let found = match grounds::find(request.db(), &request.reach, &names).await {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    let client = match client_id(&input.client_id) {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    let new = NewContract {
        client,
        number: input.number,
        scopes: input.scopes,
        purposes: input.purposes,
        grounds: found,
        valid_from: input.valid_from.0,
        valid_to: input.valid_to.map(|day| day.0),
    };
    Ok(transaction!(request.db(), |tx| contracts::create(tx, &new, request.now).await))
}

async fn answer(request: &Request, user: UserId, changed: Result<(), Error>) -> Result<UserPayload, Fault> {
    request.hub.memory.doubt();
    Ok(match or_refused(changed)? {
        Ok(()) => {
            let user = users::by_id(request.db(), &request.reach, user).await?;
            UserPayload { user: user.map(Into::into), user_errors: Vec::new() }
        }
        Err(user_errors) => UserPayload { user: None, user_errors },
    })
}

fn client_id(word: &str) -> Result<ClientId, Error> {
    word.parse().map_err(|_| Refusal::not_found("Client").at("clientId").into())
}
