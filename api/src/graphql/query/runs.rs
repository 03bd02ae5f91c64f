//! Imports and exports of the caller's own, by id or as a list.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object};
use entities::ids::RunId;
use entities::runs::{self, Direction};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::types::run::{ExportRun, ImportRun};

/// Questions about imports and exports.
#[derive(Default)]
pub struct RunQuery;

#[Object]
impl RunQuery {
    /// One import of the caller's own (lượt nhập dữ liệu). Null when there is none of this id.
    async fn import_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the run.")] id: ID,
    ) -> Result<Option<ImportRun>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("importRuns")?;
        import_run(request, RunId::from_uuid(node_id::expect("ImportRun", &id)?)).await
    }

    /// The caller's own imports (các lượt nhập dữ liệu), the latest first.
    async fn import_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Runs wanted from the front, 1 to 200; 50 when neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Runs wanted from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, ImportRun, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("importRuns")?;
        let page = Arguments { first, after, last, before }.page()?;
        let slice = runs::visible(request.db(), &request.reach, Direction::Import, &page).await?;
        Ok(connection(slice.try_map(ImportRun::try_from)?, Total::default(), |run| run))
    }

    /// One export of the caller's own (lượt xuất dữ liệu). Null when there is none of this id.
    async fn export_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the run.")] id: ID,
    ) -> Result<Option<ExportRun>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("exportRuns")?;
        export_run(request, RunId::from_uuid(node_id::expect("ExportRun", &id)?)).await
    }

    /// The caller's own exports (các lượt xuất dữ liệu), the latest first.
    async fn export_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Runs wanted from the front, 1 to 200; 50 when neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Runs wanted from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, ExportRun, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("exportRuns")?;
        let page = Arguments { first, after, last, before }.page()?;
        let slice = runs::visible(request.db(), &request.reach, Direction::Export, &page).await?;
        Ok(connection(slice.try_map(ExportRun::try_from)?, Total::default(), |run| run))
    }
}

/// An export of the caller's own.
pub(in crate::graphql) async fn export_run(request: &Request, id: RunId) -> Result<Option<ExportRun>, Fault> {
    let mut found = runs::by_ids(request.db(), &request.reach, Direction::Export, &[id]).await?;
    found.remove(&id).map(ExportRun::try_from).transpose()
}

/// An import of the caller's own.
pub(in crate::graphql) async fn import_run(request: &Request, id: RunId) -> Result<Option<ImportRun>, Fault> {
    let mut found = runs::by_ids(request.db(), &request.reach, Direction::Import, &[id]).await?;
    found.remove(&id).map(ImportRun::try_from).transpose()
}
