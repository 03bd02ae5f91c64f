//! Senders that ask before they tell: whether an order may be paid, and for a token to send with. A question leaves nothing
//! behind, and nobody learns of invoices that are not its connection's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connectors::letter::Payment;
use connectors::notice::Status;
use ring::hmac;
use serde_json::Value;

use super::banks::{Heard, Line, send};
use super::ground::{Bill, Ground, now};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

const SECRET: &str = "synthetic-secret";
const ACCESS_CODE: &str = "TESTACCESS";
const MERCHANT: &str = "TESTMERCHANT";
const VIETTEL_MONEY: [(&str, &str); 2] = [("accessCode", ACCESS_CODE), ("merchantCode", MERCHANT)];
const VIETQR: [(&str, &str); 2] = [("username", "vietqr-test"), ("signature", "required")];

/// Viettel's sum over values that are put together.
fn sum(values: &[&str]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, SECRET.as_bytes());
    STANDARD.encode(hmac::sign(&key, values.concat().as_bytes()))
}

/// Asks whether an order may be paid; Viettel signs the amount that it was told and does not send it.
async fn asks(line: &Line, code: &str, amount: &str) -> Heard {
    let order = format!("{code}-1");
    let check_sum = sum(&[ACCESS_CODE, code, MERCHANT, &order, amount]);
    let fields = [("billcode", code), ("merchant_code", MERCHANT), ("order_id", &order), ("check_sum", &check_sum)];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    send(line.client.post(&line.url).header("Content-Type", "application/x-www-form-urlencoded").body(body)).await
}

fn checked(code: &str, word: &str, amount: &str, check_sum: &str) -> Heard {
    let body = format!(
        r#"{{"billcode":"{code}","error_code":"{word}","merchant_code":"{MERCHANT}","order_id":"{code}-1","trans_amount":"{amount}","check_sum":"{check_sum}"}}"#
    );
    Heard::says(200, &body)
}

fn payable(code: &str, amount: &str) -> Heard {
    let order = format!("{code}-1");
    checked(code, "00", amount, &sum(&[ACCESS_CODE, code, "00", MERCHANT, &order, amount]))
}

fn not_payable(code: &str) -> Heard {
    checked(code, "01", "", "")
}

fn payment(bill: &Bill, account: &str, transaction: u64, amount_vnd: i64) -> Payment {
    Payment {
        transaction,
        status: Status::Settled,
        amount_vnd,
        account: account.to_owned(),
        virtual_account: None,
        reference: Some(bill.code.clone()),
        content: bill.code.clone(),
        payer_name: None,
        occurred_at: now().micros(),
    }
}

async fn an_order_is_payable_within_its_own_connection_alone(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let line = Line::connect(&ground, &hub, ("viettel_money", SECRET), &VIETTEL_MONEY, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let cancelled = ground.bill(meals, ground.binh, 100_000).await;
    ground.cancel(&cancelled).await;
    let other_account = ground.bill(&ground.water, ground.an, 100_000).await;
    let other_school = ground.bill(&ground.south.meals, ground.chi, 100_000).await;
    assert_eq!(asks(&line, &bill.code, "100000").await, payable(&bill.code, "100000"));
    // Every no is the same, and none is signed.
    assert_eq!(asks(&line, &bill.code, "100001").await, not_payable(&bill.code));
    for code in [&cancelled.code, &other_account.code, &other_school.code, "LT10000000018", "no-code"] {
        assert_eq!(asks(&line, code, "100000").await, not_payable(code));
    }
    for nothing in ["inbound_events", "inbound_messages", "refused_messages"] {
        assert_eq!(look.count(nothing).await, 0, "{nothing}");
    }
    // What is left is what it costs; the results tell no time, so the money came when it was received.
    let mut transaction = 0;
    for (left, then) in [("100000", "PARTIALLY_PAID 40000"), ("60000", "PAID 100000")] {
        assert_eq!(asks(&line, &bill.code, left).await, payable(&bill.code, left));
        transaction += 1;
        let amount = if transaction == 1 { 40_000 } else { 60_000 };
        let result = line.words("viettel_money", &VIETTEL_MONEY, &payment(&bill, "", transaction, amount));
        let heard = line.delivers(&result).await;
        assert!(heard.status == 200 && heard.body.contains(r#""error_code":"00""#), "{heard:?}");
        // An honest re-send at another moment is the same event.
        assert_eq!(line.delivers(&result).await, heard);
        hub.until_settled().await;
        assert_eq!(look.bill(&bill).await, then);
    }
    assert_eq!(look.count("bank_transactions").await, 2);
    assert_eq!(look.count("bank_transactions WHERE occurred_at > 0").await, 2);
    for amount in ["0", "100000"] {
        assert_eq!(asks(&line, &bill.code, amount).await, not_payable(&bill.code));
    }
    adds_up(hub, &database).await;
}

async fn a_password_gives_a_token_and_a_token_carries_money(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let line = Line::connect(&ground, &hub, ("vietqr", SECRET), &VIETQR, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let token_url = format!("{}/api/token_generate", line.url);
    let guessed = send(line.client.post(&token_url).basic_auth("vietqr-test", Some("guessed"))).await;
    assert_eq!(guessed, Heard::says(401, r#"{"status":"FAILED","message":"BAD_PROOF"}"#));
    assert_eq!(look.count("refused_messages").await, 1);

    let heard = send(line.client.post(&token_url).basic_auth("vietqr-test", Some(SECRET))).await;
    let told: Value = serde_json::from_str(&heard.body).unwrap();
    assert_eq!((heard.status, &told["token_type"]), (200, &Value::from("Bearer")), "{heard:?}");
    assert_eq!(look.count("inbound_messages").await, 0);

    let mut change = line.words("vietqr", &VIETQR, &payment(&bill, &meals.number, 1, 100_000));
    change.headers.retain(|(name, _)| name != "Authorization");
    assert_eq!(line.delivers(&change).await.status, 401);
    change.headers.push(("Authorization".to_owned(), format!("Bearer {}", told["access_token"].as_str().unwrap())));
    let heard = line.delivers(&change).await;
    assert!(heard.status == 200 && heard.body.contains(r#""error":false"#), "{heard:?}");
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PAID 100000");
    adds_up(hub, &database).await;
}

both_engines!(an_order_is_payable_within_its_own_connection_alone, a_password_gives_a_token_and_a_token_carries_money,);
