//! How far an import is can be followed, and what an export misses stands in the changes after its cursor.

use serde_json::{Value, json};

use super::imports::{line, started};
use super::{planted, stranger};
use crate::feed::socket::{Heard, Socket};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

const FOLLOW: &str = "subscription ($id: ID!) { importProgress(id: $id) { status rowsRead created } }";
const EXPORT: &str = "mutation { startExport(input: {kind: STUDENTS}) { exportRun { changesCursor } } }";

async fn progress_is_followed_to_the_end(database: Database) {
    let (client, other) = (planted(&database).await, stranger(&database).await);
    let hub = Hub::start(&database).await;
    let token = |id: String| program::run(&database, &["token", "--client", &id]).trim().to_owned();
    let (mine, theirs) = (token(client.to_string()), token(other.to_string()));
    let caller = Caller::with_token(&hub, &mine);
    let cursor = caller.data(EXPORT, Value::Null).await["startExport"]["exportRun"]["changesCursor"].take();
    let lines: String = (0..3_000).map(|n| format!("{}\n", line(&format!("hs-{n}"), "Trần Thị Mẫu"))).collect();
    let id = started(&caller, &lines, json!({})).await;
    let mut socket = Socket::known(&hub, &mine).await;
    socket.subscribe("a", FOLLOW, json!({ "id": id })).await;
    let (mut rows, mut last) = (-1, Value::Null);
    loop {
        match socket.hear().await {
            Heard::Said(message) if message["type"] == "next" => {
                last = message["payload"]["data"]["importProgress"].clone();
                let now = last["rowsRead"].as_i64().unwrap();
                assert!(now >= rows, "{now} rows after {rows}");
                rows = now;
            }
            Heard::Said(message) if message["type"] == "complete" => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(last, json!({"status": "DONE", "rowsRead": 3_000, "created": 3_000}));
    let since = "query ($since: String!) { changes(since: $since, first: 200) { changes { naturalKey } } }";
    let after = caller.ask(since, json!({ "since": cursor })).await;
    assert!(after.codes().is_empty() && !after.body["data"]["changes"]["changes"].as_array().unwrap().is_empty());
    let mut socket = Socket::known(&hub, &theirs).await;
    socket.subscribe("b", FOLLOW, json!({ "id": id })).await;
    match socket.hear().await {
        Heard::Said(message) => assert!(message.to_string().contains("NOT_FOUND"), "{message}"),
        closed => panic!("{closed:?}"),
    }
    hub.finish().await;
}

both_engines!(progress_is_followed_to_the_end);
