//! R13: whatever the order in which a sender tells of created, settled, reversed and refunded, and whatever it repeats, the
//! final state is the same: transaction, invoice, allocations, credit, review and the sums of each month.

use std::collections::BTreeSet;

use serde_json::json;

use super::banks::{Ipn, Line, Partner, Vnpay};
use super::ground::{Bill, Ground};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

/// What the transaction is worth; the invoice asks for less, so that the surplus becomes a student's credit.
const AMOUNT: i64 = 130_000;
const ASKED: i64 = 100_000;

/// One thing that a sender says of a transaction: what, in which month after the transaction's first, and how it is worded.
#[derive(Clone, Copy, Debug)]
struct Word {
    what: &'static str,
    months_later: u32,
    /// Whether the text names the invoice; only the settled word must, the others mislead.
    names: bool,
}

const fn word(what: &'static str, months_later: u32, names: bool) -> Word {
    Word { what, months_later, names }
}

const VNPAY: &[Word] =
    &[word("WAITING", 0, false), word("SUSPICIOUS", 1, false), word("SETTLED", 1, true), word("REVERSED", 2, false)];
const PARTNER: &[Word] = &[word("received", 0, true), word("reversed", 1, false), word("refunded", 2, false)];
/// Money that names nothing: it waits for a person until it is gone again.
const NAMELESS: &[Word] = &[word("received", 0, false), word("reversed", 1, true), word("refunded", 2, false)];

/// Every order of `words`, each with one word repeated somewhere: a different one in a different place each time.
fn orders(words: &[Word]) -> Vec<Vec<Word>> {
    let mut orders = permutations(words);
    for (turn, order) in orders.iter_mut().enumerate() {
        let again = order[turn % words.len()];
        order.insert((turn * 5 + 3) % (words.len() + 1), again);
    }
    orders
}

fn permutations(words: &[Word]) -> Vec<Vec<Word>> {
    if words.is_empty() {
        return vec![Vec::new()];
    }
    let with = |first: usize| {
        let rest: Vec<Word> = words.iter().enumerate().filter(|(at, _)| *at != first).map(|(_, word)| *word).collect();
        permutations(&rest).into_iter().map(move |tail| [vec![words[first]], tail].concat())
    };
    (0..words.len()).flat_map(with).collect()
}

/// A sender of either kind.
enum Sender {
    Vnpay(Vnpay),
    Partner(Partner),
}

/// One transaction whose words come in one order. Its months are its own, so that its part in the sums can be told.
struct Story {
    transaction: u64,
    bill: Bill,
    words: Vec<Word>,
    /// Months since January 2010.
    first_month: u32,
}

impl Story {
    fn month(&self, later: u32) -> (u32, u32) {
        let month = self.first_month + later;
        (2010 + month / 12, month % 12 + 1)
    }

    async fn tell(&self, sender: &Sender, at: usize) {
        let Some(word) = self.words.get(at) else { return };
        let (year, month) = self.month(word.months_later);
        let order = self.bill.code.as_str();
        let text = if word.names { format!("{order} tien an") } else { format!("{} tien an", word.what) };
        let heard = match sender {
            Sender::Vnpay(vnpay) => {
                let codes = match word.what {
                    "WAITING" => ("00", "01"),
                    "SUSPICIOUS" => ("07", "07"),
                    "SETTLED" => ("00", "00"),
                    _ => ("00", "04"),
                };
                let paid_at = format!("{year}{month:02}15093000");
                let (transaction, amount) = (self.transaction, AMOUNT);
                vnpay.tells(&Ipn { transaction, amount, codes, order, info: &text, paid_at: &paid_at }).await
            }
            Sender::Partner(partner) => {
                let data = json!({"amount": AMOUNT, "content": text, "transactionId": self.transaction.to_string(),
                    "payerName": format!("NGUOI NOP {}", word.what), "occurredAt": format!("{year}-{month:02}-15T09:30:00+07:00")});
                // Every message has an id of its own, the repeated one too: the ledger hears it twice.
                let id = format!("msg_{}_{at}", self.transaction);
                partner.tells(&id, &format!("payment.{}", word.what), &data).await
            }
        };
        assert_eq!(heard.status, 200, "{heard:?}");
    }

    /// All that came of it, in words that do not depend on which story it is.
    async fn end(&self, look: &Look<'_>) -> String {
        let of = "FROM allocations a WHERE a.bank_transaction_id = t.id AND";
        let select = format!(
            "SELECT t.status || ' ' || CAST(t.allocated_amount AS TEXT) || '+' || CAST(t.credited_amount AS TEXT) || ' ' || \
             t.review || '|' || t.content || '|' || COALESCE(t.payer_name, '-') || '|' || t.method || '|' || \
             CASE WHEN t.settled_on = t.booked_on THEN 'booked when settled' ELSE 'booked otherwise' END || '|' || \
             i.status || ' ' || CAST(i.paid_amount AS TEXT) || '|' || \
             CAST((SELECT COUNT(*) {of} a.undone_at IS NULL) AS TEXT) || ' stand, ' || \
             CAST((SELECT COUNT(*) {of} a.undone_cause = 'REVERSAL') AS TEXT) || ' fell, ' || \
             CAST((SELECT COUNT(*) FROM student_credits c WHERE c.bank_transaction_id = t.id AND c.undone_at IS NULL) \
             AS TEXT) || ' credits' FROM bank_transactions t, invoices i \
             WHERE t.transaction_id = '{}' AND i.code = '{}'",
            self.transaction, self.bill.code
        );
        let state = look.one(&select).await.replace(&self.bill.code, "CODE");
        let months = [0, 1, 2].map(|later| self.month(later)).map(|(year, month)| i64::from(year * 100 + month));
        let [first, second, third] = months;
        let select = format!(
            "SELECT CASE month WHEN {first} THEN '1st ' WHEN {second} THEN '2nd ' ELSE '3rd ' END || category || ' s' || \
             CAST(settled_amount AS TEXT) || ' u' || CAST(unmatched_amount AS TEXT) || ' r' || CAST(reversed_amount AS TEXT) \
             || ' f' || CAST(refunded_amount AS TEXT) FROM rollups WHERE month IN ({first}, {second}, {third}) AND \
             (settled_count <> 0 OR unmatched_count <> 0 OR reversed_count <> 0 OR refunded_count <> 0) \
             ORDER BY month, category, method"
        );
        format!("{state}|{}", look.0.texts(&select).await.join(", "))
    }
}

/// Where the stories are told.
struct Stage<'a> {
    ground: Ground,
    hub: &'a Hub<'a>,
    look: Look<'a>,
}

/// Tells every story twice over: word by word with settling in between, and all at once.
async fn every_order_ends_alike(stage: &Stage<'_>, sender: &Sender, words: &[Word], first: u32) -> String {
    let Stage { ground, hub, look } = stage;
    let mut stories = Vec::new();
    for words in [orders(words), orders(words)].concat() {
        let bill = ground.bill(&ground.north.meals, ground.an, ASKED).await;
        let first_month = first + 3 * u32::try_from(stories.len()).unwrap();
        stories.push(Story { transaction: 900_000 + ground.next(), bill, words, first_month });
    }
    let (slow, fast) = stories.split_at(stories.len() / 2);
    for at in 0..=words.len() {
        for story in slow {
            story.tell(sender, at).await;
        }
        hub.until_settled().await;
    }
    for story in fast {
        for at in 0..=words.len() {
            story.tell(sender, at).await;
        }
    }
    hub.until_settled().await;
    let mut ends = BTreeSet::new();
    for story in &stories {
        let end = story.end(look).await;
        if ends.insert(end.clone()) && ends.len() > 1 {
            let order: Vec<_> = story.words.iter().map(|word| word.what).collect();
            panic!("{order:?} ended as\n{end}\nwhile others ended as\n{ends:#?}");
        }
    }
    ends.pop_first().unwrap()
}

async fn the_order_of_words_does_not_matter(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let vnpay = Sender::Vnpay(Line::vnpay(&ground, &hub, &ground.north.meals).await);
    let partner = Sender::Partner(Line::partner(&ground, &hub, &ground.north.meals).await);
    let stage = Stage { ground, hub: &hub, look: Look(&database) };

    let came_back = |end: &str, gone: &str| {
        assert!(end.contains("|OPEN 0|0 stand, 1 fell, 0 credits|"), "{end}");
        assert!(end.contains("TOTAL s130000 u0 r0 f0") && end.ends_with(gone), "{end}");
    };
    let end = every_order_ends_alike(&stage, &vnpay, VNPAY, 0).await;
    assert!(end.starts_with("REVERSED 0+0 NONE|CODE tien an|-|CARD|booked when settled|"), "{end}");
    came_back(&end, "3rd TOTAL s0 u0 r130000 f0");
    let end = every_order_ends_alike(&stage, &partner, PARTNER, 144).await;
    assert!(end.starts_with("REFUNDED 0+0 NONE|CODE tien an|NGUOI NOP received|UNKNOWN|booked when settled|"), "{end}");
    came_back(&end, "3rd TOTAL s0 u0 r0 f130000");
    let end = every_order_ends_alike(&stage, &partner, NAMELESS, 192).await;
    assert!(
        end.contains("|OPEN 0|0 stand, 0 fell, 0 credits|1st TOTAL s0 u130000 r0 f0, 3rd TOTAL s0 u-130000 r0 f0"),
        "{end}"
    );
    let end = every_order_ends_alike(&stage, &vnpay, &VNPAY[..3], 240).await;
    assert!(end.starts_with("SETTLED 100000+30000 NONE|"), "{end}");
    assert!(end.contains("|PAID 100000|1 stand, 0 fell, 1 credits|"), "{end}");
    adds_up(hub, &database).await;
}

both_engines!(the_order_of_words_does_not_matter);
