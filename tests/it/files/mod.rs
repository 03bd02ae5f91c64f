//! Files in and out, imports and exports: streamed, resumable, within the caller's rights, one result for each row.

mod command;
mod exports;
mod imports;
mod injection;
mod oneroster;
mod progress;
mod resume;
mod transfer;

use std::io::Write;

use entities::ids::ClientId;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Response};
use serde_json::Value;

use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::roster::plant::{COMMUNAL, SPECIAL, ground, province, vendor};

const NDJSON: &str = "application/x-ndjson";

/// A province, and a vendor that may do everything at its first school.
async fn planted(database: &Database) -> ClientId {
    let db = database.ledger().await;
    province(&db).await;
    vendor(&db, "Phần mềm mẫu", vec![ground(&db, COMMUNAL).await]).await.0
}

/// Another vendor, at the other school.
async fn stranger(database: &Database) -> ClientId {
    let db = database.ledger().await;
    vendor(&db, "Phần mềm khác (mẫu)", vec![ground(&db, SPECIAL).await]).await.0
}

/// Sends a file with more headers.
async fn send(caller: &Caller<'_>, body: Vec<u8>, headers: &[(&str, &str)]) -> Response {
    let mut request = caller.request(Method::POST, "/files").body(body);
    if headers.iter().all(|(name, _)| *name != CONTENT_TYPE.as_str()) {
        request = request.header(CONTENT_TYPE, NDJSON);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

/// Sends a file that is taken, and returns what was said of it.
async fn sent(caller: &Caller<'_>, body: impl Into<Vec<u8>>, headers: &[(&str, &str)]) -> Value {
    let answer = send(caller, body.into(), headers).await;
    let status = answer.status();
    let said: Value = answer.json().await.unwrap();
    assert_eq!(status, 201, "{said}");
    said
}

/// The status and code with which something is refused.
async fn refusal(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let said: Value = answer.json().await.unwrap();
    (status, said["code"].as_str().unwrap_or("NONE").to_owned())
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
