//! What senders hear: each in its own words, the same for the first time and for repeats, and nothing that helps a
//! stranger.

use entities::transaction;
use serde_json::json;

use super::banks::{Heard, Ipn, Line, SepayLine, Vnpay, send};
use super::ground::{Ground, now};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::Build;
use crate::harness::sepay::Sepay;

fn ipn(order: &str) -> Ipn<'_> {
    Ipn { transaction: 77, amount: 1_000, codes: ("00", "00"), order, info: "tien an", paid_at: "20261120093000" }
}

fn vnpay_says(code: &str, message: &str) -> Heard {
    Heard::says(200, &format!(r#"{{"RspCode":"{code}","Message":"{message}"}}"#))
}

async fn every_sender_hears_its_own_words(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    // An invoice for each sender: equal money for one of them could be the same money.
    let [bill, of_vnpay, of_partner] = [
        ground.bill(meals, ground.an, 100_000).await,
        ground.bill(meals, ground.an, 100_000).await,
        ground.bill(meals, ground.an, 100_000).await,
    ];
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let vnpay = Line::vnpay(&ground, &hub, meals).await;
    let partner = Line::partner(&ground, &hub, meals).await;
    let kept = Heard::says(200, r#"{"success":true}"#);
    let data = json!({"amount": 1_000, "content": of_partner.code, "transactionId": "P-1", "occurredAt": "2026-11-20T09:30:00+07:00"});
    for _ in 0..2 {
        assert_eq!(sepay.pays(1, 1_000, &bill.code).await, kept);
        assert_eq!(vnpay.tells(&ipn(&of_vnpay.code)).await, vnpay_says("00", "Confirm Success"));
        assert_eq!(partner.tells("msg_1", "payment.received", &data).await, kept);
        assert_eq!(partner.tells("msg_2", "ping", &json!({})).await, kept);
    }
    // A failed payment is told in good order, too.
    let failed = Ipn { transaction: 78, codes: ("24", "02"), ..ipn(&of_vnpay.code) };
    assert_eq!(vnpay.tells(&failed).await, vnpay_says("00", "Confirm Success"));
    hub.until_settled().await;
    for bill in [&bill, &of_vnpay, &of_partner] {
        assert_eq!(look.bill(bill).await, "PARTIALLY_PAID 1000");
    }
    adds_up(hub, &database).await;
}

async fn a_wrong_key_is_refused_and_kept_as_refused(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let right = Line::sepay(&ground, &hub, &[meals]).await;
    let vnpay = Line::vnpay(&ground, &hub, meals).await;
    let partner = Line::partner(&ground, &hub, meals).await;
    let wrong = SepayLine { sepay: Sepay { secret: "guessed".into(), ..right.sepay.clone() }, ..right.clone() };
    let refused = |code: &str| format!(r#"{{"success":false,"code":"{code}"}}"#);
    assert_eq!(wrong.pays(1, 100_000, &bill.code).await, Heard::says(401, &refused("BAD_PROOF")));
    let forged = Vnpay(vnpay.0.signing_with("GUESSED"));
    assert_eq!(forged.tells(&ipn(&bill.code)).await, vnpay_says("97", "Fail checksum"));
    let unsigned = partner.0.client.post(&partner.0.url).body("{}");
    assert_eq!(send(unsigned).await, Heard::says(401, &refused("NO_PROOF")));
    hub.until_settled().await;
    let reasons = look.0.texts("SELECT reason FROM refused_messages ORDER BY reason").await;
    assert_eq!(reasons, ["BAD_PROOF", "BAD_PROOF", "NO_PROOF"]);
    for nothing in ["inbound_events", "inbound_messages", "bank_transactions"] {
        assert_eq!(look.count(nothing).await, 0, "{nothing}");
    }
    assert_eq!(look.bill(&bill).await, "OPEN 0");
    adds_up(hub, &database).await;
}

async fn strangers_learn_nothing_and_large_bodies_are_refused(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let look = Look(&database);
    let sepay = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let mut heard = Vec::new();
    for connection in ["01a20011-0000-7000-8000-000000000000", "no-connection", "%00"] {
        let answer = hub.client.post(hub.url(&format!("/webhooks/{connection}"))).body("{}").send().await.unwrap();
        let status = answer.status();
        let problem: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        heard.push((status.as_u16(), problem["code"].clone(), problem["title"].clone(), problem["detail"].clone()));
    }
    assert_eq!(heard[0].0, 404, "{heard:?}");
    assert!(heard.iter().all(|one| *one == heard[0]), "{heard:?}");
    let body = format!(r#"{{"id":1,"content":"{}"}}"#, "x".repeat(262_144));
    assert_eq!(sepay.tells(&body).await.status, 413);
    assert_eq!(look.count("inbound_messages").await + look.count("refused_messages").await, 0);
    adds_up(hub, &database).await;
}

async fn who_sends_too_fast_is_told_when_to_come_again(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start_as(Build::Normal, &database, &[("LIENTHONG_WEBHOOK_REQUESTS_PER_SECOND", "1")]).await;
    let look = Look(&database);
    let meals = &ground.north.meals;
    let bill = ground.bill(meals, ground.an, 1_000_000).await;
    // Equal money for one invoice could be the same money: each sender has its own.
    let [of_calm, of_vnpay] =
        [ground.bill(meals, ground.an, 1_000_000).await, ground.bill(meals, ground.an, 1_000_000).await];
    let (hasty, vnpay, calm) = (
        Line::sepay(&ground, &hub, &[meals]).await,
        Line::vnpay(&ground, &hub, meals).await,
        Line::sepay(&ground, &hub, &[meals]).await,
    );
    let (mut kept, mut later) = (0_i64, 0);
    for id in 1..=60 {
        let heard = hasty.pays(id, 1_000, &bill.code).await;
        match heard.status {
            200 => kept += 1,
            429 => {
                assert_eq!(heard.body, r#"{"success":false,"code":"TOO_MANY"}"#);
                assert!(heard.retry_after.is_some_and(|seconds| seconds > 0), "{heard:?}");
                later += 1;
            }
            _ => panic!("{heard:?}"),
        }
    }
    assert!(kept >= 1 && later >= 10, "{kept} kept, {later} later");
    // Its haste is nobody else's.
    assert_eq!(calm.pays(1_001, 1_000, &of_calm.code).await.status, 200);
    let (mut words, mut kept_of_vnpay) = (Vec::new(), 0_i64);
    for transaction in 1..=40 {
        let heard = vnpay.tells(&Ipn { transaction, ..ipn(&of_vnpay.code) }).await;
        kept_of_vnpay += i64::from(heard == vnpay_says("00", "Confirm Success"));
        words.push(heard);
    }
    words.sort();
    words.dedup();
    assert_eq!(words, [vnpay_says("00", "Confirm Success"), vnpay_says("99", "Unknown error")]);
    // Exactly what was acknowledged is booked.
    hub.until_settled().await;
    for (bill, kept) in [(&bill, kept), (&of_calm, 1), (&of_vnpay, kept_of_vnpay)] {
        assert_eq!(look.bill(bill).await, format!("PARTIALLY_PAID {}", kept * 1_000));
    }
    adds_up(hub, &database).await;
}

async fn a_paused_connection_says_later(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let (sepay, vnpay) = (Line::sepay(&ground, &hub, &[meals]).await, Line::vnpay(&ground, &hub, meals).await);
    database.execute("UPDATE connections SET paused_at = 1, version = version + 1").await;
    let heard = sepay.pays(1, 1_000, &bill.code).await;
    assert_eq!((heard.status, heard.retry_after.is_some()), (503, true), "{heard:?}");
    assert_eq!(vnpay.tells(&ipn(&bill.code)).await, vnpay_says("99", "Unknown error"));
    assert_eq!(look.count("inbound_messages").await, 0);
    database.execute("UPDATE connections SET paused_at = NULL, version = version + 1").await;
    let begun = std::time::Instant::now();
    while sepay.pays(1, 1_000, &bill.code).await.status != 200 {
        assert!(begun.elapsed().as_secs() < 10, "it must work again within seconds");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 1000");
    adds_up(hub, &database).await;
}

async fn old_and_new_keys_overlap(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let old = Line::sepay(&ground, &hub, &[meals]).await;
    let id = old.line.id;
    transaction!(ground.db, |tx| entities::connections::rotate(tx, id, b"newer", 3_600, "hub", now()).await).unwrap();
    let new = SepayLine { sepay: Sepay { secret: "newer".into(), ..old.sepay.clone() }, ..old.clone() };
    assert_eq!(old.pays(1, 1_000, &bill.code).await.status, 200);
    assert_eq!(new.pays(2, 1_000, &bill.code).await.status, 200);
    // The same message under either key is the same message.
    assert_eq!(new.pays(1, 1_000, &bill.code).await.status, 200);
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 2000");
    adds_up(hub, &database).await;
}

both_engines!(
    every_sender_hears_its_own_words,
    a_wrong_key_is_refused_and_kept_as_refused,
    strangers_learn_nothing_and_large_bodies_are_refused,
    who_sends_too_fast_is_told_when_to_come_again,
    a_paused_connection_says_later,
    old_and_new_keys_overlap,
);
