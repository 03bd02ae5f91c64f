//! What was collected and is not settled yet: no second reference collects it once more, whoever asks, however fast.

use entities::settle::settle_due;
use serde_json::json;

use super::{Bank, CHOSEN, EXACT, payment};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::Build;
use crate::money::ground::{Ground, now};
use crate::money::look::{Look, adds_up};

const PAUSED: [(&str, &str); 1] = [("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0")];

async fn what_was_collected_is_paid_before_it_is_settled(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start_as(Build::Normal, &database, &PAUSED).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let another = Bank::connect(&ground, &hub, &CHOSEN, &[meals]).await;
    let first = ground.bill(meals, ground.an, 100_000).await;
    let second = ground.bill(meals, ground.an, 50_000).await;
    let of_account = |reference: &str, amount: i64| {
        let mut told = payment(reference, &second, meals, amount);
        told.as_object_mut().unwrap().remove("invoiceCode");
        told["virtualAccount"] = json!(ground.virtual_number);
        told
    };
    let taken = bank.pays("FT1", &first, meals, 100_000).await;
    assert_eq!(taken.code, "00 OK");
    // Neither another reference nor another bank collects it, nor the student's account.
    assert_eq!(bank.pays("FT2", &first, meals, 100_000).await.code, "02 ALREADY_PAID");
    assert_eq!(another.pays("B1", &first, meals, 1_000).await.code, "02 ALREADY_PAID");
    assert_eq!(another.calls("/pay", of_account("B2", 50_001)).await.code, "03 AMOUNT_NOT_ALLOWED");
    let again = bank.pays("FT1", &first, meals, 100_000).await;
    assert_eq!((again.code.as_str(), &again.body), ("00 OK", &taken.body), "its own reference hears the same");
    // Half of the other, and then no more than the rest; by the account and by the invoice.
    assert_eq!(another.calls("/pay", of_account("B3", 20_000)).await.code, "00 OK");
    assert_eq!(bank.pays("FT3", &second, meals, 50_000).await.code, "03 AMOUNT_NOT_ALLOWED");
    assert_eq!(bank.pays("FT4", &second, meals, 30_000).await.code, "00 OK");
    assert_eq!(another.calls("/pay", of_account("B4", 1_000)).await.code, "02 ALREADY_PAID");
    // What goes back may be collected again.
    assert_eq!(bank.reverses("FT1", 100_000).await.code, "00 OK");
    assert_eq!(bank.pays("FT5", &first, meals, 100_000).await.code, "00 OK");
    while settle_due(&ground.db, 100, now()).await.unwrap() > 0 {}
    assert_eq!(look.bill(&first).await, "PAID 100000");
    assert_eq!(bank.pays("FT6", &first, meals, 100_000).await.code, "02 ALREADY_PAID");
    adds_up(hub, &database).await;
}
both_engines!(what_was_collected_is_paid_before_it_is_settled);

async fn of_many_references_at_once_one_collects(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    for round in 0..3 {
        let bill = ground.bill(meals, ground.binh, 250_000).await;
        let tell = async |number: usize| bank.pays(&format!("R{round}F{number}"), &bill, meals, 250_000).await.code;
        let mut heard = futures_util::future::join_all((0..8).map(tell)).await;
        heard.sort();
        assert_eq!(heard[0], "00 OK");
        assert!(heard[1..].iter().all(|code| code == "02 ALREADY_PAID"), "{heard:?}");
        hub.until_settled().await;
        assert_eq!(look.bill(&bill).await, "PAID 250000");
    }
    assert_eq!(look.count("bank_transactions").await, 3);
    adds_up(hub, &database).await;
}
both_engines!(of_many_references_at_once_one_collects);

async fn a_known_reference_is_no_try(database: Database) {
    let ground = Ground::plant(&database).await;
    let few = [("LIENTHONG_BILLING_UNKNOWN_PER_MINUTE", "1")];
    let hub = Hub::start_as(Build::Normal, &database, &few).await;
    let meals = &ground.north.meals;
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let taken = bank.pays("FT1", &bill, meals, 100_000).await;
    assert_eq!(taken.code, "00 OK");
    let mut unknown = bill.clone();
    unknown.code = "LT99999999995".to_owned();
    let mut tries = 0;
    let mut tried = async || {
        tries += 1;
        bank.pays(&format!("T{tries}"), &unknown, meals, 100_000).await.code
    };
    // A minute may end between them, so it is tried until all three fall into one.
    for _ in 0..3 {
        while tried().await != "90 TOO_MANY_UNKNOWN" {}
        let again = bank.pays("FT1", &bill, meals, 100_000).await;
        let is_held = tried().await == "90 TOO_MANY_UNKNOWN";
        assert_eq!((again.status, again.code.as_str(), &again.body), (200, "00 OK", &taken.body));
        // Another payment under the reference learns nothing of whether its code exists.
        assert_eq!(bank.pays("FT1", &unknown, meals, 100_000).await.code, "06 REFERENCE_CONFLICT");
        if is_held {
            return adds_up(hub, &database).await;
        }
    }
    panic!("no minute was long enough")
}
both_engines!(a_known_reference_is_no_try);
