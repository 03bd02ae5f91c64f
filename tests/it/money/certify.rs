//! The robot that certifies a connection: it finds a sound hub sound, writes a dated report without a key in it, and tells a
//! partner's sender that comes again from one that does not.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use connectors::letter::{Letter, Payment};
use connectors::notice::Status;
use serde_json::Value;

use super::banks::Line;
use super::ground::{Ground, now};
use super::look::adds_up;
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};

const SECRET: &str = "synthetic-sepay";
const BILL_SECRET: &str = "synthetic-key-of-a-bank-that-asks-first";
const EXTRA: [(&str, &str); 1] = [("auth", "hmac")];
/// Open invoices of the connection's account.
const BILLS: usize = 52;

async fn planted(database: &Database, hub: &Hub<'_>) -> (Ground, Line) {
    let ground = Ground::plant(database).await;
    for _ in 0..BILLS {
        ground.bill(&ground.north.meals, ground.an, 250_000).await;
    }
    ground.bill(&ground.south.meals, ground.chi, 250_000).await;
    let line = Line::connect(&ground, hub, ("sepay", SECRET), &EXTRA, &[&ground.north.meals]).await;
    (ground, line)
}

fn verdicts(said: &Value, side: &str) -> Vec<(String, String)> {
    let word = |trial: &Value, field: &str| trial[field].as_str().unwrap().to_owned();
    said[side].as_array().unwrap().iter().map(|trial| (word(trial, "code"), word(trial, "verdict"))).collect()
}

async fn a_sound_hub_is_found_sound(database: Database) {
    let hub = Hub::start(&database).await;
    let (ground, line) = planted(&database, &hub).await;
    let report = database.data_dir().join("report.md");
    let (url, place, id) = (hub.url(""), report.to_str().unwrap(), line.id.to_string());
    let said = program::run(&database, &["sandbox", "--certify", &id, "--hub", &url, "--report", place, "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    let verdicts = verdicts(&said, "towardsHub");
    assert!(verdicts.iter().all(|(_, verdict)| verdict != "BROKEN"), "{said:#}");
    let held: Vec<_> =
        verdicts.iter().filter(|(_, verdict)| verdict == "HELD").map(|(code, _)| code.as_str()).collect();
    let must = ["PAYMENT_PAYS", "REPEATED_AT_ONCE", "SIGNED_ANEW", "SAME_EVENT_OTHER_CONTENT", "FORGED", "BENT_BYTES"];
    let more = ["UNSIGNED", "SKEWED_CLOCK", "CROSSED_ACCOUNTS", "UNKNOWN_CODE", "UNREADABLE"];
    assert!(must.iter().chain(&more).all(|code| held.contains(code)), "{said:#}");
    let text = std::fs::read_to_string(&report).unwrap();
    assert!(text.contains("Biên bản kiểm thử kết nối") && text.contains(&said["at"].as_str().unwrap()[..10]), "{text}");
    assert!(!text.contains(SECRET), "a report can be sent to anyone");
    let meals = &ground.north.meals;
    let bill = [("amounts", "exact"), ("hours", "00:00-24:00"), ("certificate", "none")];
    let bank = Line::connect(&ground, &hub, ("bill", BILL_SECRET), &bill, &[meals]).await;
    let said = certified(&database, &hub, &bank);
    assert!(said.iter().all(|(_, verdict)| verdict != "BROKEN"), "{said:?}");
    let must = ["PAYMENT_PAYS", "SIGNED_ANEW", "REVERSED", "CALL_REPEATED_AT_ONCE", "SAME_REFERENCE_OTHER_PAYMENT"];
    let more = ["GIVEN_BACK_BEFORE_TOLD", "CROSSED_ACCOUNTS", "UNKNOWN_CODE", "FORGED", "BENT_BYTES", "UNSIGNED"];
    let held = |code: &&&str| said.contains(&((**code).to_owned(), "HELD".to_owned()));
    assert!(must.iter().chain(&more).all(|code| held(&code)), "{said:?}");
    adds_up(hub, &database).await;
}

/// What the robot finds of a connection, towards the hub.
fn certified(database: &Database, hub: &Hub<'_>, line: &Line) -> Vec<(String, String)> {
    let report = database.data_dir().join("bill.md");
    let (url, place, id) = (hub.url(""), report.to_str().unwrap(), line.id.to_string());
    let said = program::run(database, &["sandbox", "--certify", &id, "--hub", &url, "--report", place, "--json"]);
    verdicts(&serde_json::from_str(&said).unwrap(), "towardsHub")
}

/// Two senders in front of a disturbed hub: one comes again until it is heard, the other speaks once.
async fn a_sender_that_speaks_once_is_found_out(database: Database) {
    let hub = Hub::start(&database).await;
    let (ground, line) = planted(&database, &hub).await;
    let bill = ground.bill(&ground.north.meals, ground.binh, 70_000).await;
    for (patience, verdict) in [(10, "HELD"), (1, "BROKEN")] {
        let said = behind_the_robot(&database, &hub, &ground, &line, (&bill.code, patience)).await;
        let verdicts = verdicts(&said, "towardsPartner");
        for code in ["COMES_AGAIN_WHEN_AWAY", "COMES_AGAIN_WITHOUT_ANSWER", "COMES_AGAIN_WHEN_TOO_MANY"] {
            assert!(verdicts.contains(&(code.to_owned(), verdict.to_owned())), "{patience} attempts, {code}: {said:#}");
        }
        assert!(verdicts.contains(&("EVERY_MESSAGE_PROVEN".to_owned(), "HELD".to_owned())), "{said:#}");
    }
    adds_up(hub, &database).await;
}

/// Lets a sender that tries so often speak through the robot, and reads what the robot found.
async fn behind_the_robot(
    database: &Database,
    hub: &Hub<'_>,
    ground: &Ground,
    line: &Line,
    (code, patience): (&str, u32),
) -> Value {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (id, address, url) = (line.id.to_string(), free.to_string(), hub.url(""));
    let arguments = ["sandbox", "--certify", &id, "--hub", &url, "--listen", &address, "--seconds", "12", "--json"];
    let mut robot = program::command(Build::Normal, database);
    let robot = robot.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let through = format!("http://{address}/webhooks/{id}");
    until_listening(free).await;
    for _ in 0..4 {
        let letter = line.words("sepay", &EXTRA, &payment(ground, code));
        for _ in 0..patience {
            if is_acknowledged(&line.client, &through, &letter).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let said = tokio::task::spawn_blocking(move || robot.wait_with_output()).await.unwrap().unwrap();
    serde_json::from_slice(&said.stdout).unwrap()
}

/// The robot attacks the hub first, and listens then.
async fn until_listening(at: SocketAddr) {
    for _ in 0..1_200 {
        if tokio::net::TcpStream::connect(at).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the robot never listened");
}

fn payment(ground: &Ground, code: &str) -> Payment {
    Payment {
        transaction: 880_000 + ground.next(),
        status: Status::Settled,
        amount_vnd: 1_000,
        account: ground.north.meals.number.clone(),
        virtual_account: None,
        reference: None,
        content: format!("{code} nop tien"),
        payer_name: None,
        occurred_at: now().micros(),
    }
}

async fn is_acknowledged(client: &reqwest::Client, url: &str, letter: &Letter) -> bool {
    let mut request = client.post(url).body(letter.body.clone());
    for (name, value) in &letter.headers {
        request = request.header(name, value);
    }
    request.send().await.is_ok_and(|answer| answer.status().is_success())
}

both_engines!(a_sound_hub_is_found_sound, a_sender_that_speaks_once_is_found_out);
