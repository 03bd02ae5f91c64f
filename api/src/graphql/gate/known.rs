//! Gives the engine the tree that the gate parsed, and lets it validate a document once: whether a document fits the schema
//! does not depend on who asks, and the gate has judged the variables.

use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextValidation,
};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{CacheControl, Response, ServerError, ServerResult, ValidationResult, Value, Variables};

use super::Document;

/// In a request's data: it is looked at and not run.
pub struct DryRun;

/// Makes the extension; it keeps nothing of its own.
pub struct Known;

impl ExtensionFactory for Known {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Known)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Known {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        match ctx.data_opt::<Arc<Document>>() {
            Some(document) => Ok(document.parsed.clone()),
            None => next.run(ctx, query, variables).await,
        }
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let document = ctx.data_opt::<Arc<Document>>();
        if document.is_some_and(|document| document.is_valid()) {
            return Ok(ValidationResult { cache_control: CacheControl::default(), complexity: 0, depth: 0 });
        }
        let result = next.run(ctx).await?;
        if let Some(document) = document {
            document.set_valid();
        }
        Ok(result)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        match ctx.data_opt::<DryRun>() {
            Some(DryRun) => Response::new(Value::Null),
            None => next.run(ctx, operation_name).await,
        }
    }
}
