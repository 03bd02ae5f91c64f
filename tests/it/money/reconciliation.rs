//! The end of the day: statements against messages, what a bank takes back, and payments to virtual accounts.

use serde_json::{Value, json};

use super::banks::Line;
use super::ground::Ground;
use super::look::{Look, adds_up};
use super::statement_files::{imported, person};
use super::statements::{csv, reference, tells};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

const DAY: &str = "query ($account: ID!, $day: Date!) { reconciliation(accountId: $account, day: $day) {
    statements { id } openingBalance closingBalance confirmedLines { count amount } unheardLines { count amount }
    differingLines { count amount } reversalLines { count amount } noFeeLines { count amount }
    heardTransactions { count amount } confirmedTransactions { count amount }
    unheard(first: 5) { nodes { amount } } differing(first: 5) { nodes { amount bankTransaction { amount } } }
    unconfirmed(first: 5) { nodes { transactionId amount } } } }";
const REVIEW: &str = "{ reviewQueue { nodes { transactionId reviewReason { code } } } }";
const TAKEN: &str = "{ statements(first: 5) { nodes { lines(outcome: REVERSAL, first: 5) { nodes { amount bankTransaction { transactionId }
    takesBack { amount outcome } } } } } }";

/// A message of MT940: marks with amounts and references, on the 21st of November 2026.
fn mt940(account: &str, lines: &[(&str, i64, &str)]) -> String {
    let mut text = format!(":20:SAOKE\n:25:{account}\n:28C:1/1\n:60F:C261120VND1000000,00\n");
    let mut balance = 1_000_000;
    for (mark, amount, reference) in lines {
        balance += if *mark == "C" { *amount } else { -amount };
        text += &format!(":61:2611211121{mark}{amount},00NTRFNONREF//{reference}\n:86:nop tien\n");
    }
    text + &format!(":62F:C261121VND{balance},00\n-\n")
}

async fn day(caller: &Caller<'_>, ground: &Ground, day: &str) -> Value {
    let account = api::graphql::node_id::encode("BankAccount", ground.north.meals.account.uuid());
    caller.data(DAY, json!({ "account": account, "day": day })).await["reconciliation"].take()
}

fn sum(count: i64, amount: i64) -> Value {
    json!({ "count": count, "amount": amount })
}

async fn a_day_is_held_against_its_statement(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let bank = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let school = ground.north.code;
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    for id in [701, 702, 703] {
        tells(&bank, &hub, id, 100_000, &bill).await;
    }
    let before = day(&accountant, &ground, "2026-11-20").await;
    assert_eq!((&before["statements"], &before["unconfirmed"]), (&json!([]), &Value::Null), "nothing can be said yet");
    assert_eq!((&before["heardTransactions"], &before["openingBalance"]), (&sum(3, 300_000), &Value::Null));
    // One as it was told, one of another amount, one of which no message told; 703 is missing.
    let references = [701, 702, 704].map(reference);
    let lines =
        [(&*references[0], 100_000, "nop"), (&*references[1], 110_000, "nop"), (&*references[2], 50_000, "nop")];
    imported(&accountant, &csv(Some(&ground.north.meals.number), &lines, 0), school, json!({})).await;
    hub.until_settled().await;
    let day_of = day(&accountant, &ground, "2026-11-20").await;
    assert_eq!((&day_of["openingBalance"], &day_of["closingBalance"]), (&json!(1_000_000), &json!(1_260_000)));
    let lines = ["confirmedLines", "unheardLines", "differingLines", "reversalLines", "noFeeLines"];
    let expected = [sum(1, 100_000), sum(1, 50_000), sum(1, 110_000), sum(0, 0), sum(0, 0)];
    assert_eq!(lines.map(|name| day_of[name].clone()), expected);
    assert_eq!(day_of["heardTransactions"], sum(3, 300_000), "what only the statement told is no message");
    assert_eq!(day_of["confirmedTransactions"], sum(2, 200_000));
    assert_eq!(day_of["unheard"]["nodes"], json!([{ "amount": 50_000 }]));
    let differing = json!([{ "amount": 110_000, "bankTransaction": { "amount": 100_000 } }]);
    assert_eq!(day_of["differing"]["nodes"], differing);
    assert_eq!(day_of["unconfirmed"]["nodes"], json!([{ "transactionId": "703", "amount": 100_000 }]));
    let next = day(&accountant, &ground, "2026-11-21").await;
    assert_eq!((&next["statements"], &next["unconfirmed"]), (&json!([]), &Value::Null));
    // The second day of a longer statement begins where the first one ended.
    let longer =
        mt940(&ground.north.meals.number, &[("C", 5_000, "FT26325000000001"), ("D", 1_000, "FT26325000000002")]);
    imported(&accountant, &longer, school, json!({})).await;
    hub.until_settled().await;
    let next = day(&accountant, &ground, "2026-11-21").await;
    assert_eq!((&next["openingBalance"], &next["closingBalance"]), (&json!(1_000_000), &json!(1_004_000)));
    assert_eq!((&next["unheardLines"], &next["noFeeLines"]), (&sum(1, 5_000), &sum(1, 1_000)));
    assert_eq!(next["unconfirmed"]["nodes"], json!([]));
    let stranger = person(&hub, &database, "ACCOUNTANT", ground.south.code);
    assert!(day(&stranger, &ground, "2026-11-20").await.is_null(), "not yours is not there");
    adds_up(hub, &database).await;
}

async fn what_a_bank_takes_back_waits_for_a_person(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let bank = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    tells(&bank, &hub, 711, 100_000, &bill).await;
    tells(&bank, &hub, 712, 100_000, &bill).await;
    let look = Look(&database);
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 200000");
    let text = mt940(number, &[("RC", 100_000, &reference(711))]);
    imported(&accountant, &text, school, json!({})).await;
    let waiting = || async { accountant.data(REVIEW, json!({})).await["reviewQueue"]["nodes"].take() };
    assert_eq!(waiting().await, json!([{ "transactionId": "711", "reviewReason": { "code": "SUSPICIOUS" } }]));
    let taken = accountant.data(TAKEN, json!({})).await["statements"]["nodes"][0]["lines"]["nodes"].take();
    let expected = json!([{ "amount": 100_000, "bankTransaction": { "transactionId": "711" }, "takesBack": null }]);
    assert_eq!(taken, expected);
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 200000", "a person decides, not the robot");
    // The same reversal once more is another one: it finds nothing that is not gone already.
    let twice = mt940(number, &[("RC", 100_000, &reference(711)), ("RC", 100_000, &reference(711))]);
    imported(&accountant, &twice, school, json!({})).await;
    assert_eq!(waiting().await.as_array().unwrap().len(), 1);
    assert_eq!(look.count("statement_lines WHERE outcome = 'REVERSAL' AND bank_transaction_id IS NOT NULL").await, 1);
    adds_up(hub, &database).await;
}

async fn what_only_statements_told_is_taken_back_by_them(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    let look = Look(&database);
    // Of one file, and of two.
    let references = [721, 722].map(reference);
    let memo = |text: &str| text.replace(":86:nop tien", &format!(":86:{} nop tien", bill.code));
    let first = [("C", 100_000, &*references[0]), ("RC", 100_000, &*references[0]), ("C", 70_000, &*references[1])];
    imported(&accountant, &memo(&mt940(number, &first)), school, json!({})).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 70000");
    imported(&accountant, &memo(&mt940(number, &[("RC", 70_000, &references[1])])), school, json!({})).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "OPEN 0");
    assert_eq!(look.count("bank_transactions WHERE status = 'REVERSED'").await, 2);
    let taken = accountant.data(TAKEN, json!({})).await["statements"]["nodes"][0]["lines"]["nodes"].take();
    let expected = json!([{ "amount": 70_000, "bankTransaction": null,
        "takesBack": { "amount": 70_000, "outcome": "UNHEARD" } }]);
    assert_eq!(taken, expected);
    adds_up(hub, &database).await;
}

async fn a_payment_to_a_virtual_account_is_known_without_a_reference(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let bank = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let bill = ground.bill(&ground.north.meals, ground.an, 100_000).await;
    let to = json!({ "subAccount": ground.virtual_number });
    assert_eq!(bank.pays_with(731, 100_000, "chuyen tien", to).await.status, 200);
    hub.until_settled().await;
    let look = Look(&database);
    assert_eq!(look.bill(&bill).await, "PAID 100000");
    // Another text, no reference, and the number in the words; the second is of another amount.
    let memo = format!("IBFT den TK {} noi dung khac", ground.virtual_number);
    let text = csv(Some(number), &[("", 100_000, &memo), ("", 90_000, &memo)], 0);
    imported(&accountant, &text, school, json!({})).await;
    hub.until_settled().await;
    let outcomes = database.texts("SELECT outcome FROM statement_lines ORDER BY row_number").await;
    assert_eq!(outcomes, ["CONFIRMED", "UNHEARD"]);
    adds_up(hub, &database).await;
}

both_engines!(
    a_day_is_held_against_its_statement,
    what_a_bank_takes_back_waits_for_a_person,
    what_only_statements_told_is_taken_back_by_them,
    a_payment_to_a_virtual_account_is_known_without_a_reference,
);
