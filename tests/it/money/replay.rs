//! R15, the second way: what was parked or refused is replayed once the cause is mended, and booked once.

use api::graphql::node_id;
use entities::connections;
use entities::transaction;
use serde_json::{Value, json};

use super::banks::{Line, SepayLine, send};
use super::ground::{Ground, now};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};
use crate::harness::sepay::Sepay;

const REPLAY: &str =
    "mutation($input: ReplayEventsInput!) { replayEvents(input: $input) { revived left userErrors { code } } }";

fn administrator<'a>(hub: &'a Hub<'a>, database: &Database) -> Caller<'a> {
    let who = ["user", "create", "quantri.mau", "--display-name", "Quản trị Mẫu", "--role", "PLATFORM_ADMIN"];
    program::run(database, &who);
    Caller::user(hub, database, "quantri.mau")
}

async fn replay(caller: &Caller<'_>, line: &Line) -> Value {
    let connection = node_id::encode("Connection", line.id.uuid()).to_string();
    caller.data(REPLAY, json!({"input": {"connectionId": connection}})).await["replayEvents"].take()
}

/// A parked message is read again under the ids that it was kept with. Here a connector that could not read it is played by
/// marking the event before any worker takes it.
async fn what_was_parked_is_read_again(database: Database) {
    let ground = Ground::plant(&database).await;
    let paused = [("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0")];
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let mut hub = Hub::start_as(Build::Normal, &database, &paused).await;
    let mut sepay = Line::sepay(&ground, &hub, &[meals]).await;
    sepay.pays(1, 40_000, &bill.code).await;
    sepay.pays_with(2, 1_000, &bill.code, json!({"transferAmount": "a lot"})).await;
    database.execute("UPDATE inbound_events SET status = 'PARKED', reason = 'SHAPE', notice_sealed = digest").await;
    assert_eq!(hub.terminate().code(), Some(0));
    drop(hub);

    let hub = Hub::start(&database).await;
    sepay.moved_to(&hub);
    let admin = administrator(&hub, &database);
    assert_eq!(replay(&admin, &sepay.line).await, json!({"revived": 1, "left": 1, "userErrors": []}));
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 40000");
    assert_eq!(look.events("1").await, ["PROCESSED"]);
    assert_eq!(look.events("2").await, ["PARKED SHAPE"]);
    // Neither a second replay nor the sender's own repeat books it again.
    assert_eq!(replay(&admin, &sepay.line).await["revived"], 0);
    sepay.pays(1, 40_000, &bill.code).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 40000");
    assert_eq!(look.count("inbound_events").await, 2);
    adds_up(hub, &database).await;
}

async fn what_was_refused_by_our_own_fault_comes_back(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let ours = Line::sepay(&ground, &hub, &[meals]).await;
    let theirs = |secret: &str| {
        let sepay = Sepay { secret: secret.into(), ..ours.sepay.clone() };
        SepayLine { sepay, ..ours.clone() }
    };
    assert_eq!(theirs("issued").pays(1, 40_000, &bill.code).await.status, 401);
    assert_eq!(theirs("forged").pays(2, 60_000, &bill.code).await.status, 401);
    let admin = administrator(&hub, &database);
    assert_eq!(replay(&admin, &ours.line).await, json!({"revived": 0, "left": 2, "userErrors": []}));

    let id = ours.line.id;
    transaction!(ground.db, |tx| connections::rotate(tx, id, b"issued", 0, "hub", now()).await).unwrap();
    // The new key is known within seconds, in every process.
    let begun = std::time::Instant::now();
    while theirs("issued").pays(3, 1_000, &bill.code).await.status != 200 {
        assert!(begun.elapsed().as_secs() < 10, "the new key must be known within seconds");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let replayed = replay(&admin, &ours.line).await;
    assert!(replayed["revived"].as_u64() >= Some(1), "{replayed}");
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 41000");
    assert_eq!(look.count("bank_transactions").await, 2, "what was forged stays out");
    adds_up(hub, &database).await;
}

const CASSO: (&str, &str) = ("casso", "synthetic-casso");

/// A transaction by the names of Casso's first webhook.
fn row(id: u64, amount: i64, account: &str, code: &str) -> Value {
    json!({
        "id": id, "tid": format!("FT26324{id:09}"), "description": format!("{code} nop tien"), "amount": amount,
        "cusum_balance": 0, "when": "2026-11-20 09:30:00", "bank_sub_acc_id": account, "subAccId": "",
    })
}

async fn tells(line: &Line, rows: &[Value]) {
    let request = line.client.post(&line.url).header("Content-Type", "application/json");
    let request = request.header("secure-token", CASSO.1).body(json!({ "error": 0, "data": rows }).to_string());
    assert_eq!(send(request).await.status, 200);
}

async fn one_of_several_that_cannot_be_read_keeps_none_out(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 900_000).await;
    let line = Line::connect(&ground, &hub, CASSO, &[("version", "v1")], &[meals]).await;
    let row = |id, amount| row(id, amount, &meals.number, &bill.code);
    tells(&line, &[row(7_002, 250_000), row(7_003, 0)]).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 250000");
    assert_eq!(look.events("7002").await, ["PROCESSED"]);
    assert_eq!(look.events("7003").await, ["PARKED AMOUNT"]);
    // In whatever company they come again, they are what they were; and a replay finds each by its own id.
    tells(&line, &[row(7_003, 0), row(7_004, 10_000), row(7_002, 250_000)]).await;
    let mut nameless = row(0, 0);
    nameless["tid"] = Value::Null;
    tells(&line, &[nameless.clone(), row(7_003, 0)]).await;
    tells(&line, &[nameless]).await;
    hub.until_settled().await;
    let admin = administrator(&hub, &database);
    assert_eq!(replay(&admin, &line).await, json!({"revived": 0, "left": 2, "userErrors": []}));
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 260000");
    assert_eq!(look.count("inbound_events").await, 4);
    adds_up(hub, &database).await;
}

/// A hub that knew no better parked such a message as a whole; here it is played by marking what was kept before any worker takes it.
async fn what_was_parked_whole_is_taken_apart(database: Database) {
    let ground = Ground::plant(&database).await;
    let paused = [("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0")];
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 900_000).await;
    let mut hub = Hub::start_as(Build::Normal, &database, &paused).await;
    let mut line = Line::connect(&ground, &hub, CASSO, &[("version", "v1")], &[meals]).await;
    let row = |id, amount| row(id, amount, &meals.number, &bill.code);
    tells(&line, &[row(7_005, 0), row(7_006, 20_000), row(7_007, 30_000)]).await;
    database.execute("DELETE FROM inbound_events WHERE event_id IN ('7005', '7007')").await;
    let whole = "event_id = 'sha256:00', event_key = 'sha256:00', reason = 'AMOUNT'";
    database.execute(&format!("UPDATE inbound_events SET status = 'PARKED', {whole}, notice_sealed = digest")).await;
    assert_eq!(hub.terminate().code(), Some(0));
    drop(hub);

    let hub = Hub::start(&database).await;
    line.url = hub.url(&format!("/webhooks/{}", line.id));
    let admin = administrator(&hub, &database);
    // What is kept beside it and cannot be read may be tried in the same breath, and is left then.
    let first = replay(&admin, &line).await;
    assert_eq!((&first["revived"], &first["userErrors"]), (&json!(1), &json!([])), "{first}");
    hub.until_settled().await;
    for _ in 0..2 {
        assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 50000");
        for (event, fate) in [("7005", "PARKED AMOUNT"), ("7006", "PROCESSED"), ("7007", "PROCESSED")] {
            assert_eq!(look.events(event).await, [fate], "{event}");
        }
        assert_eq!(look.count("inbound_events").await, 3);
        // Once more, and what is done is done.
        assert_eq!(replay(&admin, &line).await, json!({"revived": 0, "left": 1, "userErrors": []}));
        hub.until_settled().await;
    }
    assert_eq!(look.count("bank_transactions").await, 2);
    adds_up(hub, &database).await;
}

both_engines!(
    what_was_parked_is_read_again,
    what_was_refused_by_our_own_fault_comes_back,
    one_of_several_that_cannot_be_read_keeps_none_out,
    what_was_parked_whole_is_taken_apart,
);
