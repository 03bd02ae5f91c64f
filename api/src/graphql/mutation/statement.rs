//! What a person does with account statements.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entities::ids::StatementId;

use crate::flows::imports;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, UserError, or_refused};
use crate::graphql::node_id;
use crate::graphql::query::runs::import_run;
use crate::graphql::types::run::ImportRun;
use crate::graphql::types::statement::Statement;

/// What is done with account statements.
#[derive(Default)]
pub struct StatementMutation;

/// A held statement at whose findings a person has looked (xác nhận sao kê).
#[derive(InputObject)]
pub struct ConfirmStatementInput {
    /// The global id of the statement (mã sao kê).
    statement_id: ID,
}

/// What became of confirming a statement (kết quả xác nhận sao kê).
#[derive(SimpleObject)]
pub struct ConfirmStatementPayload {
    /// The statement as it stands (sao kê); null when it was refused.
    pub statement: Option<Statement>,
    /// The import that keeps its lines (lượt nhập); null when it was refused.
    pub import_run: Option<ImportRun>,
    /// Why it was refused (lỗi dữ liệu nhập); empty otherwise.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl StatementMutation {
    /// Lets the lines of a held statement be kept: a person has looked at its findings (xác nhận sao kê). Workers read its file
    /// again; what could not be read in it stays unread.
    async fn confirm_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which statement.")] input: ConfirmStatementInput,
    ) -> Result<ConfirmStatementPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("confirmStatement")?;
        let id = StatementId::from_uuid(node_id::expect("Statement", &input.statement_id)?);
        let (config, asker) = (&request.hub.config, (&request.reach, &*request.caller));
        let purpose = request.purpose.clone();
        let done = imports::confirm(request.db(), config, asker, id, purpose, request.now).await;
        request.hub.runs.notify_one();
        Ok(match or_refused(done)? {
            Err(user_errors) => ConfirmStatementPayload { statement: None, import_run: None, user_errors },
            Ok(run) => ConfirmStatementPayload {
                statement: request.loaders.load_one(id).await?.map(Statement::from),
                import_run: import_run(request, run).await?,
                user_errors: Vec::new(),
            },
        })
    }
}
