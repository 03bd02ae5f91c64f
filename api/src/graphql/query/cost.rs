//! What a document would cost, and what is left to spend.

use async_graphql::{Context, Object, Variables};

use crate::graphql::budget;
use crate::graphql::context::Request;
use crate::graphql::documents::{self, Named};
use crate::graphql::fault::Fault;
use crate::graphql::run;
use crate::graphql::scalars::Json;
use crate::graphql::types::cost::Cost;

/// Questions about prices and budgets.
#[derive(Default)]
pub struct CostQuery;

#[Object]
impl CostQuery {
    /// What is left of the caller's budgets, and what a document would cost, without running it (chi phí truy vấn).
    async fn cost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document to be priced; null asks for the budgets alone.")] document: Option<String>,
        #[graphql(desc = "Which operation of it; null for the only one.")] operation_name: Option<String>,
        #[graphql(desc = "Its variables; null means none.")] variables: Option<Json>,
    ) -> Result<Cost, Fault> {
        let request = Request::of(ctx)?;
        request.allow("cost")?;
        let budgets = budget::left(&request.hub, &request.caller);
        let limit = request.hub.gate.points();
        let Some(text) = document else { return Ok(Cost::of(limit, budgets, None)) };
        let extensions = serde_json::Map::new();
        let named = Named { text: Some(&text), id: None, extensions: &extensions };
        let found = documents::find(&request.hub, &request.caller, named, request.now).await?;
        let variables = Variables::from_json(variables.map_or(serde_json::Value::Null, |variables| variables.0));
        let priced = found.and_then(|document| request.hub.gate.admit(document, operation_name, variables));
        let priced = match priced {
            Err(refused) => Err(refused.refusal),
            Ok(admitted) => match run::unfit(request, &admitted).await {
                Some(refusal) => Err(Box::new(refusal)),
                None => Ok(admitted.points),
            },
        };
        Ok(Cost::of(limit, budgets, Some(priced)))
    }
}
