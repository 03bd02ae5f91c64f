//! Who may ask, and what they may not see: tokens, budgets, and changes that bite.

mod chance;
mod forge;
mod oauth;
mod oracle;
mod rates;
mod revocation;
mod tokens;

use reqwest::{RequestBuilder, header};
use serde_json::Value;

use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

/// A client with a running contract over a province, made by the operator.
pub(crate) struct Vendor {
    pub(crate) id: String,
    secret: String,
}

impl Vendor {
    pub(crate) fn make(database: &Database, requests_per_minute: &str) -> Self {
        let vendor = Self::without_contract(database, requests_per_minute);
        let terms = ["--scope", "roster:read", "--purpose", "SCHOOL_MANAGEMENT", "--province", "37"];
        let create = ["contract", "create", "--client", &vendor.id, "--number", "HD-MAU-1"];
        program::run(database, &[&create[..], &terms[..]].concat());
        vendor
    }

    fn without_contract(database: &Database, requests_per_minute: &str) -> Self {
        let create = ["client", "create", "--name", "Phần mềm mẫu", "--requests-per-minute", requests_per_minute];
        let said: Value = serde_json::from_str(&program::run(database, &create)).unwrap();
        let word = |name: &str| said[name].as_str().unwrap().to_owned();
        Self { id: word("clientId"), secret: word("clientSecret") }
    }
}

/// A user with one role somewhere, made by the operator.
pub(crate) fn make_user(database: &Database, name: &str, role: &str, ground: &[&str]) {
    let create = ["user", "create", name, "--display-name", "Người Mẫu", "--role", role];
    program::run(database, &[&create[..], ground].concat());
}

/// A form for one of the token endpoints.
fn form(hub: &Hub<'_>, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = hub.client.post(hub.url(path)).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(body)
}
