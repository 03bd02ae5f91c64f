//! R11: one message, a thousand times at once, is booked once and answered alike.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::banks::{Heard, Line};
use super::ground::Ground;
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

const TIMES: usize = 1_000;
const AT_ONCE: usize = 64;

async fn a_thousand_times_is_once(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let sepay = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let bill = ground.bill(&ground.north.meals, ground.an, 150_000).await;

    let (gate, mut tasks) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for _ in 0..TIMES {
        let (sepay, gate, memo) = (sepay.clone(), Arc::clone(&gate), format!("{} tien an", bill.code));
        tasks.spawn(async move {
            let _turn = gate.acquire_owned().await.unwrap();
            sepay.pays(71, 100_000, &memo).await
        });
    }
    let mut heard = tasks.join_all().await;
    heard.sort_unstable();
    heard.dedup();
    assert_eq!(heard, [Heard::says(200, r#"{"success":true}"#)]);

    hub.until_settled().await;
    let look = Look(&database);
    assert_eq!(look.money(71).await, "SETTLED 100000+0 NONE");
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 100000");
    for once in ["inbound_messages", "inbound_events", "bank_transactions", "allocations"] {
        assert_eq!(look.count(once).await, 1, "{once}");
    }
    let counted = "rollups WHERE category = 'TOTAL' AND settled_count = 1 AND settled_amount = 100000";
    assert_eq!(look.count(counted).await, 1);
    adds_up(hub, &database).await;
}

both_engines!(a_thousand_times_is_once);
