//! Days that are compared: what never came is taken in once, what went back is gone, and every difference is named and kept.

use serde_json::{Value, json};

use super::{Bank, Call, EXACT, SHARED, hear, payment};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::money::ground::{Bill, Ground, Purse, now};
use crate::money::look::{Look, adds_up};

const HEADER: &str = "bankReference,amount,status,paidAt,account,invoiceCode\n";
const SEEN: &str = "{ billReconciliations(first: 5) { nodes { day lines matched matchedAmount
    discrepancies(first: 20) { nodes { row bankReference code bankAmount hubAmount } } } } }";

fn line(reference: &str, amount: i64, status: &str, to: Option<(&Purse, &Bill)>) -> String {
    let (account, code) = to.map_or(("", ""), |(purse, bill)| (&purse.number, &bill.code));
    format!("{reference},{amount},{status},{},{account},{code}\n", now().rfc3339())
}

async fn a_day_is_compared_line_by_line(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let day = now().vietnam_day().to_string();
    let mut bills = Vec::new();
    for _ in 0..6 {
        bills.push(ground.bill(meals, ground.an, 10_000).await);
    }
    for (number, bill) in bills.iter().enumerate().take(4) {
        assert_eq!(bank.pays(&format!("FT{number}"), bill, meals, 10_000).await.code, "00 OK");
    }
    assert_eq!(bank.pays("NO1", &bills[4], meals, 5).await.code, "03 AMOUNT_NOT_ALLOWED");
    hub.until_settled().await;

    let foreign = ground.bill(&ground.south.meals, ground.chi, 10_000).await;
    let file = [
        HEADER,
        &line("FT0", 10_000, "SETTLED", None),
        &line("FT1", 10_001, "SETTLED", None),
        &line("FT2", 10_000, "REVERSED", None),
        &line("NO1", 5, "SETTLED", None),
        &line("NEW", 10_000, "SETTLED", Some((meals, &bills[5]))),
        &line("POOR", 10_000, "SETTLED", None),
        &line("ELSE", 10_000, "SETTLED", Some((&ground.south.meals, &foreign))),
        &line("FT0", 10_000, "SETTLED", None),
        &line("GONE", 10_000, "REVERSED", None),
        &line("ODD", 10_000, "PAID", None),
        "OLD,10000,SETTLED,2020-01-01T00:00:00Z,,\n",
    ]
    .concat();
    let expected = [
        "2,FT0,MATCHED,10000,10000",
        "3,FT1,AMOUNT_DIFFERS,10001,10000",
        "4,FT2,STATUS_DIFFERS,10000,10000",
        "5,NO1,REFUSED_AT_HUB,5,5",
        "6,NEW,MISSING_AT_HUB,10000,",
        "7,POOR,UNKNOWN_AT_HUB,10000,",
        "8,ELSE,UNKNOWN_AT_HUB,10000,",
        "9,FT0,DUPLICATE_IN_FILE,10000,10000",
        "10,GONE,MATCHED,10000,",
        "11,ODD,UNREADABLE,,",
        "12,OLD,WRONG_DAY,10000,",
        ",FT3,MISSING_AT_BANK,,10000",
    ];
    assert_eq!(bank.compares(&day, &file).await, expected);
    hub.until_settled().await;
    assert_eq!(look.bill(&bills[5]).await, "PAID 10000", "what never came is taken in");
    assert_eq!(look.bill(&bills[2]).await, "OPEN 0", "what went back is gone");
    assert_eq!(look.bill(&bills[1]).await, "PAID 10000", "nobody guesses which amount is right");
    assert_eq!(look.count("bank_transactions WHERE transaction_id IN ('ELSE', 'POOR', 'NO1', 'GONE')").await, 0);

    // The call that comes late changes nothing, and the same file again agrees where the hub followed it.
    assert_eq!(bank.calls("/pay", payment("NEW", &bills[5], meals, 10_000)).await.code, "00 OK");
    hub.until_settled().await;
    assert_eq!(look.events("NEW:SETTLED").await, ["PROCESSED"]);
    let again = bank.compares(&day, &file).await;
    assert_eq!((again[2].as_str(), again[4].as_str()), ("4,FT2,MATCHED,10000,10000", "6,NEW,MATCHED,10000,10000"));
    assert_eq!(look.count("bill_reconciliations").await, 1, "the last comparison of a day stands");
    adds_up(hub, &database).await;
}
both_engines!(a_day_is_compared_line_by_line);

async fn the_hubs_day_is_told_as_it_stands(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let meals = &ground.north.meals;
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let bills = [ground.bill(meals, ground.an, 10_000).await, ground.bill(meals, ground.an, 20_000).await];
    assert_eq!(bank.pays("FT0", &bills[0], meals, 10_000).await.code, "00 OK");
    assert_eq!(bank.pays("FT1", &bills[1], meals, 20_000).await.code, "00 OK");
    assert_eq!(bank.reverses("FT1", 20_000).await.code, "00 OK");
    hub.until_settled().await;
    assert_eq!(bank.pays("FT2", &bills[1], meals, 5).await.code, "03 AMOUNT_NOT_ALLOWED");
    hub.until_settled().await;
    let told = async |day: String| {
        let call = Call { method: reqwest::Method::GET, ..Call::new(&format!("/reconciliation/{day}"), "") };
        let heard = hear(bank.request(&call)).await;
        assert_eq!(heard.status, 200, "{}", heard.text);
        let cut = |line: &str| line.rsplit_once(',').unwrap().0.to_owned();
        heard.text.lines().map(cut).collect::<Vec<_>>()
    };
    let today = now().vietnam_day();
    let code = |number: usize| bills[number].code.as_str();
    assert_eq!(
        told(today.to_string()).await,
        [
            "bankReference,amount,state,invoiceCode".to_owned(),
            format!("FT0,10000,SETTLED,{}", code(0)),
            format!("FT1,20000,REVERSED,{}", code(1)),
            format!("FT2,5,REFUSED,{}", code(1)),
        ]
    );
    assert_eq!(told(today.pred_opt().unwrap().to_string()).await.len(), 1, "another day is empty");
    adds_up(hub, &database).await;
}
both_engines!(the_hubs_day_is_told_as_it_stands);

/// A bank partner with a connection that the command line makes, and its id.
fn partner(database: &Database, account: &str) -> (String, Value) {
    let told = program::run(database, &["client", "create", "--name", "ngan-hang", "--role", "bank-partner"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let contract = ["contract", "create", "--client", "ngan-hang", "--number", "HD-MAU-3", "--purpose"];
    program::run(database, &[&contract[..], &["FEE_COLLECTION", "--from", "2025-09-01"]].concat());
    let extra = ["--extra", "amounts=exact", "--extra", "hours=00:00-24:00", "--extra", "certificate=none"];
    let create = ["connection", "create", "--bank", "bill", "--name", "thu-ho", "--client", "ngan-hang"];
    let made = program::run(database, &[&create[..], &extra[..], &["--account", account]].concat());
    (told["clientId"].as_str().unwrap().to_owned(), serde_json::from_str(&made).unwrap())
}

async fn a_bank_sees_its_own_days_in_graphql(database: Database) {
    let ground = Ground::plant(&database).await;
    let meals = &ground.north.meals;
    let (client, made) = partner(&database, &meals.number);
    let hub = Hub::start(&database).await;
    let other = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    assert!(made["url"].as_str().unwrap().ends_with(&format!("/billing/{}", made["id"].as_str().unwrap())), "{made}");
    let mut own = other.clone();
    own.line.id = made["id"].as_str().unwrap().parse().unwrap();
    own.line.url = hub.url(&format!("/billing/{}", own.line.id));
    own.key = made["secret"].as_str().unwrap().to_owned();

    let (day, bill) = (now().vietnam_day().to_string(), ground.bill(meals, ground.an, 10_000).await);
    assert_eq!(own.pays("FT1", &bill, meals, 10_000).await.code, "00 OK");
    let file = [HEADER, &line("FT1", 10_000, "SETTLED", None), &line("FT2", 1, "SETTLED", None)].concat();
    own.compares(&day, &file).await;
    other.compares(&day, HEADER).await;
    let seen = Caller::client(&hub, &database, &client).data(SEEN, json!({})).await;
    let expected = json!([{
        "day": day, "lines": 2, "matched": 1, "matchedAmount": "10000",
        "discrepancies": { "nodes": [
            { "row": 3, "bankReference": "FT2", "code": "UNKNOWN_AT_HUB", "bankAmount": "1", "hubAmount": null },
        ] },
    }]);
    let mut nodes = seen["billReconciliations"]["nodes"].clone();
    if nodes[0]["matchedAmount"].is_number() {
        nodes[0]["matchedAmount"] = json!(nodes[0]["matchedAmount"].to_string());
        let amount = &mut nodes[0]["discrepancies"]["nodes"][0]["bankAmount"];
        *amount = json!(amount.to_string());
    }
    assert_eq!(nodes, expected);
    assert_ne!(own.key, SHARED);
    adds_up(hub, &database).await;
}
both_engines!(a_bank_sees_its_own_days_in_graphql);

async fn a_file_without_its_columns_is_no_day(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let look = Look(&database);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[&ground.north.meals]).await;
    for (day, file, status) in [
        ("2026-11-28", "bankReference,amount,paidAt\n", 400),
        ("2026-11-28", "bankReference,amount,status,paidAt,amount\n", 400),
        ("2026-02-30", HEADER, 400),
        ("yesterday", HEADER, 400),
    ] {
        let heard = hear(bank.request(&Call::new(&format!("/reconciliation/{day}"), file))).await;
        assert_eq!(heard.status, status, "{day} {file}");
    }
    assert_eq!(look.count("bill_reconciliations").await, 0);
    adds_up(hub, &database).await;
}
both_engines!(a_file_without_its_columns_is_no_day);

async fn a_forged_day_fills_nothing(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let bank = Bank::connect(&ground, &hub, &EXACT, &[&ground.north.meals]).await;
    let file = HEADER.to_owned() + &line("FT1", 10_000, "SETTLED", None).repeat(10_000);
    let day = Call::new("/reconciliation/2026-11-28", &file);
    assert_eq!(hear(bank.signed(&day, "hmac-sha256=AAAA")).await.code, "97 BAD_PROOF");
    let kept = database.number("SELECT CAST(SUM(LENGTH(sealed)) AS BIGINT) FROM refused_messages").await;
    assert!((1..10_000).contains(&kept), "{kept} of {} bytes are kept", file.len());
    let long = Call::new("/pay", &" ".repeat(300_000));
    assert_eq!(hear(bank.request(&long)).await.status, 413, "only a day is as long as a file");
    adds_up(hub, &database).await;
}
both_engines!(a_forged_day_fills_nothing);
