//! R13b: a connection speaks for its own accounts only. A signed message through one school's connection never pays
//! another school's invoice, whatever it names.

use serde_json::json;

use super::banks::{Ipn, Line};
use super::ground::{Bill, Ground};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

/// The school in whose review queue a transaction waits.
async fn school_of(look: &Look<'_>, transaction: u64) -> String {
    let select = "SELECT COALESCE(s.code, 'none') FROM bank_transactions t LEFT JOIN schools s ON s.id = t.school_id";
    look.one(&format!("{select} WHERE t.transaction_id = '{transaction}'")).await
}

/// Nothing was paid: the invoice is open, and nothing was ever put on it.
async fn untouched(look: &Look<'_>, bill: &Bill) {
    assert_eq!(look.bill(bill).await, "OPEN 0");
    let id = bill.id;
    let theirs = format!("allocations a JOIN invoices i ON i.id = a.invoice_id WHERE i.code = '{}'", bill.code);
    assert_eq!(look.count(&theirs).await, 0, "{id}");
}

async fn another_schools_code_is_not_paid(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let look = Look(&database);
    let theirs = ground.bill_known_as(&ground.south.meals, ground.chi, 100_000, &["NAMTRUONG01"]).await;
    let ours = ground.bill(&ground.north.meals, ground.an, 100_000).await;
    let sepay = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let vnpay = Line::vnpay(&ground, &hub, &ground.north.meals).await;
    let partner = Line::partner(&ground, &hub, &ground.north.meals).await;

    sepay.pays(1, 100_000, &format!("{} tien an", theirs.code)).await;
    sepay.pays(2, 100_000, "NAMTRUONG01").await;
    // Both schools' codes together, with an amount that would pay both.
    sepay.pays(3, 200_000, &format!("{} {}", theirs.code, ours.code)).await;
    let order = theirs.code.as_str();
    let paid_at = "20261120093000";
    vnpay.tells(&Ipn { transaction: 4, amount: 100_000, codes: ("00", "00"), order, info: "tien an", paid_at }).await;
    let data = json!({"amount": 100_000, "content": "tien an", "reference": theirs.code, "transactionId": "5",
        "occurredAt": "2026-11-20T09:30:00+07:00"});
    partner.tells("msg_5", "payment.received", &data).await;
    hub.until_settled().await;
    for transaction in 1..=5 {
        assert_eq!(look.money(transaction).await, "SETTLED 0+0 WAITING WRONG_ACCOUNT", "{transaction}");
        assert_eq!(school_of(&look, transaction).await, ground.north.code, "{transaction}");
    }
    untouched(&look, &theirs).await;
    untouched(&look, &ours).await;
    adds_up(hub, &database).await;
}

async fn another_schools_account_is_not_believed(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let look = Look(&database);
    let theirs = ground.bill(&ground.south.meals, ground.chi, 100_000).await;
    let of_an = ground.bill(&ground.north.meals, ground.an, 100_000).await;
    let north = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let south = Line::sepay(&ground, &hub, &[&ground.south.meals]).await;

    let number = &ground.south.meals.number;
    north.pays_with(1, 100_000, &theirs.code, json!({"accountNumber": number})).await;
    // The virtual number of a child of the northern school, through the southern school's connection.
    south.pays_with(2, 100_000, "tien an", json!({"accountNumber": null, "subAccount": ground.virtual_number})).await;
    north.pays_with(3, 100_000, &of_an.code, json!({"accountNumber": "999999999"})).await;
    hub.until_settled().await;
    assert_eq!(look.money(1).await, "SETTLED 0+0 WAITING WRONG_ACCOUNT");
    assert_eq!(school_of(&look, 1).await, ground.north.code);
    assert_eq!(look.money(2).await, "SETTLED 0+0 WAITING WRONG_ACCOUNT");
    assert_eq!(school_of(&look, 2).await, ground.south.code);
    assert_eq!(look.money(3).await, "SETTLED 0+0 WAITING UNKNOWN_ACCOUNT");
    untouched(&look, &theirs).await;
    untouched(&look, &of_an).await;
    adds_up(hub, &database).await;
}

async fn a_shared_connection_pays_the_right_school(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let look = Look(&database);
    let (north, south) = (&ground.north.meals, &ground.south.meals);
    let of_north = ground.bill(north, ground.an, 100_000).await;
    let of_south = ground.bill(south, ground.chi, 100_000).await;
    let of_water = ground.bill(&ground.water, ground.an, 15_000).await;
    let shared = Line::sepay(&ground, &hub, &[north, south, &ground.water]).await;

    // The right code at the wrong school's account, and at the right school's account of another fund.
    shared.pays_with(1, 100_000, &of_south.code, json!({"accountNumber": north.number})).await;
    shared.pays_with(2, 15_000, &of_water.code, json!({"accountNumber": north.number})).await;
    // No account at all: the connection has several, so nothing says where the money lies.
    shared.pays_with(3, 100_000, &of_north.code, json!({"accountNumber": null})).await;
    hub.until_settled().await;
    for (transaction, school) in [(1, ground.north.code), (2, ground.north.code), (3, "none")] {
        let reason = if transaction == 3 { "UNKNOWN_ACCOUNT" } else { "WRONG_ACCOUNT" };
        assert_eq!(look.money(transaction).await, format!("SETTLED 0+0 WAITING {reason}"));
        assert_eq!(school_of(&look, transaction).await, school);
    }
    for bill in [&of_north, &of_south, &of_water] {
        untouched(&look, bill).await;
    }
    for (transaction, purse, bill) in [(4, north, &of_north), (5, south, &of_south), (6, &ground.water, &of_water)] {
        let amount = if transaction == 6 { 15_000 } else { 100_000 };
        shared.pays_with(transaction, amount, &bill.code, json!({"accountNumber": purse.number})).await;
        hub.until_settled().await;
        assert_eq!(look.bill(bill).await, format!("PAID {amount}"));
    }
    adds_up(hub, &database).await;
}

both_engines!(
    another_schools_code_is_not_paid,
    another_schools_account_is_not_believed,
    a_shared_connection_pays_the_right_school,
);
