//! What money books alone, and what waits for a person. Never a guess.

use serde_json::json;

use super::banks::{Ipn, Line, sepay_by_key};
use super::ground::Ground;
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

async fn an_exact_code_pays(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let equal = ground.bill(meals, ground.an, 100_000).await;
    let less = ground.bill(meals, ground.an, 100_000).await;
    let more = ground.bill(meals, ground.binh, 100_000).await;
    let framed = ground.bill(meals, ground.an, 100_000).await;
    let explicit = ground.bill(meals, ground.an, 100_000).await;
    sepay.pays(1, 100_000, &equal.code).await;
    sepay.pays(2, 40_000, &less.code).await;
    sepay.pays(3, 130_000, &more.code).await;
    // As banks pass a text on: framed, in small letters, with a blank inside the code.
    let (head, tail) = framed.code.split_at(7);
    let text = format!("mbvcb.9900001.{}{} {} tien an.CT tu 9990001", &head[..2].to_lowercase(), &head[2..], tail);
    sepay.pays(4, 100_000, &text).await;
    sepay.pays_with(5, 100_000, "tien an", json!({"code": explicit.code})).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&equal).await, "PAID 100000");
    assert_eq!(look.bill(&less).await, "PARTIALLY_PAID 40000");
    assert_eq!(look.bill(&more).await, "PAID 100000");
    assert_eq!(look.money(3).await, "SETTLED 100000+30000 NONE");
    let credit = "SELECT fund || ' ' || CAST(amount AS TEXT) || ' ' || u.ministry_code FROM student_credits c \
                  JOIN students u ON u.id = c.student_id WHERE undone_at IS NULL";
    assert_eq!(look.one(credit).await, "THOA_THUAN 30000 9900000702");
    assert_eq!(look.bill(&framed).await, "PAID 100000");
    assert_eq!(look.bill(&explicit).await, "PAID 100000");
    // The rest of the second invoice comes later.
    sepay.pays(6, 60_000, &less.code).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&less).await, "PAID 100000");
    adds_up(hub, &database).await;
}

async fn several_codes_need_the_exact_sum(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let sepay = Line::sepay(&ground, &hub, &[meals, &ground.water]).await;
    let first = ground.bill(meals, ground.an, 100_000).await;
    let second = ground.bill(meals, ground.binh, 70_000).await;
    let other_fund = ground.bill(&ground.water, ground.an, 15_000).await;
    let both = format!("{} {}", first.code, second.code);
    for (transaction, amount, text, reason) in [
        (1, 169_999, both.clone(), "SEVERAL_INVOICES"),
        (2, 170_001, both.clone(), "SEVERAL_INVOICES"),
        (3, 100_000, both.clone(), "SEVERAL_INVOICES"),
        (4, 115_000, format!("{} {}", first.code, other_fund.code), "WRONG_ACCOUNT"),
        (5, 100_000, format!("{} va {}", first.code, mistyped(&second.code)), "UNKNOWN_REFERENCE"),
    ] {
        sepay.pays(transaction, amount, &text).await;
        hub.until_settled().await;
        assert_eq!(look.money(transaction).await, format!("SETTLED 0+0 WAITING {reason}"));
    }
    // The same code twice is one code.
    sepay.pays(6, 170_000, &format!("{both} {}", first.code)).await;
    hub.until_settled().await;
    assert_eq!(look.money(6).await, "SETTLED 170000+0 NONE");
    assert_eq!(look.bill(&first).await, "PAID 100000");
    assert_eq!(look.bill(&second).await, "PAID 70000");
    adds_up(hub, &database).await;
}

/// The code with its last digit changed: the check digit no longer holds.
fn mistyped(code: &str) -> String {
    let (head, last) = code.split_at(code.len() - 1);
    let last: u32 = last.parse().unwrap();
    format!("{head}{}", (last + 1) % 10)
}

async fn a_vendors_own_code_pays(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    // The family has paid with one code for years: it names the open invoice, not the paid one.
    let old = ground.bill_known_as(meals, ground.an, 100_000, &["HSMAU2026A1"]).await;
    sepay.pays(1, 100_000, "HSMAU2026A1 tien an thang 9").await;
    hub.until_settled().await;
    let new = ground.bill_known_as(meals, ground.an, 90_000, &["HSMAU2026A1"]).await;
    sepay.pays(2, 90_000, "MBVCB.9900001.hsmau2026a1.CT").await;
    hub.until_settled().await;
    assert_eq!(look.bill(&old).await, "PAID 100000");
    assert_eq!(look.bill(&new).await, "PAID 90000");
    let again = ground.bill_known_as(meals, ground.an, 80_000, &["HSMAU2026A1"]).await;
    let third = ground.bill_known_as(meals, ground.an, 80_000, &["HSMAU2026A1"]).await;
    // Two are open under one code: half of them could be meant, both together are sure.
    sepay.pays(3, 80_000, "HSMAU2026A1").await;
    hub.until_settled().await;
    assert_eq!(look.money(3).await, "SETTLED 0+0 WAITING SEVERAL_INVOICES");
    sepay.pays(4, 160_000, "HSMAU2026A1").await;
    hub.until_settled().await;
    assert_eq!(look.bill(&again).await, "PAID 80000");
    assert_eq!(look.bill(&third).await, "PAID 80000");
    adds_up(hub, &database).await;
}

async fn a_virtual_account_pays_what_fits(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let sepay = Line::sepay(&ground, &hub, &[meals, &ground.water]).await;
    let (number, virtual_account) = (&ground.virtual_number, json!({"subAccount": ground.virtual_number}));
    let pays = |transaction, amount| sepay.pays_with(transaction, amount, "tien an", virtual_account.clone());
    pays(1, 100_000).await;
    hub.until_settled().await;
    assert_eq!(look.money(1).await, "SETTLED 0+0 WAITING NOTHING_OPEN");

    let first = ground.bill(meals, ground.an, 100_000).await;
    let second = ground.bill(meals, ground.an, 250_000).await;
    let third = ground.bill(meals, ground.an, 70_000).await;
    // Another fund and another child: the number never means these.
    let water = ground.bill(&ground.water, ground.an, 15_000).await;
    let sibling = ground.bill(meals, ground.binh, 15_000).await;
    for (transaction, amount, reason) in
        [(2, 15_000, "AMOUNT_MISMATCH"), (3, 350_000, "AMOUNT_MISMATCH"), (4, 99_999, "AMOUNT_MISMATCH")]
    {
        pays(transaction, amount).await;
        hub.until_settled().await;
        assert_eq!(look.money(transaction).await, format!("SETTLED 0+0 WAITING {reason}"));
    }
    pays(5, 100_000).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&first).await, "PAID 100000");
    pays(6, 320_000).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&second).await, "PAID 250000");
    assert_eq!(look.bill(&third).await, "PAID 70000");

    let twins = [ground.bill(meals, ground.an, 50_000).await, ground.bill(meals, ground.an, 50_000).await];
    pays(7, 50_000).await;
    sepay.pays_with(8, 15_000, &sibling.code, virtual_account.clone()).await;
    hub.until_settled().await;
    assert_eq!(look.money(7).await, "SETTLED 0+0 WAITING SEVERAL_INVOICES");
    assert_eq!(look.money(8).await, "SETTLED 0+0 WAITING REFERENCE_CONFLICT");
    // A code decides between them, and the number may stand where the account does.
    sepay.pays_with(9, 50_000, &twins[1].code, json!({"accountNumber": number})).await;
    hub.until_settled().await;
    assert_eq!(look.bill(&twins[0]).await, "OPEN 0");
    assert_eq!(look.bill(&twins[1]).await, "PAID 50000");
    assert_eq!(look.bill(&water).await, "OPEN 0");
    assert_eq!(look.bill(&sibling).await, "OPEN 0");
    adds_up(hub, &database).await;
}

async fn everything_else_waits_with_its_reason(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let vnpay = Line::vnpay(&ground, &hub, meals).await;
    let mut open = ground.bill(meals, ground.an, 100_000).await;
    while !open.code.contains('0') {
        open = ground.bill(meals, ground.an, 100_000).await;
    }
    let cancelled = ground.bill(meals, ground.an, 100_000).await;
    let paid = ground.bill(meals, ground.an, 100_000).await;
    ground.cancel(&cancelled).await;
    sepay.pays(1, 100_000, &paid.code).await;
    hub.until_settled().await;
    let digits = &open.code[2..];
    for (transaction, text, reason) in [
        (2, "tien an thang 11".to_owned(), "NO_REFERENCE"),
        (3, format!("{digits} tien an"), "NO_REFERENCE"),
        (4, mistyped(&open.code), "UNKNOWN_REFERENCE"),
        (5, open.code.replace('0', "O"), "NO_REFERENCE"),
        (6, cancelled.code.clone(), "INVOICE_CANCELLED"),
        (7, paid.code.clone(), "INVOICE_ALREADY_PAID"),
        (8, format!("{} {}", open.code, cancelled.code), "INVOICE_CANCELLED"),
    ] {
        sepay.pays(transaction, 100_000, &text).await;
        hub.until_settled().await;
        assert_eq!(look.money(transaction).await, format!("SETTLED 0+0 WAITING {reason}"), "{text}");
    }
    let ipn = |transaction, codes, order| Ipn {
        transaction,
        amount: 100_000,
        codes,
        order,
        info: "tien an",
        paid_at: "20261120093000",
    };
    vnpay.tells(&ipn(20, ("07", "07"), &open.code)).await;
    vnpay.tells(&ipn(21, ("24", "02"), &open.code)).await;
    vnpay.tells(&ipn(22, ("00", "01"), &open.code)).await;
    vnpay.tells(&ipn(23, ("88", "88"), &open.code)).await;
    vnpay.tells(&ipn(24, ("00", "00"), "ORDER-9")).await;
    hub.until_settled().await;
    assert_eq!(look.money(20).await, "SUSPICIOUS 0+0 WAITING SUSPICIOUS");
    assert_eq!(look.money(21).await, "FAILED 0+0 NONE");
    assert_eq!(look.money(22).await, "WAITING 0+0 NONE");
    assert_eq!(look.money(23).await, "WAITING 0+0 NONE");
    assert_eq!(look.money(24).await, "SETTLED 0+0 WAITING UNKNOWN_REFERENCE");
    assert_eq!(look.bill(&open).await, "OPEN 0");
    // An attempt's number behind the code is the provider's habit; a suspicion that is cleared books.
    vnpay.tells(&ipn(20, ("00", "00"), &format!("{}-2", open.code))).await;
    hub.until_settled().await;
    assert_eq!(look.money(20).await, "SETTLED 100000+0 NONE");
    assert_eq!(look.bill(&open).await, "PAID 100000");
    adds_up(hub, &database).await;
}

async fn a_debit_leaves_a_minimal_row(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let sepay = Line::sepay(&ground, &hub, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    sepay.pays_with(1, 100_000, &format!("{} hoan tien", bill.code), json!({"transferType": "out"})).await;
    hub.until_settled().await;
    assert_eq!(look.money(1).await, "SETTLED 0+0 NONE");
    assert_eq!(look.bill(&bill).await, "OPEN 0");
    let bare = "bank_transactions WHERE direction = 'DEBIT' AND nature = 'NO_FEE' AND content IS NULL AND reference IS NULL \
                AND payer_name IS NULL AND bank_reference IS NULL AND amount = 100000";
    assert_eq!(look.count(bare).await, 1);
    assert_eq!(look.count("rollups").await, 0);
    adds_up(hub, &database).await;
}

async fn a_static_key_proves_little(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bill = ground.bill(meals, ground.an, 100_000).await;
    let payment = connectors::letter::Payment {
        transaction: 1,
        status: connectors::notice::Status::Settled,
        amount_vnd: 100_000,
        account: meals.number.clone(),
        virtual_account: None,
        reference: None,
        content: bill.code.clone(),
        payer_name: None,
        occurred_at: 1_795_141_800_000_000,
    };
    assert_eq!(sepay_by_key(&ground, &hub, meals, &payment).await.status, 200);
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PAID 100000");
    assert_eq!(look.one("SELECT assurance FROM bank_transactions").await, "LOW");
    adds_up(hub, &database).await;
}

both_engines!(
    an_exact_code_pays,
    several_codes_need_the_exact_sum,
    a_vendors_own_code_pays,
    a_virtual_account_pays_what_fits,
    everything_else_waits_with_its_reason,
    a_debit_leaves_a_minimal_row,
    a_static_key_proves_little,
);
