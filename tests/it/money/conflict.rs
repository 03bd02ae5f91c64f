//! R12: an event id that comes again with other content is quarantined, changes nothing, and is answered as kept in the
//! sender's own words; an honest re-send is no conflict.

use serde_json::json;

use super::banks::{Heard, Ipn, Line};
use super::ground::Ground;
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

/// First, quarantined: what the inbox holds of an event that came with two contents.
const TWICE: [&str; 2] = ["PROCESSED", "QUARANTINED EVENT_ID_REUSED"];

async fn other_content_is_quarantined(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bills = [
        ground.bill(meals, ground.an, 100_000).await,
        ground.bill(meals, ground.an, 100_000).await,
        ground.bill(meals, ground.an, 100_000).await,
    ];
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let vnpay = Line::vnpay(&ground, &hub, meals).await;
    let partner = Line::partner(&ground, &hub, meals).await;
    let ipn = |amount| Ipn {
        transaction: 5_002,
        amount,
        codes: ("00", "00"),
        order: &bills[1].code,
        info: "tien an",
        paid_at: "20261120093000",
    };
    let data = |amount: i64| json!({"amount": amount, "content": bills[2].code, "transactionId": "P-3", "occurredAt": "2026-11-20T09:30:00+07:00"});
    // Twice the truth, then the other content, then the truth again: the sender hears the same each time.
    for amount in [60_000, 60_000, 90_000, 60_000, 90_000] {
        let kept = Heard::says(200, r#"{"success":true}"#);
        assert_eq!(sepay.pays(5_001, amount, &bills[0].code).await, kept);
        let confirmed = Heard::says(200, r#"{"RspCode":"00","Message":"Confirm Success"}"#);
        assert_eq!(vnpay.tells(&ipn(amount)).await, confirmed);
        assert_eq!(partner.tells("msg_3", "payment.received", &data(amount)).await, kept);
        hub.until_settled().await;
    }
    for (event, transaction, bill) in
        [("5001", "5001", &bills[0]), ("5002:SETTLED", "5002", &bills[1]), ("msg_3", "P-3", &bills[2])]
    {
        assert_eq!(look.events(event).await, TWICE, "{event}");
        assert_eq!(look.money(transaction).await, "SETTLED 60000+0 NONE");
        assert_eq!(look.bill(bill).await, "PARTIALLY_PAID 60000");
    }
    assert_eq!(look.count("allocations").await, 3);
    adds_up(hub, &database).await;
}

async fn an_honest_resend_is_no_conflict(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let partner = Line::partner(&ground, &hub, meals).await;
    let data = json!({"amount": 40_000, "content": bill.code, "transactionId": "P-1", "occurredAt": "2026-11-20T09:30:00+07:00"});
    let spaced = json!({"occurredAt": "2026-11-20T02:30:00Z", "transactionId": "P-1", "content": bill.code, "amount": "40000", "batch": 7});
    sepay.pays(6_001, 60_000, &bill.code).await;
    partner.tells("msg_1", "payment.received", &data).await;
    // Signed at another second, with another balance; the fields in another order, and one that nobody knows.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    sepay.pays_with(6_001, 60_000, &bill.code, json!({"accumulated": 9_000_000})).await;
    partner.tells("msg_1", "payment.received", &spaced).await;
    hub.until_settled().await;
    assert_eq!(look.events("6001").await, ["PROCESSED"]);
    assert_eq!(look.events("msg_1").await, ["PROCESSED"]);
    assert_eq!(look.bill(&bill).await, "PAID 100000");
    adds_up(hub, &database).await;
}

both_engines!(other_content_is_quarantined, an_honest_resend_is_no_conflict);
