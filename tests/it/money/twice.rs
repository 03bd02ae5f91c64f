//! The same money from two senders, a bank and an intermediary: booked once and flagged, in whatever order it is heard; what is
//! only likely waits for a person.

use serde_json::{Value, json};

use super::apart::Person;
use super::banks::{Line, Partner, SepayLine};
use super::by_hand::{UNDO, accountant, allocate};
use super::ground::{Bill, Ground};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::{Database, Engine};
use crate::harness::hub::Hub;

const DAY: &str = "2026-11-20T09:30:00+07:00";

pub(super) struct Two<'h> {
    pub(super) ground: Ground,
    bank: SepayLine,
    partner: Partner,
    hub: &'h Hub<'h>,
}

impl<'h> Two<'h> {
    pub(super) async fn connect(database: &Database, hub: &'h Hub<'h>) -> Self {
        let ground = Ground::plant(database).await;
        let bank = Line::sepay(&ground, hub, &[&ground.north.meals]).await;
        let partner = Line::partner(&ground, hub, &ground.north.meals).await;
        Self { ground, bank, partner, hub }
    }

    /// The bank tells of a credit; its own reference carries the number.
    pub(super) async fn bank(&self, id: u64, amount: i64, bill: &Bill) {
        self.bank_says(id, amount, &format!("{} nop tien", bill.code)).await;
    }

    /// The same with a text of its own.
    pub(super) async fn bank_says(&self, id: u64, amount: i64, content: &str) {
        let heard = self.bank.pays(id, amount, content).await;
        assert_eq!(heard.status, 200, "{heard:?}");
        self.hub.until_settled().await;
    }

    /// The partner tells of a credit under this name.
    pub(super) async fn partner(&self, name: &str, amount: i64, bill: &Bill) {
        self.partner_says(("received", name), amount, &format!("{} nop tien", bill.code)).await;
    }

    /// The partner tells that a credit was taken back.
    pub(super) async fn partner_takes_back(&self, name: &str, amount: i64, bill: &Bill) {
        self.partner_says(("reversed", name), amount, &format!("{} nop tien", bill.code)).await;
    }

    /// The partner says what became of a payment. Each time is a message of its own.
    pub(super) async fn partner_says(&self, (kind, name): (&str, &str), amount: i64, content: &str) {
        let data = json!({
            "amount": amount, "content": content, "transactionId": name, "occurredAt": DAY,
            "account": self.ground.north.meals.number,
        });
        let message = format!("msg-{}", self.ground.next());
        let heard = self.partner.tells(&message, &format!("payment.{kind}"), &data).await;
        assert_eq!(heard.status, 200, "{heard:?}");
        self.hub.until_settled().await;
    }
}

/// The bank's reference as SePay tells it of a transaction.
pub(super) fn reference(id: u64) -> String {
    format!("FT26324{id:09}")
}

async fn what_two_senders_tell_is_booked_once(database: Database) {
    let hub = Hub::start(&database).await;
    let two = Two::connect(&database, &hub).await;
    let look = Look(&database);
    let [first, second] = [
        two.ground.bill(&two.ground.north.meals, two.ground.an, 500_000).await,
        two.ground.bill(&two.ground.north.meals, two.ground.binh, 500_000).await,
    ];
    // Part of what is open, so that a second booking would find room.
    two.bank(801, 200_000, &first).await;
    two.partner(&reference(801), 200_000, &first).await;
    two.partner(&reference(802), 200_000, &second).await;
    two.bank(802, 200_000, &second).await;
    for bill in [&first, &second] {
        assert_eq!(look.bill(bill).await, "PARTIALLY_PAID 200000");
    }
    assert_eq!(look.money(reference(801)).await, "SETTLED 0+0 NONE", "the later one counts nothing");
    assert_eq!(look.money("802").await, "SETTLED 0+0 NONE");
    let flagged = "SELECT t.transaction_id || ' is ' || o.transaction_id FROM bank_transactions t \
                   JOIN bank_transactions o ON o.id = t.same_as ORDER BY 1";
    let pairs = vec![format!("802 is {}", reference(802)), format!("{} is 801", reference(801))];
    assert_eq!(database.texts(flagged).await, pairs);
    adds_up(hub, &database).await;
}

async fn equal_money_of_two_payments_stays_two(database: Database) {
    let hub = Hub::start(&database).await;
    let two = Two::connect(&database, &hub).await;
    let bill = two.ground.bill(&two.ground.north.meals, two.ground.an, 900_000).await;
    // Two transfers of one amount for one invoice, each told by both.
    for id in [811, 812] {
        two.bank(id, 100_000, &bill).await;
    }
    for id in [812, 811] {
        two.partner(&reference(id), 100_000, &bill).await;
    }
    assert_eq!(Look(&database).bill(&bill).await, "PARTIALLY_PAID 200000");
    assert_eq!(Look(&database).count("bank_transactions WHERE same_as IS NOT NULL").await, 2);
    adds_up(hub, &database).await;
}

async fn money_that_one_of_two_senders_takes_back_is_looked_at(database: Database) {
    let hub = Hub::start(&database).await;
    let two = Two::connect(&database, &hub).await;
    let bill = two.ground.bill(&two.ground.north.meals, two.ground.an, 900_000).await;
    let look = Look(&database);
    for id in [841, 842, 843] {
        two.bank(id, 100_000, &bill).await;
    }
    // Told and taken back; taken back before it was told; and told as it stands.
    two.partner(&reference(841), 100_000, &bill).await;
    two.partner_takes_back(&reference(841), 100_000, &bill).await;
    two.partner_takes_back(&reference(842), 100_000, &bill).await;
    two.partner(&reference(842), 100_000, &bill).await;
    two.partner(&reference(843), 100_000, &bill).await;
    let money = [look.money("841").await, look.money("842").await, look.money("843").await];
    assert_eq!(
        money,
        ["SETTLED 100000+0 WAITING SUSPICIOUS", "SETTLED 100000+0 WAITING SUSPICIOUS", "SETTLED 100000+0 NONE"]
    );
    assert_eq!(look.money(reference(841)).await, "REVERSED 0+0 NONE");
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 300000", "a person takes it off, or asks the bank");

    // A person looks, and keeps the first. That the partner calls it refunded too is nothing new.
    let person = Person(accountant(&hub, &database, two.ground.north.code));
    let id = person.named("841").await["id"].take();
    let undo = json!({ "input": { "bankTransactionId": id, "reason": "ngân hàng đang kiểm tra" } });
    assert_eq!(person.0.data(UNDO, undo).await["undoAllocation"]["userErrors"], json!([]));
    let kept = allocate(&person.0, id.as_str().unwrap(), &[(&bill, 100_000)], "on", json!({})).await;
    assert_eq!(kept["userErrors"], json!([]), "{kept}");
    two.partner_says(("refunded", &reference(841)), 100_000, "tra lai").await;
    assert_eq!(look.money(reference(841)).await, "REFUNDED 0+0 NONE");
    assert_eq!(look.money("841").await, "SETTLED 100000+0 RESOLVED");
    adds_up(hub, &database).await;
}

/// The intermediary is heard first, so its word counts; when it takes it back, the bank's is not lost.
async fn money_that_only_the_first_of_two_senders_takes_back_is_looked_at(database: Database) {
    let hub = Hub::start(&database).await;
    let two = Two::connect(&database, &hub).await;
    let bill = two.ground.bill(&two.ground.north.meals, two.ground.an, 900_000).await;
    let look = Look(&database);
    // Taken back after the bank told of it, and before.
    two.partner(&reference(851), 100_000, &bill).await;
    two.bank(851, 100_000, &bill).await;
    two.partner_takes_back(&reference(851), 100_000, &bill).await;
    two.partner(&reference(852), 100_000, &bill).await;
    two.partner_takes_back(&reference(852), 100_000, &bill).await;
    two.bank(852, 100_000, &bill).await;
    assert_eq!(look.bill(&bill).await, "OPEN 0", "the one that counts is gone");
    for name in ["851", "852"] {
        assert_eq!(look.money(name).await, "SETTLED 0+0 WAITING SUSPICIOUS", "the bank has it still: {name}");
        assert_eq!(look.money(reference(name.parse().unwrap())).await, "REVERSED 0+0 NONE");
    }
    // Either is for a person to say: it is there, or it is gone with the other.
    let person = Person(accountant(&hub, &database, two.ground.north.code));
    person.parted("851").await;
    assert_eq!(look.money("851").await, "SETTLED 100000+0 RESOLVED");
    let [bank, partner] = [person.named("852").await["id"].take(), person.named(&reference(852)).await["id"].take()];
    assert_eq!(mark(&person.0, &bank, &partner).await["userErrors"], json!([]));
    assert_eq!(look.money("852").await, "SETTLED 0+0 RESOLVED");
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 100000");
    adds_up(hub, &database).await;
}

async fn what_is_only_likely_waits_and_a_person_decides(database: Database) {
    let hub = Hub::start(&database).await;
    let two = Two::connect(&database, &hub).await;
    let look = Look(&database);
    let bill = two.ground.bill(&two.ground.north.meals, two.ground.an, 900_000).await;
    two.bank(821, 100_000, &bill).await;
    two.partner("order-821", 100_000, &bill).await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 100000");
    assert_eq!(look.money("order-821").await, "SETTLED 0+0 WAITING POSSIBLE_DUPLICATE");
    // Another amount is other money.
    two.partner("order-822", 90_000, &bill).await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 190000");

    let accountant = accountant(&hub, &database, two.ground.north.code);
    let waiting = "{ reviewQueue(first: 10) { nodes { id transactionId reviewReason { code } sameAs { id } } } \
                   bankTransactions(first: 10) { nodes { id transactionId } } }";
    let seen = accountant.data(waiting, json!({})).await;
    let [queued] = &seen["reviewQueue"]["nodes"].as_array().unwrap()[..] else { panic!("{seen}") };
    assert_eq!((&queued["reviewReason"]["code"], &queued["sameAs"]), (&json!("POSSIBLE_DUPLICATE"), &Value::Null));
    let id_of = |name: &str| {
        let all = seen["bankTransactions"]["nodes"].as_array().unwrap();
        all.iter().find(|one| one["transactionId"] == name).unwrap()["id"].clone()
    };
    let marked = mark(&accountant, &queued["id"], &id_of("order-822")).await;
    assert_eq!(marked["userErrors"][0]["code"], "NOT_SAME_MONEY", "another amount, and the same sender");
    let marked = mark(&accountant, &queued["id"], &id_of("821")).await;
    assert_eq!(marked["userErrors"], json!([]));
    assert_eq!(marked["bankTransaction"]["sameAs"]["transactionId"], "821");
    let heard = "{ bankTransactions(first: 10) { nodes { transactionId alsoHeardFrom { transactionId sameAs { transactionId } } } } }";
    let heard = accountant.data(heard, json!({})).await["bankTransactions"]["nodes"].take();
    for one in heard.as_array().unwrap() {
        let also = json!([{ "transactionId": "order-821", "sameAs": { "transactionId": "821" } }]);
        assert_eq!(one["alsoHeardFrom"], if one["transactionId"] == "821" { also } else { json!([]) }, "{one}");
    }
    assert_eq!(look.money("order-821").await, "SETTLED 0+0 RESOLVED");
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 190000");
    adds_up(hub, &database).await;
}

/// Both senders tell of 200 payments at once, each to either hub.
async fn two_hubs_book_once_what_two_senders_tell_at_once(database: Database) {
    if database.engine != Engine::Postgres {
        return; // A file has one hub.
    }
    let (hub, second) = (Hub::start(&database).await, Hub::start(&database).await);
    let two = Two::connect(&database, &hub).await;
    let mut there = two.bank.clone();
    there.moved_to(&second);
    let mut partner_there = two.partner.clone();
    partner_there.0.url = second.url(&format!("/webhooks/{}", partner_there.0.id));
    let bill = two.ground.bill(&two.ground.north.meals, two.ground.an, 90_000_000).await;
    let content = format!("{} nop tien", bill.code);
    let tell = async |id: u64| {
        let (near, far) = if id.is_multiple_of(2) { (&two.bank, &partner_there) } else { (&there, &two.partner) };
        let data = json!({
            "amount": 100_000, "content": content, "transactionId": reference(id), "occurredAt": DAY,
            "account": two.ground.north.meals.number,
        });
        let message = format!("at-once-{id}");
        let (bank, partner) =
            tokio::join!(near.pays(id, 100_000, &content), far.tells(&message, "payment.received", &data));
        assert_eq!((bank.status, partner.status), (200, 200), "{bank:?} {partner:?}");
    };
    let lane = async |first: u64| {
        for id in first..first + 25 {
            tell(id).await;
        }
    };
    futures_util::future::join_all((0..8).map(|at| lane(1_000 + at * 25))).await;
    hub.until_settled().await;
    let look = Look(&database);
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 20000000");
    assert_eq!(look.count("bank_transactions").await, 400);
    assert_eq!(look.count("bank_transactions WHERE same_as IS NOT NULL").await, 200);
    assert_eq!(look.count("bank_transactions WHERE review <> 'NONE'").await, 0);
    second.finish().await;
    adds_up(hub, &database).await;
}

pub(super) async fn mark(caller: &Caller<'_>, id: &Value, same_as: &Value) -> Value {
    let mutation = "mutation($input: MarkSameMoneyInput!) { markSameMoney(input: $input) { \
                    bankTransaction { sameAs { transactionId } } userErrors { code field } } }";
    let input = json!({ "bankTransactionId": id, "sameAsId": same_as, "reason": "hai bên cùng báo" });
    caller.data(mutation, json!({ "input": input })).await["markSameMoney"].take()
}

both_engines!(
    what_two_senders_tell_is_booked_once,
    equal_money_of_two_payments_stays_two,
    money_that_one_of_two_senders_takes_back_is_looked_at,
    money_that_only_the_first_of_two_senders_takes_back_is_looked_at,
    what_is_only_likely_waits_and_a_person_decides,
    two_hubs_book_once_what_two_senders_tell_at_once,
);
