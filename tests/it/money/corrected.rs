//! A message that nobody could read, told again in words that can be read: it is booked once, and what it was stays in the log. What
//! stays unreadable blocks nobody.

use api::graphql::node_id;
use entities::inbox::{self, Content, Event, Message};
use serde_json::json;

use super::banks::{Heard, Line};
use super::ground::{Ground, now};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};

async fn what_can_be_read_at_last_is_booked_once(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 500_000).await;
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let kept = Heard::says(200, r#"{"success":true}"#);
    let drifted = json!({"transferAmount": 250_000.0});
    assert_eq!(sepay.pays_with(5_001, 250_000, &bill.code, drifted.clone()).await, kept);
    assert_eq!(look.events("5001").await, ["PARKED SHAPE"]);
    // Again and again, and once more as it was.
    for _ in 0..3 {
        assert_eq!(sepay.pays(5_001, 250_000, &bill.code).await, kept);
        hub.until_settled().await;
        assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 250000");
        assert_eq!(look.money("5001").await, "SETTLED 250000+0 NONE");
    }
    assert_eq!(look.events("5001").await, ["PROCESSED"]);
    assert_eq!(look.count("audit_entries WHERE kind = 'event.corrected'").await, 1);
    let former = "audit_entries WHERE kind = 'event.corrected' AND payload LIKE '%SHAPE%'";
    assert_eq!(look.count(former).await, 1, "the log says what it was");
    assert_eq!(look.count("inbound_messages").await, 2, "both messages are kept");
    // What was read is held against what comes then, as ever.
    assert_eq!(sepay.pays(5_001, 260_000, &bill.code).await, kept);
    assert_eq!(sepay.pays_with(5_001, 250_000, &bill.code, drifted).await, kept);
    hub.until_settled().await;
    assert_eq!(look.count("inbound_events WHERE status = 'QUARANTINED'").await, 2);
    assert_eq!(look.count("bank_transactions").await, 1);
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 250000");
    adds_up(hub, &database).await;
}

/// Two corrections, and each twice, in one group: the first takes the row, the other is kept apart.
async fn of_two_corrections_one_counts(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 500_000).await;
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    sepay.pays_with(5_002, 1_000, &bill.code, json!({"transferAmount": "a lot"})).await;
    let tell = async |amount: i64| sepay.pays(5_002, amount, &bill.code).await.status;
    let heard = futures_util::future::join_all([100_000, 120_000, 100_000, 120_000].map(tell)).await;
    assert_eq!(heard, [200; 4]);
    hub.until_settled().await;
    assert_eq!(look.count("inbound_events WHERE status = 'PROCESSED'").await, 1);
    assert_eq!(look.count("inbound_events WHERE status = 'QUARANTINED'").await, 1);
    assert_eq!(look.count("audit_entries WHERE kind = 'event.corrected'").await, 1);
    assert_eq!(look.count("bank_transactions").await, 1);
    adds_up(hub, &database).await;
}

/// As many as a replay reads at once stay unreadable, and the one behind them is read.
async fn what_stays_unreadable_blocks_nobody(database: Database) {
    const UNREADABLE: u64 = 2 * inbox::MAX_REPLAYED_EVENTS;
    let ground = Ground::plant(&database).await;
    let paused = [("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0")];
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let mut hub = Hub::start_as(Build::Normal, &database, &paused).await;
    let mut sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let message = |number: u64| Message {
        connection: sepay.line.id,
        raw: b"POST ?\r\n\r\nnothing".to_vec(),
        received_at: now().plus_seconds(-3_600),
        events: vec![Event {
            event_id: format!("U{number}"),
            digest: [u8::try_from(number % 251).unwrap(); 32],
            content: Content::Unreadable { reason: "SHAPE", detail: "It cannot be read.".to_owned() },
        }],
    };
    let messages: Vec<Message> = (0..UNREADABLE).map(message).collect();
    for kept in inbox::keep(&ground.db, &messages).await {
        kept.unwrap();
    }
    sepay.pays(1, 40_000, &bill.code).await;
    database.execute("UPDATE inbound_events SET status = 'PARKED', reason = 'SHAPE' WHERE event_id = '1'").await;
    assert_eq!(hub.terminate().code(), Some(0));
    drop(hub);
    let hub = Hub::start(&database).await;
    sepay.moved_to(&hub);
    let who = ["user", "create", "quantri.mau", "--display-name", "Quản trị Mẫu", "--role", "PLATFORM_ADMIN"];
    program::run(&database, &who);
    let admin = Caller::user(&hub, &database, "quantri.mau");
    let connection = node_id::encode("Connection", sepay.line.id.uuid()).to_string();
    let replay = "mutation($input: ReplayEventsInput!) { replayEvents(input: $input) { revived left } }";
    let input = json!({"input": {"connectionId": connection, "kinds": ["PARKED"]}});
    let said = admin.data(replay, input).await["replayEvents"].take();
    assert_eq!(said, json!({"revived": 1, "left": UNREADABLE}));
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 40000");
    adds_up(hub, &database).await;
}

both_engines!(
    what_can_be_read_at_last_is_booked_once,
    of_two_corrections_one_counts,
    what_stays_unreadable_blocks_nobody,
);
