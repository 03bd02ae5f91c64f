//! A sender that can be asked: what no message told is found within minutes, booked once, and named; a message that comes
//! after all changes nothing.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::ground::{Ground, Line, asked, done, key_file};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::clock;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};

const TOKEN: &str = "SYNTHETICAPITOKEN";
const QUICK: [(&str, &str); 2] =
    [("LIENTHONG_LISTING_INTERVAL_SECONDS", "1"), ("LIENTHONG_LISTING_GRACE_SECONDS", "1")];
/// A first round, a pause after a failure left out, and a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the imagined SePay knows, and the questions that it heard.
#[derive(Default)]
struct Known {
    transactions: Vec<Value>,
    questions: Vec<String>,
}

/// SePay's interface for questions, on a port of its own.
struct Interface {
    url: String,
    known: Arc<Mutex<Known>>,
}

impl Interface {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let known = Arc::new(Mutex::new(Known::default()));
        let heard = known.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, heard.clone()));
            }
        });
        Self { url, known }
    }

    fn knows(&self, transactions: &[Value]) {
        self.known.lock().unwrap().transactions = transactions.to_vec();
    }

    fn questions(&self) -> Vec<String> {
        self.known.lock().unwrap().questions.clone()
    }
}

/// Answers one question and closes, as any server may.
async fn answer(mut stream: TcpStream, known: Arc<Mutex<Known>>) {
    let (mut head, mut some) = (Vec::new(), [0; 4_096]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut some).await {
            Ok(read @ 1..) => head.extend_from_slice(&some[..read]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let (status, body) = {
        let mut known = known.lock().unwrap();
        known.questions.push(head.lines().next().unwrap_or_default().to_owned());
        if head.to_lowercase().contains(&format!("authorization: bearer {}", TOKEN.to_lowercase())) {
            ("200 OK", json!({ "status": 200, "error": null, "transactions": known.transactions }).to_string())
        } else {
            ("401 Unauthorized", r#"{"status":401,"error":"Unauthorized"}"#.to_owned())
        }
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close");
    let _ = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await;
}

/// A transaction as SePay lists it: a minute ago in Vietnam.
fn listed(id: u64, account: &str, amount: &str) -> Value {
    let now = DateTime::from_timestamp(clock::unix_seconds().try_into().unwrap(), 0).unwrap();
    let vietnam = (now - TimeDelta::minutes(1)).with_timezone(&FixedOffset::east_opt(7 * 3_600).unwrap());
    json!({
        "id": id.to_string(), "bank_brand_name": "MBBank", "account_number": account,
        "transaction_date": vietnam.format("%Y-%m-%d %H:%M:%S").to_string(), "amount_out": "0.00", "amount_in": amount,
        "accumulated": "0.00", "transaction_content": "tien an", "reference_number": format!("FT26324{id:09}"),
        "code": null, "sub_account": null, "bank_account_id": "19",
    })
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "{what} within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn transactions(database: &Database) -> Vec<String> {
    database.texts("SELECT transaction_id FROM bank_transactions ORDER BY transaction_id").await
}

async fn listing(admin: &Caller<'_>) -> Value {
    let query = "{ connections { nodes { listing { askedUntil askedAt failedAt failure } } } }";
    admin.data(query, json!({})).await["connections"]["nodes"][0]["listing"].take()
}

async fn set(admin: &Caller<'_>, line: &Line, token: &str, url: &str) -> Value {
    let input = json!({ "connectionId": line.global(), "token": token, "url": url });
    asked(admin, "setConnectionListing", "SetConnectionListingInput", input).await
}

async fn what_no_message_told_is_found_once_and_named(database: Database) {
    let ground = Ground::plant(&database).await;
    let (line, account) = (ground.sepay(&database, "mot", &[]), ground.account(0).1);
    let hub = Hub::start_as(Build::Normal, &database, &QUICK).await;
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    let interface = Interface::open().await;
    let sender = line.sender(&hub);
    let told = sender.letter(&hub.client, &sender.credit(7_001, 1_000, "tien an")).send().await.unwrap();
    assert_eq!(told.status(), 200);
    let odd = listed(7_003, account, "1000.50");
    let foreign = listed(7_004, "999999999999", "1000.00");
    let nameless = |amount| {
        let mut row = listed(0, account, amount);
        row["transaction_date"] = json!("2026-11-20");
        row
    };
    let told = [listed(7_001, account, "1000.00"), listed(7_002, account, "2000.00"), odd, foreign];
    interface.knows(&[&told[..], &[nameless("3000.00"), nameless("4000.00")]].concat());

    assert_eq!(set(&admin, &line, "another", &interface.url).await["userErrors"], json!([]));
    until("a wrong key is noticed", async || listing(&admin).await["failure"] == "NOT_ALLOWED").await;
    assert_eq!(transactions(&database).await, ["7001"], "nothing is taken from an interface that does not know us");

    let file = key_file(&database, TOKEN);
    program::run(&database, &["connection", "ask", "mot", "--token-file", &file, "--url", &interface.url]);
    until("what was never told is booked", async || transactions(&database).await == ["7001", "7002"]).await;
    until("the failure is forgotten", async || listing(&admin).await["failure"].is_null()).await;
    assert!(listing(&admin).await["askedUntil"].is_string());
    let found = "{ inboundEvents(filter: { listed: true }) { nodes { eventId status reason } } }";
    let mut found = admin.data(found, json!({})).await["inboundEvents"]["nodes"].take();
    found.as_array_mut().unwrap().sort_by_key(|event| event["eventId"].as_str().unwrap().to_owned());
    let nameless = found.as_array_mut().unwrap().split_off(2);
    let is_by_content = |event: &Value| event["eventId"].as_str().unwrap().starts_with("listed:sha256:");
    assert!(nameless.len() == 2 && nameless.iter().all(is_by_content), "each by its content: {nameless:?}");
    let read = json!({ "eventId": "listed:7002", "status": "PROCESSED", "reason": null });
    let unread = json!({ "eventId": "listed:7003", "status": "PARKED", "reason": "SHAPE" });
    assert_eq!(found, json!([read, unread]), "each by its own id, and nothing of a foreign account");

    // The message comes after all.
    let late = sender.letter(&hub.client, &sender.credit(7_002, 2_000, "tien an")).send().await.unwrap();
    assert_eq!(late.status(), 200);
    hub.until_settled().await;
    let rounds = interface.questions().len();
    until("it is asked again", async || interface.questions().len() > rounds + 1).await;
    assert_eq!(transactions(&database).await, ["7001", "7002"], "one transaction, however it was heard");
    let events = database.number("SELECT COUNT(*) FROM inbound_events WHERE event_id LIKE 'listed:%'").await;
    assert_eq!(events, 4, "a list that is read again tells nothing new");
    let question = interface.questions().pop().unwrap();
    assert!(question.starts_with("GET /userapi/transactions/list?account_number="), "{question}");
    hub.finish().await;
}

async fn only_a_fitting_interface_is_asked(database: Database) {
    let ground = Ground::plant(&database).await;
    let line = ground.sepay(&database, "mot", &[]);
    let hub = Hub::start_as(Build::Normal, &database, &QUICK).await;
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    for (token, url, code) in [
        (TOKEN, "http://10.0.0.7:80", "BAD_URL"),
        (TOKEN, "https://my.sepay.vn/", "BAD_URL"),
        ("a b", "https://my.sepay.vn", "BAD_SECRET"),
    ] {
        let refused = set(&admin, &line, token, url).await;
        assert_eq!(refused["userErrors"][0]["code"], code, "{token} {url}");
    }
    assert!(listing(&admin).await.is_null(), "nobody is asked who was not set");
    let interface = Interface::open().await;
    assert_eq!(set(&admin, &line, TOKEN, &interface.url).await["userErrors"], json!([]));
    until("it is asked", async || !interface.questions().is_empty()).await;
    let sealed = "SELECT COUNT(*) FROM connection_listings WHERE CAST(token_sealed AS TEXT) LIKE '%SYNTHETIC%'";
    assert_eq!(database.number(sealed).await, 0, "the key lies sealed");

    done(&admin, "removeConnectionListing", "RemoveConnectionListingInput", json!({ "connectionId": line.global() }))
        .await;
    assert!(listing(&admin).await.is_null());
    let again = asked(
        &admin,
        "removeConnectionListing",
        "RemoveConnectionListingInput",
        json!({ "connectionId": line.global() }),
    )
    .await;
    assert_eq!(again["userErrors"][0]["code"], "NOT_FOUND");
    hub.finish().await;
}

both_engines!(what_no_message_told_is_found_once_and_named, only_a_fitting_interface_is_asked);
