//! What `/graphql` lets in: the letter of GraphQL over HTTP, and everything that is only there to cost time.

mod attacks;
mod connections;
mod documents;
mod http;

use reqwest::RequestBuilder;

use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

/// Someone who may ask for the schools of a province: a token.
fn officer(database: &Database) -> String {
    let create =
        ["user", "create", "so-mau", "--display-name", "Người Mẫu", "--role", "PROVINCE_OFFICER", "--province", "37"];
    program::run(database, &create);
    program::run(database, &["token", "--user", "so-mau"]).trim().to_owned()
}

/// A POST of JSON by that someone.
fn post(hub: &Hub<'_>, token: &str, body: impl Into<String>) -> RequestBuilder {
    let request = hub.client.post(hub.url("/graphql")).bearer_auth(token);
    request.header("content-type", "application/json").body(body.into())
}
