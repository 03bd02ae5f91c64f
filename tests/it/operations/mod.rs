//! Operations that real programs would write, typed by a public code generator against `schema.graphql`, and run: what
//! compiles here is what a client's compiler promises.

mod desks;
mod documents;
mod vendor;

use graphql_client::{GraphQLQuery, Response};
use serde_json::json;

use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

/// Sends a typed operation, and returns the typed answer, which must come without errors.
async fn answer<Q: GraphQLQuery>(caller: &Caller<'_>, variables: Q::Variables) -> Q::ResponseData {
    let body = Q::build_query(variables);
    let answer = caller.ask(body.query, json!(body.variables)).await;
    let answered: Response<Q::ResponseData> =
        serde_json::from_value(answer.body.clone()).unwrap_or_else(|error| panic!("{error}: {:#}", answer.body));
    assert!(answered.errors.is_none(), "{}: {:#}", body.operation_name, answer.body["errors"]);
    answered.data.unwrap_or_else(|| panic!("no data: {:#}", answer.body))
}

/// The demo's client or person of this name.
fn signed_in<'a>(hub: &'a Hub<'a>, database: &Database, name: &str) -> Caller<'a> {
    let told = crate::operators::demo::credentials(database);
    let clients = told["clients"].as_array().unwrap();
    match clients.iter().find(|client| client["name"] == name) {
        Some(client) => Caller::client(hub, database, client["clientId"].as_str().unwrap()),
        None => Caller::with_token(hub, program::run(database, &["token", "--user", name]).trim()),
    }
}
