//! What waits as a possible duplicate goes on when the money in question has found its twin, and only when nothing else is left
//! that it may be; whatever else is settled in the same batch.

use entities::inbox::{Message, TransactionStatus};
use entities::verify::verify;

use super::look::Look;
use super::stage::{Said, Stage, connect};
use crate::harness::both_engines;
use crate::harness::database::{Database, Engine};

const ASKS: &str = "SETTLED 0+0 WAITING POSSIBLE_DUPLICATE";
const BOOKED: &str = "SETTLED 100000+0 NONE";
const GONE: &str = "REVERSED 0+0 NONE";
const SAID: Said<'static> =
    Said { name: "", amount: 100_000, text: "nop tien", reference: None, status: TransactionStatus::Settled, days: 0 };

/// A stage on which one invoice is named.
struct Scene {
    stage: Stage,
    text: String,
}

impl Scene {
    async fn plant(database: &Database) -> Self {
        let stage = Stage::plant(database).await;
        let bill = stage.ground.bill(&stage.ground.north.meals, stage.ground.an, 90_000_000).await;
        Self { stage, text: format!("{} nop tien", bill.code) }
    }

    /// The bank names the invoice.
    fn bank<'s>(&'s self, name: &'s str) -> Said<'s> {
        Said { name, text: &self.text, ..SAID }
    }

    async fn hear(&self, words: &[(bool, Said<'_>)]) {
        let messages: Vec<Message> = words.iter().map(|(is_bank, said)| self.stage.says(*is_bank, said)).collect();
        self.stage.settle(messages).await;
    }

    async fn adds_up(&self) {
        let checked = verify(&self.stage.ground.db, |_| ()).await.unwrap();
        assert!(checked.iter().all(|checked| checked.differences.is_empty()), "{checked:#?}");
    }
}

async fn what_waits_is_not_let_go_by_pairs_of_other_money(database: Database) {
    let scene = Scene::plant(&database).await;
    let look = Look(&database);
    scene.hear(&[(true, scene.bank("bank-1"))]).await;
    scene.hear(&[(false, scene.bank("order-1"))]).await;
    assert_eq!(look.money("order-1").await, ASKS);
    // A late word of what waits, and two senders of other money with one reference, in one batch.
    let late = Said { status: TransactionStatus::Waiting, ..scene.bank("order-1") };
    let other = |name| Said { name, amount: 70_000, reference: Some("FT9000001"), ..SAID };
    scene.hear(&[(false, late), (true, other("bank-2")), (false, other("order-2"))]).await;
    assert_eq!(look.money("order-1").await, ASKS);
    // The same amount, and only the bank speaks.
    let same = |name| Said { reference: Some("FT9000002"), ..scene.bank(name) };
    scene.hear(&[(false, same("order-3"))]).await;
    assert_eq!(look.money("order-3").await, ASKS);
    scene.hear(&[(true, same("bank-3"))]).await;
    assert_eq!((look.money("order-1").await.as_str(), look.money("order-3").await.as_str()), (ASKS, BOOKED));
    scene.adds_up().await;
}

async fn what_waits_may_be_money_of_another_day_too(database: Database) {
    let scene = Scene::plant(&database).await;
    let look = Look(&database);
    let on = |name, days| Said { days, ..scene.bank(name) };
    let first = Said { reference: Some("FT9000003"), ..scene.bank("bank-1") };
    scene.hear(&[(true, first), (true, on("bank-2", 6))]).await;
    scene.hear(&[(false, on("order-1", 3))]).await;
    assert_eq!(look.money("order-1").await, ASKS, "it may be either");
    let twin = |name, reference| Said { name, reference: Some(reference), ..SAID };
    scene.hear(&[(false, twin("order-2", "FT9000003"))]).await;
    assert_eq!(look.money("order-1").await, ASKS, "it may be the later one");
    // What is told again is as old as it was.
    scene.hear(&[(false, Said { status: TransactionStatus::Settled, amount: 100_000, ..on("order-1", 30) })]).await;
    assert_eq!(look.money("order-1").await, ASKS);
    scene.adds_up().await;
}

async fn what_waits_for_nothing_else_goes_on(database: Database) {
    let scene = Scene::plant(&database).await;
    let look = Look(&database);
    let known = |name| Said { reference: Some("FT9000004"), ..scene.bank(name) };
    scene.hear(&[(true, known("bank-1"))]).await;
    scene.hear(&[(false, scene.bank("order-1"))]).await;
    assert_eq!(look.money("order-1").await, ASKS);
    scene.hear(&[(false, known("order-2"))]).await;
    assert_eq!(look.money("order-1").await, BOOKED);
    scene.adds_up().await;
}

async fn what_was_contradicted_is_not_cleared_by_its_twin(database: Database) {
    let scene = Scene::plant(&database).await;
    let look = Look(&database);
    let partner = |amount| Said { name: "order-1", reference: Some("FT9000005"), amount, ..SAID };
    scene.hear(&[(false, partner(100_000))]).await;
    scene.hear(&[(false, partner(100_001))]).await;
    assert_eq!(look.money("order-1").await, "SETTLED 0+0 WAITING SUSPICIOUS");
    scene.hear(&[(true, Said { reference: Some("FT9000005"), ..scene.bank("bank-1") })]).await;
    assert_eq!(look.money("order-1").await, "SETTLED 0+0 WAITING SUSPICIOUS");
    assert_eq!(look.count("bank_transactions WHERE same_as IS NOT NULL").await, 1);
    assert_eq!(look.count("allocations").await, 0, "a person books what is doubted");
    scene.adds_up().await;
}

/// The kinds of the leaves about a transaction, in order.
async fn leaves(database: &Database, name: &str) -> Vec<String> {
    let of = format!("SELECT id FROM bank_transactions WHERE transaction_id = '{name}'");
    database.texts(&format!("SELECT kind FROM audit_entries WHERE subject_id = ({of}) ORDER BY position")).await
}

async fn what_asked_because_of_money_that_went_back_goes_on(database: Database) {
    let scene = Scene::plant(&database).await;
    let look = Look(&database);
    let back = |name| Said { status: TransactionStatus::Reversed, ..scene.bank(name) };
    scene.hear(&[(true, scene.bank("bank-1"))]).await;
    scene.hear(&[(false, scene.bank("order-1"))]).await;
    assert_eq!(look.money("order-1").await, ASKS);
    // Other money of the sender goes back: that is no answer.
    scene.hear(&[(true, Said { amount: 70_000, ..scene.bank("bank-2") })]).await;
    scene.hear(&[(true, Said { amount: 70_000, ..back("bank-2") })]).await;
    assert_eq!(look.money("order-1").await, ASKS);
    scene.hear(&[(true, back("bank-1"))]).await;
    assert_eq!((look.money("order-1").await.as_str(), look.money("bank-1").await.as_str()), (BOOKED, GONE));
    let kinds = leaves(&database, "order-1").await;
    let end = ["bankTransaction.questionWithdrawn", "bankTransaction.allocated"];
    assert!(kinds.ends_with(&end.map(str::to_owned)), "{kinds:?}");
    // Said once more, nothing changes.
    scene.hear(&[(true, back("bank-1"))]).await;
    assert_eq!((leaves(&database, "order-1").await, look.count("allocations").await), (kinds, 3));
    scene.adds_up().await;
}

async fn what_may_be_money_that_still_stands_goes_on_asking(database: Database) {
    let scene = Scene::plant(&database).await;
    let look = Look(&database);
    let back = |name| Said { status: TransactionStatus::Reversed, ..scene.bank(name) };
    scene.hear(&[(true, scene.bank("bank-1")), (true, scene.bank("bank-2"))]).await;
    scene.hear(&[(false, scene.bank("order-1")), (false, scene.bank("order-2"))]).await;
    scene.hear(&[(true, back("bank-1"))]).await;
    assert_eq!([look.money("order-1").await, look.money("order-2").await], [ASKS, ASKS], "the other may be either");
    // A person has looked at one: it is no longer the robot's.
    let touched = "UPDATE bank_transactions SET hand_touched = true WHERE transaction_id = 'order-2'";
    database.execute(&touched.replace("true", if database.engine == Engine::Sqlite { "1" } else { "true" })).await;
    scene.hear(&[(true, back("bank-2"))]).await;
    assert_eq!([look.money("order-1").await.as_str(), look.money("order-2").await.as_str()], [BOOKED, ASKS]);
    scene.adds_up().await;
}

async fn what_one_sender_still_calls_there_is_asked_about(database: Database) {
    let scene = Scene::plant(&database).await;
    let look = Look(&database);
    let third = connect(&scene.stage.ground, "third").await;
    for (number, bank_first) in [(1, true), (2, false)] {
        let (bank, order, other) = (format!("bank-{number}"), format!("order-{number}"), format!("third-{number}"));
        let reference = format!("FT900001{number}");
        // Another amount each time, so that the two are not asked about each other.
        let amount = 100_000 + number;
        let known = |name, status| Said { reference: Some(reference.as_str()), amount, status, ..scene.bank(name) };
        let (settled, back) = (TransactionStatus::Settled, TransactionStatus::Reversed);
        scene.hear(&[(true, known(&bank, settled))]).await;
        scene.hear(&[(false, known(&order, settled))]).await;
        let unknown = scene.stage.says(false, &Said { amount, ..scene.bank(&other) });
        scene.stage.settle(vec![Message { connection: third, ..unknown }]).await;
        assert_eq!(look.money(&other).await, ASKS);
        let words = [(true, known(&bank, back)), (false, known(&order, back))];
        let [first, second] = if bank_first { words } else { [words[1], words[0]] };
        scene.hear(&[first]).await;
        let stands = if bank_first { &order } else { &bank };
        assert!(look.money(stands).await.ends_with("WAITING SUSPICIOUS"), "one of the two still says so");
        assert_eq!(look.money(&other).await, ASKS, "it may be that money");
        scene.hear(&[second]).await;
        assert_eq!(look.money(&other).await, format!("SETTLED {amount}+0 NONE"));
        let gone = [look.money(&bank).await, look.money(&order).await];
        assert_eq!(gone, [GONE, GONE], "nobody is asked about what is gone");
    }
    scene.adds_up().await;
}

/// Of a batch nearly everything is read together, whatever its size and whatever two senders told before.
async fn a_larger_batch_asks_no_more_often(database: Database) {
    let scene = Scene::plant(&database).await;
    let tell = async |from: usize, count: usize, is_bank: bool| {
        let names: Vec<String> = (from..from + count).map(|at| format!("{is_bank}-{at}")).collect();
        let references: Vec<String> = (from..from + count).map(|at| format!("FT91{at:06}")).collect();
        let said = |(name, reference): (&'_ String, &'_ String)| {
            let said = Said { name, reference: Some(reference), text: &scene.text, ..SAID };
            scene.stage.says(is_bank, &said)
        };
        let messages = names.iter().zip(&references).map(said).collect();
        scene.stage.keep(messages).await;
        let before = scene.stage.ground.db.statements();
        scene.stage.settle_kept().await;
        scene.stage.ground.db.statements() - before
    };
    let few = [tell(0, 2, true).await, tell(0, 2, false).await];
    let many = [tell(100, 120, true).await, tell(100, 120, false).await];
    assert_eq!(few, many, "statements of the first sender's batch, and of the second's");
    assert_eq!(Look(&database).count("bank_transactions WHERE same_as IS NOT NULL").await, 122);
    scene.adds_up().await;
}

/// More rows than a statement binds, the later of each pair kept before what it counts through.
async fn a_batch_of_many_pairs_is_written_at_once(database: Database) {
    let scene = Scene::plant(&database).await;
    let references: Vec<String> = (0..1_000).map(|at| format!("FT92{at:06}")).collect();
    let tell = |is_bank: bool, reference: &str| {
        let name = format!("{is_bank}-{reference}");
        // Only the bank's text names the invoice, so what is heard first counts through what is heard later.
        let text = if is_bank { scene.text.as_str() } else { SAID.text };
        scene.stage.says(is_bank, &Said { name: &name, text, reference: Some(reference), ..SAID })
    };
    let first = references.iter().map(|reference| tell(false, reference));
    let messages = first.chain(references.iter().map(|reference| tell(true, reference))).collect();
    scene.stage.keep(messages).await;
    let before = scene.stage.ground.db.statements();
    scene.stage.settle_kept().await;
    let statements = scene.stage.ground.db.statements() - before;
    assert_eq!(Look(&database).count("bank_transactions WHERE same_as IS NOT NULL").await, 1_000);
    // Some thirty; a batch that fails is halved, and each half asks as often again.
    assert!(statements < 40, "{statements} statements");
    scene.adds_up().await;
}

both_engines!(
    a_batch_of_many_pairs_is_written_at_once,
    what_waits_is_not_let_go_by_pairs_of_other_money,
    what_waits_may_be_money_of_another_day_too,
    what_waits_for_nothing_else_goes_on,
    what_was_contradicted_is_not_cleared_by_its_twin,
    what_asked_because_of_money_that_went_back_goes_on,
    what_may_be_money_that_still_stands_goes_on_asking,
    what_one_sender_still_calls_there_is_asked_about,
    a_larger_batch_asks_no_more_often,
);
