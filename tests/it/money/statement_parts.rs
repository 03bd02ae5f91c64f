//! Files of several parts: pages of one statement are different money, what a file repeats is for a person, and a part of another
//! account keeps none of the others out.

use serde_json::{Value, json};

use super::ground::Ground;
use super::look::{Look, adds_up};
use super::statement_files::{CONFIRM, ended, imported, person, results};
use super::statements::reference;
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

/// One message of MT940 with a credit of 100,000 for each reference.
fn page(account: &str, opening: i64, references: &[&str], memo: &str) -> String {
    let mut text = format!(":20:SAOKE\n:25:{account}\n:28C:7/1\n:60F:C261120VND{opening},00\n");
    for reference in references {
        text += &format!(":61:2611201120C100000,00NTRFNONREF//{reference}\n:86:{memo}\n");
    }
    let credits: i64 = references.iter().map(|_| 100_000).sum();
    text + &format!(":62F:C261120VND{},00\n-\n", opening + credits)
}

/// Section, status, and outcome or code of each result.
fn told(rows: &[Value]) -> Vec<(u64, &str, &str)> {
    rows.iter()
        .map(|row| {
            let said = row["outcome"].as_str().or_else(|| row["errors"][0]["code"].as_str());
            (row["section"].as_u64().unwrap(), row["status"].as_str().unwrap(), said.unwrap())
        })
        .collect()
}

async fn equal_lines_of_two_pages_are_two_payments(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    let memo = format!("{} nop tien", bill.code);
    let one = reference(841);
    let pages = page(number, 1_000_000, &[&one], &memo) + &page(number, 1_100_000, &[&one], &memo);
    for (status, outcomes) in [("CREATED", "two of them"), ("UNCHANGED", "the same file again")] {
        let run = imported(&accountant, &pages, school, json!({})).await;
        let rows = results(&accountant, &run).await;
        assert_eq!(told(&rows), [(0, status, "UNHEARD"), (1, status, "UNHEARD")], "{outcomes}");
    }
    hub.until_settled().await;
    let look = Look(&database);
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 200000");

    // The same message twice in a file is one: its balances say so.
    let day = page(number, 2_000_000, &[&reference(842)], &memo);
    let run = imported(&accountant, &day.repeat(2), school, json!({})).await;
    let rows = results(&accountant, &run).await;
    assert_eq!(told(&rows), [(0, "CREATED", "UNHEARD"), (1, "UNCHANGED", "UNHEARD")]);
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 300000");
    adds_up(hub, &database).await;
}

async fn what_no_balance_tells_apart_waits_for_a_person(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    let memo = format!("{} nop tien", bill.code);
    let one = reference(851);
    let pages = page(number, 1_000_000, &[&one], &memo) + &page(number, 5_000_000, &[&one], &memo);
    let run = imported(&accountant, &pages, school, json!({})).await;
    let rows = results(&accountant, &run).await;
    assert_eq!(told(&rows), [(0, "CREATED", "UNHEARD"), (1, "REFUSED", "LINES_REPEATED")]);
    hub.until_settled().await;
    let look = Look(&database);
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 100000");

    let held = "{ statements(filter: { status: HELD }) { nodes { id } } }";
    let held = accountant.data(held, json!({})).await["statements"]["nodes"][0]["id"].take();
    let said = accountant.data(CONFIRM, json!({ "id": held })).await["confirmStatement"].take();
    assert_eq!(said["userErrors"], json!([]));
    ended(&accountant, &said["importRun"]["id"]).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 200000");

    // A file that was kept by an older hub, which asked nobody: what it left is not kept unasked when it comes again.
    database.execute("UPDATE statements SET findings = '[]'").await;
    let second = "statement_id IN (SELECT id FROM statements WHERE section = 1)";
    database.execute(&format!("UPDATE statement_lines SET line_key = 'another' WHERE {second}")).await;
    let run = imported(&accountant, &pages, school, json!({})).await;
    let rows = results(&accountant, &run).await;
    assert_eq!(told(&rows), [(0, "UNCHANGED", "UNHEARD"), (1, "REFUSED", "LINES_REPEATED")]);
    hub.finish().await;
}

async fn a_part_of_another_account_keeps_none_out(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let parts = |id: u64| {
        let references = [0, 1, 2, 3].map(|more| reference(id + more));
        let dollars = page("999000709", 0, &[&references[0]], "x").replace("VND", "USD");
        let foreign = page(&ground.south.meals.number, 0, &[&references[1]], "x");
        let own = page(number, 0, &[&references[2]], "tien an");
        let water = page(&ground.water.number, 0, &[&references[3]], "nuoc uong");
        [dollars, foreign, own, water]
    };
    let text = parts(861).concat();
    let dry = imported(&accountant, &text, school, json!({ "dryRun": true })).await;
    let run = imported(&accountant, &text, school, json!({})).await;
    for figure in ["status", "rowsRead", "created", "unchanged", "refused", "bytesRead"] {
        assert_eq!(dry[figure], run[figure], "the rehearsal shows the same figures");
    }
    assert_eq!((&run["status"], &run["created"], &run["refused"]), (&json!("DONE"), &json!(2), &json!(1)));
    assert_eq!(run["bytesRead"], json!(text.len()));
    let rows = results(&accountant, &run).await;
    let expected = [
        (0, "REFUSED", "CURRENCY_NOT_VND"),
        (1, "REFUSED", "UNKNOWN_ACCOUNT"),
        (2, "CREATED", "UNHEARD"),
        (3, "CREATED", "UNHEARD"),
    ];
    assert_eq!(told(&rows), expected);
    assert!(rows[0]["errors"][0]["messageVi"].is_string());
    let look = Look(&database);
    assert_eq!(look.count("statements WHERE section IN (2, 3)").await, 2, "each keeps its place in the file");

    // Whoever states an account has its part alone.
    let [dollars, foreign, own, water] = parts(871);
    let account = api::graphql::node_id::encode("BankAccount", ground.water.account.uuid());
    let run = imported(&accountant, &(own + &water), school, json!({ "bankAccountId": account })).await;
    let rows = results(&accountant, &run).await;
    assert_eq!(told(&rows), [(0, "REFUSED", "ACCOUNT_DIFFERS"), (1, "CREATED", "UNHEARD")]);
    // Nothing can be imported: the file is refused, as the first part was.
    let run = imported(&accountant, &(foreign + &dollars), school, json!({})).await;
    assert_eq!(run["failure"]["code"], "UNKNOWN_ACCOUNT");
    assert_eq!(look.count("statement_lines").await, 3);
    adds_up(hub, &database).await;
}

both_engines!(
    equal_lines_of_two_pages_are_two_payments,
    what_no_balance_tells_apart_waits_for_a_person,
    a_part_of_another_account_keeps_none_out,
);
