//! Payments: proven by every kind of key, taken once, refused for ever, and on disk when the bank hears 00.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use ring::signature::{self, UnparsedPublicKey};
use serde_json::{Value, json};

use super::{Bank, CHOSEN, Call, ED25519, EXACT, Heard, RSA, SHARED, hear, payment};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::money::ground::{Ground, now};
use crate::money::look::{Look, adds_up};

async fn every_kind_of_key_proves_and_nothing_else_does(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    for (number, keys) in [(SHARED, SHARED), RSA, ED25519].into_iter().enumerate() {
        let bank = Bank::with_keys(&ground, &hub, keys, &EXACT, &[meals]).await;
        let bill = ground.bill(meals, ground.an, 100_000).await;
        let reference = format!("FT{number}");
        let call = Call::new("/pay", &payment(&reference, &bill, meals, 100_000).to_string());

        let refused = |word| format!("97 {word}");
        let forged = Call { body: call.body.replace("100000", "100001"), ..call.clone() };
        let signature = bank.sign(&call.text(&bank.path(&call)));
        assert_eq!(hear(bank.signed(&forged, &signature)).await.code, refused("BAD_PROOF"));
        let moved = Call { verb: "/reverse".to_owned(), ..call.clone() };
        assert_eq!(hear(bank.signed(&moved, &signature)).await.code, refused("BAD_PROOF"));
        let late = Call { seconds: now().seconds() - 330, ..call.clone() };
        assert_eq!(hear(bank.request(&late)).await.code, refused("OUTSIDE_WINDOW"));
        assert_eq!(look.count("bill_nonces").await, i64::try_from(number).unwrap(), "nobody's nonce is taken");
        assert_eq!(look.bill(&bill).await, "OPEN 0");

        let heard = hear(bank.request(&call)).await;
        assert_eq!((heard.status, heard.code.as_str(), &heard.body["state"]), (200, "00 OK", &json!("RECEIVED")));
        let again = hear(bank.request(&call)).await;
        assert_eq!((again.status, again.code.as_str()), (409, "96 NONCE_USED"));
        hub.until_settled().await;
        assert_eq!(look.bill(&bill).await, "PAID 100000");
        assert_eq!(look.money(&reference).await, "SETTLED 100000+0 NONE");
    }
    adds_up(hub, &database).await;
}
both_engines!(every_kind_of_key_proves_and_nothing_else_does);

async fn an_answer_to_a_shared_key_is_signed(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let meals = &ground.north.meals;
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let call = Call::new("/status", r#"{"bankReference":"FT1"}"#);
    let heard = hear(bank.request(&call)).await;
    let body = hex::encode(ring::digest::digest(&ring::digest::SHA256, heard.text.as_bytes()));
    let text = format!("LIENTHONG-BILL-V1-ANSWER\n/billing/{}\n{}\n200\n{body}", bank.line.id, call.nonce);
    assert_eq!(heard.signature, Some(bank.sign(&text)));
    let unproven = hear(bank.signed(&call, "hmac-sha256=AAAA")).await;
    assert_eq!((unproven.status, unproven.signature), (401, None), "whoever proved nothing gets no signature");
    assert_eq!(heard.key_id, None, "no key of the hub speaks");
    adds_up(hub, &database).await;
}
both_engines!(an_answer_to_a_shared_key_is_signed);

/// Whether a published key of this name made the signature of the text.
fn is_by(keys: &Value, heard: &Heard, text: &str) -> bool {
    let Some(code) = heard.signature.as_deref().and_then(|code| code.strip_prefix("ed25519=")) else { return false };
    let named = |key: &&Value| key["kid"].as_str().is_some_and(|kid| Some(kid) == heard.key_id.as_deref());
    let key = keys["keys"].as_array().unwrap().iter().find(named).unwrap();
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let code = STANDARD.decode(code).unwrap();
    UnparsedPublicKey::new(&signature::ED25519, public).verify(text.as_bytes(), &code).is_ok()
}

async fn an_answer_to_a_key_of_the_bank_is_signed_by_the_hub(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let meals = &ground.north.meals;
    for pair in [RSA, ED25519] {
        let bank = Bank::with_keys(&ground, &hub, pair, &EXACT, &[meals]).await;
        let published = hub.client.get(hub.url("/.well-known/jwks.json")).send().await.unwrap();
        let keys: Value = published.json().await.unwrap();
        let text = |call: &Call, heard: &Heard| {
            let body = hex::encode(ring::digest::digest(&ring::digest::SHA256, heard.text.as_bytes()));
            format!("LIENTHONG-BILL-V1-ANSWER\n/billing/{}\n{}\n{}\n{body}", bank.line.id, call.nonce, heard.status)
        };
        let call = Call::new("/status", r#"{"bankReference":"FT1"}"#);
        let heard = hear(bank.request(&call)).await;
        let own = text(&call, &heard);
        assert!(heard.status == 200 && is_by(&keys, &heard, &own), "{heard:?}");
        // Another nonce, status, connection or body is another answer.
        for (part, other) in
            [(call.nonce.as_str(), "another-nonce-000"), ("\n200\n", "\n409\n"), ("/billing/", "/billinG/")]
        {
            assert!(!is_by(&keys, &heard, &own.replacen(part, other, 1)), "{part}");
        }
        let again = hear(bank.request(&call)).await;
        assert!(again.status == 409 && is_by(&keys, &again, &text(&call, &again)), "a refusal is signed, too");
        let day = Call { method: Method::GET, ..Call::new("/reconciliation/2026-11-20", "") };
        let file = hear(bank.request(&day)).await;
        assert!(file.status == 200 && is_by(&keys, &file, &text(&day, &file)), "{file:?}");
        let unproven = hear(bank.signed(&Call::new("/status", "{}"), "ed25519=AAAA")).await;
        assert_eq!((unproven.status, unproven.signature, unproven.key_id), (401, None, None));
    }
    adds_up(hub, &database).await;
}
both_engines!(an_answer_to_a_key_of_the_bank_is_signed_by_the_hub);

async fn a_reference_has_one_answer_for_ever(database: Database) {
    let ground = Ground::plant(&database).await;
    let mut hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals, &ground.water]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    // Eight at once, in other words each.
    let tell = async |number: usize| {
        let mut told = payment("FT1", &bill, meals, 100_000);
        told["payerName"] = json!(format!("NGUYEN VAN MAU {number}"));
        bank.calls("/pay", told).await
    };
    let heard = futures_util::future::join_all((0..8).map(tell)).await;
    assert!(heard.iter().all(|one| one.code == "00 OK" && one.body == heard[0].body), "{heard:?}");
    hub.kill();
    hub.again().await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PAID 100000");
    assert_eq!(look.count("bank_transactions").await, 1);
    assert_eq!(look.events("FT1:SETTLED").await, ["PROCESSED"]);
    assert_eq!(bank.status("FT1").await, "00 OK SETTLED");
    let again = tell(1).await;
    assert_eq!(
        (again.code.as_str(), &again.body),
        ("00 OK", &heard[0].body),
        "the invoice is paid, by this very payment"
    );

    // Another payment under the reference is kept apart.
    let other = ground.bill(meals, ground.binh, 100_000).await;
    for told in [payment("FT1", &bill, meals, 100_001), payment("FT1", &other, meals, 100_000)] {
        assert_eq!(bank.calls("/pay", told).await.code, "06 REFERENCE_CONFLICT");
    }
    hub.until_settled().await;
    assert_eq!(look.count("inbound_events WHERE status = 'QUARANTINED'").await, 2);
    assert_eq!(look.bill(&other).await, "OPEN 0");

    // A refusal stands, too, although the reason has gone.
    assert_eq!(bank.pays("FT2", &other, meals, 1).await.code, "03 AMOUNT_NOT_ALLOWED");
    let small = ground.bill(meals, ground.binh, 1).await;
    assert_eq!(bank.pays("FT2", &other, meals, 1).await.code, "03 AMOUNT_NOT_ALLOWED");
    assert_eq!(bank.pays("FT2", &small, meals, 1).await.code, "06 REFERENCE_CONFLICT");
    assert_eq!(bank.status("FT2").await, "00 OK REFUSED");
    assert_eq!(look.count("inbound_events WHERE event_id LIKE 'FT2%'").await, 0, "no money, no event");
    adds_up(hub, &database).await;
}
both_engines!(a_reference_has_one_answer_for_ever);

async fn only_what_is_open_is_taken(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals, &ground.water]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let cancelled = ground.bill(meals, ground.an, 100_000).await;
    ground.cancel(&cancelled).await;
    let foreign = ground.bill(&ground.south.meals, ground.chi, 100_000).await;
    let mut number = 0;
    let mut pays = async |bill: &crate::money::ground::Bill, purse, amount| {
        number += 1;
        bank.pays(&format!("FT{number}"), bill, purse, amount).await.code
    };
    assert_eq!(pays(&cancelled, meals, 100_000).await, "01 NOT_FOUND");
    assert_eq!(pays(&foreign, &ground.south.meals, 100_000).await, "01 NOT_FOUND");
    assert_eq!(pays(&bill, &ground.water, 100_000).await, "04 WRONG_ACCOUNT");
    assert_eq!(pays(&bill, meals, 99_999).await, "03 AMOUNT_NOT_ALLOWED");
    assert_eq!(pays(&bill, meals, 100_000).await, "00 OK");
    hub.until_settled().await;
    assert_eq!(pays(&bill, meals, 100_000).await, "02 ALREADY_PAID");

    let chosen = Bank::connect(&ground, &hub, &CHOSEN, &[meals]).await;
    let bill = ground.bill(meals, ground.binh, 100_000).await;
    assert_eq!(chosen.pays("A1", &bill, meals, 40_000).await.code, "00 OK");
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 40000");
    assert_eq!(chosen.pays("A2", &bill, meals, 60_001).await.code, "03 AMOUNT_NOT_ALLOWED");
    assert_eq!(chosen.pays("A3", &bill, meals, 60_000).await.code, "00 OK");
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PAID 100000");

    // By the virtual account of a student.
    let bill = ground.bill(meals, ground.an, 70_000).await;
    let mut told = payment("VA1", &bill, meals, 70_000);
    told.as_object_mut().unwrap().remove("invoiceCode");
    told["virtualAccount"] = json!(ground.virtual_number);
    assert_eq!(bank.calls("/pay", told).await.code, "00 OK");
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PAID 70000");
    adds_up(hub, &database).await;
}
both_engines!(only_what_is_open_is_taken);

async fn a_bank_collects_in_its_hours_alone(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let meals = &ground.north.meals;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let hour = (now().seconds() + 7 * 3_600).div_euclid(3_600).rem_euclid(24);
    let hours = format!("{:02}:00-{:02}:00", (hour + 3) % 24, (hour + 5) % 24);
    let closed = [("amounts", "exact"), ("hours", hours.as_str()), ("certificate", "none")];
    let bank = Bank::connect(&ground, &hub, &closed, &[meals]).await;
    assert_eq!(bank.pays("FT1", &bill, meals, 100_000).await.code, "05 OUTSIDE_HOURS");
    assert_eq!(bank.status("FT1").await, "00 OK REFUSED");
    assert_eq!(bank.inquires(json!({ "invoiceCode": bill.code })).await.code, "00 OK", "asking is no collecting");
    adds_up(hub, &database).await;
}
both_engines!(a_bank_collects_in_its_hours_alone);
