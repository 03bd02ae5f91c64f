//! Gateways that list nothing: an order that waits is asked about until its money is there. An answer that is forged, or about
//! something else, moves nothing, and a message that comes after all changes nothing.

use std::time::{Duration, Instant};

use connectors::letter::{Letter, Payment};
use connectors::notice::Status;
use entities::{connections, transaction};
use ring::hmac;
use serde_json::{Value, json};

use super::banks::Line;
use super::gateway::{Gateway, Question};
use super::ground::{Bill, Ground, now};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::Build;

const SECRET: &str = "synthetic-secret";
const MOMO: [(&str, &str); 2] = [("partnerCode", "TESTPARTNER"), ("accessKey", "TESTACCESS")];
const ZALOPAY: [(&str, &str); 1] = [("appId", "2553")];
const QUICK: [(&str, &str); 2] =
    [("LIENTHONG_LISTING_INTERVAL_SECONDS", "1"), ("LIENTHONG_LISTING_GRACE_SECONDS", "0")];
/// Several rounds of a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

fn hex_of(secret: &str, text: &str) -> String {
    hex::encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), text.as_bytes()))
}

fn payment(bill: &Bill, account: &str, transaction: u64, status: Status) -> Payment {
    Payment {
        transaction,
        status,
        amount_vnd: 100_000,
        account: account.to_owned(),
        virtual_account: None,
        reference: Some(bill.code.clone()),
        content: format!("Hoc phi {}", bill.code),
        payer_name: None,
        occurred_at: now().micros(),
    }
}

/// Lets the hub ask, from now on and at once.
async fn ask(ground: &Ground, line: &Line, token: &str, gateway: &Gateway) {
    let url = Some(gateway.url.as_str());
    transaction!(ground.db, |tx| connections::set_listing(tx, line.id, token.as_bytes(), url, "hub", now()).await)
        .unwrap();
}

/// Waits until a round has ended so: with a stable code, or well.
async fn ends(look: &Look<'_>, end: &str) {
    let query =
        "SELECT COALESCE(failure, CASE WHEN asked_at IS NULL THEN 'never' ELSE 'well' END) FROM connection_listings";
    let begun = Instant::now();
    while look.one(query).await != end {
        assert!(begun.elapsed() < PATIENCE, "{end} within {PATIENCE:?}, but {}", look.one(query).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn becomes(look: &Look<'_>, bill: &Bill, then: &str) {
    let begun = Instant::now();
    while look.bill(bill).await != then {
        assert!(begun.elapsed() < PATIENCE, "{then} within {PATIENCE:?}, but {}", look.bill(bill).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn delivers(line: &Line, letter: &Letter) {
    let heard = line.delivers(letter).await;
    assert!(heard.status < 300, "{heard:?}");
}

/// MoMo's answer to a question whose signature it checks, about this order.
fn momo_says(question: &Question, partner: &str, order: Option<&str>, code: i64) -> String {
    let asked: Value = serde_json::from_str(&question.body).unwrap();
    let word = |name: &str| asked[name].as_str().unwrap().to_owned();
    let (own, request) = (word("orderId"), word("requestId"));
    let text = format!("accessKey=TESTACCESS&orderId={own}&partnerCode=TESTPARTNER&requestId={request}");
    if word("signature") != hex_of(SECRET, &text) {
        return json!({ "resultCode": 11, "message": "Access denied" }).to_string();
    }
    json!({
        "partnerCode": partner, "orderId": order.unwrap_or(&own), "requestId": request, "extraData": "",
        "amount": 100_000, "transId": 4_000_000_001_u64, "payType": "qr", "resultCode": code, "refundTrans": [],
        "message": "x", "responseTime": now().micros() / 1_000,
    })
    .to_string()
}

async fn momo_is_asked_until_the_money_is_there(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start_as(Build::Normal, &database, &QUICK).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let line = Line::connect(&ground, &hub, ("momo", SECRET), &MOMO, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let waits = line.words("momo", &MOMO, &payment(&bill, "", 4_000_000_001, Status::Waiting));
    delivers(&line, &waits).await;
    hub.until_settled().await;
    let gateway = Gateway::open().await;
    ask(&ground, &line, SECRET, &gateway).await;
    ends(&look, "BAD_STATUS").await;
    let question = gateway.heard().pop().unwrap();
    assert_eq!(question.line, "POST /v2/gateway/api/query");
    gateway.says(|question| momo_says(question, "TESTPARTNER", None, 0));
    ask(&ground, &line, "another-secret", &gateway).await;
    ends(&look, "QUESTION_NOT_TAKEN").await;
    gateway.says(|question| momo_says(question, "TESTPARTNER", Some("LT10000000018"), 0));
    ask(&ground, &line, SECRET, &gateway).await;
    ends(&look, "OTHER_ORDER").await;
    gateway.says(|question| momo_says(question, "SOMEBODY", None, 0));
    ask(&ground, &line, SECRET, &gateway).await;
    ends(&look, "WRONG_MERCHANT").await;
    gateway.says(|_| "<html>busy</html>".to_owned());
    ask(&ground, &line, SECRET, &gateway).await;
    ends(&look, "NOT_JSON").await;
    gateway.says(|question| momo_says(question, "TESTPARTNER", None, 9_000));
    ask(&ground, &line, SECRET, &gateway).await;
    ends(&look, "well").await;
    assert_eq!(look.bill(&bill).await, "OPEN 0", "nothing of all this was money");
    assert_eq!(look.count("inbound_events").await, 1);

    // It is paid, and the gateway is slow to say so.
    gateway.takes(Duration::from_secs(2));
    gateway.says(|question| momo_says(question, "TESTPARTNER", None, 0));
    becomes(&look, &bill, "PAID 100000").await;
    assert_eq!(look.events("listed:4000000001:SETTLED").await, ["PROCESSED"]);
    let content = look.one("SELECT content FROM bank_transactions").await;
    assert_eq!(content, format!("Hoc phi {}", bill.code), "what the message had told is not forgotten");

    // The message comes after all, and the order is asked about no more.
    let late = line.words("momo", &MOMO, &payment(&bill, "", 4_000_000_001, Status::Settled));
    delivers(&line, &late).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PAID 100000");
    assert_eq!(look.count("bank_transactions").await, 1);
    assert_eq!(look.count("inbound_events WHERE event_id LIKE 'listed:%'").await, 1);
    adds_up(hub, &database).await;
}

async fn an_order_that_is_not_known_stops_no_other(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start_as(Build::Normal, &database, &QUICK).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let line = Line::connect(&ground, &hub, ("momo", SECRET), &MOMO, &[meals]).await;
    let [known, unknown] =
        [ground.bill(meals, ground.an, 100_000).await, ground.bill(meals, ground.binh, 100_000).await];
    for (bill, transaction) in [(&known, 4_000_000_001), (&unknown, 4_000_000_002)] {
        delivers(&line, &line.words("momo", &MOMO, &payment(bill, "", transaction, Status::Waiting))).await;
        hub.until_settled().await;
    }
    let gateway = Gateway::open().await;
    let lost = unknown.code.clone();
    // The newest is asked about first.
    gateway.answers(move |question| {
        if question.body.contains(&lost) {
            return (404, String::new());
        }
        (200, momo_says(question, "TESTPARTNER", None, 0))
    });
    ask(&ground, &line, SECRET, &gateway).await;
    becomes(&look, &known, "PAID 100000").await;
    ends(&look, "BAD_STATUS").await;
    assert!(gateway.heard()[0].body.contains(&unknown.code), "{:?}", gateway.heard());
    assert_eq!(look.bill(&unknown).await, "OPEN 0");
    adds_up(hub, &database).await;
}

async fn zalopay_confirms_what_only_waits_and_no_other_transaction(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start_as(Build::Normal, &database, &QUICK).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let line = Line::connect(&ground, &hub, ("zalopay", SECRET), &ZALOPAY, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    // The kind of a callback is not signed: whoever changed it could only make the money wait.
    let mut letter = line.words("zalopay", &ZALOPAY, &payment(&bill, "", 250_815_000_000_001, Status::Settled));
    let mut body: Value = serde_json::from_slice(&letter.body).unwrap();
    body["type"] = json!(2);
    letter.body = body.to_string().into_bytes();
    delivers(&line, &letter).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "OPEN 0");

    let says = |transaction: u64| {
        move |question: &Question| {
            let asked: Vec<(String, String)> = form_urlencoded::parse(question.body.as_bytes()).into_owned().collect();
            let [(_, app), (_, order), (_, mac)] = &asked[..] else { panic!("{asked:?}") };
            if *mac != hex_of("synthetic-key1", &format!("{app}|{order}|synthetic-key1")) {
                return json!({ "return_code": 2, "return_message": "x", "sub_return_code": -402 }).to_string();
            }
            json!({ "return_code": 1, "return_message": "x", "sub_return_code": 1, "is_processing": false,
                "amount": 100_000, "zp_trans_id": transaction, "server_time": now().micros() / 1_000 })
            .to_string()
        }
    };
    let gateway = Gateway::open().await;
    gateway.says(says(250_815_000_000_001));
    ask(&ground, &line, "synthetic-key9", &gateway).await;
    ends(&look, "QUESTION_NOT_TAKEN").await;
    gateway.says(says(250_815_000_000_002));
    ask(&ground, &line, "synthetic-key1", &gateway).await;
    ends(&look, "OTHER_ORDER").await;
    assert_eq!(look.bill(&bill).await, "OPEN 0");
    gateway.says(says(250_815_000_000_001));
    ask(&ground, &line, "synthetic-key1", &gateway).await;
    becomes(&look, &bill, "PAID 100000").await;
    assert_eq!(gateway.heard().pop().unwrap().line, "POST /v2/query");
    assert_eq!(look.events("listed:250815000000001:SETTLED").await, ["PROCESSED"]);
    assert_eq!(look.count("bank_transactions").await, 1);
    adds_up(hub, &database).await;
}

/// The text that payOS signs over these fields; none is a list but the transactions.
fn payos_text(data: &Value) -> String {
    let fields = data.as_object().unwrap();
    let written = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut names: Vec<&String> = fields.keys().collect();
    names.sort();
    names.iter().map(|name| format!("{name}={}", written(&fields[*name]))).collect::<Vec<_>>().join("&")
}

fn payos_signed(data: &Value) -> Value {
    json!({ "code": "00", "desc": "success", "success": true, "data": data,
        "signature": hex_of(SECRET, &payos_text(data)) })
}

fn payos_message(account: &str, reference: &str, code: &str, content: &str) -> Letter {
    let data = json!({ "orderCode": 77, "amount": 50_000, "description": content, "accountNumber": account,
        "reference": reference, "transactionDateTime": "2026-11-20 09:30:00", "currency": "VND", "code": code,
        "desc": "x" });
    let body = payos_signed(&data).to_string().into_bytes();
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    Letter { method: "POST", path_tail: String::new(), query: String::new(), headers, body }
}

/// A payment with its fields in the order of their names, as they are signed.
fn payos_paid(account: &str, reference: &str, content: &str) -> Value {
    json!({ "accountNumber": account, "amount": 50_000, "description": content, "reference": reference,
        "transactionDateTime": "2026-11-20 09:30:00" })
}

async fn payos_tells_every_payment_of_an_order_that_waits(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start_as(Build::Normal, &database, &QUICK).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let line = Line::connect(&ground, &hub, ("payos", SECRET), &[], &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let (account, code) = (meals.number.clone(), bill.code.clone());
    delivers(&line, &payos_message(&account, "FT26324000001", "00", &code)).await;
    delivers(&line, &payos_message(&account, "FT26324000002", "01", &code)).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 50000");

    let link = move |order: u64| {
        let paid = ["FT26324000001", "FT26324000002"].map(|reference| payos_paid(&account, reference, &code));
        json!({ "id": "x", "orderCode": order, "amount": 100_000, "amountPaid": 100_000, "amountRemaining": 0,
            "status": "PAID", "transactions": paid })
    };
    let gateway = Gateway::open().await;
    let (forged, other, own) = (link(77), link(78), link(77));
    gateway.says(move |_| {
        let mut answer = payos_signed(&forged);
        answer["data"]["transactions"][1]["amount"] = json!(50_001);
        answer.to_string()
    });
    ask(&ground, &line, "client:key", &gateway).await;
    ends(&look, "BAD_PROOF").await;
    gateway.says(move |_| payos_signed(&other).to_string());
    ask(&ground, &line, "client:key", &gateway).await;
    ends(&look, "OTHER_ORDER").await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 50000");
    gateway.says(move |_| payos_signed(&own).to_string());
    ask(&ground, &line, "client:key", &gateway).await;
    becomes(&look, &bill, "PAID 100000").await;
    let question = gateway.heard().pop().unwrap();
    assert_eq!(question.line, "GET /v2/payment-requests/77");
    assert!(question.head.contains("x-client-id: client") && question.head.contains("x-api-key: key"));
    let listed = database.texts("SELECT event_id FROM inbound_events WHERE event_id LIKE 'listed:%'").await;
    assert_eq!(listed, ["listed:FT26324000002:SETTLED"], "what a message had told is told once");
    assert_eq!(look.count("bank_transactions").await, 2);
    adds_up(hub, &database).await;
}

both_engines!(
    momo_is_asked_until_the_money_is_there,
    an_order_that_is_not_known_stops_no_other,
    zalopay_confirms_what_only_waits_and_no_other_transaction,
    payos_tells_every_payment_of_an_order_that_waits,
);
