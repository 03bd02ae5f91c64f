//! R10 and R14: a clock that jumps, and messages that are played again after minutes, days and a year. The hub runs within the
//! test, so that it can be told what time it is.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use api::config::Config;
use api::flows::receive::{Door, Raw, receive};
use api::graphql::documents::ForAll;
use api::hub::Hub;
use connectors::Secret;
use connectors::banks::{Credentials, compose};
use connectors::letter::{Letter, Payment};
use connectors::notice::Status;
use entities::connections::{self, NewConnection};
use entities::ids::{BankAccountId, ConnectionId};
use entities::settle::settle_due;
use entities::time::Timestamp;
use entities::transaction;
use metrics_exporter_prometheus::PrometheusBuilder;

use super::ground::Ground;
use crate::harness::both_engines;
use crate::harness::clock;
use crate::harness::database::Database;
use crate::harness::program;

const SECRET: &str = "synthetic-key";
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// A sender's connection.
struct Line {
    bank: &'static str,
    extra: BTreeMap<String, String>,
    id: ConnectionId,
    account: String,
}

struct World {
    hub: Hub,
    /// Signs the time.
    sepay: Line,
    /// Signs none.
    vnpay: Line,
}

impl World {
    async fn plant(database: &Database) -> Self {
        let ground = Ground::plant(database).await;
        let (account, number) = ground.account(0);
        let settings = database.settings().into_iter().map(|(name, value)| (name.to_owned(), value));
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let hub = Hub::new(Config::read(None, settings).unwrap(), database.ledger().await, ForAll::default(), metrics);
        let sepay = connect(&hub, "sepay", ("auth", "hmac"), account, number).await;
        let vnpay = connect(&hub, "vnpay", ("tmnCode", "MAUTMN01"), account, number).await;
        Self { hub, sepay, vnpay }
    }

    /// What the sender hears at this moment of the hub's clock.
    async fn hears(&self, line: &Line, letter: &Letter, now: Timestamp) -> (u16, String) {
        let headers = letter.borrowed_headers();
        let (tail, query) = (letter.path_tail.as_str(), letter.query.as_str());
        let raw = Raw { method: letter.method, tail, query, headers: &headers, body: &letter.body };
        let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let reply = receive(&self.hub, (Door::Webhooks, line.id), raw, from, now).await.unwrap().unwrap();
        (reply.status, reply.body)
    }
}

async fn connect(
    hub: &Hub,
    bank: &'static str,
    (name, value): (&str, &str),
    account: BankAccountId,
    number: &str,
) -> Line {
    let extra = BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let new = NewConnection {
        bank: bank.into(),
        name: bank.into(),
        key: SECRET.into(),
        extra: extra.clone(),
        accounts: vec![account],
        client: None,
    };
    let made = transaction!(hub.db, |tx| connections::create(tx, &new, "hub", now()).await).unwrap();
    Line { bank, extra, id: made.id, account: number.to_owned() }
}

impl Line {
    /// A payment that the sender words and signs at `now`.
    fn words(&self, transaction: u64, now: Timestamp) -> Letter {
        let credentials =
            Credentials { connection: self.id.to_string(), keys: vec![Secret::new(SECRET)], extra: self.extra.clone() };
        let payment = Payment {
            transaction,
            status: Status::Settled,
            amount_vnd: 1_000,
            account: self.account.clone(),
            virtual_account: None,
            reference: Some(format!("MAU{transaction}")),
            content: format!("tien an {transaction}"),
            payer_name: None,
            occurred_at: now.micros(),
        };
        compose(self.bank, &credentials, &payment, now.micros()).unwrap()
    }
}

fn now() -> Timestamp {
    Timestamp::from_seconds(clock::unix_seconds().try_into().unwrap())
}

async fn count(database: &Database, what: &str) -> i64 {
    database.number(&format!("SELECT COUNT(*) FROM {what}")).await
}

async fn what_is_played_again_later_changes_nothing(database: Database) {
    let world = World::plant(&database).await;
    let now = now();
    let (timed, untimed) = (world.sepay.words(1, now), world.vnpay.words(1, now));
    assert_eq!(world.hears(&world.sepay, &timed, now).await.0, 200);
    let kept = world.hears(&world.vnpay, &untimed, now).await;
    assert!(kept.1.contains(r#""RspCode":"00""#), "{kept:?}");
    settle_due(&world.hub.db, 256, now).await.unwrap();
    let booked = count(&database, "bank_transactions").await;
    assert_eq!(booked, 2);
    for later in [5 * MINUTE + 1, DAY, 365 * DAY] {
        let then = now.plus_seconds(later);
        let refused = world.hears(&world.sepay, &timed, then).await;
        assert_eq!(refused, (401, r#"{"success":false,"code":"OUTSIDE_WINDOW"}"#.to_owned()), "after {later} s");
        assert_eq!(world.hears(&world.vnpay, &untimed, then).await, kept, "after {later} s");
        settle_due(&world.hub.db, 256, then).await.unwrap();
        let events = (count(&database, "inbound_events").await, count(&database, "bank_transactions").await);
        assert_eq!(events, (2, booked), "after {later} s");
    }
    // Within its window a repeat under the same signature is the same event.
    assert_eq!(world.hears(&world.sepay, &timed, now.plus_seconds(4 * MINUTE)).await.0, 200);
    assert_eq!(count(&database, "inbound_events").await, 2);
    program::run(&database, &["verify"]);
}

async fn a_clock_that_jumps_moves_windows_only(database: Database) {
    let world = World::plant(&database).await;
    let now = now();
    let jumps = [10 * MINUTE, 0, -10 * MINUTE, 0, 10 * MINUTE];
    for (jump, number) in jumps.into_iter().zip(1..) {
        let (clock, is_right) = (now.plus_seconds(jump), jump == 0);
        let heard = world.hears(&world.sepay, &world.sepay.words(number, now), clock).await.0;
        assert_eq!(heard, if is_right { 200 } else { 401 }, "the window of a signed time, at {jump} s");
        let heard = world.hears(&world.vnpay, &world.vnpay.words(number, now), clock).await.1;
        assert!(heard.contains(r#""RspCode":"00""#), "{heard}, at {jump} s");
        settle_due(&world.hub.db, 256, clock).await.unwrap();
        let waiting = count(&database, "inbound_events WHERE status <> 'PROCESSED'").await;
        assert_eq!(waiting, 0, "what came is settled whatever the clock says, at {jump} s");
    }
    assert_eq!(count(&database, "bank_transactions").await, 7);
    in_order(&database).await;

    // A connector that was looked up in the future is not held until that future comes.
    let (ahead, back) = (now.plus_seconds(10 * MINUTE), now);
    assert!(world.hears(&world.vnpay, &world.vnpay.words(90, now), ahead).await.1.contains("00"));
    transaction!(world.hub.db, |tx| connections::pause(tx, world.vnpay.id, "hub", back).await).unwrap();
    tokio::time::sleep(Duration::from_millis(3_200)).await;
    let heard = world.hears(&world.vnpay, &world.vnpay.words(91, now), back).await.1;
    assert!(heard.contains(r#""RspCode":"99""#), "paused: {heard}");
    settle_due(&world.hub.db, 256, ahead).await.unwrap();
    program::run(&database, &["verify"]);
}

/// An audit log goes on by its own numbers when times go back.
async fn in_order(database: &Database) {
    let gaps = "SELECT COUNT(*) FROM audit_entries a WHERE position > 0 AND NOT EXISTS
        (SELECT 1 FROM audit_entries b WHERE b.ledger_id = a.ledger_id AND b.position = a.position - 1)";
    assert_eq!(database.number(gaps).await, 0);
    let back = "SELECT COUNT(*) FROM audit_entries a JOIN audit_entries b ON b.ledger_id = a.ledger_id
        AND b.position = a.position + 1 WHERE b.recorded_at < a.recorded_at";
    assert!(database.number(back).await > 0, "the clock did go back within a log");
}

both_engines!(what_is_played_again_later_changes_nothing, a_clock_that_jumps_moves_windows_only);
