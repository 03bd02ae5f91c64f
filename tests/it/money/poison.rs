//! R15: messages that are proven and cannot be read are kept and parked with a reason; everything around them flows.

use serde_json::json;

use super::banks::{Heard, Ipn, Line};
use super::ground::Ground;
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

const MESSAGES: u64 = 400;

async fn one_in_a_hundred_stops_nobody(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let look = Look(&database);
    let sepay = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let bill = ground.bill(&ground.north.meals, ground.an, 1_000_000).await;
    let poison = [
        json!({"transferAmount": "a lot"}),
        json!({"transferType": "sideways"}),
        json!({"transactionDate": "yesterday"}),
        json!({"content": "with\u{0}nothing"}),
    ];
    let kept = Heard::says(200, r#"{"success":true}"#);
    let mut parked = poison.iter();
    for id in 1..=MESSAGES {
        let heard = match id % 100 {
            0 => sepay.pays_with(id, 1_000, &bill.code, parked.next().unwrap().clone()).await,
            _ => sepay.pays(id, 1_000, &bill.code).await,
        };
        assert_eq!(heard, kept, "{id}");
    }
    hub.until_settled().await;
    for (event, reason) in [("100", "SHAPE"), ("200", "UNKNOWN_EVENT"), ("300", "TIME"), ("400", "TEXT")] {
        assert_eq!(look.events(event).await, [format!("PARKED {reason}")]);
    }
    assert_eq!(look.count("inbound_messages").await, 400);
    assert_eq!(look.count("inbound_events WHERE status = 'PROCESSED'").await, 396);
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 396000");
    adds_up(hub, &database).await;
}

async fn what_cannot_be_money_is_parked_in_every_tongue(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let look = Look(&database);
    let meals = &ground.north.meals;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let vnpay = Line::vnpay(&ground, &hub, meals).await;
    let partner = Line::partner(&ground, &hub, meals).await;
    // More than all the money there is, and moments outside every ledger: they would break the sums of a school's month.
    sepay.pays(1, i64::MAX, &bill.code).await;
    sepay.pays(2, 10_000_000_000_000, &bill.code).await;
    sepay.pays_with(3, 1_000, &bill.code, json!({"transactionDate": "0001-01-01 00:00:00"})).await;
    sepay.pays_with(4, 1_000, &bill.code, json!({"transactionDate": "9999-12-31 23:59:59"})).await;
    for (event, reason) in [("1", "AMOUNT"), ("2", "AMOUNT"), ("3", "TIME"), ("4", "TIME")] {
        assert_eq!(look.events(event).await, [format!("PARKED {reason}")], "{event}");
    }
    let ipn = Ipn {
        transaction: 5,
        amount: 1_000,
        codes: ("00", "00"),
        order: &bill.code,
        info: "tien an",
        paid_at: "no time",
    };
    assert_eq!(vnpay.tells(&ipn).await, Heard::says(200, r#"{"RspCode":"00","Message":"Confirm Success"}"#));
    // The vector of the standard proves signatures only: it names no transaction.
    let heard = partner.sends("msg_6", r#"{"type":"payment.received","data":{"amount":250000,"content":"x"}}"#).await;
    assert_eq!(heard, Heard::says(200, r#"{"success":true}"#));
    partner.sends("msg_7", "not json").await;
    for (event, reason) in [("5:SETTLED", "TIME"), ("msg_6", "SHAPE"), ("msg_7", "NOT_JSON")] {
        assert_eq!(look.events(event).await, [format!("PARKED {reason}")], "{event}");
    }
    // The same poison again is the same event, and good messages pass by.
    partner.sends("msg_7", "not json").await;
    assert_eq!(look.events("msg_7").await.len(), 1);
    sepay.pays(8, 100_000, &bill.code).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PAID 100000");
    adds_up(hub, &database).await;
}

both_engines!(one_in_a_hundred_stops_nobody, what_cannot_be_money_is_parked_in_every_tongue);
