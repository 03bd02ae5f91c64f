//! What a person says of money that was taken for another sender's, or may be it: that it is other money. It counts, seeks its
//! invoices by the usual rules, and nobody asks again.

use serde_json::{Value, json};

use super::by_hand::accountant;
use super::look::{Look, adds_up};
use super::twice::{Two, mark, reference};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

const OTHER: &str = "mutation($input: MarkOtherMoneyInput!) { markOtherMoney(input: $input) {
    bankTransaction { sameAs { transactionId } review reviewReason { code } allocatedAmount } userErrors { code } } }";
const ALL: &str = "{ bankTransactions(first: 50) { nodes { id transactionId alsoHeardFrom { transactionId } } } }";

pub(super) struct Person<'h>(pub(super) Caller<'h>);

impl Person<'_> {
    async fn all(&self) -> Vec<Value> {
        let mut all = self.0.data(ALL, json!({})).await["bankTransactions"]["nodes"].take();
        std::mem::take(all.as_array_mut().unwrap())
    }

    pub(super) async fn named(&self, name: &str) -> Value {
        self.all().await.into_iter().find(|one| one["transactionId"] == name).unwrap_or_else(|| panic!("{name}"))
    }

    async fn parts(&self, name: &str, reason: &str) -> Value {
        let input = json!({ "bankTransactionId": self.named(name).await["id"], "reason": reason });
        self.0.data(OTHER, json!({ "input": input })).await["markOtherMoney"].take()
    }

    /// Says that it is other money and is understood.
    pub(super) async fn parted(&self, name: &str) {
        let said = self.parts(name, "hai lần nộp").await;
        assert_eq!((&said["userErrors"], &said["bankTransaction"]["sameAs"]), (&json!([]), &Value::Null), "{said}");
    }

    async fn is_refused(&self, name: &str, reason: &str, code: &str) {
        let said = self.parts(name, reason).await;
        assert_eq!((&said["userErrors"][0]["code"], &said["bankTransaction"]), (&json!(code), &Value::Null), "{said}");
    }
}

async fn what_was_likely_is_other_money(database: Database) {
    let hub = Hub::start(&database).await;
    let two = Two::connect(&database, &hub).await;
    let look = Look(&database);
    let bill = two.ground.bill(&two.ground.north.meals, two.ground.an, 900_000).await;
    let small = two.ground.bill(&two.ground.north.meals, two.ground.binh, 200_000).await;
    two.bank(861, 100_000, &bill).await;
    two.partner("order-861", 100_000, &bill).await;
    two.bank(862, 50_000, &small).await;
    two.partner("order-862", 50_000, &small).await;
    assert_eq!(look.money("order-861").await, "SETTLED 0+0 WAITING POSSIBLE_DUPLICATE");
    let person = Person(accountant(&hub, &database, two.ground.north.code));
    person.is_refused("order-861", "  ", "REASON_NEEDED").await;
    person.is_refused("861", "nhầm", "NOT_IN_QUESTION").await;
    person.parted("order-861").await;
    assert_eq!(look.money("order-861").await, "SETTLED 100000+0 RESOLVED");
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 200000");
    // Said once more it changes nothing, and leaves no trace.
    let traces = "audit_entries WHERE kind = 'bankTransaction.otherMoney'";
    assert_eq!(look.count(traces).await, 1);
    person.parted("order-861").await;
    two.partner("order-861", 100_000, &bill).await;
    assert_eq!((look.count(traces).await, look.bill(&bill).await), (1, "PARTIALLY_PAID 200000".into()));
    person.is_refused("861", "nhầm", "NOT_IN_QUESTION").await;

    // Where nothing is left to pay it waits with that reason, and not as a duplicate.
    two.bank(863, 150_000, &small).await;
    person.parted("order-862").await;
    assert_eq!(look.money("order-862").await, "SETTLED 0+0 WAITING INVOICE_ALREADY_PAID");
    two.partner("order-862", 50_000, &small).await;
    assert_eq!(look.money("order-862").await, "SETTLED 0+0 WAITING INVOICE_ALREADY_PAID");
    adds_up(hub, &database).await;
}

async fn what_was_the_same_is_separated_again(database: Database) {
    let hub = Hub::start(&database).await;
    let two = Two::connect(&database, &hub).await;
    let look = Look(&database);
    let bill = two.ground.bill(&two.ground.north.meals, two.ground.an, 900_000).await;
    two.bank(871, 100_000, &bill).await;
    two.partner(&reference(871), 100_000, &bill).await;
    let person = Person(accountant(&hub, &database, two.ground.north.code));
    assert_eq!(person.named("871").await["alsoHeardFrom"], json!([{ "transactionId": reference(871) }]));
    let last = database.number("SELECT MAX(seq) FROM changes").await;
    person.parted(&reference(871)).await;
    assert_eq!(look.money(reference(871)).await, "SETTLED 100000+0 RESOLVED");
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 200000");
    assert_eq!(person.named("871").await["alsoHeardFrom"], json!([]));
    let changed = format!("changes WHERE seq > {last} AND kind = 'BankTransaction'");
    assert_eq!(look.count(&changed).await, 2, "readers hear of both");
    assert_eq!(look.count("audit_entries WHERE kind = 'bankTransaction.otherMoney'").await, 2);
    let counted = "SELECT CAST(SUM(settled_count) AS BIGINT) FROM rollups WHERE category = 'TOTAL'";
    assert_eq!(database.number(counted).await, 2);
    // Taken back, it is gone by itself: nobody is asked about the other.
    two.partner_takes_back(&reference(871), 100_000, &bill).await;
    assert_eq!(look.money("871").await, "SETTLED 100000+0 NONE");
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 100000");
    person.parted(&reference(871)).await;
    assert_eq!(look.money(reference(871)).await, "REVERSED 0+0 NONE");
    adds_up(hub, &database).await;
}

async fn what_was_told_apart_stays_apart_until_a_person_says_otherwise(database: Database) {
    let hub = Hub::start(&database).await;
    let two = Two::connect(&database, &hub).await;
    let look = Look(&database);
    let bill = two.ground.bill(&two.ground.north.meals, two.ground.an, 900_000).await;
    let name = reference(881);
    two.partner_says(("received", &name), 100_000, "nop tien").await;
    two.bank_says(881, 100_000, "nop tien").await;
    assert_eq!(look.count("bank_transactions WHERE same_as IS NOT NULL").await, 1);
    let person = Person(accountant(&hub, &database, two.ground.north.code));
    let [bank, partner] = [person.named("881").await["id"].take(), person.named(&name).await["id"].take()];
    assert_eq!(mark(&person.0, &partner, &bank).await["userErrors"][0]["code"], "COUNTS_FOR_OTHERS");
    person.parted("881").await;
    assert_eq!(look.money("881").await, "SETTLED 0+0 WAITING NO_REFERENCE");
    // Both name the same reference still. The partner tells again, with a code, and the robot does not put them together.
    two.partner(&name, 100_000, &bill).await;
    assert_eq!(look.money(&name).await, "SETTLED 100000+0 NONE");
    assert_eq!(look.count("bank_transactions WHERE same_as IS NOT NULL").await, 0);
    // A person may say the opposite, and take it back.
    assert_eq!(mark(&person.0, &bank, &partner).await["userErrors"], json!([]));
    assert_eq!(look.money("881").await, "SETTLED 0+0 RESOLVED");
    person.parted("881").await;
    assert_eq!(look.money("881").await, "SETTLED 0+0 WAITING NO_REFERENCE");
    adds_up(hub, &database).await;
}

both_engines!(
    what_was_likely_is_other_money,
    what_was_the_same_is_separated_again,
    what_was_told_apart_stays_apart_until_a_person_says_otherwise,
);
