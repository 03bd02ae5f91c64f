//! Questions about who may ask and who has looked.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use entities::access_log::{self, Entry};
use entities::{clients, contracts, users};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::scalars::Moment;
use crate::graphql::types::access::{Client, Contract, User, Viewer};

/// Who may ask.
#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// Who asks (người gọi): the subject of the token, with the role and contract in force.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer, Fault> {
        let request = Request::of(ctx)?;
        request.allow("viewer")?;
        Ok(Viewer::of(request))
    }

    /// Clients (ứng dụng, đối tác) by name, 1,000 at most: all for an operator of the hub, a client's own for itself.
    async fn clients(&self, ctx: &Context<'_>) -> Result<Vec<Client>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("clients")?;
        Ok(clients::visible(request.db(), &request.reach).await?.into_iter().map(Into::into).collect())
    }

    /// Contracts (hợp đồng) by their first day, 1,000 at most: all for an operator of the hub, a client's own for itself.
    async fn contracts(&self, ctx: &Context<'_>) -> Result<Vec<Contract>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("contracts")?;
        Ok(contracts::visible(request.db(), &request.reach).await?.into_iter().map(Into::into).collect())
    }

    /// People with their roles (người dùng) by username, 1,000 at most; for operators of the hub.
    async fn users(&self, ctx: &Context<'_>) -> Result<Vec<User>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("users")?;
        Ok(users::visible(request.db(), &request.reach).await?.into_iter().map(Into::into).collect())
    }

    /// Who looked at whose record (nhật ký truy cập), latest first.
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Entries wanted from the front, 1 to 200.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Entries wanted from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, AccessLogEntry, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("accessLog")?;
        let page = Arguments { first, after, last, before }.page()?;
        let slice = access_log::visible(request.db(), &request.reach, &page).await?;
        Ok(connection(slice, Total::default(), AccessLogEntry::from))
    }
}

/// One look at a record (lượt truy cập), or a token that was made for somebody.
#[derive(SimpleObject, Debug)]
pub struct AccessLogEntry {
    /// Its id within the graph (mã định danh).
    pub id: ID,
    /// Who looked (người xem): `client:<id>`, `user:<id>` or `operator`.
    pub actor: String,
    /// The role in force (vai trò).
    pub role: String,
    /// The purpose that was stated (mục đích); null when none was.
    pub purpose: Option<String>,
    /// The type of the record (loại hồ sơ), or `Token` when a token was made for its subject.
    pub kind: String,
    /// The record's id within the graph (mã hồ sơ).
    pub node_id: ID,
    /// The school of the record (trường); null when it concerns every school.
    pub school_id: Option<ID>,
    /// The request in which it happened (mã yêu cầu).
    pub request_id: String,
    /// When the record was shown (thời điểm xem).
    pub recorded_at: Moment,
}

impl From<Entry> for AccessLogEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: node_id::encode("AccessLogEntry", entry.id.uuid()),
            actor: entry.occasion.subject,
            role: entry.occasion.role,
            purpose: entry.occasion.purpose,
            node_id: node_id::encode(&entry.kind, entry.node),
            kind: entry.kind,
            school_id: entry.school.map(|id| node_id::encode("School", id.uuid())),
            request_id: entry.occasion.request,
            recorded_at: entry.recorded_at.into(),
        }
    }
}
