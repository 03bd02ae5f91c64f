//! What a person decides about money that waits, through GraphQL: with a reason, undoable, once for each key, and never
//! overridden by the robot.

use api::graphql::node_id;
use entities::ids::InvoiceId;
use serde_json::{Value, json};

use super::banks::Line;
use super::ground::{Bill, Ground};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

const QUEUE: &str = "{ reviewQueue(first: 50) { totalCount edges { node {
    id transactionId amount review reviewReason { code message messageVi } nature } } } }";
const ALLOCATE: &str = "mutation($input: AllocateInput!) { allocate(input: $input) {
    bankTransaction { review allocatedAmount creditedAmount allocations { invoiceId amount origin reason undoneAt } }
    userErrors { code field message messageVi } } }";
pub(super) const UNDO: &str = "mutation($input: UndoAllocationInput!) { undoAllocation(input: $input) {
    bankTransaction { review reviewReason { code } allocatedAmount } userErrors { code } } }";
const CLASSIFY: &str = "mutation($input: ClassifyBankTransactionInput!) { classifyBankTransaction(input: $input) {
    bankTransaction { review nature } userErrors { code } } }";

/// The accountant of a school.
pub(super) fn accountant<'a>(hub: &'a Hub<'a>, database: &Database, school: &str) -> Caller<'a> {
    let name = format!("ketoan.{school}");
    let who = ["user", "create", &name, "--display-name", "Kế toán Mẫu"];
    program::run(database, &[&who[..], &["--role", "ACCOUNTANT", "--school", school]].concat());
    Caller::user(hub, database, &name)
}

/// The queue as `(id, transaction, reason)`.
async fn queue(caller: &Caller<'_>) -> Vec<(String, String, String)> {
    let data = caller.data(QUEUE, json!({})).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let edges = data["reviewQueue"]["edges"].as_array().unwrap();
    assert_eq!(data["reviewQueue"]["totalCount"], edges.len());
    let row = |edge: &Value| {
        let node = &edge["node"];
        assert!(!text(&node["reviewReason"]["messageVi"]).is_empty(), "{node}");
        (text(&node["id"]), text(&node["transactionId"]), text(&node["reviewReason"]["code"]))
    };
    edges.iter().map(row).collect()
}

fn parts(parts: &[(&Bill, i64)]) -> Value {
    let id = |id: InvoiceId| node_id::encode("Invoice", id.uuid()).to_string();
    parts.iter().map(|(bill, amount)| json!({"invoiceId": id(bill.id), "amount": amount})).collect()
}

/// Allocates, and gives the payload.
pub(super) async fn allocate(caller: &Caller<'_>, money: &str, on: &[(&Bill, i64)], key: &str, more: Value) -> Value {
    let mut input = json!({"bankTransactionId": money, "allocations": parts(on), "reason": "Phụ huynh ghi thiếu mã",
        "idempotencyKey": key});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    caller.data(ALLOCATE, json!({ "input": input })).await["allocate"].take()
}

fn refused(payload: &Value) -> &str {
    assert!(payload["bankTransaction"].is_null(), "{payload}");
    payload["userErrors"][0]["code"].as_str().unwrap_or_else(|| panic!("{payload}"))
}

/// A credit of 100,000 on two invoices of 60,000, one of another school, and one of another fund.
async fn what_does_not_fit_is_refused(ours: &Caller<'_>, money: &str, bills: [&Bill; 4]) {
    let [first, second, theirs, other_fund] = bills;
    let (none, surplus) = (json!({}), json!({"surplusToCredit": true}));
    for (on, more, code) in [
        (vec![(first, 60_000), (second, 40_000)], json!({"reason": "  "}), "REASON_NEEDED"),
        (vec![(first, 60_000)], none.clone(), "AMOUNT_MISMATCH"),
        (vec![(first, 61_000), (second, 39_000)], none.clone(), "AMOUNT_MISMATCH"),
        (vec![(first, 50_000), (first, 50_000)], none.clone(), "AMOUNT_MISMATCH"),
        (vec![(first, 60_000), (second, 60_000)], none.clone(), "AMOUNT_MISMATCH"),
        (vec![(first, 0), (second, 60_000)], surplus.clone(), "AMOUNT_MISMATCH"),
        (vec![(first, 60_000), (theirs, 40_000)], none.clone(), "NOT_FOUND"),
        (vec![(first, 60_000), (other_fund, 40_000)], none, "WRONG_ACCOUNT"),
        (vec![], surplus, "AMOUNT_MISMATCH"),
    ] {
        let payload = allocate(ours, money, &on, "refused", more).await;
        assert_eq!(refused(&payload), code, "{on:?}");
    }
}

async fn a_person_decides_and_the_robot_obeys(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let partner = Line::partner(&ground, &hub, meals).await;
    let (first, second) = (ground.bill(meals, ground.an, 60_000).await, ground.bill(meals, ground.binh, 60_000).await);
    let theirs = ground.bill(&ground.south.meals, ground.chi, 60_000).await;
    let other_fund = ground.bill(&ground.water, ground.an, 60_000).await;
    let tells = |id: &'static str, kind: &'static str, text: String| {
        let data = json!({"amount": 100_000, "content": text, "transactionId": "T1", "occurredAt": "2026-11-20T09:30:00+07:00"});
        let partner = partner.clone();
        async move { assert_eq!(partner.tells(id, kind, &data).await.status, 200) }
    };
    tells("m1", "payment.received", "tien an".into()).await;
    hub.until_settled().await;

    let ours = accountant(&hub, &database, ground.north.code);
    let stranger = accountant(&hub, &database, ground.south.code);
    let [(money, transaction, reason)] = &queue(&ours).await[..] else { panic!("one waits") };
    assert_eq!((transaction.as_str(), reason.as_str()), ("T1", "NO_REFERENCE"));
    assert!(queue(&stranger).await.is_empty());

    let none = json!({});
    assert_eq!(refused(&allocate(&stranger, money, &[(&theirs, 60_000)], "s", none.clone()).await), "NOT_FOUND");
    what_does_not_fit_is_refused(&ours, money, [&first, &second, &theirs, &other_fund]).await;
    assert_eq!(look.count("allocations").await, 0);

    // Once for each key; the same key with other input is refused, and the difference is named.
    let on = [(&first, 60_000), (&second, 40_000)];
    let done = allocate(&ours, money, &on, "k1", none.clone()).await;
    assert_eq!(done["userErrors"], json!([]), "{done}");
    assert_eq!(
        (&done["bankTransaction"]["review"], &done["bankTransaction"]["allocatedAmount"]),
        (&json!("RESOLVED"), &json!(100_000))
    );
    assert_eq!(done["bankTransaction"]["allocations"][0]["origin"], "HAND");
    assert_eq!(allocate(&ours, money, &on, "k1", none.clone()).await, done);
    let other = allocate(&ours, money, &[(&first, 60_000), (&second, 39_000)], "k1", none.clone()).await;
    assert_eq!(refused(&other), "IDEMPOTENCY_KEY_REUSED");
    assert!(other["userErrors"][0]["message"].as_str().unwrap().contains("allocations.1"), "{other}");
    assert_eq!(refused(&allocate(&ours, money, &on, "k2", none.clone()).await), "NOT_ALLOCATABLE");
    assert_eq!(look.count("allocations").await, 2);

    // Undone, it waits; the robot hears the money again, now with a code, and leaves it alone.
    let undo = |why: &str| json!({"input": {"bankTransactionId": money, "reason": why}});
    assert_eq!(refused(&ours.data(UNDO, undo("")).await["undoAllocation"]), "REASON_NEEDED");
    assert_eq!(refused(&stranger.data(UNDO, undo("nhầm")).await["undoAllocation"]), "NOT_FOUND");
    let undone = ours.data(UNDO, undo("Gạch nhầm phiếu")).await["undoAllocation"].take();
    assert_eq!(undone["bankTransaction"]["reviewReason"]["code"], "ALLOCATION_UNDONE", "{undone}");
    tells("m2", "payment.received", first.code.clone()).await;
    hub.until_settled().await;
    assert_eq!(look.money("T1").await, "SETTLED 0+0 WAITING ALLOCATION_UNDONE");
    assert_eq!((look.bill(&first).await, look.bill(&second).await), ("OPEN 0".into(), "OPEN 0".into()));

    // Again, with a surplus; then the bank takes everything back.
    let done = allocate(&ours, money, &[(&second, 60_000)], "k3", json!({"surplusToCredit": true})).await;
    assert_eq!(done["bankTransaction"]["creditedAmount"], 40_000, "{done}");
    tells("m3", "payment.reversed", "tra lai".into()).await;
    hub.until_settled().await;
    assert_eq!(look.money("T1").await, "REVERSED 0+0 NONE");
    assert_eq!(look.bill(&second).await, "OPEN 0");
    assert_eq!(look.count("student_credits WHERE undone_at IS NULL").await, 0);
    assert_eq!(refused(&allocate(&ours, money, &on, "k4", none).await), "NOT_ALLOCATABLE");
    adds_up(hub, &database).await;
}

async fn a_person_says_what_money_is(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let (first, second) = (ground.bill(meals, ground.an, 60_000).await, ground.bill(meals, ground.binh, 40_000).await);
    for (transaction, text) in [(1, "nop tien mat"), (2, "thu ho lop 1A"), (3, "lai tien gui")] {
        sepay.pays(transaction, 100_000, text).await;
    }
    sepay.pays_with(4, 100_000, "phi", json!({"transferType": "out"})).await;
    hub.until_settled().await;
    let ours = accountant(&hub, &database, ground.north.code);
    let waiting = queue(&ours).await;
    let id = |transaction: &str| waiting.iter().find(|row| row.1 == transaction).map(|row| row.0.clone()).unwrap();
    assert_eq!(waiting.len(), 3, "a debit waits for nobody: {waiting:?}");
    let unmatched = "SELECT CAST(SUM(unmatched_count) AS BIGINT) FROM rollups WHERE category = 'TOTAL'";
    assert_eq!(look.0.number(unmatched).await, 3);

    let classify = async |transaction: &str, nature: &str| {
        let input = json!({"bankTransactionId": id(transaction), "nature": nature, "reason": "Đối chiếu sổ quỹ"});
        ours.data(CLASSIFY, json!({ "input": input })).await["classifyBankTransaction"].take()
    };
    assert_eq!(classify("1", "CASH_DEPOSIT").await["bankTransaction"]["review"], "RESOLVED");
    assert_eq!(classify("3", "NO_FEE").await["bankTransaction"]["review"], "RESOLVED");
    assert_eq!(classify("2", "LUMP_TRANSFER").await["bankTransaction"]["review"], "WAITING");
    assert_eq!(look.0.number(unmatched).await, 1);

    // A deposit was counted when it was cash: it pays nothing again.
    let both = [(&first, 60_000), (&second, 40_000)];
    assert_eq!(refused(&allocate(&ours, &id("1"), &both, "a", json!({})).await), "NOT_ALLOCATABLE");
    assert_eq!(refused(&allocate(&ours, &id("3"), &both, "b", json!({})).await), "NOT_ALLOCATABLE");
    // A lump of a teacher pays two families, and counts as their cash.
    assert_eq!(allocate(&ours, &id("2"), &both, "c", json!({})).await["userErrors"], json!([]));
    let counted = "SELECT method || ' ' || CAST(settled_count AS TEXT) || ' ' || CAST(settled_amount AS TEXT) FROM rollups \
                   WHERE category = 'TOTAL' AND settled_count <> 0";
    assert_eq!(look.0.texts(counted).await, ["CASH 2 100000"]);
    let taken = classify("2", "NO_FEE").await;
    assert_eq!(refused(&taken), "ALLOCATED");
    assert!(queue(&ours).await.is_empty());
    // What was misjudged waits again.
    assert_eq!(classify("1", "FEE").await["bankTransaction"]["review"], "WAITING");
    assert_eq!(queue(&ours).await.len(), 1);
    adds_up(hub, &database).await;
}

async fn a_vendor_sees_money_on_its_own_invoices_only(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let meals = &ground.north.meals;
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let (own, other) = (ground.bill(meals, ground.an, 60_000).await, ground.bill(meals, ground.an, 60_000).await);
    let undone = ground.bill(meals, ground.an, 60_000).await;
    let client = program::run(&database, &["client", "create", "--name", "phanmem-mau"]);
    let client: Value = serde_json::from_str(&client).unwrap();
    let contract = ["contract", "create", "--client", "phanmem-mau", "--number", "HD-MAU-1", "--scope", "money:read"];
    let terms = ["--scope", "invoices:read", "--purpose", "FEE_COLLECTION", "--school", ground.north.code];
    program::run(&database, &[&contract[..], &terms[..]].concat());
    let theirs = "(SELECT id FROM clients WHERE name = 'phanmem-mau')";
    let codes = format!("('{}', '{}')", own.code, undone.code);
    database.execute(&format!("UPDATE invoices SET client_id = {theirs} WHERE code IN {codes}")).await;

    for (transaction, bill) in [(1, &own), (2, &other), (3, &undone)] {
        sepay.pays(transaction, 60_000, &bill.code).await;
    }
    sepay.pays(4, 60_000, "tien an").await;
    sepay.pays_with(5, 60_000, &own.code, json!({"transferType": "out"})).await;
    hub.until_settled().await;
    let ours = accountant(&hub, &database, ground.north.code);
    let list = "{ bankTransactions(first: 50) { edges { node { id transactionId } } } }";
    let seen = async |caller: &Caller<'_>| {
        let data = caller.data(list, json!({})).await;
        let edges = data["bankTransactions"]["edges"].as_array().unwrap();
        let mut seen: Vec<_> =
            edges.iter().map(|edge| (edge["node"]["transactionId"].clone(), edge["node"]["id"].clone())).collect();
        seen.sort_by_key(|row| row.0.to_string());
        seen
    };
    let all = seen(&ours).await;
    assert_eq!(all.len(), 5, "the school sees its debits, too");
    let vendor = Caller::client(&hub, &database, client["clientId"].as_str().unwrap());
    let names = |seen: Vec<(Value, Value)>| seen.into_iter().map(|row| row.0).collect::<Vec<_>>();
    assert_eq!(names(seen(&vendor).await), ["1", "3"]);
    // Once the school has taken money off the vendor's invoice and said that it is no fee, the vendor sees it no longer.
    let input = json!({"input": {"bankTransactionId": all[2].1, "reason": "Chuyển nhầm"}});
    ours.data(UNDO, input).await;
    assert_eq!(names(seen(&vendor).await), ["1"]);
    for (_, hidden) in [&all[1], &all[2], &all[4]] {
        let one = json!({ "id": hidden });
        let data = vendor.data("query($id: ID!) { bankTransaction(id: $id) { id } }", one).await;
        assert!(data["bankTransaction"].is_null(), "{data}");
    }
    let data = vendor.ask(QUEUE, json!({})).await;
    assert_eq!(data.codes(), ["FORBIDDEN"], "{data:?}");
    adds_up(hub, &database).await;
}

both_engines!(
    a_person_decides_and_the_robot_obeys,
    a_person_says_what_money_is,
    a_vendor_sees_money_on_its_own_invoices_only,
);
