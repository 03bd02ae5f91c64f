//! Payments that go back: wholly, once, on their day; and those that nobody had told.

use serde_json::json;

use super::{Bank, EXACT};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::money::ground::Ground;
use crate::money::look::{Look, adds_up};

async fn a_payment_goes_back_once(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals, &ground.water]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    assert_eq!(bank.pays("FT1", &bill, meals, 100_000).await.code, "00 OK");
    assert_eq!(bank.reverses("FT1", 99_999).await.code, "06 REFERENCE_CONFLICT");
    for _ in 0..2 {
        let heard = bank.reverses("FT1", 100_000).await;
        assert_eq!((heard.code.as_str(), &heard.body["state"]), ("00 OK", &json!("REVERSED")));
    }
    assert_eq!(bank.status("FT1").await, "00 OK REVERSED", "also before it is settled");
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "OPEN 0");
    assert_eq!(look.money("FT1").await, "REVERSED 0+0 NONE");
    assert_eq!(look.events("FT1:REVERSED").await, ["PROCESSED"]);
    assert_eq!(bank.pays("FT1", &bill, meals, 100_000).await.code, "08 REVERSED", "it does not come back");
    assert_eq!(bank.pays("FT2", &bill, meals, 100_000).await.code, "00 OK", "but another payment may");
    adds_up(hub, &database).await;
}
both_engines!(a_payment_goes_back_once);

async fn a_payment_that_nobody_told_goes_back_before_it_comes(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    assert_eq!(bank.status("FT1").await, "07 UNKNOWN_REFERENCE -");
    assert_eq!(bank.reverses("FT1", 100_000).await.code, "00 OK");
    assert_eq!(bank.pays("FT1", &bill, meals, 100_000).await.code, "08 REVERSED");
    assert_eq!(bank.status("FT1").await, "00 OK REVERSED");
    assert_eq!(bank.pays("FT2", &bill, meals, 1).await.code, "03 AMOUNT_NOT_ALLOWED");
    let refused = bank.reverses("FT2", 1).await;
    assert_eq!(
        (refused.code.as_str(), &refused.body["state"]),
        ("00 OK", &json!("REFUSED")),
        "there is nothing to give back"
    );
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "OPEN 0");
    assert_eq!(look.count("inbound_events").await, 0);
    adds_up(hub, &database).await;
}
both_engines!(a_payment_that_nobody_told_goes_back_before_it_comes);

async fn yesterdays_payment_does_not_go_back_alone(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    assert_eq!(bank.pays("FT1", &bill, meals, 100_000).await.code, "00 OK");
    hub.until_settled().await;
    database.execute("UPDATE bill_payments SET created_at = created_at - 86400000000").await;
    assert_eq!(bank.reverses("FT1", 100_000).await.code, "09 NOT_REVERSIBLE");
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PAID 100000");
    adds_up(hub, &database).await;
}
both_engines!(yesterdays_payment_does_not_go_back_alone);
