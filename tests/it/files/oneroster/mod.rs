//! Rosters in OneRoster, in and out: what a product sends is kept row by row under the rights of its sender, what the hub holds
//! goes out under the field policy, and what went out comes in unchanged.

mod alike;
mod command;
mod incoming;
mod outgoing;
mod resume;
mod rights;

use std::time::{Duration, Instant};

use connectors::oneroster::{Roster, Zip, read};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::imports::{START, ended, results};
use super::sent;
use crate::harness::caller::Caller;

const EXPORT: &str = "mutation ($input: StartExportInput!) { startExport(input: $input) {
    userErrors { code field } exportRun { id } } }";
const LOOK: &str =
    "query ($id: ID!) { exportRun(id: $id) { status rowsWritten maskedFields changesCursor failure { code }
    file { url name } } }";

/// An archive of these files, with a manifest that names them.
fn archive(files: &[(&str, String)], mode: &str) -> Vec<u8> {
    let held: String = files.iter().map(|(name, _)| format!("file.{name},{mode}\r\n")).collect();
    let manifest = format!("propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n{held}");
    let (mut zip, mut bytes) = (Zip::default(), Vec::new());
    let mut add = |name: &str, text: &str| {
        bytes.extend(zip.begin(name).unwrap());
        bytes.extend(zip.add(text.as_bytes()).unwrap());
        bytes.extend(zip.end().unwrap());
    };
    add("manifest.csv", &manifest);
    for (name, text) in files {
        add(&format!("{name}.csv"), text);
    }
    bytes.extend(zip.finish().unwrap());
    bytes
}

/// A file of these rows.
fn file(name: &'static str, header: &str, rows: &[&str]) -> (&'static str, String) {
    (name, std::iter::once(&header).chain(rows).map(|row| format!("{row}\r\n")).collect())
}

/// Sends an archive and asks for its import; returns the run's id, or the code with which it is refused.
async fn started(caller: &Caller<'_>, bytes: Vec<u8>, more: Value) -> Result<String, String> {
    let file = sent(caller, bytes, &[(CONTENT_TYPE.as_str(), "application/zip")]).await;
    let mut input = json!({"kind": "ONEROSTER", "fileId": file["id"]});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let said = caller.data(START, json!({ "input": input })).await["startImport"].take();
    match said["userErrors"][0]["code"].as_str() {
        Some(code) => Err(code.to_owned()),
        None => Ok(said["importRun"]["id"].as_str().unwrap().to_owned()),
    }
}

/// Imports an archive; returns the run and the result of each row.
async fn imported(caller: &Caller<'_>, bytes: Vec<u8>, more: Value) -> (Value, Vec<Value>) {
    let run = ended(caller, &started(caller, bytes, more).await.unwrap()).await;
    let rows = results(caller, &run).await;
    (run, rows)
}

/// Exports a roster; returns the run and the bytes of its file.
async fn exported(caller: &Caller<'_>, more: Value) -> (Value, Vec<u8>) {
    let mut input = json!({"kind": "ONEROSTER", "schoolYear": 2026});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let said = caller.data(EXPORT, json!({ "input": input })).await["startExport"].take();
    assert_eq!(said["userErrors"], json!([]), "{input}");
    let begun = Instant::now();
    let run = loop {
        let run = caller.data(LOOK, json!({"id": said["exportRun"]["id"]})).await["exportRun"].take();
        if !run["file"].is_null() {
            break run;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "still not ended: {run:#}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    };
    assert_eq!(run["status"], "DONE", "{run:#}");
    let url = run["file"]["url"].as_str().unwrap();
    let answer = caller.request(Method::GET, &url[url.find("/files/").unwrap()..]).send().await.unwrap();
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/zip");
    let bytes = answer.bytes().await.unwrap().to_vec();
    (run, bytes)
}

/// An archive of our own, which must be without a flaw.
fn flawless(bytes: &[u8]) -> Roster {
    let roster = read(bytes).unwrap();
    assert_eq!(roster.findings, []);
    roster
}

/// File, line, status and code of each row.
fn told(rows: &[Value]) -> Vec<String> {
    let row = |row: &Value| {
        let text = |path: &str| row.pointer(path).and_then(Value::as_str).unwrap_or("").to_owned();
        let (line, code) = (row["line"].as_u64().unwrap_or(0), text("/errors/0/code"));
        format!("{}:{line} {} {code}", text("/file"), text("/status")).trim_end().to_owned()
    };
    rows.iter().map(row).collect()
}
